/**
 * Chilean manufacturing plants (ENIA 1992-1996): importing intermediates as the offshoring decision, plants of the same sector
 * as the neighbours. The flow is that of `offshoring/flow.ts`; here are the columns, the models and the words,
 * in `chile/` the assumptions.
 *
 *     reshore run pipelines/chile.ts --data DIR
 */
import { definePipeline, relation, sql, type Relation } from 'reshore'
import { importedShare, sourcing } from './chile/assumptions.js'
import { offshoringSteps } from './offshoring/flow.js'
import { ingestStep } from './shared/ingest.js'
import type { Study } from './offshoring/study.js'

const chile: Study<{ readonly plants: Relation }> = {
  title: 'Importing intermediates: Chilean plants, 1992-1996',
  question: 'Which plants start to import intermediates, which stop, and what does that say about the cost of importing?',
  words: { unit: 'plant', units: 'plants', activity: 'importing', area: 'sector', currency: 'real pesos' },
  firstYear: 1992,
  lastYear: 1996,
  hasPlaces: false,
  rowsOf: 'plants',
  panel: ({ plants }) => relation('firms', { key: ['firm', 'year'] }, sql`
    SELECT plant AS firm, year, industry AS sector, industry_name AS area, imports AS active, exports AS exporter, advertises,
      CASE WHEN employment > 0 THEN ln(employment) END AS log_employment,
      CASE WHEN employment > 0 AND value_added > 0 THEN ln(value_added / employment) END AS log_productivity,
      output, value_added AS own_cost, intermediates AS bought_cost, ${importedShare} * imports * intermediates AS foreign_cost
    FROM ${plants}`),
  entry: {
    lagged: ['exporter', 'log_employment', 'log_productivity'],
    others: ['neighbours_share', 'advertises'],
    factors: ['year'],
  },
  exit: { varying: ['exporter', 'log_employment', 'log_productivity'], before: ['here_share'], factors: [] },
  labels: {
    active_initial: 'imports in 1992',
    active_lag1: 'imports, t−1',
    exporter_lag1: 'exports, t−1',
    log_employment_lag1: 'log employment, t−1',
    log_productivity_lag1: 'log productivity, t−1',
    neighbours_share: 'share of importers in the sector, t−1',
    advertises: 'advertises',
    exporter: 'exports',
    log_employment: 'log employment',
    log_productivity: 'log productivity',
    here_share_before: 'share of importers in the sector, before the start',
  },
  sourcing,
}

export default definePipeline({
  name: 'chile',
  description:
    'Importing intermediates by Chilean plants: who starts, who stops, what it costs, what dearer imports would change.',
  settings: { scenario: 'chile', maxBad: 0.01 },
  steps(flow) {
    const tables = ingestStep(flow, { schema: 'chile', files: { plants: 'chile_enia_*.csv' }, maxBad: flow.settings.maxBad })
    offshoringSteps(chile, flow, { tables, scenario: flow.settings.scenario })
  },
})
