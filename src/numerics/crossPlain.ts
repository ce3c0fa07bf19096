/**
 * Sums over rows in plain TypeScript: the statement of `crossKernel.as.ts`, and what runs where WebAssembly does not. A 3 × 3 tile of
 * the product is nine running sums over six streams.
 */
import { blockRows, chunkBlocks, chunkRows, type BlockStore, type RowKernel } from './rowBlocks.js'

/** The kernel on a block store. */
export function plainKernel(store: BlockStore): RowKernel {
  const { columns, blocks } = store
  const [index, weights, values] = [new Float64Array(chunkRows), new Float64Array(chunkRows), new Float64Array(chunkRows)]
  const weighted = new Float64Array(columns * blockRows)
  const eachBlock = (chunk: number, visit: (block: number, row: number) => void): void => {
    for (let b = 0; b < chunkBlocks && chunk * chunkBlocks + b < blocks; b++) visit(chunk * chunkBlocks + b, b * blockRows)
  }
  return {
    index, weights, values,
    computeIndex(chunk, coefficients) {
      index.fill(0)
      eachBlock(chunk, (block, row) => addIndex(store, block, coefficients, index, row))
    },
    cross(chunk, sum) {
      sum.fill(0, 0, columns * columns)
      eachBlock(chunk, (block, row) => addCross(store, block, weights, row, weighted, sum))
    },
    crossWith(chunk, sum, to) {
      sum.fill(0, to, to + columns)
      eachBlock(chunk, (block, row) => addCrossWith(store, block, values, row, sum, to))
    },
  }
}

function addIndex({ columns, data }: BlockStore, block: number, coefficients: Float64Array, index: Float64Array, row: number): void {
  for (let column = 0; column < columns; column++) {
    const value = coefficients[column]!
    const from = (block * columns + column) * blockRows
    for (let i = 0; i < blockRows; i++) index[row + i]! += value * data[from + i]!
  }
}

function addCrossWith({ columns, data }: BlockStore, block: number, values: Float64Array, row: number, sum: Float64Array, to: number): void {
  for (let column = 0; column < columns; column++) {
    const from = (block * columns + column) * blockRows
    let dot = 0
    for (let i = 0; i < blockRows; i++) dot += data[from + i]! * values[row + i]!
    sum[to + column]! += dot
  }
}

function addCross({ columns, data }: BlockStore, block: number, weights: Float64Array, row: number, weighted: Float64Array, sum: Float64Array): void {
  const base = block * columns * blockRows
  for (let column = 0; column < columns; column++) {
    const at = column * blockRows
    for (let i = 0; i < blockRows; i++) weighted[at + i] = weights[row + i]! * data[base + at + i]!
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
