/** What `reshore ingest` reads for a file or a folder, and where each table and its quarantine go. */
import { statSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { ReshoreError } from '../errors.js'
import { cannotRead } from '../fileErrors.js'
import { matchFiles, type Schema, type TableSchema } from '../ingest/index.js'

/** What is read, and where the tables and quarantine files go. */
export interface IngestPlan {
  readonly source: string | readonly string[]
  readonly schema: Schema
  /** Overrides the schema's for every file; the plan of one file has it in the schema. */
  readonly encoding?: string
  /** Where tables go. */
  readonly folder: string
  /** One table was asked for; the others are read for its references only. */
  readonly single: boolean
  writes(table: string): boolean
  table(table: string): string
  quarantine(table: string): string
}

/** The plan for `source`, a file or a folder; `out` is a file or a folder likewise. */
export function ingestPlan(schema: Schema, source: string, out: string, encoding?: string): IngestPlan {
  return isFolder(source) ? folderPlan(schema, source, out, encoding) : filePlan(schema, source, out, encoding)
}

function folderPlan(schema: Schema, source: string, folder: string, encoding?: string): IngestPlan {
  const path = (ending: string) => (name: string): string => join(folder, `${name}.${ending}`)
  return { source, schema, encoding, folder, single: false, writes: () => true, table: path('parquet'), quarantine: path('quarantine.csv') }
}

/** The file's table, and the files beside it that its foreign keys refer to, in their own encoding. */
function filePlan(schema: Schema, file: string, out: string, encoding?: string): IngestPlan {
  const named = schemaFor(schema, file)
  const { table } = matchFiles(named, [file])[0]!
  const references = named.tables.filter(({ name }) => name !== table.name && referredTo(named, table).has(name))
  const beside = references.length === 0 ? [] : filesBeside({ tables: references }, dirname(file))
  const stem = extname(out) === '' ? out : out.slice(0, -extname(out).length)
  return {
    source: [file, ...beside],
    schema: encoding === undefined ? named : withEncoding(named, table.name, encoding),
    folder: dirname(out),
    single: true,
    writes: (name) => name === table.name,
    table: () => out,
    quarantine: (name) => (name === table.name ? `${stem}.quarantine.csv` : join(dirname(out), `${name}.quarantine.csv`)),
  }
}

function withEncoding({ tables }: Schema, name: string, encoding: string): Schema {
  return { tables: tables.map((table) => (table.name === name ? { ...table, encoding } : table)) }
}

/** A schema of one table without captures takes a file of any name. */
function schemaFor(schema: Schema, file: string): Schema {
  const [only, ...others] = schema.tables
  if (others.length > 0 || only!.files.some((pattern) => pattern.includes('{'))) return schema
  return { tables: [{ ...only!, files: [...only!.files, basename(file)] }] }
}

function referredTo(schema: Schema, table: TableSchema, found = new Set<string>()): ReadonlySet<string> {
  for (const { table: name } of table.foreignKeys) {
    if (found.has(name)) continue
    found.add(name)
    referredTo(schema, schema.tables.find((candidate) => candidate.name === name)!, found)
  }
  return found
}

function filesBeside(schema: Schema, folder: string): readonly string[] {
  try {
    return matchFiles(schema, folder).flatMap(({ files }) => files.map(({ path }) => path))
  } catch (error) {
    if (error instanceof ReshoreError && error.name === 'FileError') return []
    throw error
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    throw cannotRead(path, error)
  }
}
