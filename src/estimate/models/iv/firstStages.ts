/**
 * First stages: coefficients of exogenous regressors and instruments, F under iid errors and under the fit's covariance, partial R², Shea's (1997), and the
 * conditional F of Sanderson and Windmeijer (2016): endogenous regressor j without its 2SLS projection on the others, regressed on the
 * instruments, L − m + 1 degrees of freedom.
 */
import { invertPositive, multiply, sandwichProduct } from '../../../numerics/linearAlgebra.js'
import type { Vcov } from '../../records.js'
import { weightedDot } from '../../../numerics/weightedDot.js'
import { addColumns, endogenousProducts, workingCoefficients, type ReducedForm } from './reducedForm.js'
import type { FirstStage, InstrumentRow } from './records.js'
import { combinedCovariance, coefficientCovariance, type BoundVcov, type SampleRows } from './stacked.js'
import { fTest, quadraticForm } from './testResults.js'

export interface InstrumentNames {
  readonly exogenous: readonly string[]
  readonly endogenous: readonly string[]
  readonly instruments: readonly string[]
}

/** First stages given the covariance of the reduced form's coefficients, made by `bound`. */
export function firstStages(form: ReducedForm, sample: SampleRows, names: InstrumentNames, bound: BoundVcov, vcov: Vcov): FirstStage[] {
  const { firstStageFreedom } = sample
  const { instruments: L, endogenous: m, explained, residualProducts, products } = form
  const size = m + 1
  const shea = sheaShares(form)
  const conditional = conditionalDirections(form)
  return names.endogenous.map((endogenous, j) => {
    const equation = j + 1
    const coordinates = explained[equation]!
    const strength = weightedDot(coordinates, coordinates)
    const wald = quadraticForm(coordinates, combinedCovariance(vcov.matrix, L, [1], equation))
    const [direction, left] = conditional[j]!
    const conditionalWald = quadraticForm(left, combinedCovariance(vcov.matrix, L, direction, 1))
    // A shift-share covariance knows the instrument's coefficient only: the others are robust.
    const whole = stageRows(form, sample, names, bound, equation)
    const instruments = instrumentRowsOf(form, names.instruments, equation, vcov)
    return {
      endogenous,
      terms: bound.vcov.imposesNull ? [...whole.slice(0, -L), ...instruments] : whole,
      instruments,
      f: fTest(strength / (residualProducts[equation * size + equation]! / firstStageFreedom), L, firstStageFreedom),
      ...(wald !== undefined && { waldF: fTest(wald, L, vcov.degreesOfFreedom) }),
      partialRSquared: strength / products[equation * size + equation]!,
      sheaPartialRSquared: shea[j]!,
      ...(conditionalWald !== undefined && { sandersonWindmeijer: fTest(conditionalWald, L - m + 1, vcov.degreesOfFreedom) }),
    }
  })
}

/** Every coefficient of one equation: exogenous regressors, then instruments. */
function stageRows(form: ReducedForm, sample: SampleRows, names: InstrumentNames, bound: BoundVcov, equation: number): InstrumentRow[] {
  const { equations, transform, endogenous: m, residuals, residualProducts, within, explained } = form
  const terms = [...names.exogenous, ...names.instruments]
  const k = terms.length
  const estimates = multiply(transform, workingCoefficients(equations, Float64Array.from([...within[equation]!, ...explained[equation]!])), k, k, 1)
  const variance = residualProducts[equation * (m + 2)]! / sample.firstStageFreedom
  const covariance = coefficientCovariance(form, residuals[equation]!, variance, sample, bound).matrix
  return terms.map((term, j) => ({ term, estimate: estimates[j]!, stdError: Math.sqrt(Math.max(0, covariance[j * (k + 1)]!)) }))
}

/** Reported coefficients of the instruments in one equation (0 is the outcome's), with standard errors. */
export function instrumentRowsOf(form: ReducedForm, names: readonly string[], equation: number, vcov: Vcov): InstrumentRow[] {
  const { exogenous, instruments: L, equations, transform } = form
  const size = exogenous + L
  const reported = new Float64Array(L * L)
  for (let l = 0; l < L; l++) {
    const unit = new Float64Array(size)
    unit[exogenous + l] = 1
    const column = multiply(transform, workingCoefficients(equations, unit), size, size, 1)
    for (let i = 0; i < L; i++) reported[i * L + l] = column[exogenous + i]!
  }
  const estimates = multiply(reported, form.explained[equation]!, L, L, 1)
  const covariance = sandwichProduct(reported, combinedCovariance(vcov.matrix, L, [1], equation), L, L)
  return names.map((term, l) => ({ term, estimate: estimates[l]!, stdError: Math.sqrt(Math.max(0, covariance[l * L + l]!)) }))
}

/** [(X₂'X₂)⁻¹]_jj / [(X̂₂'X̂₂)⁻¹]_jj, exogenous regressors taken out. */
function sheaShares(form: ReducedForm): number[] {
  const m = form.endogenous
  const { moved, whole } = endogenousProducts(form)
  const inverseMoved = invertPositive(moved, m)!
  const inverseWhole = invertPositive(whole, m)!
  return Array.from({ length: m }, (_, j) => inverseWhole[j * (m + 1)]! / inverseMoved[j * (m + 1)]!)
}

/** For each endogenous regressor: weights (1, −δ) that take the others' 2SLS projection off, and the instrument coordinates left. */
function conditionalDirections(form: ReducedForm): (readonly [Float64Array, Float64Array])[] {
  const { endogenous: m, instruments: L, explained } = form
  // Row j of (P'P)⁻¹, over its diagonal, is (1, −δ): the residual of P_j on the other columns.
  const inverse = invertPositive(endogenousProducts(form).moved, m)!
  return Array.from({ length: m }, (_, j) => {
    const direction = Float64Array.from({ length: m }, (_, a) => inverse[j * m + a]! / inverse[j * (m + 1)]!)
    return [direction, addColumns(new Float64Array(L), explained.slice(1), direction)] as const
  })
}
