/** What entry and exit look like under other costs: the section and the scenarios of the page, from the re-solved draws. */
import {
  dataTable, type Assumption, type DrawInterval, type FigureModel, type PageSection, type ParticipationChanges, type ParticipationPath, type ScenarioReport,
} from 'reshore'
import type { DecidingFirms, DrawnCost, ParticipationAssumptions } from './participation.js'
import { rangeBlocks, type RangeEffect } from './ranges.js'
import type { AnyStudy } from './study.js'

export interface ParticipationResults {
  readonly changes: readonly ParticipationChanges[]
  readonly costs: readonly DrawnCost[]
  readonly areas: DecidingFirms['areas']
  readonly observed: DecidingFirms['observed']
  /** Latitude and longitude by area, where known. */
  readonly places: ReadonlyMap<string, { readonly latitude?: number; readonly longitude?: number }>
  /** The scenarios over the ranges of what is assumed, on fewer draws. */
  readonly ranges: { readonly draws: number; readonly effects: readonly RangeEffect[] }
}

const share = { percent: 1 } as const
const decimals = { decimals: 1 } as const
const level = '5–95 % of draws'

export function participationSection(study: AnyStudy, results: ParticipationResults): PageSection {
  const { words } = study
  const [{ draws, areas }] = results.changes as readonly [ParticipationChanges]
  const units = areas.reduce((sum, area) => sum + area.units, 0)
  const reasons = draws.discarded.map(({ reason, draws: n }) => `${n} (${reason})`).join(', ')
  return {
    id: 'participation', title: 'Who would take part under other costs',
    blocks: [
      {
        kind: 'prose',
        text: `The ${units.toLocaleString('en-US')} ${words.units} of the decision sample, from their state in ${study.firstYear}, decide every year with the costs of the random-effects logit; how many of them are active ` +
          `around a ${words.unit} follows from their own simulated choices. Each of ${draws.asked} joint draws of all coefficients is calibrated and re-solved, base and scenarios with the same shocks. ` +
          `Discarded draws: ${draws.discarded.length === 0 ? 'none' : reasons} (${(100 * (1 - draws.kept / draws.asked)).toFixed(1)} %).\n\n` +
          'The base follows the observed share but for what is held constant: covariates stay at the means of a unit, and nobody leaves the panel.',
      },
      costTable(results.costs),
      scenarioTable(results),
      shareFigure(results, words.units),
      ...rangeBlocks(study, results.ranges.effects, results.ranges.draws, results.observed.year.at(-1)!),
      yearTable(results),
      areaMap(results, words),
      areaTable(results, words),
    ],
  }
}

function costTable(costs: readonly DrawnCost[]) {
  return dataTable('drawn-costs', 'Sunk plus exit cost over joint draws, in units of κ', costs.map(({ route, median, interval: [low, high], kept, asked }) => ({ route, median, low, high, discarded: 1 - kept / asked })), {
    columns: [{ key: 'route', label: 'Route', role: 'label' }, { key: 'median', label: 'Median', format: { decimals: 3 } }, { key: 'low', label: '5 %', format: { decimals: 3 } },
      { key: 'high', label: '95 %', format: { decimals: 3 } }, { key: 'discarded', label: 'Discarded', format: share }],
    notes: ['Entry and exit are drawn from one covariance over firms. Persistent differences between units load on the pooled routes, which are upper bounds.'],
  })
}

/** Last year: base, scenario, change. */
function scenarioTable({ changes, observed }: ParticipationResults) {
  const rows = changes.map(({ name, base, scenario, change, duration }) => ({
    name, base: base.at(-1)!.median, scenario: scenario.at(-1)!.median, ...spread(change.at(-1)!), stay: duration.base.median, longer: duration.scenario.median,
  }))
  return dataTable('participation-scenarios', `Share active in ${observed.year.at(-1)!}`, rows, {
    columns: [{ key: 'name', label: 'Scenario', role: 'label' }, { key: 'base', label: 'Base', format: share }, { key: 'scenario', label: 'Scenario', format: share },
      { key: 'median', label: 'Change', format: share }, { key: 'low', label: '5 %', format: share }, { key: 'high', label: '95 %', format: share },
      { key: 'stay', label: 'Expected years active, base', format: decimals }, { key: 'longer', label: 'scenario', format: decimals }],
    notes: [`Medians over draws; changes draw by draw. Observed: ${(100 * observed.share.at(-1)!).toFixed(1)} %.`],
  })
}

function shareFigure({ changes, observed }: ParticipationResults, units: string): FigureModel {
  const line = (name: string, path: readonly DrawInterval[]) => ({ name, x: observed.year, y: path.map(({ median }) => median), lower: path.map(({ interval }) => interval[0]), upper: path.map(({ interval }) => interval[1]) })
  return {
    kind: 'lines', id: 'participation-share', title: 'Share active, base and scenarios', caption: `Medians and ${level}, beside what was observed.`, unitName: units,
    x: { label: 'year', ticks: observed.year, format: 'year' }, y: { label: 'share active', format: { percent: 0 } },
    series: [line('base', changes[0]!.base), ...changes.map(({ name, scenario }) => line(name, scenario)), { name: 'observed', dashed: true, x: observed.year, y: observed.share }],
  }
}

/** Changes of the share, of entries and of exits, by year. */
function yearTable({ changes, observed }: ParticipationResults) {
  const rows = changes.flatMap(({ name, change, entries, exits }) => observed.year.map((year, t) => ({
    name, year, ...spread(change[t]!), ...named('entries', entries, t), ...named('exits', exits, t),
  })))
  const interval = (prefix: string, label: string, format: typeof share | typeof decimals) => [
    { key: prefix === '' ? 'median' : `${prefix}Median`, label, format }, { key: prefix === '' ? 'low' : `${prefix}Low`, label: '5 %', format }, { key: prefix === '' ? 'high' : `${prefix}High`, label: '95 %', format },
  ]
  return dataTable('participation-years', 'Changes by year', rows, {
    columns: [{ key: 'name', label: 'Scenario', role: 'label' }, { key: 'year', label: 'Year', format: 'year', role: 'label' },
      ...interval('', 'Share active', share), ...interval('entries', 'Entries', decimals), ...interval('exits', 'Exits', decimals)],
  })
}

function spread({ median, interval: [low, high] }: DrawInterval) {
  return { median, low, high }
}

function named(prefix: string, { change }: ParticipationPath, t: number) {
  const { median, low, high } = spread(change[t]!)
  return { [`${prefix}Median`]: median, [`${prefix}Low`]: low, [`${prefix}High`]: high }
}

/** Where the scenario without spillover moves most. */
function areaMap({ changes, areas, places }: ParticipationResults, { area, units, activity }: AnyStudy['words']): FigureModel {
  const { name, areas: moved } = changes.find(({ name }) => name === 'no local spillover')!
  return {
    kind: 'map', id: 'participation-areas', title: `Change of ${activity} by ${area}: ${name}`, caption: `Median change of the number of active ${units} in the last year.`,
    valueLabel: `change in ${units}`, format: decimals, geography: 'places', unitName: units,
    places: moved.map(({ area: code, units: size, change }) => ({ name: areas[code]!, value: change.median, units: size, ...places.get(areas[code]!) })),
  }
}

function areaTable({ changes, areas }: ParticipationResults, { area, units }: AnyStudy['words']) {
  const rows = changes.flatMap(({ name, areas: moved }) => moved.map(({ area: code, units: size, change, falls, stays, rises }) => ({ name, place: areas[code]!, size, ...spread(change), falls, stays, rises })))
  return dataTable('participation-by-area', `Changes of the number active in the last year, by ${area}`, rows, {
    columns: [{ key: 'name', label: 'Scenario', role: 'label' }, { key: 'place', label: area.charAt(0).toUpperCase() + area.slice(1), role: 'label' }, { key: 'size', label: units, role: 'count', format: 'integer' },
      { key: 'median', label: 'Median', format: decimals }, { key: 'low', label: '5 %', format: decimals }, { key: 'high', label: '95 %', format: decimals },
      { key: 'falls', label: 'Falls', format: share }, { key: 'stays', label: 'Stays', format: share }, { key: 'rises', label: 'Rises', format: share }],
    units: 'size', unitName: units, notes: ['Falls, stays, rises: shares of draws with that outcome.'],
  })
}

/** What the scenarios say, in one paragraph. */
export function participationSummary({ words }: AnyStudy, { changes, observed }: ParticipationResults): string {
  const said = changes.map(({ name, scenario, change }) => {
    const { low, high } = spread(change.at(-1)!)
    return `${(100 * scenario.at(-1)!.median).toFixed(1)} % under \`${name}\` (change of ${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} points)`
  })
  const base = (100 * changes[0]!.base.at(-1)!.median).toFixed(1)
  return `Re-solved with their own costs over ${changes[0]!.draws.kept} draws of the estimates, ${base} % of ${words.units} are active in ${observed.year.at(-1)!} as things are, ${said.join(', ')}; intervals are ${level}.`
}

/** The scenarios in the form of the page: what changes, and outcomes of the last year. */
export function participationReports({ subsidy, tradeRise }: ParticipationAssumptions, { changes, observed }: ParticipationResults): ScenarioReport[] {
  const what: Readonly<Record<string, ScenarioReport['changes']>> = {
    'entry-cost subsidy': [{ what: 'sunk entry cost', from: 1, to: 1 - subsidy.value, unit: 'times' }],
    'no local spillover': [{ what: 'effect of active neighbours', from: 1, to: 0, unit: 'times' }],
    'dearer trade': [{ what: 'delivered cost of what is bought abroad', from: 1, to: 1 + tradeRise.value, unit: 'times' }],
  }
  const year = observed.year.at(-1)!
  return changes.map(({ name, base, scenario, change, entries, exits, duration }, index) => ({
    id: `participation-${index + 1}`, title: name, changes: what[name]!,
    outcomes: [
      { kind: 'number', label: `share active in ${year}`, base: base.at(-1)!.median, scenario: scenario.at(-1)!.median, format: share, interval: { change: change.at(-1)!.interval, label: level } },
      numberOf('entries', entries, year), numberOf('exits', exits, year),
      { kind: 'number', label: 'expected years active', base: duration.base.median, scenario: duration.scenario.median, format: decimals },
    ],
  }))
}

function numberOf(label: string, { base, scenario, change }: ParticipationPath, year: number): ScenarioReport['outcomes'][number] {
  return { kind: 'number', label: `${label} in ${year}`, base: base.at(-1)!.median, scenario: scenario.at(-1)!.median, format: decimals, interval: { change: change.at(-1)!.interval, label: level } }
}

/** External numbers of the scenarios. */
export function participationAssumptions({ subsidy, tradeRise }: ParticipationAssumptions): Assumption[] {
  return [subsidy, tradeRise].map(({ name, value, range, unit, source }) => ({ name, value, ...(range === undefined ? {} : { range }), unit, source, usedIn: 'participation scenarios' }))
}
