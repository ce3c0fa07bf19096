/**
 * Effective F of Montiel Olea and Pflueger (2013), π̂'Qπ̂ / tr(Σ̂Q), with critical values for the bias of 2SLS. In orthonormal instruments
 * Q = I. With W₂ the covariance of the first stage and x = B/τ: K = tr(W₂)²(1 + 2x)/(tr(W₂²) + 2x tr(W₂) λ_max(W₂)), critical value
 * χ²_K,.95(Kx)/K. B = sup over β and unit c of |tr S₁₂ − 2c'S₁₂c| / √(tr S₁ tr S₂), S the covariance of [y − xβ, x] on the instruments.
 * K = 1, x = 10 gives 23.11.
 */
import { brentMaximum } from '../../../numerics/brent.js'
import { nonCentralChiSquareQuantile } from '../../../numerics/distributions.js'
import { symmetricEigenvalues } from '../../../numerics/eigenvalues.js'
import { weightedDot } from '../../../numerics/weightedDot.js'
import type { EffectiveF } from './records.js'
import { combinedCovariance } from './stacked.js'

const tolerances = [0.05, 0.1, 0.2, 0.3]
/** Angles at which the bias is looked at before the largest is refined. */
const angles = 48

/** `coordinates` are the first stage's, `matrix` the covariance of the reduced form's coefficients: outcome first, then regressor. */
export function effectiveF(coordinates: Float64Array, matrix: Float64Array): EffectiveF {
  const L = coordinates.length
  const firstStage = combinedCovariance(matrix, L, [1], 1)
  const biasBound = worstBias(matrix, L)
  const largest = symmetricEigenvalues(firstStage, L)[L - 1]!
  return {
    statistic: weightedDot(coordinates, coordinates) / trace(firstStage, L),
    biasBound,
    criticalValues: tolerances.map((tolerance) => ({
      tolerance,
      value: criticalValue(firstStage, L, biasBound / tolerance, largest),
      simplified: criticalValue(firstStage, L, 1 / tolerance, largest),
    })),
  }
}

/** Critical value at 5 % for the covariance W₂ of the first stage, L × L, with its largest eigenvalue, and x = bound / tolerance. */
export function criticalValue(firstStage: Float64Array, L: number, x: number, largest = symmetricEigenvalues(firstStage, L)[L - 1]!): number {
  const total = trace(firstStage, L)
  const effective = (total ** 2 * (1 + 2 * x)) / (weightedDot(firstStage, firstStage) + 2 * x * total * largest)
  return nonCentralChiSquareQuantile(0.95, effective, effective * x) / effective
}

/** B; with one instrument 1. β = tan(angle) goes over the whole line, the point at infinity included. */
function worstBias(matrix: Float64Array, L: number): number {
  if (L === 1) return 1
  const second = trace(combinedCovariance(matrix, L, [1], 1), L)
  const crossBlock = (a: number, b: number): Float64Array =>
    Float64Array.from({ length: L * L }, (_, cell) => matrix[(a * L + Math.floor(cell / L)) * 2 * L + b * L + (cell % L)]!)
  const [mixed, own] = [crossBlock(0, 1), crossBlock(1, 1)]
  // In units in which both equations weigh the same.
  const unit = Math.sqrt(trace(crossBlock(0, 0), L) / second)
  const bias = (angle: number): number => {
    const [cosine, sine] = [Math.cos(angle), unit * Math.sin(angle)]
    const cross = new Float64Array(L * L)
    for (let i = 0; i < L; i++) for (let j = 0; j < L; j++) cross[i * L + j] = (cosine * (mixed[i * L + j]! + mixed[j * L + i]!)) / 2 - sine * own[i * L + j]!
    const values = symmetricEigenvalues(cross, L)
    const whole = trace(cross, L)
    const largest = Math.max(Math.abs(whole - 2 * values[0]!), Math.abs(whole - 2 * values[L - 1]!))
    return largest / Math.sqrt(trace(combinedCovariance(matrix, L, [cosine, -sine], 0), L) * second)
  }
  const step = Math.PI / angles
  const looked = Array.from({ length: angles }, (_, i) => bias(i * step))
  const top = looked.indexOf(Math.max(...looked)) * step
  return brentMaximum(bias, top - step, top + step, 1e-10).value
}

function trace(matrix: Float64Array, size: number): number {
  let total = 0
  for (let i = 0; i < size; i++) total += matrix[i * (size + 1)]!
  return total
}
