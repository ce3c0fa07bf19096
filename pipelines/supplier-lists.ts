/**
 * Public supplier lists of one buyer: which factories stay, leave and come, as far as lists without ids tell. Names and addresses are
 * matched between lists, countries spelt alike, links followed from list to list, and leaving is explained by distance, size and
 * the other factories around.
 *
 *     reshore run pipelines/supplier-lists.ts                                    invented lists, in fixtures/
 *     reshore run pipelines/supplier-lists.ts --data DIR --set buyer=nike        lists named NAME_YYYY-MM.csv in DIR
 *
 * docs/supplier-lists.md has the columns a list must have.
 */
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { definePipeline } from 'reshore'
import { ingestStep } from './shared/ingest.js'
import { entriesStep } from './supplier-lists/entries.js'
import { linksStep } from './supplier-lists/links.js'
import { matchingStep } from './supplier-lists/matching.js'
import { leavingStep } from './supplier-lists/leaving.js'
import { pageStep } from './supplier-lists/page.js'

export default definePipeline({
  name: 'supplier-lists',
  description: "Which of a buyer's factories stay, leave and come, from public lists without ids.",
  data: '../fixtures/data/supplier-lists',
  settings: {
    /** Brand whose factories are followed; empty: the brand with most rows on the first list. */
    buyer: '',
    /** Of the buyer's headquarters: by default Beaverton, Oregon. */
    home: 'USA',
    latitude: 45.487,
    longitude: -122.804,
    /** Another gazetteer, in place of supplier-lists/countries.csv. */
    countries: '',
    /** A review.csv with a column `decision`. */
    reviewed: '',
    maxBad: 0.01,
  },
  steps(flow) {
    const { buyer, home, latitude, longitude, countries, reviewed, maxBad } = flow.settings
    const gazetteer = countries === '' ? fileURLToPath(new URL('supplier-lists/countries.csv', import.meta.url)) : resolve(countries)
    const tables = ingestStep(flow, { schema: 'supplier-lists', files: { lists: '*_20*.csv', countries: gazetteer }, maxBad })
    const entries = entriesStep(flow, { tables, buyer })
    const matching = matchingStep(flow, { entries, reviewed })
    const links = linksStep(flow, { tables, entries, matching, headquarters: { home, latitude, longitude } })
    const leaving = leavingStep(flow, links)
    pageStep(flow, { tables, entries, matching, links, leaving })
  },
})
