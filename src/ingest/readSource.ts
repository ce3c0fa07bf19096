/** One raw file in the engine: its rows checked against the schema, and where each of them stands in the file. */
import { statSync } from 'node:fs'
import { Table, vectorFromArray } from 'apache-arrow'
import { globLiteral, id, readArrowFile, relation, seamTable, sql } from '../engine/index.js'
import type { ArrowTable, Engine, Relation, Sql } from '../engine/index.js'
import { ReshoreError } from '../errors.js'
import { checkedRows, repairCounts, type BoundColumn } from './cells.js'
import { composed } from './columnNames.js'
import { shownNames } from './csvHeader.js'
import { fileFormat } from './fileFormat.js'
import type { SourceFile } from './fileNames.js'
import { prepareText, type SetAside } from './prepareText.js'
import { parseRecord, readRows, type Reader } from './readRows.js'
import { recordTexts } from './recordIndex.js'
import type { RepairedCells } from './records.js'
import type { TableColumn, TableSchema } from './schema.js'
import { isCapture } from './schemaFaults.js'
import { readStata } from './stata/readStata.js'

export interface ReadSource {
  readonly source: SourceFile
  readonly encoding: string
  /** Names of the file's columns; positions where it has no header. */
  readonly header: readonly string[]
  readonly columns: readonly BoundColumn[]
  /** Cells as text, by ordinal. */
  readonly raw: Relation
  /** `rowOrdinal`, the table's columns and `rowProblem`, kept by the engine. */
  readonly checked: Relation
  /** Ordinal -> record; a record is what stands on a line, or on several. */
  readonly records: Int32Array
  /** Records that gave no row. */
  readonly setAside: ReadonlyMap<number, SetAside>
  /** Columns of the file with cells that were repaired. */
  readonly repaired: readonly Omit<RepairedCells, 'file'>[]
  readonly notes: readonly string[]
  lineOf(record: number): number
  /** Texts of records in file order. */
  textsOf(records: readonly number[]): Promise<readonly string[]>
  /** Cells of a record's text, as far as they can be told apart. */
  cellsOf(text: string): Promise<readonly string[]>
}

export interface SourceOptions {
  readonly encoding?: string
  readonly maxBad: number
  readonly temporaryDirectory: string
  readonly reader: Reader
  /** Tells the temporary files of several sources apart. */
  readonly label: string
}

/** Reads a CSV, Parquet, Arrow or Stata file, by its extension; anything else is CSV. */
export async function readSource(
  engine: Engine, table: TableSchema, source: SourceFile, options: SourceOptions,
): Promise<ReadSource> {
  const format = fileFormat(source.name)
  if (format === 'parquet') {
    const file = sql`SELECT * FROM read_parquet(${globLiteral(source.path)})`
    const described = await engine.query(relation('columns', { key: [] }, sql`SELECT column_name FROM (DESCRIBE ${file})`))
    return typedSource(engine, table, source, relation('rows', { key: [] }, file), textColumn(described, 0) as string[])
  }
  if (format === 'arrow') {
    const arrow = seamTable(await readArrowFile(source.path))
    return typedSource(engine, table, source, engine.register(arrow), arrow.schema.fields.map(({ name }) => name))
  }
  if (format === 'stata') {
    const { table: rows, encoding, notes } = readStata(source.path, { labels: table.labels, encoding: options.encoding ?? table.encoding })
    const made = await typedSource(engine, table, source, engine.register(rows), rows.schema.fields.map(({ name }) => name))
    return { ...made, encoding, notes }
  }
  return textSource(engine, table, source, options)
}

async function textSource(engine: Engine, table: TableSchema, source: SourceFile, options: SourceOptions): Promise<ReadSource> {
  const { delimiter, quote, escape, skip } = table
  const encoding = options.encoding ?? table.encoding ?? 'utf-8'
  const text = await prepareText(source.path, { ...options, encoding, delimiter, quote, escape, skip })
  const { index, dialect, setAside, original, originalIndex } = text
  const top = firstRecordAfter(index.lines, skip)
  if (top === index.count && table.header) {
    throw new ReshoreError(
      'EmptyFileError',
      `${source.name} has no header`,
      'Give a file with a header, or say `"header": false` in the schema.',
    )
  }
  const [line = ''] = top === index.count ? [] : await recordTexts(original, originalIndex, [top])
  if (setAside.has(top)) {
    throw new ReshoreError('CsvError', `${source.name}: the header: ${setAside.get(top)!.detail}`, 'Correct the header.')
  }
  const cells = (await parseRecord(line.replace(/^\uFEFF/, ''), dialect) ?? [line]).map((cell) => composed(cell.trim()))
  const header = table.header ? cells : cells.map((_, position) => String(position + 1))
  const columns = bindColumns(table, source, header)
  const first = table.header ? top + 1 : top
  const { rows, records, rejected } = await readRows(engine, text, { first, columns: header.length, reader: options.reader })
  const last = index.count - 1
  const isCut = (setAside.has(last) || rejected.has(last)) && originalIndex.ends[last] === statSync(original).size
  const cut = isCut ? [`the file ends within line ${index.lines[last]!}, which is set aside: it may not be whole.`] : []
  return {
    source, encoding: text.encoding, header, columns, records, notes: [...text.notes, ...absentColumns(columns), ...cut],
    raw: rows,
    repaired: await repairedCells(engine, rows, columns, header),
    checked: await engine.keep({ ...checkedRows(rows, columns), source: true }),
    setAside: new Map([...setAside, ...rejected].filter(([record]) => record >= top)),
    lineOf: (record) => index.lines[record]!,
    textsOf: (wanted) => recordTexts(original, originalIndex, wanted),
    cellsOf: async (record) => (await parseRecord(record, dialect)) ?? record.split(dialect.delimiter),
  }
}

function absentColumns(columns: readonly BoundColumn[]): string[] {
  return columns.flatMap(({ column, source }) =>
    ('constant' in source && source.constant === null ? [`there is no column \`${column.from}\`: \`${column.name}\` is missing in every row.`] : []))
}

async function repairedCells(
  engine: Engine, rows: Relation, columns: readonly BoundColumn[], header: readonly string[],
): Promise<ReadSource['repaired']> {
  const watched = columns.flatMap(({ column, source }) => (column.repairsWidth && 'cell' in source ? [{ column, source }] : []))
  if (watched.length === 0) return []
  const counts = await engine.query(repairCounts(rows, watched))
  return watched.flatMap(({ source: { cell } }, index) => {
    const cells = Number(counts.getChildAt(index)!.get(0))
    return cells > 0 ? [{ column: header[Number(cell.slice(1))]!, cells }] : []
  })
}

/** Columns of other types become text first, so that one set of checks judges every format. */
async function typedSource(
  engine: Engine, table: TableSchema, source: SourceFile, rows: Relation, header: readonly string[],
): Promise<ReadSource> {
  const plain = table.columns.map((column) => ({ ...column, numbers: { decimal: '.', thousands: '' } as const, format: undefined }))
  const columns = bindColumns({ ...table, columns: plain }, source, header)
  const cells = header.map((name, position) => sql`${plainText(id(name))} AS ${id(`c${position}`)}`)
  const query = sql`SELECT CAST(row_number() OVER () - 1 AS INTEGER) AS ordinal, ${cells} FROM ${rows}`
  const raw = await engine.keep({ name: 'text', key: [], query, source: true })
  const count = await engine.query(relation('count', { key: [] }, sql`SELECT CAST(count(*) AS INTEGER) AS n FROM ${raw}`))
  return {
    source, encoding: '', header, columns, raw, notes: absentColumns(columns), repaired: await repairedCells(engine, raw, columns, header),
    checked: await engine.keep({ ...checkedRows(raw, columns), source: true }),
    records: Int32Array.from({ length: Number(count.getChild('n')!.get(0)) }, (_, row) => row),
    setAside: new Map(),
    lineOf: (record) => record + 1,
    textsOf: (wanted) => rowTexts(engine, raw, header.length, wanted),
    cellsOf: async (text) => (JSON.parse(text) as (string | null)[]).map((cell) => cell ?? ''),
  }
}

/** Ids kept as doubles, as Stata and pandas do, are written without `.0`. */
function plainText(column: Sql): Sql {
  const text = sql`CAST(${column} AS VARCHAR)`
  return sql`CASE WHEN typeof(${column}) IN ('DOUBLE', 'FLOAT') THEN regexp_replace(${text}, '[.]0$', '') ELSE ${text} END`
}

/** Rows of a typed file as JSON arrays of their texts. */
async function rowTexts(engine: Engine, raw: Relation, columns: number, wanted: readonly number[]): Promise<string[]> {
  const cells = Array.from({ length: columns }, (_, position) => id(`c${position}`))
  const chosen = engine.register(new Table({ ordinal: vectorFromArray(Int32Array.from(wanted)) }))
  const table = await engine.query(relation('bad', { key: ['ordinal'] }, sql`
    SELECT ordinal, ${cells} FROM ${raw} AS t WHERE EXISTS (SELECT 1 FROM ${chosen} AS c WHERE c.ordinal = t.ordinal)`))
  const texts = cells.map((_, position) => textColumn(table, position + 1))
  return Array.from({ length: table.numRows }, (_, row) => JSON.stringify(texts.map((column) => column[row])))
}

function textColumn(table: ArrowTable, column: number): (string | null)[] {
  return [...table.getChildAt(column)!] as (string | null)[]
}

function firstRecordAfter(lines: Int32Array, skip: number): number {
  const found = lines.findIndex((line) => line > skip)
  return found < 0 ? lines.length : found
}

/** What the name of the file says; `2010 (1)` is no year, and would make every row of the file a bad one. */
function captured({ name: column, type, from }: TableColumn, file: string, text: string): string {
  const isInt = type !== 'int' || /^[+-]?\d+$/.test(text)
  if (isInt && (type !== 'float' || Number.isFinite(Number(text)))) return text
  throw new ReshoreError(
    'FileNameError',
    `${file}: ${from} is \`${text}\`, no ${type === 'int' ? 'whole number' : 'number'} for \`${column}\``,
    'Rename the file, or take it out of the folder where it is a copy of another.',
  )
}

function bindColumns(table: TableSchema, { name, captures }: SourceFile, header: readonly string[]): readonly BoundColumn[] {
  const names = header.map(composed)
  return table.columns.map((column) => {
    if (isCapture(column.from)) return { column, source: { constant: captured(column, name, captures[column.from.slice(1, -1)]!) } }
    const position = typeof column.from === 'number' ? column.from - 1 : names.indexOf(composed(column.from))
    if (position < 0 || position >= header.length) {
      if (column.optional) return { column, source: { constant: null } }
      const missing = typeof column.from === 'number' ? `column ${column.from}` : `column \`${column.from}\``
      throw new ReshoreError(
        'MissingColumnError',
        `${name} has no ${missing}, which the schema reads as \`${column.name}\``,
        `Its columns are ${shownNames(header)}. Correct the schema, its delimiter or its encoding.`,
      )
    }
    if (typeof column.from === 'string' && names.indexOf(composed(column.from), position + 1) >= 0) {
      throw new ReshoreError(
        'DuplicateColumnError',
        `${name} has two columns \`${column.from}\``,
        'Name the one to read by its position: `"from": 3`.',
      )
    }
    return { column, source: { cell: `c${position}` } }
  })
}
