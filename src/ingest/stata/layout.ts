/**
 * What stands before the data in a Stata file: releases 113 to 115 (Stata 8 to 12) as fixed records, 117 to 119 (Stata 13 on)
 * between tags. Read in order, never through the map of offsets, which some writers get wrong.
 *
 * StataCorp, "File formats .dta", releases 113–119.
 */
import { ReshoreError } from '../../errors.js'
import type { Encoding } from '../encodings.js'
import { corrupt, type ByteSource } from './byteSource.js'
import { byteCursor, type ByteCursor } from './cursor.js'
import type { StataLayout, StataRelease, StataStorage, StataVariable } from './records.js'
import { shownText } from './text.js'

/** Bytes of the fixed fields of a release. */
interface FieldWidths {
  readonly name: number
  readonly format: number
  readonly label: number
}

const oldWidths: FieldWidths = { name: 33, format: 49, label: 81 }
const unicodeWidths: FieldWidths = { name: 129, format: 57, label: 321 }
const widthsOf: Readonly<Record<StataRelease, FieldWidths>> = {
  113: { ...oldWidths, format: 12 }, 114: oldWidths, 115: oldWidths, 117: oldWidths, 118: unicodeWidths, 119: unicodeWidths,
}

const opening = '<stata_dta><header><release>'
const longestString = 2045

/** The release, by the first bytes. */
export function releaseOf(source: ByteSource): StataRelease {
  const { path, size } = source
  if (size === 0) throw new ReshoreError('StataFileError', `${path} is empty`, 'Copy it, or save it in Stata, again.')
  const longest = opening.length + 3
  const first = source.bytes(0, Math.min(size, longest), 'the header')
  const text = first.toString('latin1')
  if (text.length < longest && (opening.startsWith(text) || text.startsWith(opening))) source.hold(0, longest, 'the header')
  if (text.startsWith(opening)) {
    const release = Number(text.slice(opening.length))
    if (release === 117 || release === 118 || release === 119) return release
    throw unsupported(path, text.slice(opening.length))
  }
  const [release = 0, byteOrder, kind] = first
  if (isOld(release)) source.hold(0, 4, 'the header')
  if (release < 102 || release > 116 || (byteOrder !== 1 && byteOrder !== 2) || kind !== 1) {
    throw new ReshoreError(
      'StataFileError',
      `${path}, byte 0: this is no Stata file`,
      'Give it the extension of what it is (.csv, .parquet, .arrow), or save it from Stata with `save`.',
    )
  }
  if (isOld(release)) return release
  throw unsupported(path, String(release))
}

function isOld(release: number): release is 113 | 114 | 115 {
  return release === 113 || release === 114 || release === 115
}

function unsupported(path: string, release: string): ReshoreError {
  const advice = Number(release) > 119
    ? 'Drop alias variables, or write it in Stata with `saveold FILE, version(14)`.'
    : 'Open it in Stata and `save` it again, or write release 114 or later with R or pandas.'
  return new ReshoreError(
    'StataReleaseError',
    `${path} has Stata format ${release}; formats 113, 114, 115, 117, 118 and 119 can be read`,
    advice,
  )
}

/** Everything before the data. */
export function readLayout(source: ByteSource, release: StataRelease, encoding: Encoding): StataLayout {
  const layout = release <= 115 ? oldLayout(source, release, encoding) : taggedLayout(source, release, encoding)
  if (layout.variables.length === 0) throw corrupt(source.path, layout.dataAt, 'the file has no variables')
  source.hold(layout.dataAt, layout.rows * layout.rowWidth, `the data, ${layout.rows} rows of ${layout.rowWidth} bytes`)
  return layout
}

function oldLayout(source: ByteSource, release: StataRelease, encoding: Encoding): StataLayout {
  const littleEndian = source.bytes(1, 1, 'the header')[0] === 2
  const cursor = byteCursor(source, 4, littleEndian)
  const count = cursor.unsigned(2, 'the number of variables')
  const rows = cursor.signed('the number of rows')
  if (rows < 0) throw corrupt(source.path, cursor.at() - 4, `the number of rows is ${rows}`)
  const label = shownText(cursor.bytes(81, 'the data label'), encoding)
  const timestamp = shownText(cursor.bytes(18, 'the time stamp'), encoding)
  const types = Array.from(cursor.bytes(count, 'the variable types'))
  const widths = widthsOf[release]
  const names = fields(cursor, count, widths.name, 'the variable names', encoding)
  const sorted = sortList(cursor, count, 2)
  const described = describe(cursor, count, widths, encoding, () => undefined)
  skipExpansionFields(cursor)
  const variables = placed(source.path, names, types.map(oldType), described)
  return { release, littleEndian, label, timestamp, ...finish(cursor, variables, sorted, rows) }
}

function taggedLayout(source: ByteSource, release: StataRelease, encoding: Encoding): StataLayout {
  let cursor = byteCursor(source, opening.length + 3, true)
  cursor.tag('</release><byteorder>')
  const order = cursor.bytes(3, 'the byte order').toString('latin1')
  if (order !== 'LSF' && order !== 'MSF') throw corrupt(source.path, cursor.at() - 3, `the byte order is \`${order}\`, neither LSF nor MSF`)
  const littleEndian = order === 'LSF'
  cursor = byteCursor(source, cursor.at(), littleEndian)
  cursor.tag('</byteorder><K>')
  const count = cursor.unsigned(release === 119 ? 4 : 2, 'the number of variables')
  cursor.tag('</K><N>')
  const rows = cursor.unsigned(release === 117 ? 4 : 8, 'the number of rows')
  cursor.tag('</N><label>')
  const label = shownText(cursor.bytes(cursor.unsigned(release === 117 ? 1 : 2, 'the data label'), 'the data label'), encoding)
  cursor.tag('</label><timestamp>')
  const timestamp = shownText(cursor.bytes(cursor.unsigned(1, 'the time stamp'), 'the time stamp'), encoding)
  cursor.tag('</timestamp></header><map>')
  cursor.skip(14 * 8, 'the map')
  cursor.tag('</map><variable_types>')
  const codes = cursor.bytes(2 * count, 'the variable types')
  const types = Array.from({ length: count }, (_, i) => (littleEndian ? codes.readUInt16LE(2 * i) : codes.readUInt16BE(2 * i)))
  cursor.tag('</variable_types><varnames>')
  const widths = widthsOf[release]
  const names = fields(cursor, count, widths.name, 'the variable names', encoding)
  cursor.tag('</varnames><sortlist>')
  const sorted = sortList(cursor, count, release === 119 ? 4 : 2)
  cursor.tag('</sortlist><formats>')
  const described = describe(cursor, count, widths, encoding, (tag) => cursor.tag(tag))
  cursor.tag('</variable_labels><characteristics>')
  while (cursor.tagOr('<ch>', '</characteristics>')) {
    cursor.skip(cursor.unsigned(4, 'a characteristic'), 'a characteristic')
    cursor.tag('</ch>')
  }
  cursor.tag('<data>')
  const variables = placed(source.path, names, types.map(taggedType), described)
  return { release, littleEndian, label, timestamp, ...finish(cursor, variables, sorted, rows) }
}

interface Described {
  readonly formats: readonly string[]
  readonly labelNames: readonly string[]
  readonly labels: readonly string[]
}

function describe(cursor: ByteCursor, count: number, widths: FieldWidths, encoding: Encoding, tag: (tag: string) => void): Described {
  const formats = fields(cursor, count, widths.format, 'the display formats', encoding)
  tag('</formats><value_label_names>')
  const labelNames = fields(cursor, count, widths.name, 'the names of value labels', encoding)
  tag('</value_label_names><variable_labels>')
  return { formats, labelNames, labels: fields(cursor, count, widths.label, 'the variable labels', encoding) }
}

function fields(cursor: ByteCursor, count: number, width: number, part: string, encoding: Encoding): readonly string[] {
  cursor.hold(count * width, part)
  return Array.from({ length: count }, () => shownText(cursor.bytes(width, part), encoding))
}

/** Positions from 1 up to a zero. */
function sortList(cursor: ByteCursor, count: number, width: 2 | 4): readonly number[] {
  cursor.hold((count + 1) * width, 'the sort list')
  const list = Array.from({ length: count + 1 }, () => cursor.unsigned(width, 'the sort list'))
  return list.slice(0, list.indexOf(0) < 0 ? 0 : list.indexOf(0))
}

/** Notes and characteristics: a type, a length, contents; a zero type ends them. */
function skipExpansionFields(cursor: ByteCursor): void {
  for (;;) {
    const type = cursor.unsigned(1, 'a characteristic')
    const length = cursor.unsigned(4, 'a characteristic')
    if (type === 0 && length === 0) return
    cursor.skip(length, 'a characteristic')
  }
}

interface StorageType {
  readonly storage: StataStorage
  readonly width: number
}

const numbers: readonly StorageType[] = [
  { storage: 'byte', width: 1 }, { storage: 'int', width: 2 }, { storage: 'long', width: 4 }, { storage: 'float', width: 4 },
  { storage: 'double', width: 8 },
]

/** 251 to 255 are byte to double, smaller ones the width of a string. */
function oldType(code: number): StorageType | undefined {
  if (code >= 251) return numbers[code - 251]
  return code >= 1 && code <= 244 ? { storage: 'str', width: code } : undefined
}

/** 65530 down to 65526 are byte to double. */
function taggedType(code: number): StorageType | undefined {
  if (code >= 65526) return numbers[65530 - code]
  if (code === 32768) return { storage: 'strL', width: 8 }
  return code >= 1 && code <= longestString ? { storage: 'str', width: code } : undefined
}

function placed(
  path: string, names: readonly string[], types: readonly (StorageType | undefined)[], { formats, labelNames, labels }: Described,
): readonly StataVariable[] {
  let at = 0
  return names.map((name, index) => {
    const type = types[index]
    if (type === undefined) {
      throw new ReshoreError('StataFileError', `${path}: variable ${index + 1}, \`${name}\`, has an unknown storage type`,
        'The file is damaged: save it in Stata, or copy it, again.')
    }
    const variable = { name, ...type, at, format: formats[index]!, valueLabelName: labelNames[index]!, label: labels[index]! }
    at += type.width
    return variable
  })
}

function finish(cursor: ByteCursor, variables: readonly StataVariable[], sorted: readonly number[], rows: number) {
  const rowWidth = variables.reduce((sum, { width }) => sum + width, 0)
  const sortedBy = sorted.flatMap((position) => variables[position - 1]?.name ?? [])
  return { sortedBy, variables, rows, rowWidth, dataAt: cursor.at() }
}
