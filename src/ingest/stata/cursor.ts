/** Reads a Stata file part after part: fixed fields, numbers in the file's byte order, and the tags of later releases. */
import { corrupt, type ByteSource } from './byteSource.js'

export interface ByteCursor {
  /** The next byte. */
  at(): number
  /** Valid until the next request. */
  bytes(length: number, part: string): Buffer
  unsigned(width: 1 | 2 | 4 | 8, part: string): number
  /** Of four bytes. */
  signed(part: string): number
  skip(length: number, part: string): void
  /** Throws where the file ends before so many bytes. */
  hold(length: number, part: string): void
  tag(tag: string): void
  /** True for the first tag, false for the second; anything else is an error. */
  tagOr(tag: string, other: string): boolean
}

export function byteCursor(source: ByteSource, start: number, littleEndian: boolean): ByteCursor {
  let at = start

  function bytes(length: number, part: string): Buffer {
    const found = source.bytes(at, length, part)
    at += length
    return found
  }

  function isNext(tag: string): boolean {
    const length = Math.min(tag.length, source.size - at)
    const next = source.bytes(at, length, tag).toString('latin1')
    if (next === tag) return true
    // What is there agrees as far as it goes: the file ends within the tag.
    if (length < tag.length && tag.startsWith(next)) source.hold(at, tag.length, tag)
    return false
  }

  function refuse(expected: string): never {
    const found = source.bytes(at, Math.min(20, source.size - at), expected).toString('latin1').replace(/[^\x20-\x7e]/g, '?')
    throw corrupt(source.path, at, `expected ${expected}, found \`${found}\``)
  }

  return {
    at: () => at,
    bytes,
    unsigned(width, part) {
      const number = bytes(width, part)
      if (width === 8) return Number(littleEndian ? number.readBigUInt64LE() : number.readBigUInt64BE())
      return littleEndian ? number.readUIntLE(0, width) : number.readUIntBE(0, width)
    },
    signed(part) {
      const number = bytes(4, part)
      return littleEndian ? number.readInt32LE() : number.readInt32BE()
    },
    skip(length, part) {
      source.hold(at, length, part)
      at += length
    },
    hold: (length, part) => source.hold(at, length, part),
    tag(tag) {
      if (!isNext(tag)) refuse(`\`${tag}\``)
      at += tag.length
    },
    tagOr(tag, other) {
      const first = isNext(tag)
      if (!first && !isNext(other)) refuse(`\`${tag}\` or \`${other}\``)
      at += first ? tag.length : other.length
      return first
    },
  }
}
