/**
 * Supplier sets of many firms: a range [from, to) of firms that share industries and differ in scale, as typed arrays, and the policy
 * function of scale. A pure function of the range: any split over workers gives the same numbers.
 */
import type { SuppliersProblem } from '../records.js'
import { substitutesEnvelope, switchPoint, type Candidate } from './envelope.js'
import { prepareIndustries, solveSuppliers, type PreparedIndustry } from './solve.js'

export interface SupplierFirms {
  /** Net of fixed costs, one a firm. */
  readonly profit: Float64Array
  /** Θ, firms × industries. */
  readonly capability: Float64Array
  /** 1 where a firm uses a source: firms × sources, sources of all industries one after the other. */
  readonly uses: Uint8Array
}

/**
 * Returns the plans of firms [from, to) of `scales`.
 *
 * @example
 * const half = supplierFirms(industries, scales, 0, scales.length / 2)
 */
export function supplierFirms(industries: SuppliersProblem['industries'], scales: Float64Array, from = 0, to = scales.length): SupplierFirms {
  const firms = to - from
  const sources = industries.reduce((sum, { potential }) => sum + potential.length, 0)
  const result: SupplierFirms = {
    profit: new Float64Array(firms),
    capability: new Float64Array(firms * industries.length),
    uses: new Uint8Array(firms * sources),
  }
  const prepared = withEnvelopes(industries, scales.subarray(from, to))
  const firstSource = industries.map((_, k) => industries.slice(0, k).reduce((sum, { potential }) => sum + potential.length, 0))
  for (let n = 0; n < firms; n++) {
    const { profit, sets, capability } = solveSuppliers(scales[from + n]!, prepared)
    result.profit[n] = profit
    result.capability.set(capability, n * industries.length)
    sets.forEach((set, k) => {
      for (const source of set) result.uses[n * sources + firstSource[k]! + source] = 1
    })
  }
  return result
}

/** With one industry of substitutes and many firms, the envelope over their scales is cheaper than a search for each. */
function withEnvelopes(industries: SuppliersProblem['industries'], scales: Float64Array): PreparedIndustry[] {
  const prepared = prepareIndustries(industries)
  const [only] = prepared
  if (prepared.length > 1 || only!.envelope || scales.length < 100) return prepared
  let low = Infinity
  let high = 0
  for (const scale of scales) {
    low = Math.min(low, scale)
    high = Math.max(high, scale)
  }
  return [{ ...only!, envelope: substitutesEnvelope(only!, low, high).envelope }]
}

/** One step of a policy function: from this scale on the firm uses this set. */
export interface PolicyStep {
  readonly from: number
  readonly set: readonly number[]
  readonly capability: number
}

/**
 * Returns the optimal set of one industry as a step function of scale over [low, high] (of A_{−k} where there are several). With
 * complements sets are nested in scale; with substitutes only capability rises.
 */
export function sourcingPolicy(industry: SuppliersProblem['industries'][number], low: number, high: number): PolicyStep[] {
  const [prepared] = prepareIndustries([industry])
  const envelope = prepared!.envelope ?? substitutesEnvelope(prepared!, low, high).envelope
  const starts = envelope.map((candidate, j) => (j === 0 ? -Infinity : switchPoint(envelope[j - 1]!, candidate)))
  return envelope.flatMap((candidate, j) => {
    const ends = starts[j + 1] ?? Infinity
    return starts[j]! <= high && ends > low ? [policyStep(Math.max(low, starts[j]!), candidate, prepared!)] : []
  })
}

function policyStep(from: number, candidate: Candidate, industry: PreparedIndustry): PolicyStep {
  const set = [...candidate.members].map((rank) => industry.order[rank]!).sort((i, j) => i - j)
  return { from, set, capability: candidate.capability }
}
