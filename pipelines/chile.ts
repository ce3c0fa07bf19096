/**
 * Chilean manufacturing plants (ENIA 1992-1996): importing intermediates as the offshoring decision, plants of the same sector
 * as the neighbours. The flow is that of `offshoring/flow.ts`; here are the columns, the words and the assumptions.
 *
 *     reshore run pipelines/chile.ts --data DIR
 */
import { definePipeline, relation, sql, type Relation } from 'reshore'
import { offshoringSteps } from './offshoring/flow.js'
import { ingestStep } from './offshoring/ingest.js'
import type { Study } from './offshoring/study.js'

const importedShare = 0.3

const chile: Study<{ readonly plants: Relation }> = {
  title: 'Importing intermediates: Chilean plants, 1992-1996',
  question: 'Which plants start to import intermediates, which stop, and what does that say about the cost of importing?',
  words: { unit: 'plant', units: 'plants', activity: 'importing', area: 'sector', currency: 'real pesos' },
  firstYear: 1992,
  hasPlaces: false,
  rowsOf: 'plants',
  panel: ({ plants }) => relation('firms', { key: ['firm', 'year'] }, sql`
    SELECT plant AS firm, year, industry AS sector, industry_name AS area, imports AS active, exports AS exporter, advertises,
      CASE WHEN employment > 0 THEN ln(employment) END AS log_employment, CASE WHEN employment > 0 AND value_added > 0 THEN ln(value_added / employment) END AS log_productivity,
      output, value_added AS own_cost, intermediates AS bought_cost, ${importedShare} * imports * intermediates AS foreign_cost
    FROM ${plants}`),
  entry: { lagged: ['exporter', 'log_employment', 'log_productivity'], others: ['neighbours_share', 'advertises'], factors: ['year'] },
  exit: { varying: ['exporter', 'log_employment', 'log_productivity'], before: ['here_share'], factors: [] },
  labels: {
    active_initial: 'imports in 1992', active_lag1: 'imports, t−1', exporter_lag1: 'exports, t−1', log_employment_lag1: 'log employment, t−1', log_productivity_lag1: 'log productivity, t−1',
    neighbours_share: 'share of importers in the sector, t−1', advertises: 'advertises', exporter: 'exports', log_employment: 'log employment', log_productivity: 'log productivity',
    here_share_before: 'share of importers in the sector, before the start',
  },
  sourcing: {
    locations: [
      { name: 'Chile', latitude: -33.45, longitude: -70.67, relativeCosts: [1, 1] },
      { name: 'Latin America', latitude: -23.55, longitude: -46.63, relativeCosts: [0.85, 0.95] },
      { name: 'North America', latitude: 25.76, longitude: -80.19, relativeCosts: [0.8, 1.3] },
      { name: 'Europe', latitude: 51.92, longitude: 4.48, relativeCosts: [0.82, 1.4] },
      { name: 'Asia', latitude: 22.32, longitude: 114.17, relativeCosts: [0.7, 0.85] },
    ],
    stages: ['intermediates', 'own stage'],
    discount: { name: 'discount factor', value: 0.95, range: [0.9, 0.98], unit: 'a year', source: 'Assumed.' },
    costsFrom: 'Assumed: no prices by origin are observed.',
    savingRate: { name: 'saving on imported intermediates', value: 0.2, range: [0.1, 0.3], unit: 'share of their cost', source: 'Assumed: no price of the domestic alternative is observed.' },
    shockShare: { name: 'standard deviation of the yearly shock', value: 0.5, range: [0.25, 1], unit: 'share of the yearly gain', source: 'Assumed: entry and exit identify costs relative to the shock only.' },
    distanceElasticity: { name: 'elasticity of delivered cost to distance', value: 0.05, range: [0.03, 0.1], unit: 'per log km', source: 'Assumed, in the range of distance elasticities of trade over trade elasticities.' },
    domesticDistance: { name: 'distance of domestic sourcing', value: 250, range: [100, 500], unit: 'km', source: 'Assumed: most plants and suppliers are in the central valley.' },
    ownStageMultiple: { name: 'fixed cost of the own stage abroad', value: 5, range: [2, 10], unit: 'times that of intermediates', source: 'Assumed: a plant abroad instead of a supplier.' },
    others: [
      { name: 'imported share of an importer\'s intermediates', value: importedShare, range: [0.15, 0.5], unit: 'share', source: 'Assumed: the file says whether a plant imports, not how much.' },
    ],
  },
}

export default definePipeline({
  name: 'chile',
  description: 'Importing intermediates by Chilean plants: who starts, who stops, what it costs, what dearer imports would change.',
  settings: { scenario: 'chile', maxBad: 0.01 },
  steps(flow) {
    const tables = ingestStep(flow, { schema: 'chile', files: { plants: 'chile_enia_*.csv' }, maxBad: flow.settings.maxBad })
    offshoringSteps(chile, flow, { tables, scenario: flow.settings.scenario })
  },
})
