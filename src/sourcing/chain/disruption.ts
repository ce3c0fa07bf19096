/**
 * Disruptions: what the loss of a country costs a firm that sells q, when it may reorganise the whole chain and when only the stages
 * that were hit can move.
 *
 *     reorganised  min over chains without k of C(q) / C(q) − 1
 *     patched      the same with every stage that was not in k kept where it was
 *
 * Fixed costs are counted in full for the chain that is used, as if each were built for the occasion. A chain without k costs more
 * at every quantity, and a patched one at least as much as a reorganised one; how far the two are apart says how much of the loss
 * is lock-in.
 */
import { ReshoreError } from '../../errors.js'
import type { ChainPlan, ChainProblem, ChainSegment } from '../records.js'
import { solveChain } from './solve.js'
import { solveChainWithin } from './within.js'

export interface Disruption {
  /** The country that is lost. */
  readonly country: number
  /** By quantity, relative to cost before; 0 where the chain did not use the country. */
  readonly reorganised: Float64Array
  readonly patched: Float64Array
  /** By quantity: the chain used after reorganising. */
  readonly chains: readonly (readonly number[])[]
}

/**
 * One record for every country that some optimal chain uses.
 *
 * @throws ProblemError when the problem has one country only
 * @example const [first] = disruptions(problem, [1, 10, 100])
 */
export function disruptions(problem: ChainProblem, quantities: readonly number[]): Disruption[] {
  const countries = problem.unitCosts[0]!.length
  if (countries < 2) {
    throw new ReshoreError('ProblemError', 'chain disruption: the problem has one country, and nothing is left without it.',
      'Add the countries production could move to.', 2)
  }
  const before = solveChain(problem)
  const used = [...new Set(before.segments.flatMap(({ chain }) => chain))].sort((a, b) => a - b)
  return used.map((country) => disruptionOf(problem, before, country, quantities))
}

function disruptionOf(problem: ChainProblem, before: ChainPlan, country: number, quantities: readonly number[]): Disruption {
  const remaining = problem.unitCosts[0]!.map((_, i) => i).filter((i) => i !== country)
  const free = solveChainWithin(problem, problem.valueAdded.map(() => remaining))
  const patches = new Map<ChainSegment, ChainPlan>()
  const patchOf = (segment: ChainSegment): ChainPlan => {
    const known = patches.get(segment) ?? solveChainWithin(problem, segment.chain.map((i) => (i === country ? remaining : [i])))
    patches.set(segment, known)
    return known
  }
  const reorganised = new Float64Array(quantities.length)
  const patched = new Float64Array(quantities.length)
  const chains = quantities.map((quantity, k) => {
    const segment = segmentAt(before, quantity)
    if (!segment.chain.includes(country)) return segment.chain
    const base = costOf(segment, quantity)
    const after = segmentAt(free, quantity)
    reorganised[k] = costOf(after, quantity) / base - 1
    patched[k] = costOf(segmentAt(patchOf(segment), quantity), quantity) / base - 1
    return after.chain
  })
  return { country, reorganised, patched, chains }
}

function segmentAt({ segments }: ChainPlan, quantity: number): ChainSegment {
  return segments.find(({ to }) => to === null || quantity < to)!
}

function costOf({ marginalCost, fixedCost }: ChainSegment, quantity: number): number {
  return quantity * marginalCost + fixedCost
}
