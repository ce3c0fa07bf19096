/**
 * Cross-products over rows: X'WX, X'v and Xβ for a design packed in blocks of rows. Within a block each column lies
 * contiguous, so that a 3 × 3 tile of the product is nine running sums over six streams. Sums are taken block by block into
 * fixed chunks of rows and the chunks are added in order: the bits do not depend on who computes which chunk.
 */

/** Rows of one block; the last one is filled up with zeros. */
export const blockRows = 256
/** Blocks of one chunk of the fixed summation order. */
export const chunkBlocks = 16

/** n rows × k columns: element (row, column) at `((row / 256 | 0) * k + column) * 256 + row % 256`. */
export interface PackedRows {
  readonly rows: number
  readonly columns: number
  readonly blocks: number
  readonly data: Float64Array
}

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

/** Xβ for the rows of one block, into `target[0 … 256)`. */
export function blockIndex(packed: PackedRows, block: number, coefficients: Float64Array, target: Float64Array): void {
  const { columns, data } = packed
  target.fill(0, 0, blockRows)
  for (let column = 0; column < columns; column++) {
    const value = coefficients[column]!
    const from = (block * columns + column) * blockRows
    for (let i = 0; i < blockRows; i++) target[i]! += value * data[from + i]!
  }
}

/** Xβ, one element a row. */
export function linearIndex(packed: PackedRows, coefficients: Float64Array): Float64Array {
  const index = new Float64Array(packed.blocks * blockRows)
  for (let block = 0; block < packed.blocks; block++) {
    blockIndex(packed, block, coefficients, index.subarray(block * blockRows, (block + 1) * blockRows))
  }
  return index.subarray(0, packed.rows)
}

/** X'v for one value a row. */
export function crossWith(packed: PackedRows, values: Float64Array): Float64Array {
  return sumChunks(packed, packed.columns, (block, sum) => {
    const size = Math.min(blockRows, packed.rows - block * blockRows)
    addBlockCrossWith(packed, block, values.subarray(block * blockRows, block * blockRows + size), sum)
  })
}

/** X'WX, k × k row-major and symmetric; unweighted without `weights`. */
export function weightedCross(packed: PackedRows, weights?: Float64Array): Float64Array {
  const { columns } = packed
  const weighted = new Float64Array(columns * blockRows)
  const padded = new Float64Array(blockRows)
  const product = sumChunks(packed, columns * columns, (block, sum) => {
    if (weights) {
      padded.fill(0)
      padded.set(weights.subarray(block * blockRows, Math.min((block + 1) * blockRows, packed.rows)))
    }
    addBlockCross(packed, block, weights && padded, weighted, sum)
  })
  return mirrorLower(product, columns)
}

/** Sums `addBlock` over blocks: partial sums by chunk, chunks added in order. */
export function sumChunks(packed: PackedRows, size: number, addBlock: (block: number, sum: Float64Array) => void): Float64Array {
  const total = new Float64Array(size)
  const partial = new Float64Array(size)
  for (let first = 0; first < packed.blocks; first += chunkBlocks) {
    partial.fill(0)
    for (let block = first; block < Math.min(first + chunkBlocks, packed.blocks); block++) addBlock(block, partial)
    for (let i = 0; i < size; i++) total[i]! += partial[i]!
  }
  return total
}

/** Adds X_b'v of one block to `sum`; `values` may be shorter than the block. */
export function addBlockCrossWith(packed: PackedRows, block: number, values: Float64Array, sum: Float64Array): void {
  const { columns, data } = packed
  for (let column = 0; column < columns; column++) {
    const from = (block * columns + column) * blockRows
    let dot = 0
    for (let i = 0; i < values.length; i++) dot += data[from + i]! * values[i]!
    sum[column]! += dot
  }
}

/**
 * Adds the lower triangle of X_b'W_bX_b of one block to `sum` (k × k). `weights` holds 256 values, zero beyond the last row;
 * `weighted` is room for k × 256 numbers.
 */
export function addBlockCross(packed: PackedRows, block: number, weights: Float64Array | undefined, weighted: Float64Array, sum: Float64Array): void {
  const { columns, data } = packed
  const base = block * columns * blockRows
  if (weights) {
    for (let column = 0; column < columns; column++) {
      const at = column * blockRows
      for (let i = 0; i < blockRows; i++) weighted[at + i] = weights[i]! * data[base + at + i]!
    }
  } else {
    weighted.set(data.subarray(base, base + columns * blockRows))
  }
  for (let i = 0; i < columns; i += 3) {
    for (let j = 0; j <= i; j += 3) {
      if (i + 3 <= columns) addTile(data, base, weighted, columns, i, j, sum)
      else addEdge(data, base, weighted, columns, i, j, sum)
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

/** Copies the lower triangle over the upper one. */
export function mirrorLower(matrix: Float64Array, size: number): Float64Array {
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) matrix[j * size + i] = matrix[i * size + j]!
  return matrix
}
