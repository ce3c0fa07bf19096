/**
 * Entry and stay logits from fitted models, at one covariate profile: what `entryExitCosts` needs.
 *
 * Two routes to the same number: the state-dependence coefficient of a dynamic logit (L₁ − L₀ = γ), and an entry logit beside an exit
 * hazard (Cox or its grouped-time twin), where h = 1 − exp(−exp(η)) for a complementary log-log index η.
 */
import { ReshoreError } from '../errors.js'
import type { Fit } from '../estimate/records.js'
import type { TransitionLogits } from './entryExit.js'

/** Value of every term of the fit, the intercept included (1 unless given). */
export type Profile = Readonly<Record<string, number>>

/** A linear index with its variance. */
export interface IndexEstimate {
  readonly index: number
  readonly variance: number
}

/**
 * Returns the linear index x'β of a fit at a profile, with its variance. Throws `CalibrationError` when the profile lacks a term.
 *
 * @example
 * const entry = indexAt(fit, { 'log(employees)': 2.4, lag_y: 0 })
 */
export function indexAt(fit: Fit, profile: Profile): IndexEstimate {
  return quadraticForm(fit, profileVector(fit, profile))
}

/**
 * Returns entry and stay logits of a dynamic logit whose lagged outcome is the term `lag`, at a profile, with their joint covariance.
 * Throws `CalibrationError` for a fit of another link or a term that is not there.
 */
export function dynamicLogitTransitions(fit: Fit, profile: Profile, lag: string): TransitionLogits {
  if (!['logit', 'fe-logit', 're-logit'].includes(fit.kind)) {
    throw new ReshoreError('CalibrationError', `Entry and exit costs need logistic shocks; this is a ${fit.kind} fit.`, 'Fit the same formula with logit.')
  }
  const out = profileVector(fit, { ...profile, [lag]: 0 })
  const inside = profileVector(fit, { ...profile, [lag]: 1 })
  const entry = quadraticForm(fit, out)
  const stay = quadraticForm(fit, inside)
  const between = bilinearForm(fit, out, inside)
  return { entry: entry.index, stay: stay.index, covariance: [entry.variance, between, between, stay.variance] }
}

/**
 * Returns entry and stay logits of two models fitted apart: the logit index of entry and the complementary log-log index of exit.
 * Their covariance is taken as zero; the joint covariance over firms replaces it where it is estimated.
 */
export function separateTransitions(entry: IndexEstimate, exit: IndexEstimate): TransitionLogits {
  const cumulative = Math.exp(exit.index)
  // stay = ln[(1 − h)/h] with 1 − h = exp(−e^η): stay = −e^η − ln(1 − exp(−e^η)), d stay/dη = −e^η / h.
  const hazard = -Math.expm1(-cumulative)
  const slope = -cumulative / hazard
  return { entry: entry.index, stay: -cumulative - Math.log(hazard), covariance: [entry.variance, 0, 0, slope ** 2 * exit.variance] }
}

function profileVector(fit: Fit, profile: Profile): Float64Array {
  const missing = fit.terms.filter((term) => term !== '(Intercept)' && profile[term] === undefined)
  if (missing.length > 0) {
    throw new ReshoreError('CalibrationError', `The covariate profile has no value for ${missing.join(', ')}.`, 'Give a value (for example the sample mean) for every term of the fit.')
  }
  return Float64Array.from(fit.terms, (term) => profile[term] ?? 1)
}

function quadraticForm(fit: Fit, x: Float64Array): IndexEstimate {
  return { index: x.reduce((sum, value, j) => sum + value * fit.coefficients[j]!, 0), variance: bilinearForm(fit, x, x) }
}

function bilinearForm(fit: Fit, a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let j = 0; j < a.length; j++) for (let k = 0; k < b.length; k++) sum += a[j]! * fit.vcov.matrix[j * b.length + k]! * b[k]!
  return sum
}
