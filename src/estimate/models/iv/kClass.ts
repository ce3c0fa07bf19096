/**
 * k-class estimators β(κ) = [X'(I − κM_Z)X]⁻¹ X'(I − κM_Z)y from the reduced form: 2SLS is κ = 1; LIML takes the smallest root of
 * |W₁ − κW₀| = 0 (W of [y, X₂] residualised on exogenous regressors, and on all instruments); Fuller (1977) subtracts a/(n − k₁ − L).
 */
import { ReshoreError } from '../../../errors.js'
import { cholesky, choleskyInverse, generalisedEigen, multiply, type CholeskyFactor } from '../../../numerics/linearAlgebra.js'
import { weightedDot } from '../../../numerics/weightedDot.js'
import { addColumns, endogenousProducts, instrumentRows, outcomeProducts, type ReducedForm } from './reducedForm.js'

/** Estimates of the m endogenous regressors' coefficients, given the exogenous ones. */
export interface KClassEstimate {
  readonly kappa: number
  readonly coefficients: Float64Array
  /** Inverse of X₂'(I − κM_Z)X₂ without X₁, m × m. */
  readonly inverse: Float64Array
  /** Coordinates of the residuals on the instruments, L. */
  readonly gap: Float64Array
  readonly residuals: Float64Array
  readonly squares: number
}

/** κ of LIML: 1 where just identified. */
export function limlKappa(form: ReducedForm): number {
  if (form.instruments === form.endogenous) return 1
  const explained = form.products.map((value, cell) => value - form.residualProducts[cell]!)
  const size = form.endogenous + 1
  const roots = generalisedEigen(explained, form.residualProducts, size)
  if (roots) return 1 + Math.max(0, roots.values[0]!)
  // A combination of endogenous regressors that instruments and exogenous regressors explain in full has an infinite root: take κ = 1/(1 − ρ²).
  const shares = generalisedEigen(explained, form.products, size)
  if (!shares || !(shares.values[0]! < 1 - 1e-12)) {
    throw new ReshoreError('SingularDesignError', 'outcome and endogenous regressors are collinear once the instruments are taken out',
      'LIML is not defined here: use 2sls, or look for a regressor that the outcome is made of.')
  }
  return 1 / (1 - Math.max(0, shares.values[0]!))
}

/** The estimate at κ. Throws an `UnderidentifiedError` where the instruments do not move the endogenous regressors apart. */
export function kClass(form: ReducedForm, kappa: number, names: readonly string[]): KClassEstimate {
  const { endogenous: m, explained, residuals, equations } = form
  const { moved, unexplained, whole } = endogenousProducts(form)
  const onOutcome = outcomeProducts(form)
  const cross = moved.map((value, cell) => value + (1 - kappa) * unexplained[cell]!)
  const right = onOutcome.moved.map((value, a) => value + (1 - kappa) * onOutcome.unexplained[a]!)
  const factor = identified(moved, whole, cross, names)
  const inverse = choleskyInverse(factor)
  const coefficients = multiply(inverse, right, m, m, 1)
  const weights = coefficients.map((value) => -value)
  const gap = addColumns(explained[0]!.slice(), explained.slice(1), weights)
  const e = addColumns(residuals[0]!.slice(), residuals.slice(1), weights)
  // 2SLS with as many instruments as endogenous regressors leaves no gap.
  if (kappa !== 1 || form.instruments > m) addColumns(e, [instrumentRows(form, gap)], [1])
  return { kappa, coefficients, inverse, gap, residuals: e, squares: weightedDot(e, e, equations.weights) }
}

/** Share of an endogenous regressor that the instruments explain, given the others, below which nothing is explained. */
const nothingExplained = 1e-16

function identified(moved: Float64Array, whole: Float64Array, cross: Float64Array, names: readonly string[]): CholeskyFactor {
  const m = names.length
  const listed = names.map((name) => `\`${name}\``).join(', ')
  const shares = generalisedEigen(moved, whole, m)
  if (!shares) throw new ReshoreError('SingularDesignError', `the endogenous regressors ${listed} are collinear`, 'Take one of them out.')
  const factor = shares.values[0]! > nothingExplained ? cholesky(cross, m) : undefined
  if (factor) return factor
  throw new ReshoreError('UnderidentifiedError', m === 1 ? `the instruments do not move ${listed}` : `the instruments do not move ${listed} apart`,
    'Use instruments that are correlated with each endogenous regressor given the others and the exogenous regressors.')
}
