/** FILE -> TABLE: raw files of any dialect and encoding become typed tables; bad rows go to quarantine. */
export type * from './records.js'
export { readTable, type ReadTableOptions } from './readTable.js'
export { defineSchema, readSchema, type Schema, type SchemaDocument, type TableSchema } from './schema.js'
export { ingest, type Ingested, type IngestOptions } from './ingest.js'
export { declarePanel, panelReport, type PanelDeclaration } from './panel.js'
export { matchFiles, type SourceFile, type TableFiles } from './fileNames.js'
export { temporaryFolder } from './temporaryFolder.js'
