import { tableFromArrays } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { cluster, driscollKraay, feLogit, iv, logit, neweyWest, ols, ppml, robust, withVcov, type NeweyWestOptions } from '../../../src/estimate/index.js'
import type { ArrowTable, Fit, VcovEstimator } from '../../../src/estimate/records.js'
import { randomStream } from '../../../src/numerics/random.js'
import { doubleLoop, gap } from './doubleLoop.js'

/** Sums in another order. */
const rounding = 1e-10
const rows = 240
const random = randomStream(23, 'serial')
/** 24 firms in 14 years with gaps, some with two rows in a year. */
const firm = Int32Array.from({ length: rows }, (_, i) => i % 24)
const year = Int32Array.from({ length: rows }, () => 1990 + Math.floor(14 * random.uniform()))
const draws = (): Float64Array => Float64Array.from({ length: rows }, () => random.normal())
const shock = Float64Array.from({ length: 14 }, () => random.normal())
const x = draws()
const columns = {
  x, z: draws(), firm, year,
  v: x.map((value) => value + random.normal()),
  y: x.map((value, i) => value + shock[year[i]! - 1990]! + random.normal()),
  count: Int32Array.from({ length: rows }, () => random.integer(4)),
  b: Int32Array.from({ length: rows }, () => random.integer(2)),
  copies: Int32Array.from({ length: rows }, () => 1 + random.integer(3)),
}
const table = tableFromArrays(columns) as ArrowTable
const matrixOf = (fit: Fit, vcov: VcovEstimator, data = table): Float64Array => withVcov(fit, vcov, data).vcov.matrix
const none = { period: 'year', smallSample: 'none' } as const

const bartlett = (i: number, j: number, lags: number): number => Math.max(0, 1 - Math.abs(year[i]! - year[j]!) / (lags + 1))
const within = (i: number, j: number, lags: number): number => (firm[i] === firm[j] ? bartlett(i, j, lags) : 0)

const fits: [string, Fit][] = [
  ['ols', ols('y ~ x + z', table)],
  ['ols with absorbed firms', ols('y ~ x + z | firm', table)],
  ['iv', iv('y ~ z | x ~ v', table)],
  ['logit', logit('b ~ x + z', table)],
  ['ppml', ppml('count ~ x + z', table)],
]

describe.each(fits)('serial correlation, %s', (_, fit) => {
  it.each([0, 1, 3, 8])('is the double loop over rows, %d lags', (lags) => {
    expect(gap(matrixOf(fit, neweyWest({ ...none, unit: 'firm', lags })), doubleLoop(fit, (i, j) => within(i, j, lags)))).toBeLessThan(rounding)
    expect(gap(matrixOf(fit, driscollKraay({ ...none, lags })), doubleLoop(fit, (i, j) => bartlett(i, j, lags)))).toBeLessThan(rounding)
  })

  it('clusters without lags: by unit and period, by period', () => {
    expect(gap(matrixOf(fit, neweyWest({ ...none, unit: 'firm', lags: 0 })), matrixOf(fit, cluster('firm^year', { smallSample: 'none' })))).toBeLessThan(rounding)
    expect(gap(matrixOf(fit, driscollKraay({ period: 'year', lags: 0 })), matrixOf(fit, cluster('year')))).toBeLessThan(rounding)
  })
})

describe('serial correlation', () => {
  const fit = fits[0]![1]
  const series = tableFromArrays({ ...columns, day: Int32Array.from({ length: rows }, (_, i) => (7 * i) % rows) }) as ArrowTable

  it('is robust in a series without lags, and the double loop with them', () => {
    expect(gap(matrixOf(fit, neweyWest({ period: 'day', lags: 0 }), series), matrixOf(fit, robust(), series))).toBeLessThan(rounding)
    const wanted = doubleLoop(fit, (i, j) => Math.max(0, 1 - Math.abs(((7 * i) % rows) - ((7 * j) % rows)) / 6))
    expect(gap(matrixOf(fit, neweyWest({ period: 'day', lags: 5, smallSample: 'none' }), series), wanted)).toBeLessThan(rounding)
  })

  it('counts a row of frequency 3 three times', () => {
    const weighted = ols('y ~ x', table, { weights: 'copies', weighting: 'frequency' })
    const copies = (i: number, j: number): number => columns.copies[i]! * columns.copies[j]!
    expect(gap(matrixOf(weighted, neweyWest({ ...none, unit: 'firm', lags: 2 })), doubleLoop(weighted, (i, j) => copies(i, j) * within(i, j, 2)))).toBeLessThan(rounding)
    expect(gap(matrixOf(weighted, driscollKraay({ ...none, lags: 2 })), doubleLoop(weighted, (i, j) => copies(i, j) * bartlett(i, j, 2)))).toBeLessThan(rounding)
  })

  it('takes the fourth root of the periods for the lags, T/(T − 1) · (n − 1)/(n − K) and T − 1 degrees of freedom', () => {
    const chosen = withVcov(fits[1]![1], driscollKraay({ period: 'year' }), table).vcov
    expect(chosen.matrix).toEqual(matrixOf(fits[1]![1], driscollKraay({ period: 'year', lags: 1 })))
    expect(chosen.degreesOfFreedom).toBe(13)
    expect(chosen.notes[0]!.text).toBe('Driscoll–Kraay covariance, 14 periods of `year`, 1 lag, Bartlett weights, small-sample factor fixest.')
    expect(chosen.matrix[0]! / matrixOf(fits[1]![1], driscollKraay({ ...none, lags: 1 }))[0]!).toBeCloseTo(14 / 13 * (rows - 1) / (rows - 2 - 24), 12)
    expect(withVcov(fits[3]![1], neweyWest({ period: 'year', unit: 'firm' }), table).vcov.degreesOfFreedom).toBe(Infinity)
  })

  it('does not mind periods far apart: dates in seconds beside their ranks', () => {
    const seconds = table.assign(tableFromArrays({ second: Float64Array.from(year, (value) => 1e9 + 86_400 * 365 * value) }) as ArrowTable)
    const far = matrixOf(fit, neweyWest({ period: 'second', unit: 'firm', lags: 0, smallSample: 'none' }), seconds)
    expect(far).toEqual(matrixOf(fit, neweyWest({ ...none, unit: 'firm', lags: 0 })))
    expect(matrixOf(fit, driscollKraay({ period: 'second', lags: 3 }), seconds)).toEqual(matrixOf(fit, driscollKraay({ period: 'year', lags: 0 })))
  })

  it('says how many rows share unit and period', () => {
    expect(withVcov(fit, neweyWest({ period: 'year', unit: 'firm', lags: 2 }), table).vcov.notes[0]!.text)
      .toMatch(/^Newey–West covariance of 24 units of `firm`, rows of a unit and period \(240 rows, \d+ of these\) summed first, 14 periods of `year`, 2 lags,/)
  })

  it('refuses what is no panel or no series, by name', () => {
    const apply = (options: NeweyWestOptions, data = table) => () => withVcov(fit, neweyWest(options), data)
    expect(apply({ period: 'year' })).toThrow('240 rows have 14 different values of `year`: they are not one series')
    expect(apply({ period: 'x', unit: 'firm' })).toThrow(/`x` is -?\d\.\d+ in row 1$/)
    expect(apply({ period: 'year', unit: 'firm', lags: 14 })).toThrow('14 lags with 14 values of `year`')
    expect(() => neweyWest({ period: 'year', lags: -1 })).toThrow('neweyWest: lags is -1')
    expect(() => driscollKraay({ period: 'year', lags: 1.5 })).toThrow('driscollKraay: lags is 1.5')
    const still = table.assign(tableFromArrays({ year: new Int32Array(rows).fill(2000) }) as ArrowTable)
    expect(() => withVcov(fit, driscollKraay({ period: 'year' }), still)).toThrow('`year` has 1 value in the rows used')
    expect(() => feLogit('b ~ x | firm', table, { vcov: neweyWest({ period: 'year', unit: 'firm' }) })).toThrow('groups of `firm`, whose rows are one draw of the model, have several periods')
  })

  it('leaves rows without a period out before estimation', () => {
    const gappy = table.assign(tableFromArrays({ when: Float64Array.from(year, (value, i) => (i === 4 ? NaN : value)) }) as ArrowTable)
    expect(ols('y ~ x', gappy, { vcov: driscollKraay({ period: 'when' }) }).sample.dropped).toEqual([{ reason: 'missing `when`', rows: 1 }])
    expect(() => withVcov(ols('y ~ x', gappy), driscollKraay({ period: 'when' }), gappy)).toThrow('`when` is missing in row 5, which the fit uses')
  })
})
