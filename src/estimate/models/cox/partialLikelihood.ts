/**
 * Cox partial likelihood, its gradient and information, for start–stop rows with strata, case weights, offsets and tied events.
 *
 * With r_i = w_i exp(x_i'β + o_i), risk-set sums S(t) = Σ_{i at risk} r_i (1, x_i), sums over the d deaths of a time
 * E(t) = Σ_{deaths} r_i (1, x_i), mean death weight w̄ and f = 0, 1/d, …, (d−1)/d (Efron; f = 0 throughout for Breslow):
 *
 *   ℓ = Σ_deaths w η − Σ_t w̄ Σ_f ln(S₀ − f E₀)
 *
 * Nothing is sorted by row. With increments a = w̄ Σ_f 1/(S₀ − fE₀), b = w̄ Σ_f f/(S₀ − fE₀), row i has hazard h_i = Σ_{its times} a
 * − b(its own death), and
 *
 *   ∂ℓ = Σ x_i (w_i δ_i − r_i h_i),   −∂²ℓ = X' diag(r h) X − Σ_t [c₀ S₁S₁' − c₁ (S₁E₁' + E₁S₁') + c₂ E₁E₁'],
 *
 * c_l = w̄ Σ_f f^l/(S₀ − fE₀)². One pass scatters ±r(1, x) to the ends of each row's range of event times, a suffix sum makes S,
 * and a second pass takes the weighted cross-product. Efron (1977); weights and ties as in R survival (Therneau and
 * Grambsch 2000, section 3.3). Checked against a double loop over risk sets and against `survival::coxph`.
 */
import type { Evaluation } from '../../../numerics/newton.js'
import type { CoxData } from './coxData.js'
import type { RiskSets } from './riskSets.js'

/**
 * Sums at one β. `risk` has one r_i per row; `sums` is event times × stride: (S₁, S₀); `deathSums` is tied slots × stride: (E₁, E₀).
 */
export interface RiskSums {
  readonly risk: Float64Array
  readonly sums: Float64Array
  readonly deathSums: Float64Array
}

/** Per event time: hazard increments a and b, and the second-order weights c₀, c₁, c₂. */
export interface TieWeights {
  readonly hazard: Float64Array
  readonly deathHazard: Float64Array
  readonly second: Float64Array
  readonly secondCross: Float64Array
  readonly secondDeaths: Float64Array
}

/** `information` is parameters × parameters row-major; `scale` is what its diagonal was subtracted from. */
export interface CoxEvaluation extends Evaluation {
  readonly scale: Float64Array
  readonly tieWeights: TieWeights
}

/** Event-time means: `death` is x̄ over tied deaths, `hazard` is Σ_f dΛ_f m_f, `spared` Σ_f f dΛ_f m_f; each event times × parameters. */
export interface RiskMeans {
  readonly death: Float64Array
  readonly hazard: Float64Array
  readonly spared: Float64Array
}

/** The passes over rows; `plainKernel.ts` states them, `wasmKernel.ts` has the same in WebAssembly. */
export interface CoxKernel {
  /** r_i and the sums over risk sets and tied deaths at β; `riskSums` holds them until the next call. */
  readonly riskSums: RiskSums
  /** The offset `sumRisk` adds, where the data have one; may be overwritten between calls. */
  readonly offset?: Float64Array
  sumRisk(beta: Float64Array): void
  /** Σ_i r_i h_i z_i z_i' over packed rows, stride × stride row-major, lower triangle; `hazard` and `deathHazard` are the increments a and b. */
  rowProducts(hazard: Float64Array, deathHazard: Float64Array): Float64Array
  /** Σ_t c₀ z_t z_t' over the sums of risk sets, stride × stride row-major, lower triangle. */
  sumProducts(second: Float64Array): Float64Array
  /** Weighted score residuals, rows × parameters (see `scoreResiduals.ts`). */
  scoreRows(hazard: Float64Array, deathHazard: Float64Array, means: RiskMeans): Float64Array
}

/** Value, gradient and information at β, with the tie weights they were made from. */
export function evaluate(data: CoxData, kernel: CoxKernel, beta: Float64Array): CoxEvaluation {
  kernel.sumRisk(beta)
  const tieWeights = newTieWeights(data.risk.times.length)
  const value = eventPart(data, kernel, beta) - fillTieWeights(data, kernel.riskSums, tieWeights)
  return { value, ...derivatives(data, kernel, tieWeights), tieWeights }
}

/**
 * Gradient and information from the sums the kernel holds. With tie weights multiplied by a function of the event time it gives
 * the information weighted by that function (the gradient then lacks its first part).
 */
export function derivatives(data: CoxData, kernel: CoxKernel, ties: TieWeights): Pick<CoxEvaluation, 'gradient' | 'information' | 'scale'> {
  const { parameters: p, stride } = data
  const rows = kernel.rowProducts(ties.hazard, ties.deathHazard)
  const times = kernel.sumProducts(ties.second)
  const tied = tiedProducts(data, kernel.riskSums, ties)
  const gradient = new Float64Array(p)
  const information = new Float64Array(p * p)
  const scale = Float64Array.from({ length: p }, (_, a) => rows[a * stride + a]!)
  for (let a = 0; a < p; a++) {
    gradient[a] = data.eventTotal[a]! - rows[p * stride + a]!
    for (let b = 0; b <= a; b++) {
      const value = rows[a * stride + b]! - times[a * stride + b]! + tied[a * p + b]!
      information[a * p + b] = value
      information[b * p + a] = value
    }
  }
  return { gradient, information, scale }
}

/** Running sums of increments within each stratum, the event time itself included; `width` numbers an event time. */
export function runningSums(risk: RiskSets, increments: Float64Array, width = 1): Float64Array {
  const sums = increments.slice()
  for (let s = 0; s < risk.strata; s++) {
    for (let at = (risk.offsets[s]! + 1) * width; at < risk.offsets[s + 1]! * width; at++) sums[at]! += sums[at - width]!
  }
  return sums
}

/** Fills the tie weights from the sums; returns Σ_t w̄ Σ_f ln(S₀ − fE₀). */
function fillTieWeights(data: CoxData, { sums, deathSums }: RiskSums, ties: TieWeights): number {
  const { risk, stride, parameters: p, tiedSlot, deathWeight } = data
  let total = 0
  for (let k = 0; k < risk.times.length; k++) {
    const atRisk = sums[k * stride + p]!
    const slot = tiedSlot[k]!
    if (slot < 0) {
      const weight = deathWeight[k]!
      ties.hazard[k] = weight / atRisk
      ties.second[k] = weight / (atRisk * atRisk)
      ties.deathHazard[k] = ties.secondCross[k] = ties.secondDeaths[k] = 0
      total += weight * Math.log(atRisk)
    } else {
      total += tiedTime(k, risk.deaths[k]!, deathWeight[k]!, atRisk, deathSums[slot * stride + p]!, ties)
    }
  }
  return total
}

/** Efron's d terms of one event time. */
function tiedTime(k: number, deaths: number, weight: number, atRisk: number, dying: number, ties: TieWeights): number {
  const meanWeight = weight / deaths
  let [logs, product, a, b, c0, c1, c2] = [0, 1, 0, 0, 0, 0, 0]
  for (let j = 0; j < deaths; j++) {
    const fraction = j / deaths
    const left = atRisk - fraction * dying
    const inverse = 1 / left
    const square = inverse * inverse
    // One logarithm for many deaths.
    product *= left
    if (!(product < 1e100 && product > 1e-100)) {
      logs += Math.log(product)
      product = 1
    }
    a += inverse
    b += fraction * inverse
    c0 += square
    c1 += fraction * square
    c2 += fraction * fraction * square
  }
  ties.hazard[k] = meanWeight * a
  ties.deathHazard[k] = meanWeight * b
  ties.second[k] = meanWeight * c0
  ties.secondCross[k] = meanWeight * c1
  ties.secondDeaths[k] = meanWeight * c2
  return meanWeight * (logs + Math.log(product))
}

/** Σ_t c₁ (S₁E₁' + E₁S₁') − c₂ E₁E₁' over tied event times, parameters × parameters, lower triangle. */
function tiedProducts(data: CoxData, { sums, deathSums }: RiskSums, ties: TieWeights): Float64Array {
  const { parameters: p, stride, tiedSlot } = data
  const products = new Float64Array(p * p)
  if (data.tiedCount === 0) return products
  for (let k = 0; k < tiedSlot.length; k++) {
    if (tiedSlot[k]! < 0) continue
    const s = k * stride
    const e = tiedSlot[k]! * stride
    const cross = ties.secondCross[k]!
    const deaths = ties.secondDeaths[k]!
    for (let a = 0; a < p; a++) {
      const left = cross * deathSums[e + a]!
      const right = cross * sums[s + a]! - deaths * deathSums[e + a]!
      for (let b = 0; b <= a; b++) products[a * p + b]! += left * sums[s + b]! + right * deathSums[e + b]!
    }
  }
  return products
}

/** Σ w η over event rows. */
function eventPart({ parameters, eventTotal, risk, weights }: CoxData, { offset }: CoxKernel, beta: Float64Array): number {
  let total = 0
  for (let j = 0; j < parameters; j++) total += eventTotal[j]! * beta[j]!
  if (offset !== undefined) for (const i of risk.eventRows) total += (weights?.[i] ?? 1) * offset[i]!
  return total
}

function newTieWeights(times: number): TieWeights {
  const column = () => new Float64Array(times)
  return { hazard: column(), deathHazard: column(), second: column(), secondCross: column(), secondDeaths: column() }
}
