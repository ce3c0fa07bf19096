/** What the command line adds to a Cox fit, and how formulas a Cox model cannot use are refused. */
import { describe, expect, it } from 'vitest'
import { cluster } from '../../../../src/estimate/vcov/cluster.js'
import { dyadic } from '../../../../src/estimate/vcov/dyadic.js'
import { robust } from '../../../../src/estimate/vcov/heteroskedastic.js'
import { coxWithTests } from '../../../../src/estimate/inference/cox/coxWithTests.js'
import { cox } from '../../../../src/estimate/models/cox.js'
import { randomStream } from '../../../../src/numerics/random.js'
import { caseTable, toTable } from '../../../reference/survivalTables.js'

const yearly = caseTable('yearly')!

describe('coxWithTests', () => {
  it('adds Schoenfeld tests, concordance and, among many ties, the twin with the same covariance', () => {
    const { detail } = coxWithTests('surv(start, stop, event) ~ x + sector', yearly, { vcov: cluster('firm') })
    expect(detail.schoenfeld!.tests.map(({ term }) => term)).toEqual(['x', 'sector', 'GLOBAL'])
    expect(detail.concordance!.concordance).toBeGreaterThan(0.5)
    expect(detail.twin!.map(({ term }) => term)).toEqual(['x', 'sector::footwear'])
    const plain = coxWithTests('surv(start, stop, event) ~ x + sector', yearly)
    expect(plain.detail.twin![0]!.cloglog.estimate).toBe(detail.twin![0]!.cloglog.estimate)
    expect(plain.detail.twin![0]!.cloglog.stdError).not.toBe(detail.twin![0]!.cloglog.stdError)
  })

  it('leaves the twin out where times are hardly tied, and thins a long baseline hazard', () => {
    const stream = randomStream(3, 'long')
    const rows = 7000
    const table = toTable({
      time: Array.from({ length: rows }, () => stream.exponential()), event: Array.from({ length: rows }, () => 1), x: Array.from({ length: rows }, () => stream.normal()),
    })
    const fit = coxWithTests('surv(time, event) ~ x', table)
    expect(fit.detail.twin).toBeUndefined()
    const { time, hazard } = fit.detail.baseline[0]!
    expect(time.length).toBeLessThan(rows / 2 + 2)
    expect(hazard.at(-1)).toBe(cox('surv(time, event) ~ x', table).detail.baseline[0]!.hazard.at(-1))
    expect(fit.notes.map(({ text }) => text).join(' ')).toContain('one event time in 2')
  })

  it('takes crossed clusters and covariances that read columns with holes, the concordance among what they cover', () => {
    const rows = yearly.numRows
    const firm = Array.from({ length: rows }, (_, i) => (i % 11 === 0 ? null : i % 25))
    const half = Array.from({ length: rows }, (_, i) => i % 2)
    const columns = ['start', 'stop', 'event', 'x'].map((name) => [name, Array.from(yearly.getChild(name)!, Number)] as const)
    const table = toTable({ ...Object.fromEntries(columns), firm, half, crossed: firm.map((id, i) => (id === null ? null : 2 * id + half[i]!)) })
    const [crossed, own, alone] = ['firm^half', 'crossed', undefined].map((name) => coxWithTests('surv(start, stop, event) ~ x', table, { vcov: name === undefined ? robust() : cluster(name) }))
    expect(crossed!.sample.dropped).toEqual([{ reason: 'missing `firm`', rows: firm.filter((id) => id === null).length }])
    expect(crossed!.detail.concordance).toEqual(own!.detail.concordance)
    expect(crossed!.detail.concordance!.stdError).not.toBe(alone!.detail.concordance!.stdError)
    expect(alone!.detail.concordance).toEqual(coxWithTests('surv(start, stop, event) ~ x', table).detail.concordance)
    expect(coxWithTests('surv(start, stop, event) ~ x', table, { vcov: dyadic('firm', 'half') }).detail.concordance!.concordance).toBe(own!.detail.concordance!.concordance)
  })

  it('fits a model without covariates: Nelson–Aalen, no tests', () => {
    const fit = coxWithTests('surv(start, stop, event) ~ 1', yearly)
    expect(fit.terms).toEqual([])
    expect(fit.logLikelihood).toBe(fit.detail.nullLogLikelihood)
    expect(fit.detail.baseline[0]!.hazard.at(-1)).toBeGreaterThan(0)
  })
})

describe('what a Cox model cannot use is refused with a remedy', () => {
  it.each([
    ['x ~ d', 'UnsupportedError'],
    ['surv(start, stop, event) ~ x | firm', 'UnsupportedError'],
    ['surv(start, stop, nothing) ~ x', 'MissingColumnError'],
    ['surv(start, stop, size) ~ x', 'OutcomeError'],
    ['surv(stop, start, event) ~ x', 'IntervalError'],
    ['surv(start, stop, event) ~ sector + strata(sector)', 'SingularDesignError'],
  ])('%s: %s', (formula, name) => {
    expect(() => cox(formula, yearly)).toThrow(expect.objectContaining({ name, remedy: expect.stringMatching(/\w/) }))
  })

  it('unknown ties, frequency weights', () => {
    expect(() => cox('surv(start, stop, event) ~ x', yearly, { ties: 'exact' as 'efron' })).toThrow(expect.objectContaining({ name: 'OptionError', exitCode: 2 }))
    expect(() => cox('surv(start, stop, event) ~ x', yearly, { weights: 'w', weighting: 'frequency' })).toThrow(expect.objectContaining({ name: 'UnsupportedError', exitCode: 2 }))
  })

  it('a covariate that never varies within a risk set is left out and named', () => {
    const fit = cox('surv(start, stop, event) ~ x + sector + strata(sector)', yearly)
    expect(fit.terms).toEqual(['x'])
    expect(fit.collinear).toEqual([{ term: 'sector::footwear', with: [] }])
    expect(fit.notes.some(({ text }) => text.includes('does not vary within any risk set'))).toBe(true)
  })
})
