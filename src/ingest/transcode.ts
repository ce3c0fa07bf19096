/**
 * Text in any encoding to a UTF-8 file, line for line. Blocks of whole lines are decoded strictly; a block that fails is decoded
 * line by line, and in the line that fails the bytes that are no character are located and written as `\x81`, so that the
 * line can be set aside later and everything else is kept.
 */
import { isAscii, isUtf8 } from 'node:buffer'
import { open, type FileHandle } from 'node:fs/promises'
import { encodingOf, type Encoding } from './encodings.js'

/** The first byte of a line that is no character. */
export interface UndecodableByte {
  /** 0-based, in the source. */
  readonly offset: number
  readonly byte: number
  /** 0-based offset in the UTF-8 file of what stands for it. */
  readonly targetOffset: number
  /** The encoding names characters for the bytes of the line, but the line is UTF-8. */
  readonly isUtf8?: true
}

const blockBytes = 4 << 20

/** Writes `target` in UTF-8. After more than `hopeless` undecodable lines the rest is not looked at. */
export async function transcode(
  source: string, target: string, encoding: Encoding, hopeless = Infinity,
): Promise<readonly UndecodableByte[]> {
  const [input, output] = [await open(source, 'r'), await open(target, 'w')]
  const undecodable: UndecodableByte[] = []
  let written = 0
  try {
    for await (const { bytes, offset } of blocksOfLines(input, encoding)) {
      const block = encoding.unit === 1 && isAscii(bytes) ? bytes : decodeBlock(
        bytes, encoding, { offset, targetOffset: written }, undecodable,
      )
      await output.write(block)
      written += block.length
      if (undecodable.length > hopeless) break
    }
  } finally {
    await input.close()
    await output.close()
  }
  return undecodable
}

/** Lines of a file up to an offset, and those of them with anything but ASCII. */
export async function countLines(
  source: string, encoding: Encoding, until: number,
): Promise<{ readonly lines: number; readonly foreign: number }> {
  const input = await open(source, 'r')
  try {
    let [lines, foreign] = [0, 0]
    for await (const { bytes, offset } of blocksOfLines(input, encoding)) {
      if (offset > until) break
      for (const [start, end] of lineRanges(bytes, encoding)) {
        lines++
        if (encoding.unit === 2 || !isAscii(bytes.subarray(start, end))) foreign++
      }
    }
    return { lines, foreign }
  } finally {
    await input.close()
  }
}

/** Where a file stops being UTF-8, or nothing. */
export async function firstUndecodable(path: string): Promise<{ readonly line: number; readonly byte: number } | undefined> {
  const encoding = encodingOf('utf-8')
  const input = await open(path, 'r')
  try {
    let line = 0
    for await (const { bytes } of blocksOfLines(input, encoding)) {
      const ranges = lineRanges(bytes, encoding)
      if (encoding.decode(bytes) === undefined) {
        const bad = ranges.findIndex(([start, end]) => encoding.decode(bytes.subarray(start, end)) === undefined)
        const [start, end] = ranges[bad]!
        return { line: line + bad + 1, byte: bytes[start + longestDecodable(bytes.subarray(start, end), encoding)]! }
      }
      line += ranges.length
    }
    return undefined
  } finally {
    await input.close()
  }
}

interface Block {
  readonly bytes: Buffer
  readonly offset: number
}

/** Runs of whole lines; the last one may lack its line end. */
async function* blocksOfLines(input: FileHandle, encoding: Encoding): AsyncGenerator<Block> {
  let rest = Buffer.alloc(0)
  for (let offset = 0; ; ) {
    const chunk = Buffer.alloc(blockBytes)
    const { bytesRead } = await input.read(chunk, 0, blockBytes, offset + rest.length)
    const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)])
    const end = bytesRead === 0 ? bytes.length : lastLineEnd(bytes, encoding)
    if (end > 0) yield { bytes: bytes.subarray(0, end), offset }
    if (bytesRead === 0) return
    offset += end
    rest = bytes.subarray(end)
  }
}

/** After the last line feed; after the last carriage return that another byte follows, where there is none. */
function lastLineEnd(bytes: Buffer, { unit, name }: Encoding): number {
  if (unit === 1) return bytes.lastIndexOf(0x0a) + 1 || bytes.lastIndexOf(0x0d, -2) + 1
  const feed = name === 'utf-16be' ? [0x00, 0x0a] : [0x0a, 0x00]
  for (let at = (bytes.length & ~1) - 2; at >= 0; at -= 2) if (bytes[at] === feed[0] && bytes[at + 1] === feed[1]) return at + 2
  return 0
}

/** Start and end of every line, line end included. */
function lineRanges(bytes: Buffer, { unit, name }: Encoding): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = []
  const low = name === 'utf-16be' ? 1 : 0
  let start = 0
  for (let feed = bytes.indexOf(0x0a); feed >= 0; feed = bytes.indexOf(0x0a, feed + 1)) {
    const isFeed = unit === 1 || (feed % 2 === low && bytes[feed ^ 1] === 0)
    if (!isFeed) continue
    const end = feed - low * (unit - 1) + unit
    ranges.push([start, end])
    start = end
  }
  if (start < bytes.length) ranges.push([start, bytes.length])
  return ranges
}

/**
 * At once where that works; else line by line, each undecodable byte as `\x81`, the first of each line reported. So is a line of UTF-8
 * in a file of another encoding, which would be read as other letters: it is written as it is.
 */
function decodeBlock(
  bytes: Buffer,
  encoding: Encoding,
  from: { readonly offset: number; readonly targetOffset: number },
  undecodable: UndecodableByte[],
): Buffer {
  const mayMix = utf8Letters(bytes, encoding)
  const whole = mayMix ? undefined : encoding.decode(bytes)
  if (whole !== undefined) return Buffer.from(whole, 'utf8')
  const decoded: Buffer[] = []
  let targetOffset = from.targetOffset
  for (const [start, end] of lineRanges(bytes, encoding)) {
    const line = bytes.subarray(start, end)
    if (mayMix && isUtf8(line) && utf8Letters(line, encoding)) {
      const at = line.findIndex((byte) => byte > 0x7f)
      undecodable.push({ offset: from.offset + start + at, byte: line[at]!, targetOffset: targetOffset + at, isUtf8: true })
      decoded.push(line)
      targetOffset += line.length
      continue
    }
    const text = encoding.decode(line) ?? escapeUndecodable(line, encoding, (at, before) => {
      undecodable.push(
        { offset: from.offset + start + at, byte: line[at]!, targetOffset: targetOffset + Buffer.byteLength(before) }
      )
    })
    const piece = Buffer.from(text, 'utf8')
    decoded.push(piece)
    targetOffset += piece.length
  }
  return Buffer.concat(decoded)
}

/**
 * Letters as UTF-8 writes them and hardly anything else does: kana and kanji, two running, in encodings of several bytes; Latin letters with
 * accents in those of one.
 */
function utf8Letters(bytes: Buffer, { name, unit, singleByte }: Encoding): boolean {
  if (unit === 2 || name === 'utf-8' || isAscii(bytes)) return false
  return (singleByte ? /\xc3[\x80-\xbf]/ : /(?:[\xe3-\xe9][\x80-\xbf]{2}){2}/).test(bytes.toString('latin1'))
}

function escapeUndecodable(line: Uint8Array, encoding: Encoding, report: (at: number, before: string) => void): string {
  let text = ''
  let first = true
  for (let at = 0; at < line.length; ) {
    const valid = longestDecodable(line.subarray(at), encoding)
    text += encoding.decode(line.subarray(at, at + valid))!
    at += valid
    if (at >= line.length) break
    if (first) report(at, text)
    first = false
    const broken = Math.min(encoding.unit, line.length - at)
    for (const byte of line.subarray(at, at + broken)) text += `\\x${byte.toString(16).padStart(2, '0')}`
    at += broken
  }
  return text
}

/** Length of the longest beginning that is whole characters. */
function longestDecodable(bytes: Uint8Array, encoding: Encoding): number {
  let [low, high] = [0, bytes.length]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (encoding.mayContinue(bytes.subarray(0, middle))) low = middle
    else high = middle - 1
  }
  while (low > 0 && encoding.decode(bytes.subarray(0, low)) === undefined) low--
  return low
}
