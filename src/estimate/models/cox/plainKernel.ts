/**
 * The two passes over rows of the Cox partial likelihood in plain TypeScript: the statement of the algorithm (see
 * `partialLikelihood.ts`) and the fallback where WebAssembly does not fit. A test holds both together.
 */
import type { CoxData } from './coxData.js'
import { runningSums, type CoxKernel, type RiskMeans, type RiskSums } from './partialLikelihood.js'
import type { RiskSets } from './riskSets.js'

/** The same two passes in plain TypeScript: the statement of the algorithm and the fallback. */
export function plainKernel(data: CoxData): CoxKernel {
  const { rows, stride, packed, risk } = data
  const times = risk.times.length
  const riskSums = {
    risk: new Float64Array(rows), sums: new Float64Array(times * stride), deathSums: new Float64Array(data.tiedCount * stride),
  }
  const coefficients = new Float64Array(rows)
  return {
    riskSums,
    offset: data.offset,
    sumRisk(beta) {
      riskOfRows(data, beta, riskSums.risk)
      scatterRisk(data, riskSums)
      scatterDeaths(data, riskSums)
      suffixSums(risk, stride, riskSums.sums)
    },
    rowProducts(hazard, deathHazard) {
      rowCoefficients(data, riskSums.risk, runningSums(risk, hazard), deathHazard, coefficients)
      return weightedProducts(packed, coefficients, stride)
    },
    sumProducts: (second) => weightedProducts(riskSums.sums, second, stride),
    scoreRows(hazard, deathHazard, means) {
      const [cumulative, meanSums] = [runningSums(risk, hazard), runningSums(risk, means.hazard, data.parameters)]
      return scoreRows(data, riskSums.risk, deathHazard, means, (_row, last, before, mean) => {
        for (let j = 0; j < mean.length; j++) mean[j] = meanSums[last * mean.length + j]! - (before < 0 ? 0 : meanSums[before * mean.length + j]!)
        return cumulative[last]! - (before < 0 ? 0 : cumulative[before]!)
      })
    },
  }
}

/** r_i = w_i exp(x_i'β + o_i). */
export function riskOfRows({ rows, parameters, stride, packed, weights, offset }: CoxData, beta: Float64Array, risk: Float64Array): void {
  for (let i = 0; i < rows; i++) {
    let eta = offset === undefined ? 0 : offset[i]!
    for (let j = 0, at = i * stride; j < parameters; j++) eta += packed[at + j]! * beta[j]!
    risk[i] = weights === undefined ? Math.exp(eta) : weights[i]! * Math.exp(eta)
  }
}

/** Adds r z at the last event time of each row, takes it away before its first. */
function scatterRisk({ rows, stride, packed, risk }: CoxData, { risk: r, sums }: RiskSums): void {
  sums.fill(0)
  for (let i = 0; i < rows; i++) {
    if (risk.last[i]! < 0) continue
    addScaled(sums, risk.last[i]! * stride, packed, i * stride, stride, r[i]!)
    if (risk.before[i]! >= 0) addScaled(sums, risk.before[i]! * stride, packed, i * stride, stride, -r[i]!)
  }
}

/** Sums over tied deaths. */
export function scatterDeaths({ stride, packed, risk, tiedSlot }: CoxData, { risk: r, deathSums }: RiskSums): void {
  deathSums.fill(0)
  for (const i of risk.eventRows) {
    const slot = tiedSlot[risk.last[i]!]!
    if (slot >= 0) addScaled(deathSums, slot * stride, packed, i * stride, stride, r[i]!)
  }
}

export function addScaled(target: Float64Array, to: number, source: Float64Array, from: number, length: number, scale: number): void {
  for (let j = 0; j < length; j++) target[to + j]! += scale * source[from + j]!
}

/** Sums from the last event time of each stratum down to its first. */
export function suffixSums(risk: RiskSets, stride: number, sums: Float64Array): void {
  for (let s = 0; s < risk.strata; s++) {
    for (let at = (risk.offsets[s + 1]! - 1) * stride - 1; at >= risk.offsets[s]! * stride; at--) sums[at]! += sums[at + stride]!
  }
}

/** r_i h_i, 0 for rows never at risk. */
function rowCoefficients({ rows, risk, event }: CoxData, r: Float64Array, cumulative: Float64Array, deathHazard: Float64Array,
  out: Float64Array): void {
  for (let i = 0; i < rows; i++) {
    const last = risk.last[i]!
    const before = risk.before[i]!
    let hazard = last < 0 ? 0 : cumulative[last]!
    if (before >= 0) hazard -= cumulative[before]!
    if (event[i] === 1) hazard -= deathHazard[last]!
    out[i] = r[i]! * hazard
  }
}

/** Σ c_i z_i z_i', lower triangle of a stride × stride matrix, summed in chunks of rows. */
export function weightedProducts(matrix: Float64Array, coefficients: Float64Array, stride: number): Float64Array {
  const total = new Float64Array(stride * stride)
  const chunk = 4096
  for (let from = 0; from < coefficients.length; from += chunk) {
    const part = new Float64Array(stride * stride)
    for (let i = from; i < Math.min(coefficients.length, from + chunk); i++) {
      for (let a = 0, at = i * stride; a < stride; a++) {
        const scaled = coefficients[i]! * matrix[at + a]!
        for (let b = 0; b <= a; b++) part[a * stride + b]! += scaled * matrix[at + b]!
      }
    }
    for (let e = 0; e < total.length; e++) total[e]! += part[e]!
  }
  return total
}

/**
 * u_i = w_i δ_i (x_i − x̄) − r_i [x_i h_i − g_i + δ_i g_spared]. `over` gives a row's Σ a over its event times and fills `mean` with its g_i.
 */
export function scoreRows(data: CoxData, r: Float64Array, deathHazard: Float64Array, means: RiskMeans,
  over: (row: number, last: number, before: number, mean: Float64Array) => number): Float64Array {
  const { rows, parameters: p, stride, packed, risk, event, weights } = data
  const scores = new Float64Array(rows * p)
  const mean = new Float64Array(p)
  for (let i = 0; i < rows; i++) {
    const last = risk.last[i]!
    if (last < 0) continue
    const died = event[i] === 1
    const h = over(i, last, risk.before[i]!, mean) - (died ? deathHazard[last]! : 0)
    const weight = weights?.[i] ?? 1
    for (let j = 0; j < p; j++) {
      const x = packed[i * stride + j]!
      const g = mean[j]! - (died ? means.spared[last * p + j]! : 0)
      scores[i * p + j] = r[i]! * (g - x * h)
      if (died) scores[i * p + j]! += weight * (x - means.death[last * p + j]!)
    }
  }
  return scores
}
