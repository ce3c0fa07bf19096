/**
 * The rows of a prepared text file in the engine: by its bulk reader where that can take the dialect and agrees with the record
 * index, otherwise by fast-csv, some twenty times slower. Both give the same rows and refuse the same records.
 */
import { parseString } from 'fast-csv'
import { isReshoreError, ReshoreError } from '../errors.js'
import type { Engine, RejectedLine, Relation } from '../engine/index.js'
import type { PreparedText, SetAside } from './prepareText.js'
import { recordAt, recordTexts, type RecordDialect, type RecordIndex } from './recordIndex.js'

export type Reader = 'auto' | 'bulk' | 'stream'

export interface RawRows {
  /** `ordinal` and the cells `c0`, `c1`, …; an empty cell is missing. */
  readonly rows: Relation
  /** Ordinal -> record of the index. */
  readonly records: Int32Array
  readonly rejected: ReadonlyMap<number, SetAside>
}

export interface RowsOptions {
  /** First record that is a row. */
  readonly first: number
  readonly columns: number
  readonly reader: Reader
}

/** Longest delimiter of the bulk reader, in bytes. */
const longestBulkDelimiter = 4
const batchRecords = 2000

export async function readRows(engine: Engine, text: PreparedText, options: RowsOptions): Promise<RawRows> {
  if (options.reader !== 'stream' && Buffer.byteLength(text.dialect.delimiter) <= longestBulkDelimiter) {
    const rows = await bulkRows(engine, text, options)
    if (rows !== undefined) return rows
  }
  return streamRows(engine, text, options)
}

/** Nothing where the bulk reader sees other records than the index. */
async function bulkRows(
  engine: Engine, prepared: PreparedText, { first, columns, reader }: RowsOptions,
): Promise<RawRows | undefined> {
  const { path, index, setAside, dialect } = prepared
  if (first >= index.count) return undefined
  try {
    const text = await engine.readText(path, { ...dialect, header: false, skip: index.lines[first]! - 1, columns })
    const refused = await refusedRecords(prepared, text.rejected)
    const rejected = refused === undefined ? undefined : await wrongCounts(path, index, refused, dialect, columns)
    const accepted = acceptedRecords(index, first, (record) => setAside.has(record) || (rejected?.has(record) ?? false))
    if (rejected !== undefined && accepted.length === text.count) return { rows: text.rows, records: accepted, rejected }
    await engine.release(text.rows)
  } catch (error) {
    if (!isReshoreError(error) || error.name !== 'CsvDialectError') throw error
  }
  if (reader === 'bulk') {
    throw new ReshoreError(
      'CsvDialectError',
      `the bulk reader sees other records in ${path}`,
      "Leave the choice of the reader to 'auto'.",
    )
  }
  return undefined
}

/** Records the bulk reader refused, besides those set aside; nothing where one of them is not a record of the index. */
async function refusedRecords(
  { path, index, setAside }: PreparedText, rejected: readonly RejectedLine[],
): Promise<number[] | undefined> {
  const lines = new Map<number, string>()
  for (const { offset, text } of rejected) {
    const before = recordAt(index, offset)
    const record = before < 0 || offset >= index.ends[before]! ? before + 1 : before
    if (!setAside.has(record)) lines.set(record, text)
  }
  const records = [...lines.keys()].sort((a, b) => a - b)
  if (records.some((record) => record >= index.count)) return undefined
  const texts = await recordTexts(path, index, records)
  return records.every((record, row) => lines.get(record)!.trim() === texts[row]!.trim()) ? records : undefined
}

async function streamRows(engine: Engine, text: PreparedText, { first, columns }: RowsOptions): Promise<RawRows> {
  const { index, setAside } = text
  const rejected = new Map<number, SetAside>()
  const wanted = acceptedRecords(index, first, (record) => setAside.has(record))
  const { rows } = await engine.keepText(columns, parsedRows(text, wanted, columns, rejected))
  return { rows, records: acceptedRecords(index, first, (record) => setAside.has(record) || rejected.has(record)), rejected }
}

/** Records from `first` on that are not left out. */
function acceptedRecords({ count }: RecordIndex, first: number, leftOut: (record: number) => boolean): Int32Array {
  const accepted = new Int32Array(Math.max(0, count - first))
  let rows = 0
  for (let record = first; record < count; record++) if (!leftOut(record)) accepted[rows++] = record
  return accepted.slice(0, rows)
}

/** Cells of the refused records; nothing where one of them has as many as it should. */
async function wrongCounts(
  path: string, index: RecordIndex, records: readonly number[], dialect: RecordDialect, columns: number,
): Promise<Map<number, SetAside> | undefined> {
  const texts = await recordTexts(path, index, records)
  const parsed = await Promise.all(texts.map((text) => parseRecord(text, dialect)))
  const counts = parsed.map((cells) => withoutEmptyEnd(cells ?? [''], columns).length)
  if (counts.includes(columns)) return undefined
  return new Map(records.map((record, row) => [record, wrongCount(counts[row]!, columns)]))
}

const unreadable: SetAside = { reason: 'malformed quotes', detail: 'the quotes of the line cannot be read' }

function wrongCount(cells: number, columns: number): SetAside {
  return { reason: 'wrong column count', detail: `${cells} cells where ${columns} are expected` }
}

/** Batches of rows in file order; records of the wrong shape go to `rejected` on the way. */
async function* parsedRows(
  { path, index, dialect }: PreparedText, wanted: Int32Array, columns: number, rejected: Map<number, SetAside>,
): AsyncGenerator<(string | null)[][]> {
  for (let start = 0; start < wanted.length; start += batchRecords) {
    const records = [...wanted.subarray(start, start + batchRecords)]
    const texts = await recordTexts(path, index, records)
    const together = await parse(texts.map((text) => oneSign(text, dialect)).join('\n'), dialect)
    // A record fast-csv stumbles over takes its neighbours along: then each is read by itself.
    const whole = together?.length === records.length && together.every((cells) => cells.length > 0)
    const parsed = whole ? together : await Promise.all(texts.map((text) => parseRecord(text, dialect)))
    yield parsed.flatMap((cells, row) => {
      const shaped = withoutEmptyEnd(cells ?? [''], columns)
      if (cells === undefined) rejected.set(records[row]!, unreadable)
      else if (shaped.length !== columns) rejected.set(records[row]!, wrongCount(shaped.length, columns))
      else return [shaped.map((cell) => (cell === '' ? null : cell))]
      return []
    })
  }
}

/** Cells of one record, or nothing where its quotes are broken. */
export async function parseRecord(text: string, dialect: RecordDialect): Promise<string[] | undefined> {
  const rows = await parse(oneSign(text, dialect), dialect)
  if (rows === undefined || rows.length > 1) return undefined
  return rows[0] === undefined || rows[0].length === 0 ? [text] : rows[0]
}

function parse(text: string, { delimiter, quote, escape }: RecordDialect): Promise<string[][] | undefined> {
  const sign = delimiter.length === 1 ? delimiter : unitSeparator
  const options = { headers: false, delimiter: sign, quote: quote === '' ? null : quote, ...(escape === '' ? {} : { escape }) }
  return new Promise((resolve) => {
    const rows: string[][] = []
    parseString<string[], string[]>(text, options)
      .on('data', (row: string[]) => rows.push(row))
      .on('error', () => resolve(undefined))
      .on('end', () => resolve(rows))
  })
}

/** Like the bulk reader: empty cells after the last column are no cells. */
function withoutEmptyEnd(cells: readonly string[], columns: number): readonly string[] {
  let length = cells.length
  while (length > columns && cells[length - 1] === '') length--
  return cells.slice(0, length)
}

const unitSeparator = '\u001f'

/** fast-csv takes delimiters of one character: longer ones outside quotes become the unit separator. */
function oneSign(text: string, { delimiter, quote, escape }: RecordDialect): string {
  if (delimiter.length === 1) return text
  let result = ''
  for (let at = 0; ; ) {
    const next = text.indexOf(delimiter, at)
    const quoted = quote !== '' && text.slice(at).trimStart().startsWith(quote)
    const end = quoted ? text.indexOf(delimiter, closingQuote(text, text.indexOf(quote, at) + 1, quote, escape)) : next
    result += text.slice(at, end < 0 ? undefined : end)
    if (end < 0) return result
    result += unitSeparator
    at = end + delimiter.length
  }
}

function closingQuote(text: string, from: number, quote: string, escape: string): number {
  let at = from
  while (at < text.length) {
    if (text[at] === escape && (text[at + 1] === quote || (escape !== quote && text[at + 1] === escape))) at += 2
    else if (text[at] === quote) return at + 1
    else at++
  }
  return at
}
