/**
 * Records on disk: a record is JSON with its long typed arrays in an Arrow file beside it, bit for bit. What JSON cannot say
 * is tagged: `{"$number": "-0"}`, `{"$array": "Float64Array", "values": […]}`, `{"$array": "Float64Array", "row": 3}`.
 */
import {
  Field,
  Float64,
  Int32,
  List,
  Schema,
  Struct,
  Table,
  Uint8,
  makeData,
  tableFromIPC,
  tableToIPC,
  RecordBatch,
} from 'apache-arrow'
import { ReshoreError } from '../errors.js'

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export interface EncodedRecord {
  readonly json: string
  /** Arrow IPC file; absent when every array is short. */
  readonly arrays?: Uint8Array
}

type TypedArray = Float64Array | Int32Array | Uint8Array

/** Arrays up to this length stay in the JSON, where a person can read them. */
const longestInline = 64
const arrayTypes = { Float64Array: new Float64(), Int32Array: new Int32(), Uint8Array: new Uint8() }
type ArrayName = keyof typeof arrayTypes

/** What stands for a plain record met on the way down; itself by default. */
export type Substitute = (record: object) => object

/**
 * A record as the files it is stored in; `name` is what messages call it. Throws `RecordError` for what a record may not hold:
 * functions, instances of classes, dates, big integers.
 */
export function encodeRecord(record: unknown, name: string, substitute: Substitute = (one) => one): EncodedRecord {
  const long: TypedArray[] = []
  const json = JSON.stringify(encode(record, name, { long, substitute }))
  return long.length === 0 ? { json } : { json, arrays: encodeArrays(long) }
}

/** The record of two files. */
export function decodeRecord({ json, arrays }: EncodedRecord): unknown {
  const long = arrays === undefined ? [] : decodeArrays(arrays)
  return decode(JSON.parse(json) as Json, long)
}

interface Encoding {
  readonly long: TypedArray[]
  readonly substitute: Substitute
}

function encode(value: unknown, path: string, encoding: Encoding): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0) ? value : { $number: Object.is(value, -0) ? '-0' : String(value) }
  if (Array.isArray(value)) return value.map((item, index) => encode(item, `${path}[${index}]`, encoding))
  if (isTypedArray(value)) return encodeTypedArray(value, encoding)
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    const entries = Object.entries(encoding.substitute(value)).filter(([, item]) => item !== undefined)
    return Object.fromEntries(entries.map(([key, item]) => [key, encode(item, `${path}.${key}`, encoding)]))
  }
  const what = typeof value === 'object' ? `a ${(value as object).constructor?.name ?? 'object without a class'}` : typeof value
  throw new ReshoreError(
    'RecordError',
    `${path} is ${what}, which a record cannot hold`,
    'Records hold numbers, texts, arrays, plain records, Float64Array, Int32Array and Uint8Array.',
    2,
  )
}

function encodeTypedArray(array: TypedArray, encoding: Encoding): Json {
  const name = array.constructor.name
  if (array.length > longestInline) return { $array: name, row: encoding.long.push(array) - 1 }
  return { $array: name, values: Array.from(array, (item) => encode(item, name, encoding)) }
}

function decode(value: Json, long: readonly TypedArray[]): unknown {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((item: Json) => decode(item, long))
  const record = value as { readonly [key: string]: Json }
  if (typeof record.$number === 'string') return Number(record.$number)
  if (typeof record.$array === 'string') return decodeTypedArray(record, long)
  return Object.fromEntries(Object.entries(record).map(([key, item]) => [key, decode(item, long)]))
}

function decodeTypedArray(record: { readonly [key: string]: Json }, long: readonly TypedArray[]): TypedArray {
  if (typeof record.row === 'number') return long[record.row]!
  const values = (record.values as readonly Json[]).map((item) => decode(item, long) as number)
  if (record.$array === 'Float64Array') return Float64Array.from(values)
  return record.$array === 'Int32Array' ? Int32Array.from(values) : Uint8Array.from(values)
}

function isTypedArray(value: unknown): value is TypedArray {
  return value instanceof Float64Array || value instanceof Int32Array || value instanceof Uint8Array
}

/** One row an array, one list column a type: a row has its values in the column of its type and nothing in the others. */
function encodeArrays(arrays: readonly TypedArray[]): Uint8Array {
  const names = Object.keys(arrayTypes) as ArrayName[]
  const fields = names.map((name) => new Field(name, new List(new Field('item', arrayTypes[name], false)), false))
  const children = names.map((name, column) => {
    const offsets = new Int32Array(arrays.length + 1)
    arrays.forEach((array, row) => (offsets[row + 1] = offsets[row]! + (array.constructor.name === name ? array.length : 0)))
    const values = concatenated(
      arrays.filter((array) => array.constructor.name === name),
      offsets.at(-1)!,
      name,
    )
    const child = makeData({ type: arrayTypes[name], length: values.length, nullCount: 0, data: values } as never)
    return makeData({ type: fields[column]!.type, length: arrays.length, nullCount: 0, valueOffsets: offsets, child } as never)
  })
  const schema = new Schema(fields)
  const data = makeData({ type: new Struct(fields), length: arrays.length, nullCount: 0, children: children as never })
  return tableToIPC(new Table(schema, new RecordBatch(schema, data as never)), 'file')
}

function concatenated(arrays: readonly TypedArray[], length: number, name: ArrayName): TypedArray {
  const all =
    name === 'Float64Array' ? new Float64Array(length) : name === 'Int32Array' ? new Int32Array(length) : new Uint8Array(length)
  let at = 0
  for (const array of arrays) {
    all.set(array, at)
    at += array.length
  }
  return all
}

function decodeArrays(bytes: Uint8Array): TypedArray[] {
  const table = tableFromIPC(bytes)
  const columns = Object.keys(arrayTypes).map((name) => table.getChild(name)!)
  return Array.from({ length: table.numRows }, (_, row) => {
    const filled = columns
      .map((column) => column.get(row) as { readonly length: number; toArray(): TypedArray })
      .find((list) => list.length > 0)!
    return filled.toArray().slice()
  })
}
