/**
 * The frailty part of the information: with η = x'β + ω_g the second derivatives of the partial likelihood in ω_g, and in ω_g with β.
 * A group's rows may follow one another or run side by side; its share of each risk set is a step function of the event time, so that
 * integrals over event times are sums over its steps of differences of running sums. Derivatives between two groups are left out, as in
 * the sparse computation of `survival::coxph`: the score is exact, the information is the one R reports.
 */
import type { GroupedRows } from '../conditionalLikelihood.js'
import type { CoxData } from './coxData.js'
import { firstTimes } from './riskSets.js'
import { runningSums, type RiskMeans, type RiskSums, type TieWeights } from './partialLikelihood.js'
import { riskMeans } from './scoreResiduals.js'

/** Per group: score Σ (δ − r h), information of ω_g, and information of ω_g with β (groups × parameters). */
export interface FrailtyBlock {
  readonly score: Float64Array
  /** Σ r h: expected events given the frailty. */
  readonly expected: Float64Array
  readonly information: Float64Array
  readonly cross: Float64Array
}

/** Running sums over all event times, strata one after the other; element k is the sum before event time k. */
interface SumsBefore {
  readonly second: Float64Array
  /** Event times + 1, × parameters: Σ_f dΛ m. */
  readonly means: Float64Array
}

/** Score and sparse information of the frailties at the sums of the kernel. */
export function frailtyBlock(data: CoxData, sums: RiskSums, ties: TieWeights, groups: GroupedRows): FrailtyBlock {
  const { parameters: p, packed, stride, event, risk } = data
  const means = riskMeans(data, sums, ties)
  const running = sumsBefore(ties, means, p)
  const count = groups.start.length - 1
  const block = { score: new Float64Array(count), expected: new Float64Array(count), information: new Float64Array(count), cross: new Float64Array(count * p) }
  const from = firstTimes(risk)
  const cumulative = runningSums(risk, ties.hazard)
  for (let g = 0; g < count; g++) {
    const rows = groups.order.subarray(groups.start[g]!, groups.start[g + 1]!).filter((i) => risk.last[i]! >= 0)
    for (const i of rows) {
      const last = risk.last[i]!
      const died = event[i] === 1
      const hazard = cumulative[last]! - (risk.before[i]! < 0 ? 0 : cumulative[risk.before[i]!]!) - (died ? ties.deathHazard[last]! : 0)
      const expected = sums.risk[i]! * hazard
      block.score[g]! += (died ? 1 : 0) - expected
      block.expected[g]! += expected
      for (let j = 0; j < p; j++) block.cross[g * p + j]! += expected * packed[i * stride + j]!
    }
    block.information[g]! += block.expected[g]!
    subtractSteps(g, rows, from, data, sums, running, block)
    if (data.tiedCount > 0) correctTied(g, rows, from, data, sums, ties, means, block)
  }
  return block
}

function sumsBefore(ties: TieWeights, means: RiskMeans, p: number): SumsBefore {
  const times = ties.hazard.length
  const [second, running] = [new Float64Array(times + 1), new Float64Array((times + 1) * p)]
  for (let k = 0; k < times; k++) {
    second[k + 1] = second[k]! + ties.second[k]!
    for (let j = 0; j < p; j++) running[(k + 1) * p + j] = running[k * p + j]! + means.hazard[k * p + j]!
  }
  return { second, means: running }
}

/** Takes away Σ_t c₀ S_g² and Σ_t S_g Σ_f dΛ m, step by step of S_g. */
function subtractSteps(g: number, rows: Int32Array, from: Int32Array, { parameters: p, risk }: CoxData, sums: RiskSums, running: SumsBefore, block: FrailtyBlock): void {
  const changes = [...rows].flatMap((i) => [{ at: from[i]!, by: sums.risk[i]! }, { at: risk.last[i]! + 1, by: -sums.risk[i]! }]).sort((a, b) => a.at - b.at)
  let share = 0
  changes.forEach(({ at, by }, c) => {
    share = c + 1 === changes.length ? 0 : share + by
    const next = changes[c + 1]?.at ?? at
    if (next === at || share === 0) return
    block.information[g]! -= share * share * (running.second[next]! - running.second[at]!)
    for (let j = 0; j < p; j++) block.cross[g * p + j]! -= share * (running.means[next * p + j]! - running.means[at * p + j]!)
  })
}

/** Efron: adds back what tied deaths of the group are spared, 2c₁ S_g E_g − c₂ E_g² and E_g Σ_f f dΛ m. */
function correctTied(g: number, rows: Int32Array, from: Int32Array, { parameters: p, event, risk, tiedSlot }: CoxData, sums: RiskSums, ties: TieWeights, means: RiskMeans,
  block: FrailtyBlock): void {
  const dying = new Map<number, number>()
  for (const i of rows) {
    const k = risk.last[i]!
    if (event[i] === 1 && tiedSlot[k]! >= 0) dying.set(k, (dying.get(k) ?? 0) + sums.risk[i]!)
  }
  for (const [k, own] of dying) {
    let share = 0
    for (const i of rows) if (from[i]! <= k && k <= risk.last[i]!) share += sums.risk[i]!
    block.information[g]! += 2 * ties.secondCross[k]! * share * own - ties.secondDeaths[k]! * own * own
    for (let j = 0; j < p; j++) block.cross[g * p + j]! += own * means.spared[k * p + j]!
  }
}
