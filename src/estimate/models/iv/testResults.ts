/** Wald statistics as test results. */
import { chiSquareUpperTail, fUpperTail } from '../../../numerics/distributions.js'
import { cholesky, choleskySolve } from '../../../numerics/linearAlgebra.js'
import type { TestResult } from '../../records.js'

/** v'M⁻¹v; undefined where M is singular, as with fewer clusters than elements. */
export function quadraticForm(vector: Float64Array, matrix: Float64Array): number | undefined {
  const factor = cholesky(matrix, vector.length, 1e-12)
  return factor && choleskySolve(factor, vector).reduce((total, value, i) => total + value * vector[i]!, 0)
}

export function chiSquaredTest(statistic: number, degrees: number): TestResult {
  return { statistic, distribution: 'chi-square', degrees: [degrees], pValue: chiSquareUpperTail(statistic, degrees) }
}

/** A Wald statistic over its degrees; the statistic itself as χ² where the denominator's are infinite. */
export function fTest(wald: number, degrees: number, denominator: number): TestResult {
  if (denominator === Infinity) return chiSquaredTest(wald, degrees)
  const statistic = wald / degrees
  return { statistic, distribution: 'F', degrees: [degrees, denominator], pValue: fUpperTail(statistic, degrees, denominator) }
}
