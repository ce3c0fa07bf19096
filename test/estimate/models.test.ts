import { tableFromArrays } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { cluster, feLogit, iid, iv, logit, ols, probit, robust, stdErrors, withVcov } from '../../src/estimate/index.js'
import type { ArrowTable, Fit } from '../../src/estimate/records.js'
import { randomStream } from '../../src/numerics/random.js'
import { failure } from '../failure.js'

/** Newton's optimum and closed forms, up to rounding. */
const exact = 1e-9
const rows = 300
const random = randomStream(11, 'models')
const column = (make: (i: number) => number): Float64Array => Float64Array.from({ length: rows }, (_, i) => make(i))
const x = column(() => random.normal())
const z = column(() => random.normal())
const firm = Int32Array.from({ length: rows }, (_, i) => Math.floor(i / 6))
const year = Int32Array.from({ length: rows }, (_, i) => i % 6)
const y = column((i) => 1 + 0.5 * x[i]! - z[i]! + 0.1 * firm[i]! + random.normal())
const b = column((i) => (0.3 + 0.8 * x[i]! - 0.5 * z[i]! + random.logistic() > 0 ? 1 : 0))
const copies = Int32Array.from({ length: rows }, () => 1 + random.integer(3))
const columns = { x, z, firm, year, y, b, copies }
const table = tableFromArrays(columns) as ArrowTable

const gap = (a: Float64Array, wanted: Float64Array): number => Math.max(...wanted.map((value, i) => Math.abs(a[i]! - value) / Math.max(1e-300, Math.abs(value))))

type Estimator = (t: ArrowTable, options?: { weights?: string; weighting?: 'precision' | 'frequency' }) => Fit
const estimators: [string, Estimator][] = [
  ['ols', (t, options) => ols('y ~ x + z + i(year)', t, options)],
  ['logit', (t, options) => logit('b ~ x + z + i(year)', t, options)],
  ['probit', (t, options) => probit('b ~ x + z + i(year)', t, options)],
]

describe.each(estimators)('%s', (_, estimate) => {
  const fit = estimate(table)

  it('does not depend on the order of rows', () => {
    const order = Int32Array.from({ length: rows }, (_unused, i) => (i * 7) % rows)
    const shuffled = tableFromArrays(Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values.map((_value: number, i: number) => values[order[i]!]!)]))) as ArrowTable
    const again = estimate(shuffled)
    expect(gap(again.coefficients, fit.coefficients)).toBeLessThan(exact)
    expect(gap(stdErrors(withVcov(again, cluster('firm'), shuffled)), stdErrors(withVcov(fit, cluster('firm'), table)))).toBeLessThan(exact)
  })

  it('rescales with its regressors', () => {
    const scaled = estimate(table.assign(tableFromArrays({ x: x.map((value) => 1e9 * value), z: z.map((value) => 1e-6 * value) }) as ArrowTable))
    const back = (values: Float64Array): Float64Array => values.map((value, j) => value * (fit.terms[j] === 'x' ? 1e9 : fit.terms[j] === 'z' ? 1e-6 : 1))
    expect(gap(back(scaled.coefficients), fit.coefficients)).toBeLessThan(exact)
    expect(gap(back(stdErrors(scaled)), stdErrors(fit))).toBeLessThan(exact)
  })

  it('counts a row of frequency 2 twice, whatever the covariance', () => {
    const repeated = Int32Array.from([...copies].flatMap((count, i) => Array<number>(count).fill(i)))
    const long = tableFromArrays(Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, Float64Array.from(repeated, (i) => values[i]!)]))) as ArrowTable
    const weighted = estimate(table, { weights: 'copies', weighting: 'frequency' })
    const plain = estimate(long)
    expect(gap(weighted.coefficients, plain.coefficients)).toBeLessThan(exact)
    expect(gap(Float64Array.of(weighted.logLikelihood!), Float64Array.of(plain.logLikelihood!))).toBeLessThan(exact)
    for (const vcov of [iid(), robust(), cluster('firm'), cluster('firm', 'year')]) {
      expect(gap(stdErrors(withVcov(weighted, vcov, table)), stdErrors(withVcov(plain, vcov, long))), vcov.label).toBeLessThan(exact)
    }
  })

  it('has scores that sum to zero', () => {
    const k = fit.terms.length
    for (let j = 0; j < k; j++) {
      let sum = 0
      for (let row = 0; row < rows; row++) sum += fit.scores!.scores[row * k + j]!
      expect(Math.abs(sum)).toBeLessThan(1e-9)
    }
  })
})

describe('an offset far from zero', () => {
  const far = table.assign(tableFromArrays({ nine: column(() => 8.9), below: column(() => -30), spread: column((i) => 6 * z[i]! + 25), rare: column((i) => (i % 60 === 0 ? 1 : 0)) }) as ArrowTable)

  it.each([['logit', logit], ['probit', probit]] as const)('that is constant only moves the intercept of %s', (_, estimate) => {
    for (const outcome of ['b', 'rare']) {
      const plain = estimate(`${outcome} ~ x`, far)
      for (const [name, shift] of [['nine', 8.9], ['below', -30]] as const) {
        const fit = estimate(`${outcome} ~ x + offset(${name})`, far)
        expect(Math.abs(fit.coefficients[0]! + shift - plain.coefficients[0]!), `${outcome} ${name}`).toBeLessThan(1e-8)
        expect(Math.abs(fit.coefficients[1]! / plain.coefficients[1]! - 1)).toBeLessThan(1e-8)
      }
    }
  })

  it('and spread is the coefficient it stands for', () => {
    const fit = logit('b ~ x + z + offset(spread)', far)
    const plain = logit('b ~ x + z', far)
    expect(Math.abs(fit.coefficients[2]! + 6 - plain.coefficients[2]!)).toBeLessThan(1e-8)
  })
})

describe('ols', () => {
  it('with an absorbed effect equals dummies', () => {
    const absorbed = ols('y ~ x + z | firm + year', table)
    const dummies = ols('y ~ x + z + i(firm) + i(year)', table)
    expect(gap(absorbed.coefficients, dummies.coefficients.slice(1, 3))).toBeLessThan(exact)
    expect(gap(stdErrors(absorbed), stdErrors(dummies).slice(1, 3))).toBeLessThan(exact)
    expect(absorbed.detail.rSquared).toBeCloseTo(dummies.detail.rSquared, 12)
    const weighted = ols('y ~ x + z | firm + year', table, { weights: 'copies' })
    expect(gap(weighted.coefficients, ols('y ~ x + z + i(firm) + i(year)', table, { weights: 'copies' }).coefficients.slice(1, 3))).toBeLessThan(exact)
  })

  it('keeps the digits of an outcome of 1e9', () => {
    const far = ols('y ~ x + z', table.assign(tableFromArrays({ y: y.map((value) => 1e9 + Math.round(value * 1024) / 1024) }) as ArrowTable))
    const near = ols('y ~ x + z', table.assign(tableFromArrays({ y: y.map((value) => Math.round(value * 1024) / 1024) }) as ArrowTable))
    expect(gap(far.coefficients.slice(1), near.coefficients.slice(1))).toBeLessThan(exact)
    expect(gap(stdErrors(far), stdErrors(near))).toBeLessThan(exact)
  })

  it('names a regressor that does not vary within the absorbed effects', () => {
    const fit = ols('y ~ x + I(firm * 2) | firm', table)
    expect(fit.terms).toEqual(['x'])
    expect(fit.collinear).toEqual([{ term: 'I(firm * 2)', with: ['firm'] }])
  })

  it.each([
    ['a multiple', () => ols('y ~ I(3 * y)', table)],
    ['within effects', () => ols('y ~ x + I(y - firm) | firm', table)],
    ['far from zero', () => ols('I(y + 1e6) ~ y + x', table)],
    ['an endogenous one', () => iv('y ~ x | I(2 * y) ~ z', table)],
  ])('fails where the outcome is reproduced exactly: %s', (_name, estimate) => {
    expect(failure(estimate)).toMatchObject({ name: 'OutcomeError', message: expect.stringContaining('exactly') as string })
  })

  it('keeps a fit that is all but exact', () => {
    const close = table.assign(tableFromArrays({ close: x.map((value, i) => 1 + 2 * value + 1e-10 * z[i]!) }) as ArrowTable)
    expect(ols('close ~ x', close).coefficients[1]).toBeCloseTo(2, 9)
  })

  it('fails with more parameters than rows', () => {
    expect(failure(() => ols('y ~ x | firm^year', table)).name).toBe('SingletonError')
  })
})

describe('separation', () => {
  const flag = column((i) => (i % 25 === 3 ? 1 : 0))
  const separated = tableFromArrays({ ...columns, flag, b: b.map((value, i) => (flag[i] === 1 ? 1 : value)) }) as ArrowTable

  it.each([['logit', logit], ['probit', probit]] as const)('%s names the regressor and the rows', (_, estimate) => {
    const error = failure(() => estimate('b ~ x + flag + z', separated))
    expect(error.name).toBe('SeparationError')
    expect(error.message).toBe('`flag` predicts `b` perfectly in 12 rows.')
    expect(error.remedy).toContain("separation: 'drop'")
  })

  it('drop leaves the rows and the regressor out', () => {
    const fit = logit('b ~ x + flag + z', separated, { separation: 'drop' })
    expect(fit.terms).toEqual(['(Intercept)', 'x', 'z'])
    expect(fit.sample).toMatchObject({ read: 300, used: 288, dropped: [{ reason: 'perfectly predicted by `flag`', rows: 12 }] })
    const keep = Int32Array.from(flag.keys()).filter((i) => flag[i] === 0)
    const rest = tableFromArrays({ x: Float64Array.from(keep, (i) => x[i]!), z: Float64Array.from(keep, (i) => z[i]!), b: Float64Array.from(keep, (i) => b[i]!) }) as ArrowTable
    expect(gap(fit.coefficients, logit('b ~ x + z', rest).coefficients)).toBeLessThan(exact)
  })

  it('is complete where a threshold splits the outcome', () => {
    const split = tableFromArrays({ x, z, b: x.map((value) => (value > 0.2 ? 1 : 0)) }) as ArrowTable
    for (const estimate of [logit, probit]) {
      const error = failure(() => estimate('b ~ z + x', split, { separation: 'drop' }))
      expect(error.message).toContain('predict `b` perfectly in all 300 rows')
    }
  })

  it('is not claimed where one row contradicts', () => {
    const almost = b.map((value, i) => (flag[i] === 1 ? (i === 3 ? 0 : 1) : value))
    const fit = logit('b ~ x + flag + z', table.assign(tableFromArrays({ flag, b: almost }) as ArrowTable))
    expect(fit.convergence.converged).toBe(true)
    const threshold = x.map((value, i) => (i === 150 ? 0 : value > 0.2 ? 1 : 0))
    threshold[x.indexOf(Math.max(...x))] = 0
    expect(logit('b ~ x', table.assign(tableFromArrays({ b: threshold }) as ArrowTable)).convergence.converged).toBe(true)
  })
})

describe('outcomes and formulas a model cannot use', () => {
  it.each([
    [() => logit('y ~ x', table), 'OutcomeError', 'where 0 or 1 is needed'],
    [() => logit('b ~ x', table.assign(tableFromArrays({ b: new Float64Array(rows) }) as ArrowTable)), 'OutcomeError', 'is 0 in all 300 rows'],
    [() => logit('b ~ x | firm', table), 'UnsupportedError', 'logit does not take absorbed effects'],
    [() => ols('surv(y, b) ~ x', table), 'UnsupportedError', 'a survival outcome'],
    [() => ols('y ~ 1 | x ~ z', table), 'UnsupportedError', 'instruments'],
    [() => ols('y ~ x + offset(z)', table), 'UnsupportedError', 'an offset'],
    [() => feLogit('b ~ x | firm', table, { weights: 'copies' }), 'UnsupportedError', 'weights'],
    [() => ols('y ~ x', table, { weights: 'z', weighting: 'frequency' }), 'WeightError', 'is negative'],
    [() => ols('y ~ x', table.assign(tableFromArrays({ w: x.map(Math.abs) }) as ArrowTable), { weights: 'w', weighting: 'frequency' }), 'WeightError', 'the frequency `w` is'],
    [() => logit('b ~ x', table, { weighting: 'frequency' }), 'WeightError', 'without a column'],
    [() => feLogit('b ~ x', table), 'GroupError', 'needs its groups'],
    [() => feLogit('b ~ x | firm^year', table), 'GroupError', 'changes in none of the 300 groups'],
  ])('%#', (run, name, message) => {
    const error = failure(run)
    expect(error.name).toBe(name)
    expect(error.message).toContain(message)
    expect(error.remedy).not.toBe('')
  })
})

it('a binary outcome of two texts is 1 for the later one, and says so', () => {
  const words = table.assign(tableFromArrays({ word: Array.from(b, (value) => (value === 1 ? 'yes' : 'no')) })) as ArrowTable
  const fit = logit('word ~ x + z', words)
  expect(fit.coefficients).toEqual(logit('b ~ x + z', table).coefficients)
  expect(fit.notes.map(({ text }) => text)).toContain("The outcome `word` is 1 where it is 'yes' and 0 where it is 'no'.")
  expect(feLogit('word ~ x + z | firm', words).coefficients).toEqual(feLogit('b ~ x + z | firm', table).coefficients)
  const three = table.assign(tableFromArrays({ word: Array.from(b, (_, i) => ['no', 'yes', 'perhaps'][i % 3]!) })) as ArrowTable
  expect(failure(() => logit('word ~ x', three)).message).toContain("holds text ('no', 'perhaps', 'yes') where a number is needed")
})
