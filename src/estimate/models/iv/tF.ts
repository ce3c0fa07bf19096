/**
 * tF of Lee, McCrary, Moreira and Porter (2022): one instrument, one endogenous regressor, a 5 % test that replaces 1.96 by a critical value
 * c(F) of the first stage's F. With f = √F ~ N(f₀, 1) and errors as endogenous as can be, |t| = |f (f − f₀)/f₀|, and c is the function
 * under which |t| > c with probability 5 % whatever f₀. At f₀ the upper end f₁ of acceptance solves f₁(f₁ − f₀)/f₀ = c(f₁²), the lower −f₂
 * f₂(f₂ + f₀)/f₀ = c(f₂²), and 1 − Φ(f₁ − f₀) + Φ(−f₂ − f₀) = 0.05: as f₂ < f₁, c follows from its own values at smaller F, from
 * c ≈ z²√(z/2)/√(f − z) next to f = z = 1.96. Checked against the published table (these values rounded up) and by the size of the test.
 */
import { normalCdf, normalQuantile } from '../../../numerics/distributions.js'
import { findRoot } from '../../../numerics/root.js'
import type { TFInference } from './records.js'

const level = 0.05
const z = normalQuantile(1 - level / 2)
const oneSided = normalQuantile(1 - level)
const startValue = z * z * Math.sqrt(z / 2)
/** f₀ from which the lower end has less than 1e-13 of the probability, and the ratio of its steps up to there. */
const lastCentre = 5
const step = 1.005

/** tF of an estimate with its standard error and its first stage's F, all under one covariance. */
export function tFInference(estimate: number, stdError: number, f: number): TFInference {
  const criticalValue = tFCriticalValue(f)
  if (criticalValue === Infinity) return { f, criticalValue: null, stdError: null, confidenceInterval: [null, null] }
  return { f, criticalValue, stdError: (stdError * criticalValue) / z, confidenceInterval: [estimate - criticalValue * stdError, estimate + criticalValue * stdError] }
}

/** c(F) at 5 %: infinite up to F = 3.84, 18.65 at 4, 3.43 at 10, 1.96 from 104.67 on. */
export function tFCriticalValue(f: number): number {
  const root = Math.sqrt(f)
  if (!(root > z)) return Infinity
  knots ??= criticalCurve()
  // Beyond the knots rejection is one-sided: f − f₀ = 1.645.
  return root > knots.at(-1)!.root ? Math.max(z, (oneSided * root) / (root - oneSided)) : interpolated(knots, root)
}

/** c at one √F, times √(√F − z), which varies slowly. */
interface Knot {
  readonly root: number
  readonly scaled: number
}

let knots: readonly Knot[] | undefined

function criticalCurve(): Knot[] {
  const curve: Knot[] = []
  for (let centre = 1e-3; centre < lastCentre; centre *= step) {
    const excess = (root: number): number => (root === z ? -Infinity : (root * (root + centre)) / centre - interpolated(curve, root))
    // The lower end is at about z + ½z f₀², below the upper one of the last step or little above.
    const lower = findRoot(excess, z, (curve.at(-1)?.root ?? z) + z * centre * centre)
    const upper = centre + normalQuantile(1 - level + normalCdf(-lower - centre))
    curve.push({ root: upper, scaled: ((upper * (upper - centre)) / centre) * Math.sqrt(upper - z) })
  }
  return curve
}

/** c between the knots, and below the first one. */
function interpolated(curve: readonly Knot[], root: number): number {
  const beyond = firstBeyond(curve, root)
  if (beyond === 0) return startValue / Math.sqrt(root - z)
  const [a, b] = [curve[beyond - 1]!, curve[Math.min(beyond, curve.length - 1)]!]
  const share = a === b ? 0 : (root - a.root) / (b.root - a.root)
  return (a.scaled + share * (b.scaled - a.scaled)) / Math.sqrt(root - z)
}

function firstBeyond(curve: readonly Knot[], root: number): number {
  let [low, high] = [0, curve.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (curve[middle]!.root < root) low = middle + 1
    else high = middle
  }
  return low
}
