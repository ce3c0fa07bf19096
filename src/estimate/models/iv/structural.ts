/**
 * The structural equation from the reduced form. Parameters are those of [X₁ in working columns, X₂ without X₁]: there the k-class bread is
 * block-diagonal, and a level of 1e9 in an endogenous regressor costs no digits; `transform` takes them to the reported terms.
 */
import { blockRows, visitIndex } from '../../../numerics/crossProducts.js'
import { choleskyInverse, multiply, sandwichProduct } from '../../../numerics/linearAlgebra.js'
import type { Design, ScoreData } from '../../records.js'
import { rowMajor, withLazy } from '../scoreData.js'
import type { KClassEstimate } from './kClass.js'
import { instrumentCombination, workingCoefficients, type ReducedForm } from './reducedForm.js'

export interface StructuralEquation {
  readonly coefficients: Float64Array
  readonly scores: ScoreData
}

export interface StructuralInput {
  /** Exogenous regressors under `columns`, endogenous ones and instruments as they are after absorption. */
  readonly design: Design
  /** Instruments that were kept. */
  readonly instruments: Design['instruments']
  readonly frequencies?: Float64Array
  readonly degreesOfFreedom: number
}

/**
 * Coefficients and scores. The score of row i is [x₁, P_Z x₂]_i e_i, also for κ ≠ 1 (as linearmodels and ivreg2); the bread is the inverse of
 * X'(I − κM_Z)X.
 */
export function structuralEquation(form: ReducedForm, estimate: KClassEstimate, input: StructuralInput): StructuralEquation {
  const { exogenous: k1, endogenous: m } = form
  const k = k1 + m
  const { design, frequencies } = input
  const transform = reportedFromParameters(form)
  const bread = new Float64Array(k * k)
  const { size, lower, scale } = form.equations.factor
  const exogenousInverse = choleskyInverse({ ...form.equations.factor, size: k1, lower: leadingBlock(lower, size, k1), scale: scale.slice(0, k1) })
  for (let i = 0; i < k1; i++) for (let j = 0; j < k1; j++) bread[i * k + j] = exogenousInverse[i * k1 + j]!
  for (let i = 0; i < m; i++) for (let j = 0; j < m; j++) bread[(k1 + i) * k + k1 + j] = estimate.inverse[i * m + j]!
  const dispersion = estimate.squares / input.degreesOfFreedom
  const parameters = Float64Array.from([...workingCoefficients(form.equations, form.within[0]!), ...estimate.coefficients])
  return {
    coefficients: multiply(transform, parameters, k, k, 1),
    scores: equationScores(input, estimate.residuals, { bread, transform, modelBased: sandwichProduct(transform, bread, k, k).map((value) => value * dispersion) },
      () => scoreRows(form, estimate, frequencies ? undefined : design.weights)),
  }
}

/** What covariances need of a structural equation; the scores of its rows are made when they are first read. */
export function equationScores(input: StructuralInput, residuals: Float64Array, matrices: Pick<ScoreData, 'bread' | 'transform' | 'modelBased'>, scores: () => Float64Array): ScoreData {
  const { design, frequencies } = input
  return withLazy({
    ...matrices,
    rows: design.rows,
    parameters: design.terms.length + design.endogenous.length,
    unit: design.unit,
    absorbed: design.absorbed,
    ...(design.effectCount && { effectCount: design.effectCount }),
    family: 'linear' as const,
    ...(frequencies && { frequencies }),
    linear: linearParts(residuals, input),
  }, 'scores', scores)
}

/** What a fit keeps of its columns. */
function linearParts(residuals: Float64Array, { design, instruments }: StructuralInput): NonNullable<ScoreData['linear']> {
  const parts = {
    residuals,
    terms: [...design.terms, ...design.endogenous.map(({ name }) => name)],
    instrumentTerms: instruments.map(({ name }) => name),
    ...(design.weights && { weights: design.weights }),
  }
  const withRegressors = withLazy(parts, 'regressors', () => rowMajor([...design.columns, ...design.endogenous.map(({ values }) => values)], design.rows))
  return withLazy(withRegressors, 'instruments', () => rowMajor(instruments.map(({ values }) => values), design.rows))
}

/** [[T₁, −T₁G], [0, I]]: T₁ takes working to reported coefficients of X₁, G are those of X₂ on X₁. */
export function reportedFromParameters(form: ReducedForm): Float64Array {
  const { exogenous: k1, endogenous: m, equations } = form
  const k = k1 + m
  const own = leadingBlock(form.transform, k1 + form.instruments, k1)
  const transform = new Float64Array(k * k)
  for (let i = 0; i < k1; i++) for (let j = 0; j < k1; j++) transform[i * k + j] = own[i * k1 + j]!
  for (let j = 0; j < m; j++) {
    const onExogenous = multiply(own, workingCoefficients(equations, form.within[j + 1]!), k1, k1, 1)
    for (let i = 0; i < k1; i++) transform[i * k + k1 + j] = -onExogenous[i]!
    transform[(k1 + j) * (k + 1)] = 1
  }
  return transform
}

function leadingBlock(matrix: Float64Array, size: number, count: number): Float64Array {
  const block = new Float64Array(count * count)
  for (let i = 0; i < count; i++) block.set(matrix.subarray(i * size, i * size + count), i * count)
  return block
}

function scoreRows(form: ReducedForm, { residuals }: KClassEstimate, weights: Float64Array | undefined): Float64Array {
  const { exogenous: k1, endogenous: m, equations: { packed } } = form
  const k = k1 + m
  const scores = new Float64Array(packed.rows * k)
  // Block by block: the rows of a block stay in the cache while its columns are gone through.
  for (let from = 0, base = 0; from < packed.rows; from += blockRows, base += packed.columns * blockRows) {
    const size = Math.min(blockRows, packed.rows - from)
    for (let j = 0; j < k1; j++) fill(scores, from * k + j, k, packed.data, base + j * blockRows, residuals, from, size)
  }
  for (let j = 0; j < m; j++) {
    visitIndex(packed, instrumentCombination(form, form.explained[j + 1]!), (index, from, size) =>
      fill(scores, from * k + k1 + j, k, index, 0, residuals, from, size))
  }
  if (weights) for (let row = 0, at = 0; row < packed.rows; row++) for (let j = 0; j < k; j++) scores[at++]! *= weights[row]!
  return scores
}

/** scores[to + i k] = values[first + i] × residuals[from + i]. */
function fill(scores: Float64Array, to: number, k: number, values: Float64Array, first: number, residuals: Float64Array, from: number, size: number): void {
  for (let i = 0, at = to; i < size; i++, at += k) scores[at] = values[first + i]! * residuals[from + i]!
}
