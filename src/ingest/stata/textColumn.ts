/** A text column of a Stata file, dictionary-coded by bytes: every different text is decoded once. Empty text is missing. */
import { isAscii } from 'node:buffer'
import { ReshoreError } from '../../errors.js'
import { encodingOf, type Encoding } from '../encodings.js'
import { byteDictionary, type ByteDictionary } from './byteDictionary.js'
import { corrupt } from './byteSource.js'
import { dictionaryData, rowValidity, type StataColumnReader } from './columnData.js'
import type { LongStrings } from './longStrings.js'
import type { StataLayout, StataVariable } from './records.js'
import { untilZero } from './text.js'

interface TextOptions {
  readonly path: string
  readonly rows: number
  readonly encoding: Encoding
  /** Nobody said so: the release names no encoding, and its default is taken. */
  readonly assumed: boolean
}

const utf8 = encodingOf('utf-8')

/** Strings of a fixed width, up to a zero. */
export function stringColumn({ name, at, width }: StataVariable, options: TextOptions): StataColumnReader {
  return codedColumn(name, options, (dictionary, block, start) => {
    const from = start + at
    let end = from
    while (end < from + width && block[end] !== 0) end++
    return end === from ? empty : dictionary.code(block, from, end)
  })
}

/** Long strings, by reference. */
export function longStringColumn(
  { name, at }: StataVariable, options: TextOptions, { release, littleEndian, rowWidth, dataAt }: StataLayout, { texts }: LongStrings,
): StataColumnReader {
  const unsigned = (block: Buffer, from: number, width: number): number =>
    littleEndian ? block.readUIntLE(from, width) : block.readUIntBE(from, width)
  const reference = (block: Buffer, from: number, variableBytes: number): string =>
    `${unsigned(block, from, variableBytes)}:${unsigned(block, from + variableBytes, 8 - variableBytes)}`
  return codedColumn(name, options, (dictionary, block, start, row) => {
    const key = reference(block, start + at, release === 117 ? 4 : release === 118 ? 2 : 3)
    if (key === '0:0') return empty
    // haven writes format 119 with the references of 118.
    const found = texts.get(key) ?? (release === 119 ? texts.get(reference(block, start + at, 2)) : undefined)
    if (found === undefined) {
      throw corrupt(options.path, dataAt + row * rowWidth + at, `row ${row + 1} of \`${name}\` refers to a long string that is not in the file`)
    }
    if (found === 'binary') {
      throw new ReshoreError('SeamTypeError', `row ${row + 1} of column \`${name}\` of ${options.path} holds bytes that are no text`,
        'Leave the column out.')
    }
    const { length } = untilZero(found)
    return length === 0 ? empty : dictionary.code(found, 0, length)
  })
}

/** What `codeOf` says of empty text. */
const empty = -1

/** `codeOf` puts the text of a row into the dictionary. */
function codedColumn(
  name: string, { path, rows, encoding, assumed }: TextOptions,
  codeOf: (dictionary: ByteDictionary, block: Buffer, start: number, row: number) => number,
): StataColumnReader {
  const codes = new Int32Array(rows)
  const dictionary = byteDictionary()
  const firstRows: number[] = []
  const validity = rowValidity(rows)
  let missingRows = 0
  return {
    append(_, first, count, rowWidth, block) {
      for (let row = first, start = 0; row < first + count; row++, start += rowWidth) {
        const code = codeOf(dictionary, block, start, row)
        if (code === empty) {
          missingRows++
          continue
        }
        if (code === firstRows.length) firstRows.push(row)
        codes[row] = code
        validity.set(row)
      }
    },
    finish(index) {
      const bytes = Array.from({ length: dictionary.size }, (_, code) => dictionary.bytes(code))
      const plain = encoding.name === 'utf-8' || encoding.name === 'windows-1252'
      const texts = bytes.map((text, code) => {
        const decoded = plain && isAscii(text) ? text.toString('latin1') : encoding.decode(text)
        if (decoded !== undefined) return decoded
        throw new ReshoreError(
          'EncodingError',
          `${path}, row ${firstRows[code]! + 1}: column \`${name}\` holds bytes that are not ${encoding.name}`,
          'Give the encoding its text has: --encoding windows-1252, macintosh, shift_jis, utf-8, …',
        )
      })
      const missing: Record<string, number> = missingRows > 0 ? { '""': missingRows } : {}
      const notes = assumed && looksLikeUtf8(bytes)
        ? [`The text of column \`${name}\` looks like UTF-8, but was read as ${encoding.name}: say --encoding utf-8.`] : []
      return { ...dictionaryData(codes, texts, index), ...validity.finish(), missing, notes }
    },
  }
}

/** Bytes beyond ASCII, all of which happen to be UTF-8. */
function looksLikeUtf8(texts: readonly Buffer[]): boolean {
  const beyond = texts.filter((bytes) => !isAscii(bytes))
  return beyond.length > 0 && beyond.every((bytes) => utf8.decode(bytes) !== undefined)
}
