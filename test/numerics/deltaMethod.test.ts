import { describe, expect, it } from 'vitest'
import { deltaMethod, greatCircle, numericalJacobian } from '../../src/numerics/index.js'

const DERIVATIVE = 1e-9 // Richardson step: O(h⁴) of smooth maps of order one

describe('deltaMethod', () => {
  it('has the closed form of a ratio', () => {
    const b = Float64Array.of(1.5, -2)
    const V = Float64Array.of(0.04, 0.006, 0.006, 0.01)
    const { values, stdErrors } = deltaMethod((x) => Float64Array.of(x[0]! / x[1]!), b, V)
    const gradient = [1 / b[1]!, -b[0]! / b[1]! ** 2]
    const variance = gradient[0]! ** 2 * V[0]! + 2 * gradient[0]! * gradient[1]! * V[1]! + gradient[1]! ** 2 * V[3]!
    expect(values[0]).toBe(-0.75)
    expect(stdErrors[0]).toBeCloseTo(Math.sqrt(variance), 9)
  })

  it('differentiates a logit and an exponential', () => {
    const at = Float64Array.of(0.7, -3)
    const jacobian = numericalJacobian((x) => Float64Array.of(1 / (1 + Math.exp(-x[0]!)), Math.exp(x[1]! * x[0]!)), at, 2)
    const p = 1 / (1 + Math.exp(-0.7))
    const exact = [p * (1 - p), 0, -3 * Math.exp(-2.1), 0.7 * Math.exp(-2.1)]
    exact.forEach((value, i) => expect(Math.abs(jacobian[i]! - value)).toBeLessThan(DERIVATIVE))
  })
})

describe('greatCircle', () => {
  it('is half the circumference between antipodes, a quarter from pole to equator, and symmetric', () => {
    const half = Math.PI * 6371.0088
    expect(greatCircle(0, 0, 0, 180)).toBeCloseTo(half, 6)
    expect(greatCircle(90, 0, 0, 123)).toBeCloseTo(half / 2, 6)
    expect(greatCircle(45.46, 9.19, 36.81, 10.18)).toBe(greatCircle(36.81, 10.18, 45.46, 9.19))
    expect(greatCircle(10, 20, 10, 20)).toBe(0)
  })
})
