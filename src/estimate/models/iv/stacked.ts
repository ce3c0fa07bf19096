/**
 * Moments of the reduced form under any covariance. Scores are products of a column and a residual; with orthonormal instruments the bread is
 * the identity, so that the covariance of scores z̃_l r_e is that of the coefficients on the instruments in equation e.
 */
import { repeatedRows, weightedCross } from '../../../numerics/crossProducts.js'
import { choleskyInverse, sandwichProduct } from '../../../numerics/linearAlgebra.js'
import type { AbsorbedEffect, ArrowTable, EffectCount, Mask, ScoreData, Vcov, VcovEstimator } from '../../records.js'
import { productScores, type ScoreProducts } from '../../vcov/productScores.js'
import { timesRows } from '../linear/leastSquares.js'
import { withLazy } from '../scoreData.js'
import { orthonormalInstruments, type ReducedForm } from './reducedForm.js'

/** What scores need to know of the rows. */
export interface SampleRows {
  readonly unit: Int32Array
  readonly absorbed: readonly AbsorbedEffect[]
  readonly effectCount?: EffectCount
  /** Rows, or the sum of their frequencies. */
  readonly observations: number
  /** observations − (exogenous regressors, instruments, absorbed levels). */
  readonly firstStageFreedom: number
  readonly frequencies?: Float64Array
  readonly weights?: Float64Array
}

export interface BoundVcov {
  readonly vcov: VcovEstimator
  readonly covariance: (scores: ScoreData) => Vcov
}

/** A covariance with the table and the rows used. */
export function bindVcov(vcov: VcovEstimator, table: ArrowTable, used: Mask): BoundVcov {
  return { vcov, covariance: vcov.bind(table, used) }
}

/** The rows of a fit's scores. */
export function sampleRows(scores: ScoreData, observations: number, firstStageFreedom: number): SampleRows {
  const { unit, absorbed, effectCount, frequencies, linear } = scores
  return {
    unit, absorbed, observations, firstStageFreedom,
    ...(effectCount && { effectCount }),
    ...(frequencies && { frequencies }),
    ...(linear?.weights && { weights: linear.weights }),
  }
}

type Product = readonly [column: Float64Array, residual: Float64Array]

export interface StackedInput {
  readonly products: () => readonly Product[]
  readonly parameters: number
  readonly bread: Float64Array
  readonly modelBased: Float64Array
  /** Coefficients that small-sample factors count; undefined for moments, which have no factor. */
  readonly counted?: number
  /** Takes parameters to coefficients. */
  readonly transform?: Float64Array
}

/** Covariance of parameters whose scores are products of columns and residuals. The products are not made where only the model's own covariance is read. */
export function stackedCovariance(sample: SampleRows, bound: BoundVcov, { products, ...input }: StackedInput): Vcov {
  const weights = sample.frequencies ? undefined : sample.weights
  return covarianceOf(sample, bound, input, () => productRows(products(), sample.unit.length, weights))
}

function covarianceOf(sample: SampleRows, { covariance }: BoundVcov, input: Omit<StackedInput, 'products'>, scores: () => Float64Array, products?: ScoreProducts): Vcov {
  const { parameters, bread, modelBased, counted, transform } = input
  return covariance(withLazy({
    bread, modelBased, parameters,
    ...(transform && { transform }),
    rows: sample.unit.length,
    unit: sample.unit,
    absorbed: sample.absorbed,
    ...(sample.effectCount && { effectCount: sample.effectCount }),
    family: counted === undefined ? 'moments' as const : 'linear' as const,
    ...(counted !== undefined && { counted }),
    ...(sample.frequencies && { frequencies: sample.frequencies }),
    ...(products && { products }),
  }, 'scores', scores))
}

/** Rows that stay in the cache while the products are gone through. */
const cachedRows = 64

function productRows(products: readonly Product[], rows: number, weights: Float64Array | undefined): Float64Array {
  const k = products.length
  const scores = new Float64Array(rows * k)
  for (let from = 0; from < rows; from += cachedRows) {
    const to = Math.min(from + cachedRows, rows)
    products.forEach(([column, residual], j) => {
      for (let row = from, at = from * k + j; row < to; row++, at += k) scores[at] = column[row]! * residual[row]!
      if (weights) for (let row = from, at = from * k + j; row < to; row++, at += k) scores[at]! *= weights[row]!
    })
  }
  return scores
}

/**
 * Covariance of the coefficients on the L orthonormal instruments in several equations, equation by equation, whose residuals are given by
 * row and by their products under the model (per degree of freedom).
 */
export function instrumentCovariance(
  form: ReducedForm, sample: SampleRows, bound: BoundVcov, residuals: () => readonly Float64Array[], variance: Float64Array, counted?: number,
): Vcov {
  const L = form.instruments
  const equations = Math.round(Math.sqrt(variance.length))
  const parameters = L * equations
  const modelBased = new Float64Array(parameters * parameters)
  for (let a = 0; a < equations; a++) {
    for (let b = 0; b < equations; b++) for (let l = 0; l < L; l++) modelBased[(a * L + l) * parameters + b * L + l] = variance[a * equations + b]!
  }
  return productCovariance(sample, bound, { parameters, bread: identity(parameters), modelBased, ...(counted !== undefined && { counted }) },
    () => ({ columns: orthonormalInstruments(form), residuals: residuals() }))
}

/** Covariance of the reported coefficients of one equation on exogenous regressors and instruments, given its residuals. */
export function coefficientCovariance({ equations: { packed, factor }, transform }: ReducedForm, residuals: Float64Array, variance: number, sample: SampleRows, bound: BoundVcov): Vcov {
  const repeated = repeatedRows(packed)
  const columns = repeated ? { packed: repeated.packed, codes: repeated.distinct.codes } : { packed }
  const k = packed.columns
  const bread = choleskyInverse(factor)
  const modelBased = sandwichProduct(transform, bread, k, k).map((value) => value * variance)
  return productCovariance(sample, bound, { parameters: k, bread, transform, modelBased, counted: k }, () => ({ columns, residuals: [residuals] }))
}

/** Covariance of the sums Σ w_i u_i over all working columns w of exogenous regressors and instruments. */
export function momentCovariance({ equations: { packed, weights } }: ReducedForm, residuals: Float64Array, variance: number, sample: SampleRows, bound: BoundVcov): Vcov {
  const repeated = repeatedRows(packed)
  const columns = repeated ? { packed: repeated.packed, codes: repeated.distinct.codes } : { packed }
  const k = packed.columns
  const modelBased = weightedCross(packed, weights).map((value) => value * variance)
  return productCovariance(sample, bound, { parameters: k, bread: identity(k), modelBased }, () => ({ columns, residuals: [residuals] }))
}

function productCovariance(sample: SampleRows, bound: BoundVcov, input: Omit<StackedInput, 'products'>, products: () => ScoreProducts): Vcov {
  if (bound.vcov.modelBased) return covarianceOf(sample, bound, input, () => new Float64Array(0))
  const { columns, residuals } = products()
  const weights = sample.frequencies ? undefined : sample.weights
  const weighted = weights ? { columns, residuals: residuals.map((residual) => timesRows(residual, weights)), weights } : { columns, residuals }
  return covarianceOf(sample, bound, input, () => productScores(weighted), weighted)
}

export function identity(size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, cell) => (cell % (size + 1) === 0 ? 1 : 0))
}

/** L × L covariance of Σ_e weight_e × (coefficients of equation e), `first` being the equation of the first weight. */
export function combinedCovariance(matrix: Float64Array, L: number, weights: ArrayLike<number>, first: number): Float64Array {
  const parameters = Math.round(Math.sqrt(matrix.length))
  const result = new Float64Array(L * L)
  for (let a = 0; a < weights.length; a++) {
    for (let b = 0; b < weights.length; b++) {
      const weight = weights[a]! * weights[b]!
      if (weight === 0) continue
      for (let i = 0; i < L; i++) for (let j = 0; j < L; j++) result[i * L + j]! += weight * matrix[((first + a) * L + i) * parameters + (first + b) * L + j]!
    }
  }
  return result
}

/** Ω where the covariance of L coefficients in each of several equations is Ω ⊗ I, as under iid errors; undefined otherwise. */
export function scalarVariance(matrix: Float64Array, L: number): Float64Array | undefined {
  const size = Math.round(Math.sqrt(matrix.length))
  const equations = size / L
  const scalar = matrix.every((value, cell) => {
    const [row, column] = [Math.floor(cell / size), cell % size]
    return value === (row % L === column % L ? matrix[(row - (row % L)) * size + column - (column % L)] : 0)
  })
  return scalar ? Float64Array.from({ length: equations ** 2 }, (_, cell) => matrix[Math.floor(cell / equations) * L * size + (cell % equations) * L]!) : undefined
}
