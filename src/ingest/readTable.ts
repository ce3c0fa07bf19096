/**
 * A data file as an Arrow table of seam types, by its extension: what `reshore estimate --data FILE` reads. Plain CSV follows
 * docs/conventions.md; files with a schema go through `ingest`.
 */
import { basename, extname } from 'node:path'
import { Field, RecordBatch, Schema, Table } from 'apache-arrow'
import { globLiteral, id, join, openDuckDb, readArrowFile, relation, seamTable, sql } from '../engine/index.js'
import type { ArrowTable, Engine, Relation } from '../engine/index.js'
import { isReshoreError, ReshoreError } from '../errors.js'
import { readCsvHeader, shownNames, type CsvHeader } from './csvHeader.js'
import { kindOf, typedColumns, type CellKind, type CellRules } from './csvTypes.js'
import { readParquet } from './parquet.js'
import { preparePlain } from './prepareText.js'
import { readRows } from './readRows.js'
import { recordTexts } from './recordIndex.js'
import type { StataOptions } from './stata/records.js'
import { readStata } from './stata/readStata.js'
import { firstUndecodable } from './transcode.js'

export interface ReadTableOptions {
  /** Texts that mean missing in every column of a CSV file, in place of `NA` and `.` in numeric columns. */
  readonly missing?: readonly string[]
  /** Only these columns, as far as the file has them. */
  readonly columns?: readonly string[]
  /** Of Stata files: value labels as numbers or text, and the encoding of their text. */
  readonly stata?: Omit<StataOptions, 'columns'>
  readonly threads?: number
  readonly memory?: string
  /** Takes what the file says that the table cannot: extended missing values, times kept as numbers. */
  note?(text: string): void
}

/** Rows whose types propose; the rest of the file verifies. */
const sampleRows = 10_000

/**
 * The table in a CSV (`.csv`, `.tsv`, `.txt`), Parquet, Arrow (`.arrow`, `.feather`, `.arrows`, `.ipc`) or Stata (`.dta`) file:
 * numbers as Float64 (Int32 where a typed file says so), text as dictionary-coded Utf8, Bool, Date32. Rows are in the file's order.
 *
 * @example const rossi = await readTable('rossi.csv')
 */
export async function readTable(path: string, options: ReadTableOptions = {}): Promise<ArrowTable> {
  const extension = extname(path).toLowerCase()
  if (options.stata !== undefined && extension !== '.dta') {
    throw new ReshoreError('FormatError', `${path} is no Stata file, and takes no options of one`,
      'Leave out the encoding and the choice of value labels; `reshore ingest --encoding` reads text in any encoding.', 2)
  }
  if (['.csv', '.tsv', '.txt'].includes(extension)) return withEngine(options, (engine) => readCsv(engine, path, options))
  if (options.missing !== undefined) {
    throw new ReshoreError('FormatError', `${path} says itself which cells are missing, and takes no texts that mean it`,
      'Leave out --missing, which is for CSV files.', 2)
  }
  if (['.parquet', '.pq'].includes(extension)) return withEngine(options, (engine) => readParquet(engine, path, options.columns))
  if (['.arrow', '.feather', '.arrows', '.ipc'].includes(extension)) {
    const table = await readArrowFile(path)
    const names = table.schema.fields.map(({ name }) => name)
    return seamTable(table.select(names.filter((name) => options.columns?.includes(name) ?? true)))
  }
  if (extension === '.dta') {
    const { table, notes } = readStata(path, { ...options.stata, columns: options.columns })
    for (const text of notes) options.note?.(text)
    return table
  }
  throw new ReshoreError(
    'FormatError',
    `${path} has no known extension`,
    'Use .csv, .tsv, .txt, .parquet, .arrow, .feather, .arrows, .ipc or .dta.',
    2,
  )
}

async function withEngine<T>({ threads, memory }: ReadTableOptions, work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await openDuckDb({ threads, memory })
  try {
    return await work(engine)
  } finally {
    await engine.close()
  }
}

async function readCsv(engine: Engine, path: string, options: ReadTableOptions): Promise<ArrowTable> {
  const header = readCsvHeader(path)
  const rules: CellRules = {
    missing: options.missing ?? [],
    missingInNumbers: options.missing === undefined ? ['NA', '.'] : [],
    decimalComma: header.delimiter === ';',
  }
  const named = header.names.map((name, index) => ({ name, column: position(index) }))
  const wanted = named.filter(({ name }) => options.columns?.includes(name) ?? true)
  if (wanted.length === 0) {
    throw new ReshoreError(
      'MissingColumnError',
      `${path} has none of the columns ${options.columns!.join(', ')}`,
      `It has ${shownNames(header.names)}.`,
    )
  }
  const columns = wanted.map(({ column }) => column)
  const table = await typedText(engine, textRelation(path, header), columns, rules).catch(async (error: unknown) => {
    // What the bulk reader stumbles over is found by its line; mixed line ends are no fault.
    if (!isReshoreError(error) || !['CsvError', 'CsvDialectError', 'EncodingError'].includes(error.name)) throw error
    return typedText(engine, await carefully(engine, path, header), columns, rules)
  })
  return renamed(table, wanted.map(({ name }) => name))
}

/** The columns of a relation of text with the kinds that its cells bear out. */
async function typedText(engine: Engine, raw: Relation, columns: readonly string[], rules: CellRules): Promise<ArrowTable> {
  const kinds = await proposedKinds(engine, raw, columns, rules)
  for (;;) {
    try {
      return await engine.query(typedColumns(raw, columns, kinds, rules))
    } catch (error) {
      const column = isReshoreError(error) && error.name === 'CellError' ? error.message.split(' ').at(-1)! : undefined
      if (column === undefined) throw error
      const index = columns.indexOf(column)
      const verified = await kindOverAll(engine, raw, column, rules)
      kinds[index] = verified === kinds[index] ? 'text' : verified
    }
  }
}

/** The file's rows held to the index of its records; the first bad one is an error with its line. */
async function carefully(engine: Engine, path: string, { delimiter, names }: CsvHeader): Promise<Relation> {
  const undecodable = await firstUndecodable(path)
  if (undecodable !== undefined) {
    const { line, byte } = undecodable
    throw new ReshoreError(
      'EncodingError',
      `${path}, line ${line}: byte 0x${byte.toString(16)} is not UTF-8`,
      'Convert it with `reshore ingest --encoding windows-1252`, or whatever encoding it has.',
    )
  }
  const text = await preparePlain(path, delimiter)
  const reader = text.setAside.size > 0 ? 'stream' : 'auto'
  const { rows, rejected } = await readRows(engine, text, { first: 1, columns: names.length, reader })
  const bad = new Map([...text.setAside, ...rejected])
  if (bad.size === 0) return rows
  const first = [...bad.keys()].reduce((a, b) => Math.min(a, b))
  const { detail } = bad.get(first)!
  const [shown] = await recordTexts(path, text.index, [first])
  throw new ReshoreError(
    'CsvError',
    `${path}, line ${text.index.lines[first]}: ${detail}: ${shown!.slice(0, 200)}`,
    'Correct the line, or use `reshore ingest`, which sets bad rows aside.',
  )
}

/** Kinds that fit the first rows; a column without a value there is looked at as a whole. */
async function proposedKinds(engine: Engine, raw: Relation, columns: readonly string[], rules: CellRules): Promise<CellKind[]> {
  const first = sql`SELECT ${columns.map((name) => id(name))} FROM ${raw} LIMIT ${sampleRows}`
  const sample = await engine.query(relation('sample', { key: [] }, first))
  const kinds: CellKind[] = []
  for (const [index, column] of columns.entries()) {
    const proposed = kindOf(textsOf(sample, index), rules)
    kinds.push(proposed ?? (sample.numRows < sampleRows ? 'number' : await kindOverAll(engine, raw, column, rules)))
  }
  return kinds
}

async function kindOverAll(engine: Engine, raw: Relation, column: string, rules: CellRules): Promise<CellKind> {
  const cells = await engine.query(relation('texts', { key: [] }, sql`SELECT DISTINCT ${id(column)} FROM ${raw}`))
  return kindOf(textsOf(cells, 0), rules) ?? 'number'
}

function textsOf(table: ArrowTable, column: number): Iterable<string> {
  return table.getChildAt(column)!.data[0]!.dictionary!.toArray() as Iterable<string>
}

/** The file with every cell as text, an empty one missing. Columns go by position: SQL names do not tell `Year` from `year`. */
function textRelation(path: string, { delimiter, names }: CsvHeader): Relation {
  const types = join(names.map((_, index) => sql`${position(index)}: 'VARCHAR'`))
  const dialect = sql`auto_detect = false, header = true, delim = ${delimiter}, quote = '"', escape = '"'`
  const query = sql`SELECT * FROM read_csv(${globLiteral(path)}, ${dialect}, columns = {${types}})`
  return { name: basename(path), key: [], query, source: true }
}

function position(index: number): string {
  return `c${index}`
}

function renamed(table: ArrowTable, names: readonly string[]): ArrowTable {
  const schema = new Schema(table.schema.fields.map((field, index) => new Field(names[index]!, field.type, true)))
  return new Table(schema, table.batches.map((batch) => new RecordBatch(schema, batch.data)))
}
