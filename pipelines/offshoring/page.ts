/** The page of an offshoring study: data, entry, exit, costs, sourcing, scenario, in the order of the flow. */
import {
  coefficientFigure, dataTable, envelopeFigure, modelColumn, regressionTable, scenarioReport, survivalFigure, tauPathFigure, tidy,
  type ArrowTable, type Assumption, type ChainChanges, type ChainPlan, type CostPoint, type CurveRecord, type FigureModel, type Fit, type PageContent, type ProportionalityTest, type QuarantinedRow, type PageSection, type TidyRow,
  type TreeChanges, type TreePath,
} from 'reshore'
import type { Calibration } from './costs.js'
import type { PlantedTables } from './planted.js'
import type { AnyStudy, PageParts } from './study.js'

export interface StudyResults {
  readonly quarantine: readonly QuarantinedRow[]
  readonly byYear: ArrowTable
  readonly byArea: ArrowTable
  readonly byDestination?: ArrowTable
  readonly entry: { readonly logit: Fit; readonly probit: Fit; readonly reProbit: Fit }
  readonly exit: { readonly cox: Fit<'cox'>; readonly cloglog: Fit; readonly survival: readonly CurveRecord[]; readonly proportionality: readonly ProportionalityTest[] }
  readonly calibration: Calibration
  readonly plan: { readonly chain: ChainPlan; readonly tree: TreePath }
  readonly changes: { readonly chain: ChainChanges; readonly tree: TreeChanges }
  readonly planted?: PlantedTables
  /** What the study adds. */
  readonly more?: PageParts
}

/** The page but for rows and provenance, which the run adds. */
export function studyPage(study: AnyStudy, results: StudyResults): PageContent {
  const { calibration: { costs }, changes, quarantine, more = { summary: '', sections: [], scenarios: [], assumptions: [] } } = results
  const chain = scenarioReport('scenario', changes.chain, { stages: costs.stages, quantityUnit: study.words.currency })
  const tree = scenarioReport('scenario', changes.tree)
  return {
    title: study.title,
    summary: `${summary(study, results)}\n\n${more.summary}`.trim(),
    highlights: highlights(study, results),
    quarantine: examples(quarantine),
    sections: [dataSection(study, results), entrySection(study, results), exitSection(study, results), costSection(study, results), sourcingSection(study, results), ...more.sections],
    scenarios: [{ ...chain, outcomes: [...chain.outcomes, ...tree.outcomes.map((outcome) => ({ ...outcome, label: `${outcome.label}, without fixed costs` }))] }, ...more.scenarios],
    assumptions: [...costs.assumptions.map(({ name, value, range, unit, source }): Assumption => ({ name, value, ...(range === undefined ? {} : { range }), unit, source })), ...more.assumptions],
    notes: [],
  }
}

/** Two rows for every reason: the quarantine files have them all. */
function examples(quarantine: readonly QuarantinedRow[]): PageContent['quarantine'] {
  return quarantine.filter((row, index) => quarantine.slice(0, index).filter(({ reason }) => reason === row.reason).length < 2)
    .map(({ file, line, column, reason, text }) => ({ file, line, ...(column === null ? {} : { column }), reason, text }))
}

function summary({ question, words }: AnyStudy, { entry: { logit }, exit, changes: { chain }, calibration: { costs, money } }: StudyResults): string {
  const spillover = row(logit, 'neighbours')
  const strength = spillover.pValue < 0.05 ? `are ${spillover.estimate > 0 ? 'more' : 'less'} likely` : 'are not measurably more or less likely'
  const { quantity, base, scenario } = chain.costs[1]!
  const moves = costs.stages.flatMap((stage, n) => (base.chain[n] === scenario.chain[n] ? [] : [`the ${stage} would move from ${base.chain[n]!} to ${scenario.chain[n]!}`]))
  return [
    question,
    `${capital(words.units)} with more ${words.activity} around them ${strength} to be in it the year after. ` +
    `${count(exit.cox.detail.events)} ends of ${words.activity} in ${count(exit.cox.sample.used)} ${words.unit}-years at risk tell how long it lasts. ` +
    `The sunk cost of starting, without an exit cost, is worth ${(money.sunk.value / money.gain).toFixed(1)} years' gain.`,
    `In the scenario \`${chain.scenario.name}\`, at the median output of ${count(quantity)} ${words.currency}, ${moves.length === 0 ? 'nothing would move' : moves.join(' and ')}.`,
  ].join('\n\n')
}

function highlights({ words }: AnyStudy, { byYear, entry: { reProbit }, calibration: { money, fromStateDependence } }: StudyResults): PageContent['highlights'] {
  const last = objects(byYear).at(-1)!
  const spillover = row(reProbit, 'neighbours')
  const interval = spillover.conf.map((end) => end.toPrecision(2)).join(' to ')
  return [
    { label: `active ${words.units}, ${String(last.year)}`, value: Number(last.active) / Number(last.units), format: { percent: 1 }, note: `of ${count(Number(last.units))}` },
    { label: 'local spillover', value: spillover.estimate, format: { significant: 2 }, note: `random-effects probit, 95 %: ${interval}` },
    { label: 'stop within a year', value: fromStateDependence.exitHazard, format: { percent: 1 }, note: `at the mean ${words.unit}` },
    { label: 'sunk cost, no exit cost', value: money.sunk.value, format: { significant: 3 }, note: `${words.currency}, under the assumptions below` },
  ]
}

function dataSection({ words }: AnyStudy, { byYear, byArea, byDestination }: StudyResults): PageSection {
  const areas = objects(byArea)
  const map: FigureModel = {
    kind: 'map', id: 'areas', title: `${capital(words.units)} ever active, by ${words.area}`, valueLabel: words.units, format: 'integer', geography: 'places', unitName: words.units,
    places: areas.map((area) => ({ name: String(area.area), value: Number(area.active), units: Number(area.active), ...coordinates(area) })),
  }
  return {
    id: 'panel', title: `Who is in ${words.activity}`,
    blocks: [
      dataTable('by-year', `${capital(words.units)} by year`, objects(byYear), {
        columns: [{ key: 'year', label: 'Year', format: 'year', role: 'label' }, { key: 'units', label: capital(words.units), role: 'count', format: 'integer' },
          { key: 'active', label: 'Active', role: 'count', format: 'integer' }, { key: 'starts', label: 'Starts', role: 'count', format: 'integer' }, { key: 'stops', label: 'Stops', role: 'count', format: 'integer' }],
        unitName: words.units,
      }),
      map,
      ...(byDestination === undefined ? [] : [destinationFigure(words, objects(byDestination))]),
    ],
  }
}

function destinationFigure({ activity, units }: AnyStudy['words'], rows: readonly Readonly<Record<string, number | string | null>>[]): FigureModel {
  const years = [...new Set(rows.map(({ year }) => Number(year)))]
  const places = [...new Set(rows.map(({ destination }) => String(destination)))]
  return {
    kind: 'bars', id: 'destinations', title: `Where ${activity} goes`, value: { label: units, format: 'integer' }, counts: true, arrangement: 'stacked', unitName: units,
    caption: 'A unit counts in every destination it uses.', categories: years.map(String),
    series: places.map((name) => ({ name, values: years.map((year) => Number(rows.find((row) => row.destination === name && row.year === year)?.active ?? 0)) })),
  }
}

function coordinates(area: Readonly<Record<string, unknown>>): { longitude?: number; latitude?: number } {
  return typeof area.longitude === 'number' && typeof area.latitude === 'number' ? { longitude: area.longitude, latitude: area.latitude } : {}
}

function entrySection(study: AnyStudy, { entry: { logit, probit, reProbit }, planted }: StudyResults): PageSection {
  const columns = [logit, probit, reProbit].map((fit, index) => modelColumn(fit, tidy(fit), { name: `(${index + 1})`, outcome: study.words.activity }))
  const figure = coefficientFigure({
    id: 'entry-coefficients', title: `What goes with ${study.words.activity} next year`,
    caption: 'Estimates with 95 % intervals, clustered by unit. Logit and probit are on different scales, by a factor of about 1.7.',
  }, columns, { labels: study.labels, omit: logit.terms.filter(isNuisance), unitName: study.words.units })
  return {
    id: 'decision', title: 'Who starts and who stays',
    blocks: [
      { kind: 'prose', text: 'Pooled binary models with the initial condition, the lag, last year\'s covariates and their firm means (correlated effects). Without a random effect the lag also carries what does not change within a unit.' },
      regressionTable('entry', `The decision: ${study.words.activity}`, columns, {
        stars: [0.1, 0.05, 0.01], labels: study.labels, unitName: study.words.units, omit: [...logit.terms].filter((term) => term.endsWith('_mean')),
        indicators: indicators(logit), notes: ['Firm means of the lagged covariates are included.'],
      }),
      figure,
      ...(planted === undefined ? [] : [planted.entry]),
    ],
  }
}

function exitSection(study: AnyStudy, { exit: { cox, cloglog, survival, proportionality }, planted }: StudyResults): PageSection {
  const { words } = study
  const curves = survivalFigure({ id: 'survival', title: `How long ${words.activity} lasts`, caption: 'Predicted from the Cox model at the means of its covariates.' },
    survival, { timeLabel: 'years since the start', valueLabel: 'still active', unitName: words.units })
  return {
    id: 'return', title: 'Who comes back',
    blocks: [
      regressionTable('exit', `The end of ${words.activity}: hazard ratios`, [
        modelColumn(cox, tidy(cox), { name: '(1)', outcome: 'stop' }), modelColumn(cloglog, tidy(cloglog), { name: '(2)', outcome: 'stop' }),
      ], { scale: 'ratio', below: 'interval', labels: study.labels, unitName: words.units, indicators: [...indicators(cloglog), { label: 'Years since start', prefix: 'stop::' }], omit: ['(Intercept)'] }),
      curves,
      dataTable('proportional-hazards', 'Are hazards proportional? Schoenfeld residuals against time', proportionality.map((test) => ({ ...test })), {
        columns: [{ key: 'term', label: 'Term', role: 'label' }, { key: 'statistic', label: 'χ²', format: { decimals: 2 } }, { key: 'degreesOfFreedom', label: 'd.f.', format: 'integer' }, { key: 'pValue', label: 'p', format: 'p-value' }],
      }),
      ...(planted?.exit === undefined ? [] : [planted.exit]),
    ],
  }
}

function costSection(study: AnyStudy, { calibration: { fromStateDependence, fromHazard, money } }: StudyResults): PageSection {
  const { currency } = study.words
  const routes = [
    { name: 'Pooled logit: state dependence', costs: fromStateDependence },
    ...(fromHazard === undefined ? [] : [{ name: 'Entry logit and exit hazard', costs: fromHazard }]),
  ]
  const number = { decimals: 3 } as const
  const line = (points: readonly CostPoint[], route: string) => points.map(({ label, exit, sunk, netFixed }) => ({
    route, label, exit: exit.value, sunk: sunk.value, low: sunk.interval[0], high: sunk.interval[1], netFixed: netFixed.value,
  }))
  return {
    id: 'costs', title: 'What it costs to start and to stay',
    blocks: [
      { kind: 'prose', text: `${fromStateDependence.notes.join(' ')} Costs are in units of κ, the scale of the yearly shock.` },
      dataTable('sunk-costs', 'Sunk plus exit cost, in units of κ', routes.map(({ name, costs }) => ({
        name, entry: costs.entryProbability, hazard: costs.exitHazard, sum: costs.sunkPlusExit.value, low: costs.sunkPlusExit.interval[0], high: costs.sunkPlusExit.interval[1],
      })), { columns: [{ key: 'name', label: 'Route', role: 'label' }, { key: 'entry', label: 'Entry probability', format: number }, { key: 'hazard', label: 'Exit hazard', format: number },
        { key: 'sum', label: '(s + x)/κ', format: number }, { key: 'low', label: '95 % from', format: number }, { key: 'high', label: 'to', format: number }] }),
      dataTable('identified-line', 'The identified line: one row is one admissible split', routes.flatMap(({ name, costs }) => line(costs.line, name)), {
        columns: [{ key: 'route', label: 'Route', role: 'label' }, { key: 'label', label: 'Case' }, { key: 'exit', label: 'x/κ', format: number }, { key: 'sunk', label: 's/κ', format: number },
          { key: 'low', label: '95 % from', format: number }, { key: 'high', label: 'to', format: number }, { key: 'netFixed', label: '(f − π)/κ', format: number }],
      }),
      dataTable('money', `In ${currency}, without exit cost`, [
        { what: 'yearly gain π', value: money.gain, low: null, high: null },
        { what: 'scale of the yearly shock κ', value: money.scale, low: null, high: null },
        { what: 'sunk cost s', value: money.sunk.value, low: money.sunk.interval[0], high: money.sunk.interval[1] },
        { what: 'fixed cost f, a year', value: money.fixed.value, low: money.fixed.interval[0], high: money.fixed.interval[1] },
      ], { columns: [{ key: 'what', label: '', role: 'label' }, { key: 'value', label: currency, format: { significant: 4 } }, { key: 'low', label: '95 % from', format: { significant: 4 } }, { key: 'high', label: 'to', format: { significant: 4 } }],
        notes: ['Gain and scale rest on the assumed saving rate and shock size; the intervals are those of the estimates alone.'] }),
    ],
  }
}

function sourcingSection(study: AnyStudy, { plan: { chain, tree }, calibration: { costs } }: StudyResults): PageSection {
  const { currency } = study.words
  const named = (places: readonly number[]): string => places.map((place) => costs.locations[place]!).join('→')
  const envelope = envelopeFigure({ id: 'envelope', title: 'The cheapest chain by yearly output' }, [{ name: 'today', plan: chain }],
    { countries: costs.locations, quantity: `yearly output, ${currency}`, costLabel: 'average cost' })
  const path = tauPathFigure({ id: 'tau-path', title: 'Where each stage is made as trade costs change', caption: 'Unit costs only, without fixed costs: an exact path, every change of place is a breakpoint.' },
    tree, { parts: [...costs.stages].reverse(), countries: costs.locations, tau: 'trade costs (1: today)', cost: 'unit cost' })
  return {
    id: 'sourcing', title: 'Where it would be made',
    blocks: [
      dataTable('chains', 'The envelope', chain.segments.map(({ chain: places, marginalCost, fixedCost, from, to }) => ({ chain: named(places), marginalCost, fixedCost, from, to })), {
        columns: [{ key: 'chain', label: 'Chain', role: 'label' }, { key: 'marginalCost', label: 'Marginal cost', format: { decimals: 4 } }, { key: 'fixedCost', label: `Fixed cost, ${currency}`, format: 'integer' },
          { key: 'from', label: 'From output', format: 'integer' }, { key: 'to', label: 'to', format: 'integer' }],
        notes: [`Stages: ${costs.stages.join(', then ')}.`],
      }),
      envelope, path,
    ],
  }
}

function isNuisance(term: string): boolean {
  return term === '(Intercept)' || term.includes('::') || term.endsWith('_mean')
}

/** Rows of indicators instead of every level of a factor. */
function indicators(fit: Fit): { label: string; prefix: string }[] {
  const factors = [...new Set(fit.terms.filter((term) => term.includes('::')).map((term) => term.split('::')[0]!))]
  return factors.filter((name) => name !== 'stop').map((name) => ({ label: `${capital(name)} effects`, prefix: `${name}::` }))
}

/** The row of the first term that begins so. */
function row(fit: Fit, beginning: string): TidyRow {
  return tidy(fit).find(({ term }) => term.startsWith(beginning))!
}

function objects(table: ArrowTable): Readonly<Record<string, number | string | null>>[] {
  return table.toArray().map((one) => ({ ...one.toJSON() }) as Record<string, number | string | null>)
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
