/**
 * Recovery of the planted sourcing model: 50 simulated surveys of 50,000 links, each with its own seed, estimated as a researcher would;
 * how often does each 95 % interval cover its planted value? `npm run bench -- japan-recovery` prints the tables kept in
 * docs/recovery.md. RECOVERY_REPLICATIONS narrows the run.
 *
 * - Links alone: logit on links and sampled other pairs, ln(sampling probability) as offset, gives η + ψ = −b_distance/b_size and 1/κ.
 * - Values: PPML on reported values over the buyer's sales, within buyer × input, gives η; ψ is the difference, with the joint covariance over buyers.
 * - Purchases: 2SLS of sales growth on the fall of domestic shares gives e_k, or one pooled e.
 * Signs on either side of e_k = 1 are in japan-signs.bench.ts.
 */
import { cluster, influenceBlock, iv, jointCovariance, logit, ppml, robust } from '../../src/estimate/index.js'
import type { Fit } from '../../src/estimate/records.js'
import { deltaMethod } from '../../src/numerics/index.js'
import { drawJapan, type JapanDraw } from '../../src/simulate/index.js'
import { baseline, fixedElasticity, potentialElasticity } from '../../src/simulate/japan/parameters.js'
import { coverage, coverageColumns, coverageText, type Coverage } from './coverage.js'
import { exponentsOf, linkTables, own, scaleTable, sumOf } from './japanTables.js'
import { printTable } from './table.js'

const REPLICATIONS = Number(process.env.RECOVERY_REPLICATIONS ?? 50)
const LINKS = 50_000
const { inputs, noiseScale } = baseline

export function run(): void {
  const [values, alone] = [coverage(), coverage()]
  for (let replication = 1; replication <= REPLICATIONS; replication++) {
    const draw = drawJapan({ links: LINKS, seed: 1000 + replication })
    recoverElasticities(draw, values, alone)
    recoverExponents(draw, values, alone)
  }
  for (const [name, found] of [['with values', values], ['without values', alone]] as const) {
    const title = `${name}, ${LINKS.toLocaleString('en')} links, ${REPLICATIONS} replications: ${coverageText(found.shares())}`
    printTable(title, coverageColumns, found.rows())
  }
}

function recoverElasticities(draw: JapanDraw, values: Coverage, alone: Coverage): void {
  const { links, choices } = linkTables(draw)
  const clustered = { vcov: cluster('buyer') }
  const slopes = `${sumOf('log_km')} + ${sumOf('log_sales')}`
  const formation = logit(`linked ~ reach + ${slopes} + ${sumOf('industry')} + offset(correction) - 1`, choices, clustered)
  const spending = ppml(`share ~ ${slopes} | cell`, links, clustered)
  const joint = jointCovariance([influenceBlock('logit', formation, choices), influenceBlock('ppml', spending, links)], 'buyer')
  const place = (name: string): number => joint.parameters.indexOf(name)
  const size = place('logit:reach')
  const mapped = deltaMethod(
    (b) => Float64Array.from([
      ...inputs.map((_, k) => -b[place(`ppml:${own('log_km', k)}`)]!),
      ...inputs.map((_, k) => -b[place(`logit:${own('log_km', k)}`)]! / b[size]! + b[place(`ppml:${own('log_km', k)}`)]!),
      ...inputs.map((_, k) => -b[place(`logit:${own('log_km', k)}`)]! / b[size]!),
      1 / b[size]!,
    ]),
    joint.values, joint.covariance,
  )
  inputs.forEach((input, k) => {
    const report = (to: Coverage, name: string, planted: number, at: number): void =>
      to.add(`${name} ${input.code}`, planted, mapped.values[at]!, mapped.stdErrors[at]!)
    report(values, 'eta', potentialElasticity(baseline, k), k)
    report(values, 'psi', fixedElasticity(baseline, k), inputs.length + k)
    report(alone, 'eta + psi', potentialElasticity(baseline, k) + fixedElasticity(baseline, k), 2 * inputs.length + k)
  })
  alone.add('kappa', noiseScale, mapped.values[3 * inputs.length]!, mapped.stdErrors[3 * inputs.length]!)
}

function recoverExponents(draw: JapanDraw, values: Coverage, alone: Coverage): void {
  const table = scaleTable(draw)
  const byInput = exponentsOf(table)
  inputs.forEach(({ code, exponent }, k) => values.add(`e ${code}`, exponent, ...estimateOf(byInput, own('fall', k))))
  // The pooled e is an average of the planted ones with the weights that the instruments give: what it finds for the channel itself.
  const pooled = (outcome: string): Fit => iv(`${outcome} ~ 1 | fall ~ supply + importer_supply`, table, { vcov: robust() })
  alone.add('pooled e', estimateOf(pooled('channel'), 'fall')[0], ...estimateOf(pooled('growth'), 'fall'))
}

function estimateOf(fit: Fit, term: string): readonly [number, number] {
  const at = fit.terms.indexOf(term)
  return [fit.coefficients[at]!, Math.sqrt(fit.vcov.matrix[at * fit.terms.length + at]!)]
}
