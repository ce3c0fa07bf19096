/**
 * Goods-market equilibria on the envelope C(q) = min_ℓ q·MC(ℓ) + FC(ℓ), with demand of constant elasticity q = A p^(−ε).
 *
 * - Average-cost pricing (free entry): p(q) = C(q)/q. Average cost falls in q, as demand does, so there may be several equilibria;
 *   where demand crosses average cost from above, output returns after a small change (stable). On one segment
 *   h(q) = ln q + ε ln(MC + FC/q) − ln A falls until q = (ε−1)FC/MC and rises after: at most two roots, both are found.
 * - Monopoly (ε > 1): p = MC·ε/(ε−1) on a segment, an optimum where the quantity sold lies on that segment. The best of them is the
 *   best overall, because cost is the least over chains.
 *
 * Selection: the largest stable quantity (lowest price) under average-cost pricing, the highest profit under monopoly. Nothing is
 * produced where no equilibrium exists or the best profit is negative.
 */
import { ReshoreError } from '../../errors.js'
import { findRoot } from '../../numerics/root.js'
import type { ChainPlan, ChainSegment } from '../records.js'

export interface ChainDemand {
  /** A: quantity at price 1. */
  readonly scale: number
  /** ε > 0; above 1 for a monopoly. */
  readonly elasticity: number
}

export type Pricing = 'average-cost' | 'monopoly'

export interface ChainEquilibrium {
  readonly chain: readonly number[]
  readonly quantity: number
  readonly price: number
  readonly profit: number
  /** Average cost: demand crosses from above. Monopoly: true, every one is a local maximum. */
  readonly stable: boolean
}

export interface ChainMarket {
  /** By rising quantity. */
  readonly equilibria: readonly ChainEquilibrium[]
  /** Index of the selected one; null when nothing is produced. */
  readonly selected: number | null
  readonly rule: string
}

const rules: Record<Pricing, string> = {
  'average-cost': 'the stable equilibrium with the largest quantity',
  monopoly: 'the local optimum with the highest profit, if it is not negative',
}

/**
 * All equilibria of the market for the final good of a chain, and the one selected.
 *
 * @throws ProblemError for demand out of range, or a monopoly with ε ≤ 1, whose profit has no maximum
 * @example chainMarket(solveChain(problem), { scale: 100, elasticity: 2 }, 'average-cost')
 */
export function chainMarket(plan: ChainPlan, demand: ChainDemand, pricing: Pricing): ChainMarket {
  checkDemand(demand, pricing)
  if (plan.segments.at(-1)!.marginalCost === 0) {
    fail('the last chain has marginal cost 0, so the quantity sold has no bound', 'Give unit costs above 0.')
  }
  const equilibria = pricing === 'monopoly'
    ? plan.segments.flatMap((segment) => monopolyOptimum(segment, demand))
    : averageCostEquilibria(plan, demand)
  return { equilibria, selected: select(equilibria, pricing), rule: rules[pricing] }
}

function averageCostEquilibria({ segments }: ChainPlan, { scale, elasticity }: ChainDemand): ChainEquilibrium[] {
  return segments.flatMap((segment): ChainEquilibrium[] => {
    const { marginalCost, fixedCost, chain } = segment
    const [logMarginal, logFixed] = [Math.log(marginalCost), Math.log(fixedCost)]
    // In x = ln q, so that neither end of a wide segment loses digits.
    const excess = (x: number): number => x + elasticity * logSum(logMarginal, logFixed - x) - Math.log(scale)
    const low = Math.log(segment.from)
    const high = segment.to === null ? Infinity : Math.log(segment.to)
    const turn = elasticity > 1 && fixedCost > 0 ? Math.log(((elasticity - 1) * fixedCost) / marginalCost) : -Infinity
    const turningPoint = Math.min(Math.max(turn, low), high)
    const found = (x: number, stable: boolean): ChainEquilibrium => (
      { chain, quantity: Math.exp(x), price: Math.exp(logSum(logMarginal, logFixed - x)), profit: 0, stable })
    return [
      ...rootsWithin(excess, low, turningPoint).map((x) => found(x, false)),
      ...rootsWithin(excess, turningPoint, high).map((x) => found(x, true)),
    ]
  })
}

/** Beyond the logarithm of any number. */
const BEYOND = 2048

/** The root of a monotone function on [low, high), if any. */
function rootsWithin(f: (x: number) => number, low: number, high: number): number[] {
  const [from, to] = [Math.max(low, -BEYOND), Math.min(high, BEYOND)]
  if (!(from < to)) return []
  const atFrom = f(from)
  if (atFrom === 0) return [from]
  return atFrom * f(to) < 0 ? [findRoot(f, from, to)] : []
}

/** ln(e^a + e^b). */
function logSum(a: number, b: number): number {
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)))
}

function monopolyOptimum(segment: ChainSegment, { scale, elasticity }: ChainDemand): ChainEquilibrium[] {
  const { chain, marginalCost, fixedCost, from, to } = segment
  const price = (marginalCost * elasticity) / (elasticity - 1)
  const quantity = scale * price ** -elasticity
  if (quantity < from || (to !== null && quantity >= to)) return []
  return [{ chain, quantity, price, profit: quantity * (price - marginalCost) - fixedCost, stable: true }]
}

function select(equilibria: readonly ChainEquilibrium[], pricing: Pricing): number | null {
  if (pricing === 'average-cost') {
    const last = equilibria.findLastIndex(({ stable }) => stable)
    return last < 0 ? null : last
  }
  const best = equilibria.reduce((index, { profit }, k) => (index < 0 || profit >= equilibria[index]!.profit ? k : index), -1)
  return best < 0 || equilibria[best]!.profit < 0 ? null : best
}

function checkDemand({ scale, elasticity }: ChainDemand, pricing: Pricing): void {
  if (!(scale > 0 && Number.isFinite(scale))) fail(`demand scale is ${scale}`, 'Give the quantity sold at price 1, above 0.')
  if (!(elasticity > 0 && Number.isFinite(elasticity))) fail(`demand elasticity is ${elasticity}`, 'Give ε > 0 of q = A p^(−ε).')
  if (pricing === 'monopoly' && elasticity <= 1) {
    fail(`demand elasticity is ${elasticity}, and a monopoly's profit has no maximum at ε ≤ 1`, 'Give ε > 1.')
  }
}

function fail(what: string, remedy: string): never {
  throw new ReshoreError('ProblemError', `chain market: ${what}.`, remedy, 2)
}
