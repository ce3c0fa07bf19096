import { readFileSync } from 'node:fs'
import { tableFromArrays } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { cluster, conley, feLogit, iv, logit, ols, robust, stdErrors, withVcov, type ConleyOptions } from '../../../src/estimate/index.js'
import type { ArrowTable, Fit } from '../../../src/estimate/records.js'
import { readTable } from '../../../src/ingest/index.js'
import { greatCircle } from '../../../src/numerics/greatCircle.js'
import { randomStream } from '../../../src/numerics/random.js'
import { doubleLoop, gap } from './doubleLoop.js'

/** Sums in another order, and distances through chords. */
const rounding = 1e-9
const rows = 210
const random = randomStream(19, 'places')
/** 35 places in and around Japan (one stays empty), 35 units with 6 years each; the last five units move. */
const places = Array.from({ length: 35 }, () => [31 + 12 * random.uniform(), 130 + 14 * random.uniform()] as const)
const unit = Int32Array.from({ length: rows }, (_, i) => Math.floor(i / 6))
const year = Int32Array.from({ length: rows }, (_, i) => 2000 + (i % 6) + (i % 6 === 5 ? 2 : 0))
const place = Int32Array.from(unit, (u, i) => (u >= 30 ? (u + i) % 35 : u % 28))
const shock = Float64Array.from(places, () => random.normal())
const x = Float64Array.from(place, (p) => shock[p]! + random.normal())
const columns = {
  x,
  z: Float64Array.from({ length: rows }, () => random.normal()),
  y: Float64Array.from(place, (p, i) => x[i]! + 2 * shock[p]! + random.normal()),
  v: x.map((value) => value + random.normal()),
  b: Float64Array.from(place, (p, i) => (x[i]! + shock[p]! + random.logistic() > 0 ? 1 : 0)),
  unit,
  year,
  place,
  copies: Int32Array.from({ length: rows }, () => 1 + random.integer(3)),
  latitude: Float64Array.from(place, (p) => places[p]![0]),
  longitude: Float64Array.from(place, (p) => places[p]![1]),
}
const table = tableFromArrays(columns) as ArrowTable
const at = { latitude: 'latitude', longitude: 'longitude' }

const kilometres = (i: number, j: number): number => greatCircle(columns.latitude[i]!, columns.longitude[i]!, columns.latitude[j]!, columns.longitude[j]!)
const kernels = { uniform: (d: number, reach: number) => (d <= reach ? 1 : 0), bartlett: (d: number, reach: number) => Math.max(0, 1 - d / reach) }
const newey = (i: number, j: number, lags: number): number =>
  (unit[i] === unit[j] && year[i] !== year[j] ? Math.max(0, 1 - Math.abs(year[i]! - year[j]!) / (lags + 1)) : 0)
const matrixOf = (fit: Fit, options: Omit<ConleyOptions, 'latitude' | 'longitude'>, data = table): Float64Array =>
  withVcov(fit, conley({ ...at, smallSample: 'none', ...options }), data).vcov.matrix

const fits: [string, Fit][] = [
  ['ols', ols('y ~ x + z', table)],
  ['ols with absorbed years', ols('y ~ x + z | year', table)],
  ['iv', iv('y ~ z | x ~ v', table, { vcov: conley({ ...at, kilometres: 100 }) })],
  ['logit', logit('b ~ x + z', table)],
]

describe.each(fits)('conley, %s', (_, fit) => {
  it.each([['uniform', 60], ['uniform', 200], ['bartlett', 350]] as const)('is the double loop with the %s kernel within %d km', (kernel, reach) => {
    expect(gap(matrixOf(fit, { kilometres: reach, kernel }), doubleLoop(fit, (i, j) => kernels[kernel](kilometres(i, j), reach)))).toBeLessThan(rounding)
  })

  it('keeps periods apart but for the lags of a unit', () => {
    const spatial = (i: number, j: number): number => (year[i] === year[j] ? kernels.bartlett(kilometres(i, j), 350) : 0)
    expect(gap(matrixOf(fit, { kilometres: 350, kernel: 'bartlett', period: 'year' }), doubleLoop(fit, spatial))).toBeLessThan(rounding)
    const both = matrixOf(fit, { kilometres: 350, kernel: 'bartlett', period: 'year', unit: 'unit', lags: 3 })
    expect(gap(both, doubleLoop(fit, (i, j) => spatial(i, j) + newey(i, j, 3)))).toBeLessThan(rounding)
  })

  it('is one-way clustering by place at distance 0, and without lags the spatial part alone', () => {
    const byPlace = withVcov(fit, cluster('place', { smallSample: 'none' }), table).vcov.matrix
    expect(gap(matrixOf(fit, { kilometres: 0 }), byPlace)).toBeLessThan(rounding)
    expect(matrixOf(fit, { kilometres: 80, period: 'year', unit: 'unit', lags: 0 })).toEqual(matrixOf(fit, { kilometres: 80, period: 'year' }))
  })
})

describe('conley', () => {
  const fit = fits[0]![1]

  it('is robust where every row is a place and the distance is 0', () => {
    const apart = table.assign(tableFromArrays({ latitude: columns.latitude.map((value, i) => value + i / 1000) }) as ArrowTable)
    expect(gap(matrixOf(fit, { kilometres: 0 }, apart), withVcov(fit, robust({ smallSample: 'none' }), apart).vcov.matrix)).toBeLessThan(rounding)
  })

  it('counts a row of frequency 3 three times', () => {
    const weighted = ols('y ~ x', table, { weights: 'copies', weighting: 'frequency' })
    const wanted = doubleLoop(weighted, (i, j) => columns.copies[i]! * columns.copies[j]! * (kernels.uniform(kilometres(i, j), 150) * (year[i] === year[j] ? 1 : 0) + newey(i, j, 2)))
    expect(gap(matrixOf(weighted, { kilometres: 150, period: 'year', unit: 'unit', lags: 2 }), wanted)).toBeLessThan(rounding)
  })

  it('takes longitudes from 0 to 360 as those from −180 to 180', () => {
    // Turned by 43 degrees, half of the places lie beyond the date line.
    const turned = table.assign(tableFromArrays({ longitude: columns.longitude.map((value) => value + 43) }) as ArrowTable)
    const wrapped = table.assign(tableFromArrays({ longitude: columns.longitude.map((value) => (value + 43 > 180 ? value + 43 - 360 : value + 43)) }) as ArrowTable)
    expect(matrixOf(fit, { kilometres: 200 }, turned)).toEqual(matrixOf(fit, { kilometres: 200 }, wrapped))
    expect(gap(matrixOf(fit, { kilometres: 200 }, turned), matrixOf(fit, { kilometres: 200 }))).toBeLessThan(rounding)
  })

  it('multiplies by (n − 1)/(n − K), without the effects of places in K', () => {
    const factor = (model: Fit, data = table): number => withVcov(model, conley({ ...at, kilometres: 100 }), data).vcov.matrix[0]! / matrixOf(model, { kilometres: 100 }, data)[0]!
    expect(factor(fit)).toBeCloseTo((rows - 1) / (rows - 3), 12)
    expect(factor(fits[1]![1])).toBeCloseTo((rows - 1) / (rows - 2 - 6), 12)
    expect(factor(ols('y ~ x | place', table))).toBeCloseTo((rows - 1) / (rows - 1 - 1), 12)
  })

  it('says where the kernel left the matrix indefinite', () => {
    const notes = (reach: number): string => withVcov(fit, conley({ ...at, kilometres: reach }), table).vcov.notes.map(({ text }) => text).join(' ')
    expect(notes(1000)).toMatch(/Conley covariance (is not positive semi-definite|had a negative variance)/)
    expect(notes(60)).toMatch(/^Conley covariance over 34 places, 3 pairs of them within 60 kilometres, uniform kernel, small-sample factor fixest\.$/)
  })
})

describe('conley against R fixest', () => {
  const folder = new URL('../../../fixtures/reference/conley/', import.meta.url)
  const published = JSON.parse(readFileSync(new URL('fixest.json', folder), 'utf8')) as { coefficients: number[]; stdErrors: number[]; vcov: number[]; kilometres: number }

  it('gives the published covariance of the earthquakes, to the digits printed', async () => {
    const quakes = await readTable(new URL('quakes.csv', folder).pathname)
    const fit = ols('depth ~ mag', quakes, { vcov: conley({ latitude: 'lat', longitude: 'long', kilometres: published.kilometres }) })
    published.coefficients.forEach((value, j) => expect(fit.coefficients[j]).toBeCloseTo(value, 3))
    published.stdErrors.forEach((value, j) => expect(stdErrors(fit)[j]).toBeCloseTo(value, 4))
    expect(Math.abs(fit.vcov.matrix[0]! - published.vcov[0]!)).toBeLessThan(5e-4)
    expect(Math.abs(fit.vcov.matrix[1]! - published.vcov[1]!)).toBeLessThan(5e-5)
    expect(Math.abs(fit.vcov.matrix[3]! - published.vcov[3]!)).toBeLessThan(5e-5)
  })
})

describe('places that cannot be used', () => {
  const estimate = (changed: Record<string, Float64Array>, more: Partial<ConleyOptions> = {}) =>
    ols('y ~ x', table.assign(tableFromArrays(changed) as ArrowTable), { vcov: conley({ ...at, kilometres: 100, ...more }) })
  const changeFirst = (values: ArrayLike<number>, value: number): Float64Array => Float64Array.from(values, (own, i) => (i === 0 ? value : own))

  it('leave before estimation where a coordinate is missing', () => {
    expect(estimate({ latitude: changeFirst(columns.latitude, NaN) }).sample.dropped).toEqual([{ reason: 'missing `latitude`', rows: 1 }])
    const gappy = table.assign(tableFromArrays({ latitude: changeFirst(columns.latitude, NaN) }) as ArrowTable)
    expect(() => withVcov(ols('y ~ x', gappy), conley({ ...at, kilometres: 1 }), gappy)).toThrow('`latitude` is missing in row 1, which the fit uses')
  })

  it('are an error by name', () => {
    expect(() => estimate({ latitude: changeFirst(columns.latitude, 139) })).toThrow('`latitude` is 139 in row 1')
    expect(() => estimate({ longitude: changeFirst(columns.longitude, 1e6) })).toThrow('`longitude` is 1000000 in row 1')
    expect(() => estimate({}, { kilometres: 20_100 })).toThrow('all 34 places lie within 20100 kilometres of each other')
    expect(() => estimate({ year: changeFirst(columns.year, 2000.5) }, { period: 'year' })).toThrow('`year` is 2000.5 in row 1')
    expect(() => feLogit('b ~ x | unit', table, { vcov: conley({ ...at, kilometres: 50, period: 'year' }) })).toThrow('lie at more than one place or period')
  })

  it('refuse options that do not fit together', () => {
    const build = (options: Partial<ConleyOptions>) => () => conley({ ...at, kilometres: 100, ...options })
    expect(build({ kilometres: -1 })).toThrow('the distance is -1 kilometres')
    expect(build({ lags: 2, period: 'year' })).toThrow('lags without a unit')
    expect(build({ unit: 'unit', period: 'year' })).toThrow('a unit without lags')
    expect(build({ unit: 'unit', lags: 1 })).toThrow('lags without a period')
    expect(build({ lags: 1.5 })).toThrow('lags is 1.5')
  })
})
