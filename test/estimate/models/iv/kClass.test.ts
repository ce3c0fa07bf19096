/** k-class estimates against dense projections, cases that must collapse, and conditions that must be named. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inverse, Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { isReshoreError } from '../../../../src/errors.js'
import { cluster, iv, loadFit, ols, predict, robust, saveFit, stdErrors, withVcov, type IvOptions } from '../../../../src/estimate/index.js'
import { bind, makeColumns, makeTable, ones, regress, rows, without } from './sample.js'

const columns = makeColumns()
const table = makeTable(columns)
const { y, x1, x2, z1, z2, z3, w } = columns as Record<string, Float64Array>
const [X, Z, Y] = [bind(ones, w!, x1!, x2!), bind(ones, w!, z1!, z2!, z3!), bind(y!)]
const formula = 'y ~ w | x1 + x2 ~ z1 + z2 + z3'

/** β(κ) by dense projections. */
function dense(kappa: number): number[] {
  const reduced = Matrix.sub(X, Matrix.mul(without(Z, X), kappa))
  return inverse(reduced.transpose().mmul(X)).mmul(reduced.transpose().mmul(Y)).to1DArray()
}

/** Smallest root of |W₁ − κW₀|, by the eigenvalues of W₀⁻¹W₁. */
function denseKappa(): number {
  const all = bind(y!, x1!, x2!)
  const [w1, w0] = [without(bind(ones, w!), all), without(Z, all)]
  const product = inverse(w0.transpose().mmul(w0)).mmul(w1.transpose().mmul(w1))
  // The smallest root is where the determinant first vanishes above 1.
  const at = (kappa: number): number => determinant(Matrix.sub(product, Matrix.mul(Matrix.eye(3), kappa)))
  let [low, high] = [1, 1]
  while (at(low) * at(high) > 0) high += 1e-4
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2
    if (at(low) * at(middle) <= 0) high = middle
    else low = middle
  }
  return low
}

const determinant = (m: Matrix): number => m.get(0, 0) * (m.get(1, 1) * m.get(2, 2) - m.get(1, 2) * m.get(2, 1)) - m.get(0, 1) * (m.get(1, 0) * m.get(2, 2) - m.get(1, 2) * m.get(2, 0)) + m.get(0, 2) * (m.get(1, 0) * m.get(2, 1) - m.get(1, 1) * m.get(2, 0))

function expectClose(actual: ArrayLike<number>, wanted: readonly number[], digits = 9): void {
  expect(actual.length).toBe(wanted.length)
  wanted.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, digits))
}

describe('k-class', () => {
  it('agrees with dense projections', () => {
    const fit = iv(formula, table)
    expect(fit.terms).toEqual(['(Intercept)', 'w', 'x1', 'x2'])
    expectClose(fit.coefficients, dense(1))
    expectClose(iv(formula, table, { method: 'liml' }).coefficients, dense(denseKappa()))
    expectClose(iv(formula, table, { method: 'fuller', fuller: 4 }).coefficients, dense(denseKappa() - 4 / (rows - 5)))
  })

  it('has the covariances of dense algebra', () => {
    const fit = iv(formula, table)
    const e = Matrix.sub(Y, X.mmul(Matrix.columnVector(dense(1)))).to1DArray()
    const fitted = Z.mmul(regress(Z, X))
    const bread = inverse(fitted.transpose().mmul(fitted))
    const scores = Matrix.mul(fitted, 1)
    e.forEach((value, i) => scores.mulRow(i, value))
    const variance = e.reduce((total, value) => total + value * value, 0) / (rows - 4)
    expectClose(fit.vcov.matrix, Matrix.mul(bread, variance).to1DArray())
    const hc1 = bread.mmul(scores.transpose().mmul(scores)).mmul(bread).mul(rows / (rows - 4))
    expectClose(withVcov(fit, robust(), table).vcov.matrix, hc1.to1DArray())
    const sums = new Matrix(23, 4)
    e.forEach((_, i) => sums.setRow(i % 23, sums.getRow(i % 23).map((value, j) => value + scores.get(i, j))))
    const clustered = bread.mmul(sums.transpose().mmul(sums)).mmul(bread).mul((23 / 22) * ((rows - 1) / (rows - 4)))
    expectClose(iv(formula, table, { vcov: cluster('firm') }).vcov.matrix, clustered.to1DArray())
  })

  it('is two-stage least squares by hand, and LIML where just identified', () => {
    const just = 'y ~ w | x1 ~ z1'
    const [twoStage, liml] = [iv(just, table), iv(just, table, { method: 'liml' })]
    expectClose(liml.coefficients, Array.from(twoStage.coefficients), 12)
    const first = ols('x1 ~ w + z1', table)
    const fitted = predict(first, table).values
    const second = ols('y ~ w + fitted', makeTable({ ...columns, fitted }))
    expectClose(twoStage.coefficients, Array.from(second.coefficients))
  })

  it('takes effects out as dummies would', () => {
    const absorbed = iv('y ~ w | firm + year | x1 + x2 ~ z1 + z2 + z3', table, { vcov: robust() })
    const dummies = iv('y ~ w + i(firm) + i(year) | x1 + x2 ~ z1 + z2 + z3', table, { vcov: robust() })
    const last = (values: ArrayLike<number>): number[] => Array.from(values).slice(-2)
    expectClose(last(absorbed.coefficients), last(dummies.coefficients))
    expectClose(last(stdErrors(absorbed)), last(stdErrors(dummies)))
    expect(absorbed.detail.rSquared).toBeCloseTo(dummies.detail.rSquared, 9)
    for (const key of ['craggDonald', 'kleibergenPaap', 'wuHausman', 'sargan', 'hansenJ', 'andersonRubin'] as const) {
      expect(JSON.stringify(absorbed.detail[key], rounded)).toBe(JSON.stringify(dummies.detail[key], rounded))
    }
  })

  it('counts a row as often as its frequency says', () => {
    const copies = columns.copies!
    const repeated = Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, Float64Array.from(Array.from(values).flatMap((value, i) => Array<number>(copies[i]!).fill(value)))]))
    for (const vcov of [undefined, robust(), cluster('firm')]) {
      const options = vcov ? { vcov } : {}
      const weighted = iv(formula, table, { weights: 'copies', weighting: 'frequency', method: 'liml', ...options })
      const long = iv(formula, makeTable(repeated), { method: 'liml', ...options })
      expectClose(weighted.coefficients, Array.from(long.coefficients))
      expectClose(weighted.vcov.matrix, Array.from(long.vcov.matrix))
      expect(JSON.stringify(weighted.detail, rounded)).toBe(JSON.stringify(long.detail, rounded))
    }
  })

  it('weights rows as if they were scaled by the root of the weight', () => {
    const root = columns.weight!.map(Math.sqrt)
    const scaled = Object.fromEntries(Object.entries({ ...columns, one: ones }).map(([name, values]) => [name, values.map((value, i) => value * root[i]!)]))
    const weighted = iv(formula, table, { weights: 'weight', method: 'liml', vcov: robust() })
    const plain = iv('y ~ 0 + one + w | x1 + x2 ~ z1 + z2 + z3', makeTable(scaled), { method: 'liml', vcov: robust() })
    expectClose(weighted.coefficients, Array.from(plain.coefficients))
    expectClose(weighted.vcov.matrix, Array.from(plain.vcov.matrix))
    expect(weighted.detail.kleibergenPaap!.waldF).toBeCloseTo(plain.detail.kleibergenPaap!.waldF, 8)
    expect(weighted.detail.hansenJ!.statistic).toBeCloseTo(plain.detail.hansenJ!.statistic, 8)
  })

  it('keeps its digits with levels of 1e8 and units of 1e-6', () => {
    const shifted = makeTable({ ...columns, y: y!.map((value) => value + 1e8), x1: x1!.map((value) => 1e8 + value), x2: x2!.map((value) => 1e-6 * value), z1: z1!.map((value) => 1e7 + value) })
    const [plain, moved] = [iv(formula, table, { vcov: robust() }), iv(formula, shifted, { vcov: robust() })]
    expect(moved.coefficients[2]).toBeCloseTo(plain.coefficients[2]!, 6)
    expect(1e-6 * moved.coefficients[3]!).toBeCloseTo(plain.coefficients[3]!, 6)
    expect(stdErrors(moved)[2]).toBeCloseTo(stdErrors(plain)[2]!, 6)
  })

  it('takes interactions among endogenous regressors and instruments, and survives a file', () => {
    const products = makeTable({ ...columns, x1w: x1!.map((value, i) => value * w![i]!), z1w: z1!.map((value, i) => value * w![i]!) })
    const fit = iv('y ~ w | firm | x1 + x1:w ~ z1 + z1:w', table, { vcov: cluster('firm', 'year') })
    expect(fit.terms).toEqual(['w', 'x1', 'x1:w'])
    expectClose(fit.coefficients, Array.from(iv('y ~ w | firm | x1 + x1w ~ z1 + z1w', products).coefficients), 10)
    const folder = mkdtempSync(join(tmpdir(), 'reshore-iv-'))
    try {
      saveFit(fit, join(folder, 'fit.json'))
      expect(loadFit(join(folder, 'fit.json'))).toEqual(fit)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('predicts from exogenous and endogenous regressors', () => {
    const fit = iv(formula, table)
    const { values } = predict(fit, table)
    expectClose(values, Array.from(X.mmul(Matrix.columnVector(Array.from(fit.coefficients))).to1DArray()))
  })
})

/** Rounded to nine digits, as JSON. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(8)) : value
}

describe('iv names', () => {
  const failure = (text: string, options?: IvOptions, data = table): { name: string; message: string } => {
    try {
      iv(text, data, options)
    } catch (error) {
      if (isReshoreError(error)) return { name: error.name, message: error.message }
      throw error
    }
    throw new Error('no error')
  }
  const special = makeTable({ ...columns, byFirm: columns.firm!.map((value) => (value * value) % 7), copy: z1!.map((value, i) => 2 * value - w![i]!), mix: x1!.map((value, i) => value + 2 * w![i]!), noise: orthogonal() })

  /** A column that has nothing to do with x1 in the sample. */
  function orthogonal(): Float64Array {
    return Float64Array.from(without(bind(ones, w!, x1!), bind(z2!)).to1DArray())
  }

  it.each([
    ['y ~ w | firm | x1 ~ byFirm', 'InstrumentError', 'no instrument varies within `firm`: `byFirm`'],
    ['y ~ w | x1 ~ w', 'UnderidentifiedError', '1 endogenous regressor and 0 instruments beside the exogenous regressors (`w` collinear)'],
    ['y ~ w | x1 + x2 ~ z1 + copy', 'UnderidentifiedError', '(`copy` collinear)'],
    ['y ~ w | x1 + x2 ~ z1', 'UnderidentifiedError', '2 endogenous regressors and 1 instrument'],
    ['y ~ w | x1 ~ noise', 'UnderidentifiedError', 'do not move `x1`'],
    ['y ~ x1 + w | mix ~ z1', 'SingularDesignError', '`mix` does not vary'],
    ['y ~ w | firm | byFirm ~ z1', 'SingularDesignError', '`byFirm` does not vary'],
    ['y ~ w | x1 ~ x1 + z1', 'SingularDesignError', 'exact combination of instruments'],
    ['y ~ w | x1 + mix ~ z1 + z2 + z3', 'SingularDesignError', 'collinear'],
  ])('%s', (text, name, message) => {
    const found = failure(text, {}, special)
    expect(found.message).toContain(message)
    expect(found.name).toBe(name)
  })

  it('what methods it does not know', () => {
    expect(failure(formula, { method: 'jive' as never }).message).toContain('unknown method')
    expect(failure(formula, { fuller: 4 }).message).toContain('method 2sls')
    expect(failure(formula, { method: 'fuller', fuller: -1 }).message).toContain('-1')
  })

  it('instruments it leaves out', () => {
    const fit = iv('y ~ w | firm | x1 ~ z1 + copy + byFirm', special)
    expect(fit.detail.instruments).toEqual(['z1'])
    expect(fit.collinear.map(({ term }) => term)).toEqual(['byFirm', 'copy'])
    expect(fit.notes.map(({ text }) => text).join(' ')).toContain('The instrument `byFirm` does not vary within `firm` and is left out.')
  })

  it('a formula without instruments', () => {
    expect(failure('y ~ w')).toEqual({ name: 'UnsupportedError', message: expect.stringContaining('iv needs instruments') })
  })
})
