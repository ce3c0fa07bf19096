/**
 * A data file as an Arrow table of seam types, by its extension: what `reshore estimate --data FILE` reads. Plain CSV follows
 * docs/conventions.md; files with a schema go through `ingest`.
 */
import { basename } from 'node:path'
import { Field, RecordBatch, Schema, Table } from 'apache-arrow'
import { checkedDuckDbOptions, openDuckDb, readArrowFile, seamTable } from '../engine/index.js'
import type { ArrowTable, Engine } from '../engine/index.js'
import { ReshoreError } from '../errors.js'
import type { CellRules } from './cellKinds.js'
import { wantedColumn } from './columnNames.js'
import { readCsvHeader, shownNames } from './csvHeader.js'
import { csvTable, position } from './csvTable.js'
import { fileFormat, knownExtensions } from './fileFormat.js'
import { withOddTexts } from './oddTexts.js'
import { readParquet } from './parquet.js'
import { plainTable } from './plain/plainTable.js'
import type { StataOptions } from './stata/records.js'
import { readStata } from './stata/readStata.js'

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

/**
 * The table in a CSV (`.csv`, `.tsv`, `.txt`), Parquet, Arrow (`.arrow`, `.feather`, `.arrows`, `.ipc`) or Stata (`.dta`) file:
 * numbers as Float64 (Int32 where a typed file says so), text as dictionary-coded Utf8, Bool, Date32. Rows are in the file's order.
 *
 * @example const rossi = await readTable('rossi.csv')
 */
export async function readTable(path: string, options: ReadTableOptions = {}): Promise<ArrowTable> {
  const format = fileFormat(path)
  if (options.stata !== undefined && format !== 'stata') {
    throw new ReshoreError('FormatError', `${path} is no Stata file, and takes no options of one`,
      'Leave out the encoding and the choice of value labels; `reshore ingest --encoding` reads text in any encoding.', 2)
  }
  if (format === 'csv') return readCsv(path, options)
  if (options.missing !== undefined) {
    throw new ReshoreError('FormatError', `${path} says itself which cells are missing, and takes no texts that mean it`,
      'Leave out --missing, which is for CSV files.', 2)
  }
  if (format === 'parquet') return withEngine(options, (engine) => readParquet(engine, path, options.columns))
  if (format === 'arrow') {
    const table = await readArrowFile(path)
    const names = table.schema.fields.map(({ name }) => name)
    return seamTable(table.select(names.filter(wantedColumn(options.columns))))
  }
  if (format === 'stata') {
    const { table, notes } = readStata(path, { ...options.stata, columns: options.columns })
    for (const text of notes) options.note?.(text)
    return table
  }
  throw new ReshoreError('FormatError', `${path} has no known extension`, `Use one of ${knownExtensions.join(', ')}.`, 2)
}

async function withEngine<T>({ threads, memory }: ReadTableOptions, work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await openDuckDb({ threads, memory })
  try {
    return await work(engine)
  } finally {
    await engine.close()
  }
}

async function readCsv(path: string, options: ReadTableOptions): Promise<ArrowTable> {
  const header = readCsvHeader(path)
  const rules: CellRules = {
    missing: options.missing ?? [],
    missingInNumbers: options.missing === undefined ? ['NA', '.'] : [],
    decimalComma: header.delimiter === ';',
  }
  const named = header.names.map((name, index) => ({ name, index, column: position(index) }))
  const isWanted = wantedColumn(options.columns)
  const wanted = named.filter(({ name }) => isWanted(name))
  if (wanted.length === 0) {
    throw new ReshoreError(
      'MissingColumnError',
      `${path} has none of the columns ${options.columns!.join(', ')}`,
      `It has ${shownNames(header.names)}.`,
    )
  }
  for (const name of header.repeated.filter(isWanted)) options.note?.(`The header of ${basename(path)} has column \`${name}\` more than once: the first is \`${name}\`, the next is \`${name}.1\`.`)
  const plain = plainTable(path, { header, columns: wanted.map(({ index }) => index), rules, threads: checkedDuckDbOptions(options).threads })
  if (plain !== undefined) return withOddTexts(plain, { path, header, rules, plain: true })
  const columns = wanted.map(({ column }) => column)
  const table = await withEngine(options, (engine) => csvTable(engine, path, header, columns, rules))
  return withOddTexts(renamed(table, wanted.map(({ name }) => name)), { path, header, rules, plain: false })
}

function renamed(table: ArrowTable, names: readonly string[]): ArrowTable {
  const schema = new Schema(table.schema.fields.map((field, index) => new Field(names[index]!, field.type, true)))
  return new Table(schema, table.batches.map((batch) => new RecordBatch(schema, batch.data)))
}
