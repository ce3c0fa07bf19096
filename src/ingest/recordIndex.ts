/**
 * Where the records of a delimited UTF-8 file are: byte range and first line of each, across quoted line breaks. Every reader
 * is held to this index, so that line numbers do not depend on which one read the file.
 *
 * Quotes follow RFC 4180 with spaces allowed around them: a quote opens a cell only at its beginning. A quote that does not
 * close, or closes before anything but the delimiter, spoils its own line only: reading resumes on the next one. Otherwise
 * one stray quote would swallow all rows up to the next. Blank lines are no records.
 */
import { open, type FileHandle } from 'node:fs/promises'

export interface RecordDialect {
  readonly delimiter: string
  readonly quote: string
  readonly escape: string
}

export interface RecordIndex {
  readonly count: number
  /** Byte ranges, line ends excluded. */
  readonly starts: Float64Array
  readonly ends: Float64Array
  /** 1-based line where the record begins. */
  readonly lines: Int32Array
  /** Records whose quotes are broken, by number. */
  readonly malformed: ReadonlySet<number>
  /** Line ends outside quotes, by kind. */
  readonly lineEnds: { readonly feeds: number; readonly returns: number; readonly both: number }
}

const feed = 0x0a
const carriage = 0x0d
const space = 0x20
/** Longest record: the bulk reader's own limit. */
const longestRecord = 2_000_000
const windowBytes = 4 * longestRecord

/** One pass over the file. */
export async function indexRecords(path: string, dialect: RecordDialect): Promise<RecordIndex> {
  const file = await open(path, 'r')
  try {
    return await scan(file, dialect)
  } finally {
    await file.close()
  }
}

/** The record that holds a byte, or ends before it; −1 before the first. */
export function recordAt({ starts }: RecordIndex, offset: number): number {
  let [low, high] = [0, starts.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (starts[middle]! <= offset) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** The texts of some records, given in file order. Near ones are read together. */
export async function recordTexts(path: string, { starts, ends }: RecordIndex, records: readonly number[]): Promise<string[]> {
  const file = await open(path, 'r')
  try {
    const texts: string[] = []
    for (let from = 0; from < records.length; ) {
      const offset = starts[records[from]!]!
      let to = from + 1
      while (to < records.length && ends[records[to]!]! - offset <= windowBytes) to++
      const bytes = Buffer.allocUnsafe(ends[records[to - 1]!]! - offset)
      await file.read(bytes, 0, bytes.length, offset)
      for (const record of records.slice(from, to)) {
        texts.push(bytes.toString('utf8', starts[record]! - offset, ends[record]! - offset))
      }
      from = to
    }
    return texts
  } finally {
    await file.close()
  }
}

interface Found {
  /** End of the record, and of its line end, in the window. */
  readonly end: number
  readonly next: number
  readonly lineBreaks: number
  readonly malformed: boolean
}

async function scan(file: FileHandle, { delimiter, quote, escape }: RecordDialect): Promise<RecordIndex> {
  const rows = growing()
  const malformed = new Set<number>()
  const lineEnds = { feeds: 0, returns: 0, both: 0 }
  const marks = { delimiter: Buffer.from(delimiter), quote: quote.charCodeAt(0), escape: escape.charCodeAt(0) }
  let window = await windowAt(file, 0)
  let at = window.bytes[0] === 0xef && window.bytes[1] === 0xbb && window.bytes[2] === 0xbf ? 3 : 0
  // The next of each: native searches from one to the next are several times as fast as looking at every byte.
  let [quoteAt, feedAt, returnAt] = [-1, -1, -1]
  for (let line = 1; ; ) {
    if (!window.last && at > window.bytes.length - longestRecord) {
      window = await windowAt(file, window.offset + at)
      at = 0
      quoteAt = feedAt = returnAt = -1
    }
    const { bytes } = window
    if (at >= bytes.length) return { ...rows.finish(), malformed, lineEnds }
    if (quote !== '' && quoteAt < at) quoteAt = indexOrEnd(bytes, marks.quote, at)
    if (feedAt < at) feedAt = indexOrEnd(bytes, feed, at)
    if (returnAt < at) returnAt = indexOrEnd(bytes, carriage, at)
    const lineEnd = lineEndAt(bytes, Math.min(feedAt, returnAt))
    const found = quote === '' || quoteAt >= lineEnd.end ? lineEnd : quotedRecord(bytes, at, marks)
    if (found.end > at) {
      if (found.malformed) malformed.add(rows.count())
      rows.add(window.offset + at, window.offset + found.end, line)
    }
    if (found.next - found.end === 2) lineEnds.both++
    else if (bytes[found.end] === feed) lineEnds.feeds++
    else if (bytes[found.end] === carriage) lineEnds.returns++
    line += found.lineBreaks
    at = found.next
  }
}

function endOfLine(bytes: Uint8Array, from: number): Found {
  let end = from
  while (end < bytes.length && bytes[end] !== feed && bytes[end] !== carriage) end++
  return lineEndAt(bytes, end)
}

function lineEndAt(bytes: Uint8Array, end: number): Found {
  const next = end + (bytes[end] === carriage && bytes[end + 1] === feed ? 2 : 1)
  return { end, next, lineBreaks: 1, malformed: false }
}

type Marks = { readonly delimiter: Uint8Array; readonly quote: number; readonly escape: number }

/** A record with a quote somewhere. */
function quotedRecord(bytes: Uint8Array, from: number, marks: Marks): Found {
  let at = from
  let lineBreaks = 0
  for (;;) {
    let start = at
    while (bytes[start] === space) start++
    if (bytes[start] === marks.quote) {
      const closed = closingQuote(bytes, start + 1, from + longestRecord, marks)
      if (closed === undefined) return { ...endOfLine(bytes, from), malformed: true }
      at = closed.next
      lineBreaks += closed.lineBreaks
      while (bytes[at] === space) at++
      if (at < bytes.length && bytes[at] !== feed && bytes[at] !== carriage && !startsWith(bytes, at, marks.delimiter)) {
        return { ...endOfLine(bytes, from), malformed: true }
      }
    } else {
      while (at < bytes.length && bytes[at] !== feed && bytes[at] !== carriage && !startsWith(bytes, at, marks.delimiter)) at++
    }
    if (at >= bytes.length || bytes[at] === feed || bytes[at] === carriage) {
      const { end, next } = endOfLine(bytes, at)
      return { end, next, lineBreaks: lineBreaks + 1, malformed: false }
    }
    at += marks.delimiter.length
  }
}

function closingQuote(
  bytes: Uint8Array, from: number, limit: number, { quote, escape }: Marks,
): { readonly next: number; readonly lineBreaks: number } | undefined {
  let lineBreaks = 0
  for (let at = from; at < bytes.length && at < limit; at++) {
    const byte = bytes[at]
    if (byte === escape && (bytes[at + 1] === quote || (escape !== quote && bytes[at + 1] === escape))) at++
    else if (byte === quote) return { next: at + 1, lineBreaks }
    else if (byte === feed || (byte === carriage && bytes[at + 1] !== feed)) lineBreaks++
  }
  return undefined
}

function startsWith(bytes: Uint8Array, at: number, mark: Uint8Array): boolean {
  for (let i = 0; i < mark.length; i++) if (bytes[at + i] !== mark[i]) return false
  return true
}

function indexOrEnd(bytes: Uint8Array, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from)
  return at < 0 ? bytes.length : at
}

interface Window {
  readonly bytes: Buffer
  readonly offset: number
  /** It reaches the end of the file. */
  readonly last: boolean
}

async function windowAt(file: FileHandle, offset: number): Promise<Window> {
  const buffer = Buffer.allocUnsafe(windowBytes)
  let length = 0
  for (;;) {
    const { bytesRead } = await file.read(buffer, length, windowBytes - length, offset + length)
    length += bytesRead
    if (bytesRead === 0 || length === windowBytes) break
  }
  return { bytes: buffer.subarray(0, length), offset, last: length < windowBytes }
}

function growing() {
  let starts = new Float64Array(1024)
  let ends = new Float64Array(1024)
  let lines = new Int32Array(1024)
  let count = 0
  return {
    count: (): number => count,
    add(start: number, end: number, line: number): void {
      if (count === starts.length) {
        const [oldStarts, oldEnds, oldLines] = [starts, ends, lines]
        starts = new Float64Array(2 * count)
        ends = new Float64Array(2 * count)
        lines = new Int32Array(2 * count)
        starts.set(oldStarts)
        ends.set(oldEnds)
        lines.set(oldLines)
      }
      starts[count] = start
      ends[count] = end
      lines[count++] = line
    },
    finish: () => ({ count, starts: starts.slice(0, count), ends: ends.slice(0, count), lines: lines.slice(0, count) }),
  }
}
