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

/**
 * F test that the endogenous regressors are exogenous; undefined where it leaves no degrees of freedom. Where instruments and exogenous
 * regressors add up to a combination of endogenous ones (age for schooling and experience), first-stage residuals are dependent: the later
 * ones leave, and the degrees are the number of those left.
 */
export function wuHausman(form: ReducedForm, sample: SampleRows, bound: BoundVcov): TestResult | undefined {
  const { endogenous: m, instruments: L, explained, residuals, residualProducts } = form
  const own = endogenousProducts(form)
  const kept = independentColumns(own.unexplained, m)
  const r = kept.length
  const freedom = sample.firstStageFreedom + L - m - r
  if (!(freedom > 0) || r === 0) return undefined
  const outcome = outcomeProducts(form)
  const onKept = Float64Array.from(kept, (j) => outcome.unexplained[j]!)
  const explainedInverse = invertPositive(own.moved, m)!
  const residualInverse = invertPositive(Float64Array.from({ length: r * r }, (_, cell) => own.unexplained[kept[Math.floor(cell / r)]! * m + kept[cell % r]!]!), r)!
  const twoStage = multiply(explainedInverse, outcome.moved, m, m, 1)
  const onResiduals = multiply(residualInverse, onKept, r, r, 1)
  const gap = addColumns(explained[0]!.slice(), explained.slice(1), twoStage.map((value) => -value))
  const variance = (weightedDot(gap, gap) + residualProducts[0]! - weightedDot(onResiduals, onKept)) / freedom

  // Parameters: coefficients of what the instruments explain, then of the residuals; these are orthogonal.
  const p = m + r
  const bread = new Float64Array(p * p)
  for (let i = 0; i < m; i++) for (let j = 0; j < m; j++) bread[i * p + j] = explainedInverse[i * m + j]!
  for (let i = 0; i < r; i++) for (let j = 0; j < r; j++) bread[(m + i) * p + m + j] = residualInverse[i * r + j]!
  const keptResiduals = kept.map((j) => residuals[j + 1]!)
  const vcov = stackedCovariance(sample, bound, {
    products: () => {
      const u = addColumns(instrumentRows(form, gap), [residuals[0]!, ...keptResiduals], [1, ...onResiduals.map((value) => -value)])
      const fitted = explained.slice(1).map((coordinates) => instrumentRows(form, coordinates))
      return [...fitted, ...keptResiduals].map((column) => [column, u] as const)
    },
    parameters: p, bread, modelBased: bread.map((value) => value * variance),
    counted: form.exogenous + p,
  })
  // All residuals as combinations of those kept: under exogeneity their coefficients are these combinations of the regressors' own.
  const combinations = multiply(residualInverse, Float64Array.from({ length: r * m }, (_, cell) => own.unexplained[kept[Math.floor(cell / m)]! * m + (cell % m)]!), r, r, m)
  const difference = new Float64Array(r * p)
  for (let i = 0; i < r; i++) {
    for (let j = 0; j < m; j++) difference[i * p + j] = -combinations[i * m + j]!
    difference[i * p + m + i] = 1
  }
  const implied = multiply(combinations, twoStage, r, m, 1)
  const wald = quadraticForm(onResiduals.map((value, i) => value - implied[i]!), sandwichProduct(difference, vcov.matrix, r, p))
  return wald === undefined ? undefined : fTest(wald, r, vcov.degreesOfFreedom)
}

/** Share of a residual beside earlier ones below which it is a combination of them. */
const dependent = 1e-12

/** Columns whose products are `products`, without those that earlier ones span. */
function independentColumns(products: Float64Array, size: number): number[] {
  const kept: number[] = []
  for (let j = 0; j < size; j++) {
    const tried = [...kept, j]
    const block = Float64Array.from({ length: tried.length ** 2 }, (_, cell) => products[tried[Math.floor(cell / tried.length)]! * size + tried[cell % tried.length]!]!)
    if (cholesky(block, tried.length, dependent)) kept.push(j)
  }
  return kept
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
