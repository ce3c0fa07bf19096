/** Declares the step that makes the samples of E1 (pairs, cells), E3 (links of the first year) and E4 (cells of surveyed buyers). */
import { id, relation, sql, type Flow, type Relation, type Step } from 'reshore'
import type { buyerStep } from './buyers.js'
import { rowCount, sampleStop } from './flow.js'
import { differentiationMeasure, type linkStep } from './links.js'
import { cellSample, pairSample, type Sample } from './samples.js'
import type { JapanTables, Period } from './tables.js'

export interface SampleInputs {
  readonly tables: Step<JapanTables>
  readonly links: ReturnType<typeof linkStep>
  readonly buyers: ReturnType<typeof buyerStep>
}

export interface SampleSettings extends Period {
  /** Rows without a link in each sample, about. */
  readonly rows: number
  readonly seed: number
}

export function sampleStep({ step }: Flow, inputs: SampleInputs, settings: SampleSettings) {
  return step('samples', {
    stage: 'features',
    inputs: { ...inputs },
    options: { ...settings },
    async run({ tables, links, buyers }, { engine, flow, note, options }) {
      const sources = { tables, links: links.links, statuses: links.statuses, industries: links.industries }
      const pairs = await pairSample(engine, sources, options, options)
      const cells = await cellSample(engine, sources, options, options)
      const candidates = await cellSample(engine, sources, options, options, buyers.buyers)
      const drops = await engine.keep(firstYearLinks({ tables, table: links.table, buyers: buyers.buyers, inputs: buyers.inputs }, options))
      const kept = {
        pairs: await engine.keep(pairs.rows), cells: await engine.keep(cells.rows),
        candidates: await engine.keep(withBuyers(candidates.rows, buyers)),
      }
      note(`In the samples: of pairs without a link ${words(pairs)}; of cells without a link ${words(cells)}; of those of surveyed buyers ${words(candidates)}.`)
      flow(
        sampleStop('pair-sample', 'pairs (E1)', 'link-years', await rowCount(engine, kept.pairs),
          `links of ${options.to} and sampled pairs without one`, 'pairs'),
        sampleStop('cell-sample', 'cells (E1)', 'link-years', await rowCount(engine, kept.cells),
          'one row per buyer, input industry and municipality', 'cells'),
        sampleStop('candidates', 'candidate cells (E4)', 'buyers', await rowCount(engine, kept.candidates),
          'cells of the buyers of the survey', 'cells'),
        sampleStop('first-year-links', 'links of buyers (E3)', 'pairs', await rowCount(engine, drops),
          `links of ${options.from} whose buyer is in the survey of both years`, 'links'),
      )
      return { ...kept, drops }
    },
  })
}

const words = ({ every, everyBuyer }: Sample): string => `one in ${every}${everyBuyer === 1 ? '' : ` for one buyer in ${everyBuyer}`}`

interface DropSources {
  readonly tables: JapanTables
  readonly table: Relation
  readonly buyers: Relation
  readonly inputs: Relation
}

/** What the buyer did in the input industry of the supplier, and in its others. */
const ownColumns = sql`n.foreign_growth, n.z AS own_z, n.share_sum AS own_share_sum, n.others_share_sum`

/** Links of the first year with what their buyer did abroad: keyed by both firms; `dropped` 0/1. */
function firstYearLinks({ tables, table, buyers, inputs }: DropSources, { from }: Period): Relation {
  return relation('first_year_links', { key: ['buyer', 'supplier'] }, sql`
    SELECT l.buyer, l.supplier, CASE WHEN l.status = 'drop' THEN 1 ELSE 0 END AS dropped, l.partner_present, l.both_present,
      l.log_km, l.supplier_log_size AS log_supplier, ${id('l', differentiationMeasure)} AS beta, l.input_industry, g.region AS supplier_region,
      b.industry, b.division, b.region, b.starts, b.z, b.share_sum, b.share_unit,
      b.offshores_from,
      ${ownColumns}
    FROM ${table} AS l JOIN ${buyers} AS b ON b.firm = l.buyer
    LEFT JOIN ${inputs} AS n ON n.firm = l.buyer AND n.input_industry = l.input_industry
    LEFT JOIN ${tables.municipalities} AS g ON g.municipality = l.supplier_municipality
    WHERE l.year = ${from}`)
}

/** Candidate cells with what their buyer did abroad. */
function withBuyers(cells: Relation, { buyers, inputs }: { readonly buyers: Relation; readonly inputs: Relation }): Relation {
  return relation('candidates', { key: cells.key }, sql`
    SELECT c.*, b.division, b.starts, b.z, b.share_sum, b.share_unit, b.offshores_from,
      ${ownColumns}
    FROM ${cells} AS c JOIN ${buyers} AS b ON b.firm = c.buyer
    LEFT JOIN ${inputs} AS n ON n.firm = c.buyer AND n.input_industry = c.input_industry`)
}
