/** PPML against itself where it must agree: dummies, repeated rows, separated rows left out by hand; and its failures. */
import { Table, vectorFromArray } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { coef, glance, ppml, predict, robust } from '../../../src/estimate/index.js'
import type { Fit } from '../../../src/estimate/records.js'
import { randomStream } from '../../../src/numerics/random.js'
import { failure } from '../../failure.js'

const tolerance = 1e-10
const rows = 240
const stream = randomStream(11, 'ppml')
const columns = {
  x: Float64Array.from({ length: rows }, () => stream.normal()),
  z: Float64Array.from({ length: rows }, () => stream.normal()),
  firm: Float64Array.from({ length: rows }, (_, row) => row % 20),
  year: Float64Array.from({ length: rows }, (_, row) => Math.floor(row / 20) % 4),
  copies: Float64Array.from({ length: rows }, () => 1 + Math.floor(3 * stream.uniform())),
  log_exposure: Float64Array.from({ length: rows }, () => stream.normal() / 2),
  y: new Float64Array(rows),
  half: new Float64Array(rows),
}
for (let row = 0; row < rows; row++) {
  const index = 0.4 * columns.x[row]! - 0.3 * columns.z[row]! + Math.sin(columns.firm[row]!) + 0.2 * columns.year[row]! + columns.log_exposure[row]!
  columns.y[row] = stream.uniform() < 0.3 ? 0 : Math.round(1e4 * Math.exp(index) * 2 * stream.uniform()) / 1e4
}
// `half` separates: where it is not zero the outcome is.
for (let row = 0; row < rows; row++) columns.half[row] = columns.y[row] === 0 && row % 2 === 0 ? 1 + stream.uniform() : 0

type Columns = Readonly<Record<string, Float64Array>>
const tableOf = (data: Columns, keep: (row: number) => boolean = () => true): Table =>
  new Table(Object.fromEntries(Object.entries(data).map(([name, values]) => [name, vectorFromArray(values.filter((_, row) => keep(row)))])))
const table = tableOf(columns)

function expectSame(a: Fit, b: Fit, terms: readonly string[], what = ''): void {
  for (const term of terms) {
    expect(Math.abs(coef(a)[term]! - coef(b)[term]!), `${what} ${term}`).toBeLessThan(tolerance)
    const variance = (fit: Fit): number => fit.vcov.matrix[fit.terms.indexOf(term) * (fit.terms.length + 1)]!
    expect(Math.abs(variance(a) / variance(b) - 1), `${what} variance of ${term}`).toBeLessThan(1e-8)
  }
}

describe('ppml', () => {
  it.each([['y ~ x + z | firm', 'y ~ x + z + i(firm)'], ['y ~ x + z | firm + year', 'y ~ x + z + i(firm) + i(year)'], ['y ~ x | firm[z]', 'y ~ x + i(firm) + z + i(firm):z']])('%s is %s', (absorbed, dummies) => {
    for (const vcov of [undefined, robust()]) {
      const [within, whole] = [absorbed, dummies].map((formula) => ppml(formula, table, vcov ? { vcov } : {})) as [Fit<'ppml'>, Fit<'ppml'>]
      expectSame(within, whole, absorbed.includes('[') ? ['x'] : ['x', 'z'])
      expect(within.logLikelihood).toBeCloseTo(whole.logLikelihood!, 8)
      expect(glance(within).aic).toBeCloseTo(glance(whole).aic!, 8)
    }
  })

  it.each([undefined, 'copies'])('settles where effects say nothing beside another, weights %s', (weights) => {
    // Enough rows that the rounding of their sums is no longer next to nothing.
    const many = 4000
    const own = randomStream(12, 'nested')
    const firm = Float64Array.from({ length: many }, () => Math.floor(10 * own.uniform()))
    const x = Float64Array.from(firm, (level) => own.normal() + 0.2 * level)
    const data = tableOf({
      firm, x, year: Float64Array.from(firm, () => Math.floor(7 * own.uniform())), sector: firm.map((level) => Math.floor(level / 3)), country: new Float64Array(many), copies: firm.map((level) => 1 + 19 * (level % 2)),
      y: Float64Array.from(x, (value, row) => Math.floor(3 * own.uniform() * Math.exp(0.5 * value - 0.1 * firm[row]!))),
    })
    const fit = (effects: string): Fit => ppml(`y ~ x | ${effects}`, data, weights === undefined ? {} : { weights })
    for (const effects of ['country + sector + firm', 'firm + country', 'country + firm + sector + firm^country']) expectSame(fit(effects), fit('firm'), ['x'], effects)
    expectSame(fit('sector + country + firm + year'), fit('firm + year'), ['x'])
  })

  it('takes a frequency for that many rows', () => {
    const repeated = Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, Float64Array.from(Array.from(values).flatMap((value, row) => Array<number>(columns.copies[row]!).fill(value)))]))
    const vcov = robust({ smallSample: 'fixest' })
    expectSame(ppml('y ~ x + z | firm', table, { weights: 'copies', weighting: 'frequency', vcov }), ppml('y ~ x + z | firm', tableOf(repeated), { vcov }), ['x', 'z'])
  })

  it('scales with the outcome, down to tiny units', () => {
    const fit = ppml('y ~ x | firm', table)
    const small = ppml('y ~ x | firm', tableOf({ ...columns, y: columns.y.map((value) => value * 2 ** -40) }))
    expect(Math.abs(coef(fit).x! - coef(small).x!)).toBeLessThan(tolerance)
  })

  it('takes an offset off the index', () => {
    const fit = ppml('y ~ x + offset(log_exposure) | firm + year', table)
    const free = ppml('y ~ x + log_exposure | firm + year', table)
    // The likelihood at a coefficient of one lies below the free one, and both see the same rows.
    expect(fit.logLikelihood!).toBeLessThan(free.logLikelihood!)
    const { values } = predict(ppml('y ~ x + offset(log_exposure)', table), table)
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(columns.y.reduce((sum, value) => sum + value, 0), 6)
  })

  it.each(['y ~ x + half', 'y ~ x + half | firm', 'y ~ x + half | firm + year'])('leaves separated rows out: %s', (formula) => {
    const fit = ppml(formula, table)
    const separated = columns.half.filter((value) => value > 0).length
    expect(fit.sample.dropped).toEqual([{ reason: 'with a zero outcome that regressors and effects predict', rows: separated }])
    expect(fit.terms).not.toContain('half')
    expectSame(fit, ppml(formula, tableOf(columns, (row) => columns.half[row] === 0)), ['x'])
    expect(failure(() => ppml(formula, table, { separation: 'error' })).name).toBe('SeparationError')
  })

  it('finds separation no single column shows', () => {
    const mixed = { ...columns, a: columns.half.map((value, row) => value + columns.x[row]!), b: columns.half.map((value, row) => 2 * value + columns.z[row]!) }
    const fit = ppml('y ~ x + z + a + b | firm', tableOf(mixed))
    expect(fit.sample.used).toBe(columns.half.filter((value) => value === 0).length)
  })

  it('leaves nothing out where a mean is small but finite', () => {
    const skewed = { ...columns, x: columns.x.map((value, row) => (columns.y[row] === 0 ? value - 3 : value)) }
    expect(ppml('y ~ x | firm + year', tableOf(skewed)).sample.dropped).toEqual([])
  })

  it('leaves levels of zeros out, and levels that are then of zeros', () => {
    const y = columns.y.map((value, row) => (columns.firm[row] === 3 || (columns.year[row] === 2 && columns.firm[row] !== 3) ? 0 : value))
    const fit = ppml('y ~ x | firm + year', tableOf({ ...columns, y }))
    expect(fit.sample.dropped).toEqual([{ reason: 'in a level of `firm`, `year` with zero outcomes only', rows: rows - 19 * 9 }])
    expect(failure(() => ppml('y ~ x | firm + year', tableOf({ ...columns, y }), { separation: 'error' })).name).toBe('SeparationError')
  })

  it('predicts means with their standard errors', () => {
    const fit = ppml('y ~ x', table)
    const { values, stdErrors } = predict(fit, table, { stdErrors: true })
    const index = predict(fit, table, { type: 'link', stdErrors: true })
    expect(values[5]!).toBeCloseTo(Math.exp(index.values[5]!), 12)
    expect(stdErrors![5]!).toBeCloseTo(values[5]! * index.stdErrors![5]!, 12)
  })

  it('finds the coefficients of outcomes without noise', () => {
    const exact = { ...columns, y: columns.x.map((value, row) => Math.exp(0.3 * value + Math.cos(columns.firm[row]!))) }
    const fit = ppml('y ~ x | firm', tableOf(exact))
    expect(Math.abs(coef(fit).x! - 0.3)).toBeLessThan(tolerance)
  })

  it.each([
    ['y ~ x', { ...columns, y: columns.y.map((value, row) => (row === 7 ? -1 : value)) }, 'OutcomeError', /is -1 in row 8/],
    ['y ~ x', { ...columns, y: new Float64Array(rows) }, 'OutcomeError', /zero in all 240 rows/],
    ['y ~ x | row', { ...columns, row: columns.x.map((_, row) => row) }, 'SingletonError', /alone/],
    ['y ~ firm | firm', columns, 'SingularDesignError', /`firm`/],
  ] as const)('fails by name: %s', (formula, data, name, message) => {
    const error = failure(() => ppml(formula, tableOf(data as Columns)))
    expect(error.name).toBe(name)
    expect(error.message).toMatch(message)
    expect(error.remedy).not.toBe('')
  })
})
