/** Base and scenario of a production tree side by side, at today's trade costs (τ = 1) and along the whole τ-path. */
import type { Costs } from '../calibrate/records.js'
import { allocateTree, costsOf, shapeOf, tauPath } from '../sourcing/tree/index.js'
import type { TreeProblem } from '../sourcing/records.js'
import type { Scenario, TreeChanges } from './records.js'
import { applyScenario } from './scenario.js'

/**
 * Returns the allocation and cost before and after, and the multiples of trade costs at which either allocation changes.
 *
 * @example
 * const changes = treeChanges(costs, readScenario({ name: 'tariff', changes: [{ cost: 'trade', to: 'Italy', factor: 1.25 }] }))
 */
export function treeChanges(costs: Costs, scenario: Scenario): TreeChanges {
  const base = today(costs.tree, costs.locations)
  const after = today(applyScenario(costs, scenario).tree, costs.locations)
  const stages = [...costs.stages].reverse()
  return {
    kind: 'tree',
    scenario,
    stages,
    base: { location: base.location, cost: base.cost },
    after: { location: after.location, cost: after.cost },
    moved: stages.filter((_, node) => base.location[node] !== after.location[node]),
    relativeChange: after.cost / base.cost - 1,
    breakpoints: { base: base.breakpoints, after: after.breakpoints },
  }
}

function today(problem: TreeProblem, names: readonly string[]): { location: string[]; cost: number; breakpoints: number[] } {
  const shape = shapeOf(problem)
  const costs = costsOf(problem)
  const { location, cost } = allocateTree(shape, costs, 1)
  return {
    location: Array.from(location, (country) => names[country]!),
    cost,
    breakpoints: tauPath(shape, costs).slice(1).map((segment) => segment.from),
  }
}
