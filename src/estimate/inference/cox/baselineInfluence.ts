/**
 * Influence of every row on the baseline hazard: the derivative of Λ₀(t) in the row's case weight, coefficients re-estimated, times the
 * weight. Summed by firm beside the influence on the coefficients (`influence` of the fit's scores) it gives their joint covariance, and one with
 * any other equation estimated on the same firms.
 *
 *   IF(Λ₀(t)) = e^{−c'β} { Σ_{t_k ≤ t} [w δ a/W − r (c₀ − δ c₁)] − G(t)'IF(β) } − Λ₀(t) c'IF(β),   G(t) = Σ Σ_f dΛ_f m_f,
 *
 * c the centre of the covariates and W the weight of the deaths at t_k (see `partialLikelihood.ts`). Sums to zero at the maximum. Checked against
 * finite differences in the weights.
 */
import { ReshoreError } from '../../../errors.js'
import { runningSums } from '../../models/cox/partialLikelihood.js'
import { relativeToCentre } from '../../models/cox/baselineHazard.js'
import { riskMeans, scoreResiduals } from '../../models/cox/scoreResiduals.js'
import type { ArrowTable, Fit } from '../../records.js'
import { coxState, type FittedCox } from './coxState.js'

/** Influence on Λ₀ of one stratum at given times, rows × times row-major; `unit` numbers the rows of the table. */
export interface BaselineInfluence {
  readonly stratum: string
  readonly times: Float64Array
  readonly hazard: Float64Array
  readonly influence: Float64Array
  readonly unit: Int32Array
}

/**
 * Influence of every row on the cumulative baseline hazard of a stratum (the first by default) at `times`, covariates and offset zero.
 *
 * @example
 * const { influence } = baselineInfluence(fit, spells, [1, 2, 3])
 */
export function baselineInfluence(fit: Fit<'cox'>, table: ArrowTable, times: readonly number[], stratum = 0): BaselineInfluence {
  const state = coxState(fit, table)
  const { data, kernel, tieWeights, coefficients, variance } = state
  const { parameters: p, rows, risk } = data
  if (stratum < 0 || stratum >= risk.strata) throw new ReshoreError('OptionError', `no stratum ${stratum}`, `The fit has strata 0 to ${risk.strata - 1}.`, 2)
  const scores = scoreResiduals(data, kernel, tieWeights)
  const steps = times.map((time) => lastUpTo(state, time, stratum))
  const cumulative = runningSums(risk, tieWeights.hazard)
  const means = runningSums(risk, riskMeans(data, kernel.riskSums, tieWeights).hazard, p)
  const factor = Math.exp(relativeToCentre(state))
  const hazard = Float64Array.from(steps, (k) => (k < risk.offsets[stratum]! ? 0 : factor * cumulative[k]!))
  const direct = directInfluence(state, steps, stratum)
  const influence = new Float64Array(rows * times.length)
  const slopes = steps.map((k, q) => Float64Array.from(coefficients, (_, j) => factor * (k < risk.offsets[stratum]! ? 0 : means[k * p + j]!) + hazard[q]! * data.centre[j]!))
  const beta = new Float64Array(p)
  for (let i = 0; i < rows; i++) {
    for (let a = 0; a < p; a++) {
      beta[a] = 0
      for (let b = 0; b < p; b++) beta[a]! += variance[a * p + b]! * scores[i * p + b]!
    }
    for (let q = 0; q < times.length; q++) {
      let value = factor * direct[i * times.length + q]!
      for (let j = 0; j < p; j++) value -= slopes[q]![j]! * beta[j]!
      influence[i * times.length + q] = value
    }
  }
  return { stratum: state.survival.strataLevels[stratum] ?? '', times: Float64Array.from(times), hazard, influence, unit: state.unit }
}

/** Last event time of the stratum up to `time`; one before its first where there is none. */
function lastUpTo({ data: { risk } }: FittedCox, time: number, stratum: number): number {
  let k = risk.offsets[stratum]!
  while (k < risk.offsets[stratum + 1]! && risk.times[k]! <= time) k++
  return k - 1
}

/** Derivative of Λ(t_k) in each row's weight at fixed β, times the weight; rows × steps. */
function directInfluence({ data, kernel, tieWeights }: FittedCox, steps: readonly number[], stratum: number): Float64Array {
  const { rows, risk, event, weights, deathWeight } = data
  const [from, to] = [risk.offsets[stratum]!, risk.offsets[stratum + 1]!]
  const second = runningSums(risk, tieWeights.second)
  const r = kernel.riskSums.risk
  const direct = new Float64Array(rows * steps.length)
  for (let i = 0; i < rows; i++) {
    const last = risk.last[i]!
    if (last < from || last >= to) continue
    const before = risk.before[i]!
    steps.forEach((step, q) => {
      const end = Math.min(step, last)
      if (end < from || end <= before) return
      let value = -r[i]! * (second[end]! - (before < 0 ? 0 : second[before]!))
      if (event[i] === 1 && last <= step) value += ((weights?.[i] ?? 1) * tieWeights.hazard[last]!) / deathWeight[last]! + r[i]! * tieWeights.secondCross[last]!
      direct[i * steps.length + q] = value
    })
  }
  return direct
}
