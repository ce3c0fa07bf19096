/** Combinations of coefficients: by hand, with the Wald test of the same hypotheses, and what is refused. */
import { tableFromArrays } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { cluster, coef, linearCombinations, logit, ols, waldTest } from '../../src/estimate/index.js'
import { readHypothesis } from '../../src/estimate/inference/combinations.js'
import type { ArrowTable } from '../../src/estimate/records.js'
import { randomStream } from '../../src/numerics/random.js'

const rows = 200
const random = randomStream(31, 'combinations')
const column = (make: (i: number) => number): Float64Array => Float64Array.from({ length: rows }, (_, i) => make(i))
const [x, rta] = [column(() => random.normal()), column(() => random.normal())]
const table = tableFromArrays({
  x, rta, rta_lag4: column((i) => rta[i]! + random.normal()), year: column((i) => 2000 + (i % 3)), firm: column((i) => i % 20),
  y: column((i) => x[i]! + rta[i]! + random.normal()), linked: column((i) => (x[i]! + random.logistic() > 0 ? 1 : 0)),
}) as ArrowTable
const fit = ols('y ~ rta + rta_lag4 + I(x^2) + i(year):x', table, { vcov: cluster('firm') })

describe('texts', () => {
  it.each([
    ['rta + rta_lag4', { rta: 1, rta_lag4: 1 }, 0],
    ['rta_lag4-rta', { rta_lag4: 1, rta: -1 }, 0],
    ['- rta', { rta: -1 }, 0],
    ['2*rta - .5 * rta_lag4 = 1e-1', { rta: 2, rta_lag4: -0.5 }, 0.1],
    ['rta = rta_lag4 + 1', { rta: 1, rta_lag4: -1 }, 1],
    ['rta = -rta_lag4 - 1', { rta: 1, rta_lag4: 1 }, -1],
    ['3 + rta + rta', { rta: 2 }, -3],
    ['year::2002:x - year::2000:x + I(x^2) + (Intercept)', { 'year::2002:x': 1, 'year::2000:x': -1, 'I(x^2)': 1, '(Intercept)': 1 }, 0],
  ])('%s', (text, weights, value) => {
    const found = readHypothesis(text, fit.terms)
    expect(found.weights).toEqual(weights)
    expect(found.value).toBeCloseTo(value, 15)
  })

  it.each(['', 'nothing', 'rta +', 'rta rta_lag4', '2*', '1 = 2', 'rta = x = 1', 'rta_lag', '= 1', 'rta + -rta_lag4', 'rta = 1e400', '1e400*rta'])('%s is refused', (text) => {
    expect(() => readHypothesis(text, fit.terms)).toThrow(expect.objectContaining({ name: 'HypothesisError', exitCode: 2 }))
  })
})

describe('linearCombinations', () => {
  it('are sums of coefficients with the variance of the sum, t or normal as the fit', () => {
    const [sum] = linearCombinations(fit, ['rta + 2*rta_lag4 = 1'], 0.9).rows
    const [a, b] = ['rta', 'rta_lag4'].map((term) => fit.terms.indexOf(term)) as [number, number]
    const k = fit.terms.length
    const cell = (i: number, j: number): number => fit.vcov.matrix[i * k + j]!
    expect(sum!.estimate).toBeCloseTo(coef(fit).rta! + 2 * coef(fit).rta_lag4! - 1, 13)
    expect(sum!.stdError).toBeCloseTo(Math.sqrt(cell(a, a) + 4 * cell(b, b) + 4 * cell(a, b)), 13)
    // t with 19 degrees of freedom: its 95 % quantile.
    expect((sum!.conf[1] - sum!.estimate) / sum!.stdError).toBeCloseTo(1.729132811521, 9)
    const wald = waldTest(fit, [{ weights: { rta: 1, rta_lag4: 2 }, value: 1 }])
    expect(sum!.statistic ** 2).toBeCloseTo(wald.statistic, 9)
    expect(sum!.pValue).toBeCloseTo(wald.pValue, 9)
    const [normal] = linearCombinations(logit('linked ~ x + rta', table), ['x - rta']).rows
    expect((normal!.conf[1] - normal!.estimate) / normal!.stdError).toBeCloseTo(1.959963984540054, 12)
  })

  it('test several together, and refuse what cancels or repeats', () => {
    expect(linearCombinations(fit, ['rta', 'rta_lag4']).joint).toEqual(waldTest(fit, ['rta', 'rta_lag4']))
    expect(linearCombinations(fit, ['rta']).joint).toBeUndefined()
    expect(() => linearCombinations(fit, ['rta - rta'])).toThrow(expect.objectContaining({ name: 'HypothesisError' }))
    expect(() => linearCombinations(fit, ['rta', '2*rta'])).toThrow(expect.objectContaining({ name: 'HypothesisError' }))
  })
})
