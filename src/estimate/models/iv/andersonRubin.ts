/**
 * Anderson and Rubin's (1949) test of β₂ = β₀, valid however weak the instruments: AR(β₀) = δ'V⁻¹δ with δ = p_y − Pβ₀ the coefficients of
 * y − X₂β₀ on the instruments and V their covariance; χ²_L, or F over L. For one endogenous regressor the set {β₀: AR(β₀) ≤ c} is where
 * cV − δδ', quadratic in β₀, has a positive determinant: its 2L roots come from the eigenvalues of the companion matrix.
 */
import { Matrix, solve } from 'ml-matrix'
import { chiSquareQuantile, fQuantile } from '../../../numerics/distributions.js'
import { eigenvalues, symmetricEigenvalues } from '../../../numerics/eigenvalues.js'
import { weightedDot } from '../../../numerics/weightedDot.js'
import type { Vcov } from '../../records.js'
import type { KClassEstimate } from './kClass.js'
import { projection } from './projections.js'
import type { AndersonRubin, AndersonRubinSet } from './records.js'
import { addColumns, type ReducedForm } from './reducedForm.js'
import { onReading, setFrom } from './scannedSet.js'
import { combinedCovariance, scalarVariance } from './stacked.js'
import { chiSquaredTest, fTest, quadraticForm } from './testResults.js'

/**
 * Test at zero and 95 % sets, for several endogenous regressors, which `names` names, their projections; `vcov` is the covariance of the
 * reduced form's coefficients. Undefined where that is singular.
 */
export function andersonRubin(form: ReducedForm, vcov: Vcov, estimate: KClassEstimate, names: readonly string[]): AndersonRubin | undefined {
  const { instruments: L, endogenous: m, explained } = form
  const statistic = quadraticForm(explained[0]!, combinedCovariance(vcov.matrix, L, [1], 0))
  if (statistic === undefined) return undefined
  const line = { matrix: vcov.matrix, outcome: explained[0]!, regressor: explained[1]! }
  const [bound, boundF] = [chiSquareQuantile(0.95, L), L * fQuantile(0.95, L, vcov.degreesOfFreedom)]
  const sets = m === 1 && { confidenceSet: andersonRubinSet(line, bound), confidenceSetF: andersonRubinSet(line, boundF) }
  const project = m > 1 ? projection(form, vcov.matrix, estimate) : undefined
  const projections = project && {
    projections: names.map((endogenous, j) => onReading(onReading({ endogenous }, 'confidenceSet', () => project(j, bound)), 'confidenceSetF', () => project(j, boundF))),
  }
  return { chiSquared: chiSquaredTest(statistic, L), f: fTest(statistic, L, vcov.degreesOfFreedom), ...sets, ...projections }
}

/** Reduced form with one endogenous regressor: L coefficients of outcome and regressor, and their covariance, outcome first. */
export interface ReducedLine {
  readonly outcome: Float64Array
  readonly regressor: Float64Array
  readonly matrix: Float64Array
}

/** Coefficients of the endogenous regressor with AR(β₀) ≤ `bound`. */
export function andersonRubinSet(full: ReducedLine, bound: number): AndersonRubinSet {
  const line = planeOfLine(full)
  const L = line.outcome.length
  const spread = (equation: number): number => symmetricEigenvalues(combinedCovariance(line.matrix, L, [1], equation), L)[L - 1]!
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

/** Under iid errors, V = Ω ⊗ I, AR(β₀) only knows lengths and the angle between p_y and P: the same line with two instruments. */
export function planeOfLine({ outcome, regressor, matrix }: ReducedLine): ReducedLine {
  const L = outcome.length
  const variance = L > 2 ? scalarVariance(matrix, L) : undefined
  if (!variance) return { outcome, regressor, matrix }
  const length = Math.sqrt(weightedDot(regressor, regressor))
  const along = weightedDot(outcome, regressor) / length
  const beside = Math.sqrt(Math.max(0, weightedDot(outcome, outcome) - along * along))
  return {
    outcome: Float64Array.of(along, beside), regressor: Float64Array.of(length, 0),
    matrix: Float64Array.from({ length: 16 }, (_, cell) => (Math.floor(cell / 4) % 2 === cell % 2 ? variance[2 * (cell >> 3) + ((cell % 4) >> 1)]! : 0)),
  }
}

/**
 * Angles in (−π/2, π/2), sorted, at which det(cV − δδ') may vanish: real parts of its roots next to the line, in a
 * direction where it does not.
 */
function candidateAngles({ matrix, outcome, regressor }: ReducedLine, bound: number, unit: number): number[] {
  const L = outcome.length
  const at = (weights: readonly number[]): Float64Array => {
    const gap = addColumns(new Float64Array(L), [outcome, regressor], weights)
    return combinedCovariance(matrix, L, weights, 0).map((value, cell) => bound * value - gap[Math.floor(cell / L)]! * gap[cell % L]!)
  }
  const direction = (angle: number): readonly number[] => [Math.cos(angle), -unit * Math.sin(angle)]
  const turned = steadiest(Array.from({ length: 8 }, (_, i) => (i * Math.PI) / 8), (angle) => at(direction(angle)), L)
  const [along, across] = [direction(turned), direction(turned + Math.PI / 2)]
  // Q(t) = t²A + tB + C on the weights t × along + across.
  const leading = at(along)
  const constant = at(across)
  const middle = at(along.map((value, i) => value + across[i]!)).map((value, cell) => value - leading[cell]! - constant[cell]!)
  const right = new Matrix(Array.from({ length: L }, (_, i) => [...constant.subarray(i * L, (i + 1) * L), ...middle.subarray(i * L, (i + 1) * L)]))
  const solved = solve(Matrix.from1DArray(L, L, leading), right)
  const companion = new Float64Array(4 * L * L)
  for (let i = 0; i < L; i++) {
    companion[i * 2 * L + L + i] = 1
    for (let j = 0; j < 2 * L; j++) companion[(L + i) * 2 * L + j] = -solved.get(i, j)
  }
  const { real, imaginary } = eigenvalues(companion, 2 * L)
  // As an angle: a pair of roots farther from the line than this does not touch it, whatever the rounding.
  const near = Array.from(real).filter((t, i) => Math.abs(imaginary[i]!) <= 1e-2 * (1 + t * t))
  return near
    .map((t) => turned + Math.atan2(1, t))
    .map((angle) => angle - Math.PI * Math.round(angle / Math.PI))
    .filter((angle) => Math.abs(angle) < Math.PI / 2)
    .sort((a, b) => a - b)
}

/** The angle whose symmetric matrix is farthest from singular. */
function steadiest(angles: readonly number[], matrixAt: (angle: number) => Float64Array, size: number): number {
  const steadiness = angles.map((angle) => {
    const sizes = symmetricEigenvalues(matrixAt(angle), size).map(Math.abs)
    return Math.min(...sizes) / Math.max(...sizes)
  })
  return angles[steadiness.indexOf(Math.max(...steadiness))]!
}
