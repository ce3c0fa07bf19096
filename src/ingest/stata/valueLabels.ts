/** Sets of value labels, after the data: `{ sector: [{ value: 1, label: 'clothing' }, …] }`. */
import type { Encoding } from '../encodings.js'
import { corrupt, type ByteSource } from './byteSource.js'
import { byteCursor, type ByteCursor } from './cursor.js'
import { missingCode } from './missing.js'
import type { StataLayout, StataValueLabel } from './records.js'
import { shownText } from './text.js'

/** The sets by name. Before release 117 they go on to the end of the file. */
export function readValueLabels(
  source: ByteSource, { release, littleEndian }: StataLayout, start: number, encoding: Encoding,
): ReadonlyMap<string, readonly StataValueLabel[]> {
  const sets = new Map<string, readonly StataValueLabel[]>()
  const cursor = byteCursor(source, start, littleEndian)
  const nameWidth = release >= 118 ? 129 : 33
  const readSet = (): void => {
    const length = cursor.unsigned(4, 'a set of value labels')
    const name = shownText(cursor.bytes(nameWidth, 'a set of value labels'), encoding)
    cursor.skip(3, 'a set of value labels')
    sets.set(name, labelsOf(source, cursor, length, littleEndian, encoding))
  }
  if (release <= 115) {
    while (cursor.at() < source.size) readSet()
    return sets
  }
  cursor.tag('<value_labels>')
  while (cursor.tagOr('<lbl>', '</value_labels>')) {
    readSet()
    cursor.tag('</lbl>')
  }
  cursor.tag('</stata_dta>')
  return sets
}

/** Number of labels, bytes of text, offsets into the text, values, text. */
function labelsOf(
  source: ByteSource, cursor: ByteCursor, length: number, littleEndian: boolean, encoding: Encoding,
): readonly StataValueLabel[] {
  const at = cursor.at()
  const bytes = cursor.bytes(length, 'a set of value labels')
  const integer = (offset: number): number => (littleEndian ? bytes.readInt32LE(offset) : bytes.readInt32BE(offset))
  const [count, textBytes] = length < 8 ? [-1, 0] : [integer(0), integer(4)]
  if (count < 0 || textBytes < 0 || 8 + 8 * count + textBytes > length) {
    throw corrupt(source.path, at, `a set of ${length} bytes cannot hold ${count} value labels with ${textBytes} bytes of text`)
  }
  const texts = bytes.subarray(8 + 8 * count, 8 + 8 * count + textBytes)
  return Array.from({ length: count }, (_, index) => {
    const offset = integer(8 + 4 * index)
    const value = integer(8 + 4 * (count + index))
    if (offset < 0 || offset >= textBytes) throw corrupt(source.path, at + 8 + 4 * index, `a value label begins at ${offset} of ${textBytes} bytes`)
    return { value: missingCode(value - 2147483621) ?? value, label: shownText(texts.subarray(offset), encoding) }
  })
}
