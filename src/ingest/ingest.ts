/**
 * Raw files to typed tables. Every row that leaves is counted: rows read = rows kept + rows set aside, for each file and reason.
 * A row is judged by itself first (bytes, quotes, cells), then against other tables (foreign keys), then against
 * its own table (duplicate keys: the first of the files in name order is kept). Referenced tables are made first.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine, Relation } from '../engine/index.js'
import { ReshoreError } from '../errors.js'
import { matchFiles, type TableFiles } from './fileNames.js'
import { makeTable, type MadeTable } from './makeTable.js'
import { panelReport } from './panel.js'
import { writeQuarantine } from './quarantine.js'
import { readSource, type ReadSource } from './readSource.js'
import type { Reader } from './readRows.js'
import type { QuarantinedRow, TableSummary } from './records.js'
import type { Schema } from './schema.js'
import { temporaryFolder } from './temporaryFolder.js'

export interface IngestOptions {
  /** Where quarantine files (`<table>.quarantine.csv`) and, while it works, temporary files go. */
  readonly folder: string
  /** Path of a table's quarantine file, where it is to be another one. */
  readonly quarantinePath?: (table: string) => string
  /** In place of every encoding in the schema. */
  readonly encoding?: string
  /** Largest share of a table's rows that may go to quarantine; 0.01 by default. */
  readonly maxBad?: number
  /** Which reader takes CSV; by default the bulk reader wherever it can. */
  readonly reader?: Reader
  progress?(fraction: number, detail: string): void
}

export interface Ingested {
  /** By name; kept by the engine until it closes. */
  readonly tables: Readonly<Record<string, Relation>>
  readonly summaries: readonly TableSummary[]
  readonly quarantine: readonly QuarantinedRow[]
}

/**
 * The tables of a schema from a folder or a list of files, with a summary of every table; bad rows are in the quarantine
 * files. Throws `TooManyBadRowsError` (after writing quarantine), `EncodingError`, `MissingColumnError`, `CsvError`.
 *
 * @example
 * const { tables, summaries } = await ingest(engine, readSchema('schema.json'), 'raw', { folder: 'out' })
 * await engine.materialise(tables.survey, 'out/survey.parquet')
 */
export async function ingest(
  engine: Engine, schema: Schema, source: string | readonly string[], options: IngestOptions,
): Promise<Ingested> {
  const { maxBad = 0.01, quarantinePath = (table) => join(options.folder, `${table}.quarantine.csv`) } = options
  if (!(maxBad >= 0 && maxBad <= 1)) throw new ReshoreError('OptionError', `the largest share of bad rows is ${maxBad}`, 'Give a share from 0 to 1, such as 0.01.', 2)
  const matched = inReferenceOrder(matchFiles(schema, source))
  const temporaryDirectory = temporaryFolder(options.folder)
  try {
    const tables: Record<string, Relation> = {}
    const summaries: TableSummary[] = []
    const quarantine: QuarantinedRow[] = []
    for (const [index, { table, files }] of matched.entries()) {
      const sources: ReadSource[] = []
      for (const [position, file] of files.entries()) {
        options.progress?.((index + position / files.length) / matched.length, file.name)
        const { encoding, reader = 'auto' } = options
        const label = `${table.name}-${position}`
        sources.push(await readSource(engine, table, file, { encoding, maxBad, temporaryDirectory, reader, label }))
      }
      const made = await makeTable(engine, table, sources, tables, maxBad)
      await writeQuarantine(quarantinePath(table.name), made.quarantine)
      if (made.summary.quarantined > maxBad * made.summary.read) throw tooManyBadRows(made, maxBad, quarantinePath(table.name))
      tables[table.name] = made.rows
      for (const row of made.quarantine) quarantine.push(row)
      const panel = table.panel === undefined ? undefined : await panelReport(engine, made.rows, table.panel)
      summaries.push({ ...made.summary, ...(panel && { panel }) })
    }
    return { tables, summaries, quarantine }
  } finally {
    rmSync(temporaryDirectory, { recursive: true, force: true })
  }
}

/** Tables others refer to come first; among equals the order of the schema holds. */
function inReferenceOrder(matched: readonly TableFiles[]): readonly TableFiles[] {
  const ordered: TableFiles[] = []
  const visiting = new Set<string>()
  const visit = (entry: TableFiles): void => {
    if (ordered.includes(entry)) return
    if (visiting.has(entry.table.name)) {
      throw new ReshoreError(
        'SchemaError',
        `the foreign keys of \`${entry.table.name}\` lead back to it`,
        'Leave out one of the references.',
        2,
      )
    }
    visiting.add(entry.table.name)
    for (const { table } of entry.table.foreignKeys) {
      const other = matched.find((candidate) => candidate.table.name === table)
      if (other !== undefined && other !== entry) visit(other)
    }
    ordered.push(entry)
  }
  for (const entry of matched) visit(entry)
  return ordered
}

function tooManyBadRows({ summary, quarantine }: MadeTable, maxBad: number, path: string): ReshoreError {
  const share = (100 * summary.quarantined) / summary.read
  const reasons = summary.reasons.map(({ reason, rows }) => `${reason} ${rows}`).join(', ')
  const most = summary.reasons.reduce((a, b) => (b.rows > a.rows ? b : a)).reason
  const first = quarantine.find(({ reason }) => reason === most)
  const example = first === undefined ? '' : `; the first ${most} in ${first.file}, line ${first.line}: ${first.detail}`
  const much = `${summary.quarantined} of ${summary.read} rows are bad (${share.toPrecision(3)}%, more than ${100 * maxBad}%)`
  return new ReshoreError(
    'TooManyBadRowsError',
    `table \`${summary.table}\`: ${much}: ${reasons}${example}`,
    `Read ${path}, correct the schema or the file, or raise the share: --max-bad of \`reshore ingest\`, maxBad of a pipeline.`,
  )
}
