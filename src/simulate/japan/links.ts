/**
 * Domestic links of both years. A buyer takes the best set of suppliers among its candidates, those whose fixed cost lies below
 * what they could earn where domestic suppliers raise capability by `headroom`. The noise of a pair's fixed cost is the same in
 * both years, but for a share of pairs (`renewal`) that draw it anew, and for pairs with a firm born in between.
 */
import { randomStream, type RandomStream } from '../../numerics/index.js'
import type { SupplierCandidates } from '../../sourcing/records.js'
import { chooseSuppliers } from '../../sourcing/suppliers/index.js'
import { gazetteer } from './gazetteer.js'
import { industries, slots, type Planted } from './parameters.js'
import { baseCapability, type Offshoring } from './offshoring.js'
import type { Firms } from './population.js'
import {
  logFixedCost, logPotential, mapSuppliers, placeWeight, proposeSuppliers, supplierWeight, supplyEfficiency, type SupplierMap,
} from './suppliers.js'

/** Links of one year in buyer order. */
export interface YearLinks {
  readonly buyer: Int32Array
  readonly supplier: Int32Array
  readonly slot: Uint8Array
  /** Φ of the supplier to the buyer. */
  readonly potential: Float64Array
}

export interface Links {
  readonly years: readonly [YearLinks, YearLinks]
  /** Θ, firms × years × slots; 0 where the firm is not there. */
  readonly capability: Float64Array
}

const headroom = 1.05
const blockFirms = 1024

/** Returns the links at the fixed-cost level ψ₀. */
export function drawLinks(planted: Planted, firms: Firms, offshoring: Offshoring, level: number, seed: number): Links {
  const efficiency = supplyEfficiency(planted, firms, offshoring)
  const maps = [mapSuppliers(planted, firms, efficiency, 0), mapSuppliers(planted, firms, efficiency, 1)] as const
  const found = [growingLinks(), growingLinks()] as const
  const pools = [growingPool(), growingPool()] as const
  const capability = new Float64Array(firms.count * 2 * slots)
  const seen = new Int32Array(firms.count)
  let search = 0
  let stream = randomStream(seed, 'japan', 'links', 0)
  for (let n = 0; n < firms.count; n++) {
    if (n % blockFirms === 0) stream = randomStream(seed, 'japan', 'links', n / blockFirms)
    const buyer = buyerOf(planted, firms, offshoring, n, level)
    for (const pool of pools) pool.clear()
    for (let slot = 0; slot < slots; slot++) {
      drawCandidates({ planted, firms, efficiency, maps, pools, buyer, slot, level, seen, search: ++search, stream })
      for (const pool of pools) pool.endSlot()
    }
    for (let year = 0; year < 2; year++) {
      if (firms.present[2 * n + year] === 0) continue
      const own = capability.subarray((2 * n + year) * slots, (2 * n + year + 1) * slots)
      const { candidates, supplier, taken } = pools[year]!.view()
      chooseSuppliers(buyer.scales[year]!, buyer.exponents, buyer.bases[year]!, candidates, taken, own)
      for (let slot = 0; slot < slots; slot++) {
        for (let j = candidates.start[slot]!; j < candidates.start[slot + 1]!; j++) {
          if (taken[j] === 1) found[year]!.add(n, supplier[j]!, slot, candidates.potential[j]!)
        }
      }
    }
  }
  return { years: [found[0].finish(), found[1].finish()], capability }
}

interface Buyer {
  readonly firm: number
  readonly scales: readonly number[]
  readonly bases: readonly (readonly number[])[]
  readonly exponents: readonly number[]
  /** Per year and slot: the reward in t (suppliers.ts) with headroom; 0 in a year the buyer is not there. */
  readonly rewards: readonly (readonly number[])[]
}

function buyerOf({ inputs, noiseScale }: Planted, firms: Firms, offshoring: Offshoring, firm: number, level: number): Buyer {
  const exponents = industries[firms.industry[firm]!]!.inputs.map((k) => inputs[k]!.exponent)
  const scales = [0, 1].map((year) => Math.exp(firms.logScale[2 * firm + year]!))
  const bases = [0, 1].map((year) => exponents.map((_, slot) => baseCapability(offshoring, firm, year, slot)))
  const rewards = bases.map((base, year) => exponents.map((e, slot) => {
    if (firms.present[2 * firm + year] === 0) return 0
    let gain = scales[year]! * e * (base[slot]! * (e >= 1 ? headroom : 1)) ** (e - 1)
    exponents.forEach((other, l) => {
      if (l !== slot) gain *= (base[l]! * headroom) ** other
    })
    return Math.exp((Math.log(gain) - level) / noiseScale)
  }))
  return { firm, scales, bases, exponents, rewards }
}

interface Search {
  readonly planted: Planted
  readonly firms: Firms
  readonly efficiency: Float64Array
  readonly maps: readonly [SupplierMap, SupplierMap]
  readonly pools: readonly [Pool, Pool]
  readonly buyer: Buyer
  readonly slot: number
  readonly level: number
  /** Last search each firm was found in, and how it ended. */
  readonly seen: Int32Array
  readonly search: number
  readonly stream: RandomStream
}

function drawCandidates({ planted, firms, efficiency, maps, pools, buyer, slot, level, seen, search, stream }: Search): void {
  const { logDistance, municipalities } = gazetteer()
  const { noiseScale, renewal } = planted
  const n = buyer.firm
  const k = industries[firms.industry[n]!]!.inputs[slot]!
  const origin = firms.municipality[n]!
  const [before, after] = [buyer.rewards[0]![slot]!, buyer.rewards[1]![slot]!]
  const lasting = Math.max(before, after)
  const isOld = n < firms.before
  // A pair refused in the first year may be drawn anew in the second; any other is looked at once.
  const [refused, settled] = [2 * search, 2 * search + 1]
  const pair = (s: number, reward: number): { readonly logKm: number; readonly intensity: number } => {
    const logKm = logDistance[origin * municipalities.length + firms.municipality[s]!]!
    return { logKm, intensity: reward * Math.exp(placeWeight(planted, k, logKm)) * supplierWeight(planted, k, efficiency[s]!) }
  }
  const add = (pool: Pool, s: number, logKm: number, probability: number): void => {
    // ε given that it clears the fixed cost: its upper tail is uniform below the probability.
    const tail = probability * stream.uniform()
    const cost = Math.exp(level + logFixedCost(planted, k, logKm)) * (tail / (1 - tail)) ** noiseScale
    pool.add(s, Math.exp(logPotential(planted, k, efficiency[s]!, logKm)), cost)
  }
  if (isOld) {
    proposeSuppliers(maps[0], origin, k, lasting, stream, (s) => {
      if (s === n || seen[s]! >= refused) return
      seen[s] = refused
      const { logKm, intensity } = pair(s, lasting)
      const probability = intensity / (1 + intensity)
      if (stream.uniform() >= probability / -Math.expm1(-intensity)) return
      seen[s] = settled
      const at = pools[0].size()
      add(pools[0], s, logKm, probability)
      if (after === 0 || firms.present[2 * s + 1] === 0) return
      if (stream.uniform() >= renewal) return pools[1].copy(pools[0], at)
      const anew = pair(s, after).intensity
      if (stream.uniform() < anew / (1 + anew)) add(pools[1], s, logKm, anew / (1 + anew))
    })
  }
  if (after === 0) return
  proposeSuppliers(maps[1], origin, k, after, stream, (s) => {
    if (s === n || seen[s] === settled) return
    seen[s] = settled
    const { logKm, intensity } = pair(s, after)
    const probability = intensity / (1 + intensity)
    const kept = isOld && s < firms.before ? renewal : 1
    if (stream.uniform() < (kept * probability) / -Math.expm1(-intensity)) add(pools[1], s, logKm, probability)
  })
}

/** Candidates of one buyer, slot after slot, in arrays that are used again. */
interface Pool {
  clear(): void
  add(supplier: number, potential: number, cost: number): void
  copy(from: Pool, at: number): void
  endSlot(): void
  size(): number
  view(): { readonly candidates: SupplierCandidates; readonly supplier: Int32Array; readonly taken: Uint8Array }
}

function growingPool(): Pool {
  const start = new Int32Array(slots + 1)
  let capacity = 256
  let [supplier, potential, cost, taken] = [new Int32Array(capacity), new Float64Array(capacity), new Float64Array(capacity), new Uint8Array(capacity)]
  let [size, slot] = [0, 0]
  const grow = (): void => {
    capacity *= 2
    supplier = copyInto(new Int32Array(capacity), supplier)
    potential = copyInto(new Float64Array(capacity), potential)
    cost = copyInto(new Float64Array(capacity), cost)
    taken = new Uint8Array(capacity)
  }
  const pool: Pool = {
    clear: () => {
      size = slot = 0
    },
    add: (s, phi, f) => {
      if (size === capacity) grow()
      supplier[size] = s
      potential[size] = phi
      cost[size++] = f
    },
    copy: (from, at) => {
      const other = from.view()
      pool.add(other.supplier[at]!, other.candidates.potential[at]!, other.candidates.cost[at]!)
    },
    endSlot: () => {
      start[++slot] = size
    },
    size: () => size,
    view: () => ({ candidates: { start, potential, cost }, supplier, taken }),
  }
  return pool
}

interface GrowingLinks {
  add(buyer: number, supplier: number, slot: number, potential: number): void
  finish(): YearLinks
}

function growingLinks(): GrowingLinks {
  let capacity = 4096
  let [buyer, supplier, slot, potential] = [new Int32Array(capacity), new Int32Array(capacity), new Uint8Array(capacity), new Float64Array(capacity)]
  let size = 0
  return {
    add: (n, s, k, phi) => {
      if (size === capacity) {
        capacity *= 2
        buyer = copyInto(new Int32Array(capacity), buyer)
        supplier = copyInto(new Int32Array(capacity), supplier)
        slot = copyInto(new Uint8Array(capacity), slot)
        potential = copyInto(new Float64Array(capacity), potential)
      }
      buyer[size] = n
      supplier[size] = s
      slot[size] = k
      potential[size++] = phi
    },
    finish: () => ({
      buyer: buyer.slice(0, size), supplier: supplier.slice(0, size), slot: slot.slice(0, size), potential: potential.slice(0, size),
    }),
  }
}

function copyInto<T extends Int32Array | Float64Array | Uint8Array>(larger: T, values: T): T {
  larger.set(values)
  return larger
}
