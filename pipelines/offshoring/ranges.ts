/**
 * How far the scenarios of entry and exit rest on what is assumed: each is re-solved with one assumption at the low and at the high end
 * of its range, the others as they are, on the first draws of those behind the main results, so that ends differ by the assumption alone.
 */
import {
  dataTable, type DrawInterval, type ExternalAssumption, type FigureModel, type PageSection, type ParticipationChanges, type ParticipationInput, type ParticipationScenario,
} from 'reshore'
import type { Calibration } from './costs.js'
import { participationScenarios, type ScenarioSize } from './participation.js'
import type { AnyStudy } from './study.js'

/** The assumptions a scenario can rest on. */
export interface RangedAssumptions {
  readonly discount: ExternalAssumption
  readonly subsidy: ExternalAssumption
  readonly tradeRise: ExternalAssumption
  readonly savingRate: ExternalAssumption
  readonly shockShare: ExternalAssumption
}

/** Change of the share active in the last year with an assumption at the ends of its range. */
export interface RangeEffect {
  readonly scenario: string
  readonly assumption: string
  readonly unit: string
  readonly range: readonly [number, number]
  readonly low: DrawInterval
  readonly central: DrawInterval
  readonly high: DrawInterval
}

type Solve = (input: ParticipationInput, scenarios: readonly ParticipationScenario[]) => Promise<readonly ParticipationChanges[]>

/**
 * The effects of every assumption that has a range on every scenario it enters, the widest first within a scenario.
 *
 * @param solve re-solves over the draws; called once for what moves scenarios only, and once an end for the discount factor
 */
export async function overRanges(input: ParticipationInput, size: ScenarioSize, money: Calibration['money'], assumed: RangedAssumptions, solve: Solve): Promise<RangeEffect[]> {
  const central = participationScenarios(size, money)
  const moved = scenarioEnds(size, money, assumed)
  const solved = await solve(input, [...central, ...moved.flatMap(({ ends }) => ends)])
  const lastChange = (changes: ParticipationChanges): DrawInterval => changes.change.at(-1)!
  const centralOf = (name: string): DrawInterval => lastChange(solved[central.findIndex((scenario) => scenario.name === name)]!)
  const effects = moved.map(({ assumption, ends: [{ name }] }, k): RangeEffect => {
    const at = central.length + 2 * k
    return { scenario: name, ...described(assumption), low: lastChange(solved[at]!), central: centralOf(name), high: lastChange(solved[at + 1]!) }
  })
  const { range } = assumed.discount
  if (range !== undefined) {
    const [low, high] = [await solve({ ...input, discount: range[0] }, central), await solve({ ...input, discount: range[1] }, central)]
    central.forEach(({ name }, s) => effects.push({ scenario: name, ...described(assumed.discount), low: lastChange(low[s]!), central: centralOf(name), high: lastChange(high[s]!) }))
  }
  const width = ({ low, high }: RangeEffect): number => Math.abs(high.median - low.median)
  return central.flatMap(({ name }) => effects.filter(({ scenario }) => scenario === name).sort((a, b) => width(b) - width(a)))
}

const described = ({ name, unit, range }: ExternalAssumption) => ({ assumption: name, unit, range: range! })

/** What a scenario becomes at both ends of each assumption that enters it alone. */
function scenarioEnds(size: ScenarioSize, money: Calibration['money'], { subsidy, tradeRise, savingRate, shockShare }: RangedAssumptions) {
  const named = (name: string, other: ScenarioSize, by: { readonly gain: number; readonly scale: number }): ParticipationScenario =>
    participationScenarios(other, { ...money, gain: money.gain * by.gain, scale: money.scale * by.scale }).find((scenario) => scenario.name === name)!
  const same = { gain: 1, scale: 1 }
  // Gain and scale are in proportion to the saving rate, the scale to the share of the shock as well.
  const ends = [
    { assumption: subsidy, at: (value: number) => named('entry-cost subsidy', { ...size, subsidy: value }, same) },
    { assumption: tradeRise, at: (value: number) => named('dearer trade', { ...size, tradeRise: value }, same) },
    { assumption: savingRate, at: (value: number) => named('dearer trade', { ...size, savingRate: value }, { gain: value / savingRate.value, scale: value / savingRate.value }) },
    { assumption: shockShare, at: (value: number) => named('dearer trade', size, { gain: 1, scale: value / shockShare.value }) },
  ]
  return ends.flatMap(({ assumption, at }) => {
    const { range } = assumption
    return range === undefined ? [] : [{ assumption, ends: [at(range[0]), at(range[1])] as const }]
  })
}

const share = { percent: 1 } as const

/** The blocks of the page: a tornado a scenario and their table. */
export function rangeBlocks({ words: { units } }: AnyStudy, effects: readonly RangeEffect[], draws: number, year: number): PageSection['blocks'] {
  const scenarios = [...new Set(effects.map(({ scenario }) => scenario))]
  return [...scenarios.map((name, index) => tornado(name, index + 1, effects.filter(({ scenario }) => scenario === name), year)), ...(effects.length === 0 ? [] : [rangeTable(effects, draws, units, year)])]
}

function tornado(scenario: string, number: number, effects: readonly RangeEffect[], year: number): FigureModel {
  return {
    kind: 'bars', id: `participation-tornado-${number}`, title: `Over the ranges of what is assumed: ${scenario}`,
    caption: `Median change of the share active in ${year} with one assumption at the low and the high end of its range, the widest first; ${(100 * effects[0]!.central.median).toFixed(1)} points as assumed.`,
    value: { label: 'change of the share active', format: share },
    categories: effects.map(({ assumption }) => assumption),
    series: [{ name: 'low end', values: effects.map(({ low }) => low.median) }, { name: 'high end', values: effects.map(({ high }) => high.median) }],
  }
}

function rangeTable(effects: readonly RangeEffect[], draws: number, units: string, year: number) {
  const rows = effects.map(({ scenario, assumption, unit, range: [from, to], low, central, high }) => ({
    scenario, assumption, unit, from, atLow: low.median, central: central.median, to, atHigh: high.median, most: Math.max(low.interval[1], high.interval[1]), least: Math.min(low.interval[0], high.interval[0]),
  }))
  const plain = { significant: 3 } as const
  return dataTable('participation-ranges', `Change of the share active in ${year}, by what is assumed`, rows, {
    columns: [{ key: 'scenario', label: 'Scenario', role: 'label' }, { key: 'assumption', label: 'Assumption', role: 'label' }, { key: 'from', label: 'Low end', format: plain }, { key: 'to', label: 'High end', format: plain },
      { key: 'unit', label: 'Unit' }, { key: 'atLow', label: 'Change at the low end', format: share }, { key: 'central', label: 'As assumed', format: share }, { key: 'atHigh', label: 'At the high end', format: share },
      { key: 'least', label: 'Least', format: share }, { key: 'most', label: 'Most', format: share }],
    notes: [`Medians over the first ${draws} draws, one assumption moved at a time; least and most are the outer ends of the 5–95 % intervals of both. Shares are of the ${units} of the decision sample.`],
  })
}
