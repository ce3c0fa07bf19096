/**
 * The seam: DuckDB's column buffers to Arrow vectors, never through row or column objects. A builder takes one chunk's vector
 * at a time and copies its bytes; text is dictionary-coded on the way in, in order of first appearance, so that equal rows
 * give equal bytes. Types: Bool, Int32, Float64, dictionary Utf8, Date32; anything else is refused before anything runs.
 */
import { DuckDBTypeId } from '@duckdb/node-api'
import bindings, { type Vector as DuckDbVector } from '@duckdb/node-bindings'
import { Bool, DateDay, Dictionary, Field, Float64, Int32, makeData, type Data, type DataType } from 'apache-arrow'
import { ReshoreError } from '../errors.js'
import { textDictionary } from './textDictionary.js'
import { isPresent } from './validity.js'

/** Collects one column of a batch chunk by chunk: room for its rows first, then the chunks, then the Arrow data. */
export interface ColumnBuilder {
  readonly field: Field
  reserve(rows: number): void
  append(vector: DuckDbVector, rows: number): void
  finish(): Data
}

/** A builder for a result column; a type that does not cross the seam is a named error. */
export function columnBuilder(name: string, type: DuckDBTypeId, relation: string, index: number): ColumnBuilder {
  if (type === DuckDBTypeId.BOOLEAN) return boolBuilder(name)
  const field = (arrowType: DataType): Field => new Field(name, arrowType, true)
  if (type === DuckDBTypeId.INTEGER) return fixedBuilder(field(new Int32()), Int32Array)
  if (type === DuckDBTypeId.DOUBLE) return fixedBuilder(field(new Float64()), Float64Array, finiteCheck(name, relation))
  if (type === DuckDBTypeId.DATE) return fixedBuilder(field(new DateDay()), Int32Array, finiteDateCheck(name, relation))
  if (type === DuckDBTypeId.VARCHAR) return textBuilder(name, index)
  throw new ReshoreError(
    'SeamTypeError',
    `column \`${name}\` of relation \`${relation}\` has type ${DuckDBTypeId[type]}, which does not cross from the engine to arrays`,
    'Cast it in the outer SELECT to BOOLEAN, INTEGER, DOUBLE, VARCHAR or DATE: '
      + '`count(*)` is a BIGINT, the sum of integers a HUGEINT, `1.5` a DECIMAL.',
  )
}

type FixedArray = Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>
type FixedArrayType<A> = { new (length: number): A; readonly BYTES_PER_ELEMENT: number }

/** `check` sees the rows of every chunk. */
function fixedBuilder<A extends FixedArray>(
  field: Field, kind: FixedArrayType<A>, check: (values: A, valid: Uint8Array | null) => void = () => undefined,
): ColumnBuilder {
  const width = kind.BYTES_PER_ELEMENT
  let values = new kind(0)
  let length = 0
  const validity = validityBuilder()
  return {
    field,
    reserve(rows) {
      values = new kind(rows)
      length = 0
      validity.reserve(rows)
    },
    append(vector, rows) {
      new Uint8Array(values.buffer, length * width, rows * width).set(bindings.vector_get_data(vector, rows * width))
      check(values.subarray(length, length + rows) as A, validity.append(vector, rows))
      length += rows
    },
    finish: () => makeData({ type: field.type, length, data: values.subarray(0, length), ...validity.finish() } as never),
  }
}

/** DuckDB keeps a byte a boolean, Arrow a bit. */
function boolBuilder(name: string): ColumnBuilder {
  let bits = new Uint8Array(0)
  let length = 0
  const validity = validityBuilder()
  return {
    field: new Field(name, new Bool(), true),
    reserve(rows) {
      bits = new Uint8Array((rows + 7) >> 3)
      length = 0
      validity.reserve(rows)
    },
    append(vector, rows) {
      const bytes = bindings.vector_get_data(vector, rows)
      for (let row = 0; row < rows; row++) if (bytes[row] !== 0) bits[(length + row) >> 3]! |= 1 << ((length + row) & 7)
      validity.append(vector, rows)
      length += rows
    },
    finish: () => makeData({ type: new Bool(), length, data: bits, ...validity.finish() }),
  }
}

/** The dictionary outlives a batch: every batch carries the texts met so far. */
function textBuilder(name: string, index: number): ColumnBuilder {
  const dictionary = textDictionary()
  const type = new Dictionary(dictionary.type, new Int32(), index)
  let codes = new Int32Array(0)
  let length = 0
  const validity = validityBuilder()
  return {
    field: new Field(name, type, true),
    reserve(rows) {
      codes = new Int32Array(rows)
      length = 0
      validity.reserve(rows)
    },
    append(vector, rows) {
      dictionary.encode(vector, rows, validity.append(vector, rows), codes.subarray(length, length + rows))
      length += rows
    },
    finish() {
      const data = codes.subarray(0, length)
      return makeData({ type, length, data, dictionary: dictionary.vector(), ...validity.finish() })
    },
  }
}

/** Bits of present values; DuckDB's words and Arrow's bitmap have the same order. */
function validityBuilder(): {
  reserve(rows: number): void
  append(vector: DuckDbVector, rows: number): Uint8Array | null
  finish(): { readonly nullCount: number; readonly nullBitmap?: Uint8Array }
} {
  let bitmap = new Uint8Array(0)
  let length = 0
  let missing = 0
  return {
    reserve(rows) {
      bitmap = new Uint8Array((rows + 7) >> 3)
      length = 0
      missing = 0
    },
    append(vector, rows) {
      const words = bindings.vector_get_validity(vector, Math.ceil(rows / 64) * 8) as Uint8Array | null
      for (let row = 0; row < rows; row++) {
        if (isPresent(words, row)) bitmap[(length + row) >> 3]! |= 1 << ((length + row) & 7)
        else missing++
      }
      length += rows
      return words
    },
    finish: () => (missing === 0 ? { nullCount: 0 } : { nullCount: missing, nullBitmap: bitmap }),
  }
}

function finiteCheck(name: string, relation: string) {
  return (values: Float64Array, valid: Uint8Array | null): void => {
    for (let row = 0; row < values.length; row++) {
      const value = values[row]!
      if (value - value !== 0 && isPresent(valid, row)) throw notFinite(name, relation, String(value))
    }
  }
}

function finiteDateCheck(name: string, relation: string) {
  return (days: Int32Array, valid: Uint8Array | null): void => {
    for (let row = 0; row < days.length; row++) {
      if (Math.abs(days[row]!) === 2147483647 && isPresent(valid, row)) throw notFinite(name, relation, 'an infinite date')
    }
  }
}

function notFinite(name: string, relation: string, value: string): ReshoreError {
  return new ReshoreError(
    'NotFiniteError',
    `column \`${name}\` of relation \`${relation}\` holds ${value}`,
    'Make such values missing where they arise: NULLIF on denominators, CASE before logarithms, `isfinite(x)` in a filter.',
  )
}
