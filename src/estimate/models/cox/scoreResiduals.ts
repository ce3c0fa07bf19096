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
import type { CoxKernel, RiskMeans, RiskSums, TieWeights } from './partialLikelihood.js'
import type { CoxData } from './coxData.js'

/** Weighted score residuals at the kernel's coefficients, rows × parameters row-major. */
export function scoreResiduals(data: CoxData, kernel: CoxKernel, ties: TieWeights): Float64Array {
  return kernel.scoreRows(ties.hazard, ties.deathHazard, riskMeans(data, kernel.riskSums, ties))
}

/** Means of centred covariates over risk sets at each event time. */
export function riskMeans(data: CoxData, { sums, deathSums }: RiskSums, ties: TieWeights): RiskMeans {
  const { parameters: p, stride, tiedSlot, deathWeight } = data
  const times = tiedSlot.length
  const [death, hazard, spared] = [new Float64Array(times * p), new Float64Array(times * p), new Float64Array(times * p)]
  for (let k = 0; k < times; k++) {
    const [c0, c1, c2] = [ties.second[k]!, ties.secondCross[k]!, ties.secondDeaths[k]!]
    const [a, b] = [ties.hazard[k]!, ties.deathHazard[k]!]
    const slot = tiedSlot[k]!
    for (let j = 0; j < p; j++) {
      const s = sums[k * stride + j]!
      const e = slot < 0 ? 0 : deathSums[slot * stride + j]!
      // Σ_f 1/(S₀ − fE₀) is a over the mean death weight; the mean over deaths divides by their total weight.
      death[k * p + j] = (a * s - b * e) / deathWeight[k]!
      hazard[k * p + j] = c0 * s - c1 * e
      spared[k * p + j] = c1 * s - c2 * e
    }
  }
  return { death, hazard, spared }
}
