/**
 * Sums of scores that are products of residuals and a few columns, without an array of rows × parameters: Σ_i z_i z_i' r_ai r_bi block by
 * block, where rows that share their columns count once with what their residuals add up to.
 */
import { blockRows, unpackRows, weightedCross, type PackedRows } from '../../numerics/crossProducts.js'

/** Score e L + l of row i is residuals[e][i] × (column l of row i), L columns. */
export interface ScoreProducts {
  readonly columns: ScoreColumns
  readonly residuals: readonly Float64Array[]
  /** Precision weights, which the residuals carry already. */
  readonly weights?: Float64Array
}

/** L columns; with `codes` row i is row codes[i] of `packed`. */
export interface ScoreColumns {
  readonly packed: PackedRows
  readonly codes?: Int32Array
}

/** Σ_i f_i s_i s_i', k × k. */
export function productMeat({ columns, residuals }: ScoreProducts, frequencies?: Float64Array): Float64Array {
  const { packed, codes } = columns
  const L = packed.columns
  const k = L * residuals.length
  const meat = new Float64Array(k * k)
  residuals.forEach((first, a) => {
    for (let b = 0; b <= a; b++) {
      const second = residuals[b]!
      const weights = new Float64Array(packed.rows)
      for (let row = 0; row < first.length; row++) weights[codes ? codes[row]! : row]! += first[row]! * second[row]! * (frequencies ? frequencies[row]! : 1)
      const block = weightedCross(packed, weights)
      for (let i = 0; i < L; i++) for (let j = 0; j < L; j++) meat[(a * L + i) * k + b * L + j] = meat[(b * L + j) * k + a * L + i] = block[i * L + j]!
    }
  })
  return meat
}

/** Sums of scores by group, levels × k row-major. */
export function productGroupSums(products: ScoreProducts, groups: Int32Array, levels: number, frequencies?: Float64Array): Float64Array {
  const { columns: { packed: { columns: L } }, residuals } = products
  const k = L * residuals.length
  const sums = new Float64Array(levels * k)
  eachRow(products, (row, values, from) => {
    residuals.forEach((residual, e) => {
      const factor = residual[row]! * (frequencies ? frequencies[row]! : 1)
      const to = groups[row]! * k + e * L
      for (let l = 0; l < L; l++) sums[to + l]! += factor * values[from + l]!
    })
  })
  return sums
}

/** The scores themselves, rows × k row-major. */
export function productScores(products: ScoreProducts): Float64Array {
  const { columns: { packed: { columns: L } }, residuals } = products
  const k = L * residuals.length
  const scores = new Float64Array(residuals[0]!.length * k)
  eachRow(products, (row, values, from) => {
    residuals.forEach((residual, e) => {
      for (let l = 0; l < L; l++) scores[row * k + e * L + l] = residual[row]! * values[from + l]!
    })
  })
  return scores
}

/** Columns of one row after the other, at `from` of `values`. */
function eachRow({ columns: { packed, codes }, residuals }: ScoreProducts, visit: (row: number, values: Float64Array, from: number) => void): void {
  const { columns: L, data } = packed
  if (codes) {
    const values = new Float64Array(packed.rows * L)
    unpackRows(packed).forEach((column, l) => column.forEach((value, row) => (values[row * L + l] = value)))
    for (let row = 0; row < codes.length; row++) visit(row, values, codes[row]! * L)
    return
  }
  const values = new Float64Array(blockRows * L)
  for (let from = 0, base = 0; from < residuals[0]!.length; from += blockRows, base += L * blockRows) {
    const size = Math.min(blockRows, packed.rows - from)
    for (let l = 0; l < L; l++) for (let i = 0; i < size; i++) values[i * L + l] = data[base + l * blockRows + i]!
    for (let i = 0; i < size; i++) visit(from + i, values, i * L)
  }
}
