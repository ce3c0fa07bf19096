/**
 * What the Italian paper adds to the common flow: the dynamic random-effects logit beside the probit, effects and transitions on the
 * probability, the published tables, and entry and exit re-solved over joint draws under three scenarios.
 */
import {
  averagePartialEffects, byDestination, cluster, id, panel, participationOverDraws, reLogit, relation, sql, transitionQuantities,
  type Fit, type Flow, type PageSection, type Relation, type ScenarioReport, type Step,
} from 'reshore'
import { entryFormula } from '../offshoring/formulas.js'
import { decidingFirms, drawnCosts, jointEquations, participationScenarios, type Equations, type ParticipationAssumptions } from '../offshoring/participation.js'
import { participationAssumptions, participationReports, participationSection, participationSummary } from '../offshoring/participationPage.js'
import { overRanges } from '../offshoring/ranges.js'
import type { PageParts, Study, StudySteps } from '../offshoring/study.js'
import { exitsByDestination, exitsSection } from './exits.js'
import { paperSection } from './tables.js'

export interface PaperSettings {
  readonly assumptions: ParticipationAssumptions
  /** Joint draws of all coefficients. */
  readonly draws: number
  readonly seed: number
  /** Company-years with subsidiaries abroad: `company`, `year`, `sector`, `output`, `employees`, `subsidiaries` and one 0/1 column a destination. */
  readonly investing: (tables: never) => Relation
  /** Destination -> column of `investing`. */
  readonly subsidiaries: Readonly<Record<string, string>>
}

/** One draw in so many is re-solved over the ranges of the assumptions. */
const rangeShare = 4

/** Years of Table 1, and the year of the figures. */
const [firstYear, figureYear] = [2007, 2008]

type Declare = Pick<Flow, 'step'>

/** Declares the steps and returns the one that makes their part of the page. */
export function paperSteps(study: Study<never>, flow: Declare, steps: StudySteps, settings: PaperSettings): Step<PageParts> {
  const paper = rowsStep(study, flow, steps, settings)
  const effects = effectsStep(study, flow, steps)
  const destinations = exitsByDestination(study, flow, steps)
  const participation = participationStep(study, flow, { ...steps, effects }, settings)
  return sectionsStep(study, flow, { ...steps, paper, effects, destinations, participation }, settings.assumptions)
}

/** Rows behind Table 1 and the figures. */
function rowsStep(study: Study<never>, { step }: Declare, { tables, firms }: StudySteps, settings: PaperSettings) {
  return step('paper', {
    stage: 'features',
    inputs: { tables, firms },
    run: ({ tables, firms: { firms } }) => ({
      outsourcers: relation('outsourcers', { key: ['firm', 'year'] }, sql`
        SELECT firm, year, sector, output, employees, export_share, foreign_cost, bought_cost - foreign_cost AS italian_cost, district
        FROM ${firms} WHERE active = 1 AND year >= ${firstYear}`),
      investors: relation('investing', { key: ['company', 'year'] }, sql`SELECT * FROM ${settings.investing(tables as never)} WHERE year >= ${firstYear} AND subsidiaries > 0`),
      destinations: destinationsIn(study, firms, settings.investing(tables as never), settings.subsidiaries),
      places: relation('places', { key: ['area'] }, sql`
        SELECT area, CAST(min(latitude) AS DOUBLE) AS latitude, CAST(min(longitude) AS DOUBLE) AS longitude, CAST(count(*) AS INTEGER) AS active
        FROM ${firms} WHERE active = 1 AND year = ${figureYear} AND area IS NOT NULL GROUP BY area`),
    }),
  })
}

/** The dynamic random-effects logit, and what it and the probit say of the probability. */
function effectsStep(study: Study<never>, { step }: Declare, { features, entry }: StudySteps) {
  return step('random-effects', {
    stage: 'estimate',
    inputs: { features, entry },
    async run({ features, entry: { reProbit } }, { engine, threads, progress }) {
      const table = await engine.query(features.entry)
      const fit = reLogit(entryFormula(study), table, { vcov: cluster('firm'), group: 'firm', threads })
      progress(0.4, 'effects on the probability')
      const variables = ['active_lag1', 'active_initial', ...study.entry.lagged.map((name) => `${name}_lag1`), ...study.entry.others]
      const of = <R>(make: (fit: Fit) => R): { reProbit: R; reLogit: R } => ({ reProbit: make(reProbit), reLogit: make(fit) })
      return { reLogit: fit, effects: of((fit) => averagePartialEffects(fit, table, variables)), transitions: of((fit) => transitionQuantities(fit, table, 'active_lag1')) }
    },
  })
}

/** Entry and exit under three scenarios over joint draws, and over the ranges of what is assumed. */
function participationStep(
  study: Study<never>, { step }: Declare, { features, entry, exit, costs, effects }: StudySteps & { readonly effects: ReturnType<typeof effectsStep> }, settings: PaperSettings,
) {
  const { draws, seed, assumptions } = settings
  const { discount, savingRate, shockShare } = study.sourcing
  const ranged = { ...assumptions, discount, savingRate, shockShare }
  return step('participation', {
    stage: 'counterfactual',
    inputs: { features, entry, exit, costs, effects },
    options: {
      draws, seed, discount: discount.value,
      size: { subsidy: assumptions.subsidy.value, tradeRise: assumptions.tradeRise.value, savingRate: savingRate.value },
      ranges: Object.fromEntries(Object.entries(ranged).map(([name, { value, range = [] }]) => [name, [value, ...range]])),
      rangeDraws: Math.ceil(draws / rangeShare),
    },
    async run({ features, entry, exit, costs: { calibration }, effects }, { engine, threads, progress, options }) {
      const decisions = await engine.query(features.entry)
      const equations: Equations = {
        entry: { fit: effects.reLogit, table: decisions }, pooled: { fit: entry.logit, table: decisions }, exit: { fit: exit.cloglog, table: await engine.query(features.spells) },
      }
      const joint = jointEquations(equations)
      const { input, areas, observed } = decidingFirms(equations.entry, joint, { discount: options.discount, seed: options.seed })
      const scenarios = participationScenarios(options.size, calibration.money)
      const changes = await participationOverDraws({ input, scenarios }, options.draws, {
        workers: threads, onProgress: (done) => progress(done / (2 * options.draws), `${done} of ${options.draws} draws`),
      })
      progress(0.5, 'over the ranges of what is assumed')
      const ranges = await overRanges(input, options.size, calibration.money, ranged, (at, moved) => participationOverDraws({ input: at, scenarios: moved }, options.rangeDraws, { workers: threads }))
      return { joint, drawn: drawnCosts(joint, equations, options.draws, options.seed), changes, areas, observed, ranges: { draws: options.rangeDraws, effects: ranges } }
    },
  })
}

interface SectionInputs extends StudySteps {
  readonly paper: ReturnType<typeof rowsStep>
  readonly effects: ReturnType<typeof effectsStep>
  readonly destinations: ReturnType<typeof exitsByDestination>
  readonly participation: ReturnType<typeof participationStep>
}

/** Their part of the page. */
function sectionsStep(study: Study<never>, { step }: Declare, { features, paper, entry, exit, effects, destinations, participation }: SectionInputs, assumptions: ParticipationAssumptions): Step<PageParts> {
  return step('paper-sections', {
    stage: 'report',
    inputs: { features, paper, entry, exit, effects, destinations, participation },
    async run({ features, paper, entry: { reProbit }, exit: { cox, cloglog }, effects, destinations: exits, participation: { drawn, changes, areas, observed, ranges } }, { engine }) {
      const [outsourcers, investors, destinations, places] = [await engine.query(paper.outsourcers), await engine.query(paper.investors), await engine.query(paper.destinations), await engine.query(paper.places)]
      const byArea = await engine.query(features.byArea)
      const known = new Map(byArea.toArray().map((row) => [String(row.area), { latitude: Number(row.latitude), longitude: Number(row.longitude) }]))
      const results = { changes, costs: drawn, areas, observed, places: known, ranges }
      const sections: PageSection[] = [
        paperSection(study.labels, { outsourcers, investors, destinations, places, reProbit, cox, cloglog, ...effects }),
        exitsSection(study, exits),
        participationSection(study, results),
      ]
      const scenarios: ScenarioReport[] = participationReports(assumptions, results)
      return { summary: participationSummary(study, results), sections, scenarios, assumptions: participationAssumptions(assumptions) }
    },
  })
}

/** Units by sector, mode and destination in the year of the figures. */
function destinationsIn({ destinations = {} }: Study<never>, firms: Relation, investing: Relation, subsidiaries: PaperSettings['subsidiaries']): Relation {
  const outsourcing = byDestination(panel(firms, { unit: 'firm', period: 'year' }), destinations).rows
  const investments = byDestination(panel(investing, { unit: 'company', period: 'year' }), subsidiaries).rows
  const by = (mode: string, rows: Relation, units: Relation, unit: string) => sql`
    SELECT u.sector, ${mode} AS mode, d.destination, CAST(sum(d.active) AS INTEGER) AS units
    FROM ${rows} AS d JOIN ${units} AS u ON ${id('u', unit)} = ${id('d', unit)} AND u.year = d.year WHERE d.year = ${figureYear} GROUP BY u.sector, d.destination`
  return relation('destinations_2008', { key: ['sector', 'mode', 'destination'] }, sql`${by('outsourcing', outsourcing, firms, 'firm')} UNION ALL ${by('FDI', investments, investing, 'company')}`)
}
