import { tableFromArrays } from 'apache-arrow'
import { Matrix, pseudoInverse } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { hc2, hc3, iv, logit, ols, withVcov, type ModelOptions } from '../../../src/estimate/index.js'
import type { ArrowTable, Fit, VcovEstimator } from '../../../src/estimate/records.js'
import { leverages } from '../../../src/estimate/vcov/leverage.js'
import { randomStream } from '../../../src/numerics/random.js'

/** Refits and pseudo-inverses of 40 dummies. */
const rounding = 1e-8
const rows = 96
const random = randomStream(31, 'leverage')
const firm = Int32Array.from({ length: rows }, (_, i) => i % 20)
const year = Int32Array.from({ length: rows }, () => random.integer(5))
/** Three sectors nest the firms: their indicators are collinear with the firms'. */
const sector = firm.map((value) => value % 3)
const region = Int32Array.from({ length: rows }, () => random.integer(7))
const columns = {
  firm, year, sector, region,
  x: Float64Array.from({ length: rows }, () => random.normal() ** 3),
  z: Float64Array.from({ length: rows }, (_, i) => random.normal() + firm[i]! / 5),
  y: Float64Array.from({ length: rows }, (_, i) => (1 + firm[i]! / 10) * random.normal()),
  weight: Float64Array.from({ length: rows }, () => 0.2 + random.uniform()),
  copies: Int32Array.from({ length: rows }, () => 1 + random.integer(3)),
  b: Int32Array.from({ length: rows }, () => random.integer(2)),
}
const table = tableFromArrays(columns) as ArrowTable
const without = (row: number): ArrowTable =>
  tableFromArrays(Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values.filter((_, i) => i !== row)]))) as ArrowTable
const gap = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!))) / Math.max(...Array.from(b, Math.abs))
const matrixOf = (fit: Fit, vcov: VcovEstimator, data = table): Float64Array => withVcov(fit, vcov, data).vcov.matrix

const formulas = ['y ~ x + z', 'y ~ x + z - 1', 'y ~ x + z | firm', 'y ~ x + z | firm + year', 'y ~ x + z | firm + year + region', 'y ~ x + z | sector + firm + year']
const cases = formulas.flatMap((formula) => [[formula, {}], [formula, { weights: 'weight' }]] as [string, ModelOptions][])

describe.each(cases)('%s %j', (formula, options) => {
  const fit = ols(formula, table, options)
  const k = fit.terms.length

  it('hc3 is the jackknife about the estimate', () => {
    const wanted = new Float64Array(k * k)
    for (let row = 0; row < rows; row++) {
      const moved = ols(formula, without(row), options).coefficients.map((value, j) => value - fit.coefficients[j]!)
      for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) wanted[a * k + b]! += moved[a]! * moved[b]!
    }
    expect(gap(matrixOf(fit, hc3()), wanted)).toBeLessThan(rounding)
  })

  it('leverages are the diagonal of the hat matrix with dummies', () => {
    const { regressors, effects } = leverages(fit.scores!)
    const absorbed = formula.split('|')[1]?.split('+').map((name) => columns[name.trim() as 'firm']) ?? []
    const root = options.weights ? columns.weight.map(Math.sqrt) : new Float64Array(rows).fill(1)
    const dummies = absorbed.flatMap((codes) => Array.from({ length: Math.max(...codes) + 1 }, (_, level) => Array.from(codes, (code) => (code === level ? 1 : 0))))
    const constant = absorbed.length === 0 && !formula.includes('- 1') ? [Array.from(root, () => 1)] : []
    const whole = new Matrix([...constant, Array.from(columns.x), Array.from(columns.z), ...dummies]).transpose()
    for (let row = 0; row < rows; row++) whole.mulRow(row, root[row]!)
    const hat = whole.mmul(pseudoInverse(whole))
    expect(gap(regressors.map((value, row) => value + effects[row]!), Float64Array.from({ length: rows }, (_, row) => hat.get(row, row)))).toBeLessThan(rounding)
  })
})

describe('leverages', () => {
  it('are between the two: hc2 lies between no correction and the jackknife', () => {
    const fit = ols('y ~ x + z | firm', table)
    expect(matrixOf(fit, hc2())[0]!).toBeLessThan(matrixOf(fit, hc3())[0]!)
  })

  it('count a row of frequency 3 as three rows', () => {
    const repeated = Array.from({ length: rows }, (_, i) => Array.from({ length: columns.copies[i]! }, () => i)).flat()
    const expanded = tableFromArrays(Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, (values as Float64Array).constructor === Float64Array
      ? Float64Array.from(repeated, (i) => values[i]!) : Int32Array.from(repeated, (i) => values[i]!)]))) as ArrowTable
    for (const vcov of [hc2(), hc3()]) {
      const short = ols('y ~ x + z | firm + year', table, { weights: 'copies', weighting: 'frequency', vcov })
      expect(gap(short.vcov.matrix, ols('y ~ x + z | firm + year', expanded, { vcov }).vcov.matrix)).toBeLessThan(rounding)
    }
  })

  it('of one in the absorbed effects count nothing, as without the row', () => {
    const alone = table.assign(tableFromArrays({ firm: Int32Array.from(firm, (value, i) => (i === 7 ? 99 : value)) }) as ArrowTable)
    const kept = ols('y ~ x + z | firm', alone, { vcov: hc3() })
    expect(kept.notes.map(({ text }) => text)).toContain('1 row has a leverage of one in the absorbed effects and says nothing about the errors.')
    expect(gap(kept.vcov.matrix, ols('y ~ x + z | firm', alone, { vcov: hc3(), singletons: 'drop' }).vcov.matrix)).toBeLessThan(rounding)
  })

  it('are refused by name where they are one, or are not defined or computed', () => {
    const one = table.assign(tableFromArrays({ only: Float64Array.from({ length: rows }, (_, i) => (i === 7 ? 1 : 0)) }) as ArrowTable)
    expect(() => ols('y ~ x + only', one, { vcov: hc2() })).toThrow('row 8 has a leverage of one')
    expect(() => ols('y ~ x | firm[z]', table, { vcov: hc3() })).toThrow('leverages are not computed with slopes of `firm')
    expect(() => iv('y ~ 1 | x ~ z', table, { vcov: hc3() })).toThrow('leverages are defined for least squares only')
    expect(() => logit('b ~ x', table, { vcov: hc2() })).toThrow('leverages are defined for least squares only')
    const wide = 6900
    const many = tableFromArrays({
      y: Float64Array.from({ length: wide }, (_, i) => Math.sin(i * i)), x: Float64Array.from({ length: wide }, (_, i) => Math.cos(3 * i)),
      a: Int32Array.from({ length: wide }, (_, i) => i % 2300), c: Int32Array.from({ length: wide }, (_, i) => Math.floor(i / 3)),
    }) as ArrowTable
    expect(() => ols('y ~ x | a + c', many, { vcov: hc2() })).toThrow('have 2300 levels, and exact leverages take at most 2000')
  })
})
