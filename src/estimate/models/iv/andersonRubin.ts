/**
 * Anderson and Rubin's (1949) test of β₂ = β₀, valid however weak the instruments: AR(β₀) = δ'V⁻¹δ with δ = p_y − Pβ₀ the coefficients of
 * y − X₂β₀ on the instruments and V their covariance; χ²_L, or F over L. For one endogenous regressor the set {β₀: AR(β₀) ≤ c} is where
 * cV − δδ', quadratic in β₀, has a positive determinant: its 2L roots come from the eigenvalues of the companion matrix.
 */
import { EigenvalueDecomposition, Matrix, solve } from 'ml-matrix'
import { chiSquareQuantile, fQuantile } from '../../../numerics/distributions.js'
import { symmetricEigen } from '../../../numerics/linearAlgebra.js'
import { findRoot } from '../../../numerics/root.js'
import type { Vcov } from '../../records.js'
import type { AndersonRubin, AndersonRubinSet } from './records.js'
import { addColumns, type ReducedForm } from './reducedForm.js'
import { combinedCovariance } from './stacked.js'
import { chiSquaredTest, fTest, quadraticForm } from './testResults.js'

/** Test at zero and 95 % sets; `vcov` is the covariance of the reduced form's coefficients. Undefined where that is singular. */
export function andersonRubin(form: ReducedForm, vcov: Vcov): AndersonRubin | undefined {
  const { instruments: L, endogenous: m, explained } = form
  const statistic = quadraticForm(explained[0]!, combinedCovariance(vcov.matrix, L, [1], 0))
  if (statistic === undefined) return undefined
  const line = { matrix: vcov.matrix, outcome: explained[0]!, regressor: explained[1]! }
  const sets = m === 1 && {
    confidenceSet: andersonRubinSet(line, chiSquareQuantile(0.95, L)),
    confidenceSetF: andersonRubinSet(line, L * fQuantile(0.95, L, vcov.degreesOfFreedom)),
  }
  return { chiSquared: chiSquaredTest(statistic, L), f: fTest(statistic, L, vcov.degreesOfFreedom), ...sets }
}

/** Reduced form with one endogenous regressor: L coefficients of outcome and regressor, and their covariance, outcome first. */
export interface ReducedLine {
  readonly outcome: Float64Array
  readonly regressor: Float64Array
  readonly matrix: Float64Array
}

/** Coefficients of the endogenous regressor with AR(β₀) ≤ `bound`. */
export function andersonRubinSet(line: ReducedLine, bound: number): AndersonRubinSet {
  const L = line.outcome.length
  const spread = (equation: number): number => symmetricEigen(combinedCovariance(line.matrix, L, [1], equation), L).values[L - 1]!
  // β₀ = unit × tan(angle): the whole line with the point at infinity is half a turn.
  const unit = Math.sqrt(spread(0) / spread(1))
  const excess = (angle: number): number => {
    const weights = [Math.cos(angle), -unit * Math.sin(angle)]
    const gap = addColumns(new Float64Array(L), [line.outcome, line.regressor], weights)
    return (quadraticForm(gap, combinedCovariance(line.matrix, L, weights, 0)) ?? Infinity) - bound
  }
  const cuts = [-Math.PI / 2, ...candidateAngles(line, bound, unit), Math.PI / 2]
  const inside = cuts.slice(1).map((cut, i) => (cut + cuts[i]!) / 2).filter((angle, i) => angle > cuts[i]! && angle < cuts[i + 1]!)
  return setFrom([-Math.PI / 2, ...inside, Math.PI / 2], excess, (angle) => unit * Math.tan(angle))
}

/** Goes along angles in order: where acceptance changes between two of them the boundary is found to the last bit. */
function setFrom(angles: readonly number[], excess: (angle: number) => number, coefficient: (angle: number) => number): AndersonRubinSet {
  const accepted = angles.map((angle) => excess(angle) <= 0)
  if (!accepted.includes(true)) return { shape: 'empty', intervals: [] }
  if (!accepted.includes(false)) return { shape: 'line', intervals: [[null, null]] }
  const intervals: [number | null, number | null][] = accepted[0] ? [[null, null]] : []
  for (let i = 1; i < angles.length; i++) {
    if (accepted[i] === accepted[i - 1]) continue
    const end = coefficient(findRoot(excess, angles[i - 1]!, angles[i]!))
    if (accepted[i]) intervals.push([end, null])
    else intervals[intervals.length - 1]![1] = end
  }
  return { shape: accepted[0] ? 'rays' : 'bounded', intervals }
}

/** Angles in (−π/2, π/2), sorted, at which det(cV − δδ') may vanish: real parts of its roots, in a direction where it does not. */
function candidateAngles({ matrix, outcome, regressor }: ReducedLine, bound: number, unit: number): number[] {
  const L = outcome.length
  const at = (weights: readonly number[]): Float64Array => {
    const gap = addColumns(new Float64Array(L), [outcome, regressor], weights)
    return combinedCovariance(matrix, L, weights, 0).map((value, cell) => bound * value - gap[Math.floor(cell / L)]! * gap[cell % L]!)
  }
  const direction = (angle: number): readonly number[] => [Math.cos(angle), -unit * Math.sin(angle)]
  const turned = steadiest(Array.from({ length: 16 }, (_, i) => (i * Math.PI) / 16), (angle) => at(direction(angle)), L)
  const [along, across] = [direction(turned), direction(turned + Math.PI / 2)]
  // Q(t) = t²A + tB + C on the weights t × along + across.
  const leading = at(along)
  const constant = at(across)
  const middle = at(along.map((value, i) => value + across[i]!)).map((value, cell) => value - leading[cell]! - constant[cell]!)
  const companion = Matrix.zeros(2 * L, 2 * L)
  const solved = (right: Float64Array): Matrix => solve(Matrix.from1DArray(L, L, leading), Matrix.from1DArray(L, L, right))
  companion.setSubMatrix(Matrix.eye(L, L), 0, L)
  companion.setSubMatrix(solved(constant).mul(-1), L, 0)
  companion.setSubMatrix(solved(middle).mul(-1), L, L)
  return new EigenvalueDecomposition(companion).realEigenvalues
    .map((t) => turned + Math.atan2(1, t))
    .map((angle) => angle - Math.PI * Math.round(angle / Math.PI))
    .filter((angle) => Math.abs(angle) < Math.PI / 2)
    .sort((a, b) => a - b)
}

/** The angle whose symmetric matrix is farthest from singular. */
function steadiest(angles: readonly number[], matrixAt: (angle: number) => Float64Array, size: number): number {
  const steadiness = angles.map((angle) => {
    const sizes = symmetricEigen(matrixAt(angle), size).values.map(Math.abs)
    return Math.min(...sizes) / Math.max(...sizes)
  })
  return angles[steadiness.indexOf(Math.max(...steadiness))]!
}
