import { tableFromArrays } from 'apache-arrow'
import { inverse, Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { cluster, driscollKraay, iid, iv, predict, robust, weakInstruments, withVcov } from '../../../../src/estimate/index.js'
import type { ArrowTable } from '../../../../src/estimate/records.js'
import { bind, makeColumns, makeTable, ones, rows } from './sample.js'

/** Another order of sums. */
const rounding = 1e-9
const columns = makeColumns(1)
const table = makeTable(columns)
const formula = 'y ~ w | x1 + x2 ~ z1 + z2 + z3'
const none = { smallSample: 'none' } as const
const gap = (a: ArrayLike<number>, b: ArrayLike<number>): number => Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!))) / Math.max(...Array.from(b, Math.abs))

/** The definition on full columns: weights by a double loop over rows that correlate, and the sandwich with them taken again. */
function definition(together: (i: number, j: number) => boolean, weight: (i: number) => number): { coefficients: number[]; matrix: number[] } {
  const x = bind(ones, columns.w!, columns.x1!, columns.x2!)
  const z = bind(ones, columns.w!, columns.z1!, columns.z2!, columns.z3!)
  const y = Matrix.columnVector(columns.y!)
  const scaled = z.clone()
  for (let i = 0; i < rows; i++) scaled.mulRow(i, weight(i))
  const [zx, zy] = [scaled.transpose().mmul(x), scaled.transpose().mmul(y)]
  const solve = (W: Matrix): Matrix => inverse(zx.transpose().mmul(W).mmul(zx)).mmul(zx.transpose()).mmul(W).mmul(zy)
  const moments = (beta: Matrix): Matrix => {
    const u = Matrix.sub(y, x.mmul(beta))
    const S = Matrix.zeros(5, 5)
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < rows; j++) if (together(i, j)) S.add(scaled.getRowVector(i).transpose().mmul(scaled.getRowVector(j)).mul(u.get(i, 0) * u.get(j, 0)))
    }
    return S
  }
  const W = inverse(moments(solve(inverse(scaled.transpose().mmul(z)))))
  const beta = solve(W)
  const A = inverse(zx.transpose().mmul(W).mmul(zx)).mmul(zx.transpose()).mmul(W)
  return { coefficients: beta.to1DArray(), matrix: A.mmul(moments(beta)).mmul(A.transpose()).to1DArray() }
}

const firm = columns.firm!
const year = columns.year!

describe('two-step GMM', () => {
  it.each([
    ['robust', robust(none), (i: number, j: number) => i === j],
    ['cluster', cluster('firm', none), (i: number, j: number) => firm[i] === firm[j]],
    ['Driscoll–Kraay without lags', driscollKraay({ period: 'year', lags: 0, smallSample: 'none' }), (i: number, j: number) => year[i] === year[j]],
  ] as const)('is the definition by a double loop, %s', (_, vcov, together) => {
    for (const weights of [undefined, 'weight'] as const) {
      const fit = iv(formula, table, { method: 'gmm', vcov, ...(weights && { weights }) })
      const wanted = definition(together, weights ? (i) => columns.weight![i]! : () => 1)
      expect(gap(fit.coefficients, wanted.coefficients)).toBeLessThan(rounding)
      expect(gap(fit.vcov.matrix, wanted.matrix)).toBeLessThan(rounding)
      expect(gap(predict(fit, table).values, Array.from(columns.y!, (_value, i) => fit.coefficients.reduce((sum, b, j) => sum + b * [1, columns.w![i]!, columns.x1![i]!, columns.x2![i]!][j]!, 0)))).toBeLessThan(rounding)
    }
  })

  it('counts a row of frequency 3 three times', () => {
    const repeated = Array.from({ length: rows }, (_, i) => Array.from({ length: columns.copies![i]! }, () => i)).flat()
    const expanded = tableFromArrays(Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, Float64Array.from(repeated, (i) => values[i]!)]))) as ArrowTable
    const short = iv(formula, table, { method: 'gmm', vcov: cluster('firm'), weights: 'copies', weighting: 'frequency' })
    const long = iv(formula, expanded, { method: 'gmm', vcov: cluster('firm') })
    expect(gap(short.coefficients, long.coefficients)).toBeLessThan(rounding)
    expect(gap(short.vcov.matrix, long.vcov.matrix)).toBeLessThan(rounding)
  })

  it('has the coefficients of dummies where effects are absorbed', () => {
    const dummies = iv('y ~ w + i(year) | x1 + x2 ~ z1 + z2 + z3', table, { method: 'gmm', vcov: robust(none) })
    const absorbed = iv('y ~ w | year | x1 + x2 ~ z1 + z2 + z3', table, { method: 'gmm', vcov: robust(none) })
    expect(gap(absorbed.coefficients, ['w', 'x1', 'x2'].map((term) => dummies.coefficients[dummies.terms.indexOf(term)]!))).toBeLessThan(1e-8)
    expect(absorbed.detail.hansenJ!.statistic).toBeCloseTo(dummies.detail.hansenJ!.statistic, 8)
  })

  it('is two-stage least squares with as many instruments as regressors', () => {
    for (const method of ['gmm', '2sls'] as const) {
      const fit = iv('y ~ w | x1 ~ z1', table, { method, vcov: robust() })
      const other = iv('y ~ w | x1 ~ z1', table, { vcov: robust() })
      expect(gap(fit.coefficients, other.coefficients)).toBeLessThan(rounding)
      expect(gap(fit.vcov.matrix, other.vcov.matrix)).toBeLessThan(rounding)
    }
  })

  it('says its weights, keeps the first step\'s diagnostics, and takes other covariances afterwards', () => {
    const fit = iv(formula, table, { method: 'gmm', vcov: cluster('firm') })
    expect(fit.notes.map(({ text }) => text)).toContain('Two-step GMM: moments are weighted by the inverse of their covariance (cluster(firm)) at the residuals of two-stage least squares.')
    const { firstStages, hansenJ, sargan } = iv(formula, table, { vcov: cluster('firm') }).detail
    expect(fit.detail).toMatchObject({ method: 'gmm', kappa: 1, firstStages, hansenJ, sargan })
    expect(weakInstruments(fit, table, cluster('firm')).hansenJ!.statistic).toBeCloseTo(hansenJ!.statistic, 8)
    const model = withVcov(fit, iid(), table).vcov.matrix
    // Least squares of the moments: no smaller than two-stage least squares where errors are iid.
    expect(model[10]!).toBeGreaterThanOrEqual(0.999 * iv(formula, table).vcov.matrix[10]! * (fit.detail.sigma / iv(formula, table).detail.sigma) ** 2)
  })

  it('refuses iid weights and singular ones', () => {
    expect(() => iv(formula, table, { method: 'gmm' })).toThrow('two-step GMM with weights for iid errors is two-stage least squares')
    const halves = table.assign(tableFromArrays({ half: Int32Array.from({ length: rows }, (_, i) => i % 2) }) as ArrowTable)
    expect(() => iv(formula, halves, { method: 'gmm', vcov: cluster('half') })).toThrow('the covariance of 3 moments is singular')
  })
})
