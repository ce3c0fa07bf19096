/** Random-effects logit and probit against an independent implementation with the same number of nodes, and what bad panels are told. */
import { readFileSync } from 'node:fs'
import { Float64, Table, vectorFromArray } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { cluster, logit, probit, reLogit, reProbit, robust, withVcov } from '../../src/estimate/index.js'
import type { ArrowTable, Fit } from '../../src/estimate/records.js'
import { randomStream } from '../../src/numerics/random.js'
import { csvTable } from './csvTable.js'

/** The reference differentiates numerically: its last Newton step is below 1e-10, its Hessian good to about 1e-8. */
const COEFFICIENTS = 1e-7
const ERRORS = 1e-6

const folder = new URL('../../fixtures/reference/randomEffects/', import.meta.url)
const table = csvTable(new URL('panel.csv', folder).pathname)
const { fits } = JSON.parse(readFileSync(new URL('values.json', folder), 'utf8')) as {
  fits: { link: 'logit' | 'probit'; nodes: number; coefficients: number[]; stdErrors: number[]; sigma_u: number; logSigmaStdError: number; logLikelihood: number }[]
}
const estimators = { logit: reLogit, probit: reProbit }
const relativeTo = (value: number, reference: number): number => Math.abs(value / reference - 1)
const stdErrors = (fit: Fit): number[] => fit.terms.map((_, j) => Math.sqrt(fit.vcov.matrix[j * fit.terms.length + j]!))

describe.each(fits)('re-$link with $nodes nodes', (reference) => {
  const fit = estimators[reference.link](`y_${reference.link} ~ x + z`, table, { group: 'id', nodes: reference.nodes }) as Fit<'re-logit'>

  it('equals the independent implementation', () => {
    reference.coefficients.forEach((value, j) => expect(relativeTo(fit.coefficients[j]!, value)).toBeLessThan(COEFFICIENTS))
    reference.stdErrors.forEach((value, j) => expect(relativeTo(stdErrors(fit)[j]!, value)).toBeLessThan(ERRORS))
    expect(relativeTo(fit.detail.sigma_u, reference.sigma_u)).toBeLessThan(COEFFICIENTS)
    expect(relativeTo(fit.detail.sigma_u_stdError / fit.detail.sigma_u, reference.logSigmaStdError)).toBeLessThan(ERRORS)
    expect(relativeTo(fit.logLikelihood!, reference.logLikelihood)).toBeLessThan(1e-12)
  })

  it('reports groups, the boundary test and the node check', () => {
    const pooled = (reference.link === 'logit' ? logit : probit)(`y_${reference.link} ~ x + z`, table)
    expect(fit.sample.groups).toBe(250)
    expect(fit.detail.boundaryTest.pooledLogLikelihood).toBeCloseTo(pooled.logLikelihood!, 8)
    expect(fit.detail.boundaryTest.pValue).toBeLessThan(1e-6)
    expect(fit.detail.nodeCheck!.relativeChange).toBeLessThan(1e-4)
  })
})

describe('covariances of random-effects fits', () => {
  const fit = reLogit('y_logit ~ x + z', table, { group: 'id' })

  it('robust is clustered by the group, and coarser clusters sum whole groups', () => {
    expect(stdErrors(withVcov(fit, robust(), table))).toEqual(stdErrors(withVcov(fit, cluster('id'), table)))
    const regions = withVcov(fit, cluster('region'), table)
    expect(regions.vcov.clusters).toEqual([{ name: 'region', count: 40 }])
    // The sandwich from numerical scores: leave out each region's groups' share by brute force.
    expect(stdErrors(regions).every((error, j) => error > 0.3 * stdErrors(fit)[j]! && error < 3 * stdErrors(fit)[j]!)).toBe(true)
  })

  it('clusters that split a group are refused', () => {
    expect(() => withVcov(fit, cluster('t'), table)).toThrow(/split groups of `id`/)
  })
})

describe('invariance', () => {
  const fit = reLogit('y_logit ~ x + z', table, { group: 'id' })

  it('rescaling a regressor rescales its coefficient', () => {
    const scaled = reLogit('y_logit ~ I(x*1000) + z', table, { group: 'id' })
    expect(relativeTo(scaled.coefficients[1]! * 1000, fit.coefficients[1]!)).toBeLessThan(1e-9)
    expect(relativeTo(scaled.detail.sigma_u, fit.detail.sigma_u)).toBeLessThan(1e-9)
  })

  it('the same panel gives the same bits', () => {
    expect([...reLogit('y_logit ~ x + z', table, { group: 'id' }).coefficients]).toEqual([...fit.coefficients])
  })
})

describe('a panel of few switchers', () => {
  it.each([7, 12, 13, 20])('converges where the quadrature error is large (%i nodes)', (nodes) => {
    const random = randomStream(6)
    const rows = Array.from({ length: 300 }, (_, id) => ({ id, effect: 3.5 * random.normal() })).flatMap(({ id, effect }) =>
      Array.from({ length: 8 }, () => ({ id, x: random.normal(), effect })))
    const data = new Table({
      id: vectorFromArray(rows.map(({ id }) => id), new Float64()),
      x: vectorFromArray(rows.map(({ x }) => x), new Float64()),
      y: vectorFromArray(rows.map(({ x, effect }) => (0.3 * x + effect - 1.5 + random.logistic() > 0 ? 1 : 0)), new Float64()),
    }) as ArrowTable
    const fit = reLogit('y ~ x', data, { group: 'id', nodes })
    expect(fit.convergence.converged).toBe(true)
    expect(Math.abs(fit.detail.sigma_u - 3.5)).toBeLessThan(3 * fit.detail.sigma_u_stdError)
  })
})

describe('bad panels', () => {
  const panel = (columns: Record<string, readonly number[]>): ArrowTable =>
    new Table(Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, vectorFromArray([...values], new Float64())]))) as ArrowTable
  const many = Array.from({ length: 400 }, (_, i) => i)

  it('without a group column named', () => {
    expect(() => reLogit('y_logit ~ x', table)).toThrow(/names the panel unit/)
  })

  it('with groups of one', () => {
    const data = panel({ y: many.map((i) => (i * 7) % 3 === 0 ? 1 : 0), x: many.map((i) => Math.sin(i)), id: many })
    expect(() => reLogit('y ~ x', data, { group: 'id' })).toThrow(/every group of `id` has one row/)
  })

  it('with one group', () => {
    const data = panel({ y: many.map((i) => i % 2), x: many.map((i) => Math.sin(i)), id: many.map(() => 1) })
    expect(() => reLogit('y ~ x', data, { group: 'id' })).toThrow(/one group only/)
  })

  it('with no likeness within groups: σ_u at the boundary', () => {
    const data = panel({ y: many.map((i) => i % 2), x: many.map((i) => Math.sin(3 * i)), id: many.map((i) => i >> 1) })
    expect(() => reLogit('y ~ x', data, { group: 'id' })).toThrow(/goes to zero/)
    expect(() => reProbit('y ~ x', data, { group: 'id' })).toThrow(/goes to zero/)
  })

  it('with an outcome that never changes', () => {
    const data = panel({ y: many.map(() => 1), x: many.map((i) => Math.sin(i)), id: many.map((i) => i >> 2) })
    expect(() => reLogit('y ~ x', data, { group: 'id' })).toThrow(/is 1 in all/)
  })

  it('with outcomes that never change within any group: σ_u runs off', () => {
    const data = panel({ y: many.map((i) => (i >> 2) % 2), x: many.map((i) => Math.sin(i)), id: many.map((i) => i >> 2) })
    expect(() => reLogit('y ~ x', data, { group: 'id' })).toThrow(/never changes within/)
  })
})
