/**
 * A fit on disk: JSON that other software reads, long arrays (scores, codes) in an Arrow file beside it. Numbers keep every bit; both
 * files are written under temporary names and renamed.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { Field, Float64, Int32, List, makeData, makeVector, Table, tableFromIPC, tableToIPC, Utf8, vectorFromArray, type Vector } from 'apache-arrow'
import { ReshoreError } from '../../errors.js'
import type { Fit } from '../records.js'

/** Arrays up to this length stay in the JSON. */
const shortArray = 256

type TypedArray = Float64Array | Int32Array | Uint8Array

const arrayTypes: Readonly<Record<string, (values: Iterable<number>) => TypedArray>> = {
  Float64Array: (values) => Float64Array.from(values),
  Int32Array: (values) => Int32Array.from(values),
  Uint8Array: (values) => Uint8Array.from(values),
}

/** Writes `fit` to `path` (JSON) and `path.arrow`. */
export function saveFit(fit: Fit, path: string): void {
  const long: TypedArray[] = []
  const text = JSON.stringify(fit, (_, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) }
    if (!isTypedArray(value)) return value
    if (value.length > shortArray) return { $array: value.constructor.name, at: long.push(value) - 1 }
    return { $array: value.constructor.name, values: Array.from(value, (item) => (Number.isFinite(item) ? item : String(item))) }
  }, 1)
  writeRenamed(`${path}.arrow`, tableToIPC(arraysTable(long), 'file'))
  writeRenamed(path, text)
}

/** The fit that `saveFit` wrote to `path`. Throws a `FitFileError` where the files are not such. */
export function loadFit(path: string): Fit {
  const text = readFileSync(path, 'utf8')
  const values = tableFromIPC(readFileSync(`${path}.arrow`)).getChild('values')
  try {
    return JSON.parse(text, (_, value: unknown) => revive(value, values)) as Fit
  } catch (error) {
    throw new ReshoreError('FitFileError', `${path} is not a fit saved by reshore: ${(error as Error).message}`, 'Save it again with saveFit; the JSON and the .arrow file beside it belong together.')
  }
}

function isTypedArray(value: unknown): value is TypedArray {
  return value instanceof Float64Array || value instanceof Int32Array || value instanceof Uint8Array
}

/** One row an array: a list of doubles, which hold 32-bit integers exactly. */
function arraysTable(arrays: readonly TypedArray[]): Table {
  const offsets = Int32Array.from([0, ...arrays].map((_, i) => arrays.slice(0, i).reduce((sum, { length }) => sum + length, 0)))
  const flat = new Float64Array(offsets.at(-1)!)
  arrays.forEach((array, i) => flat.set(array, offsets[i]!))
  const child = makeData({ type: new Float64(), length: flat.length, data: flat })
  const list = makeData({ type: new List(new Field('item', new Float64(), false)), length: arrays.length, nullCount: 0, valueOffsets: offsets, child })
  return new Table({ type: vectorFromArray(arrays.map((array) => array.constructor.name), new Utf8()), length: vectorFromArray(arrays.map(({ length }) => length), new Int32()), values: makeVector(list) })
}

function revive(value: unknown, long: Vector | null): unknown {
  if (typeof value !== 'object' || value === null) return value
  const marked = value as { $number?: string; $array?: string; at?: number; values?: (number | string)[] }
  if (typeof marked.$number === 'string') return Number(marked.$number)
  const make = marked.$array === undefined ? undefined : arrayTypes[marked.$array]
  if (!make) return value
  if (marked.values) return make(marked.values.map(Number))
  return make((long!.get(marked.at!) as Vector<Float64>).toArray())
}

function writeRenamed(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`
  writeFileSync(temporary, content)
  renameSync(temporary, path)
}
