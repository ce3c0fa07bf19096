/**
 * A text file as UTF-8: itself where its bytes allow, else a copy. An encoding that does not fit the file as a whole is an error
 * that names one that does; single damaged lines are not.
 */
import { isAscii, isUtf8 } from 'node:buffer'
import { open, type FileHandle } from 'node:fs/promises'
import { ReshoreError } from '../errors.js'
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
  const encoding = content.bigEndian ? encodingOf('utf-16be') : encodingOf(label)
  if (content.utf16 !== (encoding.unit === 2)) {
    throw new ReshoreError(
      'EncodingError',
      `${source} is ${content.utf16 ? '' : 'not '}UTF-16, but is read as ${encoding.name}`,
      content.utf16 ? 'Use --encoding utf-16.' : 'Name another encoding with --encoding or in the schema.',
    )
  }
  const isUtf8Already = content.ascii || (encoding.name === 'utf-8' && content.utf8)
  if (encoding.unit === 1 && isUtf8Already) return { text: source, encoding: encoding.name, undecodable: [], notes: [] }
  if (content.utf8 && encoding.unit === 1) {
    throw new ReshoreError(
      'EncodingError',
      `${source} is UTF-8 from end to end, but is read as ${encoding.name}`,
      'Use --encoding utf-8, or correct the schema.',
    )
  }
  let undecodable = await transcode(source, target, encoding, hopeless)
  let doubt = await doubtOf(source, encoding, undecodable, undecodable.length > hopeless ? undecodable.at(-1)!.offset : Infinity)
  if (undecodable.length > hopeless && !isWrong(doubt, maxBad)) {
    undecodable = await transcode(source, target, encoding)
    doubt = await doubtOf(source, encoding, undecodable, Infinity)
  }
  if (isWrong(doubt, maxBad)) throw await wrongEncoding(source, encoding, undecodable, doubt.lines)
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
}

/** Share of zero bytes that no text in another encoding has. */
const zeroShare = 0.05

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
        const head = buffer.subarray(0, Math.min(bytesRead, 65_536))
        const zeros = head.reduce((count, byte) => count + (byte === 0 ? 1 : 0), 0)
        utf16 = bigEndian || (buffer[0] === 0xff && buffer[1] === 0xfe) || zeros > zeroShare * head.length
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
    throw new ReshoreError(
      'FileError',
      `cannot read ${source}: ${(error as Error).message}`,
      'Check that the path exists and can be read.',
    )
  }
}

/** Encodings a file may have instead, strictest first. */
const candidates = ['utf-8', 'shift_jis', 'euc-jp', 'windows-1252']

async function wrongEncoding(
  source: string, encoding: Encoding, undecodable: readonly UndecodableByte[], lines: number,
): Promise<ReshoreError> {
  const file = await open(source, 'r')
  const bytes = Buffer.alloc(chunkBytes)
  const { bytesRead } = await file.read(bytes, 0, chunkBytes, 0)
  await file.close()
  const head = bytes.subarray(0, bytesRead < chunkBytes ? bytesRead : bytes.lastIndexOf(0x0a) + 1)
  const likely = candidates.find((name) => name !== encoding.name && encodingOf(name).decode(head) !== undefined)
  const { offset, byte } = undecodable[0]!
  const first = `the first 0x${byte.toString(16)} at offset ${offset}`
  return new ReshoreError(
    'EncodingError',
    `${source} is not ${encoding.name}: ${undecodable.length} of ${lines} lines have bytes that are no characters, ${first}`,
    likely === undefined
      ? 'Name the encoding of the file with --encoding or in the schema.'
      : `It could be ${likely}: use --encoding ${likely}, or correct the schema.`,
  )
}
