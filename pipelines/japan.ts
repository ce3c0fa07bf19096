/**
 * Buyer-supplier links in Japan, 2005 and 2010: who buys from whom, what starting to buy abroad does to domestic links, and what
 * that says about the costs of distance and the returns to scale of sourcing. After Furusawa, Inui, Ito and Tang (2019), on
 * synthetic files of the shape of their sources, whose planted parameters are compared with what is estimated.
 * What is made from what is in `japan/`, in the order of the steps.
 *
 *     reshore run pipelines/japan.ts
 */
import { definePipeline } from 'reshore'
import { buyerStep } from './japan/buyers.js'
import { describeStep } from './japan/describe.js'
import { gravityStep, offshoringStep, scaleStep, scenarioStep } from './japan/estimateSteps.js'
import { linkStep } from './japan/links.js'
import { pageStep } from './japan/page.js'
import { sampleStep } from './japan/sampleStep.js'
import { sourcingStep } from './japan/sourcing.js'
import { rawFiles } from './japan/tables.js'
import { ingestStep } from './shared/ingest.js'

export default definePipeline({
  name: 'japan',
  description: 'Buyer-supplier links: gravity of links, offshoring and the adding and dropping of suppliers, elasticities, scenario.',
  data: '../fixtures/data/japan',
  settings: { from: 2005, to: 2010, maxBad: 0.05, rows: 60_000, draws: 200, solved: 100, seed: 1 },
  steps(flow) {
    const { from, to, maxBad, rows, draws, solved, seed } = flow.settings
    const period = { from, to }
    const tables = ingestStep(flow, { schema: 'japan', files: rawFiles, maxBad })
    const links = linkStep(flow, tables, period)
    const buyers = buyerStep(flow, { tables, links }, period)
    const samples = sampleStep(flow, { tables, links, buyers }, { ...period, rows, seed })
    const facts = describeStep(flow, { tables, links, buyers }, period)
    const gravity = gravityStep(flow, { tables, links, buyers, samples }, period)
    const scale = scaleStep(flow, { buyers })
    const offshoring = offshoringStep(flow, { buyers, samples, scale })
    const scenarios = scenarioStep(flow, { links, buyers, gravity, scale }, { ...period, draws, seed })
    const sourcing = sourcingStep(flow, { tables, links, buyers, scale, scenarios }, { ...period, draws, solved, seed })
    pageStep(flow, { tables, buyers, facts, gravity, scale, offshoring, scenarios, sourcing }, period)
  },
})
