/** Projections of Anderson–Rubin sets against the statistic itself, computed from columns, over grids of the other coefficients. */
import { inverse, Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { cluster, iid, iv, robust, type AndersonRubinSet } from '../../../../src/estimate/index.js'
import { chiSquareQuantile } from '../../../../src/numerics/distributions.js'
import { bind, makeColumns, makeTable, ones, regress, rows, without, type Columns } from './sample.js'

const none = { smallSample: 'none' } as const
const covariances = [['iid', iid(none)], ['robust', robust(none)], ['firm', cluster('firm', none)]] as const
type Name = (typeof covariances)[number][0]

/** AR at given coefficients: the Wald statistic of the instruments in y − Xβ on them, no factor, from sums over rows. */
function statistic(columns: Columns, endogenous: readonly string[], instruments: readonly string[], name: Name): (beta: readonly number[]) => number {
  const exogenous = bind(ones, columns.w!)
  const z = without(exogenous, bind(...instruments.map((instrument) => columns[instrument]!)))
  const all = without(exogenous, bind(columns.y!, ...endogenous.map((regressor) => columns[regressor]!)))
  const bread = inverse(z.transpose().mmul(z))
  const delta = regress(z, all)
  const left = without(z, all)
  const L = instruments.length
  const rowsOfZ = z.to2DArray()
  const rowsLeft = left.to2DArray()
  const groups = Array.from({ length: rows }, (_, i) => (name === 'firm' ? columns.firm![i]! : i))
  const groupCount = Math.max(...groups) + 1
  return (beta) => {
    const weights = Matrix.columnVector([1, ...beta.map((value) => -value)])
    const d = delta.mmul(weights)
    const e = rowsLeft.map((row) => row.reduce((total, value, a) => total + value * weights.get(a, 0), 0))
    const meat = name === 'iid' ? Matrix.mul(z.transpose().mmul(z), e.reduce((total, value) => total + value * value, 0) / rows) : Matrix.zeros(L, L)
    if (name !== 'iid') {
      const sums = new Float64Array(groupCount * L)
      for (let i = 0; i < rows; i++) for (let l = 0; l < L; l++) sums[groups[i]! * L + l]! += rowsOfZ[i]![l]! * e[i]!
      for (let a = 0; a < L; a++) for (let b = 0; b < L; b++) for (let g = 0; g < groupCount; g++) meat.set(a, b, meat.get(a, b) + sums[g * L + a]! * sums[g * L + b]!)
    }
    return d.transpose().mmul(inverse(bread.mmul(meat).mmul(bread))).mmul(d).get(0, 0)
  }
}

const angles = Array.from({ length: 91 }, (_, i) => Math.PI * ((i + 0.5) / 91 - 0.5))

/** Smallest value over the whole line, by a grid of angles and ever finer ones about its lowest point. */
function smallest(at: (value: number) => number): number {
  let best = angles.reduce((low, angle) => (at(Math.tan(angle)) < at(Math.tan(low)) ? angle : low))
  for (let width = Math.PI / 91; width > 1e-7; width /= 4) {
    const around = Array.from({ length: 9 }, (_, i) => best + (width * (i - 4)) / 4)
    best = around.reduce((low, angle) => (at(Math.tan(angle)) < at(Math.tan(low)) ? angle : low))
  }
  return at(Math.tan(best))
}

const inside = ({ intervals }: AndersonRubinSet, value: number): boolean => intervals.some(([low, high]) => value >= (low ?? -Infinity) && value <= (high ?? Infinity))
const places = [-1e4, -20, -3, -1.5, -0.7, 0.1, 0.6, 1.3, 4, 50]

describe.each([1, 0.35, 0.05])('two endogenous regressors, strength %d', (strength) => {
  const columns = makeColumns(strength)
  const table = makeTable(columns)

  it.each(covariances.flatMap(([name, vcov]) => [[name, ['z1', 'z2', 'z3'], vcov], [name, ['z1', 'z3'], vcov]] as const))('%s, instruments %j', (name, instruments, vcov) => {
    const fit = iv(`y ~ w | x1 + x2 ~ ${instruments.join(' + ')}`, table, { vcov })
    const bound = chiSquareQuantile(0.95, instruments.length)
    const ar = statistic(columns, ['x1', 'x2'], instruments, name)
    expect(ar([0, 0])).toBeCloseTo(fit.detail.andersonRubin!.chiSquared.statistic, 7)
    const { projections, confidenceSet } = fit.detail.andersonRubin!
    expect(confidenceSet).toBeUndefined()
    expect(projections!.map(({ endogenous }) => endogenous)).toEqual(['x1', 'x2'])
    projections!.forEach(({ confidenceSet: set }, j) => {
      const profile = (value: number): number => smallest((other) => ar(j === 0 ? [value, other] : [other, value]))
      for (const end of set.intervals.flat()) if (end !== null) expect(profile(end) / bound, `end ${end}`).toBeCloseTo(1, 5)
      for (const value of places) {
        const least = profile(value)
        if (Math.abs(least / bound - 1) > 1e-4) expect(inside(set, value), `${value}: ${least} with ${JSON.stringify(set)}`).toBe(least < bound)
      }
    })
  })

  it('the scan is the quadratic where errors are iid', () => {
    // A covariance of one's own that is iid in all but the last bit.
    const exact = iid()
    const nearly = { ...exact, label: 'nearly', bind: (...to: Parameters<typeof exact.bind>) => {
      const bound = exact.bind(...to)
      return (scores: Parameters<typeof bound>[0]) => {
        const vcov = bound(scores)
        return { ...vcov, matrix: vcov.matrix.map((value, cell) => (cell === 0 ? value * (1 + 1e-13) : value)) }
      }
    } }
    const formula = 'y ~ w | x1 + x2 ~ z1 + z2 + z3'
    const [quadratic, scanned] = [exact, nearly].map((vcov) => iv(formula, table, { vcov }).detail.andersonRubin!.projections!)
    quadratic!.forEach(({ confidenceSetF: set }, j) => {
      const other = scanned![j]!.confidenceSetF
      expect(other.shape).toBe(set.shape)
      set.intervals.flat().forEach((end, i) => (end === null ? expect(other.intervals.flat()[i]).toBeNull() : expect(other.intervals.flat()[i]! / end).toBeCloseTo(1, 6)))
    })
  })
})

describe('projections', () => {
  const columns = { ...makeColumns(1), x3: makeColumns(1, 12).x2!, z4: makeColumns(1, 12).z3!, z5: makeColumns(1, 12).z1! }
  const table = makeTable(columns)

  it('of three regressors are the quadratic under iid errors', () => {
    const instruments = ['z1', 'z2', 'z3', 'z4', 'z5']
    const ar = statistic(columns, ['x1', 'x2', 'x3'], instruments, 'iid')
    const { projections } = iv(`y ~ w | x1 + x2 + x3 ~ ${instruments.join(' + ')}`, table, { vcov: iid(none) }).detail.andersonRubin!
    const bound = chiSquareQuantile(0.95, 5)
    projections!.forEach(({ confidenceSet: set }, j) => {
      expect(set.shape).toBe('bounded')
      for (const end of set.intervals[0]!) {
        // The minimum over the other two, by turns.
        const beta = [0.5, -0.8, 0]
        beta[j] = end!
        for (let pass = 0; pass < 40; pass++) {
          for (const other of [0, 1, 2].filter((a) => a !== j)) {
            for (let width = pass === 0 ? 8 : 0.5; width > 1e-7; width /= 4) {
              const tries = Array.from({ length: 9 }, (_, i) => beta[other]! + (width * (i - 4)) / 4)
              const values = tries.map((value) => ar(beta.map((own, a) => (a === other ? value : own))))
              beta[other] = tries[values.indexOf(Math.min(...values))]!
            }
          }
        }
        expect(ar(beta) / bound).toBeCloseTo(1, 5)
      }
    })
  }, 60_000)

  it('are wider than what is known of one coefficient given the other, and absent where nothing computes them', () => {
    const { projections } = iv('y ~ w | x1 + x2 ~ z1 + z2 + z3', table, { vcov: robust() }).detail.andersonRubin!
    const { shape, intervals: [[low, high]] } = projections![0]!.confidenceSetF as { shape: string; intervals: [[number, number]] }
    expect(shape).toBe('bounded')
    expect(low).toBeLessThan(high)
    expect(iv('y ~ w | x1 + x2 + x3 ~ z1 + z2 + z3 + z4', table, { vcov: robust() }).detail.andersonRubin!.projections).toBeUndefined()
    expect(iv('y ~ w | x1 ~ z1 + z2', table).detail.andersonRubin!.projections).toBeUndefined()
  })
})
