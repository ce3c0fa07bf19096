/** A fit as rows a reader understands: estimates, standard errors, t or normal statistics, p values and intervals. */
import { tQuantile, tTwoSided } from '../../numerics/distributions.js'
import { ReshoreError } from '../../errors.js'
import { observationCount } from '../vcov/sandwich.js'
import type { Fit, TidyRow } from '../records.js'

export interface TidyOptions {
  /** Coverage of the intervals, in (0, 1); default 0.95. */
  readonly level?: number
}

/** Coefficients by term. */
export function coef(fit: Fit): Readonly<Record<string, number>> {
  return Object.fromEntries(fit.terms.map((term, j) => [term, fit.coefficients[j]!]))
}

/** Standard errors in the order of `fit.terms`. */
export function stdErrors(fit: Fit): Float64Array {
  const k = fit.terms.length
  return Float64Array.from({ length: k }, (_, j) => Math.sqrt(Math.max(0, fit.vcov.matrix[j * k + j]!)))
}

/** Lower and upper ends of the interval of every term: estimate ∓ quantile × standard error, t with the covariance's degrees of freedom. */
export function confint(fit: Fit, options: TidyOptions = {}): readonly (readonly [number, number])[] {
  const { level = 0.95 } = options
  if (!(level > 0 && level < 1)) throw new ReshoreError('LevelError', `the confidence level is ${level}`, 'Give a number between 0 and 1, such as 0.95.', 2)
  const reach = tQuantile(0.5 + level / 2, fit.vcov.degreesOfFreedom)
  const errors = stdErrors(fit)
  return fit.terms.map((_, j) => [fit.coefficients[j]! - reach * errors[j]!, fit.coefficients[j]! + reach * errors[j]!] as const)
}

/**
 * One row a term. Statistics are t with `fit.vcov.degreesOfFreedom`, normal where that is infinite; p values are two-sided.
 *
 * @example
 * for (const { term, estimate, stdError } of tidy(fit)) console.log(term, estimate, stdError)
 */
export function tidy(fit: Fit, options: TidyOptions = {}): TidyRow[] {
  const errors = stdErrors(fit)
  const intervals = confint(fit, options)
  return fit.terms.map((term, j) => {
    const estimate = fit.coefficients[j]!
    const statistic = estimate / errors[j]!
    return { term, estimate, stdError: errors[j]!, statistic, pValue: tTwoSided(statistic, fit.vcov.degreesOfFreedom), conf: intervals[j]! }
  })
}

/** What one line of a table says about a whole fit. */
export interface Glance {
  readonly model: Fit['kind']
  readonly observations: number
  readonly groups?: number
  readonly parameters: number
  readonly logLikelihood?: number
  readonly aic?: number
  readonly bic?: number
  readonly vcov: string
  readonly converged: boolean
}

/** Sizes, likelihood and information criteria of a fit; absorbed effects count, as do σ of linear and σ_u of random-effects models. */
export function glance(fit: Fit): Glance {
  const observations = fit.scores ? observationCount(fit.scores) : fit.sample.used
  const parameters = fit.terms.length
  const { logLikelihood } = fit
  const absorbed = 'absorbedParameters' in fit.detail ? fit.detail.absorbedParameters! : 0
  const counted = parameters + absorbed + (fit.kind === 'ols' || fit.vcov.joint ? 1 : 0)
  return {
    model: fit.kind,
    observations,
    ...(fit.sample.groups !== undefined && { groups: fit.sample.groups }),
    parameters,
    ...(logLikelihood !== undefined && { logLikelihood, aic: 2 * counted - 2 * logLikelihood, bic: Math.log(observations) * counted - 2 * logLikelihood }),
    vcov: fit.vcov.label,
    converged: fit.convergence.converged,
  }
}
