import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findRoot } from '../../src/numerics/root.js'

/** A couple of roundings of the argument. */
const TOLERANCE = 4e-16

describe('findRoot', () => {
  it('finds roots to the last bits, rising or falling', () => {
    fc.assert(fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), fc.boolean(), (root, falling) => {
      const sign = falling ? -1 : 1
      const found = findRoot((x) => sign * (x - root) * (1 + x * x), 0, 2e6)
      expect(Math.abs(found - root)).toBeLessThanOrEqual(TOLERANCE * root)
    }))
  })

  it('takes few steps where the secant stalls', () => {
    let calls = 0
    const found = findRoot((x) => {
      calls++
      return x ** 15 - 1e-9
    }, 0, 2)
    expect(found).toBeCloseTo(1e-9 ** (1 / 15), 14)
    expect(calls).toBeLessThan(120)
  })

  it('takes an infinite end and a root at an end', () => {
    expect(findRoot((x) => Math.log(x), 0, 3)).toBeCloseTo(1, 14)
    expect(findRoot((x) => x - 2, 2, 3)).toBe(2)
  })

  it('says that there is none', () => {
    expect(() => findRoot((x) => x * x + 1, -1, 1)).toThrow(/no change of sign between -1 \(2\) and 1 \(2\)/)
    expect(() => findRoot(() => NaN, -1, 1)).toThrow(/no change of sign/)
  })
})
