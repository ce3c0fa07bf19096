/** Maxima of functions whose maximum is known. */
import { describe, expect, it } from 'vitest'
import { bracketMaximum, brentMaximum } from '../../src/numerics/brent.js'

/** The tolerance asked for, with room for the flatness of a maximum in doubles. */
const near = 2e-8

describe('brentMaximum', () => {
  it.each([
    ['a parabola', (x: number) => -((x - 2) ** 2), 0, 5, 2],
    ['a sine', Math.sin, 0, 3, Math.PI / 2],
    ['a kink', (x: number) => -Math.abs(x - 0.3), 0, 1, 0.3],
    ['a quartic', (x: number) => 3 * x - x ** 4, -5, 5, 0.75 ** (1 / 3)],
    ['a skewed hill', (x: number) => Math.log(x) - x, 1e-6, 50, 1],
    ['an end', (x: number) => x, 0, 1, 1],
  ] as const)('finds %s', (_, f, low, high, at) => {
    const found = brentMaximum(f, low, high)
    expect(Math.abs(found.at - at)).toBeLessThan(near)
    expect(found.value).toBe(f(found.at))
    expect(found.evaluations).toBeLessThan(60)
  })
})

describe('bracketMaximum', () => {
  it.each([[0.1, 7], [30, 7], [7, 7]])('climbs from %f to either side', (start, at) => {
    const { low, high } = bracketMaximum((x) => -((x - at) ** 2), start, 1, -100, 100)
    expect(low).toBeLessThanOrEqual(at)
    expect(high).toBeGreaterThanOrEqual(at)
    expect(high - low).toBeLessThan(60)
  })

  it('stops at the ends', () => {
    expect(bracketMaximum((x) => x, 0, 1, -3, 4).high).toBe(4)
    expect(bracketMaximum((x) => -x, 0, 1, -3, 4).low).toBe(-3)
  })
})
