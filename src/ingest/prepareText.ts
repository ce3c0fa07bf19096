/**
 * A raw text file made ready for the readers: UTF-8, its records indexed, and the records no reader should see (a byte that is
 * no character, broken quotes) blanked out and set aside. A clean UTF-8 file is used as it is; otherwise a copy is
 * made with the same lines.
 */
import { isAscii, isUtf8 } from 'node:buffer'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { ReshoreError } from '../errors.js'
import { findDelimiter } from './csvHeader.js'
import { encodingOf, type Encoding } from './encodings.js'
import { indexRecords, recordAt, type RecordDialect, type RecordIndex } from './recordIndex.js'
import type { QuarantineReason } from './records.js'
import { transcode, type Transcoding } from './transcode.js'

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
/** Fewer undecodable lines are damage, not a wrong encoding. */
const fewestForWrongEncoding = 3
/** So many undecodable lines decide it before the end of the file. */
const hopeless = 1000

/** The file as readers want it; copies it needs are in the temporary directory. */
export async function prepareText(source: string, options: PrepareOptions): Promise<PreparedText> {
  const { text, encoding, transcoding } = await toUtf8(source, options)
  const dialect = { delimiter: options.delimiter ?? findDelimiter(text, options.skip), quote: options.quote, escape: options.escape }
  const index = await indexRecords(text, dialect)
  const setAside = new Map<number, SetAside>()
  for (const { offset, byte, targetOffset } of transcoding?.undecodable ?? []) {
    const record = recordAt(index, targetOffset)
    const detail = `byte 0x${byte.toString(16).padStart(2, '0')} at offset ${offset} of the file is no character of ${encoding}`
    if (!setAside.has(record)) setAside.set(record, { reason: 'undecodable byte', detail })
  }
  for (const record of index.malformed) {
    if (!setAside.has(record)) setAside.set(record, { reason: 'malformed quotes', detail: 'a quote does not close before the next delimiter' })
  }
  const kinds = Object.values(index.lineEnds).filter((count) => count > 0).length
  const notes = transcoding === undefined ? [] : encodingNotes(transcoding, encoding)
  if (setAside.size === 0 && kinds <= 1) return { path: text, index, original: text, originalIndex: index, encoding, dialect, setAside, notes }
  const path = join(options.temporaryDirectory, `${options.label}.readable`)
  const readable = await writeReadable(text, path, index, setAside, kinds > 1)
  return { path, index: readable, original: text, originalIndex: index, encoding, dialect, setAside, notes }
}

async function toUtf8(source: string, options: PrepareOptions): Promise<{ text: string; encoding: string; transcoding?: Transcoding }> {
  const content = await contentOf(source)
  const encoding = content.bigEndian ? encodingOf('utf-16be') : encodingOf(options.encoding)
  if (content.utf16 && encoding.unit === 1) {
    throw new ReshoreError('EncodingError', `${source} begins with the byte order mark of UTF-16, but is read as ${encoding.name}`, 'Use --encoding utf-16.')
  }
  if (encoding.unit === 1 && content.ascii) return { text: source, encoding: encoding.name }
  if (encoding.name === 'utf-8' && content.utf8) return { text: source, encoding: 'utf-8' }
  if (content.utf8 && encoding.unit === 1) {
    throw new ReshoreError('EncodingError', `${source} is UTF-8 from end to end, but is read as ${encoding.name}`, 'Use --encoding utf-8, or correct the schema.')
  }
  const text = join(options.temporaryDirectory, `${options.label}.utf8`)
  const wrong = (so: Transcoding): boolean => so.undecodable.length >= fewestForWrongEncoding
    && so.undecodable.length > options.maxBad * so.lines && 2 * so.undecodable.length > so.foreignLines
  const transcoding = await transcode(source, text, encoding, (so) => so.undecodable.length > hopeless && wrong(so))
  if (wrong(transcoding)) throw await wrongEncoding(source, encoding, transcoding)
  return { text, encoding: encoding.name, transcoding }
}

interface Content {
  readonly ascii: boolean
  readonly utf8: boolean
  readonly utf16: boolean
  readonly bigEndian: boolean
}

/** What the bytes allow, in one fast pass. Chunks are cut between lines, where no character is. */
async function contentOf(source: string): Promise<Content> {
  const file = await openRaw(source)
  try {
    let [ascii, utf8, utf16, bigEndian, offset] = [true, true, false, false, 0]
    for (;;) {
      const buffer = Buffer.allocUnsafe(chunkBytes)
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, offset)
      if (bytesRead === 0) break
      if (offset === 0) {
        bigEndian = buffer[0] === 0xfe && buffer[1] === 0xff
        utf16 = bigEndian || (buffer[0] === 0xff && buffer[1] === 0xfe)
      }
      const end = bytesRead < chunkBytes ? bytesRead : buffer.lastIndexOf(0x0a) + 1 || bytesRead
      const chunk = buffer.subarray(0, end)
      ascii &&= isAscii(chunk)
      utf8 &&= ascii || isUtf8(chunk)
      if (!utf8) break
      offset += end
    }
    return { ascii, utf8, utf16, bigEndian }
  } finally {
    await file.close()
  }
}

async function openRaw(source: string): Promise<FileHandle> {
  try {
    return await open(source, 'r')
  } catch (error) {
    throw new ReshoreError('FileError', `cannot read ${source}: ${(error as Error).message}`, 'Check that the path exists and can be read.')
  }
}

function encodingNotes({ undecodable, foreignLines }: Transcoding, encoding: string): readonly string[] {
  if (undecodable.length < fewestForWrongEncoding || 2 * undecodable.length <= foreignLines) return []
  return [`${undecodable.length} of ${foreignLines} lines with letters beyond ASCII are not ${encoding}: check the encoding.`]
}

/** Encodings a file may have instead, strictest first. */
const candidates = ['utf-8', 'shift_jis', 'euc-jp', 'windows-1252']

async function wrongEncoding(source: string, encoding: Encoding, { undecodable, lines }: Transcoding): Promise<ReshoreError> {
  const file = await open(source, 'r')
  const bytes = Buffer.alloc(chunkBytes)
  const { bytesRead } = await file.read(bytes, 0, chunkBytes, 0)
  await file.close()
  const head = bytes.subarray(0, bytesRead < chunkBytes ? bytesRead : bytes.lastIndexOf(0x0a) + 1)
  const likely = candidates.find((name) => name !== encoding.name && encodingOf(name).decode(head) !== undefined)
  const { offset, byte } = undecodable[0]!
  return new ReshoreError(
    'EncodingError',
    `${source} is not ${encoding.name}: ${undecodable.length} of ${lines} lines have bytes that are no characters, the first 0x${byte.toString(16)} at offset ${offset}`,
    likely === undefined ? 'Name the encoding of the file with --encoding or in the schema.' : `It could be ${likely}: use --encoding ${likely}, or correct the schema.`,
  )
}

/**
 * The same lines with the records set aside turned to spaces and, where line ends are mixed, each of them one line feed. Gives
 * the places of the records in the new file.
 */
async function writeReadable(text: string, path: string, index: RecordIndex, setAside: ReadonlyMap<number, SetAside>, uniform: boolean): Promise<RecordIndex> {
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
    await output.write('\n')
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
