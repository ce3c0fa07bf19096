/**
 * Monotone likelihood (Bryson and Johnson 1981): along some combination of covariates every event has the highest value in its risk
 * set, so that the partial likelihood rises for ever and no finite coefficient is best. Newton's steps then stay as long as the
 * covariate's reach (its largest distance from the centre) allows while the likelihood no longer moves.
 */
import { ReshoreError } from '../../../errors.js'
import type { NewtonState } from '../../../numerics/newton.js'

/** Gain of a step, relative to the likelihood, below which a long step means a monotone likelihood. */
const flatGain = 1e-9
/** Change of the linear predictor at a covariate's furthest value that counts as a long step. */
const longStep = 0.2
/** Linear predictor at a covariate's furthest value beyond which nothing is left at risk beside the events. */
const farAway = 8

/** What Newton's method asks before each step: a reason to stop where the likelihood is flat along a long step that does not shrink. */
export function monotoneInspector(reach: Float64Array): (state: NewtonState) => string | undefined {
  let value = Number.NEGATIVE_INFINITY
  let wasFlat = false
  let before: Float64Array | undefined
  return ({ step, evaluation }) => {
    const flat = evaluation.value - value <= flatGain * Math.max(1, Math.abs(value))
    const steady = flat && wasFlat && step.some((change, j) => Math.abs(change) * reach[j]! > longStep && Math.abs(change) > Math.abs(before![j]!) / 2)
    value = evaluation.value
    wasFlat = flat
    before = step
    return steady ? 'monotone likelihood' : undefined
  }
}

/** Terms the last step still moves far, or whose coefficient already is far away. */
export function infiniteTerms(terms: readonly string[], reach: Float64Array, coefficients: Float64Array, step: Float64Array): string[] {
  const moved = terms.filter((_, j) => Math.abs(step[j]!) * reach[j]! > longStep)
  return moved.length > 0 ? moved : terms.filter((_, j) => Math.abs(coefficients[j]!) * reach[j]! > farAway)
}

/** The error that names the terms whose coefficients are infinite. */
export function monotoneError(terms: readonly string[]): ReshoreError {
  const names = terms.map((term) => `\`${term}\``).join(', ')
  const what = terms.length > 1 ? 'a combination of these covariates' : 'the covariate'
  return new ReshoreError('MonotoneLikelihoodError', `the partial likelihood rises for ever in ${names}: the coefficient is infinite, because ${what} orders every event`,
    'Drop the term, merge its levels, or group them so that each has an event and a row at risk without one.')
}
