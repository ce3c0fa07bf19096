/** Declares the steps that estimate: gravity of links (E1), returns to scale (E5), offshoring and links (E2 to E4); and the scenarios. */
import { relation, sql, type Flow, type Relation, type Step } from 'reshore'
import { rowsOf } from '../shared/words.js'
import type { buyerStep } from './buyers.js'
import { fitStop, rowCount } from './flow.js'
import { gravityFits, industryLogits, industryValues, optionsAbroad } from './gravity.js'
import { jointEstimates } from './joint.js'
import type { linkStep } from './links.js'
import { offshoringFits } from './offshoring.js'
import { quadRows } from './quads.js'
import type { sampleStep } from './sampleStep.js'
import { scaleFits } from './scale.js'
import { exposedInputs, linksByDistance, scenarioRows } from './scenarioRows.js'
import { scenariosOf } from './scenarios.js'
import { shockDesign } from './shocks.js'
import { logOf, type JapanTables, type Period } from './tables.js'

interface GravityInputs {
  readonly tables: Step<JapanTables>
  readonly links: ReturnType<typeof linkStep>
  readonly buyers: ReturnType<typeof buyerStep>
  readonly samples: ReturnType<typeof sampleStep>
}

export function gravityStep({ step }: Flow, inputs: GravityInputs, period: Period) {
  return step('gravity', {
    stage: 'estimate',
    inputs: { ...inputs },
    options: { ...period },
    async run({ tables, links, buyers, samples }, { engine, flow, note, options }) {
      const [pairs, cells] = [await engine.query(samples.pairs), await engine.query(samples.cells)]
      const lastYear = relation('links_of_the_year', { key: ['buyer', 'supplier'] }, sql`
        SELECT buyer, supplier, log_km, input_industry, supplier_log_productivity FROM ${links.table} WHERE year = ${options.to}`)
      const industries = rowsOf(await engine.query(relation('industries_of_pairs', { key: ['input_industry'] }, sql`
        SELECT input_industry FROM ${samples.pairs} GROUP BY input_industry HAVING sum(linked) >= 50`))).map((row) => String(row.input_industry))
      const choices = await engine.query(optionsAbroad(samples.pairs, buyers.inputs))
      const read = { pairs, cells, options: choices, links: await engine.query(lastYear), inputs: await engine.query(buyers.inputs), quads: await engine.query(await quadRows(engine, { tables, links: links.table, industries: links.industries }, options)) }
      const { fits, failed } = gravityFits(read)
      const [ofPairs, ofCells] = [{ from: 'pair-sample', rows: pairs.numRows }, { from: 'cell-sample', rows: cells.numRows }]
      flow(
        fitStop('e1a', 'E1a, logit', ofPairs, fits.logit), fitStop('e1c-pairs', 'E1c, conditional logit', ofPairs, fits.conditional),
        fitStop('e1b', 'E1b, Poisson', ofCells, fits.twoSided), fitStop('e1c', 'E1c, Poisson', ofCells, fits.within),
      )
      const logits = await industryLogits(engine, samples.pairs, industries)
      const values = links.reported.values ? await industryValues(engine, linkValues(links, tables.firms, options.to), industries) : { fits: [], failed: [] }
      for (const { what, why } of failed) note(`No estimate of ${what}: ${ended(why)}`)
      for (const { what, why } of logits.failed) note(`No elasticities of input industry ${what}: ${ended(why)}`)
      for (const { what, why } of values.failed) note(`No elasticity of potential of input industry ${what} from values: ${ended(why)}`)
      const influences = { equations: [...logits.fits, ...values.fits].map(({ influence }) => influence) }
      return { fits, byIndustry: logits.fits.map(({ influence: _, ...one }) => one), values: values.fits.map(({ influence: _, ...one }) => one), influences }
    },
  })
}

/** Links of a year with what they are worth and the sales of the supplier. */
function linkValues({ links, table }: { readonly links: Relation; readonly table: Relation }, firms: Relation, year: number): Relation {
  return relation('link_values', { key: ['buyer', 'supplier'] }, sql`
    SELECT t.buyer, t.supplier, t.input_industry, t.log_km, l.value, ${logOf(sql`f.sales`)} AS supplier_log_sales
    FROM ${table} AS t JOIN ${links} AS l ON l.year = t.year AND l.buyer = t.buyer AND l.supplier = t.supplier
    JOIN ${firms} AS f ON f.firm = t.supplier AND f.year = t.year
    WHERE t.year = ${year} AND l.value IS NOT NULL`)
}

export function scaleStep({ step }: Flow, inputs: Pick<GravityInputs, 'buyers'>) {
  return step('scale', {
    stage: 'estimate',
    inputs: { ...inputs },
    async run({ buyers }, { engine, flow }) {
      const { fits, influences } = await scaleFits(engine, buyers, await shockDesign(engine, buyers))
      flow(fitStop('e5', 'E5, revenue', { from: 'buyers', rows: await rowCount(engine, buyers.buyers) }, fits.pooled.ols))
      return { fits, influences: { equations: influences } }
    },
  })
}

export function offshoringStep({ step }: Flow, inputs: Pick<GravityInputs, 'buyers' | 'samples'> & { readonly scale: ReturnType<typeof scaleStep> }) {
  return step('offshoring', {
    stage: 'estimate',
    inputs: { ...inputs },
    async run({ buyers, samples, scale }, { engine, flow }) {
      const tables = { buyers: buyers.buyers, inputs: buyers.inputs, drops: samples.drops, candidates: samples.candidates }
      const fits = await offshoringFits(engine, tables, scale.fits.exponents, await shockDesign(engine, buyers))
      const sizes = { buyers: await rowCount(engine, tables.buyers), drops: await rowCount(engine, tables.drops), candidates: await rowCount(engine, tables.candidates) }
      flow(
        ...fits.starts.map(({ equation, ols }) => fitStop(equation.id, `E2, ${equation.label}, starting`, { from: 'buyers', rows: sizes.buyers }, ols)),
        ...fits.growth.map(({ equation, ols }) => fitStop(equation.id, `E2, ${equation.label}, growth`, { from: 'buyers', rows: sizes.buyers }, ols)),
        ...fits.drops.map(({ equation, ols }) => fitStop(equation.id, `E3, ${equation.label}`, { from: 'first-year-links', rows: sizes.drops }, ols)),
        ...fits.adds.map(({ equation, ols }) => fitStop(equation.id, `E4, ${equation.label}`, { from: 'candidates', rows: sizes.candidates }, ols)),
      )
      return { fits }
    },
  })
}

interface ScenarioSteps extends Omit<GravityInputs, 'samples' | 'tables'> {
  readonly gravity: ReturnType<typeof gravityStep>
  readonly scale: ReturnType<typeof scaleStep>
}

export function scenarioStep({ step }: Flow, inputs: ScenarioSteps, settings: Period & { readonly draws: number; readonly seed: number }) {
  return step('scenarios', {
    stage: 'counterfactual',
    inputs: { ...inputs },
    options: { ...settings },
    async run({ links, buyers, gravity, scale }, { engine, options }) {
      const tables = { rows: await engine.query(exposedInputs(buyers.inputs, links.table, options)), distances: await engine.query(linksByDistance(links.table, options)) }
      const joint = jointEstimates([...scale.influences.equations, ...gravity.influences.equations])
      return { joint, scenarios: scenariosOf({ joint, ...scenarioRows(tables.rows, tables.distances) }, options.draws, options.seed) }
    },
  })
}

const ended = (sentence: string): string => (sentence.endsWith('.') ? sentence : `${sentence}.`)
