/** The last step: the page of links, claims, equations, elasticities and the scenario. */
import { ReshoreError, type Flow, type JapanTruth, type PageContent, type Step } from 'reshore'
import { quarantineExamples } from '../shared/ingest.js'
import { readJson } from '../shared/json.js'
import type { buyerStep } from './buyers.js'
import { elasticities } from './calibration.js'
import { claimsOf, type Claim } from './claims.js'
import type { describeStep } from './describe.js'
import type { gravityStep, offshoringStep, scaleStep, scenarioStep } from './estimateSteps.js'
import { gravitySection, offshoringSection, scaleSection } from './sections/estimates.js'
import { linkSection } from './sections/links.js'
import { claimSection, elasticitySection } from './sections/results.js'
import { lackingScenarios, scenarioReports } from './sections/scenarios.js'
import { sourcingAssumptions, sourcingSection } from './sections/sourcing.js'
import type { sourcingStep } from './sourcing.js'
import type { JapanTables, Period } from './tables.js'

export interface PageInputs {
  readonly tables: Step<JapanTables>
  readonly buyers: ReturnType<typeof buyerStep>
  readonly facts: ReturnType<typeof describeStep>
  readonly gravity: ReturnType<typeof gravityStep>
  readonly scale: ReturnType<typeof scaleStep>
  readonly offshoring: ReturnType<typeof offshoringStep>
  readonly scenarios: ReturnType<typeof scenarioStep>
  readonly sourcing: ReturnType<typeof sourcingStep>
}

/** Declares the step that makes the page. `truth.json` below the data folder, where there is one, adds planted values. */
export function pageStep({ step }: Flow, inputs: PageInputs, period: Period) {
  return step('page', {
    stage: 'report',
    inputs: { ...inputs },
    files: { truth: 'truth.json?' },
    options: { ...period },
    async run({ tables, buyers, facts, gravity, scale, offshoring, scenarios, sourcing: { resolved } }, { engine, files, options }) {
      const truth = readTruth(files.truth[0])
      const claims = claimsOf(gravity.fits, offshoring.fits, truth)
      const planted = new Map(truth?.industries.map(({ industry, exponent }) => [industry, exponent] as const))
      const links = {
        byYear: await engine.query(facts.byYear), byStatus: await engine.query(facts.byStatus), byDistance: await engine.query(facts.byDistance),
        byDifferentiation: await engine.query(facts.byDifferentiation), places: await engine.query(facts.places), moves: await engine.query(facts.moves),
        checks: buyers.decomposition.checks,
      }
      const page: PageContent = {
        title: `Buyers, suppliers and offshoring: Japan, ${options.from}-${options.to}`,
        summary: summary(claims),
        quarantine: quarantineExamples(tables.quarantine),
        sections: [
          linkSection(links, options),
          claimSection(claims),
          gravitySection(gravity.fits),
          offshoringSection(offshoring.fits),
          scaleSection(scale.fits, planted),
          elasticitySection(elasticities(gravity, scale.fits.exponents, truth)),
          sourcingSection(resolved, scenarios.joint),
        ],
        scenarios: scenarioReports(scenarios.scenarios),
        assumptions: sourcingAssumptions(resolved),
        notes: lackingScenarios(resolved, scenarios.scenarios).map((text) => ({ kind: 'warning', text })),
      }
      return { page, claims: { claims } }
    },
  })
}

function readTruth(file: string | undefined): JapanTruth | undefined {
  const truth = file === undefined ? {} : (readJson(file) as Partial<JapanTruth>)
  if (Object.keys(truth).length === 0) return undefined
  const whole = truth.survey === 'japan' && typeof truth.parameters?.kappa === 'number' && Array.isArray(truth.industries)
  if (whole) return truth as JapanTruth
  throw new ReshoreError('TruthError', `${file} is not the truth of \`reshore simulate japan\``, 'Put the file of the simulation there, or remove it: real data have none.')
}

/** Counts of links stay out of the prose: `--min-cell` masks tables and figures, not sentences. */
function summary(claims: readonly Claim[]): string {
  const number = (verdict: Claim['verdict']): number => claims.filter((one) => one.verdict === verdict).length
  return [
    'Who buys from whom, what starting to buy abroad does to domestic links, and what that says about distance and returns to scale in sourcing.',
    `Of ${claims.length} estimates of claims of the model and the paper ${number('holds')} hold, ${number('right sign')} have the right sign without being sure of it, ` +
      `${number('wrong sign')} have the wrong sign and ${number('contradicted')} are contradicted.`,
  ].join('\n\n')
}
