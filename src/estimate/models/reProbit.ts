/**
 * Random-effects probit, P(y_it = 1) = Φ(x_it'β + u_i), u_i ~ N(0, σ_u²), by adaptive Gauss–Hermite quadrature. Checked as `reLogit` is.
 */
import type { ArrowTable, Fit, SpecInput } from '../records.js'
import { fitRandomEffects, type RandomEffectsOptions } from './randomEffects/fit.js'

/**
 * Fit of a random-effects probit; `detail.sigma_u` is the scale of the effect. Throws the errors of `reLogit`.
 *
 * @example
 * const fit = reProbit('union ~ age + grade + south', nlswork, { group: 'idcode' })
 */
export function reProbit(spec: SpecInput, table: ArrowTable, options: RandomEffectsOptions = {}): Fit<'re-probit'> {
  return fitRandomEffects('re-probit', 'probit', spec, table, options)
}
