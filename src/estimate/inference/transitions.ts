/**
 * Transition probabilities of a dynamic binary model, averaged over rows (and over the random effect): entry p₀₁ = P(y = 1 | lag 0), staying
 * p₁₁ = P(y = 1 | lag 1), the implied duration 1/(1 − p₁₁) in periods and long-run prevalence p₀₁/(1 − p₁₁ + p₀₁), by the delta method.
 */
import { deltaMethod } from '../../numerics/deltaMethod.js'
import { ReshoreError } from '../../errors.js'
import { findColumn, readNumbers } from '../design/columns.js'
import type { ArrowTable, Fit } from '../records.js'
import { averageResponse, withNumbers } from './averageEffects.js'
import { responseOf } from './response.js'

export interface Quantity {
  readonly estimate: number
  readonly stdError: number
}

export interface TransitionQuantities {
  readonly entry: Quantity
  readonly stay: Quantity
  /** Average partial effect of the lag, p₁₁ − p₀₁. */
  readonly persistence: Quantity
  readonly duration: Quantity
  readonly prevalence: Quantity
}

/**
 * Returns the transition quantities of a fit whose lagged outcome is the column `lag`, over the rows where it is known. The table must hold the columns of the fit: for a fit
 * with `dynamic`, the table of `dynamicPanel`. Throws `MissingColumnError` where the lag is not a term.
 *
 * @example
 * const { entry, stay } = transitionQuantities(fit, dynamicPanel(spec, table, options).table, 'lag_y')
 */
export function transitionQuantities(fit: Fit, table: ArrowTable, lag: string): TransitionQuantities {
  if (!fit.terms.includes(lag)) {
    throw new ReshoreError('MissingColumnError', `\`${lag}\` is not a term of the fit`, `Its terms are ${fit.terms.join(', ')}.`, 2)
  }
  const response = responseOf(fit)
  const observed = readNumbers(findColumn(table, lag, 'the lagged outcome'), lag)
  const at = (value: number) => averageResponse(fit, response, withNumbers(table, lag, observed.map((y) => (Number.isNaN(y) ? y : value))))
  const [out, inside] = [at(0), at(1)]
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const covariance = Float64Array.from([out, out, inside, inside], (left, i) => crossForm(fit.vcov.joint ?? fit.vcov.matrix, left.gradient, [out, inside][i % 2]!.gradient))
  const mapped = deltaMethod(
    ([p01, p11]) => Float64Array.of(p01!, p11!, p11! - p01!, 1 / (1 - p11!), p01! / (1 - p11! + p01!)),
    Float64Array.of(mean(out.each), mean(inside.each)),
    covariance,
  )
  const quantity = (i: number): Quantity => ({ estimate: mapped.values[i]!, stdError: mapped.stdErrors[i]! })
  return { entry: quantity(0), stay: quantity(1), persistence: quantity(2), duration: quantity(3), prevalence: quantity(4) }
}

function crossForm(matrix: Float64Array, left: Float64Array, right: Float64Array): number {
  const p = left.length
  let sum = 0
  for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) sum += left[i]! * matrix[i * p + j]! * right[j]!
  return sum
}
