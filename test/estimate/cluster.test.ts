import { tableFromArrays } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { cluster, iid, logit, ols, robust, withVcov } from '../../src/estimate/index.js'
import type { ArrowTable, Fit } from '../../src/estimate/records.js'
import { randomStream } from '../../src/numerics/random.js'
import { doubleLoop } from './vcov/doubleLoop.js'

/** Sums in another order. */
const rounding = 1e-12
const rows = 120
const wave = (a: number): Float64Array => Float64Array.from({ length: rows }, (_, i) => Math.sin(a * i * i + a))
const random = randomStream(5, 'clusters')
const columns = {
  y: wave(1.3).map((value, i) => value + 0.5 * Math.sin(i)),
  b: wave(2.1).map((value) => (value > 0.1 ? 1 : 0)),
  x: wave(0.7),
  z: wave(0.31),
  own: Int32Array.from({ length: rows }, (_, i) => i),
  firm: Int32Array.from({ length: rows }, (_, i) => i % 17),
  year: Int32Array.from({ length: rows }, () => random.integer(15)),
  few: Int32Array.from({ length: rows }, (_, i) => Math.floor(i / 17)),
  all: new Int32Array(rows),
}
const table = tableFromArrays(columns) as ArrowTable

const gap = (a: Float64Array, b: Float64Array): number => Math.max(...a.map((value, i) => Math.abs(value - b[i]!) / Math.abs(b[i]!)))

describe.each([
  ['ols', (t: ArrowTable) => ols('y ~ x + z', t)],
  ['logit', (t: ArrowTable) => logit('b ~ x + z', t)],
] as const)('cluster, %s', (_, estimate) => {
  const fit = estimate(table)

  it('sums over all pairs of rows that share a cluster', () => {
    const oneWay = withVcov(fit, cluster('firm', { smallSample: 'none' }), table).vcov.matrix
    expect(gap(oneWay, doubleLoop(fit, (i, j) => (columns.firm[i] === columns.firm[j] ? 1 : 0)))).toBeLessThan(rounding)
    const twoWay = withVcov(fit, cluster('firm', 'year', { smallSample: 'none' }), table).vcov.matrix
    expect(gap(twoWay, doubleLoop(fit, (i, j) => (columns.firm[i] === columns.firm[j] || columns.year[i] === columns.year[j] ? 1 : 0)))).toBeLessThan(1e-9)
  })

  it('is HC0 when every row is its own cluster', () => {
    const own = withVcov(fit, cluster('own', { smallSample: 'none' }), table).vcov.matrix
    expect(gap(own, withVcov(fit, robust({ smallSample: 'none' }), table).vcov.matrix)).toBeLessThan(rounding)
  })

  it('is one-way when both clusterings are the same groups', () => {
    const doubled = table.assign(tableFromArrays({ again: columns.firm }) as ArrowTable)
    const twoWay = withVcov(fit, cluster('firm', 'again', { smallSample: 'none' }), doubled).vcov.matrix
    expect(gap(twoWay, withVcov(fit, cluster('firm', { smallSample: 'none' }), table).vcov.matrix)).toBeLessThan(1e-9)
  })

  it.each([['fixest', 17 / 16 * (119 / 117)], ['none', 1]] as const)('takes the factor %s', (smallSample, factor) => {
    const bare = withVcov(fit, cluster('firm', { smallSample: 'none' }), table).vcov.matrix
    expect(gap(withVcov(fit, cluster('firm', { smallSample }), table).vcov.matrix, bare.map((value) => value * factor))).toBeLessThan(rounding)
  })

  it('fails with one cluster, by name', () => {
    expect(() => withVcov(fit, cluster('all'), table)).toThrow('the cluster `all` has 1 group in the 120 rows used')
  })

  it('fails without scores, by name', () => {
    const bare = { ...fit, scores: undefined }
    expect(() => withVcov(bare, robust(), table)).toThrow('carries no scores')
  })
})

describe('few clusters', () => {
  it('repair a negative variance, with a note, and rescale with the regressors', () => {
    const fit = ols('y ~ x + z', table, { vcov: cluster('firm', 'few') })
    expect(fit.notes.map(({ text }) => text).join(' ')).toContain('negative variance')
    const scaled = ols('y ~ x + z', table.assign(tableFromArrays({ x: columns.x.map((value) => 1e6 * value) }) as ArrowTable), { vcov: cluster('firm', 'few') })
    const variance = (of: Fit, j: number): number => of.vcov.matrix[j * 3 + j]!
    expect(Math.min(variance(fit, 0), variance(fit, 1), variance(fit, 2))).toBeGreaterThanOrEqual(0)
    expect(variance(scaled, 1) * 1e12 / variance(fit, 1)).toBeCloseTo(1, 9)
  })
})

describe('clusters with missing cells', () => {
  const gappy = tableFromArrays({ ...columns, group: Float64Array.from(columns.firm, (value, i) => (i % 10 === 0 ? NaN : value)) }) as ArrowTable

  it('leave before estimation and are counted', () => {
    const fit = ols('y ~ x', gappy, { vcov: cluster('group') })
    expect(fit.sample).toMatchObject({ read: 120, used: 108, dropped: [{ reason: 'missing `group`', rows: 12 }] })
  })

  it('are an error afterwards', () => {
    expect(() => withVcov(ols('y ~ x', gappy), cluster('group'), gappy)).toThrow('the cluster `group` is missing in row 1')
  })
})

describe('crossed clusters', () => {
  const cell = Int32Array.from(columns.firm, (firm, i) => 100 * firm + columns.year[i]!)

  it('`firm^year` is one clustering by both columns', () => {
    const made = table.assign(tableFromArrays({ cell })) as ArrowTable
    const fit = ols('y ~ x | firm^year', made)
    const { matrix, clusters, label } = withVcov(fit, cluster('firm^year'), table).vcov
    const wanted = withVcov(fit, cluster('cell'), made).vcov
    expect(gap(matrix, wanted.matrix)).toBeLessThan(rounding)
    expect([label, clusters![0]]).toEqual(['cluster(firm^year)', { name: 'firm^year', count: wanted.clusters![0]!.count }])
  })

  it('leaves rows out where either column is missing', () => {
    const holes = table.assign(tableFromArrays({ firm: Float64Array.from(columns.firm, (value, i) => (i === 3 ? NaN : value)), year: Float64Array.from(columns.year, (value, i) => (i === 5 ? NaN : value)) })) as ArrowTable
    const fit = ols('y ~ x', holes, { vcov: cluster('firm^year') })
    expect(fit.sample.dropped).toEqual([{ reason: 'missing `firm`', rows: 1 }, { reason: 'missing `year`', rows: 1 }])
    const others = Array.from({ length: rows }, (_, i) => i).filter((i) => i !== 3 && i !== 5)
    const kept = tableFromArrays({ y: Float64Array.from(others, (i) => columns.y[i]!), x: Float64Array.from(others, (i) => columns.x[i]!), cell: Int32Array.from(others, (i) => cell[i]!) }) as ArrowTable
    expect(gap(fit.vcov.matrix, ols('y ~ x', kept, { vcov: cluster('cell') }).vcov.matrix)).toBeLessThan(rounding)
  })
})

it('iid without a small-sample factor divides by n in linear models only', () => {
  const fit = ols('y ~ x + z | firm', table)
  const plain = withVcov(fit, iid({ smallSample: 'none' }), table).vcov.matrix
  expect(gap(plain, fit.vcov.matrix.map((value) => (value * (rows - 19)) / rows))).toBeLessThan(rounding)
  const binary = logit('b ~ x', table)
  expect(withVcov(binary, iid({ smallSample: 'none' }), table).vcov.matrix).toEqual(binary.vcov.matrix)
})
