import { Dictionary, Int32, Table, tableFromArrays, Utf8, vectorFromArray } from 'apache-arrow'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { cluster, coef, confint, glance, likelihoodRatioTest, loadFit, logit, ols, overallTest, predict, probit, robust, saveFit, stdErrors, tidy, waldTest, withVcov } from '../../src/estimate/index.js'
import type { ArrowTable } from '../../src/estimate/records.js'
import { sharedData } from '../sharedData.js'
import { csvTable } from '../reference/csvTable.js'

const relative = 1e-8
const rows = 80
const area = Array.from({ length: rows }, (_, i) => ['north', 'south', 'east'][i % 3]!)
const x = Float64Array.from({ length: rows }, (_, i) => Math.sin(i * i))
const noise = Float64Array.from({ length: rows }, (_, i) => Math.cos(3 * i * i + 1))
const texts = (values: readonly (string | null)[]) => vectorFromArray(values, new Dictionary(new Utf8(), new Int32()))
const table = new Table({
  x: vectorFromArray(x),
  y: vectorFromArray(x.map((value, i) => 1 + 2 * value + noise[i]!)),
  b: vectorFromArray(x.map((value, i) => (value + noise[i]! > 0.1 ? 1 : 0))),
  area: texts(area),
}) as ArrowTable
const fit = ols('y ~ x + area', table)

describe('tidy and glance', () => {
  it('give t statistics with the residual degrees of freedom', () => {
    const [, slope] = tidy(fit)
    expect(slope!.term).toBe('x')
    expect(slope!.statistic).toBe(slope!.estimate / slope!.stdError)
    expect(fit.vcov.degreesOfFreedom).toBe(76)
    expect(coef(fit).x).toBe(slope!.estimate)
    expect(confint(fit, { level: 0.9 })[1]![0]).toBeGreaterThan(slope!.conf[0])
    expect(glance(fit)).toMatchObject({ model: 'ols', observations: 80, parameters: 4, vcov: 'iid', converged: true })
  })

  it('count absorbed levels in the information criteria, as dummies would', () => {
    const absorbed = glance(ols('y ~ x | area', table))
    expect(absorbed.aic).toBeCloseTo(glance(fit).aic!, 9)
    expect(absorbed.bic).toBeCloseTo(glance(fit).bic!, 9)
    // x, four levels with the intercept among them and σ.
    expect(glance(fit).aic! + 2 * fit.logLikelihood!).toBeCloseTo(2 * (fit.terms.length + 1), 9)
  })

  it('refuse a level outside (0, 1)', () => expect(() => tidy(fit, { level: 95 })).toThrow('the confidence level is 95'))
})

describe('predict', () => {
  it('gives back the fitted values, on rows where nothing is missing', () => {
    const { values, rows: predicted } = predict(fit, table)
    const residuals = fit.scores!.linear!.residuals
    values.forEach((value, i) => expect(value + residuals[i]!).toBeCloseTo((table.getChild('y')!.get(i) as number), 12))
    expect(predicted.length).toBe(rows)
    const holed = table.assign(new Table({ area: texts([null, ...area.slice(1)]) }))
    const partial = predict(fit, holed as ArrowTable)
    expect(partial.rows[0]).toBe(1)
    expect(partial.dropped).toEqual([{ reason: 'missing `area`', rows: 1 }])
  })

  it('uses the levels of the estimation on a table that has only some of them', () => {
    const some = new Table({ x: vectorFromArray(Float64Array.of(0, 0)), area: texts(['south', 'north']) }) as ArrowTable
    const { values } = predict(fit, some)
    expect(values[0]).toBeCloseTo(coef(fit)['(Intercept)']! + coef(fit)['area::south']!, 12)
    expect(values[1]).toBeCloseTo(coef(fit)['(Intercept)']! + coef(fit)['area::north']!, 12)
  })

  it('names levels it has not seen', () => {
    const other = new Table({ x: vectorFromArray(Float64Array.of(0)), area: texts(['west']) }) as ArrowTable
    expect(() => predict(fit, other)).toThrow('`area` has a level the estimation has not seen: west')
  })

  it.each([['logit', logit], ['probit', probit]] as const)('%s: probabilities with errors by the delta method', (_, estimate) => {
    const binary = estimate('b ~ x', table)
    const response = predict(binary, table, { stdErrors: true })
    const index = predict(binary, table, { type: 'link', stdErrors: true })
    expect(Math.min(...response.values)).toBeGreaterThan(0)
    const step = 1e-6
    const [a, c] = binary.coefficients
    const up = predict({ ...binary, coefficients: Float64Array.of(a! + step, c!) }, table).values[7]!
    const slope = (up - response.values[7]!) / step
    expect(response.stdErrors![7]! / (slope * index.stdErrors![7]!)).toBeCloseTo(1, 4)
  })

  it('does not invent absorbed effects', () => {
    expect(() => predict(ols('y ~ x | area', table), table)).toThrow('does not know the level of the outcome')
    expect(predict(ols('y ~ x | area', table), table, { type: 'link' }).values.length).toBe(rows)
  })
})

describe('tests of hypotheses', () => {
  it('a single term is its t statistic squared', () => {
    const clustered = withVcov(fit, robust(), table)
    const [, slope] = tidy(clustered)
    const test = waldTest(clustered, ['x'])
    expect(test.statistic).toBeCloseTo(slope!.statistic ** 2, 10)
    expect(test.pValue / slope!.pValue).toBeCloseTo(1, 10)
  })

  it('equal coefficients are a hypothesis on their difference', () => {
    const { matrix } = fit.vcov
    const test = waldTest(fit, [{ weights: { 'area::north': 1, 'area::south': -1 } }])
    const difference = coef(fit)['area::north']! - coef(fit)['area::south']!
    expect(test.statistic).toBeCloseTo(difference ** 2 / (matrix[2 * 4 + 2]! + matrix[15]! - 2 * matrix[11]!), 10)
  })

  it('refuses unknown terms, redundant hypotheses and fits that are not nested', () => {
    expect(() => waldTest(fit, ['q'])).toThrow('the fit has no term `q`')
    expect(() => waldTest(fit, ['x', { weights: { x: 2 } }])).toThrow('cannot test 2 hypotheses together')
    expect(() => likelihoodRatioTest(logit('b ~ area', table), logit('b ~ x', table))).toThrow('not nested')
    expect(() => likelihoodRatioTest(logit('b ~ x', table), probit('b ~ x + area', table))).toThrow('is not nested in a probit')
  })

  const mroz = sharedData('binary_choice', 'mroz.csv')
  const wagepan = sharedData('panel_union_wage', 'wagepan.csv')
  const { joint } = JSON.parse(readFileSync(new URL('../../fixtures/reference/estimate/reference_R.json', import.meta.url), 'utf8')) as {
    joint: Record<'likelihoodRatio' | 'wald' | 'f', { statistic: number; pValue: number }>
  }
  const close = (actual: number, wanted: number): void => expect(Math.abs(actual / wanted - 1)).toBeLessThan(relative)

  it.skipIf(!mroz)('agree with lmtest: likelihood ratio and robust Wald of a logit', () => {
    const data = csvTable(mroz!)
    const large = logit('inlf ~ educ + exper + I(exper^2) + age + kidslt6 + kidsge6', data, { vcov: robust() })
    const ratio = likelihoodRatioTest(logit('inlf ~ educ + exper + I(exper^2)', data), large)
    close(ratio.statistic, joint.likelihoodRatio.statistic)
    close(ratio.pValue, joint.likelihoodRatio.pValue)
    const wald = waldTest(large, ['age', 'kidslt6', 'kidsge6'])
    expect(wald.distribution).toBe('chi-square')
    close(wald.statistic, joint.wald.statistic)
    close(wald.pValue, joint.wald.pValue)
  })

  it.skipIf(!wagepan)('agree with lmtest: F of a linear model', () => {
    const test = waldTest(ols('lwage ~ educ + exper + I(exper^2) + union', csvTable(wagepan!)), ['exper', 'I(exper^2)'])
    expect(test.distribution).toBe('F')
    close(test.statistic, joint.f.statistic)
    close(test.pValue, joint.f.pValue)
  })
})

describe('saveFit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reshore-fit-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('gives the same fit back, bit for bit, and covariances can still be changed', () => {
    const long = tableFromArrays(Object.fromEntries(['x', 'z', 'y', 'g'].map((name, j) => [name, Float64Array.from({ length: 700 }, (_, i) => (name === 'g' ? i % 40 : Math.sin((j + 1) * i * i)))]))) as ArrowTable
    const saved = ols('y ~ x + z', long, { vcov: cluster('g') })
    const path = join(folder, 'fit.json')
    saveFit(saved, path)
    const loaded = loadFit(path)
    expect(loaded).toEqual(saved)
    expect(stdErrors(withVcov(loaded, robust(), long))).toEqual(stdErrors(withVcov(saved, robust(), long)))
    saveFit(logit('b ~ x', table), path)
    expect(loadFit(path).vcov.degreesOfFreedom).toBe(Infinity)
  })

  it('names a file that is no fit', () => {
    const path = join(folder, 'broken.json')
    saveFit(fit, path)
    writeFileSync(path, '{"kind":')
    expect(() => loadFit(path)).toThrow('is not a fit saved by reshore')
  })
})

describe('overallTest', () => {
  it.each([['ols', ols('y ~ x + area', table, { vcov: robust() })], ['logit', logit('b ~ x + area', table)], ['without intercept', ols('y ~ x + area - 1', table)]] as const)('%s: the Wald test of every term but the intercept', (_, fit) => {
    const { statistic, degrees, pValue } = waldTest(fit, fit.terms.filter((term) => term !== '(Intercept)'))
    const found = overallTest(fit)!
    expect(found.degrees).toEqual(degrees)
    expect(Math.abs(found.statistic / statistic - 1)).toBeLessThan(relative)
    expect(Math.abs(found.pValue / pValue - 1)).toBeLessThan(1e-6)
  })

  it('is absent without regressors, and where clusters are fewer than they are', () => {
    expect(overallTest(ols('y ~ 1', table))).toBeUndefined()
    expect(overallTest(ols('y ~ x + I(x^2) + i(area)', table, { vcov: cluster('area') }))).toBeUndefined()
  })
})
