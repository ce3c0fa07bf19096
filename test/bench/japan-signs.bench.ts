/**
 * Signs on either side of e_k = 1: E2 to E4 on simulated links of Japan, own input apart from the others. `npm run bench -- japan-signs`
 * prints the tables kept in docs/recovery.md; RECOVERY_REPLICATIONS narrows the run.
 *
 * - Either side: inputs with planted e_k below one, and those above, of the same surveys.
 * - Crossing: the response as a line in planted e_k over all inputs, and where it is zero.
 * - Moved: the same seeds with one e for all inputs, from one side to the other.
 */
import { cluster, iv, ols } from '../../src/estimate/index.js'
import type { ArrowTable, Fit } from '../../src/estimate/records.js'
import { deltaMethod } from '../../src/numerics/index.js'
import { drawJapan, type JapanDraw } from '../../src/simulate/index.js'
import { changeTables, controls, otherInstruments, ownInstruments, ownSlopes, type ChangeTables } from './japanChanges.js'
import { exponentsOf, own, scaleTable } from './japanTables.js'
import { printTable } from './table.js'

const REPLICATIONS = Number(process.env.RECOVERY_REPLICATIONS ?? 50)
const LINKS = 50_000
const movedTo = [0.5, 0.75, 1, 1.25, 1.5]
const reach = 1.959964

/** Estimates and standard errors of a coefficient over replications. */
interface Tally {
  readonly estimates: number[]
  readonly errors: number[]
}
type Tallies = Map<string, Tally>

export function run(): void {
  const [sides, lines, moved]: readonly Tallies[] = [new Map(), new Map(), new Map()]
  for (let replication = 1; replication <= REPLICATIONS; replication++) {
    const seed = 1000 + replication
    const draw = drawJapan({ links: LINKS, seed })
    const exponents = estimatedExponents(draw)
    for (const side of ['below', 'above'] as const) {
      const tables = changeTables(draw, exponents, (exponent) => (side === 'below' ? exponent < 1 : exponent > 1))
      tallyResponses(sides!, side, tables)
    }
    tallyLines(lines!, changeTables(draw, exponents, () => true))
    for (const exponent of movedTo) {
      const other = drawJapan({ links: LINKS, seed, exponent })
      tallyResponses(moved!, exponent.toFixed(2), changeTables(other, estimatedExponents(other), () => true))
    }
  }
  const heads = ['sign', 'mean estimate', 'its std. error', 'mean std. error of one', 'of that sign']
  printTable(`responses of suppliers to a fall of the domestic share of their own input, ${REPLICATIONS} replications`,
    ['response', 'inputs', ...heads], rowsOf(sides!, (side) => (side === 'above' ? 1 : -1)))
  printTable(`responses as a line in planted e_k, ${REPLICATIONS} replications`,
    ['response', 'at e = 1', 'slope in e', 'slopes of that sign', 'zero at e =', '95 % interval', 'single intervals that hold 1'], lineRows(lines!))
  printTable(`responses with one e for all inputs, ${REPLICATIONS} replications`,
    ['response', 'e', ...heads], rowsOf(moved!, (exponent) => Math.sign(Number(exponent) - 1)))
}

/** e_k by 2SLS on the same survey. */
function estimatedExponents(draw: JapanDraw): readonly number[] {
  const { terms, coefficients } = exponentsOf(scaleTable(draw))
  return draw.planted.inputs.map((_, k) => coefficients[terms.indexOf(own('fall', k))]!)
}

interface Response {
  readonly name: string
  /** Where e_k is above one. */
  readonly sign: 1 | -1
  readonly outcome: string
  readonly table: 'buyers' | 'links'
  readonly weights?: string
}

const responses: readonly Response[] = [
  { name: 'E2 growth of suppliers', sign: 1, outcome: 'growth', table: 'buyers', weights: 'both_weight' },
  { name: 'E3 a link is dropped', sign: -1, outcome: 'drop', table: 'links' },
  { name: 'E4 share of added ones', sign: 1, outcome: 'added', table: 'buyers', weights: 'either_weight' },
]

function fitsOf(response: Response, tables: ChangeTables, sloped: boolean): readonly (readonly [by: string, fit: Fit])[] {
  const table: ArrowTable = tables[response.table]
  const rest = [...controls, ...(response.table === 'links' ? ['log_km'] : [])].join(' + ')
  const options = { vcov: cluster('buyer'), ...(response.weights !== undefined && { weights: response.weights }) }
  const [slope, ...slopeInstruments] = sloped ? ownSlopes : []
  const channel = ['own_fall', 'other_fall', ...(slope === undefined ? [] : [slope])].join(' + ')
  const instruments = [...ownInstruments, ...otherInstruments, ...slopeInstruments].join(' + ')
  return [
    ['OLS', ols(`${response.outcome} ~ ${rest} + ${channel} | industry`, table, options)],
    ['2SLS', iv(`${response.outcome} ~ ${rest} | industry | ${channel} ~ ${instruments}`, table, options)],
  ]
}

function tally(tallies: Tallies, key: string, estimate: number, error: number): void {
  const known = tallies.get(key) ?? { estimates: [], errors: [] }
  known.estimates.push(estimate)
  known.errors.push(error)
  tallies.set(key, known)
}

function tallyResponses(tallies: Tallies, group: string, tables: ChangeTables): void {
  for (const response of responses) {
    for (const [by, { terms, coefficients, vcov }] of fitsOf(response, tables, false)) {
      const at = terms.indexOf('own_fall')
      tally(tallies, `${response.name}, ${by}|${group}`, coefficients[at]!, Math.sqrt(vcov.matrix[at * terms.length + at]!))
    }
  }
}

/** The response at one, its slope, and one minus their ratio. */
function tallyLines(tallies: Tallies, tables: ChangeTables): void {
  for (const response of responses) {
    for (const [by, { terms, coefficients, vcov }] of fitsOf(response, tables, true)) {
      const [level, slope] = [terms.indexOf('own_fall'), terms.indexOf(ownSlopes[0]!)]
      const line = deltaMethod((b) => Float64Array.from([b[level]!, b[slope]!, 1 - b[level]! / b[slope]!]), coefficients, vcov.matrix)
      for (const [i, part] of ['level', 'slope', 'zero'].entries()) {
        tally(tallies, `${response.name}, ${by}|${part}`, line.values[i]!, line.stdErrors[i]!)
      }
    }
  }
}

const signOf = (key: string): number => responses.find(({ name }) => key.startsWith(name))!.sign
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

/** Covariance of the means of two columns over replications. */
function covarianceOfMeans(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)]
  return a.reduce((sum, value, i) => sum + (value - meanA) * (b[i]! - meanB), 0) / Math.max(1, a.length - 1) / a.length
}

function rowsOf(tallies: Tallies, direction: (group: string) => number): string[][] {
  return [...tallies].map(([key, { estimates, errors }]) => {
    const [name, group] = key.split('|') as [string, string]
    const sign = signOf(name) * direction(group)
    const right = estimates.filter((value) => value * sign > 0).length
    return [
      name, group, sign === 0 ? '0' : sign > 0 ? '+' : '-', mean(estimates).toFixed(3), Math.sqrt(covarianceOfMeans(estimates, estimates)).toFixed(3),
      mean(errors).toFixed(3), sign === 0 ? '' : `${right} of ${estimates.length}`,
    ]
  })
}

/** The zero of the mean line, with an interval from the spread over replications. */
function lineRows(tallies: Tallies): string[][] {
  const names = [...new Set([...tallies.keys()].map((key) => key.split('|')[0]!))]
  return names.map((name) => {
    const [level, slope, zero] = ['level', 'slope', 'zero'].map((part) => tallies.get(`${name}|${part}`)!) as [Tally, Tally, Tally]
    const means = Float64Array.from([mean(level.estimates), mean(slope.estimates)])
    const spread = [level, slope].flatMap((a) => [level, slope].map((b) => covarianceOfMeans(a.estimates, b.estimates)))
    const crossing = deltaMethod((b) => Float64Array.from([1 - b[0]! / b[1]!]), means, Float64Array.from(spread))
    const [at, error] = [crossing.values[0]!, crossing.stdErrors[0]!]
    const right = slope.estimates.filter((value) => value * signOf(name) > 0).length
    const hold = zero.estimates.filter((value, i) => Math.abs(value - 1) <= reach * zero.errors[i]!).length
    return [
      name, means[0]!.toFixed(3), means[1]!.toFixed(3), `${right} of ${slope.estimates.length}`, at.toFixed(3),
      `${(at - reach * error).toFixed(3)} to ${(at + reach * error).toFixed(3)}`, `${hold} of ${zero.estimates.length}`,
    ]
  })
}
