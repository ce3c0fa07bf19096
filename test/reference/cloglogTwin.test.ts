/** The grouped-time twin, made from the sums of the Cox model, against `glm(binomial(cloglog))` on the person-periods themselves. */
import { describe, expect, it } from 'vitest'
import { parseFormula } from '../../src/estimate/formula/parse.js'
import { cloglogTwin, compareTwins } from '../../src/estimate/inference/cox/cloglogTwin.js'
import { cloglog } from '../../src/estimate/models/cloglog.js'
import { cox } from '../../src/estimate/models/cox.js'
import type { Fit } from '../../src/estimate/records.js'
import { cluster } from '../../src/estimate/vcov/cluster.js'
import { withVcov } from '../../src/estimate/vcov/withVcov.js'
import { caseTable, expectClose, readReference, toTable } from './survivalTables.js'

/** Two routes to one maximum. */
const relative = 1e-9

interface Case {
  readonly name: string
  readonly terms: string[]
  readonly coefficients: number[]
  readonly logLikelihood: number
  readonly observed: number[][]
  readonly clustered: number[][]
}

const references = new Map(readReference<{ cases: Case[] }>('cloglog.json').cases.map((wanted) => [wanted.name, wanted]))
const yearly = caseTable('yearly')!

describe.each([
  { name: 'periods', formula: 'surv(start, stop, event) ~ x + d + size', weights: undefined },
  { name: 'periods-weighted', formula: 'surv(start, stop, event) ~ x + d + sector + offset(o)', weights: 'w' },
])('twin of $formula', ({ name, formula, weights }) => {
  const wanted = references.get(name)!
  const terms = wanted.terms.map((_, j) => j).filter((j) => !/Intercept|factor/.test(wanted.terms[j]!))
  const block = (matrix: number[][]) => terms.flatMap((a) => terms.map((b) => matrix[a]![b]!))
  const fit = cox({ ...parseFormula(formula), weights }, yearly)
  const twin = cloglogTwin(fit, yearly)

  it('has the coefficients, likelihood and covariances of glm on expanded rows', () => {
    expectClose(twin.coefficients, terms.map((j) => wanted.coefficients[j]!), relative)
    expectClose([twin.logLikelihood!], [wanted.logLikelihood], relative)
    expectClose(twin.vcov.matrix, block(wanted.observed), relative)
    if (weights === undefined) expectClose(withVcov(twin, cluster('firm'), yearly).vcov.matrix, block(wanted.clustered), relative)
  })

  it('lies within a few tenths of a standard error of Efron', () => {
    for (const { gap } of compareTwins(fit, twin)) expect(Math.abs(gap)).toBeLessThan(0.6)
  })
})

describe('twin by strata', () => {
  it('is cloglog with periods by stratum', () => {
    const twin = cloglogTwin(cox('surv(start, stop, event) ~ x + d + strata(sector)', yearly), yearly, { vcov: cluster('firm') })
    const expanded = cloglog('exit ~ i(t):i(sector) + x + d', caseTable('periods')!, { vcov: cluster('firm', { smallSample: 'none' }) })
    const at = ['x', 'd'].map((term) => expanded.terms.indexOf(term))
    const value = (fit: Fit, a: number, b: number) => fit.vcov.matrix[a * fit.terms.length + b]!
    expectClose(twin.coefficients, at.map((j) => expanded.coefficients[j]!), relative)
    expectClose(twin.vcov.matrix, at.flatMap((a) => at.map((b) => value(expanded, a, b))), relative)
    expectClose([twin.logLikelihood!], [expanded.logLikelihood!], relative)
  })

  it('leaves out periods without survivors and says so', () => {
    const twin = cloglogTwin(cox('surv(time, status) ~ karno', caseTableOfDeaths()), caseTableOfDeaths())
    expect(twin.notes.map(({ text }) => text).join(' ')).toContain('1 periods in which everyone at risk had the event')
    expect(Number.isFinite(twin.logLikelihood)).toBe(true)
  })
})

/** Everyone dies: the last period has no survivor. */
function caseTableOfDeaths() {
  return toTable({ time: [1, 1, 2, 2, 3, 3, 3, 4, 4, 4], status: [1, 0, 1, 1, 1, 0, 1, 1, 1, 1], karno: [3, 5, 4, 1, 2, 6, 5, 4, 7, 6] })
}
