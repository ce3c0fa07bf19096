/**
 * What every covariance is built from: sums of scores over groups, their outer products, and bread × meat × bread.
 * Frequencies count a row as often as it stands for; nearly collinear designs are worked out in their orthogonalised
 * columns and transformed at the end.
 */
import { crossProduct, sandwichProduct, transpose, multiply } from '../../numerics/linearAlgebra.js'
import type { ScoreData } from '../records.js'
import { productGroupSums, productMeat } from './productScores.js'

/** Observations the scores stand for: rows, or the sum of their frequencies. */
export function observationCount(scores: ScoreData): number {
  return scores.frequencies ? scores.frequencies.reduce((sum, frequency) => sum + frequency, 0) : scores.rows
}

/** Sums of scores by group, levels × k row-major; codes number the rows of the sample. */
export function groupScores(scores: ScoreData, codes: Int32Array, levels: number): Float64Array {
  if (scores.products) return productGroupSums(scores.products, codes, levels, scores.frequencies)
  const { scores: values, parameters: k, rows, frequencies } = scores
  const sums = new Float64Array(levels * k)
  for (let row = 0; row < rows; row++) {
    const to = codes[row]! * k
    const from = row * k
    const frequency = frequencies ? frequencies[row]! : 1
    for (let j = 0; j < k; j++) sums[to + j]! += frequency * values[from + j]!
  }
  return sums
}

/** Σ_g s_g s_g' over groups of rows, k × k. */
export function groupMeat(scores: ScoreData, codes: Int32Array, levels: number): Float64Array {
  return crossProduct(groupScores(scores, codes, levels), levels, scores.parameters)
}

/** Σ_i s_i s_i' over independent rows (or over the groups that are one draw each), k × k. */
export function rowMeat(scores: ScoreData): Float64Array {
  if (scores.groups) return groupMeat(scores, scores.groups.codes, scores.groups.levels)
  if (scores.products) return productMeat(scores.products, scores.frequencies)
  return crossProduct(scores.scores, scores.rows, scores.parameters, scores.frequencies)
}

/** bread × meat × bread as a covariance of the coefficients, k × k. */
export function sandwich(scores: ScoreData, meat: Float64Array): Float64Array {
  const { bread, parameters: k, transform } = scores
  if (!transform && isIdentity(bread, k)) return meat
  return sandwichProduct(transform ? multiply(transform, bread, k, k, k) : bread, meat, k, k)
}

const isIdentity = (matrix: Float64Array, size: number): boolean => matrix.every((value, cell) => value === (cell % (size + 1) === 0 ? 1 : 0))

/** Influence of every row on the coefficients, rows × k: bread × score, what a joint covariance of several fits is summed from. */
export function influence(scores: ScoreData): Float64Array {
  const { bread, parameters: k, transform } = scores
  const left = transform ? multiply(transform, bread, k, k, k) : bread
  return multiply(scores.scores, transpose(left, k, k), scores.rows, k, k)
}
