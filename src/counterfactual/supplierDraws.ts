/**
 * Suppliers of many buyers under scenarios, over draws of the estimated coefficients: each draw calibrates every buyer's problem
 * (`calibrate/supplierSets`), solves it as it is and under each scenario with the same shocks, exactly, and adds up what changed over the
 * buyers. Beside it stands the closed form, which is the limit of suppliers that are small beside Θ and of foreign sources that stay:
 *
 *     Θ̂_k = 1 − χ_for + χ_for Φ̂_for,     r̂ = Π Θ̂_k^{e_k},
 *     links of k × (d^{(η̂+ψ̂)} Θ̂_k^{e_k − 1} Π_{l≠k} Θ̂_l^{e_l})^{1/κ}.
 *
 * Where the sample is of more buyers than it holds, every draw weighs them anew (`buyerSampling`), base and scenarios alike, so that intervals
 * over draws have what sampling adds. A pure function of the range of draws: results are the same for any number of workers. Checked in test/counterfactual/suppliers.test.ts.
 */
import { parameterDraws, type ParameterDistribution } from '../calibrate/draws.js'
import {
  buyerRoom, calibrateBuyer, supplierElasticities, supplierHorizon, supplierShocks,
  type BuyerProblem, type SupplierAssumptions, type SupplierCoefficients, type SupplierElasticities, type SupplierSample, type SupplierShocks,
} from '../calibrate/supplierSets.js'
import { randomStream } from '../numerics/random.js'
import { chooseSuppliers } from '../sourcing/suppliers/choose.js'
import { resampledWeights } from './buyerSampling.js'
import type { SupplierScenario } from './records.js'

export interface SupplierExperiment {
  readonly sample: SupplierSample
  readonly distribution: ParameterDistribution
  readonly coefficients: SupplierCoefficients
  readonly assumed: SupplierAssumptions
  /** 1 for industries that count as complements, by code; links are counted on either side. */
  readonly complements: Uint8Array
  readonly scenarios: readonly SupplierScenario[]
  readonly seed: number
  /** The weights are one over the share of buyers that is sampled, in the order of their sales: draws differ in which buyers they hold too. */
  readonly sampled?: boolean
}

/** Weighted sums over buyers; changes are against the plan of today. */
export interface SupplierTotals {
  /** Domestic links of substitutes and of complements. */
  readonly links: readonly [number, number]
  readonly added: number
  readonly dropped: number
  /** Σ ln km over links. */
  readonly logKm: number
  readonly revenue: number
  /** Σ sales × e_k Δ ln Θ_k, by code of the industry. */
  readonly through: Float64Array
  /** Inputs bought abroad; absent from the closed form. */
  readonly imported: number
}

export interface SupplierOutcome {
  readonly solved: SupplierTotals
  readonly closed: SupplierTotals
  /** Which suppliers leave and come, as a number for each buyer: equal numbers, equal changes. */
  readonly plans: Int32Array
  /** Buyers that would reach beyond the candidates drawn. */
  readonly beyond: number
}

/** What one draw gives: the plan of today and every scenario, or the reason it was discarded. */
export type SupplierDraw =
  | { readonly draw: number; readonly base: SupplierTotals; readonly scenarios: readonly SupplierOutcome[] }
  | { readonly draw: number; readonly discarded: string }

/**
 * Returns the outcomes of draws [from, to), where draw −1 is the estimate itself.
 *
 * @example
 * const outcomes = supplierOutcomes(experiment, 0, 200)
 */
export function supplierOutcomes(experiment: SupplierExperiment, from: number, to: number): SupplierDraw[] {
  const { distribution, coefficients, assumed, sample, seed, sampled = false } = experiment
  const draw = parameterDraws(distribution, seed)
  const shocks = supplierShocks(sample, seed)
  const work: Work = { ...experiment, weights: sample.weight, shocks, today: buyerRoom(sample, shocks), then: buyerRoom(sample, shocks), industries: coefficients.exponent.length }
  const estimated = supplierElasticities(coefficients, distribution.values, assumed)
  if (typeof estimated !== 'string') observeForeign(work, estimated)
  return Array.from({ length: to - from }, (_, i) => {
    const by = supplierElasticities(coefficients, from + i < 0 ? distribution.values : draw(from + i), assumed)
    if (typeof by === 'string') return { draw: from + i, discarded: by }
    const weights = sampled && from + i >= 0 ? resampledWeights(sample.weight, sample.sales, seed, from + i) : sample.weight
    return { draw: from + i, ...resolved({ ...work, weights }, by) }
  })
}

interface Work extends Omit<SupplierExperiment, 'distribution'> {
  /** Of the draw. */
  readonly weights: Float64Array
  readonly shocks: SupplierShocks
  readonly today: BuyerProblem
  readonly then: BuyerProblem
  readonly industries: number
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly [number, number] ? [number, number] : T[K] }

const noTotals = (industries: number): Mutable<SupplierTotals> =>
  ({ links: [0, 0], added: 0, dropped: 0, logKm: 0, revenue: 0, through: new Float64Array(industries), imported: 0 })

const attempts = 40

/**
 * Draws the shocks of foreign sources anew, buyer by buyer, until the best plan at the estimates is what is observed: where sources are complements,
 * each may pay given the others although all together do not.
 */
function observeForeign({ sample, shocks, assumed, today, seed }: Work, by: SupplierElasticities): void {
  const { firstInput, foreign, number } = sample
  const plan = planRoom(today)
  const isObserved = (n: number): boolean => {
    calibrateBuyer(sample, shocks, n, by, assumed, today)
    solve(today, plan)
    for (let c = 0; c < today.candidates.start[today.slots]!; c++) if (plan.taken[c] !== today.linked[c]) return false
    return true
  }
  for (let n = 0; n + 1 < firstInput.length; n++) {
    const [from, to] = [firstInput[n]!, firstInput[n + 1]!]
    if (!foreign.subarray(from, to).some((share) => share > 0)) continue
    for (let attempt = 0; attempt < attempts && !isObserved(n); attempt++) {
      const stream = randomStream(seed, 'foreign shocks', number ? number[n]! : n, attempt)
      for (let row = from; row < to; row++) shocks.foreign[row] = stream.uniform()
    }
  }
}

/** All buyers at one vector of elasticities. */
function resolved(work: Work, by: SupplierElasticities): { readonly base: SupplierTotals; readonly scenarios: readonly SupplierOutcome[] } {
  const { sample, shocks, assumed, scenarios, today, then, industries } = work
  const buyers = sample.firstInput.length - 1
  const base = noTotals(industries)
  const outcomes = scenarios.map(() => ({ solved: noTotals(industries), closed: noTotals(industries), plans: new Int32Array(buyers), beyond: 0 }))
  const before = planRoom(today)
  const after = planRoom(then)
  for (let n = 0; n < buyers; n++) {
    calibrateBuyer(sample, shocks, n, by, assumed, today)
    solve(today, before)
    addPlan(work, n, today, by, before, before, base)
    scenarios.forEach((scenario, s) => {
      const { solved, closed, plans } = outcomes[s]!
      underScenario(work, n, by, scenario)
      solve(then, after)
      plans[n] = addPlan(work, n, then, by, after, before, solved)
      addClosedForm(work, n, by, scenario, closed)
      if (reachesBeyond(work, n, by, scenario, after)) outcomes[s]!.beyond++
    })
  }
  return { base, scenarios: outcomes }
}

interface Plan {
  readonly taken: Uint8Array
  readonly capability: Float64Array
}

const planRoom = ({ link, bases }: BuyerProblem): Plan => ({ taken: new Uint8Array(link.length), capability: new Float64Array(bases.length) })

function solve({ slots, candidates, exponents, bases }: BuyerProblem, { taken, capability }: Plan): void {
  chooseSuppliers(1, exponents.subarray(0, slots), bases.subarray(0, slots), candidates, taken, capability)
}

/** `then` as `today` with the potentials and fixed costs of the scenario. */
function underScenario({ sample, today, then }: Work, n: number, by: SupplierElasticities, { supply = 0, distance = 0 }: SupplierScenario): void {
  const { start, potential, cost } = today.candidates
  then.slots = today.slots
  then.candidates.start.set(start)
  then.exponents.set(today.exponents)
  then.bases.set(today.bases)
  const end = start[today.slots]!
  then.link.set(today.link.subarray(0, end))
  then.linked.set(today.linked.subarray(0, end))
  for (let slot = 0; slot < today.slots; slot++) {
    const row = sample.firstInput[n]! + slot
    const k = sample.industry[row]!
    const [nearer, cheaper] = [distance * by.potential[k]!, distance * by.fixed[k]!]
    const abroad = Math.exp(-supply * by.response * sample.supply[row]!)
    for (let c = start[slot]!; c < start[slot + 1]!; c++) {
      const j = today.link[c]!
      then.candidates.potential[c] = potential[c]! * (j < 0 ? abroad : distance === 0 ? 1 : Math.exp(nearer * sample.logKm[j]!))
      then.candidates.cost[c] = cost[c]! * (j < 0 || distance === 0 ? 1 : Math.exp(-cheaper * sample.logKm[j]!))
    }
  }
}

/** Adds a plan of buyer n to totals; returns a number for the changes against the plan before. */
function addPlan(work: Work, n: number, problem: BuyerProblem, by: SupplierElasticities, plan: Plan, before: Plan, totals: Mutable<SupplierTotals>): number {
  const { sample, weights, complements } = work
  const weight = weights[n]!
  const { start } = problem.candidates
  let [growth, hash] = [0, 0]
  for (let slot = 0; slot < problem.slots; slot++) {
    const k = sample.industry[sample.firstInput[n]! + slot]!
    const side = complements[k]! === 1 ? 1 : 0
    for (let c = start[slot]!; c < start[slot + 1]!; c++) {
      const [was, is, j] = [before.taken[c]!, plan.taken[c]!, problem.link[c]!]
      if (was !== is) hash = (Math.imul(hash, 31) + (c + 1) * (is === 1 ? 2 : 1)) | 0
      if (j < 0) {
        totals.imported += weight * is
        continue
      }
      if (is > was) totals.added += weight
      if (was > is) totals.dropped += weight
      totals.links[side] += weight * is
      totals.logKm += weight * is * sample.logKm[j]!
    }
    const moved = by.exponent[k]! * Math.log(plan.capability[slot]! / before.capability[slot]!)
    growth += moved
    totals.through[k]! += weight * sample.sales[n]! * moved
  }
  totals.revenue += weight * sample.sales[n]! * Math.exp(growth)
  return hash
}

/** The small-location limit, at fixed foreign sources. */
function addClosedForm({ sample, weights, complements }: Work, n: number, by: SupplierElasticities, { supply = 0, distance = 0 }: SupplierScenario, totals: Mutable<SupplierTotals>): void {
  const { firstInput, firstLink, industry, foreign, logKm } = sample
  const weight = weights[n]!
  const rows = Array.from({ length: firstInput[n + 1]! - firstInput[n]! }, (_, slot) => firstInput[n]! + slot)
  const moved = rows.map((row) => Math.log1p(foreign[row]! * Math.expm1(-supply * by.response * sample.supply[row]!)))
  const growth = rows.reduce((sum, row, slot) => sum + by.exponent[industry[row]!]! * moved[slot]!, 0)
  rows.forEach((row, slot) => {
    const k = industry[row]!
    const side = complements[k]! === 1 ? 1 : 0
    for (let j = firstLink[row]!; j < firstLink[row + 1]!; j++) {
      const odds = Math.exp((growth - moved[slot]! + distance * (by.potential[k]! + by.fixed[k]!) * logKm[j]!) / by.dispersion[k]!)
      totals.links[side] += weight * odds
      totals.logKm += weight * odds * logKm[j]!
      totals[odds > 1 ? 'added' : 'dropped'] += weight * Math.abs(odds - 1)
    }
    totals.through[k]! += weight * sample.sales[n]! * by.exponent[k]! * moved[slot]!
    totals.imported += foreign[row]! > 0 ? weight : 0
  })
  totals.revenue += weight * sample.sales[n]! * Math.exp(growth)
}

/** Whether a candidate at the horizon would pay: then there are others behind it that were not drawn. */
function reachesBeyond({ sample, then, today }: Work, n: number, by: SupplierElasticities, { distance = 0 }: SupplierScenario, { capability }: Plan): boolean {
  const { start } = then.candidates
  const others = (slot: number): number => {
    let gain = 1
    for (let l = 0; l < then.slots; l++) if (l !== slot) gain *= capability[l]! ** then.exponents[l]!
    return gain
  }
  for (let slot = 0; slot < then.slots; slot++) {
    const k = sample.industry[sample.firstInput[n]! + slot]!
    const e = by.exponent[k]!
    const gain = others(slot)
    const far = supplierHorizon ** by.dispersion[k]!
    for (let c = start[slot]!; c < start[slot + 1]!; c++) {
      const j = then.link[c]!
      if (j < 0 || then.linked[c] === 0) continue
      const fixed = Math.expm1(e * Math.log1p(today.candidates.potential[c]!)) * far * (distance === 0 ? 1 : Math.exp(-distance * by.fixed[k]! * sample.logKm[j]!))
      if (gain * ((capability[slot]! + then.candidates.potential[c]!) ** e - capability[slot]! ** e) > fixed) return true
    }
  }
  return false
}
