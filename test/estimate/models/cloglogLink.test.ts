/** The link's rows against its definition, its derivatives against differences, its ends against limits. */
import { describe, expect, it } from 'vitest'
import { cloglogLink, cloglogLinkExpected } from '../../../src/estimate/models/cloglogLink.js'

/** Central differences with step 1e-5. */
const differences = 1e-8
/** Against the formula where the formula itself keeps its digits. */
const rounding = 1e-13

function row(eta: number, y: number, weight?: number) {
  const [derivative, curvature] = [new Float64Array(1), new Float64Array(1)]
  const value = cloglogLink.rows(Float64Array.of(eta), Float64Array.of(y), weight === undefined ? undefined : Float64Array.of(weight), 0, 1, derivative, curvature)
  return { value, derivative: derivative[0]!, curvature: curvature[0]! }
}

describe('cloglog rows', () => {
  it.each([-8, -3, -2.9957, -1, 0, 0.7, 2, 4])('have the value of the definition at η = %f', (eta) => {
    const p = 1 - Math.exp(-Math.exp(eta))
    expect(Math.abs(row(eta, 1).value - Math.log(p))).toBeLessThan(rounding / p)
    expect(row(eta, 0).value).toBe(-Math.exp(eta))
    expect(cloglogLink.probability(eta)).toBeCloseTo(p, 14)
  })

  it.each([-8, -3, -1, 0, 0.7, 2, 4].flatMap((eta) => [[eta, 0], [eta, 1]] as const))('have the derivatives of differences at η = %f, y = %i', (eta, y) => {
    const h = 1e-5
    const [up, down, at] = [row(eta + h, y), row(eta - h, y), row(eta, y)]
    const scale = 1 + Math.abs(at.value) + Math.abs(at.curvature)
    expect(Math.abs(at.derivative - (up.value - down.value) / (2 * h))).toBeLessThan(differences * scale)
    expect(Math.abs(at.curvature + (up.derivative - down.derivative) / (2 * h))).toBeLessThan(differences * scale)
  })

  it('keep their digits at both ends', () => {
    // For small u: ℓ = η − u/2, dℓ = 1 − u/2, −d²ℓ = u/2.
    const rare = row(-30, 1)
    const u = Math.exp(-30)
    expect(rare.value).toBeCloseTo(-30 - u / 2, 13)
    expect(rare.curvature / (u / 2)).toBeCloseTo(1, 10)
    expect(row(-800, 1)).toEqual({ value: -800, derivative: 1, curvature: 0 })
    expect(row(8, 1)).toEqual({ value: 0, derivative: 0, curvature: 0 })
    expect(row(800, 1)).toEqual({ value: 0, derivative: 0, curvature: 0 })
  })

  it('are multiplied by their weight', () => {
    for (const y of [0, 1]) {
      const [once, thrice] = [row(0.3, y), row(0.3, y, 3)]
      expect(thrice.value).toBeCloseTo(3 * once.value, 13)
      expect(thrice.derivative).toBeCloseTo(3 * once.derivative, 13)
      expect(thrice.curvature).toBeCloseTo(3 * once.curvature, 13)
    }
  })

  it('have an expected information that is the mean of the observed one', () => {
    for (const eta of [-4, -1, 0, 1.5]) {
      const p = cloglogLink.probability(eta)
      const mean = p * row(eta, 1).curvature + (1 - p) * row(eta, 0).curvature
      expect(cloglogLinkExpected.expectedCurvature!(eta)).toBeCloseTo(mean, 13)
      expect(cloglogLink.density(eta) ** 2 / (p * (1 - p))).toBeCloseTo(mean, 12)
    }
  })
})
