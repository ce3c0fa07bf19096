/**
 * The coefficients that scenarios use, from ten and more equations on buyers and on links, with one covariance over firms: a firm's
 * influence is that of its own row and of its links in either role. On the diagonal stand the dyadic covariances of the logits and the
 * covariances clustered by firm of the others.
 */
import { jointOverUnits, type JointEstimate, type ParameterDistribution, type SupplierCoefficients, type UnitInfluence } from 'reshore'

/** The drawn vector and where its coefficients stand. */
export interface Layout extends SupplierCoefficients, ParameterDistribution {}

/** Equations of returns to scale, of foreign potential and of links. */
export function jointEstimates(equations: readonly UnitInfluence[]): JointEstimate {
  return jointOverUnits(equations, 'firm')
}

export function layoutOf({ parameters, values, covariance }: JointEstimate, industries: readonly string[]): Layout {
  const by = (name: (industry: string) => string): Int32Array => Int32Array.from(industries, (industry) => parameters.indexOf(name(industry)))
  return {
    values, covariance,
    exponent: by((industry) => `scale-by-industry:growth_${industry}`),
    size: by((industry) => `link ${industry}:log_scale`),
    km: by((industry) => `link ${industry}:log_km`),
    value: by((industry) => `value ${industry}:log_km`),
    response: parameters.indexOf('response:supply'),
  }
}

/** Whether every e_k and every 1/κ is above zero. */
export function admissible({ exponent, size }: Layout, at: Float64Array): boolean {
  return [...exponent, ...size].every((place) => place < 0 || at[place]! > 0)
}
