/**
 * Optimal supplier sets of a firm that sources from many input industries (Furusawa, Inui, Ito and Tang 2019, on Antràs, Fort and
 * Tintelnot 2017): choose S_1 … S_K to maximise
 *
 *     A Π_k Θ_k(S_k)^{e_k} − Σ_k Σ_{i∈S_k} f_ik,        Θ_k(S_k) = Φ_0k + Σ_{i∈S_k} Φ_ik.
 *
 * Industries are complements to each other whatever the exponents, so the problem is supermodular in (Θ_1 … Θ_K): best responses
 * from the emptiest sets climb to a lower bound of the optimum, from the fullest sets they fall to an upper bound (industry-envelope
 * squeeze). Where the two differ, one industry is fixed at each candidate of its envelope in turn and the rest is squeezed again.
 * Exact; ties go to smaller sets. Checked against enumeration of all sets in test/property/suppliers.test.ts.
 */
import type { SuppliersFirms, SuppliersPlan, SuppliersProblem } from '../records.js'
import {
  between,
  candidateAt,
  orderIndustry,
  prefixEnvelope,
  substitutesEnvelope,
  substitutesOptimum,
  type Candidate,
  type IndustryOrder,
} from './envelope.js'

/** An industry ready to answer: complements carry their whole envelope. */
export interface PreparedIndustry extends IndustryOrder {
  readonly envelope?: readonly Candidate[]
  /** Nothing sourced, and everything sourced. */
  readonly none: Candidate
  readonly all: Candidate
}

/** Returns industries sorted and, for complements, with their envelope: done once for any number of firms. */
export function prepareIndustries(industries: SuppliersProblem['industries']): PreparedIndustry[] {
  return industries.map((industry) => {
    const ordered = orderIndustry(industry)
    const capability = ordered.potential.reduce((sum, phi) => sum + phi, ordered.base)
    return {
      ...ordered,
      envelope: ordered.exponent >= 1 ? prefixEnvelope(ordered) : undefined,
      none: { capability: ordered.base, gain: ordered.base ** ordered.exponent, cost: 0, members: new Int32Array(0) },
      all: {
        capability,
        gain: capability ** ordered.exponent,
        cost: ordered.fixedCosts.reduce((sum, f) => sum + f, 0),
        members: ordered.order.map((_, r) => r),
      },
    }
  })
}

/**
 * Returns the optimal sets of one firm: profit net of fixed costs, sources of each industry (indices of the problem, ascending), capabilities Θ_k.
 * `nodes` counts branch-and-bound nodes within industries and branches across them.
 *
 * @example
 * const plan = solveSuppliers(10, prepareIndustries([{ exponent: 1.6, base: 1, potential: [0.5, 0.2], fixedCosts: [2, 9] }]))
 */
export function solveSuppliers(scale: number, industries: readonly PreparedIndustry[]): SuppliersPlan {
  const search: Search = { nodes: 0, profit: -Infinity, choice: [] }
  branch(search, scale, industries, industries.map((k) => k.none), industries.map((k) => k.all), industries.map(() => false))
  return {
    profit: search.profit,
    sets: search.choice.map((candidate, k) => [...candidate.members].map((r) => industries[k]!.order[r]!).sort((i, j) => i - j)),
    capability: search.choice.map((candidate) => candidate.capability),
    exact: true,
    nodes: search.nodes,
  }
}

/** Returns the plan of one firm, or of every firm when the problem's scale is a list (in its order). */
export function solveSuppliersProblem(problem: SuppliersProblem): SuppliersPlan | SuppliersFirms {
  const industries = prepareIndustries(problem.industries)
  if (typeof problem.scale === 'number') return solveSuppliers(problem.scale, industries)
  return {
    firms: problem.scale.map((scale) => {
      const { profit, sets, capability } = solveSuppliers(scale, industries)
      return { profit, sets, capability }
    }),
  }
}

interface Search {
  nodes: number
  profit: number
  choice: readonly Candidate[]
}

/** Squeezes the box [lower, upper], then splits it along the free industry with the fewest candidates left. */
function branch(
  search: Search,
  scale: number,
  industries: readonly PreparedIndustry[],
  from: readonly Candidate[],
  to: readonly Candidate[],
  fixed: readonly boolean[],
): void {
  search.nodes++
  const lower = bestResponses(search, scale, industries, from, fixed)
  const upper = bestResponses(search, scale, industries, to, fixed)
  keepBetter(search, scale, lower)
  const open = industries.flatMap((_, k) => (!fixed[k] && lower[k]!.capability < upper[k]!.capability ? [k] : []))
  if (open.length === 0) return
  keepBetter(search, scale, upper)
  if (profitOf(scale, upper.map((c) => c.gain), lower.map((c) => c.cost)) <= search.profit) return
  const chains = open.map((k) => chainBetween(search, industries[k]!, othersGain(scale, lower, k), othersGain(scale, upper, k)))
  const pick = chains.reduce((best, chain, i) => (chain.length < chains[best]!.length ? i : best), 0)
  const industry = open[pick]!
  for (const candidate of chains[pick]!) {
    const settle = (bound: readonly Candidate[]): Candidate[] => bound.map((c, k) => (k === industry ? candidate : c))
    branch(search, scale, industries, settle(lower), settle(upper), fixed.map((is, k) => is || k === industry))
  }
}

/** Best responses in turn from a corner of the box until nobody moves. */
function bestResponses(
  search: Search,
  scale: number,
  industries: readonly PreparedIndustry[],
  start: readonly Candidate[],
  fixed: readonly boolean[],
): Candidate[] {
  const current = [...start]
  for (let moved = true; moved; ) {
    moved = false
    industries.forEach((industry, k) => {
      if (fixed[k]) return
      const next = respond(search, industry, othersGain(scale, current, k))
      if (next.capability === current[k]!.capability) return
      current[k] = next
      moved = true
    })
    if (industries.length === 1) break
  }
  return current
}

function respond(search: Search, industry: PreparedIndustry, a: number): Candidate {
  if (industry.envelope) return candidateAt(industry.envelope, a)
  const { candidate, nodes } = substitutesOptimum(industry, a)
  search.nodes += nodes
  return candidate
}

function chainBetween(search: Search, industry: PreparedIndustry, low: number, high: number): readonly Candidate[] {
  if (industry.envelope) return between(industry.envelope, low, high)
  const { envelope, nodes } = substitutesEnvelope(industry, low, high)
  search.nodes += nodes
  return envelope
}

/** A_{−k}: what a unit of Θ_k^{e_k} earns given the other industries. */
function othersGain(scale: number, choice: readonly Candidate[], k: number): number {
  return choice.reduce((product, candidate, l) => (l === k ? product : product * candidate.gain), scale)
}

function profitOf(scale: number, gains: readonly number[], costs: readonly number[]): number {
  return gains.reduce((product, gain) => product * gain, scale) - costs.reduce((sum, cost) => sum + cost, 0)
}

function keepBetter(search: Search, scale: number, choice: readonly Candidate[]): void {
  const profit = profitOf(scale, choice.map((c) => c.gain), choice.map((c) => c.cost))
  if (profit <= search.profit) return
  search.profit = profit
  search.choice = choice
}
