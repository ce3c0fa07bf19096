/**
 * Two-step efficient GMM (Hansen 1982): two-stage least squares, then min g(β)'S⁻¹g(β), g = [X₁, Z]'u and S its covariance at the first step's
 * residuals, of any kind. In orthonormal coordinates q of X₁ (k₁) and of the instruments without X₁ (L), the latter's moments do not depend
 * on β₁: with S₂₂ their covariance and S₁₂ that with the former,
 *
 *     β₂ = H p_y,  H = (P'S₂₂⁻¹P)⁻¹P'S₂₂⁻¹,      θ₁ = q_y − S₁₂S₂₂⁻¹(p_y − Pβ₂),
 *
 * so that row i moves them by [H q₂ᵢ, q₁ᵢ − S₁₂S₂₂⁻¹(I − PH) q₂ᵢ] uᵢ: these are the scores, the bread is the identity, and a robust covariance
 * takes S again at the final residuals, as Stata and linearmodels do. Checked against linearmodels, Stata's example and dense algebra.
 */
import { ReshoreError } from '../../../errors.js'
import { linearIndex } from '../../../numerics/crossProducts.js'
import { cholesky, choleskyInverse, crossProduct, multiply, sandwichProduct, transpose } from '../../../numerics/linearAlgebra.js'
import { weightedDot } from '../../../numerics/weightedDot.js'
import type { KClassEstimate } from './kClass.js'
import { addColumns, workingCoefficients, type ReducedForm } from './reducedForm.js'
import { equationScores, reportedFromParameters, type StructuralEquation, type StructuralInput } from './structural.js'
import { identity, momentCovariance, type BoundVcov, type SampleRows } from './stacked.js'

/** The structural equation by two-step GMM from the two-stage least squares `first`. Throws a `GmmError` for iid errors and where S₂₂ is singular. */
export function gmmEquation(form: ReducedForm, first: KClassEstimate, input: StructuralInput, sample: SampleRows, bound: BoundVcov): StructuralEquation & { readonly squares: number } {
  const { exogenous: k1, endogenous: m, instruments: L, equations } = form
  const k = k1 + m
  const { coefficients, influence, residuals } = secondStep(form, momentsInCoordinates(form, first, sample, bound))
  const squares = weightedDot(residuals, residuals, equations.weights)
  const transform = multiply(reportedFromParameters(form), workingFromCoordinates(form), k, k, k)
  const dispersion = squares / input.degreesOfFreedom
  const { design, frequencies } = input
  return {
    coefficients: multiply(transform, coefficients, k, k, 1),
    squares,
    scores: equationScores(input, residuals, {
      bread: identity(k),
      transform,
      modelBased: sandwichProduct(transform, crossProduct(transpose(influence, k, k1 + L), k1 + L, k), k, k).map((value) => value * dispersion),
    }, () => scoreRows(form, influence, residuals, frequencies ? undefined : design.weights)),
  }
}

/** S in the coordinates of the orthonormal basis, (k₁ + L)². */
function momentsInCoordinates(form: ReducedForm, first: KClassEstimate, sample: SampleRows, bound: BoundVcov): Float64Array {
  if (bound.vcov.modelBased) {
    throw new ReshoreError('GmmError', 'two-step GMM with weights for iid errors is two-stage least squares', 'Give a robust, clustered or other covariance, or leave the method out.', 2)
  }
  const size = form.exogenous + form.instruments
  const matrix = momentCovariance(form, first.residuals, first.squares / sample.observations, sample, bound).matrix
  const basis = new Float64Array(size * size)
  for (let a = 0; a < size; a++) basis.set(workingCoefficients(form.equations, unitVector(size, a)), a * size)
  return sandwichProduct(basis, matrix, size, size)
}

interface SecondStep {
  /** θ₁, then β₂. */
  readonly coefficients: Float64Array
  /** What a moment moves them by, (k₁ + m) × (k₁ + L). */
  readonly influence: Float64Array
  readonly residuals: Float64Array
}

function secondStep(form: ReducedForm, moments: Float64Array): SecondStep {
  const { exogenous: k1, endogenous: m, instruments: L, explained, within, equations } = form
  const size = k1 + L
  const block = (rows: number, from: number): Float64Array => Float64Array.from({ length: rows * L }, (_, cell) => moments[(from + Math.floor(cell / L)) * size + k1 + (cell % L)]!)
  const factor = cholesky(block(L, k1), L, 1e-12)
  if (!factor) throw new ReshoreError('GmmError', `the covariance of ${L} moments is singular`, 'Use fewer instruments than clusters or periods, or another method.')
  const inverse = choleskyInverse(factor)
  const strength = Float64Array.from({ length: m * L }, (_, cell) => explained[Math.floor(cell / L) + 1]![cell % L]!)
  const weighted = multiply(strength, inverse, m, L, L)
  const information = cholesky(multiply(weighted, transpose(strength, m, L), m, L, m), m)
  if (!information) throw new ReshoreError('GmmError', 'the weighted instruments do not tell the endogenous regressors apart', 'Use instruments that are correlated with each of them given the others.')
  const H = multiply(choleskyInverse(information), weighted, m, m, L)
  const beta = multiply(H, explained[0]!, m, L, 1)
  const gap = addColumns(explained[0]!.slice(), explained.slice(1), beta.map((value) => -value))
  const onGap = multiply(block(k1, 0), inverse, k1, L, L)
  const left = multiply(transpose(strength, m, L), H, L, m, L).map((value, cell) => (cell % (L + 1) === 0 ? 1 : 0) - value)
  const exogenousPart = multiply(onGap, left, k1, L, L)
  const influence = new Float64Array((k1 + m) * size)
  for (let a = 0; a < k1; a++) {
    influence[a * size + a] = 1
    for (let l = 0; l < L; l++) influence[a * size + k1 + l] = -exogenousPart[a * L + l]!
  }
  for (let a = 0; a < m; a++) influence.set(H.subarray(a * L, (a + 1) * L), (k1 + a) * size + k1)
  const moved = multiply(onGap, gap, k1, L, 1)
  const residuals = addColumns(linearIndex(equations.packed, workingCoefficients(equations, Float64Array.from([...moved, ...gap]))), form.residuals, [1, ...beta.map((value) => -value)])
  return { coefficients: Float64Array.from([...within[0]!.map((value, a) => value - moved[a]!), ...beta]), influence, residuals }
}

/** Takes coordinates on X₁ to working coefficients, and leaves the endogenous regressors' as they are. */
function workingFromCoordinates({ equations, exogenous: k1, endogenous: m }: ReducedForm): Float64Array {
  const k = k1 + m
  const matrix = identity(k)
  for (let j = 0; j < k1; j++) workingCoefficients(equations, unitVector(k1, j)).forEach((value, i) => (matrix[i * k + j] = value))
  return matrix
}

function scoreRows({ exogenous: k1, endogenous: m, instruments: L, equations }: ReducedForm, influence: Float64Array, residuals: Float64Array, weights: Float64Array | undefined): Float64Array {
  const k = k1 + m
  const scores = new Float64Array(residuals.length * k)
  for (let a = 0; a < k; a++) {
    const index = linearIndex(equations.packed, workingCoefficients(equations, influence.slice(a * (k1 + L), (a + 1) * (k1 + L))))
    for (let row = 0; row < residuals.length; row++) scores[row * k + a] = index[row]! * residuals[row]! * (weights ? weights[row]! : 1)
  }
  return scores
}

function unitVector(size: number, at: number): Float64Array {
  const vector = new Float64Array(size)
  vector[at] = 1
  return vector
}
