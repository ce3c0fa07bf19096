/**
 * Complementary log-log link, P(y = 1) = 1 − exp(−e^η). With u = e^η and g = u/(e^u − 1):
 *
 *   y = 0:  ℓ = −u,                dℓ/dη = −u,   −d²ℓ/dη² = u
 *   y = 1:  ℓ = ln(1 − e^(−u)),    dℓ/dη = g,    −d²ℓ/dη² = g (u + g − 1),      expected information  u g.
 *
 * Both ends keep their digits: u + g − 1 ≈ u/2 by its series where u is small, ln(1 − e^(−u)) ≈ η where u underflows.
 */
import type { BinaryLink } from './links.js'

/** Below this u the series of u + g − 1 is exact to rounding. */
const seriesBelow = 0.05
/** Above this u an event is certain and its row is flat. */
const certain = 700

/** Observed information, as this package reports it. */
export const cloglogLink: BinaryLink = {
  name: 'cloglog',
  probability: (index) => -Math.expm1(-Math.exp(index)),
  density: (index) => {
    const u = Math.exp(index)
    return u === Infinity ? 0 : u * Math.exp(-u)
  },
  rows(index, outcome, weights, from, size, derivative, curvature) {
    let value = 0
    for (let i = 0; i < size; i++) {
      const eta = index[i]!
      const weight = weights ? weights[from + i]! : 1
      const u = Math.exp(eta)
      if (outcome[from + i] === 0) {
        value -= weight * u
        derivative[i] = -weight * u
        curvature[i] = weight * u
        continue
      }
      const g = eventSlope(u)
      value += weight * logEvent(eta, u)
      derivative[i] = weight * g
      curvature[i] = weight * g * slopeExcess(u, g)
    }
    return value
  },
}

/** The same link with the expected information for the model-based covariance, as R's `glm`. */
export const cloglogLinkExpected: BinaryLink = {
  ...cloglogLink,
  expectedCurvature: (index) => {
    const u = Math.exp(index)
    return u > certain ? 0 : u * eventSlope(u)
  },
}

/** ln(1 − e^(−u)), u = e^η. */
export function logEvent(eta: number, u: number): number {
  if (u < 1e-300) return eta
  return u < Math.LN2 ? Math.log(-Math.expm1(-u)) : Math.log1p(-Math.exp(-u))
}

/** g = u/(e^u − 1). */
export function eventSlope(u: number): number {
  if (u > certain) return 0
  return u === 0 ? 1 : u / Math.expm1(u)
}

/** u + g − 1. */
export function slopeExcess(u: number, g: number): number {
  if (u > certain) return 0
  if (u >= seriesBelow) return u + g - 1
  const square = u * u
  return u * (1 / 2 + u * (1 / 12 - square * (1 / 720 - square * (1 / 30240 - square / 1209600))))
}
