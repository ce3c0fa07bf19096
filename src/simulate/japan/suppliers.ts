/**
 * Suppliers by industry and municipality with the weights by which buyers come upon them. With ε standard logistic a pair clears
 * its fixed cost with probability t/(1 + t),
 *
 *     t = [A_{−k} e_k Θ_k^{e_k−1} Φ_s / f̄(d)]^{1/κ} = reward_nk × place(o, m) × weight_s,
 *
 * a buyer's reward times a place's distance times a supplier's efficiency. So candidates are a Poisson process of intensity t over
 * all suppliers, thinned by [t/(1 + t)]/(1 − e^{−t}) after repeats are removed: exact, and as cheap as there are candidates.
 */
import { gazetteer } from './gazetteer.js'
import {
  fixedElasticity, industries, inputCount, potentialElasticity, supplierElasticity, supplierPotential, type Planted,
} from './parameters.js'
import { baseCapability, type Offshoring } from './offshoring.js'
import { firstAbove, type Firms } from './population.js'
import type { RandomStream } from '../../numerics/index.js'

export interface SupplierMap {
  /** Firms that supply, by industry, then municipality. */
  readonly supplier: Int32Array
  /** Running sum of weights over `supplier` within each industry and municipality. */
  readonly sums: Float64Array
  /** First supplier of industry and municipality, industry × municipality, and the end. */
  readonly start: Int32Array
  /** Running sum over municipalities of what a buyer there finds: origin × industry × municipality. */
  readonly reach: Float64Array
}

/** ln Φ_s of a supplier by its efficiency (`supplyEfficiency`) and distance; T_k is such that suppliers gain alike at any e_k. */
export function logPotential(planted: Planted, k: number, efficiency: number, logDistance: number): number {
  const { exponent } = planted.inputs[k]!
  return Math.log(supplierPotential / exponent) + supplierElasticity(planted, k) * efficiency - potentialElasticity(planted, k) * logDistance
}

/** ln f̄ without ψ₀ and noise. */
export function logFixedCost(planted: Planted, k: number, logDistance: number): number {
  return planted.fixedCost.differentiation * planted.inputs[k]!.differentiation + fixedElasticity(planted, k) * logDistance
}

/** ln t of a reward of one: the place's part at a distance. */
export function placeWeight(planted: Planted, k: number, logDistance: number): number {
  return (logPotential(planted, k, 0, logDistance) - logFixedCost(planted, k, logDistance)) / planted.noiseScale
}

/** Weight of a supplier in t. */
export function supplierWeight(planted: Planted, k: number, efficiency: number): number {
  return Math.exp((supplierElasticity(planted, k) * efficiency) / planted.noiseScale)
}

/**
 * ln of sales of every firm in its first year but for its domestic suppliers, in units of A: what it supplies at, in both years. Its
 * unit cost falls with productivity and its own foreign sources, and sales are cost to the power 1 − σ.
 */
export function supplyEfficiency({ inputs }: Planted, firms: Firms, offshoring: Offshoring): Float64Array {
  return Float64Array.from({ length: firms.count }, (_, n) => {
    const bases = industries[firms.industry[n]!]!.inputs.map((k, slot) => inputs[k]!.exponent * Math.log(baseCapability(offshoring, n, 0, slot)))
    return bases.reduce((sum, part) => sum + part, firms.logScale[2 * n]!)
  })
}

/** Returns the suppliers there in a year. */
export function mapSuppliers(planted: Planted, firms: Firms, efficiency: Float64Array, year: number): SupplierMap {
  const { municipalities, logDistance } = gazetteer()
  const places = municipalities.length
  const start = new Int32Array(inputCount * places + 1)
  const cellOf = (n: number): number => firms.industry[n]! * places + firms.municipality[n]!
  const supplies = (n: number): boolean => firms.industry[n]! < inputCount && firms.present[2 * n + year] === 1
  for (let n = 0; n < firms.count; n++) if (supplies(n)) start[cellOf(n) + 1]!++
  for (let cell = 0; cell < inputCount * places; cell++) start[cell + 1]! += start[cell]!
  const next = start.slice()
  const supplier = new Int32Array(start[inputCount * places]!)
  for (let n = 0; n < firms.count; n++) if (supplies(n)) supplier[next[cellOf(n)]!++] = n
  const sums = new Float64Array(supplier.length)
  for (let cell = 0; cell < inputCount * places; cell++) {
    let sum = 0
    for (let i = start[cell]!; i < start[cell + 1]!; i++) {
      sums[i] = sum += supplierWeight(planted, firms.industry[supplier[i]!]!, efficiency[supplier[i]!]!)
    }
  }
  const reach = new Float64Array(places * inputCount * places)
  for (let from = 0; from < places; from++) {
    for (let k = 0; k < inputCount; k++) {
      let sum = 0
      for (let m = 0; m < places; m++) {
        const end = start[k * places + m + 1]!
        if (end > start[k * places + m]!) sum += sums[end - 1]! * Math.exp(placeWeight(planted, k, logDistance[from * places + m]!))
        reach[(from * inputCount + k) * places + m] = sum
      }
    }
  }
  return { supplier, sums, start, reach }
}

/** Calls `found` for every proposal of the process: a supplier of industry `k`, repeats included. */
export function proposeSuppliers(
  { supplier, sums, start, reach }: SupplierMap, origin: number, k: number, reward: number, stream: RandomStream, found: (supplier: number) => void,
): void {
  const places = gazetteer().municipalities.length
  const from = (origin * inputCount + k) * places
  const all = reach[from + places - 1]!
  for (let left = stream.poisson(reward * all); left > 0; left--) {
    const place = firstAbove(reach, stream.uniform() * all, from, from + places - 1) - from
    const cell = k * places + place
    const [first, end] = [start[cell]!, start[cell + 1]!]
    if (end > first) found(supplier[firstAbove(sums, stream.uniform() * sums[end - 1]!, first, end - 1)]!)
  }
}
