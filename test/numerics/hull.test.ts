import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hullOfUnion, hullWeights, lowerHull, lowerHullIndices, settledHullIndices, sumOfHulls } from '../../src/numerics/hull.js'
import { powerMean } from '../../src/numerics/powerMean.js'

const RUNS = 500

type Point = readonly [x: number, y: number]
/** Small whole numbers: sums and products are exact and ties are frequent. */
const points = fc.array(fc.tuple(fc.nat(12), fc.nat(12)), { minLength: 1, maxLength: 12 })
const hullOf = (list: readonly Point[]) => lowerHull(list.map(([x]) => x), list.map(([, y]) => y))
const pairs = ({ x, y }: { x: Float64Array; y: Float64Array }): Point[] => Array.from(x, (value, i) => [value, y[i]!])
const costAt = (list: readonly Point[], t: number): number => Math.min(...list.map(([x, y]) => x + t * y))

describe('lower hull', () => {
  it('has the least cost at every weight, and each vertex is alone least inside its weights', () => {
    fc.assert(fc.property(points, (list) => {
      const hull = hullOf(list)
      const weights = [0, ...hullWeights(hull)]
      pairs(hull).forEach(([x, y], i) => {
        const inside = i + 1 < weights.length ? (weights[i]! + weights[i + 1]!) / 2 : 2 * weights[i]! + 1
        expect(inside).toBeGreaterThan(weights[i]!)
        expect(x + inside * y).toBeCloseTo(costAt(list, inside), 10)
        for (const [otherX, otherY] of pairs(hull)) if (otherX !== x) expect(otherX + inside * otherY).toBeGreaterThan(x + inside * y)
      })
    }), { numRuns: RUNS, seed: 1 })
  })

  it('of a sum is the hull of all pairs', () => {
    fc.assert(fc.property(points, points, (a, b) => {
      const all = a.flatMap(([x, y]) => b.map(([dx, dy]): Point => [x + dx, y + dy]))
      expect(pairs(sumOfHulls(hullOf(a), hullOf(b)))).toEqual(pairs(hullOf(all)))
    }), { numRuns: RUNS, seed: 2 })
  })

  it('of a union of moved hulls is the hull of all moved points', () => {
    const moved = (list: readonly Point[], dx: number, dy: number): Point[] => list.map(([x, y]) => [x + dx, y + dy])
    fc.assert(fc.property(points, points, (a, b) => {
      expect(pairs(hullOfUnion([hullOf(a), hullOf(b)], [1, 3], [2, 0]))).toEqual(pairs(hullOf([...moved(a, 1, 2), ...moved(b, 3, 0)])))
    }), { numRuns: RUNS, seed: 3 })
  })

  it('takes the first of equal points and leaves out points inside an edge', () => {
    expect(Array.from(lowerHullIndices([2, 0, 1, 0], [0, 2, 1, 2]))).toEqual([1, 0])
  })

  it('settles vertices that rounding has split', () => {
    const x = [0.3, 0.1 + 0.2, 1]
    const y = [2, 1, 0.5]
    expect(Array.from(lowerHullIndices(x, y))).toEqual([0, 1, 2])
    expect(Array.from(settledHullIndices(x, y, 1e-12))).toEqual([1, 2])
  })
})

describe('power mean', () => {
  const direct = (r: number, s: number, a: number, b: number): number => (s * a ** r + (1 - s) * b ** r) ** (1 / r)
  it.each([-8, -1, 0.5, 1, 3])('of exponent %f is the textbook formula', (r) => {
    expect(powerMean(r)(0.3, 2, 5) / direct(r, 0.3, 2, 5)).toBeCloseTo(1, 14)
    expect(powerMean(r)(0.3, 5, 2) / direct(r, 0.3, 5, 2)).toBeCloseTo(1, 14)
  })

  it('is continuous at exponent 0, where the textbook formula loses all digits', () => {
    expect(powerMean(1e-13)(0.3, 2, 5) / powerMean(0)(0.3, 2, 5)).toBeCloseTo(1, 12)
    expect(Math.abs(direct(1e-16, 0.3, 2, 5) / powerMean(0)(0.3, 2, 5) - 1)).toBeGreaterThan(0.01)
  })

  it('neither overflows nor turns zeros into NaN', () => {
    expect(powerMean(-2000)(0.5, 1, 1e300)).toBeCloseTo(1, 3)
    expect(powerMean(-1)(0.5, 0, 3)).toBe(0)
    expect(powerMean(0)(0.5, 0, 3)).toBe(0)
    expect(powerMean(0.5)(0.5, 0, 4)).toBe(1)
    expect(powerMean(-1)(0, 0, 3)).toBe(3)
  })
})
