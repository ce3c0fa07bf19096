/**
 * Sums over rows of a design: X'WX, X'v, Xβ. The design is packed in blocks of 256 rows in which each column lies
 * contiguous, so that a 3 × 3 tile of the product is nine running sums over six streams. Sums are taken over fixed chunks of
 * 4096 rows and the chunks are added in order: the bits do not depend on who computes which chunk.
 */

import { mirrorLower } from './linearAlgebra.js'

/** Rows of one block; the last one is filled up with zeros. */
export const blockRows = 256
/** Rows of one chunk of the fixed summation order. */
export const chunkRows = 4096
const chunkBlocks = chunkRows / blockRows

/** n rows × k columns: element (row, column) at `((row / 256 | 0) * k + column) * 256 + row % 256`. */
export interface PackedRows {
  readonly rows: number
  readonly columns: number
  readonly blocks: number
  readonly data: Float64Array
}

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

/** Packs columns as (column − centre) / scale; without these as they are. */
export function packRows(source: readonly Float64Array[], rows: number, centre?: Float64Array, scale?: Float64Array): PackedRows {
  const columns = source.length
  const blocks = Math.ceil(rows / blockRows)
  const data = new Float64Array(blocks * columns * blockRows)
  for (let column = 0; column < columns; column++) {
    const values = source[column]!
    const shift = centre?.[column] ?? 0
    const divisor = scale?.[column] ?? 1
    for (let block = 0; block < blocks; block++) {
      const from = block * blockRows
      const size = Math.min(blockRows, rows - from)
      const target = (block * columns + column) * blockRows
      for (let i = 0; i < size; i++) data[target + i] = (values[from + i]! - shift) / divisor
    }
  }
  return { rows, columns, blocks, data }
}

/** Xβ, one element a row. */
export function linearIndex(packed: PackedRows, coefficients: Float64Array): Float64Array {
  const index = new Float64Array(packed.blocks * blockRows)
  for (let block = 0; block < packed.blocks; block++) addBlockIndex(packed, block, coefficients, index, block * blockRows)
  return index.subarray(0, packed.rows)
}

/** X'v for one value a row. */
export function crossWith(packed: PackedRows, values: Float64Array): Float64Array {
  const { columns } = packed
  const room = new Float64Array(chunkRows)
  return sumChunks(packed, columns, (chunk, from, size, sum) => {
    loadChunk(values, from, size, room)
    addChunkCrossWith(packed, chunk, room, sum, 0)
  })
}

/** X'WX, k × k row-major and symmetric; unweighted without `weights`. */
export function weightedCross(packed: PackedRows, weights?: Float64Array): Float64Array {
  const { columns } = packed
  const room = new Float64Array(chunkRows).fill(1)
  const weighted = new Float64Array(columns * blockRows)
  const product = sumChunks(packed, columns * columns, (chunk, from, size, sum) => {
    if (weights) loadChunk(weights, from, size, room)
    addChunkCross(packed, chunk, room, weighted, sum)
  })
  return mirrorLower(product, columns)
}

/** Value, gradient and information of a single-index log-likelihood at `coefficients`. */
export function indexLikelihood(packed: PackedRows, coefficients: Float64Array, rowTerms: RowTerms): LikelihoodSums {
  const { columns: k } = packed
  const index = new Float64Array(chunkRows)
  const derivative = new Float64Array(chunkRows)
  const curvature = new Float64Array(chunkRows)
  const weighted = new Float64Array(k * blockRows)
  const total = sumChunks(packed, k * k + k + 1, (chunk, from, size, sum) => {
    index.fill(0)
    for (let block = 0; block < chunkBlocks && chunk * chunkBlocks + block < packed.blocks; block++) {
      addBlockIndex(packed, chunk * chunkBlocks + block, coefficients, index, block * blockRows)
    }
    sum[k * k + k] = rowTerms(index, from, size, derivative, curvature)
    derivative.fill(0, size)
    curvature.fill(0, size)
    addChunkCross(packed, chunk, curvature, weighted, sum)
    addChunkCrossWith(packed, chunk, derivative, sum, k * k)
  })
  return { value: total[k * k + k]!, gradient: total.slice(k * k, k * k + k), information: mirrorLower(total.slice(0, k * k), k) }
}

/** Adds `addChunk`'s partial sums in chunk order. */
function sumChunks(packed: PackedRows, size: number, addChunk: (chunk: number, from: number, rows: number, sum: Float64Array) => void): Float64Array {
  const total = new Float64Array(size)
  const partial = new Float64Array(size)
  for (let chunk = 0, from = 0; from < packed.rows; chunk++, from += chunkRows) {
    partial.fill(0)
    addChunk(chunk, from, Math.min(chunkRows, packed.rows - from), partial)
    for (let i = 0; i < size; i++) total[i]! += partial[i]!
  }
  return total
}

function loadChunk(values: Float64Array, from: number, size: number, target: Float64Array): void {
  for (let i = 0; i < size; i++) target[i] = values[from + i]!
  target.fill(0, size)
}

function addBlockIndex(packed: PackedRows, block: number, coefficients: Float64Array, target: Float64Array, to: number): void {
  const { columns, data } = packed
  for (let column = 0; column < columns; column++) {
    const value = coefficients[column]!
    const from = (block * columns + column) * blockRows
    for (let i = 0; i < blockRows; i++) target[to + i]! += value * data[from + i]!
  }
}

function addChunkCrossWith(packed: PackedRows, chunk: number, values: Float64Array, sum: Float64Array, to: number): void {
  const { columns, data, blocks } = packed
  for (let b = 0; b < chunkBlocks && chunk * chunkBlocks + b < blocks; b++) {
    for (let column = 0; column < columns; column++) {
      const from = ((chunk * chunkBlocks + b) * columns + column) * blockRows
      let dot = 0
      for (let i = 0; i < blockRows; i++) dot += data[from + i]! * values[b * blockRows + i]!
      sum[to + column]! += dot
    }
  }
}

/** Adds the lower triangle of X'WX of one chunk; `weights` are zero beyond the last row, `weighted` is room for k × 256. */
function addChunkCross(packed: PackedRows, chunk: number, weights: Float64Array, weighted: Float64Array, sum: Float64Array): void {
  const { columns, data, blocks } = packed
  for (let b = 0; b < chunkBlocks && chunk * chunkBlocks + b < blocks; b++) {
    const base = (chunk * chunkBlocks + b) * columns * blockRows
    for (let column = 0; column < columns; column++) {
      const at = column * blockRows
      for (let i = 0; i < blockRows; i++) weighted[at + i] = weights[b * blockRows + i]! * data[base + at + i]!
    }
    for (let i = 0; i < columns; i += 3) {
      for (let j = 0; j <= i; j += 3) {
        if (i + 3 <= columns) addTile(data, base, weighted, columns, i, j, sum)
        else addEdge(data, base, weighted, columns, i, j, sum)
      }
    }
  }
}

/** Nine products at once: columns i, i+1, i+2 with columns j, j+1, j+2. */
function addTile(data: Float64Array, base: number, weighted: Float64Array, columns: number, i: number, j: number, sum: Float64Array): void {
  const a = base + i * blockRows
  const b = j * blockRows
  let s00 = 0, s01 = 0, s02 = 0, s10 = 0, s11 = 0, s12 = 0, s20 = 0, s21 = 0, s22 = 0
  for (let r = 0; r < blockRows; r++) {
    const x0 = data[a + r]!, x1 = data[a + blockRows + r]!, x2 = data[a + 2 * blockRows + r]!
    const y0 = weighted[b + r]!, y1 = weighted[b + blockRows + r]!, y2 = weighted[b + 2 * blockRows + r]!
    s00 += x0 * y0
    s01 += x0 * y1
    s02 += x0 * y2
    s10 += x1 * y0
    s11 += x1 * y1
    s12 += x1 * y2
    s20 += x2 * y0
    s21 += x2 * y1
    s22 += x2 * y2
  }
  const at = i * columns + j
  sum[at]! += s00
  sum[at + 1]! += s01
  sum[at + 2]! += s02
  sum[at + columns]! += s10
  sum[at + columns + 1]! += s11
  sum[at + columns + 2]! += s12
  sum[at + 2 * columns]! += s20
  sum[at + 2 * columns + 1]! += s21
  sum[at + 2 * columns + 2]! += s22
}

/** The last one or two columns, one product at a time. */
function addEdge(data: Float64Array, base: number, weighted: Float64Array, columns: number, i: number, j: number, sum: Float64Array): void {
  for (let p = i; p < columns; p++) {
    for (let q = j; q < Math.min(j + 3, columns); q++) {
      const a = base + p * blockRows
      const b = q * blockRows
      let dot = 0
      for (let r = 0; r < blockRows; r++) dot += data[a + r]! * weighted[b + r]!
      sum[p * columns + q]! += dot
    }
  }
}
