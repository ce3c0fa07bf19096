/** The sourcing scenario with one assumption at a time at the ends of its range: what moves, and what it costs, at the median output. */
import { chainChanges, dataTable, type FigureModel, type PageSection, type Scenario } from 'reshore'
import type { CostRange } from './costs.js'
import type { AnyStudy } from './study.js'

/** Chains before and after, and the relative change of cost, with an assumption at one end. */
interface End {
  readonly value: number
  readonly base: readonly string[]
  readonly scenario: readonly string[]
  readonly relativeChange: number
}

export interface ScenarioRange {
  readonly assumption: string
  readonly unit: string
  readonly low: End
  readonly high: End
}

/** The scenario over the ranges, first the assumption that takes the change of cost farthest from what it is as assumed. */
export function scenarioRanges(ranges: readonly CostRange[], change: Scenario, quantity: number, asAssumed: number): ScenarioRange[] {
  const end = (costs: CostRange['low'], value: number): End => {
    const { base, scenario, relativeChange } = chainChanges(costs, change, [quantity]).costs[0]!
    return { value, base: base.chain, scenario: scenario.chain, relativeChange }
  }
  const distance = ({ low, high }: ScenarioRange): number => Math.max(Math.abs(low.relativeChange - asAssumed), Math.abs(high.relativeChange - asAssumed))
  return ranges
    .map(({ assumption, unit, range, low, high }) => ({ assumption, unit, low: end(low, range[0]), high: end(high, range[1]) }))
    .sort((a, b) => distance(b) - distance(a))
}

/** The section of the page. */
export function rangeSection({ words: { currency } }: AnyStudy, name: string, quantity: number, asAssumed: number, ranges: readonly ScenarioRange[]): PageSection {
  return {
    id: 'scenario-assumptions', title: 'The sourcing scenario over what is assumed',
    blocks: [
      {
        kind: 'prose',
        text: `\`${name}\` at an output of ${quantity.toLocaleString('en-US')} ${currency}, with one assumption at a time at the ends of its range and the others as assumed. ` +
          'Chains are discrete: where an end has other chains than the rest, the answer hangs on that assumption.',
      },
      tornado(ranges, asAssumed),
      table(ranges),
    ],
  }
}

const share = { percent: 1 } as const

function tornado(ranges: readonly ScenarioRange[], asAssumed: number): FigureModel {
  return {
    kind: 'bars', id: 'scenario-tornado', title: 'Change of cost under the scenario', caption: `With one assumption at the low and the high end of its range, the farthest from as assumed first; ${(100 * asAssumed).toFixed(1)} % as assumed.`,
    value: { label: 'change of cost', format: share },
    categories: ranges.map(({ assumption }) => assumption),
    series: [{ name: 'low end', values: ranges.map(({ low }) => low.relativeChange) }, { name: 'high end', values: ranges.map(({ high }) => high.relativeChange) }],
  }
}

function table(ranges: readonly ScenarioRange[]) {
  const rows = ranges.flatMap(({ assumption, unit, low, high }) => [low, high].map(({ value, base, scenario, relativeChange }) => ({
    assumption, value, unit, base: base.join('→'), scenario: scenario.join('→'), change: relativeChange,
  })))
  return dataTable('scenario-ranges', 'Chains before and after, by what is assumed', rows, {
    columns: [{ key: 'assumption', label: 'Assumption', role: 'label' }, { key: 'value', label: 'At', format: { significant: 3 } }, { key: 'unit', label: 'Unit' },
      { key: 'base', label: 'Chain' }, { key: 'scenario', label: 'Under the scenario' }, { key: 'change', label: 'Change of cost', format: share }],
  })
}
