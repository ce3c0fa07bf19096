/**
 * Recovery of the planted sourcing model: 50 simulated surveys of 50,000 links, each with its own seed, estimated as a researcher would;
 * how often does each 95 % interval cover its planted value? `npm run bench -- japan-recovery` prints the tables kept in
 * docs/recovery.md. RECOVERY_REPLICATIONS narrows the run.
 *
 * - Links alone: logit on links and sampled other pairs, ln(sampling probability) as offset, gives η + ψ = −b_distance/b_size and 1/κ.
 * - Values: PPML on reported values over the buyer's sales, within buyer × input, gives η; ψ is the difference, with the joint covariance over buyers.
 * - Purchases: 2SLS of sales growth on the fall of domestic shares gives e_k, or one pooled e.
 * - Signs: own-input responses of suppliers on either side of e_k = 1.
 */
import { cluster, influenceBlock, iv, jointCovariance, logit, ols, ppml, robust } from '../../src/estimate/index.js'
import type { ArrowTable, Fit } from '../../src/estimate/records.js'
import { deltaMethod } from '../../src/numerics/index.js'
import { drawJapan, type JapanDraw } from '../../src/simulate/index.js'
import { fixedElasticity, inputs, noiseScale, potentialElasticity } from '../../src/simulate/japan/parameters.js'
import { coverage, coverageColumns, coverageText, type Coverage } from './coverage.js'
import { changeTables, type ChangeTables } from './japanChanges.js'
import { linkTables, own, scaleTable } from './japanTables.js'
import { printTable } from './table.js'

const REPLICATIONS = Number(process.env.RECOVERY_REPLICATIONS ?? 50)
const LINKS = 50_000

export function run(): void {
  const [values, alone] = [coverage(), coverage()]
  const signs = new Map<string, SignTally>()
  for (let replication = 1; replication <= REPLICATIONS; replication++) {
    const draw = drawJapan({ links: LINKS, seed: 1000 + replication })
    recoverElasticities(draw, values, alone)
    recoverExponents(draw, values, alone)
    recoverSigns(draw, signs)
  }
  for (const [name, found] of [['with values', values], ['without values', alone]] as const) {
    const title = `${name}, ${LINKS.toLocaleString('en')} links, ${REPLICATIONS} replications: ${coverageText(found.shares())}`
    printTable(title, coverageColumns, found.rows())
  }
  printTable(
    `responses of suppliers to a fall of the domestic share of their own input, ${REPLICATIONS} replications`,
    ['response', 'inputs', 'sign', 'mean estimate', 'its std. error', 'mean std. error of one', 'of that sign'],
    [...signs].map(([name, tally]) => signRow(name, tally)),
  )
}

const sumOf = (name: string): string => inputs.map((_, k) => own(name, k)).join(' + ')

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
    report(values, 'eta', potentialElasticity(input), k)
    report(values, 'psi', fixedElasticity(input), inputs.length + k)
    report(alone, 'eta + psi', potentialElasticity(input) + fixedElasticity(input), 2 * inputs.length + k)
  })
  alone.add('kappa', noiseScale, mapped.values[3 * inputs.length]!, mapped.stdErrors[3 * inputs.length]!)
}

function recoverExponents(draw: JapanDraw, values: Coverage, alone: Coverage): void {
  const table = scaleTable(draw)
  const byInput = iv(`growth ~ 1 | ${sumOf('fall')} ~ ${sumOf('supply')} + ${sumOf('importer_supply')}`, table, { vcov: robust() })
  inputs.forEach(({ code, exponent }, k) => values.add(`e ${code}`, exponent, ...estimateOf(byInput, own('fall', k))))
  // The pooled e is an average of the planted ones with the weights that the instruments give: what it finds for the channel itself.
  const pooled = (outcome: string): Fit => iv(`${outcome} ~ 1 | fall ~ supply + importer_supply`, table, { vcov: robust() })
  alone.add('pooled e', estimateOf(pooled('channel'), 'fall')[0], ...estimateOf(pooled('growth'), 'fall'))
}

function estimateOf(fit: Fit, term: string): readonly [number, number] {
  const at = fit.terms.indexOf(term)
  return [fit.coefficients[at]!, Math.sqrt(fit.vcov.matrix[at * fit.terms.length + at]!)]
}

interface SignTally {
  readonly side: 'below' | 'above'
  readonly sign: 1 | -1
  readonly estimates: number[]
  readonly errors: number[]
}

function recoverSigns(draw: JapanDraw, signs: Map<string, SignTally>): void {
  const tables = changeTables(draw)
  for (const side of ['below', 'above'] as const) {
    const direction = side === 'above' ? 1 : -1
    for (const [name, sign, fit] of responses(tables[side])) {
      const key = `${name}, e ${side} 1`
      const tally = signs.get(key) ?? { side, sign: (sign * direction) as 1 | -1, estimates: [], errors: [] }
      const [estimate, error] = estimateOf(fit, 'own_fall')
      tally.estimates.push(estimate)
      tally.errors.push(error)
      signs.set(key, tally)
    }
  }
}

type Response = readonly [name: string, sign: 1 | -1, fit: Fit]

/** Responses with the sign that they have where e_k is above one. */
function responses({ buyers, links }: ChangeTables): readonly Response[] {
  const instruments = 'own_fall + other_fall ~ own_supply + own_importer + other_supply + other_importer'
  const clustered = { vcov: cluster('buyer') }
  const before = 'log_sales + own_before + other_before'
  const both = (name: string, sign: 1 | -1, outcome: string, controls: string, table: ArrowTable, weights?: string): readonly Response[] => {
    const options = { ...clustered, ...(weights !== undefined && { weights }) }
    return [
      [`${name}, OLS`, sign, ols(`${outcome} ~ ${controls} + own_fall + other_fall | industry`, table, options)],
      [`${name}, 2SLS`, sign, iv(`${outcome} ~ ${controls} | industry | ${instruments}`, table, options)],
    ]
  }
  return [
    ...both('E2 growth of suppliers', 1, 'growth', before, buyers, 'weight'),
    ...both('E3 a link is dropped', -1, 'drop', `log_km + ${before}`, links),
    ...both('E4 share of added ones', 1, 'added', before, buyers, 'weight'),
  ]
}

function signRow(name: string, { side, sign, estimates, errors }: SignTally): string[] {
  const count = estimates.length
  const mean = estimates.reduce((a, b) => a + b, 0) / count
  const spread = Math.sqrt(estimates.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, count - 1))
  const right = estimates.filter((value) => value * sign > 0).length
  return [
    name.replace(/, e .*/, ''), side, sign > 0 ? '+' : '-', mean.toFixed(3), (spread / Math.sqrt(count)).toFixed(3),
    (errors.reduce((a, b) => a + b, 0) / count).toFixed(3), `${right} of ${count}`,
  ]
}
