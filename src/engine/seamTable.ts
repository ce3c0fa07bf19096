/**
 * Any Arrow table as one of the seam types: Bool, Int32, Float64, dictionary-coded Utf8, Date32, one chunk a column. Integers
 * widen where nothing is lost; a type or value that cannot cross is a named error. NaN is missing, as R and pandas read it.
 */
import {
  Bool, DataType, DateDay, DateUnit, Dictionary, Field, Float64, Int32, makeData, makeVector, RecordBatch, Schema, Struct, Table,
  Utf8, vectorFromArray, type Data, type Vector,
} from 'apache-arrow'
import { ReshoreError } from '../errors.js'
import type { ArrowTable } from './records.js'
import { isPresent } from './validity.js'

const dayMilliseconds = 86_400_000

/** The same rows with seam types only. */
export function seamTable(table: ArrowTable): ArrowTable {
  const columns = table.schema.fields.map((field, index) => seamColumn(field, table.getChildAt(index)!, index))
  const schema = new Schema(columns.map(({ field }) => field))
  const children = columns.map(({ data }) => data)
  const struct = makeData({ type: new Struct(schema.fields), length: table.numRows, nullCount: 0, children })
  return new Table(schema, [new RecordBatch(schema, struct)])
}

interface Column {
  readonly field: Field
  readonly data: Data
}

function seamColumn(field: Field, vector: Vector, index: number): Column {
  const { type, name } = field
  const validity = validityOf(vector)
  const column = (seamType: DataType, values: object): Column => ({
    field: new Field(name, seamType, true),
    data: makeData({ type: seamType, length: vector.length, ...values, ...validity } as never),
  })
  if (DataType.isBool(type)) return column(new Bool(), { data: bits(vector) })
  if (DataType.isInt(type)) return integerColumn(name, vector, column)
  if (DataType.isFloat(type)) return floatColumn(name, vector, column)
  if (DataType.isDate(type) || DataType.isTimestamp(type)) return column(new DateDay(), { data: days(name, vector) })
  if (DataType.isNull(type)) return column(new Float64(), { data: new Float64Array(vector.length) })
  const text = DataType.isDictionary(type) ? type.dictionary : type
  if (DataType.isUtf8(text) || DataType.isLargeUtf8(text)) {
    const { codes, texts } = textCodes(vector)
    const dictionaryType = new Dictionary(new Utf8(), new Int32(), index)
    const none = makeVector(makeData({ type: new Utf8(), length: 0 }))
    return column(dictionaryType, { data: codes, dictionary: texts.length === 0 ? none : vectorFromArray(texts, new Utf8()) })
  }
  throw new ReshoreError(
    'SeamTypeError',
    `column \`${name}\` has the Arrow type ${String(type)}, which cannot be read`,
    'Write it as boolean, integer, double, text or date.',
  )
}

/** Missing is a null, or a NaN. */
function validityOf(vector: Vector): { readonly nullCount: number; readonly nullBitmap?: Uint8Array } {
  const floats = DataType.isFloat(vector.type)
  const bitmap = new Uint8Array((vector.length + 7) >> 3)
  let row = 0
  let present = 0
  for (const data of vector.data) {
    if (DataType.isNull(data.type)) continue
    const bits = data.nullCount > 0 ? (data.nullBitmap as Uint8Array) : undefined
    for (let i = 0; i < data.length; i++, row++) {
      if (!isPresent(bits, data.offset + i)) continue
      if (floats && Number.isNaN(data.values[i] as number)) continue
      bitmap[row >> 3]! |= 1 << (row & 7)
      present++
    }
  }
  return present === vector.length ? { nullCount: 0 } : { nullCount: vector.length - present, nullBitmap: bitmap }
}

function bits(vector: Vector): Uint8Array {
  const packed = new Uint8Array((vector.length + 7) >> 3)
  let row = 0
  for (const data of vector.data) {
    for (let i = 0; i < data.length; i++, row++) {
      if (isPresent(data.values as Uint8Array, data.offset + i)) packed[row >> 3]! |= 1 << (row & 7)
    }
  }
  return packed
}

type MakeColumn = (type: DataType, values: object) => Column

/** Int32 where all values fit, otherwise Float64 as long as every integer is exact. */
function integerColumn(name: string, vector: Vector, column: MakeColumn): Column {
  const values = new Float64Array(vector.length)
  let fits = true
  forEachPresent(vector, (row, value) => {
    const number = Number(value)
    if (!Number.isSafeInteger(number)) {
      throw new ReshoreError(
        'SeamTypeError',
        `column \`${name}\` holds ${String(value)}, an integer beyond 2^53`,
        'Write ids as text.',
      )
    }
    if (number !== (number | 0)) fits = false
    values[row] = number
  })
  return fits ? column(new Int32(), { data: Int32Array.from(values) }) : column(new Float64(), { data: values })
}

function floatColumn(name: string, vector: Vector, column: MakeColumn): Column {
  const values = new Float64Array(vector.length)
  forEachPresent(vector, (row, value) => {
    const number = DataType.isFloat(vector.type) && vector.type.precision === 0 ? halfPrecision(value as number) : (value as number)
    if (Math.abs(number) === Infinity) {
      throw new ReshoreError('NotFiniteError', `column \`${name}\` holds ${number}`, 'Make such values missing.')
    }
    values[row] = Number.isNaN(number) ? 0 : number
  })
  return column(new Float64(), { data: values })
}

function halfPrecision(word: number): number {
  const exponent = (word >> 10) & 31
  const fraction = word & 1023
  const sign = word & 0x8000 ? -1 : 1
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25))
}

/** Timestamps cross as dates where every one is a whole day. */
function days(name: string, vector: Vector): Int32Array {
  const { type } = vector
  const perDay = DataType.isTimestamp(type) ? dayMilliseconds * 1000 ** (type.unit - 1)
    : (type as DateDay).unit === DateUnit.DAY ? 1 : dayMilliseconds
  const values = new Int32Array(vector.length)
  forEachPresent(vector, (row, value) => {
    const day = Number(value) / perDay
    if (!Number.isInteger(day)) {
      throw new ReshoreError('SeamTypeError', `column \`${name}\` holds a time of day`, 'Write it as a date, or as a number.')
    }
    values[row] = day
  })
  return values
}

/** Raw buffer values of the rows that are not null, over all chunks. */
function forEachPresent(vector: Vector, visit: (row: number, value: number | bigint) => void): void {
  let row = 0
  for (const data of vector.data) {
    const bits = data.nullCount > 0 ? (data.nullBitmap as Uint8Array) : undefined
    const values = data.values as ArrayLike<number | bigint>
    for (let i = 0; i < data.length; i++, row++) {
      if (isPresent(bits, data.offset + i)) visit(row, values[i]!)
    }
  }
}

/** Codes in order of first appearance; dictionaries of several chunks are merged by their texts. */
function textCodes(vector: Vector): { readonly codes: Int32Array; readonly texts: readonly string[] } {
  const codeByText = new Map<string, number>()
  const codes = new Int32Array(vector.length)
  const codeOf = (text: string): number => {
    const known = codeByText.get(text)
    if (known !== undefined) return known
    codeByText.set(text, codeByText.size)
    return codeByText.size - 1
  }
  let row = 0
  for (const data of vector.data) {
    const merged = data.dictionary === undefined ? undefined : new Int32Array(data.dictionary.length).fill(-1)
    const chunk = makeVector(data) as Vector
    for (let i = 0; i < data.length; i++, row++) {
      if (!chunk.isValid(i)) continue
      if (merged === undefined) codes[row] = codeOf(chunk.get(i) as string)
      else {
        const local = Number(data.values[i])
        if (merged[local]! < 0) merged[local] = codeOf(String(data.dictionary!.get(local)))
        codes[row] = merged[local]!
      }
    }
  }
  return { codes, texts: [...codeByText.keys()] }
}
