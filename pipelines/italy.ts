/**
 * Italian clothing and footwear firms, 2005-2012: who buys production stages abroad, who comes back, what it costs, and what a
 * change of those costs would move. After Canello and Pavone, on synthetic files of the shape of their survey, whose planted
 * parameters are compared with what is estimated. The flow is `offshoring/flow.ts`; here are the columns, the words and the
 * assumptions.
 *
 *     reshore run pipelines/italy.ts
 */
import { areaCounts, definePipeline, relation, sql, type Relation } from 'reshore'
import { offshoringSteps } from './offshoring/flow.js'
import { paperSteps, type PaperSettings } from './italy/steps.js'
import { ingestStep } from './offshoring/ingest.js'
import type { Study } from './offshoring/study.js'

interface ItalianTables {
  readonly survey: Relation
  readonly accounts: Relation
  readonly areas: Relation
}

/** One row a province, from the local labour areas. */
const provinces = ({ areas }: ItalianTables): Relation => relation('provinces', { key: ['province'] }, sql`
  SELECT province, min(province_name) AS area, min(region) AS region, min(latitude) AS latitude, min(longitude) AS longitude, max(migrant_firms) AS migrant_firms
  FROM ${areas} GROUP BY province`)

const italy: Study<ItalianTables> = {
  title: 'Offshore outsourcing and backshoring: Italian clothing and footwear, 2005-2012',
  question: 'Which small firms start to buy production stages abroad, which come home, and what would move them?',
  words: { unit: 'firm', units: 'firms', activity: 'offshore outsourcing', area: 'province', currency: 'EUR' },
  firstYear: 2005,
  hasPlaces: true,
  rowsOf: 'survey',
  destinations: { Europe: 'cost_europe', 'North Africa': 'cost_north_africa', 'East Asia': 'cost_east_asia', other: 'cost_other' },
  panel: (tables) => relation('firms', { key: ['firm', 'year'] }, sql`
    SELECT firm, year, sector, area, region, latitude, longitude, employees, export_share, market_extension, credit, supplier, roi, district, migrant_firms,
      cost_europe, cost_north_africa, cost_east_asia, cost_other, turnover AS output, value_added AS own_cost, cost_italy + abroad AS bought_cost, abroad AS foreign_cost,
      CASE WHEN abroad > 0 THEN 1 WHEN abroad IS NOT NULL THEN 0 END AS active,
      100 * abroad / nullif(cost_italy + abroad, 0) AS foreign_share, value_added / nullif(employees, 0) / 1000 AS value_added_per_employee,
      wage_bill / nullif(employees, 0) / 1000 AS wage_per_employee, CASE WHEN profit > 0 THEN 1 WHEN profit IS NOT NULL THEN 0 END AS profits
    FROM (
      SELECT s.*, p.area, p.region, p.latitude, p.longitude, p.migrant_firms, a.district, cost_europe + cost_north_africa + cost_east_asia + cost_other AS abroad
      FROM ${tables.survey} AS s JOIN ${provinces(tables)} AS p ON p.province = s.province LEFT JOIN ${tables.areas} AS a ON a.labour_area = s.labour_area)`),
  features: (firms, tables) => [areaCounts(firms, investors(tables), { area: ['area'], active: 'invests', name: 'fdi_neighbours' })],
  entry: {
    lagged: ['export_share', 'market_extension', 'credit', 'value_added_per_employee', 'employees'],
    others: ['supplier', 'district', 'fdi_neighbours', 'neighbours'],
    factors: ['sector', 'region'],
  },
  exit: { varying: ['foreign_share', 'supplier', 'profits', 'wage_per_employee', 'roi', 'employees', 'migrant_firms', 'sector'], before: ['export_share', 'here'], factors: ['sector'] },
  labels: {
    active_initial: 'active in 2005', active_lag1: 'active, t−1', export_share_lag1: 'export share, t−1', market_extension_lag1: 'market extension, t−1', credit_lag1: 'access to credit, t−1',
    value_added_per_employee_lag1: 'value added per employee, t−1', employees_lag1: 'employees, t−1', supplier: 'supplier', district: 'industrial district',
    fdi_neighbours: 'investors abroad in the province, t−1', neighbours: 'offshore outsourcers in the province, t−1', 'sector::footwear': 'footwear',
    foreign_share: 'foreign share of subcontracting, %', profits: 'profits', wage_per_employee: 'wage cost per employee', roi: 'return on investment', employees: 'employees', migrant_firms: 'migrant firms in the province',
    export_share_before: 'export share, before the start', here_before: 'offshore outsourcers in the province, before the start',
  },
  planted: {
    entry: {
      initial: 'active_initial', lag: 'active_lag1', exportShare: 'export_share_lag1', marketExtension: 'market_extension_lag1', credit: 'credit_lag1',
      valueAddedPerEmployee: 'value_added_per_employee_lag1', employees: 'employees_lag1', supplier: 'supplier', district: 'district',
      fdiNeighbours: 'fdi_neighbours', offshoringNeighbours: 'neighbours', footwear: 'sector::footwear',
    },
    exit: { foreignShare: 'foreign_share', profits: 'profits', wagePerEmployee: 'wage_per_employee', roi: 'roi' },
  },
  sourcing: {
    locations: [
      { name: 'Italy', latitude: 44.5, longitude: 11.34, relativeCosts: [1, 1] },
      { name: 'Europe', latitude: 45.75, longitude: 21.23, relativeCosts: [0.66, 0.92] },
      { name: 'North Africa', latitude: 36.81, longitude: 10.18, relativeCosts: [0.66, 0.98] },
      { name: 'East Asia', latitude: 23.13, longitude: 113.26, relativeCosts: [0.56, 0.88] },
      { name: 'other', latitude: 41.01, longitude: 28.98, relativeCosts: [0.75, 1] },
    ],
    stages: ['subcontracted stage', 'own stage'],
    discount: { name: 'discount factor', value: 0.95, range: [0.9, 0.98], unit: 'a year', source: 'Assumed.' },
    costsFrom: 'Assumed: the survey has what is paid abroad, not prices.',
    savingRate: { name: 'saving on what is subcontracted abroad', value: 0.2, range: [0.1, 0.3], unit: 'share of its cost', source: 'Assumed; applied to the mean foreign subcontracting cost of the survey.' },
    shockShare: { name: 'standard deviation of the yearly shock', value: 0.5, range: [0.25, 1], unit: 'share of the yearly gain', source: 'Assumed: entry and exit identify costs relative to the shock only.' },
    distanceElasticity: { name: 'elasticity of delivered cost to distance', value: 0.07, range: [0.04, 0.12], unit: 'per log km', source: 'Assumed, in the range of distance elasticities of trade over trade elasticities.' },
    domesticDistance: { name: 'distance of domestic sourcing', value: 100, range: [30, 300], unit: 'km', source: 'Assumed: subcontractors of the same or the next district.' },
    ownStageMultiple: { name: 'fixed cost of the own stage abroad', value: 3, range: [2, 6], unit: 'times that of the subcontracted stage', source: 'Assumed: a plant abroad instead of a contract.' },
  },
}

/** Companies with foreign subsidiaries, by province and year. */
function investors(tables: ItalianTables): Relation {
  return relation('investors', { key: ['company', 'year'] }, sql`
    SELECT c.company, c.year, p.area, CASE WHEN subsidiaries_europe + subsidiaries_north_africa + subsidiaries_east_asia + subsidiaries_other > 0 THEN 1 ELSE 0 END AS invests
    FROM ${tables.accounts} AS c JOIN ${provinces(tables)} AS p ON p.province = c.province`)
}

/** The scenarios of entry and exit, and the companies of the published tables. */
const paper: Omit<PaperSettings, 'draws' | 'seed'> = {
  assumptions: {
    subsidy: { name: 'entry-cost subsidy', value: 0.2, range: [0.1, 0.5], unit: 'share of the sunk entry cost', source: 'Chosen: a policy experiment.' },
    tradeRise: { name: 'rise of trade costs', value: 0.02, range: [0.01, 0.05], unit: 'share of the delivered cost of what is subcontracted abroad', source: 'Chosen; in the money of the yearly gain it is this share over the saving rate.' },
  },
  investing: (tables: ItalianTables) => relation('investing', { key: ['company', 'year'] }, sql`
    SELECT company, year, sector, turnover AS output, employees, subsidiaries_europe, subsidiaries_north_africa, subsidiaries_east_asia, subsidiaries_other,
      subsidiaries_europe + subsidiaries_north_africa + subsidiaries_east_asia + subsidiaries_other AS subsidiaries FROM ${tables.accounts}`),
  subsidiaries: { Europe: 'subsidiaries_europe', 'North Africa': 'subsidiaries_north_africa', 'East Asia': 'subsidiaries_east_asia', other: 'subsidiaries_other' },
}

export default definePipeline({
  name: 'italy',
  description: 'Offshore outsourcing and backshoring of Italian clothing and footwear firms: decisions, returns, costs, sourcing, scenario.',
  data: '../fixtures/data/italy',
  settings: { scenario: 'italy', maxBad: 0.01, draws: 200, seed: 1 },
  steps(flow) {
    const { scenario, maxBad, draws, seed } = flow.settings
    const tables = ingestStep(flow, { schema: 'italy', files: { survey: 'survey_*.csv', accounts: 'accounts.csv', areas: 'areas.csv' }, maxBad })
    offshoringSteps(italy, flow, { tables, scenario, truth: 'truth.json', further: (steps) => paperSteps(italy, flow, steps, { ...paper, draws, seed }) })
  },
})
