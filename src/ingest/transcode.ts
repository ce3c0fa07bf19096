/**
 * Text in any encoding to a UTF-8 file, line for line. Blocks of whole lines are decoded strictly; a block that fails is decoded
 * line by line, and in the line that fails the bytes that are no character are located and written as `\x81`, so that the
 * line can be set aside later and everything else is kept.
 */
import { isAscii } from 'node:buffer'
import { open, type FileHandle } from 'node:fs/promises'
import type { Encoding } from './encodings.js'

/** The first byte of a line that is no character. */
export interface UndecodableByte {
  /** 0-based, in the source. */
  readonly offset: number
  readonly byte: number
  /** 0-based offset in the UTF-8 file of what stands for it. */
  readonly targetOffset: number
}

export interface Transcoding {
  readonly lines: number
  /** Lines with anything but ASCII. */
  readonly foreignLines: number
  readonly undecodable: readonly UndecodableByte[]
}

const blockBytes = 4 << 20

/** Writes `target` in UTF-8. `hopeless` is asked after every block and may end the work. */
export async function transcode(source: string, target: string, encoding: Encoding, hopeless: (soFar: Transcoding) => boolean): Promise<Transcoding> {
  const input = await open(source, 'r')
  const output = await open(target, 'w')
  const undecodable: UndecodableByte[] = []
  let [lines, foreignLines, written] = [0, 0, 0]
  try {
    for await (const { bytes, offset } of blocksOfLines(input, encoding)) {
      if (encoding.unit === 1 && isAscii(bytes)) {
        await output.write(bytes)
        written += bytes.length
        lines += lineRanges(bytes, encoding).length
        continue
      }
      const ranges = lineRanges(bytes, encoding)
      const text = encoding.decode(bytes)
      const block = Buffer.from(text ?? '', 'utf8')
      const whole = text === undefined ? decodeLines(bytes, ranges, encoding, { offset, targetOffset: written }, undecodable) : block
      await output.write(whole)
      written += whole.length
      lines += ranges.length
      foreignLines += ranges.filter(([start, end]) => encoding.unit === 2 || !isAscii(bytes.subarray(start, end))).length
      if (hopeless({ lines, foreignLines, undecodable })) break
    }
  } finally {
    await input.close()
    await output.close()
  }
  return { lines, foreignLines, undecodable }
}

/** Runs of whole lines; the last one may lack its line end. */
async function* blocksOfLines(input: FileHandle, encoding: Encoding): AsyncGenerator<{ readonly bytes: Buffer; readonly offset: number }> {
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

/** Line by line, each undecodable byte as `\x81`; where the first of each line is goes to `undecodable`. */
function decodeLines(
  bytes: Buffer, ranges: readonly (readonly [number, number])[], encoding: Encoding, from: { readonly offset: number; readonly targetOffset: number }, undecodable: UndecodableByte[],
): Buffer {
  const decoded: Buffer[] = []
  let targetOffset = from.targetOffset
  for (const [start, end] of ranges) {
    const line = bytes.subarray(start, end)
    const text = encoding.decode(line)
    const piece = Buffer.from(text ?? escapeUndecodable(line, encoding, (at, before) => {
      undecodable.push({ offset: from.offset + start + at, byte: line[at]!, targetOffset: targetOffset + Buffer.byteLength(before) })
    }), 'utf8')
    decoded.push(piece)
    targetOffset += piece.length
  }
  return Buffer.concat(decoded)
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
