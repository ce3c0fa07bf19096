/**
 * The flow of an offshoring study, from raw files to a page: who starts and who stops buying abroad, what that says about the
 * costs of doing so, and what a change of those costs would move.
 *
 * The order is that of Canello and Pavone: a dynamic binary model of the activity with local spillovers (their Table 2), a
 * duration model of its end (their Table 3); then the costs, the sourcing problem and the scenario.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  activeNeighbours, chainChanges, cloglog, cluster, cox, id, initialValues, join, joinFeatures, lags, logit, panel, probit, proportionalHazards, readScenario, relation,
  reProbit, solveChain, solveTree, spellPeriods, sql, treeChanges, unitMeans, type Flow, type Panel, type Relation, type TreePath,
} from 'reshore'
import { calibrated } from './costs.js'
import { activeMoney, activityByArea, activityByDestination, activityByYear, sampleFlow } from './describe.js'
import { survivalAtMeans } from './exit.js'
import { entryFormula, exitTerms } from './formulas.js'
import { studyPage } from './page.js'
import { plantedTables, type Truth } from './planted.js'
import type { AnyStudy, RawTables, Study, StudyInputs } from './study.js'

/** Declares the steps of a study after those that read its raw tables. */
export function offshoringSteps<T extends RawTables>(study: Study<T>, { step }: Flow, { tables, scenario, truth, further }: StudyInputs<T>): void {
  const firms = step('panel', {
    stage: 'features',
    inputs: { tables },
    run: ({ tables }) => ({ firms: study.panel(tables) }),
  })

  const features = step('features', {
    stage: 'features',
    inputs: { tables, firms },
    async run({ tables, firms: { firms } }, { engine, flow }) {
      const rows = withFeatures(study, firmPanel(firms), tables)
      const sample = firmPanel(entrySample(study, rows))
      const spells = spellPeriods(firmPanel(rows), { active: 'active', ...study.exit })
      flow(...await sampleFlow(engine, { rows, sample: sample.rows, spells }, study))
      return {
        entry: joinFeatures(sample, unitMeans(sample, study.entry.lagged.map((name) => `${name}_lag1`))),
        spells,
        active: activeMoney(rows),
        byYear: activityByYear(rows),
        byArea: activityByArea(rows, study.hasPlaces),
        byDestination: study.destinations && activityByDestination(firmPanel(rows), study.destinations),
      }
    },
  })

  const entry = step('entry', {
    stage: 'estimate',
    inputs: { features },
    async run({ features }, { engine }) {
      const table = await engine.query(features.entry)
      const formula = entryFormula(study)
      const byFirm = { vcov: cluster('firm') }
      return { logit: logit(formula, table, byFirm), probit: probit(formula, table, byFirm), reProbit: reProbit(formula, table, { ...byFirm, group: 'firm' }) }
    },
  })

  const exit = step('exit', {
    stage: 'estimate',
    inputs: { features },
    async run({ features }, { engine }) {
      const spells = await engine.query(features.spells)
      const terms = exitTerms(study).join(' + ')
      const byFirm = { vcov: cluster('firm') }
      const coxFit = cox(`surv(start, stop, event) ~ ${terms}`, spells, byFirm)
      return {
        cox: coxFit,
        cloglog: cloglog(`event ~ ${terms} + i(stop)`, spells, byFirm),
        proportionality: proportionalHazards(coxFit, spells),
        survival: survivalAtMeans(study, coxFit, spells),
      }
    },
  })

  const costs = step('costs', {
    stage: 'calibrate',
    inputs: { features, entry, exit },
    async run({ features, entry, exit }, { engine }) {
      return {
        calibration: calibrated(study, {
          entry: { fit: entry.logit, table: await engine.query(features.entry) },
          exit: { fit: exit.cloglog, table: await engine.query(features.spells) },
          active: await engine.query(features.active),
        }),
      }
    },
  })

  const plan = step('sourcing', {
    stage: 'sourcing',
    inputs: { costs },
    run: ({ costs: { calibration: { costs } } }) => ({ chain: solveChain(costs.chain), tree: solveTree(costs.tree) as TreePath }),
  })

  const changes = step('scenario', {
    stage: 'counterfactual',
    inputs: { costs },
    files: { scenario: scenarioFile(scenario) },
    run({ costs: { calibration } }, { files }) {
      const change = readScenario(JSON.parse(readFileSync(files.scenario[0]!, 'utf8')))
      return { chain: chainChanges(calibration.costs, change, calibration.quantities), tree: treeChanges(calibration.costs, change) }
    },
  })

  const more = further?.({ tables, firms, features, entry, exit, costs })

  step('page', {
    stage: 'report',
    inputs: { tables, features, entry, exit, costs, plan, changes, ...(more === undefined ? {} : { more }) },
    files: truth === undefined ? {} : { truth },
    async run({ tables, features, entry, exit, costs: { calibration }, plan, changes, more }, { engine, files }) {
      const [truthFile] = (files as { readonly truth?: readonly string[] }).truth ?? []
      const planted = truthFile === undefined ? undefined : plantedTables(study, JSON.parse(readFileSync(truthFile, 'utf8')) as Truth, entry.reProbit, exit.cox)
      const [byYear, byArea] = [await engine.query(features.byYear), await engine.query(features.byArea)]
      const byDestination = features.byDestination && await engine.query(features.byDestination)
      return { page: studyPage(study, { quarantine: tables.quarantine, byYear, byArea, byDestination, entry, exit, calibration, plan, changes, planted, more }) }
    },
  })
}

const firmPanel = (rows: Relation): Panel => panel(rows, { unit: 'firm', period: 'year' })

/** Lags, initial condition and neighbours: a count last year for the decision, and the current one for the start of a spell. */
function withFeatures<T extends RawTables>({ entry, firstYear, features }: Study<T>, firms: Panel, tables: T): Relation {
  return joinFeatures(firms,
    lags(firms, ['active', ...entry.lagged]),
    initialValues(firms, ['active'], { at: firstYear }),
    activeNeighbours(firms, { area: ['area'], active: 'active' }),
    activeNeighbours(firms, { area: ['area'], active: 'active', lag: 0, name: 'here' }),
    ...features?.(firms, tables) ?? [])
}

/** Rows on which the decision and everything it is explained by are known, in categories where some are active and some are not. */
function entrySample({ entry: { lagged, others, factors } }: AnyStudy, rows: Relation): Relation {
  const known = ['active', 'active_lag1', 'active_initial', ...lagged.map((name) => `${name}_lag1`), ...others, ...factors]
  const complete = relation('complete', { key: ['firm', 'year'] }, sql`SELECT * FROM ${rows} WHERE ${join(known.map((name) => sql`${id(name)} IS NOT NULL`), ' AND ')}`)
  const varies = factors.map((name) => sql`${id(name)} IN (SELECT ${id(name)} FROM ${complete} GROUP BY ${id(name)} HAVING min(active) = 0 AND max(active) = 1)`)
  return relation('entry_sample', { key: ['firm', 'year'] }, sql`SELECT * FROM ${complete} WHERE ${join(varies, ' AND ')}`)
}

function scenarioFile(scenario: string): string {
  return scenario.endsWith('.json') ? resolve(scenario) : fileURLToPath(new URL(`../scenarios/${scenario}.json`, import.meta.url))
}
