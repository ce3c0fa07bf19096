/**
 * Discrete-time hazard with Gaussian frailty: P(y_it = 1) = 1 − exp(−exp(x_it'β + u_i)), u_i ~ N(0, σ_u²), on person-period rows, by adaptive
 * Gauss–Hermite quadrature (as Stata's xtcloglog). Checked against dense quadrature, R `glmer` and the pooled model as σ_u → 0.
 */
import type { ArrowTable, Fit, SpecInput } from '../records.js'
import { fitRandomEffects, type RandomEffectsOptions } from './randomEffects/fit.js'

/**
 * Fit of a complementary log-log model with a normal effect per group; e^β are hazard ratios given the frailty. Throws as `reLogit` does.
 *
 * @example
 * const fit = reCloglog('returned ~ i(duration) + exportShare', firmYears, { group: 'firm' })
 */
export function reCloglog(spec: SpecInput, table: ArrowTable, options: RandomEffectsOptions = {}): Fit<'re-cloglog'> {
  return fitRandomEffects('re-cloglog', 'cloglog', spec, table, options)
}
