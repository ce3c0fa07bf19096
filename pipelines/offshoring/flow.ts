/**
 * The flow of an offshoring study, from raw tables to a page: who starts and who stops buying abroad, what that says about the
 * costs of doing so, and what a change of those costs would move.
 *
 * The order is that of Canello and Pavone: a dynamic binary model of the activity with local spillovers (their Table 2), a
 * duration model of its end (their Table 3); then the costs, the sourcing problem and the scenario.
 */
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chainChanges, readScenario, solveChain, solveTree, treeChanges, type Flow, type Step, type TreePath } from 'reshore'
import { readJson } from '../shared/json.js'
import { calibrated, type Calibration } from './costs.js'
import { featureStep, panelStep } from './features.js'
import { entryStep, exitStep } from './models.js'
import { studyPage } from './page.js'
import { scenarioRanges } from './scenarioRanges.js'
import { plantedTables, type Truth } from './planted.js'
import type { AnyStudy, PageParts, RawTables, Study, StudyInputs } from './study.js'

/** Declares the steps of a study after the one that reads its raw tables. */
export function offshoringSteps<T extends RawTables>(study: Study<T>, flow: Flow, inputs: StudyInputs<T>): void {
  const firms = panelStep(flow, study, inputs.tables)
  const features = featureStep(flow, study, { tables: inputs.tables, firms })
  const entry = entryStep(flow, study, features)
  const exit = exitStep(flow, study, features)
  const costs = costStep(flow, study, { features, entry, exit })
  const plan = sourcingStep(flow, costs)
  const changes = scenarioStep(flow, costs, inputs.scenario)
  const more = inputs.further?.({ tables: inputs.tables, firms, features, entry, exit, costs })
  const results = { tables: inputs.tables, features, entry, exit, costs, plan, changes, ...(more === undefined ? {} : { more }) }
  pageStep(flow, study, results, inputs.truth)
}

interface ModelSteps {
  readonly features: ReturnType<typeof featureStep>
  readonly entry: ReturnType<typeof entryStep>
  readonly exit: ReturnType<typeof exitStep>
}

interface ResultSteps extends ModelSteps {
  readonly tables: StudyInputs<object>['tables']
  readonly costs: ReturnType<typeof costStep>
  readonly plan: ReturnType<typeof sourcingStep>
  readonly changes: ReturnType<typeof scenarioStep>
  /** What the steps of this study alone add to the page. */
  readonly more?: Step<PageParts>
}

function costStep({ step }: Flow, study: AnyStudy, inputs: ModelSteps): Step<{ calibration: Calibration }> {
  return step('costs', {
    stage: 'calibrate',
    inputs: { ...inputs },
    async run({ features, entry, exit }, { engine }) {
      const [decisions, spells] = [await engine.query(features.entry), await engine.query(features.spells)]
      const active = await engine.query(features.active)
      const models = { entry: { fit: entry.logit, table: decisions }, exit: { fit: exit.cloglog, table: spells } }
      return { calibration: calibrated(study, { ...models, active }) }
    },
  })
}

function sourcingStep({ step }: Flow, costs: ReturnType<typeof costStep>) {
  return step('sourcing', {
    stage: 'sourcing',
    inputs: { costs },
    run({ costs: { calibration } }) {
      const { chain, tree } = calibration.costs
      return { chain: solveChain(chain), tree: solveTree(tree) as TreePath }
    },
  })
}

function scenarioStep({ step }: Flow, costs: ReturnType<typeof costStep>, scenario: string) {
  return step('scenario', {
    stage: 'counterfactual',
    inputs: { costs },
    files: { document: scenarioFile(scenario) },
    run({ costs: { calibration } }, { files }) {
      const change = readScenario(readJson(files.document[0]!))
      const { costs, quantities, ranges } = calibration
      const chain = chainChanges(costs, change, quantities)
      const [, { quantity, relativeChange }] = chain.costs as [unknown, { quantity: number; relativeChange: number }]
      return { chain, tree: treeChanges(costs, change), ranges: scenarioRanges(ranges, change, quantity, relativeChange) }
    },
  })
}

function pageStep({ step }: Flow, study: AnyStudy, inputs: ResultSteps, truth: string | undefined): void {
  step('page', {
    stage: 'report',
    inputs: { ...inputs },
    files: truth === undefined ? {} : { truth },
    async run({ tables, features, entry, exit, costs, plan, changes, more }, { engine, files }) {
      const [byYear, byArea] = [await engine.query(features.byYear), await engine.query(features.byArea)]
      const byDestination = features.byDestination && (await engine.query(features.byDestination))
      const known = Object.values(files).flat().map((file) => readJson(file) as Truth)
      const [planted] = known.map((one) => plantedTables(study, one, entry.reProbit, exit.cox))
      const { quarantine } = tables
      const { calibration } = costs
      const panel = { byYear, byArea, byDestination }
      return { page: studyPage(study, { quarantine, panel, entry, exit, calibration, plan, changes, planted, more }) }
    },
  })
}

function scenarioFile(scenario: string): string {
  return scenario.endsWith('.json') ? resolve(scenario) : fileURLToPath(new URL(`../scenarios/${scenario}.json`, import.meta.url))
}
