/**
 * Outcome and endogenous regressors projected on exogenous regressors and instruments, in coordinates in which everything else is small
 * algebra. With W = [X₁, Z] (n × (k₁ + L)) and Q = W D⁻¹ L'⁻¹ orthonormal, of which the first k₁ columns span X₁, each column v of [y, X₂] is
 * v = Q q + r: its last L coordinates are what the instruments explain beside X₁, r what nothing explains.
 */
import { linearIndex, packRows, repeatedRows } from '../../../numerics/crossProducts.js'
import { weightedDot } from '../../../numerics/weightedDot.js'
import { ReshoreError } from '../../../errors.js'
import type { ScoreColumns } from '../../vcov/productScores.js'
import { normalEquations, project, type LinearDesign, type NormalEquations } from '../linear/leastSquares.js'

/** `k1` exogenous regressors, `L` instruments, `m` endogenous regressors; weights w in every product. */
export interface ReducedForm {
  readonly equations: NormalEquations
  /** Reported coefficients of [X₁, Z] = transform × working ones, (k₁ + L)² row-major. */
  readonly transform: Float64Array
  readonly exogenous: number
  readonly instruments: number
  readonly endogenous: number
  /** Coordinates on X₁: of y, then of each endogenous regressor; k₁ each. */
  readonly within: readonly Float64Array[]
  /** Coordinates on the instruments without X₁, L each, in the same order. */
  readonly explained: readonly Float64Array[]
  /** Residuals of the same columns, one a row. */
  readonly residuals: readonly Float64Array[]
  /** r'Wr over [y, X₂], (m + 1)² row-major. */
  readonly residualProducts: Float64Array
  /** p'p + r'Wr over [y, X₂]: products of the columns without X₁. */
  readonly products: Float64Array
}

/** What is left of an endogenous regressor, relative to all of it, below which it counts as explained. */
const nothingLeft = 1e-8

/**
 * Reduced form of `columns` [y, X₂…] on a design of [X₁, Z] with its working basis. Throws `SingularDesignError` for endogenous
 * regressors that the exogenous ones span, or the instruments.
 */
export function reducedForm(design: LinearDesign, exogenous: number, columns: readonly Float64Array[], names: readonly string[]): ReducedForm {
  const equations = normalEquations(design)
  const instruments = design.terms.length - exogenous
  const projected = columns.map((column) => project(equations, column))
  const coordinates = projected.map(({ coefficients }) => orthonormalCoordinates(equations, coefficients))
  const residuals = projected.map((one) => one.residuals)
  const explained = coordinates.map((all) => all.slice(exogenous))
  const size = columns.length
  const residualProducts = new Float64Array(size * size)
  const products = new Float64Array(size * size)
  for (let a = 0; a < size; a++) {
    for (let b = 0; b <= a; b++) {
      const unexplained = weightedDot(residuals[a]!, residuals[b]!, equations.weights)
      residualProducts[a * size + b] = residualProducts[b * size + a] = unexplained
      products[a * size + b] = products[b * size + a] = unexplained + weightedDot(explained[a]!, explained[b]!)
    }
  }
  names.forEach((name, j) => {
    const at = (j + 1) * (size + 1)
    const level = design.intercept === 'estimated' ? 1 : 0
    const whole = coordinates[j + 1]!.slice(level).reduce((total, value) => total + value * value, residualProducts[at]!)
    requireVariation(name, products[at]! / whole, residualProducts[at]! / whole)
  })
  return {
    equations, transform: design.basis!.transform, exogenous, instruments, endogenous: size - 1,
    within: coordinates.map((all) => all.slice(0, exogenous)), explained, residuals, residualProducts, products,
  }
}

function requireVariation(name: string, beside: number, unexplained: number): void {
  if (!(beside > nothingLeft ** 2)) {
    throw new ReshoreError('SingularDesignError', `the endogenous regressor \`${name}\` does not vary once the exogenous regressors and effects are taken out`,
      'Take it, or what it is collinear with, out of the formula.')
  }
  if (!(unexplained > nothingLeft ** 2)) {
    throw new ReshoreError('SingularDesignError', `the endogenous regressor \`${name}\` is an exact combination of instruments and exogenous regressors`,
      'If these are exogenous it is so too: write it among the regressors. Otherwise take it off the instruments.')
  }
}

/** Coordinates L'Dγ of working coefficients γ on the orthonormal basis. */
function orthonormalCoordinates({ factor }: NormalEquations, coefficients: Float64Array): Float64Array {
  const { size, lower, scale } = factor
  return Float64Array.from({ length: size }, (_, i) => {
    let total = 0
    for (let j = i; j < size; j++) total += lower[j * size + i]! * scale[j]! * coefficients[j]!
    return total
  })
}

/** Working coefficients D⁻¹L'⁻¹q of coordinates q; of the first `size` columns alone where q is that short. */
export function workingCoefficients({ factor }: NormalEquations, coordinates: Float64Array): Float64Array {
  const { size, lower, scale } = factor
  const count = coordinates.length
  const result = coordinates.slice()
  for (let i = count - 1; i >= 0; i--) {
    for (let j = i + 1; j < count; j++) result[i]! -= lower[j * size + i]! * result[j]!
    result[i]! /= lower[i * size + i]!
  }
  for (let i = 0; i < count; i++) result[i]! /= scale[i]!
  return result
}

/** Working coefficients of Σ_l weight_l × (orthonormal instrument l). */
export function instrumentCombination({ equations, exogenous }: ReducedForm, weights: Float64Array): Float64Array {
  const coordinates = new Float64Array(exogenous + weights.length)
  coordinates.set(weights, exogenous)
  return workingCoefficients(equations, coordinates)
}

/** Rows of Z̃p, what the instruments explain, for p the coordinates of a column. */
export function instrumentRows(form: ReducedForm, weights: Float64Array): Float64Array {
  return linearIndex(form.equations.packed, instrumentCombination(form, weights))
}

const made = new WeakMap<ReducedForm, ScoreColumns>()

/** The L orthonormal instruments, one row for all rows that share regressors and instruments where most do; made once. */
export function orthonormalInstruments(form: ReducedForm): ScoreColumns {
  const known = made.get(form)
  if (known) return known
  const { instruments: L, equations: { packed } } = form
  const repeated = repeatedRows(packed)
  const source = repeated ? repeated.packed : packed
  const unit = (l: number): Float64Array => Float64Array.from({ length: L }, (_, i) => (i === l ? 1 : 0))
  const columns = Array.from({ length: L }, (_, l) => linearIndex(source, instrumentCombination(form, unit(l))))
  const store = { packed: packRows(columns, source.rows), ...(repeated && { codes: repeated.distinct.codes }) }
  made.set(form, store)
  return store
}

/** Products of the endogenous regressors without X₁, m × m: of what the instruments explain, of the residuals, and of the whole. */
export function endogenousProducts(form: ReducedForm): { moved: Float64Array; unexplained: Float64Array; whole: Float64Array } {
  const { endogenous: m, explained, residualProducts, products } = form
  const block = (of: (a: number, b: number) => number): Float64Array =>
    Float64Array.from({ length: m * m }, (_, cell) => of(Math.floor(cell / m) + 1, (cell % m) + 1))
  return {
    moved: block((a, b) => weightedDot(explained[a]!, explained[b]!)),
    unexplained: block((a, b) => residualProducts[a * (m + 1) + b]!),
    whole: block((a, b) => products[a * (m + 1) + b]!),
  }
}

/** Products of the endogenous regressors with the outcome, m: of what the instruments explain, and of the residuals. */
export function outcomeProducts({ endogenous: m, explained, residualProducts }: ReducedForm): { moved: Float64Array; unexplained: Float64Array } {
  return {
    moved: Float64Array.from({ length: m }, (_, a) => weightedDot(explained[a + 1]!, explained[0]!)),
    unexplained: Float64Array.from({ length: m }, (_, a) => residualProducts[(a + 1) * (m + 1)]!),
  }
}

/** Adds Σ_c weight_c × column_c to `rows`. */
export function addColumns(rows: Float64Array, columns: readonly Float64Array[], weights: ArrayLike<number>): Float64Array {
  columns.forEach((column, c) => {
    const weight = weights[c]!
    for (let row = 0; row < rows.length; row++) rows[row]! += weight * column[row]!
  })
  return rows
}
