/** The seam the other way: an Arrow table into a DuckDB table, column buffers copied a chunk at a time. */
import { DuckDBDataChunk, BOOLEAN, DATE, DOUBLE, INTEGER, VARCHAR, type DuckDBConnection, type DuckDBType } from '@duckdb/node-api'
import bindings, { type Vector as DuckDbVector } from '@duckdb/node-bindings'
import { DataType, type Vector } from 'apache-arrow'
import { duckDbDialect } from './dialect.js'
import type { ArrowTable } from './records.js'
import { seamTable } from './seamTable.js'
import { isPresent } from './validity.js'

const chunkRows = 2048

/** Creates `name` with the rows of the table in their order. Columns outside the seam types are widened or refused by name. */
export async function loadArrow(connection: DuckDBConnection, name: string, table: ArrowTable): Promise<void> {
  const seam = seamTable(table)
  const columns = seam.schema.fields.map(({ name: column, type }, index) =>
    ({ name: column, type: duckDbType(type), vector: seam.getChildAt(index)! }))
  const list = columns.map((column) => `${duckDbDialect.identifier(column.name)} ${column.type.toString()}`)
  await connection.run(`CREATE TABLE ${duckDbDialect.identifier(name)} (${list.join(', ')})`)
  const appender = await connection.createAppender(name)
  const writers = columns.map((column) => columnWriter(column.vector))
  for (let start = 0; start < seam.numRows; start += chunkRows) {
    const rows = Math.min(chunkRows, seam.numRows - start)
    const chunk = DuckDBDataChunk.create(columns.map((column) => column.type), rows)
    for (const [index, write] of writers.entries()) write(bindings.data_chunk_get_vector(chunk.chunk, index), start, rows)
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
}

function duckDbType(type: DataType): DuckDBType {
  if (DataType.isBool(type)) return BOOLEAN
  if (DataType.isInt(type)) return INTEGER
  if (DataType.isFloat(type)) return DOUBLE
  if (DataType.isDate(type)) return DATE
  return VARCHAR
}

type Writer = (target: DuckDbVector, start: number, rows: number) => void

/** Copies one column's values and validity; a seam table has one chunk a column, without offset. */
function columnWriter(vector: Vector): Writer {
  const data = vector.data[0]
  if (data === undefined) return () => undefined
  const valid = data.nullCount > 0 ? (data.nullBitmap as Uint8Array) : undefined
  const writeValues = valueWriter(vector, valid)
  return (target, start, rows) => {
    writeValues(target, start, rows)
    if (valid !== undefined) writeValidity(target, valid, start, rows)
  }
}

function valueWriter(vector: Vector, valid: Uint8Array | undefined): Writer {
  if (DataType.isDictionary(vector.type)) return textWriter(vector, valid)
  const { values } = vector.data[0]!
  return DataType.isBool(vector.type) ? boolWriter(values) : fixedWriter(values)
}

function fixedWriter(values: Int32Array | Float64Array): Writer {
  const width = values.BYTES_PER_ELEMENT
  return (target, start, rows) =>
    bindings.copy_data_to_vector(target, 0, values.buffer as ArrayBuffer, values.byteOffset + start * width, rows * width)
}

function boolWriter(bits: Uint8Array): Writer {
  const bytes = new Uint8Array(chunkRows)
  return (target, start, rows) => {
    for (let row = 0; row < rows; row++) bytes[row] = (bits[(start + row) >> 3]! >> ((start + row) & 7)) & 1
    bindings.copy_data_to_vector(target, 0, bytes.buffer, 0, rows)
  }
}

function textWriter(vector: Vector, valid: Uint8Array | undefined): Writer {
  const { values: codes, dictionary } = vector.data[0]!
  const encoder = new TextEncoder()
  const texts = Array.from({ length: dictionary!.length }, (_, code) => encoder.encode(String(dictionary!.get(code))))
  return (target, start, rows) => {
    for (let row = 0; row < rows; row++) {
      if (!isPresent(valid, start + row)) continue
      bindings.vector_assign_string_element_len(target, row, texts[codes[start + row] as number]!)
    }
  }
}

function writeValidity(target: DuckDbVector, valid: Uint8Array, start: number, rows: number): void {
  const words = new Uint8Array(Math.ceil(rows / 64) * 8)
  for (let row = 0; row < rows; row++) if (isPresent(valid, start + row)) words[row >> 3]! |= 1 << (row & 7)
  bindings.vector_ensure_validity_writable(target)
  bindings.copy_data_to_vector_validity(target, 0, words.buffer, 0, words.byteLength)
}
