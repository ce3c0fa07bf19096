/**
 * From shares, links and elasticities to the supplier problem of every buyer of a sample (docs/japan.md, suppliers re-solved): maximise
 * Π Θ_k^{e_k} − Σ f, Θ_k = Φ_0k + Σ Φ, in units in which today's Θ_k and variable profit are one. What is bought abroad, at home and
 * made in house splits today's Θ_k:
 *
 *     Φ_for = χ_for,     Φ_0 = (1 − χ_for)(1 − s),     Σ_j Φ_j = (1 − χ_for) s over the buyer's suppliers,   Φ_j ∝ d_j^{−η}
 *
 * s the share of purchases at home from suppliers that are known by name. Fixed costs follow from the links there are. A link says
 * that its fixed cost is below what it earns, Θ^e − (Θ − Φ)^e, and with ln f = ln f̄ − κ ε, ε logistic and links rare,
 *
 *     f_j = (what j earns) × u_j^κ,     u_j uniform on (0, 1).
 *
 * The pairs that just do not pay lie where links lie, as often as their odds say: for each link further candidates of its potential and
 * distance at u = the points above one of a Poisson process of rate one. If what candidates earn grows by a factor G their expected
 * number becomes G^{1/κ} times the links there are: the odds of the link logit. Foreign sources have u uniform and a dispersion of
 * their own, given that today's sets are the best (`counterfactual/supplierDraws`). Base and scenarios, and all draws, share the u.
 *
 * Checked in test/calibrate/supplierSets.test.ts: today's sets solve the calibrated problem, and links move with the odds.
 */
import { randomStream } from '../numerics/random.js'
import type { SupplierCandidates } from '../sourcing/records.js'

/** Buyers with their inputs and links, one after the other. */
export interface SupplierSample {
  /** Inputs of buyer n: rows [firstInput[n], firstInput[n + 1]). */
  readonly firstInput: Int32Array
  /** What a buyer stands for, and its sales. */
  readonly weight: Float64Array
  readonly sales: Float64Array
  /** What its shocks are drawn by, so that a buyer has the same in any sample; by default its place. */
  readonly number?: Int32Array
  /** By input: code of the industry, χ_for, and how far the potential of its foreign sources has grown, per unit of ρ. */
  readonly industry: Int32Array
  readonly foreign: Float64Array
  readonly supply: Float64Array
  /** Links of row r: [firstLink[r], firstLink[r + 1]), with ln km. */
  readonly firstLink: Int32Array
  readonly logKm: Float64Array
}

/** By code of the industry, and ρ. */
export interface SupplierElasticities {
  readonly exponent: Float64Array
  /** κ. */
  readonly dispersion: Float64Array
  /** η and ψ: elasticities of potential (falling) and fixed costs (rising) to distance. */
  readonly potential: Float64Array
  readonly fixed: Float64Array
  /** ρ: elasticity of foreign potential to export supply. */
  readonly response: number
}

/** What shares and links do not say. */
export interface SupplierAssumptions {
  /** s, by code of the industry. */
  readonly listed: Float64Array
  /** η as a share of η + ψ, for industries whose links have no values. */
  readonly potentialShare: number
  /** Dispersion of ln fixed costs of foreign sources, as κ. */
  readonly foreignDispersion: number
}

/** Positions of coefficients in a drawn vector, by code of the industry; −1 where there is none. */
export interface SupplierCoefficients {
  /** e_k. */
  readonly exponent: Int32Array
  /** 1/κ and −(η + ψ)/κ. */
  readonly size: Int32Array
  readonly km: Int32Array
  /** −η, from values of links. */
  readonly value: Int32Array
  /** ρ. */
  readonly response: number
}

/**
 * Returns the elasticities that a vector of coefficients implies, or why it is inadmissible. An industry without an estimate has
 * e = κ = 1 and does not react to distance.
 */
export function supplierElasticities(at: SupplierCoefficients, b: Float64Array, { potentialShare }: SupplierAssumptions): SupplierElasticities | string {
  const read = (places: Int32Array, missing: number): Float64Array => Float64Array.from(places, (place) => (place < 0 ? missing : b[place]!))
  const [exponent, size, km] = [read(at.exponent, 1), read(at.size, 1), read(at.km, 0)]
  if (exponent.some((e) => !(e > 0))) return 'an e not above zero'
  if (size.some((s) => !(s > 0))) return 'a κ not above zero'
  const distance = km.map((slope, k) => -slope / size[k]!)
  const potential = distance.map((sum, k) => (at.value[k]! < 0 ? potentialShare * sum : -b[at.value[k]!]!))
  return {
    exponent, dispersion: size.map((s) => 1 / s), potential, fixed: distance.map((sum, k) => sum - potential[k]!),
    response: at.response < 0 ? 0 : b[at.response]!,
  }
}

/** How far up the odds of a link are followed: candidates are drawn to where they would be this many times as high. */
export const supplierHorizon = 4

/** u of links, of the candidates beside them and of foreign sources. */
export interface SupplierShocks {
  readonly link: Float64Array
  /** Candidates beside link j: [firstNear[j], firstNear[j + 1]) of `near`, each in (1, horizon). */
  readonly firstNear: Int32Array
  readonly near: Float64Array
  /** By input. */
  readonly foreign: Float64Array
}

/** Returns the shocks of a sample, buyer by buyer from their own streams. */
export function supplierShocks({ firstInput, firstLink, foreign, number }: SupplierSample, seed: number): SupplierShocks {
  const links = firstLink.at(-1)!
  const [link, firstNear, abroad] = [new Float64Array(links), new Int32Array(links + 1), new Float64Array(foreign.length)]
  const near: number[] = []
  for (let n = 0; n + 1 < firstInput.length; n++) {
    const stream = randomStream(seed, 'supplier shocks', number ? number[n]! : n)
    for (let row = firstInput[n]!; row < firstInput[n + 1]!; row++) {
      abroad[row] = stream.uniform()
      for (let j = firstLink[row]!; j < firstLink[row + 1]!; j++) {
        link[j] = stream.uniform()
        for (let u = 1 + stream.exponential(); u < supplierHorizon; u += stream.exponential()) near.push(u)
        firstNear[j + 1] = near.length
      }
    }
  }
  return { link, firstNear, near: Float64Array.from(near), foreign: abroad }
}

/** The problem of one buyer; arrays are as long as the largest buyer needs and used again. Slot k is input k of the buyer. */
export interface BuyerProblem {
  slots: number
  readonly candidates: SupplierCandidates
  readonly exponents: Float64Array
  /** Φ_0 by slot. */
  readonly bases: Float64Array
  /** Link of a candidate, −1 for a foreign source; 1 where it is the link itself. */
  readonly link: Int32Array
  readonly linked: Uint8Array
}

/** Room for any buyer of the sample. */
export function buyerRoom({ firstInput, firstLink }: SupplierSample, { firstNear }: SupplierShocks): BuyerProblem {
  let [slots, room] = [0, 0]
  for (let n = 0; n + 1 < firstInput.length; n++) {
    const [from, to] = [firstLink[firstInput[n]!]!, firstLink[firstInput[n + 1]!]!]
    slots = Math.max(slots, firstInput[n + 1]! - firstInput[n]!)
    room = Math.max(room, firstInput[n + 1]! - firstInput[n]! + to - from + firstNear[to]! - firstNear[from]!)
  }
  return {
    slots: 0, candidates: { start: new Int32Array(slots + 1), potential: new Float64Array(room), cost: new Float64Array(room) },
    exponents: new Float64Array(slots), bases: new Float64Array(slots), link: new Int32Array(room), linked: new Uint8Array(room),
  }
}

/** Fills `into` with the problem of buyer n as it is today. */
export function calibrateBuyer(
  sample: SupplierSample, shocks: SupplierShocks, n: number, by: SupplierElasticities, { listed, foreignDispersion }: SupplierAssumptions, into: BuyerProblem,
): void {
  const { firstInput, firstLink, industry, foreign, logKm } = sample
  const { candidates: { start, potential, cost }, exponents, bases, link, linked } = into
  const from = firstInput[n]!
  into.slots = firstInput[n + 1]! - from
  let next = 0
  const add = (phi: number, fixed: number, j: number, is: 0 | 1): void => {
    potential[next] = phi
    cost[next] = fixed
    link[next] = j
    linked[next++] = is
  }
  for (let slot = 0; slot < into.slots; slot++) {
    const row = from + slot
    const k = industry[row]!
    const [e, kappa, eta] = [by.exponent[k]!, by.dispersion[k]!, by.potential[k]!]
    const [first, end] = [firstLink[row]!, firstLink[row + 1]!]
    const abroad = foreign[row]!
    const fromSuppliers = end > first ? (1 - abroad) * listed[k]! : 0
    exponents[slot] = e
    bases[slot] = 1 - abroad - fromSuppliers
    start[slot] = next
    if (abroad > 0) add(abroad, (1 - (1 - abroad) ** e) * shocks.foreign[row]! ** foreignDispersion, -1, 1)
    let all = 0
    for (let j = first; j < end; j++) all += Math.exp(-eta * logKm[j]!)
    for (let j = first; j < end; j++) {
      const phi = (fromSuppliers * Math.exp(-eta * logKm[j]!)) / all
      const [earns, wouldEarn] = [-Math.expm1(e * Math.log1p(-phi)), Math.expm1(e * Math.log1p(phi))]
      add(phi, earns * shocks.link[j]! ** kappa, j, 1)
      for (let near = shocks.firstNear[j]!; near < shocks.firstNear[j + 1]!; near++) add(phi, wouldEarn * shocks.near[near]! ** kappa, j, 0)
    }
  }
  start[into.slots] = next
}
