/**
 * Are the regressors endogenous, and do the instruments agree? Wu–Hausman adds the first-stage residuals to least squares and tests them
 * jointly; Sargan is n times the R² of the residuals on all instruments; Hansen's J is the minimum of two-step GMM, whose weights are the
 * moments' covariance at the fit's residuals. Exogenous regressors taken out of all moments leave J as it is.
 */
import { cholesky, choleskyInverse, choleskySolve, invertPositive, multiply, sandwichProduct } from '../../../numerics/linearAlgebra.js'
import type { TestResult } from '../../records.js'
import { weightedDot } from '../../../numerics/weightedDot.js'
import type { KClassEstimate } from './kClass.js'
import { addColumns, endogenousProducts, instrumentRows, outcomeProducts, type ReducedForm } from './reducedForm.js'
import { instrumentCovariance, stackedCovariance, type BoundVcov, type SampleRows } from './stacked.js'
import { chiSquaredTest, fTest, quadraticForm } from './testResults.js'

/** F test that the endogenous regressors are exogenous; undefined where it leaves no degrees of freedom. */
export function wuHausman(form: ReducedForm, sample: SampleRows, bound: BoundVcov): TestResult | undefined {
  const { endogenous: m, instruments: L, explained, residuals, residualProducts } = form
  const freedom = sample.firstStageFreedom + L - 2 * m
  if (!(freedom > 0)) return undefined
  const own = endogenousProducts(form)
  const outcome = outcomeProducts(form)
  const explainedInverse = invertPositive(own.moved, m)!
  const residualInverse = invertPositive(own.unexplained, m)!
  const twoStage = multiply(explainedInverse, outcome.moved, m, m, 1)
  const onResiduals = multiply(residualInverse, outcome.unexplained, m, m, 1)
  const gap = addColumns(explained[0]!.slice(), explained.slice(1), twoStage.map((value) => -value))
  const variance = (weightedDot(gap, gap) + residualProducts[0]! - weightedDot(onResiduals, outcome.unexplained)) / freedom

  // Parameters: coefficients of what the instruments explain, then of the residuals; these are orthogonal.
  const p = 2 * m
  const bread = new Float64Array(p * p)
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) {
      bread[i * p + j] = explainedInverse[i * m + j]!
      bread[(m + i) * p + m + j] = residualInverse[i * m + j]!
    }
  }
  const vcov = stackedCovariance(sample, bound, {
    products: () => {
      const u = addColumns(instrumentRows(form, gap), [residuals[0]!, ...residuals.slice(1)], [1, ...onResiduals.map((value) => -value)])
      const fitted = explained.slice(1).map((coordinates) => instrumentRows(form, coordinates))
      return [...fitted, ...residuals.slice(1)].map((column) => [column, u] as const)
    },
    parameters: p, bread, modelBased: bread.map((value) => value * variance),
    counted: form.exogenous + p,
  })
  const difference = new Float64Array(m * p)
  for (let j = 0; j < m; j++) {
    difference[j * p + j] = -1
    difference[j * p + m + j] = 1
  }
  const wald = quadraticForm(onResiduals.map((value, j) => value - twoStage[j]!), sandwichProduct(difference, vcov.matrix, m, p))
  return wald === undefined ? undefined : fTest(wald, m, vcov.degreesOfFreedom)
}

/** n R² of the residuals on all instruments. */
export function sargan(form: ReducedForm, { observations }: SampleRows, { gap, squares }: KClassEstimate): TestResult | undefined {
  const degrees = form.instruments - form.endogenous
  return degrees === 0 || !(squares > 0) ? undefined : chiSquaredTest((observations * weightedDot(gap, gap)) / squares, degrees)
}

/** J of two-step GMM; undefined where the moments' covariance is singular, or is the model's own (then Sargan says the same). */
export function hansenJ(form: ReducedForm, sample: SampleRows, bound: BoundVcov, { residuals, squares }: KClassEstimate): TestResult | undefined {
  const { instruments: L, endogenous: m, explained } = form
  if (L === m || bound.vcov.modelBased) return undefined
  const { matrix } = instrumentCovariance(form, sample, bound, () => [residuals], Float64Array.of(squares / sample.observations))
  const weights = cholesky(matrix, L, 1e-12)
  if (!weights) return undefined
  const inverse = choleskyInverse(weights)
  const moved = Float64Array.from({ length: m * L }, (_, cell) => explained[Math.floor(cell / L) + 1]![cell % L]!)
  const information = cholesky(sandwichProduct(moved, inverse, m, L), m)!
  const coefficients = choleskySolve(information, multiply(moved, multiply(inverse, explained[0]!, L, L, 1), m, L, 1))
  const gap = addColumns(explained[0]!.slice(), explained.slice(1), coefficients.map((value) => -value))
  return chiSquaredTest(quadraticForm(gap, matrix)!, L - m)
}
