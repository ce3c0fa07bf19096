/** The page of an offshoring study: data, decisions, returns, costs, sourcing, scenario, in the order of the flow. */
import {
  scenarioReport,
  type Assumption,
  type ChainChanges,
  type ExternalAssumption,
  type PageContent,
  type QuarantinedRow,
  type ScenarioReport,
  type TreeChanges,
} from 'reshore'
import { quarantineExamples } from '../shared/ingest.js'
import type { Calibration } from './costs.js'
import type { PlantedTables } from './planted.js'
import { rangeSection, type ScenarioRange } from './scenarioRanges.js'
import { costSection } from './sections/costs.js'
import { decisionSection, type EntryFits } from './sections/decision.js'
import { panelSection, type PanelTables } from './sections/panel.js'
import { returnSection, type ExitFits } from './sections/return.js'
import { sourcingSection, type Plans } from './sections/sourcing.js'
import { capital, estimateOf, grouped, rowsOf } from '../shared/words.js'
import type { AnyStudy, PageParts } from './study.js'

export interface StudyResults {
  readonly quarantine: readonly QuarantinedRow[]
  readonly panel: PanelTables
  readonly entry: EntryFits
  readonly exit: ExitFits
  readonly calibration: Calibration
  readonly plan: Plans
  readonly changes: { readonly chain: ChainChanges; readonly tree: TreeChanges; readonly ranges: readonly ScenarioRange[] }
  readonly planted?: PlantedTables
  /** What the study adds. */
  readonly more?: PageParts
}

const nothing: PageParts = { summary: '', sections: [], scenarios: [], assumptions: [] }

/** The page but for rows and provenance, which the run adds. */
export function studyPage(study: AnyStudy, results: StudyResults): PageContent {
  const { panel, entry, exit, calibration, plan, changes, planted, more = nothing } = results
  return {
    title: study.title,
    summary: `${summary(study, results)}\n\n${more.summary}`.trim(),
    highlights: highlights(study, results),
    quarantine: quarantineExamples(results.quarantine),
    sections: [
      panelSection(study, panel),
      decisionSection(study, entry, planted?.entry),
      returnSection(study, exit, planted?.exit),
      costSection(study, calibration),
      sourcingSection(study, plan, calibration.costs),
      rangeSection(study, changes.chain.scenario.name, calibration.quantities[1], changes.chain.costs[1]!.relativeChange, changes.ranges),
      ...more.sections,
    ],
    scenarios: [scenario(study, calibration, changes), ...more.scenarios],
    assumptions: [...calibration.costs.assumptions.map(assumption), ...more.assumptions],
    notes: [],
  }
}

/** Counts stay out of the prose: `--min-cell` masks tables and figures, not sentences. */
function summary({ question, words }: AnyStudy, { entry, changes: { chain }, calibration: { costs, money } }: StudyResults): string {
  const { estimate, pValue } = estimateOf(entry.logit, 'neighbours')
  const likely = pValue < 0.05 ? `are ${estimate > 0 ? 'more' : 'less'} likely` : 'are not measurably more or less likely'
  const { quantity, base, scenario: after } = chain.costs[1]!
  const moves = costs.stages.flatMap((stage, n) =>
    base.chain[n] === after.chain[n] ? [] : [`the ${stage} would move from ${base.chain[n]!} to ${after.chain[n]!}`],
  )
  const years = (money.sunk.value / money.gain).toFixed(1)
  return [
    question,
    `${capital(words.units)} with more ${words.activity} around them ${likely} to be in it the year after. ` +
      `The sunk cost of starting, without an exit cost, is worth ${years} years' gain.`,
    `In the scenario \`${chain.scenario.name}\`, at the median output of ${grouped(quantity)} ${words.currency}, ` +
      `${moves.length === 0 ? 'nothing would move' : moves.join(' and ')}.`,
  ].join('\n\n')
}

/** A share of fewer units is left out of the highlights. */
const fewestActive = 30

function highlights({ words }: AnyStudy, { panel, entry, calibration }: StudyResults): PageContent['highlights'] {
  const last = rowsOf(panel.byYear).at(-1)!
  const share = { value: Number(last.active) / Number(last.units), format: { percent: 1 } } as const
  const { estimate, conf } = estimateOf(entry.reProbit, 'neighbours')
  const note = `random-effects probit, 95 %: ${conf.map((end) => end.toPrecision(2)).join(' to ')}`
  const { money, fromStateDependence } = calibration
  return [
    ...(Number(last.active) < fewestActive ? [] : [{ label: `active ${words.units}, ${String(last.year)}`, ...share }]),
    { label: 'local spillover', value: estimate, format: { significant: 2 }, note },
    { label: 'stop within a year', value: fromStateDependence.exitHazard, format: { percent: 1 }, note: `at the mean ${words.unit}` },
    { label: 'sunk cost, no exit cost', value: money.sunk.value, format: { significant: 3 }, note: words.currency },
  ]
}

/** Chain and tree of one scenario as one report. */
function scenario({ words }: AnyStudy, { costs }: Calibration, changes: StudyResults['changes']): ScenarioReport {
  const chain = scenarioReport('scenario', changes.chain, { stages: costs.stages, quantityUnit: words.currency })
  const tree = scenarioReport('scenario', changes.tree)
  const unitCosts = tree.outcomes.map((outcome) => ({ ...outcome, label: `${outcome.label}, without fixed costs` }))
  return { ...chain, outcomes: [...chain.outcomes, ...unitCosts] }
}

function assumption({ name, value, range, unit, source }: ExternalAssumption): Assumption {
  return { name, value, ...(range === undefined ? {} : { range }), unit, source }
}
