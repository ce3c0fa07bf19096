/** RESET: the definition by hand, effects as dummies, R's lmtest, refusals. */
import { describe, expect, it } from 'vitest'
import { cluster, iid, logit, ols, ppml, predict, resetTest, robust, waldTest, type Fit } from '../../src/estimate/index.js'
import type { ArrowTable, VcovEstimator } from '../../src/estimate/records.js'
import { randomStream } from '../../src/numerics/random.js'
import { tableFromArrays } from 'apache-arrow'

/** The two ways of making the squared index differ by rounding and the end of the search. */
const relative = 1e-7

const random = randomStream(29, 'reset')
const rows = 400
const column = (make: (i: number) => number): Float64Array => Float64Array.from({ length: rows }, (_, i) => make(i))
const [x, z] = [column(() => random.normal()), column(() => random.normal())]
const firm = column((i) => i % 8)
const index = column((i) => 0.3 + 0.5 * x[i]! - 0.2 * z[i]! + 0.15 * x[i]! ** 2 + 0.1 * firm[i]!)
const gap = column((i) => (i % 50 === 7 ? NaN : x[i]!))
const columns = {
  x: gap, z, firm,
  y: column((i) => index[i]! + random.normal()),
  trade: column((i) => Math.exp(index[i]! + random.normal() - 0.5) * (random.uniform() < 0.8 ? 1 : 0)),
  linked: column((i) => (index[i]! + random.logistic() > 0.5 ? 1 : 0)),
  weight: column(() => 0.5 + random.uniform()),
}
const table = tableFromArrays(columns) as ArrowTable
type Estimator = (formula: string, table: ArrowTable, vcov: VcovEstimator) => Fit

const models: Record<string, [Estimator, string]> = {
  ols: [(formula, data, vcov) => ols(formula, data, { vcov }), 'y ~ x + z'],
  'weighted ols': [(formula, data, vcov) => ols(formula, data, { vcov, weights: 'weight' }), 'y ~ x + z'],
  ppml: [(formula, data, vcov) => ppml(formula, data, { vcov }), 'trade ~ x + z'],
  logit: [(formula, data, vcov) => logit(formula, data, { vcov }), 'linked ~ x + z'],
}

describe.each(Object.keys(models))('RESET of %s', (name) => {
  const [estimate, formula] = models[name]!
  const by = (vcov: VcovEstimator) => (spec: Parameters<typeof ols>[0], data: ArrowTable): Fit => estimate(spec as string, data, vcov)

  it.each([iid(), robust(), cluster('firm')])('is the Wald test of powers added by hand', async (vcov) => {
    const fit = estimate(formula, table, vcov)
    const fitted = predict(fit, table, { type: 'link' })
    const powers = [2, 3].map((power) => {
      const values = new Float64Array(rows).fill(NaN)
      fitted.values.forEach((value, i) => (values[fitted.rows[i]!] = value ** power))
      return values
    })
    const larger = estimate(`${formula} + square + cube`, tableFromArrays({ ...columns, square: powers[0]!, cube: powers[1]! }) as ArrowTable, vcov)
    const wanted = waldTest(larger, ['square', 'cube'])
    const found = await resetTest(fit, table, by(vcov), [2, 3])
    expect(found.degrees).toEqual(wanted.degrees)
    expect(Math.abs(found.statistic / wanted.statistic - 1)).toBeLessThan(relative)
  })

  it.skipIf(name === 'logit')('counts absorbed effects as fit, as dummies do', async () => {
    const absorbed = await resetTest(estimate(`${formula} | firm`, table, robust()), table, by(robust()))
    const dummies = await resetTest(estimate(`${formula} + i(firm)`, table, robust()), table, by(robust()))
    expect(Math.abs(absorbed.statistic / dummies.statistic - 1)).toBeLessThan(relative)
  })
})

describe('refusals', () => {
  const refit = (spec: Parameters<typeof ols>[0], data: ArrowTable) => ols(spec, data)

  it('powers below 2, fits without scores, indicators alone', async () => {
    await expect(resetTest(ols('y ~ x', table), table, refit, [1])).rejects.toMatchObject({ name: 'PowerError' })
    await expect(resetTest(ols('y ~ x', table), table, refit, [])).rejects.toMatchObject({ name: 'PowerError' })
    await expect(resetTest(ols('y ~ x', table, { scores: 'drop' }), table, refit)).rejects.toMatchObject({ name: 'UnsupportedError' })
    await expect(resetTest(ols('y ~ I(x > 0)', table), table, refit)).rejects.toMatchObject({ name: 'HypothesisError' })
  })
})
