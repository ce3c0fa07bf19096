/**
 * Anderson–Rubin sets of several endogenous regressors seen from one of them: the coefficients β_j for which some value of the others is not
 * rejected, min AR(β) ≤ c over those. It covers the truth at least as often as the joint set (Dufour and Taamouti 2005).
 * Under iid errors, V(β) = ω(β) I with ω(β) = (1, −β')Ω(1, −β')', AR ≤ c is the quadric β'Aβ − 2b'β + d ≤ 0 with A = P'P − cΩ₂₂,
 * b = P'p_y − cω₂₁, d = p_y'p_y − cω₁₁: with A of the others positive definite the projection solves a quadratic in β_j, otherwise it is the
 * line. Under other covariances, with two regressors, the minimum over the other one is looked for and the set scanned. Checked
 * against regressions of y − X₂β on the instruments over grids.
 */
import { brentMaximum } from '../../../numerics/brent.js'
import { cholesky, choleskySolve, invertPositive, multiply } from '../../../numerics/linearAlgebra.js'
import { weightedDot } from '../../../numerics/weightedDot.js'
import type { KClassEstimate } from './kClass.js'
import type { AndersonRubinSet } from './records.js'
import { addColumns, endogenousProducts, outcomeProducts, type ReducedForm } from './reducedForm.js'
import { scannedSet } from './scannedSet.js'
import { combinedCovariance, scalarVariance } from './stacked.js'
import { quadraticForm } from './testResults.js'

/** A scan takes ten thousand tests, each of the third power of the instruments. */
const mostInstruments = 10

/** The projection on regressor `j` at a bound, given the covariance of the reduced form's coefficients; undefined where none is computed. */
export function projection(form: ReducedForm, matrix: Float64Array, estimate: KClassEstimate): ((j: number, bound: number) => AndersonRubinSet) | undefined {
  const variance = scalarVariance(matrix, form.instruments)
  if (variance) return (j, bound) => projectedQuadric(form, variance, j, bound)
  return form.endogenous === 2 && form.instruments <= mostInstruments ? (j, bound) => profiledSet(form, matrix, estimate, j, bound) : undefined
}

function projectedQuadric(form: ReducedForm, variance: Float64Array, j: number, bound: number): AndersonRubinSet {
  const { endogenous: m, explained } = form
  const { moved } = endogenousProducts(form)
  const others = Array.from({ length: m }, (_, a) => a).filter((a) => a !== j)
  const A = (a: number, b: number): number => moved[a * m + b]! - bound * variance[(a + 1) * (m + 1) + b + 1]!
  const onOutcome = outcomeProducts(form).moved
  const b = (a: number): number => onOutcome[a]! - bound * variance[(a + 1) * (m + 1)]!
  const d = weightedDot(explained[0]!, explained[0]!) - bound * variance[0]!
  const factor = cholesky(Float64Array.from({ length: others.length ** 2 }, (_, cell) => A(others[Math.floor(cell / others.length)]!, others[cell % others.length]!)), others.length, 1e-12)
  // Along a direction of the others the quadric falls without bound.
  if (!factor) return { shape: 'line', intervals: [[null, null]] }
  const cross = Float64Array.from(others, (a) => A(a, j))
  const constant = Float64Array.from(others, b)
  const solved = choleskySolve(factor, cross)
  return quadraticSet(A(j, j) - weightedDot(solved, cross), b(j) - weightedDot(solved, constant), d - weightedDot(choleskySolve(factor, constant), constant))
}

/** {t: a t² − 2bt + d ≤ 0}. */
function quadraticSet(a: number, b: number, d: number): AndersonRubinSet {
  const discriminant = b * b - a * d
  if (a > 0 && discriminant < 0) return { shape: 'empty', intervals: [] }
  if (!(a > 0) && discriminant <= 0) return { shape: 'line', intervals: [[null, null]] }
  if (a === 0) return { shape: 'rays', intervals: b > 0 ? [[d / (2 * b), null]] : [[null, d / (2 * b)]] }
  // Roots without cancellation: their product is d/a.
  const large = (b + (b < 0 ? -1 : 1) * Math.sqrt(discriminant)) / a
  const [low, high] = [large, large === 0 ? 0 : d / (a * large)].sort((one, other) => one - other) as [number, number]
  return a > 0 ? { shape: 'bounded', intervals: [[low, high]] } : { shape: 'rays', intervals: [[null, low], [high, null]] }
}

/** Directions of the other coefficient that are looked at before the smallest statistics are refined. */
const directions = 32

/** The projection on one of two regressors by its definition. */
function profiledSet(form: ReducedForm, matrix: Float64Array, estimate: KClassEstimate, j: number, bound: number): AndersonRubinSet {
  const { instruments: L, explained } = form
  const other = 1 - j
  const statistic = (weights: Float64Array): number =>
    quadraticForm(addColumns(new Float64Array(L), explained, weights), combinedCovariance(matrix, L, weights, 0)) ?? Infinity
  const size = (equation: number): number => {
    const own = combinedCovariance(matrix, L, [1], equation)
    let total = 0
    for (let l = 0; l < L; l++) total += own[l * (L + 1)]!
    return Math.sqrt(total)
  }
  const [outcome, own, rest] = [size(0), size(j + 1), size(other + 1)]
  // AR is of degree zero in its weights: at infinity those of the outcome vanish.
  const smallest = (coefficient: number): number => {
    const scale = Math.hypot(outcome, coefficient * own)
    const first = coefficient === Infinity ? [0, -1 / own] : [1 / scale, -coefficient / scale]
    const at = (angle: number): number => {
      const weights = new Float64Array(3)
      weights[0] = Math.cos(angle) * first[0]!
      weights[j + 1] = Math.cos(angle) * first[1]!
      weights[other + 1] = -Math.sin(angle) / rest
      return statistic(weights)
    }
    const step = Math.PI / directions
    const looked = Array.from({ length: directions }, (_, i) => at(i * step))
    const lows = looked.map((_, i) => i).filter((i) => looked[i]! <= looked[(i + 1) % directions]! && looked[i]! < looked[(i + directions - 1) % directions]!)
    return Math.min(...looked, ...lows.map((i) => -brentMaximum((angle) => -at(angle), (i - 1) * step, (i + 1) * step, 1e-9).value))
  }
  return scannedSet({ centre: estimate.coefficients[j]!, spread: spread(form, matrix, estimate, j), unit: outcome / own }, (coefficient) => smallest(coefficient) - bound)
}

/** Standard error of the two-stage least squares coefficient. */
function spread(form: ReducedForm, matrix: Float64Array, { coefficients }: KClassEstimate, j: number): number {
  const { endogenous: m, instruments: L, explained } = form
  const inverse = invertPositive(endogenousProducts(form).moved, m)!
  const direction = addColumns(new Float64Array(L), explained.slice(1), inverse.subarray(j * m, (j + 1) * m))
  const variance = combinedCovariance(matrix, L, [1, ...coefficients.map((value) => -value)], 0)
  return Math.sqrt(weightedDot(direction, multiply(variance, direction, L, L, 1)))
}
