/** Effective F, Anderson–Rubin and the tests of specification against their definitions, by loops over pairs of rows and auxiliary regressions. */
import { CholeskyDecomposition, inverse, Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { cluster, iid, iv, ols, robust, waldTest, weakInstruments, withVcov } from '../../../../src/estimate/index.js'
import { andersonRubinSet } from '../../../../src/estimate/models/iv/andersonRubin.js'
import { criticalValue } from '../../../../src/estimate/models/iv/effectiveF.js'
import type { AndersonRubinSet, VcovEstimator } from '../../../../src/estimate/index.js'
import { bind, makeColumns, makeTable, ones, regress, rows, without } from './sample.js'

const columns = makeColumns()
const table = makeTable(columns)
const column = (name: string): Float64Array => columns[name]!
const exogenous = bind(ones, column('w'))
const formula = 'y ~ w | x1 ~ z1 + z2 + z3'

/** Whether two rows may be correlated. */
const together = { robust: (i: number, j: number) => i === j, firm: (i: number, j: number) => column('firm')[i] === column('firm')[j] } as const

describe('effective F', () => {
  it.each([['robust', robust({ smallSample: 'none' })], ['firm', cluster('firm', { smallSample: 'none' })]] as const)('%s: π̂\'Qπ̂ / tr(Σ̂Q) by a double loop', (name, vcov) => {
    const z = without(exogenous, bind(column('z1'), column('z2'), column('z3')))
    const x = without(exogenous, bind(column('x1')))
    const pi = regress(z, x)
    const v = without(z, x)
    const meat = Matrix.zeros(3, 3)
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < rows; j++) {
        if (!together[name](i, j)) continue
        for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) meat.set(a, b, meat.get(a, b) + z.get(i, a) * z.get(j, b) * v.get(i, 0) * v.get(j, 0))
      }
    }
    const bread = inverse(z.transpose().mmul(z))
    const sigma = bread.mmul(meat).mmul(bread)
    const q = Matrix.div(z.transpose().mmul(z), rows)
    const wanted = pi.transpose().mmul(q).mmul(pi).get(0, 0) / sigma.mmul(q).trace()
    expect(iv(formula, table, { vcov }).detail.effectiveF!.statistic).toBeCloseTo(wanted, 9)
  })

  it('has the critical values of one instrument, and is the robust F then', () => {
    // Montiel Olea and Pflueger (2013), Table 1: K_eff = 1.
    for (const [x, value] of [[20, 37.42], [10, 23.11], [5, 15.06], [1 / 0.3, 12.05]] as const) expect(criticalValue(Float64Array.of(2.5), 1, x)).toBeCloseTo(value, 2)
    const { effectiveF, firstStages } = iv('y ~ w | x1 ~ z1', table, { vcov: robust() }).detail
    expect(effectiveF!.statistic).toBeCloseTo(firstStages[0]!.waldF!.statistic, 10)
    expect(effectiveF!.biasBound).toBe(1)
  })

  it('bounds the bias by what a grid finds', () => {
    const { biasBound, criticalValues } = iv(formula, table, { vcov: robust() }).detail.effectiveF!
    expect(biasBound).toBeCloseTo(gridBias(), 5)
    for (const { value, simplified } of criticalValues) expect(value).toBeLessThanOrEqual(simplified)
  })

  /** max over β and unit vectors c of |tr S₁₂ − 2c'S₁₂c| / √(tr S₁ tr S₂), in instruments made orthonormal. */
  function gridBias(): number {
    const z = without(exogenous, bind(column('z1'), column('z2'), column('z3')))
    const all = without(exogenous, bind(column('y'), column('x1')))
    const lower = cholesky(z.transpose().mmul(z))
    const q = z.mmul(inverse(lower).transpose())
    const v = without(q, all)
    const s = (a: number, b: number): Matrix => {
      const total = Matrix.zeros(3, 3)
      for (let i = 0; i < rows; i++) for (let k = 0; k < 3; k++) for (let l = 0; l < 3; l++) total.set(k, l, total.get(k, l) + q.get(i, k) * q.get(i, l) * v.get(i, a) * v.get(i, b))
      return total
    }
    const [yy, yx, xx] = [s(0, 0), s(0, 1), s(1, 1)]
    let most = 0
    for (let t = -1000; t <= 1000; t++) {
      const beta = Math.tan((t / 1001) * (Math.PI / 2))
      const cross = Matrix.sub(yx, Matrix.mul(xx, beta))
      const first = yy.trace() - 2 * beta * yx.trace() + beta * beta * xx.trace()
      for (const eigenvalue of jacobi(cross)) most = Math.max(most, Math.abs(cross.trace() - 2 * eigenvalue) / Math.sqrt(first * xx.trace()))
    }
    return most
  }
})

const cholesky = (m: Matrix): Matrix => new CholeskyDecomposition(m).lowerTriangularMatrix

/** Eigenvalues of a symmetric 3 × 3 matrix, in closed form. */
function jacobi(m: Matrix): number[] {
  const mean = m.trace() / 3
  const b = Matrix.sub(m, Matrix.mul(Matrix.eye(3), mean))
  const p = Math.sqrt(b.mmul(b).trace() / 6)
  const c = Matrix.div(b, p)
  const det = c.get(0, 0) * (c.get(1, 1) * c.get(2, 2) - c.get(1, 2) ** 2) - c.get(0, 1) * (c.get(0, 1) * c.get(2, 2) - c.get(1, 2) * c.get(0, 2)) + c.get(0, 2) * (c.get(0, 1) * c.get(1, 2) - c.get(1, 1) * c.get(0, 2))
  const angle = Math.acos(Math.max(-1, Math.min(1, det / 2))) / 3
  return [0, 1, 2].map((k) => mean + 2 * p * Math.cos(angle + (2 * Math.PI * k) / 3))
}

/** AR(β₀) as χ²: the joint Wald test of the instruments for y − xβ₀. */
function statisticAt(beta: number, data: typeof columns, instruments: readonly string[], vcov: VcovEstimator): number {
  const gap = data.y!.map((value, i) => value - beta * data.x1![i]!)
  const fit = ols(`gap ~ w + ${instruments.join(' + ')}`, makeTable({ ...data, gap }), { vcov })
  return instruments.length * waldTest(fit, instruments).statistic
}

const inSet = ({ intervals }: AndersonRubinSet, beta: number): boolean => intervals.some(([low, high]) => beta >= (low ?? -Infinity) && beta <= (high ?? Infinity))

describe('Anderson–Rubin', () => {
  const cases = [
    ['strong, one instrument', 1, ['z1'], robust(), 'bounded'],
    ['strong, three instruments', 1, ['z1', 'z2', 'z3'], robust(), undefined],
    ['strong, three instruments, clusters', 1, ['z1', 'z2', 'z3'], cluster('firm'), undefined],
    ['strong, iid', 1, ['z1', 'z2'], iid(), 'bounded'],
    ['weak, one instrument', 0.1, ['z1'], robust(), 'line'],
    ['weak, one instrument, iid', 0.3, ['z1'], iid(), undefined],
    ['weak, two instruments', 0.4, ['z1', 'z2'], cluster('firm'), undefined],
    ['useless', 0, ['z1', 'z2', 'z3'], robust(), undefined],
  ] as const
  it.each(cases)('%s: the set is what a grid of tests does not reject', (_, strength, instruments, vcov, shape) => {
    const data = makeColumns(strength)
    const { andersonRubin } = iv(`y ~ w | x1 ~ ${instruments.join(' + ')}`, makeTable(data), { vcov }).detail
    const { chiSquared, confidenceSet } = andersonRubin!
    if (shape) expect(confidenceSet!.shape).toBe(shape)
    expect(chiSquared.statistic).toBeCloseTo(statisticAt(0, data, instruments, vcov), 8)
    const critical = { 1: 3.841458820694124, 2: 5.991464547107979, 3: 7.814727903251179 }[instruments.length]!
    for (let t = -49; t <= 49; t++) {
      const beta = 0.5 + Math.tan((t / 50) * (Math.PI / 2))
      expect(inSet(confidenceSet!, beta), `at ${beta}`).toBe(statisticAt(beta, data, instruments, vcov) <= critical)
    }
    for (const end of confidenceSet!.intervals.flat()) if (end !== null) expect(statisticAt(end, data, instruments, vcov)).toBeCloseTo(critical, 6)
  })

  it('tells the four shapes apart', () => {
    const matrix = Float64Array.of(1, 0.2, 0.2, 1)
    const set = (outcome: number, regressor: number) => andersonRubinSet({ outcome: Float64Array.of(outcome), regressor: Float64Array.of(regressor), matrix }, 3.84)
    expect(set(2, 5).shape).toBe('bounded')
    expect(set(0.5, 1)).toEqual({ shape: 'line', intervals: [[null, null]] })
    const rays = set(5, 0.5)
    expect(rays.shape).toBe('rays')
    expect(rays.intervals.map(([low, high]) => [low === null, high === null])).toEqual([[true, false], [false, true]])
    const two = Float64Array.from({ length: 16 }, (__, cell) => (cell % 5 === 0 ? 1 : 0))
    expect(andersonRubinSet({ outcome: Float64Array.of(9, -9), regressor: Float64Array.of(9, 9), matrix: two }, 3.84)).toEqual({ shape: 'empty', intervals: [] })
  })

  it('is solved in closed form with one instrument', () => {
    const [a, b, saa, sab, sbb, c] = [3.1, 2.6, 0.9, 0.3, 1.2, 3.84]
    const { intervals } = andersonRubinSet({ outcome: Float64Array.of(a), regressor: Float64Array.of(b), matrix: Float64Array.of(saa, sab, sab, sbb) }, c)
    // (a − bβ)² ≤ c (saa − 2 sab β + sbb β²)
    const [p, q, r] = [b * b - c * sbb, c * sab - a * b, a * a - c * saa]
    const root = Math.sqrt(q * q - p * r)
    expect(intervals[0]![0]).toBeCloseTo((-q - root) / p, 10)
    expect(intervals[0]![1]).toBeCloseTo((-q + root) / p, 10)
  })
})

describe('specification', () => {
  it.each([['iid', iid()], ['robust', robust()], ['firm', cluster('firm')]] as const)('Wu–Hausman is the test of first-stage residuals, %s', (_, vcov) => {
    const text = 'y ~ w | x1 + x2 ~ z1 + z2 + z3'
    const residual = (name: string): Float64Array => Float64Array.from(without(bind(ones, column('w'), column('z1'), column('z2'), column('z3')), bind(column(name))).to1DArray())
    const augmented = ols('y ~ w + x1 + x2 + v1 + v2', makeTable({ ...columns, v1: residual('x1'), v2: residual('x2') }), { vcov })
    const wanted = waldTest(augmented, ['v1', 'v2'])
    const found = iv(text, table, { vcov }).detail.wuHausman!
    expect(found.statistic).toBeCloseTo(wanted.statistic, 8)
    expect(found.degrees).toEqual(wanted.degrees)
    expect(found.pValue).toBeCloseTo(wanted.pValue, 10)
  })

  it('Hansen\'s J is the minimum of GMM over all parameters', () => {
    const z = bind(ones, column('w'), column('z1'), column('z2'), column('z3'))
    const x = bind(ones, column('w'), column('x1'))
    const y = bind(column('y'))
    const fit = iv(formula, table, { vcov: cluster('firm') })
    const e = Matrix.sub(y, x.mmul(Matrix.columnVector(Array.from(fit.coefficients))))
    const sums = Matrix.zeros(23, 5)
    for (let i = 0; i < rows; i++) for (let a = 0; a < 5; a++) sums.set(i % 23, a, sums.get(i % 23, a) + z.get(i, a) * e.get(i, 0))
    const weight = inverse(sums.transpose().mmul(sums))
    const zx = z.transpose().mmul(x)
    const zy = z.transpose().mmul(y)
    const beta = inverse(zx.transpose().mmul(weight).mmul(zx)).mmul(zx.transpose().mmul(weight).mmul(zy))
    const g = Matrix.sub(zy, zx.mmul(beta))
    expect(fit.detail.hansenJ!.statistic).toBeCloseTo(g.transpose().mmul(weight).mmul(g).get(0, 0), 8)
  })
})

describe('weakInstruments', () => {
  it('gives under another covariance what the fit would have', () => {
    for (const [text, options] of [['y ~ w | x1 + x2 ~ z1 + z2 + z3', {}], ['y ~ w | firm + year | x1 ~ z1 + z2', {}], ['y ~ 1 | x1 ~ z1', { weights: 'weight' }], ['y ~ 1 | x1 ~ z1', { weights: 'copies', weighting: 'frequency' }]] as const) {
      const fit = iv(text, table, options)
      const wanted = iv(text, table, { ...options, vcov: cluster('firm') }).detail
      const found = weakInstruments(fit, table, cluster('firm'))
      for (const key of Object.keys(found) as (keyof typeof found)[]) expect(JSON.stringify(found[key], rounded), key).toBe(JSON.stringify(wanted[key], rounded))
      expect(weakInstruments(fit, table).covariance).toBe('iid')
      expect(withVcov(fit, cluster('firm'), table).detail.covariance).toBe('iid')
    }
  })

  it('needs the scores', () => {
    expect(() => weakInstruments(iv(formula, table, { scores: 'drop' }), table, robust())).toThrow('carries no columns')
  })

  it('says that instruments are weak', () => {
    const { notes } = iv('y ~ w | x1 ~ z1', makeTable(makeColumns(0.1)))
    expect(notes.map(({ text }) => text).join(' ')).toMatch(/may be weak: the effective F of \d+\.\d\d is below 23\.11.*Anderson–Rubin set is the whole line/)
  })
})

function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(8)) : value
}

describe('endogenous regressors that add up to an instrument, as schooling and experience to age', () => {
  // x1 + later = z3, so that the second first-stage residual is the first one's negative.
  const later = Float64Array.from(column('z3'), (value, row) => value - column('x1')[row]!)
  const all = bind(ones, column('w'), column('z1'), column('z2'), column('z3'))
  const added = makeTable({ ...columns, later, v: Float64Array.from(without(all, bind(column('x1'))).to1DArray()) })
  const sum = 'y ~ w | x1 + later ~ z1 + z2 + z3'

  it.each([['iid', iid()], ['robust', robust()], ['firm', cluster('firm')]] as const)('%s: Wu–Hausman tests the one residual there is', (_, vcov) => {
    const { wuHausman } = iv(sum, added, { vcov }).detail
    const wanted = waldTest(ols('y ~ w + x1 + later + v', added, { vcov }), ['v'])
    expect(wuHausman!.degrees[0]).toBe(1)
    expect(wuHausman!.statistic).toBeCloseTo(wanted.statistic, 8)
    expect(wuHausman!.pValue).toBeCloseTo(wanted.pValue, 8)
  })

  it('Cragg–Donald is the strength of the other combination', () => {
    const { craggDonald, kleibergenPaap, andersonLm } = iv(sum, added).detail
    expect(craggDonald.statistic).toBeCloseTo(kleibergenPaap!.waldF, 8)
    expect(andersonLm.statistic).toBeCloseTo(kleibergenPaap!.lm.statistic, 8)
  })

  it('LIML minimises the ratio of residual sums of squares', () => {
    const fit = iv(sum, added, { method: 'liml' })
    const [, , one, other] = fit.coefficients
    const ratio = (a: number, b: number): number => {
      const e = bind(Float64Array.from(column('y'), (value, row) => value - a * column('x1')[row]! - b * later[row]!))
      const squares = (from: Matrix): number => without(from, e).to1DArray().reduce((total, value) => total + value * value, 0)
      return squares(exogenous) / squares(all)
    }
    expect(fit.detail.kappa).toBeCloseTo(ratio(one!, other!), 9)
    for (const [da, db] of [[1e-3, 0], [-1e-3, 0], [0, 1e-3], [0, -1e-3]] as const) expect(ratio(one! + da, other! + db)).toBeGreaterThan(fit.detail.kappa)
  })
})
