/** From reports of both sides to links, what became of them between the two years, and what is known of each. */
import {
  checkGazetteer, checkIndustries, differentiation, linkCounts, linkPanel, linkStatuses, linkTable, relation, sql,
  type Engine, type Flow, type Relation, type Step,
} from 'reshore'
import { rowsOf } from '../shared/words.js'
import { linkFlow } from './flow.js'
import { requireDifferentiation, requireTables } from './requirements.js'
import type { JapanTables, Period } from './tables.js'

/** The measure of differentiation in the equations: trade-weighted conservative Rauch share, standardised over industries. */
export const differentiationMeasure = 'share_conservative_z'
/** What the means of links are taken of. */
export const linkMeans = ['log_km', differentiationMeasure, 'supplier_log_size', 'supplier_log_productivity']

/** Declares the step that makes links, their statuses and the link table. */
export function linkStep({ step }: Flow, tables: Step<JapanTables>, period: Period) {
  return step('links', {
    stage: 'features',
    inputs: { tables },
    options: { ...period },
    async run({ tables }, { engine, flow, note, options }) {
      const { firms, municipalities } = tables
      await requireTables(engine, tables, options)
      for (const sentence of await lackingCodes(engine, tables)) note(sentence)
      const values = await hasValues(engine, tables.links)
      const sources = { reports: tables.links, firms, ...(values && { columns: { value: 'value' } }) }
      const links = await engine.keep(linkPanel(sources))
      const statuses = await engine.keep(linkStatuses(links, firms, options))
      const industries = await engine.keep(await measuredIndustries(engine, tables))
      await requireDifferentiation(engine, industries, differentiationMeasure)
      const table = await engine.keep(linkTable({ links, statuses, firms, municipalities, industries }, { measures: [differentiationMeasure] }))
      flow(...(await linkFlow(engine, { counts: linkCounts(sources, links), links, statuses })))
      return { links, statuses, industries, table, reported: { values } }
    },
  })
}

/** Whether any report says what its link is worth. */
async function hasValues(engine: Engine, reports: Relation): Promise<boolean> {
  const found = await engine.query(relation('valued', { key: [] }, sql`SELECT CASE WHEN count(value) > 0 THEN 1 ELSE 0 END AS any_value FROM ${reports}`))
  return rowsOf(found)[0]!.any_value === 1
}

/** Codes of firms that the gazetteer or the table of industries lacks, in sentences. */
async function lackingCodes(engine: Engine, { firms, municipalities, industries }: JapanTables): Promise<string[]> {
  const places = await checkGazetteer(engine, { firms, municipalities }, { lacking: 'count' })
  const unknown = await checkIndustries(engine, firms, 'industry', industries, { lacking: 'count' })
  const say = (found: typeof places, what: string, follows: string): string[] =>
    found.length === 0 ? [] : [`${found.length} ${what} (${found.reduce((sum, { rows }) => sum + rows, 0)} firm-years): ${follows}.`]
  return [
    ...say(places, 'municipalities of firms are not in the gazetteer', 'distances of these firms are missing'),
    ...say(unknown, 'industries of firms are not in the table of industries', 'the differentiation of what they sell is missing'),
  ]
}

/** Industries with their measures of differentiation, by the latest version of the concordance. */
async function measuredIndustries(engine: Engine, { industries, products }: JapanTables): Promise<Relation> {
  const latest = await engine.query(relation('latest', { key: [] }, sql`SELECT max(version) AS version FROM ${products}`))
  const version = String(rowsOf(latest)[0]!.version)
  const sources = { industries, classes: products, concordance: products }
  return differentiation(sources, { version, weight: 'weight', measures: ['contract_intensity'] })
}
