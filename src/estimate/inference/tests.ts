/** Tests of hypotheses on coefficients: Wald with any covariance, and the likelihood ratio of two nested fits. */
import { ReshoreError } from '../../errors.js'
import { chiSquareUpperTail, fUpperTail } from '../../numerics/distributions.js'
import { cholesky, choleskySolve, sandwichProduct } from '../../numerics/linearAlgebra.js'
import { observationCount } from '../vcov/sandwich.js'
import type { Fit, TestResult } from '../records.js'

/** Σ weight × coefficient = value; weights by term. */
export interface LinearHypothesis {
  readonly weights: Readonly<Record<string, number>>
  /** Default 0. */
  readonly value?: number
}

/**
 * Wald test that terms are jointly zero, or of linear hypotheses. F with the covariance's degrees of freedom, χ² where they are
 * infinite. Throws a `HypothesisError` for unknown terms and for hypotheses the covariance cannot tell apart.
 *
 * @example
 * waldTest(fit, ['x1', 'x2'])
 * waldTest(fit, [{ weights: { x1: 1, x2: -1 } }])
 */
export function waldTest(fit: Fit, hypotheses: readonly (string | LinearHypothesis)[]): TestResult {
  const k = fit.terms.length
  const q = hypotheses.length
  const restrictions = new Float64Array(q * k)
  const gap = new Float64Array(q)
  hypotheses.forEach((given, row) => {
    const { weights, value = 0 } = typeof given === 'string' ? { weights: { [given]: 1 } } : given
    for (const [term, weight] of Object.entries(weights)) restrictions[row * k + termPosition(fit, term)] = weight
    for (let j = 0; j < k; j++) gap[row]! += restrictions[row * k + j]! * fit.coefficients[j]!
    gap[row]! -= value
  })
  const factor = q === 0 ? undefined : cholesky(sandwichProduct(restrictions, fit.vcov.matrix, q, k), q, 1e-12)
  if (!factor) {
    throw new ReshoreError('HypothesisError', `the covariance ${fit.vcov.label} cannot test ${q} hypotheses together`,
      q === 0 ? 'Name at least one term.' : 'Some follow from others, or there are fewer clusters than hypotheses: test fewer of them.')
  }
  const statistic = choleskySolve(factor, gap).reduce((sum, value, row) => sum + value * gap[row]!, 0)
  return jointTest(statistic, q, fit.vcov.degreesOfFreedom)
}

/** Wald test that every coefficient but the intercept is zero; undefined where there is none or the covariance cannot tell (few clusters). */
export function overallTest(fit: Fit): TestResult | undefined {
  const k = fit.terms.length
  const tested = fit.terms.flatMap((term, j) => (term === '(Intercept)' ? [] : [j]))
  const q = tested.length
  const factor = q === 0 ? undefined : cholesky(Float64Array.from({ length: q * q }, (_, cell) => fit.vcov.matrix[tested[Math.floor(cell / q)]! * k + tested[cell % q]!]!), q, 1e-12)
  if (!factor) return undefined
  const values = Float64Array.from(tested, (j) => fit.coefficients[j]!)
  return jointTest(choleskySolve(factor, values).reduce((sum, value, row) => sum + value * values[row]!, 0), q, fit.vcov.degreesOfFreedom)
}

/** A Wald statistic as χ², or F where the covariance has degrees of freedom. */
function jointTest(statistic: number, q: number, df: number): TestResult {
  if (df === Infinity) return { statistic, distribution: 'chi-square', degrees: [q], pValue: chiSquareUpperTail(statistic, q) }
  return { statistic: statistic / q, distribution: 'F', degrees: [q, df], pValue: fUpperTail(statistic / q, q, df) }
}

function termPosition(fit: Fit, term: string): number {
  const position = fit.terms.indexOf(term)
  if (position < 0) throw new ReshoreError('HypothesisError', `the fit has no term \`${term}\``, `Its terms are ${fit.terms.join(', ')}.`)
  return position
}

/**
 * Likelihood-ratio test of a fit within a larger one, 2(ℓ₁ − ℓ₀) ~ χ². Throws a `HypothesisError` unless both are the same model on the
 * same observations and every term of the small one is in the large one.
 */
export function likelihoodRatioTest(small: Fit, large: Fit): TestResult {
  const fail = (message: string, remedy: string): never => {
    throw new ReshoreError('HypothesisError', message, remedy)
  }
  const count = (fit: Fit): number => (fit.scores ? observationCount(fit.scores) : fit.sample.used)
  if (small.logLikelihood === undefined || large.logLikelihood === undefined) return fail(`a ${small.kind} fit has no likelihood`, 'Use waldTest.')
  if (small.kind !== large.kind) fail(`a ${small.kind} is not nested in a ${large.kind}`, 'Compare fits of one model.')
  if (count(small) !== count(large)) fail(`the fits use ${count(small)} and ${count(large)} observations`, 'Estimate both on the rows of the larger one: missing values of its regressors leave rows out.')
  const missing = small.terms.filter((term) => !large.terms.includes(term))
  const degrees = large.terms.length - small.terms.length
  if (missing.length > 0 || degrees <= 0) fail(`the first fit is not nested in the second${missing.length > 0 ? `: \`${missing[0]}\` is not in it` : ''}`, 'Pass the smaller fit first.')
  const statistic = 2 * (large.logLikelihood - small.logLikelihood)
  return { statistic, distribution: 'chi-square', degrees: [degrees], pValue: chiSquareUpperTail(statistic, degrees) }
}
