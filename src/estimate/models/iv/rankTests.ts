/**
 * Tests that the instruments move the endogenous regressors apart, on the m-th singular value of the first stage: Cragg and Donald (1993) and
 * Anderson's canonical correlation under iid errors; Kleibergen and Paap (2006) under any covariance, with the variance of ranktest and
 * ivreg2: of first-stage residuals for the Wald statistic (the small-sample factor of the covariance included), of the regressors
 * themselves and without a factor for LM.
 */
import { generalisedEigen } from '../../../numerics/linearAlgebra.js'
import type { TestResult, Vcov } from '../../records.js'
import { weightedDot } from '../../../numerics/weightedDot.js'
import { addColumns, endogenousProducts, instrumentRows, type ReducedForm } from './reducedForm.js'
import { combinedCovariance, instrumentCovariance, type BoundVcov, type SampleRows } from './stacked.js'
import { chiSquaredTest, quadraticForm } from './testResults.js'

export interface RankTests {
  readonly craggDonald: { readonly statistic: number }
  readonly andersonLm: TestResult
  readonly kleibergenPaap?: { readonly lm: TestResult; readonly waldF: number }
}

/** `vcov` is the covariance of the reduced form's coefficients. */
export function rankTests(form: ReducedForm, sample: SampleRows, bound: BoundVcov, vcov: Vcov): RankTests {
  const { endogenous: m, instruments: L } = form
  const { moved, unexplained, whole } = endogenousProducts(form)
  const correlations = generalisedEigen(moved, whole, m)!
  // Where a combination of endogenous regressors is explained in full its strength is infinite; the least one stands.
  const strength = generalisedEigen(moved, unexplained, m)?.values[0] ?? correlations.values[0]! / (1 - correlations.values[0]!)
  const degrees = L - m + 1
  const wald = rankStatistic(form, correlations.vectors, vcov.matrix, 1)
  const lm = rankStatistic(form, correlations.vectors, underTheNull(form, sample, bound, whole).matrix, 0)
  return {
    craggDonald: { statistic: (strength * sample.firstStageFreedom) / L },
    andersonLm: chiSquaredTest(sample.observations * correlations.values[0]!, degrees),
    ...(wald !== undefined && lm !== undefined && { kleibergenPaap: { lm: chiSquaredTest(lm, degrees), waldF: wald / L } }),
  }
}

/** Covariance of the m first stages' coefficients with the regressors themselves, not their residuals, as errors. */
function underTheNull(form: ReducedForm, sample: SampleRows, bound: BoundVcov, whole: Float64Array): Vcov {
  const withoutExogenous = (): Float64Array[] =>
    form.explained.slice(1).map((coordinates, j) => addColumns(instrumentRows(form, coordinates), [form.residuals[j + 1]!], [1]))
  return instrumentCovariance(form, sample, bound, withoutExogenous, whole.map((value) => value / sample.observations))
}

/**
 * λ'Ω⁻¹λ for λ = A'Pd: d the combination of endogenous regressors least moved (first column of `directions`), A what is orthogonal to how the
 * instruments move the other m − 1. `first` is the first stage's place among the equations of `matrix`.
 */
function rankStatistic(form: ReducedForm, directions: Float64Array, matrix: Float64Array, first: number): number | undefined {
  const { endogenous: m, instruments: L, explained } = form
  const column = (j: number): Float64Array => Float64Array.from({ length: m }, (_, a) => directions[a * m + j]!)
  const move = (weights: Float64Array): Float64Array => addColumns(new Float64Array(L), explained.slice(1), weights)
  const complement = orthogonalComplement(Array.from({ length: m - 1 }, (_, j) => move(column(j + 1))), L)
  const least = column(0)
  const moved = move(least)
  const lambda = Float64Array.from(complement, (direction) => weightedDot(direction, moved))
  const variance = combinedCovariance(matrix, L, least, first)
  const q = complement.length
  const omega = new Float64Array(q * q)
  complement.forEach((a, i) => {
    const row = Float64Array.from({ length: L }, (_, l) => weightedDot(a, variance.subarray(l * L, (l + 1) * L)))
    complement.forEach((b, j) => (omega[i * q + j] = weightedDot(row, b)))
  })
  return quadraticForm(lambda, omega)
}

/** Orthonormal vectors of length `size` that with `vectors` (independent) span everything; Gram and Schmidt, twice. */
function orthogonalComplement(vectors: readonly Float64Array[], size: number): Float64Array[] {
  const basis: Float64Array[] = []
  const add = (vector: Float64Array, needed: number): void => {
    const rest = vector.slice()
    for (let pass = 0; pass < 2; pass++) for (const one of basis) addColumns(rest, [one], [-weightedDot(one, rest)])
    const length = Math.sqrt(weightedDot(rest, rest))
    if (length > needed) basis.push(rest.map((value) => value / length))
  }
  for (const vector of vectors) add(vector, 0)
  // Of all unit vectors some one keeps at least 1/√size outside what is spanned so far.
  for (let l = 0; basis.length < size; l = (l + 1) % size) {
    add(Float64Array.from({ length: size }, (_, i) => (i === l ? 1 : 0)), 0.5 / Math.sqrt(size))
  }
  return basis.slice(vectors.length)
}
