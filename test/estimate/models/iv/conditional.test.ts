/** Conditional likelihood ratio and K tests against their definitions, simulation of the conditional distribution, and cases that must collapse. */
import { CholeskyDecomposition, inverse, Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { cluster, iid, iv, robust, type AndersonRubinSet, type VcovEstimator } from '../../../../src/estimate/index.js'
import { conditionalUpperTail, statisticsAlong } from '../../../../src/estimate/models/iv/conditional.js'
import { chiSquareUpperTail } from '../../../../src/numerics/distributions.js'
import { randomStream } from '../../../../src/numerics/random.js'
import { bind, makeColumns, makeTable, ones, regress, rows, without, type Columns } from './sample.js'

const none = { smallSample: 'none' } as const
const instruments = ['z1', 'z2', 'z3']

/** The tests of β₀: those of zero for y − xβ₀. */
function testsAt(beta: number, data: Columns, vcov: VcovEstimator, names: readonly string[] = instruments) {
  const gap = data.y!.map((value, i) => value - beta * data.x1![i]!)
  return iv(`gap ~ w | x1 ~ ${names.join(' + ')}`, makeTable({ ...data, gap }), { vcov }).detail.conditional!
}

/** Without the exogenous regressors: instruments, outcome and regressor. */
function partialled(data: Columns): { z: Matrix; all: Matrix } {
  const exogenous = bind(ones, data.w!)
  return { z: without(exogenous, bind(data.z1!, data.z2!, data.z3!)), all: without(exogenous, bind(data.y!, data.x1!)) }
}

describe('CLR and K', () => {
  const columns = makeColumns(0.5)

  it.each([-1, 0, 0.5, 3])('are Moreira\'s statistics of S and T under iid errors, at %d', (beta) => {
    const { z, all } = partialled(columns)
    const v = without(z, all)
    const omega = Matrix.div(v.transpose().mmul(v), rows - 2 - 3)
    const lower = choleskyOf(z.transpose().mmul(z))
    const reduced = inverse(lower).mmul(z.transpose()).mmul(all)
    const [b, a] = [Matrix.columnVector([1, -beta]), Matrix.columnVector([beta, 1])]
    const s = Matrix.div(reduced.mmul(b), Math.sqrt(b.transpose().mmul(omega).mmul(b).get(0, 0)))
    const t = Matrix.div(reduced.mmul(inverse(omega)).mmul(a), Math.sqrt(a.transpose().mmul(inverse(omega)).mmul(a).get(0, 0)))
    const dot = (p: Matrix, q: Matrix): number => p.transpose().mmul(q).get(0, 0)
    const [ss, tt, st] = [dot(s, s), dot(t, t), dot(s, t)]
    const { clr, k } = testsAt(beta, columns, iid())
    expect(clr.statistic).toBeCloseTo((ss - tt + Math.sqrt((ss - tt) ** 2 + 4 * st * st)) / 2, 9)
    expect(clr.rank).toBeCloseTo(tt, 8)
    expect(k.statistic).toBeCloseTo((st * st) / tt, 9)
  })

  it.each([['robust', robust(none), (i: number, j: number) => i === j], ['firm', cluster('firm', none), (i: number, j: number) => columns.firm![i] === columns.firm![j]]] as const)(
    '%s: Kleibergen\'s statistics by loops over pairs of rows', (_, vcov, together) => {
      const { z, all } = partialled(columns)
      const bread = inverse(z.transpose().mmul(z))
      const pi = regress(z, all)
      const v = without(z, all)
      const covariance = (p: (i: number) => number, q: (i: number) => number): Matrix => {
        const meat = Matrix.zeros(3, 3)
        for (let i = 0; i < rows; i++) for (let j = 0; j < rows; j++) if (together(i, j)) for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) meat.set(a, b, meat.get(a, b) + z.get(i, a) * z.get(j, b) * p(i) * q(j))
        return bread.mmul(meat).mmul(bread)
      }
      for (const beta of [0, 0.7, -2]) {
        const [u, x] = [(i: number) => v.get(i, 0) - beta * v.get(i, 1), (i: number) => v.get(i, 1)]
        const delta = Matrix.sub(pi.subMatrix(0, 2, 0, 0), Matrix.mul(pi.subMatrix(0, 2, 1, 1), beta))
        const sigma = inverse(covariance(u, u))
        const cross = covariance(x, u)
        const d = Matrix.sub(pi.subMatrix(0, 2, 1, 1), cross.mmul(sigma).mmul(delta))
        const variance = Matrix.sub(covariance(x, x), cross.mmul(sigma).mmul(cross.transpose()))
        const form = (p: Matrix, m: Matrix, q: Matrix): number => p.transpose().mmul(m).mmul(q).get(0, 0)
        const ar = form(delta, sigma, delta)
        const k = form(delta, sigma, d) ** 2 / form(d, sigma, d)
        const rank = form(d, inverse(variance), d)
        const found = testsAt(beta, columns, vcov)
        expect(found.k.statistic).toBeCloseTo(k, 8)
        expect(found.clr.rank).toBeCloseTo(rank, 7)
        expect(found.clr.statistic).toBeCloseTo((ar - rank + Math.sqrt((ar + rank) ** 2 - 4 * rank * (ar - k))) / 2, 8)
      }
    })

  it('are the Anderson–Rubin statistic with one instrument', () => {
    const line = { outcome: Float64Array.of(3.1), regressor: Float64Array.of(2.6), matrix: Float64Array.of(0.9, 0.3, 0.3, 1.2) }
    for (const beta of [-4, 0, 1, 1e6]) {
      const { ar, k, clr, rank } = statisticsAlong(line)!(beta)!
      expect(k).toBeCloseTo(ar, 10)
      expect(clr).toBeCloseTo(ar, 10)
      expect(conditionalUpperTail(clr, rank, 1)).toBeCloseTo(chiSquareUpperTail(ar, 1), 12)
    }
    expect(iv('y ~ w | x1 ~ z1', makeTable(columns)).detail.conditional).toBeUndefined()
  })

  it('are zero at LIML under iid errors', () => {
    const liml = iv('y ~ w | x1 ~ z1 + z2 + z3', makeTable(columns), { method: 'liml' }).coefficients[2]!
    const { clr, k } = testsAt(liml, columns, iid())
    expect(clr.statistic).toBeLessThan(1e-9)
    expect(k.statistic).toBeLessThan(1e-9)
    expect(clr.pValue).toBeGreaterThan(0.999)
  })
})

describe('the conditional distribution of CLR', () => {
  it.each([[2, 0.5], [2, 8], [3, 2], [5, 20], [12, 6]])('%d instruments, rank statistic %d: as simulated', (L, rank) => {
    const stream = randomStream(5, 'clr', String(L), String(rank))
    const draws = 40_000
    const statistics = Float64Array.from({ length: draws }, () => {
      const k = stream.normal() ** 2
      let ar = k
      for (let l = 1; l < L; l++) ar += stream.normal() ** 2
      return (ar - rank + Math.sqrt((ar + rank) ** 2 - 4 * rank * (ar - k))) / 2
    }).sort()
    for (const share of [0.5, 0.9, 0.95, 0.99]) {
      const q = statistics[Math.floor(share * draws)]!
      expect(Math.abs(conditionalUpperTail(q, rank, L) - (1 - share))).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / draws))
    }
  })

  it('lies between χ²₁ and χ²_L, and is the midpoint sum of its density', () => {
    for (const L of [2, 3, 7, 180]) {
      for (const q of [0.3, 4, 20]) {
        expect(conditionalUpperTail(q, 0, L)).toBeCloseTo(chiSquareUpperTail(q, L), 12)
        expect(conditionalUpperTail(q, 1e9, L)).toBeCloseTo(chiSquareUpperTail(q, 1), 6)
        for (const rank of [0.4, 30, 3000]) expect(conditionalUpperTail(q, rank, L)).toBeCloseTo(midpoints(q, rank, L), 8)
      }
    }
  })

  function midpoints(q: number, rank: number, L: number): number {
    let [tail, whole] = [0, 0]
    for (let i = 0; i < 4000; i++) {
      const u = ((i + 0.5) * Math.PI) / 8000
      whole += Math.cos(u) ** (L - 2)
      tail += Math.cos(u) ** (L - 2) * chiSquareUpperTail((q + rank) / (1 + (rank * Math.sin(u) ** 2) / q), L)
    }
    return tail / whole
  }
})

describe('sets', () => {
  const inside = ({ intervals }: AndersonRubinSet, beta: number): boolean => intervals.some(([low, high]) => beta >= (low ?? -Infinity) && beta <= (high ?? Infinity))
  it.each([
    ['strong', 1, robust(), instruments], ['strong, iid', 1, iid(), instruments], ['weak', 0.3, robust(), instruments], ['weak, clusters', 0.3, cluster('firm'), ['z1', 'z2']],
    ['useless', 0, robust(), instruments], ['useless, iid', 0, iid(), instruments],
  ] as const)('%s: hold what a grid of tests does not reject', (_, strength, vcov, names) => {
    const data = makeColumns(strength)
    const { clr, k } = testsAt(0, data, vcov, names)
    for (let t = -48; t <= 48; t += 3) {
      const beta = 0.5 + Math.tan((t / 50) * (Math.PI / 2))
      const at = testsAt(beta, data, vcov, names)
      expect(inside(clr.confidenceSet, beta), `CLR at ${beta}`).toBe(at.clr.pValue >= 0.05)
      expect(inside(k.confidenceSet, beta), `K at ${beta}`).toBe(at.k.pValue >= 0.05)
    }
    for (const end of clr.confidenceSet.intervals.flat()) if (end !== null) expect(testsAt(end, data, vcov, names).clr.pValue).toBeCloseTo(0.05, 7)
    for (const end of k.confidenceSet.intervals.flat()) if (end !== null) expect(testsAt(end, data, vcov, names).k.pValue).toBeCloseTo(0.05, 7)
  })

  it('have shapes', () => {
    const shape = (strength: number): string => testsAt(0, makeColumns(strength), robust()).clr.confidenceSet.shape
    expect(shape(1)).toBe('bounded')
    expect(shape(0)).not.toBe('bounded')
  })
})

const choleskyOf = (m: Matrix): Matrix => new CholeskyDecomposition(m).lowerTriangularMatrix
