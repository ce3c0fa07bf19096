/** Changes of a solver's plan as a scenario on the page: chains and allocations as they are, costs with their change. */
import type { ChainChanges, ChainInterval, Changes, ScenarioChange, TreeChanges } from '../../counterfactual/records.js'
import type { OutcomeRange, ScenarioOutcome, ScenarioReport } from './records.js'

/**
 * A scenario record from the changes a counterfactual found.
 *
 * @example const withScenario = { ...page, scenarios: [scenarioReport('tariff', changes, { stages: costs.stages, quantityUnit: 'pieces' })] }
 */
export function scenarioReport(
  id: string,
  changes: Changes,
  words: { readonly stages?: readonly string[]; readonly quantityUnit?: string } = {},
): ScenarioReport {
  const { name, description } = changes.scenario
  const outcomes =
    changes.kind === 'chain' ? chainOutcomes(changes, words.stages ?? [], words.quantityUnit ?? 'units') : treeOutcomes(changes)
  return { id, title: name, description, changes: changes.scenario.changes.map(changeLine), outcomes }
}

function changeLine(change: ScenarioChange): ScenarioReport['changes'][number] {
  const place =
    change.cost === 'trade'
      ? `${change.from ?? 'anywhere'}→${change.to ?? 'anywhere'}`
      : [change.location ?? 'everywhere', change.stage].filter(Boolean).join(', ')
  const to = change.factor !== undefined ? `× ${change.factor}` : `+ ${change.add ?? 0}`
  return { what: `${change.cost} cost, ${place}`, from: null, to }
}

function chainOutcomes({ intervals, costs }: ChainChanges, stages: readonly string[], unit: string): ScenarioOutcome[] {
  const ranges: ScenarioOutcome = {
    kind: 'ranges',
    label: 'The cheapest chain by quantity',
    axis: `quantity (${unit})`,
    scale: 'log',
    base: rangesOf(intervals, 'base'),
    scenario: rangesOf(intervals, 'scenario'),
  }
  const chains = costs.map(({ quantity, base, scenario }): ScenarioOutcome => ({
    kind: 'chain',
    label: `At ${quantity} ${unit}`,
    base: base.chain,
    scenario: scenario.chain,
    stages: base.chain.map((_, index) => stages[index] ?? `stage ${index + 1}`),
  }))
  const totals = costs.map(({ quantity, base, scenario }): ScenarioOutcome => ({
    kind: 'number',
    label: `Total cost at ${quantity} ${unit}`,
    base: base.cost,
    scenario: scenario.cost,
  }))
  return [ranges, ...chains, ...totals]
}

/** Neighbouring intervals with the same chain are one range. */
function rangesOf(intervals: readonly ChainInterval[], side: 'base' | 'scenario'): OutcomeRange[] {
  const ranges: OutcomeRange[] = []
  for (const interval of intervals) {
    const outcome = interval[side].join('→')
    const last = ranges.at(-1)
    if (last?.outcome === outcome) ranges[ranges.length - 1] = { ...last, to: interval.to }
    else ranges.push({ outcome, from: interval.from, to: interval.to })
  }
  return ranges
}

function treeOutcomes({ stages, base, after }: TreeChanges): ScenarioOutcome[] {
  return [
    { kind: 'chain', label: 'Where each part is made', stages, base: base.location, scenario: after.location },
    { kind: 'number', label: 'Unit cost', base: base.cost, scenario: after.cost },
  ]
}
