/**
 * A raw text file made ready for the readers: UTF-8, its records indexed, and the records no reader should see (a byte that is
 * no character, broken quotes) blanked out and set aside. A clean UTF-8 file is used as it is; otherwise a copy is
 * made with the same lines.
 */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { findDelimiter } from './csvHeader.js'
import { indexRecords, recordAt, type RecordDialect, type RecordIndex } from './recordIndex.js'
import type { QuarantineReason } from './records.js'
import { toUtf8 } from './toUtf8.js'

export interface SetAside {
  readonly reason: QuarantineReason
  readonly detail: string
}

export interface PreparedText {
  /** What the readers read. */
  readonly path: string
  readonly index: RecordIndex
  /** The same records with nothing blanked out: what quarantine quotes. */
  readonly original: string
  readonly originalIndex: RecordIndex
  readonly encoding: string
  readonly dialect: RecordDialect
  readonly setAside: ReadonlyMap<number, SetAside>
  readonly notes: readonly string[]
}

export interface PrepareOptions {
  readonly encoding: string
  /** Found in the first lines where it is not given. */
  readonly delimiter?: string
  readonly quote: string
  readonly escape: string
  /** Lines before the header. */
  readonly skip: number
  /** Share of lines that may be undecodable before the encoding itself is in doubt. */
  readonly maxBad: number
  /** Where copies go; whoever gave it removes it. */
  readonly temporaryDirectory: string
  /** Tells the copies of several files apart. */
  readonly label: string
}

const chunkBytes = 8 << 20

/** A UTF-8 file as it is: what is malformed is set aside, and nothing is copied. */
export async function preparePlain(path: string, delimiter: string): Promise<PreparedText> {
  const dialect = { delimiter, quote: '"', escape: '"' }
  const index = await indexRecords(path, dialect)
  const setAside = new Map([...index.malformed].map((record) => [record, brokenQuotes] as const))
  return { path, index, original: path, originalIndex: index, encoding: 'utf-8', dialect, setAside, notes: [] }
}

const brokenQuotes: SetAside = { reason: 'malformed quotes', detail: 'a quote does not close before the next delimiter' }

/** The file as readers want it; copies it needs are in the temporary directory. */
export async function prepareText(source: string, options: PrepareOptions): Promise<PreparedText> {
  const target = join(options.temporaryDirectory, `${options.label}.utf8`)
  const { text, encoding, undecodable, notes } = await toUtf8(source, { ...options, target })
  const { delimiter = findDelimiter(text, options.skip), quote, escape } = options
  const dialect = { delimiter, quote, escape }
  const index = await indexRecords(text, dialect)
  const setAside = new Map<number, SetAside>()
  for (const { offset, byte, targetOffset, isUtf8 } of undecodable) {
    const record = recordAt(index, targetOffset)
    const detail = isUtf8 ? `the line is UTF-8 in a file of ${encoding}, from offset ${offset} of the file`
      : `byte 0x${byte.toString(16).padStart(2, '0')} at offset ${offset} of the file is no character of ${encoding}`
    if (!setAside.has(record)) setAside.set(record, { reason: 'undecodable byte', detail })
  }
  for (const record of index.malformed) {
    if (!setAside.has(record)) setAside.set(record, brokenQuotes)
  }
  const kinds = Object.values(index.lineEnds).filter((count) => count > 0).length
  const prepared = { path: text, index, original: text, originalIndex: index, encoding, dialect, setAside, notes }
  if (setAside.size === 0 && kinds <= 1) return prepared
  const path = join(options.temporaryDirectory, `${options.label}.readable`)
  return { ...prepared, path, index: await writeReadable(text, path, index, setAside, kinds > 1) }
}

/**
 * The same lines with the records set aside turned to spaces and, where line ends are mixed, each of them one line feed. Gives
 * the places of the records in the new file.
 */
async function writeReadable(
  text: string, path: string, index: RecordIndex, setAside: ReadonlyMap<number, SetAside>, uniform: boolean,
): Promise<RecordIndex> {
  const { starts, ends, count } = index
  const moved = { ...index, starts: new Float64Array(count), ends: new Float64Array(count) }
  const [input, output] = [await open(text, 'r'), await open(path, 'w')]
  try {
    let written = 0
    for (let first = 0; first < count; ) {
      const from = first === 0 ? 0 : ends[first - 1]!
      let last = first
      while (last + 1 < count && ends[last + 1]! - from <= chunkBytes) last++
      const bytes = Buffer.allocUnsafe(ends[last]! - from)
      await input.read(bytes, 0, bytes.length, from)
      const pieces: Buffer[] = []
      for (let record = first; record <= last; record++) {
        const gap = bytes.subarray((record === 0 ? 0 : ends[record - 1]!) - from, starts[record]! - from)
        const content = bytes.subarray(starts[record]! - from, ends[record]! - from)
        if (setAside.has(record)) blankOut(content)
        const between = uniform ? oneLineEnd(gap) : gap
        pieces.push(between, content)
        moved.starts[record] = written + between.length
        moved.ends[record] = written + between.length + content.length
        written = moved.ends[record]!
      }
      await output.write(Buffer.concat(pieces))
      first = last + 1
    }
    const size = (await input.stat()).size
    const tail = Buffer.alloc(size - (ends[count - 1] ?? 0))
    await input.read(tail, 0, tail.length, size - tail.length)
    await output.write(uniform ? oneLineEnd(tail) : tail)
    return moved
  } finally {
    await input.close()
    await output.close()
  }
}

/** Line breaks inside stay, so that lines keep their numbers. */
function blankOut(content: Buffer): void {
  for (let at = 0; at < content.length; at++) if (content[at] !== 0x0a && content[at] !== 0x0d) content[at] = 0x20
}

/** What stands between two records: their line end, blank lines, or the byte order mark. */
function oneLineEnd(gap: Buffer): Buffer {
  return Buffer.from(gap.toString('utf8').replace(/\r\n?/g, '\n'), 'utf8')
}
