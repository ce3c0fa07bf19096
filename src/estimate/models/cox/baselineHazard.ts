/**
 * Cumulative baseline hazard of a Cox model: at event time t the increment is w̄ Σ_f 1/(S₀ − fE₀), Efron's or Breslow's as the
 * model's ties. Equal to `survival::basehaz` at the event times.
 */
import type { CoxState } from './solveCox.js'
import { runningSums } from './partialLikelihood.js'

/** Cumulative hazard of one stratum at its event times. */
export interface BaselineHazard {
  readonly stratum: string
  readonly time: Float64Array
  readonly hazard: Float64Array
}

/**
 * Cumulative hazard by stratum at covariates `at` (zero by default) and offset zero.
 *
 * @param at one value per coefficient, in the covariates' own units.
 */
export function baselineHazard(state: CoxState, strataLevels: readonly string[], at?: Float64Array): BaselineHazard[] {
  const { data } = state
  const { risk } = data
  const factor = Math.exp(relativeToCentre(state, at))
  const cumulative = runningSums(risk, state.tieWeights.hazard)
  return Array.from({ length: risk.strata }, (_, s) => {
    const [from, to] = [risk.offsets[s]!, risk.offsets[s + 1]!]
    return { stratum: strataLevels[s] ?? '', time: risk.times.slice(from, to), hazard: cumulative.slice(from, to).map((value) => value * factor) }
  })
}

/** Linear predictor of covariates `at` (zero by default), offset zero, relative to the centre the sums were taken about. */
export function relativeToCentre({ data, coefficients }: CoxState, at?: Float64Array): number {
  return coefficients.reduce((sum, beta, j) => sum + beta * ((at?.[j] ?? 0) - data.centre[j]!), -data.offsetCentre)
}
