/**
 * Score residuals of the Cox model: what each row adds to the gradient, ∫ (x_i − x̄(t)) dM_i(t), times its weight. They sum to zero
 * at the maximum; summed by cluster and multiplied by the inverse information they are the dfbetas of the robust covariance
 * (Lin and Wei 1989). Tied deaths share their time as in R's `residuals(type = 'score', weighted = TRUE)`:
 *
 *   u_i = w_i δ_i (x_i − x̄_d) − r_i [ x_i h_i − (g(last) − g(before)) + δ_i g_d ],
 *
 * g the running sum over event times of Σ_f dΛ_f m_f, m_f = (S₁ − fE₁)/(S₀ − fE₀), x̄_d the mean of m_f over the tied deaths and g_d
 * the part Σ_f f dΛ_f m_f that a death is spared.
 */
import type { CoxData } from './coxData.js'
import { cumulativeHazard, type RiskSums, type TieWeights } from './partialLikelihood.js'

/** Event-time means: `death` is x̄_d, `hazard` is Σ_f dΛ_f m_f, `spared` is Σ_f f dΛ_f m_f; each event times × parameters. */
export interface RiskMeans {
  readonly death: Float64Array
  readonly hazard: Float64Array
  readonly spared: Float64Array
}

/** Means over risk sets at each event time, of centred covariates. */
export function riskMeans(data: CoxData, { sums, deathSums }: RiskSums, ties: TieWeights): RiskMeans {
  const { parameters: p, stride, tiedSlot, risk } = data
  const times = risk.times.length
  const [death, hazard, spared] = [new Float64Array(times * p), new Float64Array(times * p), new Float64Array(times * p)]
  for (let k = 0; k < times; k++) {
    const [c0, c1, c2] = [ties.second[k]!, ties.secondCross[k]!, ties.secondDeaths[k]!]
    const [a, b] = [ties.hazard[k]!, ties.deathHazard[k]!]
    const slot = tiedSlot[k]!
    // Σ_f 1/(S₀ − fE₀) is a over the mean death weight; the mean over deaths divides by their total weight.
    const total = data.deathWeight[k]!
    for (let j = 0; j < p; j++) {
      const s = sums[k * stride + j]!
      const e = slot < 0 ? 0 : deathSums[slot * stride + j]!
      death[k * p + j] = (a * s - b * e) / total
      hazard[k * p + j] = c0 * s - c1 * e
      spared[k * p + j] = c1 * s - c2 * e
    }
  }
  return { death, hazard, spared }
}

/** Weighted score residuals, rows × parameters row-major. */
export function scoreResiduals(data: CoxData, sums: RiskSums, ties: TieWeights): Float64Array {
  const { rows, parameters: p, stride, packed, risk, event, weights } = data
  const means = riskMeans(data, sums, ties)
  const hazard = cumulativeHazard(risk, ties.hazard)
  for (let s = 0; s < risk.strata; s++) {
    for (let at = (risk.offsets[s]! + 1) * p; at < risk.offsets[s + 1]! * p; at++) means.hazard[at]! += means.hazard[at - p]!
  }
  const scores = new Float64Array(rows * p)
  for (let i = 0; i < rows; i++) {
    const last = risk.last[i]!
    if (last < 0) continue
    const before = risk.before[i]!
    const r = sums.risk[i]!
    const died = event[i] === 1
    const h = hazard[last]! - (before < 0 ? 0 : hazard[before]!) - (died ? ties.deathHazard[last]! : 0)
    const weight = died ? weights?.[i] ?? 1 : 0
    for (let j = 0; j < p; j++) {
      const x = packed[i * stride + j]!
      let g = means.hazard[last * p + j]!
      if (before >= 0) g -= means.hazard[before * p + j]!
      if (died) g -= means.spared[last * p + j]!
      scores[i * p + j] = r * (g - x * h)
      if (died) scores[i * p + j]! += weight * (x - means.death[last * p + j]!)
    }
  }
  return scores
}
