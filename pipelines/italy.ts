/**
 * Italian clothing and footwear firms, 2005-2012: who buys production stages abroad, who comes back, what it costs, and what a
 * change of those costs would move. After Canello and Pavone, on synthetic files of the shape of their survey, whose planted
 * parameters are compared with what is estimated. The flow is `offshoring/flow.ts`; here are the columns and the models,
 * beside in `italy/` the words and the assumptions.
 *
 *     reshore run pipelines/italy.ts
 */
import { areaCounts, definePipeline, relation, sql, type Relation } from 'reshore'
import { scenarios, sourcing } from './italy/assumptions.js'
import { paperSteps } from './italy/steps.js'
import { labels, planted } from './italy/words.js'
import { offshoringSteps } from './offshoring/flow.js'
import { ingestStep } from './shared/ingest.js'
import type { Study } from './offshoring/study.js'

interface ItalianTables {
  readonly survey: Relation
  readonly accounts: Relation
  readonly areas: Relation
}

/** One row a province, from the local labour areas. */
const provinces = ({ areas }: ItalianTables): Relation =>
  relation('provinces', { key: ['province'] }, sql`
    SELECT province, min(province_name) AS area, min(region) AS region, min(latitude) AS latitude, min(longitude) AS longitude,
      max(migrant_firms) AS migrant_firms
    FROM ${areas} GROUP BY province`)

const italy: Study<ItalianTables> = {
  title: 'Offshore outsourcing and backshoring: Italian clothing and footwear, 2005-2012',
  question: 'Which small firms start to buy production stages abroad, which come home, and what would move them?',
  words: { unit: 'firm', units: 'firms', activity: 'offshore outsourcing', area: 'province', currency: 'EUR' },
  firstYear: 2005,
  lastYear: 2012,
  hasPlaces: true,
  rowsOf: 'survey',
  destinations: {
    Europe: 'cost_europe',
    'North Africa': 'cost_north_africa',
    'East Asia': 'cost_east_asia',
    other: 'cost_other',
  },
  panel: (tables) => relation('firms', { key: ['firm', 'year'] }, sql`
    SELECT firm, year, sector, area, region, latitude, longitude, district, migrant_firms, supplier, employees, export_share,
      market_extension, credit, roi, turnover AS output, value_added AS own_cost, cost_italy + abroad AS bought_cost,
      abroad AS foreign_cost, cost_europe, cost_north_africa, cost_east_asia, cost_other,
      CASE WHEN abroad > 0 THEN 1 WHEN abroad IS NOT NULL THEN 0 END AS active,
      CASE WHEN profit > 0 THEN 1 WHEN profit IS NOT NULL THEN 0 END AS profits,
      100 * abroad / nullif(cost_italy + abroad, 0) AS foreign_share,
      value_added / nullif(employees, 0) / 1000 AS value_added_per_employee,
      wage_bill / nullif(employees, 0) / 1000 AS wage_per_employee
    FROM (
      SELECT s.*, p.area, p.region, p.latitude, p.longitude, p.migrant_firms, a.district,
        cost_europe + cost_north_africa + cost_east_asia + cost_other AS abroad
      FROM ${tables.survey} AS s
      JOIN ${provinces(tables)} AS p ON p.province = s.province
      LEFT JOIN ${tables.areas} AS a ON a.labour_area = s.labour_area)`),
  features: (firms, tables) => [
    areaCounts(firms, investors(tables), { area: ['area'], active: 'invests', name: 'fdi_neighbours' }),
  ],
  entry: {
    lagged: ['export_share', 'market_extension', 'credit', 'value_added_per_employee', 'employees'],
    others: ['supplier', 'district', 'fdi_neighbours', 'neighbours'],
    factors: ['sector', 'region'],
  },
  exit: {
    varying: ['foreign_share', 'supplier', 'profits', 'wage_per_employee', 'roi', 'employees', 'migrant_firms', 'sector'],
    before: ['export_share', 'here'],
    factors: ['sector'],
  },
  labels,
  planted,
  sourcing,
}

const abroad = sql`subsidiaries_europe + subsidiaries_north_africa + subsidiaries_east_asia + subsidiaries_other`

/** Companies with foreign subsidiaries, by province and year. */
function investors(tables: ItalianTables): Relation {
  return relation('investors', { key: ['company', 'year'] }, sql`
    SELECT c.company, c.year, p.area, CASE WHEN ${abroad} > 0 THEN 1 ELSE 0 END AS invests
    FROM ${tables.accounts} AS c JOIN ${provinces(tables)} AS p ON p.province = c.province`)
}

/** The companies of the published tables. */
function investing({ accounts }: ItalianTables): Relation {
  return relation('investing', { key: ['company', 'year'] }, sql`
    SELECT company, year, sector, turnover AS output, employees, ${abroad} AS subsidiaries,
      subsidiaries_europe, subsidiaries_north_africa, subsidiaries_east_asia, subsidiaries_other
    FROM ${accounts}`)
}

const subsidiaries = {
  Europe: 'subsidiaries_europe',
  'North Africa': 'subsidiaries_north_africa',
  'East Asia': 'subsidiaries_east_asia',
  other: 'subsidiaries_other',
}

export default definePipeline({
  name: 'italy',
  description:
    'Offshore outsourcing and backshoring of Italian clothing and footwear firms: decisions, returns, costs, sourcing, scenario.',
  data: '../fixtures/data/italy',
  settings: { scenario: 'italy', maxBad: 0.01, draws: 200, seed: 1 },
  steps(flow) {
    const { scenario, maxBad, draws, seed } = flow.settings
    const tables = ingestStep(flow, {
      schema: 'italy',
      files: { survey: 'survey_*.csv', accounts: 'accounts.csv', areas: 'areas.csv' },
      maxBad,
    })
    const paper = { assumptions: scenarios, investing, subsidiaries, draws, seed }
    offshoringSteps(italy, flow, { tables, scenario, truth: 'truth.json?', further: (steps) => paperSteps(italy, flow, steps, paper) })
  },
})
