/**
 * Stata `.dta` files, formats 113 to 115 and 117 to 119 (Stata 8 to 18), as Arrow tables of seam types. Everything around the data
 * is read first, so that a file that is not whole fails before its rows are read; then the rows pass in blocks of a few
 * megabytes, so that memory holds the columns asked for and no copy of the file. docs/conventions.md has the conventions.
 * Checked against pandas and haven, which also wrote the files of the tests.
 */
import { Field, makeData, RecordBatch, Schema, Struct, Table } from 'apache-arrow'
import { ReshoreError } from '../../errors.js'
import { wantedColumn } from '../columnNames.js'
import { shownNames } from '../csvHeader.js'
import { encodingOf, type Encoding } from '../encodings.js'
import { openBytes, type ByteSource } from './byteSource.js'
import type { ColumnData, StataColumnReader } from './columnData.js'
import { readLayout, releaseOf } from './layout.js'
import { readLongStrings, type LongStrings } from './longStrings.js'
import { numberColumn } from './numberColumn.js'
import type { StataColumn, StataFile, StataLayout, StataOptions, StataRelease, StataValueLabel, StataVariable } from './records.js'
import { longStringColumn, stringColumn } from './textColumn.js'
import { readValueLabels } from './valueLabels.js'

const blockBytes = 4_194_304

/**
 * The table in a Stata file, with labels, formats and counts of missing values by code.
 *
 * @example
 * const { table, columns } = readStata('firms.dta')
 * console.log(columns.find(({ name }) => name === 'sector')?.valueLabels)
 */
export function readStata(path: string, options: StataOptions = {}): StataFile {
  const source = openBytes(path)
  try {
    const release = releaseOf(source)
    const encoding = encodingOf(options.encoding ?? (release >= 118 ? 'utf-8' : 'windows-1252'))
    if (encoding.unit > 1) {
      throw new ReshoreError(
        'EncodingError',
        `${encoding.name} cannot be the encoding of a Stata file`,
        'Name one of single bytes or utf-8, shift_jis, euc-jp, ….',
        2,
      )
    }
    const layout = readLayout(source, release, encoding)
    const variables = wantedVariables(path, layout, options.columns)
    const dataEnd = layout.dataAt + layout.rows * layout.rowWidth
    const keepLong = variables.some(({ storage }) => storage === 'strL')
    const long = release >= 117 ? readLongStrings(source, layout, dataEnd, keepLong) : { end: dataEnd, texts: new Map() }
    const labels = readValueLabels(source, layout, long.end, encoding)
    const readers = variables.map((variable) => readerOf(variable, { source, layout, encoding, long, labels, options }))
    readRows(source, layout, readers)
    return finished(layout, encoding, variables, readers.map((reader, index) => reader.finish(index)), labels)
  } finally {
    source.close()
  }
}

type LabelSets = ReadonlyMap<string, readonly StataValueLabel[]>

interface Reading {
  readonly source: ByteSource
  readonly layout: StataLayout
  readonly encoding: Encoding
  readonly long: LongStrings
  readonly labels: LabelSets
  readonly options: StataOptions
}

function wantedVariables(path: string, { variables }: StataLayout, columns: readonly string[] | undefined): readonly StataVariable[] {
  const isWanted = wantedColumn(columns)
  const wanted = variables.filter(({ name }) => isWanted(name))
  if (wanted.length > 0) return wanted
  throw new ReshoreError(
    'MissingColumnError',
    `${path} has none of the columns ${columns!.join(', ')}`,
    `It has ${shownNames(variables.map(({ name }) => name))}.`,
  )
}

function readerOf(variable: StataVariable, { source, layout, encoding, long, labels, options }: Reading): StataColumnReader {
  const assumed = options.encoding === undefined && layout.release < 118
  const text = { path: source.path, rows: layout.rows, encoding, assumed }
  if (variable.storage === 'str') return stringColumn(variable, text)
  if (variable.storage === 'strL') return longStringColumn(variable, text, layout, long)
  const asText = options.labels === 'text' ? labels.get(variable.valueLabelName) : undefined
  return numberColumn(variable, layout.rows, layout.littleEndian, asText)
}

function readRows(source: ByteSource, { rows, rowWidth, dataAt }: StataLayout, readers: readonly StataColumnReader[]): void {
  const perBlock = Math.max(1, Math.floor(blockBytes / rowWidth))
  for (let first = 0; first < rows; first += perBlock) {
    const count = Math.min(perBlock, rows - first)
    const block = source.bytes(dataAt + first * rowWidth, count * rowWidth, 'the data')
    const view = new DataView(block.buffer, block.byteOffset, block.length)
    for (const reader of readers) reader.append(view, first, count, rowWidth, block)
  }
}

function finished(
  { release, littleEndian, rows, label, timestamp, sortedBy }: StataLayout, { name: encoding }: Encoding,
  variables: readonly StataVariable[], made: readonly ColumnData[], labels: LabelSets,
): StataFile {
  const schema = new Schema(variables.map(({ name }, index) => new Field(name, made[index]!.type, true)))
  const children = made.map(({ type, buffers, nullCount, nullBitmap }) =>
    makeData({ type, length: rows, nullCount, ...buffers, ...(nullBitmap && { nullBitmap }) } as never))
  const struct = makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children })
  const columns = variables.map((variable, index) => columnRecord(variable, made[index]!, labels))
  return {
    table: new Table(schema, [new RecordBatch(schema, struct)]),
    release, byteOrder: littleEndian ? 'little' : 'big', encoding, label, timestamp, sortedBy, columns,
    notes: [...made.flatMap(({ notes }) => notes), ...columns.flatMap((column) => columnNotes(column, release))],
  }
}

function columnRecord(variable: StataVariable, { missing, unit }: ColumnData, labels: LabelSets): StataColumn {
  const { name, storage, format, label, valueLabelName } = variable
  const valueLabels = labels.get(valueLabelName)
  return {
    name, storage, format, label, missing,
    ...(unit !== undefined && { unit }),
    ...(valueLabelName !== '' && { valueLabelName }),
    ...(valueLabels !== undefined && { valueLabels }),
  }
}

function columnNotes({ name, missing, valueLabelName, valueLabels }: StataColumn, release: StataRelease): readonly string[] {
  const notes: string[] = []
  const codes = Object.entries(missing)
  if (codes.some(([code]) => code !== '.' && code !== '""')) {
    const counts = codes.map(([code, rows]) => `${code} in ${rows}`).join(', ')
    notes.push(`Column \`${name}\` has extended missing values, all read as missing (rows): ${counts}.`)
  }
  if (valueLabelName !== undefined && valueLabels === undefined) {
    const perhaps = release <= 115 ? '; a file of this format that ends early looks the same' : ''
    notes.push(`Column \`${name}\` names the value labels \`${valueLabelName}\`, which the file does not have${perhaps}.`)
  }
  return notes
}
