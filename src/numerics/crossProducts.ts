/**
 * Sums over the rows of a packed design: X'WX, X'v, Xβ. Sums are taken over fixed chunks of 4096 rows and the chunks are added in
 * order: the bits do not depend on who computes which chunk.
 */
import { findDistinctRows, sumByCode, type DistinctRows } from './distinctRows.js'
import { mirrorLower } from './linearAlgebra.js'
import { packRows, repackRows as overwriteRows, type PackedRows } from './packedRows.js'
import { blockRows, chunkRows } from './rowBlocks.js'

export { packRows, unpackRows, type PackedRows } from './packedRows.js'
export { blockRows } from './rowBlocks.js'

/** Value, gradient and information (minus Hessian, k × k) of a log-likelihood. */
export interface LikelihoodSums {
  readonly value: number
  readonly gradient: Float64Array
  readonly information: Float64Array
}

/**
 * Row terms of a log-likelihood that depends on its parameters through the index x_i'β only. Given the index of `size` rows from
 * `from` on, fills first and minus second derivatives with respect to the index and returns the sum of the values.
 */
export type RowTerms = (index: Float64Array, from: number, size: number, derivative: Float64Array, curvature: Float64Array) => number

/** Distinct rows of a design, packed, with the place of every row among them. */
export interface RepeatedRows {
  readonly distinct: DistinctRows
  readonly packed: PackedRows
}

/** Below so many columns the search costs more than it saves. */
const manyColumns = 32
const found = new WeakMap<PackedRows, RepeatedRows | 'none'>()

/** Puts other columns of the same length in the place of those that were packed. */
export function repackRows(packed: PackedRows, source: readonly Float64Array[]): void {
  found.delete(packed)
  overwriteRows(packed, source)
}

/** The rows of a design of many columns, where they mostly repeat; looked for once. */
export function repeatedRows(packed: PackedRows): RepeatedRows | undefined {
  if (packed.columns < manyColumns) return undefined
  const known = found.get(packed)
  if (known) return known === 'none' ? undefined : known
  const direction = Float64Array.from({ length: packed.columns }, (_, j) => 1 + Math.sin(12.9898 * (j + 1)))
  const distinct = findDistinctRows(packed, (visit) => {
    for (let chunk = 0, from = 0; from < packed.rows; chunk++, from += chunkRows) {
      packed.kernel.computeIndex(chunk, direction)
      if (!visit(packed.kernel.index, from, Math.min(chunkRows, packed.rows - from))) return
    }
  })
  const repeated = distinct && { distinct, packed: packRows(columnsAt(packed, distinct.first), distinct.first.length) }
  found.set(packed, repeated ?? 'none')
  return repeated
}

function columnsAt({ columns, data }: PackedRows, rows: Int32Array): Float64Array[] {
  return Array.from({ length: columns }, (_, j) => Float64Array.from(rows, (row) => data[(Math.floor(row / blockRows) * columns + j) * blockRows + (row % blockRows)]!))
}

/** Xβ, one element a row. */
export function linearIndex(packed: PackedRows, coefficients: Float64Array): Float64Array {
  const result = new Float64Array(packed.rows)
  visitIndex(packed, coefficients, (index, from, size) => result.set(index.subarray(0, size), from))
  return result
}

/** Goes through Xβ in chunks of rows: `index` holds the `size` elements from row `from` on, until the next chunk. */
export function visitIndex(packed: PackedRows, coefficients: Float64Array, visit: (index: Float64Array, from: number, size: number) => void): void {
  const repeated = repeatedRows(packed)
  const values = repeated && linearIndex(repeated.packed, coefficients)
  eachChunk(packed, (chunk, from, size) => {
    const { index } = packed.kernel
    if (values) for (let i = 0; i < size; i++) index[i] = values[repeated.distinct.codes[from + i]!]!
    else packed.kernel.computeIndex(chunk, coefficients)
    visit(index, from, size)
  })
}

/** X'v for one value a row. */
export function crossWith(packed: PackedRows, values: Float64Array): Float64Array {
  const repeated = repeatedRows(packed)
  if (repeated) return crossWith(repeated.packed, sumByCode(repeated.distinct, values))
  const { columns, kernel } = packed
  return sumChunks(packed, columns, (chunk, from, size, sum) => {
    loadChunk(values, from, size, kernel.values)
    kernel.crossWith(chunk, sum, 0)
  })
}

/** `rest` = `values` − Xβ, which may be the same array, and X'W of it, in one pass; unweighted without `weights`. */
export function takeOutIndex(packed: PackedRows, coefficients: Float64Array, values: Float64Array, rest: Float64Array, weights?: Float64Array): Float64Array {
  const { columns, kernel } = packed
  const repeated = repeatedRows(packed)
  if (repeated) {
    visitIndex(packed, coefficients, (index, from, size) => subtract(values, index, from, size, rest))
    return crossWith(packed, weights ? rest.map((value, row) => value * weights[row]!) : rest)
  }
  return sumChunks(packed, columns, (chunk, from, size, sum) => {
    kernel.computeIndex(chunk, coefficients)
    subtract(values, kernel.index, from, size, rest)
    loadChunk(rest, from, size, kernel.values)
    if (weights) for (let i = 0; i < size; i++) kernel.values[i]! *= weights[from + i]!
    kernel.crossWith(chunk, sum, 0)
  })
}

function subtract(values: Float64Array, index: Float64Array, from: number, size: number, rest: Float64Array): void {
  for (let i = 0; i < size; i++) rest[from + i] = values[from + i]! - index[i]!
}

/** X'WX, k × k row-major and symmetric; unweighted without `weights`. */
export function weightedCross(packed: PackedRows, weights?: Float64Array): Float64Array {
  const repeated = repeatedRows(packed)
  if (repeated) return weightedCross(repeated.packed, sumByCode(repeated.distinct, weights))
  const { columns, kernel } = packed
  if (!weights) kernel.weights.fill(1)
  const product = sumChunks(packed, columns * columns, (chunk, from, size, sum) => {
    if (weights) loadChunk(weights, from, size, kernel.weights)
    kernel.cross(chunk, sum)
  })
  return mirrorLower(product, columns)
}

/** Value, gradient and information of a single-index log-likelihood at `coefficients`. */
export function indexLikelihood(packed: PackedRows, coefficients: Float64Array, rowTerms: RowTerms): LikelihoodSums {
  const { columns: k, kernel } = packed
  const total = sumChunks(packed, k * k + k + 1, (chunk, from, size, sum) => {
    kernel.computeIndex(chunk, coefficients)
    sum[k * k + k] = rowTerms(kernel.index, from, size, kernel.values, kernel.weights)
    kernel.values.fill(0, size)
    kernel.weights.fill(0, size)
    kernel.cross(chunk, sum)
    kernel.crossWith(chunk, sum, k * k)
  })
  return { value: total[k * k + k]!, gradient: total.slice(k * k, k * k + k), information: mirrorLower(total.slice(0, k * k), k) }
}

function eachChunk(packed: PackedRows, visit: (chunk: number, from: number, rows: number) => void): void {
  for (let chunk = 0, from = 0; from < packed.rows; chunk++, from += chunkRows) visit(chunk, from, Math.min(chunkRows, packed.rows - from))
}

/** Adds the chunks' sums in chunk order; `ofChunk` overwrites what it is handed. */
function sumChunks(packed: PackedRows, size: number, ofChunk: (chunk: number, from: number, rows: number, sum: Float64Array) => void): Float64Array {
  const total = new Float64Array(size)
  const partial = new Float64Array(size)
  eachChunk(packed, (chunk, from, rows) => {
    ofChunk(chunk, from, rows, partial)
    for (let i = 0; i < size; i++) total[i]! += partial[i]!
  })
  return total
}

function loadChunk(values: Float64Array, from: number, size: number, target: Float64Array): void {
  target.set(values.subarray(from, from + size))
  target.fill(0, size)
}
