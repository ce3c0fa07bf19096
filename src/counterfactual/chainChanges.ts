/**
 * Base and scenario of a value chain side by side: both envelopes are exact, so their breakpoints cut quantity into intervals on
 * which each has one optimal chain. Nothing is averaged over chains.
 */
import type { Costs } from '../calibrate/records.js'
import type { ChainPlan, ChainSegment } from '../sourcing/records.js'
import { solveChain } from '../sourcing/chain/index.js'
import type { ChainChanges, ChainCostChange, ChainInterval, Scenario } from './records.js'
import { applyScenario } from './scenario.js'

/**
 * Returns the chains before and after on every interval of quantity, and the cost before and after at the quantities asked for.
 *
 * @example
 * const changes = chainChanges(costs, readScenario(document), [1e5, 1e6])
 */
export function chainChanges(costs: Costs, scenario: Scenario, quantities: readonly number[]): ChainChanges {
  const base = solveChain(costs.chain)
  const after = solveChain(applyScenario(costs, scenario).chain)
  const named = (segment: ChainSegment): string[] => segment.chain.map((location) => costs.locations[location]!)
  return {
    kind: 'chain',
    scenario,
    intervals: sideBySide(base, after).map(([from, to, before, then]): ChainInterval => ({
      from,
      to,
      base: named(before),
      scenario: named(then),
      moved: costs.stages.filter((_, n) => before.chain[n] !== then.chain[n]),
    })),
    costs: quantities.map((quantity) => costChange(base, after, quantity, named)),
  }
}

/** Intervals between the breakpoints of either envelope, with the segment each of them uses there. */
function sideBySide(base: ChainPlan, after: ChainPlan): [number, number | null, ChainSegment, ChainSegment][] {
  const cuts = [...base.segments, ...after.segments].map((segment) => segment.from)
  const starts = [...new Set(cuts)].sort((a, b) => a - b)
  return starts.map((from, i) => [from, starts[i + 1] ?? null, segmentAt(base, from), segmentAt(after, from)])
}

/** The segment that starts at or last before `quantity`. */
function segmentAt(plan: ChainPlan, quantity: number): ChainSegment {
  return plan.segments.findLast((segment) => segment.from <= quantity) ?? plan.segments[0]!
}

function costChange(base: ChainPlan, after: ChainPlan, quantity: number, named: (segment: ChainSegment) => string[]): ChainCostChange {
  const side = (plan: ChainPlan): ChainCostChange['base'] => {
    const segment = segmentAt(plan, quantity)
    return { chain: named(segment), cost: quantity * segment.marginalCost + segment.fixedCost }
  }
  const before = side(base)
  const then = side(after)
  return { quantity, base: before, scenario: then, relativeChange: then.cost / before.cost - 1 }
}
