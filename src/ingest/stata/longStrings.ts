/** Long strings (strL), after the data: each has a variable and an observation that name it, to which cells refer. */
import { corrupt, type ByteSource } from './byteSource.js'
import { byteCursor } from './cursor.js'
import type { StataLayout } from './records.js'

export interface LongStrings {
  /** Where the next part of the file begins. */
  readonly end: number
  /** By `variable:observation`; undefined for a string that is no text. */
  readonly texts: ReadonlyMap<string, Buffer | 'binary'>
}

const binary = 129
const text = 130

/** Walks over all of them; their bytes are kept where a column needs them. */
export function readLongStrings(source: ByteSource, { release, littleEndian }: StataLayout, start: number, keep: boolean): LongStrings {
  const texts = new Map<string, Buffer | 'binary'>()
  const cursor = byteCursor(source, start, littleEndian)
  cursor.tag('</data><strls>')
  while (cursor.tagOr('GSO', '</strls>')) {
    const variable = cursor.unsigned(4, 'a long string')
    const observation = cursor.unsigned(release === 117 ? 4 : 8, 'a long string')
    const kind = cursor.unsigned(1, 'a long string')
    if (kind !== binary && kind !== text) throw corrupt(source.path, cursor.at() - 1, `a long string is of the unknown kind ${kind}`)
    const length = cursor.unsigned(4, 'a long string')
    if (!keep) cursor.skip(length, 'a long string')
    else texts.set(`${variable}:${observation}`, content(cursor.bytes(length, 'a long string'), kind))
  }
  return { end: cursor.at(), texts }
}

function content(bytes: Buffer, kind: number): Buffer | 'binary' {
  if (kind === binary) return 'binary'
  return Buffer.from(bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes)
}
