/**
 * Monotone likelihood (Bryson and Johnson 1981): along some combination of covariates every event has the highest value in its risk
 * set, so that the partial likelihood rises for ever and no finite coefficient is best. Newton's steps then stay as long as the
 * covariate's range allows while the likelihood no longer moves.
 */
import { ReshoreError } from '../../../errors.js'
import type { NewtonState } from '../../../numerics/newton.js'

/** Gain of a step, relative to the likelihood, below which a long step means a monotone likelihood. */
const flatGain = 1e-8
/** Change of the linear predictor across a covariate's range that counts as a long step. */
const longStep = 0.3
/** Linear predictor across a covariate's range beyond which nothing is left at risk beside the events. */
const farAway = 12

/** What Newton's method asks before each step: a reason to stop where the likelihood is flat along a long step. */
export function monotoneInspector(ranges: Float64Array): (state: NewtonState) => string | undefined {
  let previous = Number.NEGATIVE_INFINITY
  return ({ step, evaluation: { value } }) => {
    const flat = value - previous <= flatGain * Math.max(1, Math.abs(value))
    previous = value
    return flat && step.some((change, j) => Math.abs(change) * ranges[j]! > longStep) ? 'monotone likelihood' : undefined
  }
}

/** Terms the last step still moves far, or whose coefficient already is far away. */
export function infiniteTerms(terms: readonly string[], ranges: Float64Array, coefficients: Float64Array, step: Float64Array): string[] {
  const moved = terms.filter((_, j) => Math.abs(step[j]!) * ranges[j]! > longStep)
  return moved.length > 0 ? moved : terms.filter((_, j) => Math.abs(coefficients[j]!) * ranges[j]! > farAway)
}

/** The error that names the terms whose coefficients are infinite. */
export function monotoneError(terms: readonly string[]): ReshoreError {
  const names = terms.map((term) => `\`${term}\``).join(', ')
  const what = terms.length > 1 ? 'a combination of these covariates' : 'the covariate'
  return new ReshoreError('MonotoneLikelihoodError', `the partial likelihood rises for ever in ${names}: the coefficient is infinite, because ${what} orders every event`,
    'Drop the term, merge its levels, or group them so that each has an event and a row at risk without one.')
}
