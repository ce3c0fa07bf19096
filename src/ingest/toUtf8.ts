/**
 * A text file as UTF-8: itself where its bytes allow, else a copy. An encoding that does not fit the file as a whole is an error
 * that names one that does; single damaged lines are not.
 */
import { isAscii, isUtf8 } from 'node:buffer'
import { open, type FileHandle } from 'node:fs/promises'
import { ReshoreError } from '../errors.js'
import { cannotRead } from '../fileErrors.js'
import { encodingOf, type Encoding } from './encodings.js'
import { countLines, transcode, type UndecodableByte } from './transcode.js'

const chunkBytes = 8 << 20
/** Fewer undecodable lines are damage, not a wrong encoding. */
const fewestForWrongEncoding = 3
/** After so many undecodable lines the encoding is judged before the rest is read. */
const hopeless = 1000

export interface Utf8Text {
  readonly text: string
  readonly encoding: string
  readonly undecodable: readonly UndecodableByte[]
  readonly notes: readonly string[]
}

export interface Utf8Options {
  readonly encoding: string
  /** Share of lines that may be undecodable before the encoding itself is in doubt. */
  readonly maxBad: number
  /** Where a copy goes. */
  readonly target: string
}

/** The file, or its copy in UTF-8, with the places that could not be decoded. */
export async function toUtf8(source: string, { target, maxBad, encoding: label }: Utf8Options): Promise<Utf8Text> {
  const content = await contentOf(source)
  if (content.kind !== undefined) {
    throw new ReshoreError('FormatError', `${source} is ${content.kind[0]}, not text`, content.kind[1])
  }
  const encoding = content.bigEndian ? encodingOf('utf-16be') : encodingOf(label)
  if (content.utf16 !== (encoding.unit === 2)) {
    throw new ReshoreError(
      'EncodingError',
      `${source} is ${content.utf16 ? '' : 'not '}UTF-16, but is read as ${encoding.name}`,
      content.utf16 ? sayEncoding('utf-16') : 'Name another encoding in the schema, or with --encoding of `reshore ingest`.',
    )
  }
  const isUtf8Already = content.ascii || (encoding.name === 'utf-8' && content.utf8)
  if (encoding.unit === 1 && isUtf8Already) return { text: source, encoding: encoding.name, undecodable: [], notes: [] }
  if (content.utf8 && encoding.unit === 1) {
    throw new ReshoreError(
      'EncodingError',
      `${source} is UTF-8 from end to end, but is read as ${encoding.name}`,
      sayEncoding('utf-8'),
    )
  }
  if (content.markedUtf8 && encoding.name !== 'utf-8') {
    throw new ReshoreError('EncodingError', `${source} begins with the byte order mark of UTF-8, but is not UTF-8 to its end, and is read as ${encoding.name}`,
      'Take the three bytes of the mark (EF BB BF) off where the file is in the other encoding, or convert its parts to one.')
  }
  let undecodable = await transcode(source, target, encoding, hopeless)
  let doubt = await doubtOf(source, encoding, undecodable, undecodable.length > hopeless ? undecodable.at(-1)!.offset : Infinity)
  if (undecodable.length > hopeless && !isWrong(doubt, maxBad)) {
    undecodable = await transcode(source, target, encoding)
    doubt = await doubtOf(source, encoding, undecodable, Infinity)
  }
  const other = doubt.foreign > 0 ? await strictFit(source, encoding) : undefined
  if (other !== undefined || isWrong(doubt, maxBad)) throw await wrongEncoding(source, encoding, undecodable, doubt.lines, other)
  const share = `${undecodable.length} of ${doubt.foreign} lines with letters beyond ASCII`
  const notes = doubt.mostFail ? [`${share} are not ${encoding.name}: check the encoding.`] : []
  return { text: target, encoding: encoding.name, undecodable, notes }
}

interface Doubt {
  /** Most lines with letters beyond ASCII could not be decoded. */
  readonly mostFail: boolean
  readonly share: number
  readonly lines: number
  readonly foreign: number
}

async function doubtOf(
  source: string, encoding: Encoding, undecodable: readonly UndecodableByte[], until: number,
): Promise<Doubt> {
  if (undecodable.length < fewestForWrongEncoding) return { mostFail: false, share: 0, lines: 0, foreign: 0 }
  const { lines, foreign } = await countLines(source, encoding, until)
  return { mostFail: 2 * undecodable.length > foreign, share: undecodable.length / lines, lines, foreign }
}

function isWrong({ mostFail, share }: Doubt, maxBad: number): boolean {
  return mostFail && share > maxBad
}

interface Content {
  readonly ascii: boolean
  readonly utf8: boolean
  /** A byte order mark says so, or many bytes are zero. */
  readonly utf16: boolean
  readonly bigEndian: boolean
  /** Begins with the mark of UTF-8. */
  readonly markedUtf8: boolean
  /** What it is instead of text, and what to do. */
  readonly kind?: readonly [name: string, remedy: string]
}

/** First bytes of files that come with the name of a text file. */
const kinds: readonly (readonly [bytes: readonly number[], name: string, remedy: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'an Excel workbook or a zip archive', 'Save it as CSV from the spreadsheet, or unpack it.'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel workbook', 'Save it as CSV from the spreadsheet.'],
  [[0x1f, 0x8b, 0x08], 'compressed by gzip', 'Unpack it: gunzip.'],
  [[0x50, 0x41, 0x52, 0x31], 'a Parquet file', 'Give it the extension .parquet.'],
  [[0x25, 0x50, 0x44, 0x46, 0x2d], 'a PDF document', 'Ask for the table as CSV.'],
]

/** Share of zero bytes that no text in another encoding has. */
const zeroShare = 0.05

/** What the bytes allow, in one fast pass. Chunks are cut between lines, where no character is. */
async function contentOf(source: string): Promise<Content> {
  const file = await openRaw(source)
  try {
    let [ascii, utf8, utf16, bigEndian, markedUtf8, offset] = [true, true, false, false, false, 0]
    let kind: Content['kind']
    for (;;) {
      const buffer = Buffer.allocUnsafe(chunkBytes)
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, offset)
      if (bytesRead === 0) break
      if (offset === 0) {
        const begins = (bytes: readonly number[]): boolean => bytes.every((byte, at) => at < bytesRead && buffer[at] === byte)
        bigEndian = begins([0xfe, 0xff])
        markedUtf8 = begins([0xef, 0xbb, 0xbf])
        const found = kinds.find(([bytes]) => begins(bytes))
        if (found !== undefined) kind = [found[1], found[2]]
        const head = buffer.subarray(0, Math.min(bytesRead, 65_536))
        const zeros = head.reduce((count, byte) => count + (byte === 0 ? 1 : 0), 0)
        utf16 = bigEndian || begins([0xff, 0xfe]) || zeros > zeroShare * head.length
      }
      const end = bytesRead < chunkBytes ? bytesRead : buffer.lastIndexOf(0x0a) + 1 || bytesRead
      const chunk = buffer.subarray(0, end)
      ascii &&= isAscii(chunk)
      utf8 &&= ascii || isUtf8(chunk)
      if (!utf8) break
      offset += end
    }
    return { ascii, utf8, utf16, bigEndian, markedUtf8, ...(kind && { kind }) }
  } finally {
    await file.close()
  }
}

async function openRaw(source: string): Promise<FileHandle> {
  try {
    return await open(source, 'r')
  } catch (error) {
    throw cannotRead(source, error)
  }
}

/** Encodings that take few texts but their own, strictest first. */
const strict = ['utf-8', 'shift_jis', 'euc-jp']

/** A strict encoding of the beginning of the file, where its own is not. */
async function strictFit(source: string, encoding: Encoding): Promise<string | undefined> {
  const head = await beginning(source)
  if (encoding.decode(head) !== undefined) return undefined
  return strict.find((name) => name !== encoding.name && encodingOf(name).decode(head) !== undefined)
}

async function beginning(source: string): Promise<Buffer> {
  const file = await open(source, 'r')
  try {
    const bytes = Buffer.alloc(chunkBytes)
    const { bytesRead } = await file.read(bytes, 0, chunkBytes, 0)
    return bytes.subarray(0, bytesRead < chunkBytes ? bytesRead : bytes.lastIndexOf(0x0a) + 1)
  } finally {
    await file.close()
  }
}

async function wrongEncoding(
  source: string, encoding: Encoding, undecodable: readonly UndecodableByte[], lines: number, other: string | undefined,
): Promise<ReshoreError> {
  const utf8 = undecodable.filter(({ isUtf8 }) => isUtf8).length
  if (other === undefined && utf8 > 0) {
    return new ReshoreError('EncodingError', `${source} mixes encodings: ${utf8} of ${lines} lines are UTF-8, others are ${encoding.name}`,
      'Convert the parts it was made of to one encoding each and join them again, or raise the share of rows that may be bad.')
  }
  const likely = other ?? (encoding.name !== 'windows-1252' && encodingOf('windows-1252').decode(await beginning(source)) !== undefined ? 'windows-1252' : undefined)
  const { offset, byte } = undecodable[0]!
  const first = `the first 0x${byte.toString(16)} at offset ${offset}`
  return new ReshoreError(
    'EncodingError',
    `${source} is not ${encoding.name}: ${undecodable.length} of ${lines} lines have bytes that are no characters, ${first}`,
    likely === undefined
      ? 'Name the encoding of the file in the schema, or with --encoding of `reshore ingest`.'
      : `It could be ${likely}. ${sayEncoding(likely)}`,
  )
}

const sayEncoding = (name: string): string => `Say "encoding": "${name}" in the schema, or --encoding ${name} to \`reshore ingest\`.`
