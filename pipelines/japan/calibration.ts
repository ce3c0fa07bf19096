/**
 * From coefficients to elasticities: in a link logit the coefficient of log size is 1/κ_ε and that of ln distance
 * −(η + ψ)/κ_ε, so that
 *
 *     κ_ε = 1/b_size,     η_k + ψ_k = −b_d/b_size,      var(η + ψ) by the delta method.
 *
 * Size is what a link is worth to the buyer, sales × the share of the input bought at home (r/Θ_k in the model), and for comparison
 * sales five years before. Links without values identify the sum of the elasticity of potential η and of fixed costs ψ only: η lies between 0 and the sum. With values, spending on
 * a supplier falls with ln d by η_k.
 */
import { stdErrors, type Fit, type JapanTruth } from 'reshore'
import type { IndustryLogit, IndustryValue } from './gravity.js'
import type { Estimate, Exponent } from './scale.js'

export interface IndustryElasticities {
  readonly industry: string
  /** κ_ε of this industry's logit; κ is not comparable across industries. */
  readonly kappa: Estimate
  /** η_k + ψ_k; and with size five years before, which cannot follow from the links. */
  readonly distance: Estimate
  readonly lagged: Estimate
  /** η_k from values, and ψ_k as what is left of the sum; null without values. */
  readonly potential: Estimate | null
  readonly fixed: number | null
  /** e_k as it is relied on; null where no buyer changes its foreign share. */
  readonly exponent: Estimate | null
  readonly links: number
  readonly planted: { readonly kappa: number; readonly distance: number; readonly potential: number; readonly fixed: number; readonly exponent: number } | null
}

/** Elasticities by input industry, beside the planted ones where they are known. */
export function elasticities(
  { byIndustry, values }: { readonly byIndustry: readonly IndustryLogit[]; readonly values: readonly IndustryValue[] }, exponents: readonly Exponent[], truth?: JapanTruth,
): readonly IndustryElasticities[] {
  return byIndustry.map(({ industry, fit, lagged }) => {
    const known = truth?.industries.find((one) => one.industry === industry)
    const estimated = ratios(fit, 'log_scale')
    const potential = potentialOf(values.find((one) => one.industry === industry)?.fit)
    return {
      industry,
      ...estimated,
      potential,
      fixed: potential === null ? null : estimated.distance.value - potential.value,
      lagged: ratios(lagged, 'log_size').distance,
      exponent: exponents.find((one) => one.industry === industry)?.taken ?? null,
      links: fit.detail.positives,
      planted: known === undefined ? null : {
        kappa: truth!.parameters.kappa!, distance: known.potentialElasticity + known.fixedElasticity,
        potential: known.potentialElasticity, fixed: known.fixedElasticity, exponent: known.exponent,
      },
    }
  })
}

/** κ_ε and η + ψ with delta-method errors. */
function ratios(fit: Fit, sizeTerm: string): Pick<IndustryElasticities, 'kappa' | 'distance'> {
  const [d, s] = [fit.terms.indexOf('log_km'), fit.terms.indexOf(sizeTerm)]
  const [distance, size] = [fit.coefficients[d]!, fit.coefficients[s]!]
  const k = fit.terms.length
  const errors = stdErrors(fit)
  const covariance = fit.vcov.matrix[d * k + s]!
  const slopes = [-1 / size, distance / size ** 2] as const
  const variance = slopes[0] ** 2 * errors[d]! ** 2 + slopes[1] ** 2 * errors[s]! ** 2 + 2 * slopes[0] * slopes[1] * covariance
  return { kappa: interval(1 / size, errors[s]! / size ** 2), distance: interval(-distance / size, Math.sqrt(Math.max(0, variance))) }
}

function potentialOf(fit: Fit | undefined): Estimate | null {
  if (fit === undefined) return null
  const place = fit.terms.indexOf('log_km')
  return interval(-fit.coefficients[place]!, stdErrors(fit)[place]!)
}

const interval = (value: number, stdError: number): Estimate => ({ value, stdError, low: value - 1.96 * stdError, high: value + 1.96 * stdError })
