/**
 * From coefficients to elasticities (methods 6.2 and 6.4): in a link logit the coefficient of log size is 1/κ_ε and that of ln distance
 * −(η + ψ)/κ_ε, so that
 *
 *     κ_ε = 1/b_size,     η_k + ψ_k = −b_d/b_size,      var(η + ψ) by the delta method.
 *
 * Links without values identify the sum of the elasticity of potential η and of fixed costs ψ only: η lies between 0 and the sum.
 */
import { stdErrors, type Fit, type JapanTruth } from 'reshore'
import type { IndustryLogit } from './gravity.js'
import type { Estimate, Exponent } from './scale.js'

export interface IndustryElasticities {
  readonly industry: string
  /** κ_ε of this industry's logit; κ is not comparable across industries. */
  readonly kappa: Estimate
  /** η_k + ψ_k. */
  readonly distance: Estimate
  /** e_k by two-stage least squares or least squares, whichever is more precise; null where no buyer changes its foreign share. */
  readonly exponent: Estimate | null
  readonly links: number
  readonly planted: { readonly kappa: number; readonly distance: number; readonly exponent: number } | null
}

/** Elasticities by input industry, beside the planted ones where they are known. */
export function elasticities(logits: readonly IndustryLogit[], exponents: readonly Exponent[], truth?: JapanTruth): readonly IndustryElasticities[] {
  return logits.map(({ industry, fit }) => {
    const known = truth?.industries.find((one) => one.industry === industry)
    return {
      industry,
      ...ratios(fit),
      exponent: preciseExponent(exponents.find((one) => one.industry === industry)),
      links: fit.detail.positives,
      planted: known === undefined ? null : {
        kappa: truth!.parameters.kappa!, distance: known.potentialElasticity + known.fixedElasticity, exponent: known.exponent,
      },
    }
  })
}

/** κ_ε and η + ψ with delta-method errors. */
function ratios(fit: Fit): Pick<IndustryElasticities, 'kappa' | 'distance'> {
  const [d, s] = [fit.terms.indexOf('log_km'), fit.terms.indexOf('log_size')]
  const [distance, size] = [fit.coefficients[d]!, fit.coefficients[s]!]
  const k = fit.terms.length
  const errors = stdErrors(fit)
  const covariance = fit.vcov.matrix[d * k + s]!
  const slopes = [-1 / size, distance / size ** 2] as const
  const variance = slopes[0] ** 2 * errors[d]! ** 2 + slopes[1] ** 2 * errors[s]! ** 2 + 2 * slopes[0] * slopes[1] * covariance
  return { kappa: interval(1 / size, errors[s]! / size ** 2), distance: interval(-distance / size, Math.sqrt(Math.max(0, variance))) }
}

/** The more precise of least squares and two-stage least squares. */
export function preciseExponent(exponent: Exponent | undefined): Estimate | null {
  if (exponent === undefined) return null
  const { ols, iv } = exponent
  return iv !== null && iv.stdError < ols.stdError ? iv : ols
}

const interval = (value: number, stdError: number): Estimate => ({ value, stdError, low: value - 1.96 * stdError, high: value + 1.96 * stdError })
