import { influence, type Fit } from '../../../src/estimate/index.js'

/** The definition of a covariance without a factor: over every pair of rows its weight, times influence, times influence. */
export function doubleLoop(fit: Fit, weight: (i: number, j: number) => number): Float64Array {
  const k = fit.terms.length
  const rowInfluence = influence(fit.scores!)
  const rows = rowInfluence.length / k
  const matrix = new Float64Array(k * k)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rows; j++) {
      const w = weight(i, j)
      if (w === 0) continue
      for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) matrix[a * k + b]! += w * rowInfluence[i * k + a]! * rowInfluence[j * k + b]!
    }
  }
  return matrix
}

/** Largest difference of two matrices, relative to the largest cell of the second. */
export function gap(a: Float64Array, b: Float64Array): number {
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / Math.max(...b.map(Math.abs))
}
