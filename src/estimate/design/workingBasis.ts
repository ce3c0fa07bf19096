/**
 * Columns -> a well-conditioned basis of what they span, and which of them the columns before span already.
 *
 * Columns are centred (where there is an intercept) and scaled; a Cholesky sweep over their correlations finds the share of
 * each that is new. Where that share is small the correlations cannot be trusted: the column is then projected off the
 * earlier ones over the rows themselves, twice. What is left decides: below 1e-8 of the column it is collinear, otherwise
 * the rest takes the column's place in the basis, as in Gram and Schmidt. So neither a year beside its square nor sales of
 * 1e9 beside a share of 1e-6 costs digits.
 */
import { cholesky } from '../../numerics/linearAlgebra.js'
import { packRows, weightedCross } from '../../numerics/crossProducts.js'
import type { WorkingBasis } from '../records.js'

/** New share (squared) below which a column is projected over the rows. */
const suspiciousShare = 1e-4
/** New share (not squared) below which a column counts as collinear. */
const collinearShare = 1e-8
/** Smallest squared pivot of the design's own scaled columns at which their scores still carry nine digits. */
const benignPivot = 1e-7

type Intercept = 'estimated' | 'implied' | 'none'

export interface SpannedColumn {
  readonly column: number
  /** Weights of the earlier kept columns, standardised; `constant` that of the intercept in units of the column. */
  readonly weights: readonly { readonly column: number; readonly weight: number }[]
  readonly constant: boolean
}

export interface BasisResult {
  readonly kept: readonly number[]
  readonly spanned: readonly SpannedColumn[]
  readonly basis: WorkingBasis
}

/** Rows and columns `kept` of a matrix. */
function leavingOut(matrix: Float64Array, size: number, kept: readonly number[]): Float64Array {
  if (kept.length === size) return matrix
  return Float64Array.from({ length: kept.length ** 2 }, (_, cell) => matrix[kept[Math.floor(cell / kept.length)]! * size + kept[cell % kept.length]!]!)
}

interface Moments {
  readonly centre: Float64Array
  readonly scale: Float64Array
}

/**
 * Basis of `columns` (each of length `rows`). `intercept` 'estimated' says that column 0 is all ones; 'implied' that constants are
 * spanned though no column holds them.
 */
export function workingBasis(columns: readonly Float64Array[], rows: number, intercept: Intercept): BasisResult {
  const moments = columnMoments(columns, rows, intercept)
  const standardised = packRows(columns, rows, moments.centre, moments.scale.map((value, column) => (isFlat(moments, column) ? 1 : value)))
  const product = weightedCross(standardised)
  const correlation = product.map((value) => value / rows)
  const sweep = sweepColumns(columns, rows, intercept, moments, correlation)
  const { kept, working } = sweep
  const centre = Float64Array.from(kept, (column) => (working.has(column) ? 0 : moments.centre[column]!))
  const scale = Float64Array.from(kept, (column) => (working.has(column) ? 1 : moments.scale[column]!))
  const unchanged = kept.length === columns.length && working.size === 0
  const packed = unchanged ? standardised : packRows(kept.map((column) => working.get(column) ?? columns[column]!), rows, centre, scale)
  const transform = coefficientTransform(sweep, moments, intercept)
  return { kept, spanned: sweep.spanned, basis: { packed, gram: working.size === 0 ? leavingOut(product, columns.length, kept) : weightedCross(packed), transform, benign: isBenign(kept, correlation, moments, intercept) } }
}

function columnMoments(columns: readonly Float64Array[], rows: number, intercept: Intercept): Moments {
  const centre = new Float64Array(columns.length)
  const scale = new Float64Array(columns.length)
  columns.forEach((values, column) => {
    const centred = intercept !== 'none' && !(intercept === 'estimated' && column === 0)
    // From the first value the deviations of a constant column are exactly zero.
    const anchor = centred ? values[0]! : 0
    const { mean, square } = meansAround(values, rows, anchor)
    centre[column] = centred ? anchor + mean : 0
    scale[column] = Math.sqrt(Math.max(0, centred ? square - mean * mean : square))
  })
  return { centre, scale }
}

/** Mean and mean square of the deviations from `anchor`; partial sums of 4096 rows. */
function meansAround(values: Float64Array, rows: number, anchor: number): { mean: number; square: number } {
  let sum = 0
  let squares = 0
  for (let from = 0; from < rows; from += 4096) {
    let partial = 0
    let partialSquares = 0
    for (let i = from, to = Math.min(from + 4096, rows); i < to; i++) {
      const deviation = values[i]! - anchor
      partial += deviation
      partialSquares += deviation * deviation
    }
    sum += partial
    squares += partialSquares
  }
  return { mean: sum / rows, square: squares / rows }
}

/** (value − centre) / scale, read as it is needed: with many columns a copy of each is what takes the time. */
interface Standardised {
  readonly values: Float64Array
  readonly centre: number
  readonly scale: number
}

interface Sweep {
  readonly kept: number[]
  readonly spanned: SpannedColumn[]
  /** Columns replaced by what is left of them, with unit mean square. */
  readonly working: Map<number, Float64Array>
  /** Basis column j = Σ_i combination[j][i] × standardised kept column i. */
  readonly combination: number[][]
  /** Cholesky rows of the basis columns' correlations. */
  readonly lower: number[][]
}

function sweepColumns(columns: readonly Float64Array[], rows: number, intercept: Intercept, moments: Moments, correlation: Float64Array): Sweep {
  const { centre, scale } = moments
  const gram = columns.map((_, column) => correlation.slice(column * columns.length, (column + 1) * columns.length))
  const sweep: Sweep = { kept: [], spanned: [], working: new Map(), combination: [], lower: [] }
  const standardised = (column: number): Standardised => ({ values: columns[column]!, centre: centre[column]!, scale: scale[column]! })
  const basisColumn = (column: number): Standardised => {
    const values = sweep.working.get(column)
    return values ? { values, centre: 0, scale: 1 } : standardised(column)
  }
  columns.forEach((_, column) => {
    const { kept, lower, combination } = sweep
    if (isFlat(moments, column)) {
      sweep.spanned.push({ column, weights: [], constant: intercept !== 'none' && centre[column] !== 0 })
      return
    }
    const row = forwardSolve(lower, kept.map((other) => gram[column]![other]!))
    const share = 1 - squares(row)
    if (share > suspiciousShare) {
      lower.push([...row, Math.sqrt(share)])
      combination.push([...kept.map(() => 0), 1])
      kept.push(column)
      return
    }
    const rest = columns[column]!.map((value) => (value - centre[column]!) / scale[column]!)
    const weights = combineWeights(combination, projectOverRows(lower, kept, basisColumn, rest, rows))
    const left = Math.sqrt(meansAround(rest, rows, 0).square)
    const ratio = (other: number): number => Math.abs(centre[other]! / scale[other]!)
    const rounding = 1e-14 * kept.reduce((sum, other, i) => sum + Math.abs(weights[i]!) * ratio(other), ratio(column))
    if (left <= collinearShare + rounding) {
      sweep.spanned.push(describeSpan(column, kept, weights, moments, intercept))
      return
    }
    for (let i = 0; i < rows; i++) rest[i]! /= left
    columns.forEach((_, other) => {
      gram[other]![column] = gram[column]![other] = other === column ? 1 : isFlat(moments, other) ? 0 : dot(basisColumn(other), rest, rows) / rows
    })
    const corrected = forwardSolve(lower, kept.map((other) => gram[column]![other]!))
    lower.push([...corrected, Math.sqrt(1 - squares(corrected))])
    combination.push([...weights.map((weight) => -weight / left), 1 / left])
    sweep.working.set(column, rest)
    kept.push(column)
  })
  return sweep
}

/** Constant up to rounding. */
const isFlat = ({ centre, scale }: Moments, column: number): boolean => !(scale[column]! > 1e-14 * Math.abs(centre[column]!))

const squares = (row: readonly number[]): number => row.reduce((sum, value) => sum + value * value, 0)

function forwardSolve(lower: readonly (readonly number[])[], right: readonly number[]): number[] {
  const solution: number[] = []
  lower.forEach((row, i) => {
    let sum = right[i]!
    for (let l = 0; l < i; l++) sum -= row[l]! * solution[l]!
    solution.push(sum / row[i]!)
  })
  return solution
}

function backSolve(lower: readonly (readonly number[])[], right: readonly number[]): number[] {
  const solution = right.slice()
  for (let i = lower.length - 1; i >= 0; i--) {
    for (let l = i + 1; l < lower.length; l++) solution[i]! -= lower[l]![i]! * solution[l]!
    solution[i]! /= lower[i]![i]!
  }
  return solution
}

/** Takes the kept basis columns out of `rest` over the rows until nothing more comes, and returns their total weights. */
function projectOverRows(lower: readonly (readonly number[])[], kept: readonly number[], basisColumn: (column: number) => Standardised, rest: Float64Array, rows: number): number[] {
  const total = kept.map(() => 0)
  for (let pass = 0; pass < 3; pass++) {
    const right = kept.map((other) => dot(basisColumn(other), rest, rows) / rows)
    const weights = backSolve(lower, forwardSolve(lower, right))
    kept.forEach((other, position) => {
      const { values, centre, scale } = basisColumn(other)
      const weight = weights[position]!
      total[position]! += weight
      for (let i = 0; i < rows; i++) rest[i]! -= weight * ((values[i]! - centre) / scale)
    })
  }
  return total
}

function dot({ values, centre, scale }: Standardised, b: Float64Array, rows: number): number {
  let total = 0
  for (let from = 0; from < rows; from += 4096) {
    let partial = 0
    for (let i = from, to = Math.min(from + 4096, rows); i < to; i++) partial += ((values[i]! - centre) / scale) * b[i]!
    total += partial
  }
  return total
}

/** Weights of basis columns -> weights of the standardised kept columns. */
function combineWeights(combination: readonly (readonly number[])[], weights: readonly number[]): number[] {
  const result = combination.map(() => 0)
  combination.forEach((column, j) => column.forEach((value, i) => (result[i]! += value * weights[j]!)))
  return result
}

function describeSpan(column: number, kept: readonly number[], weights: readonly number[], { centre, scale }: Moments, intercept: Intercept): SpannedColumn {
  const shares = kept.map((other, i) => ({ column: other, weight: weights[i]! })).filter(({ weight }) => Math.abs(weight) > 1e-8)
  const parts = kept.map((other, i) => (weights[i]! * scale[column]! / scale[other]!) * centre[other]!)
  const constant = centre[column]! - parts.reduce((sum, part) => sum + part, 0)
  const size = Math.abs(centre[column]!) + parts.reduce((sum, part) => sum + Math.abs(part), 0)
  return { column, weights: shares, constant: intercept !== 'none' && Math.abs(constant) > 1e-8 * size }
}

/** Coefficients of the design's columns from those of the basis. */
function coefficientTransform(sweep: Sweep, { centre, scale }: Moments, intercept: Intercept): Float64Array {
  const k = sweep.kept.length
  const transform = new Float64Array(k * k)
  sweep.combination.forEach((column, j) => column.forEach((value, i) => {
    const own = value / scale[sweep.kept[i]!]!
    transform[i * k + j]! += own
    if (intercept === 'estimated' && i > 0) transform[j]! -= own * centre[sweep.kept[i]!]!
  }))
  return transform
}

/** Whether the kept columns as they are, uncentred but scaled, are far enough from collinear. */
function isBenign(kept: readonly number[], correlation: Float64Array, { centre, scale }: Moments, intercept: Intercept): boolean {
  const k = kept.length
  if (k === 0) return true
  const size = centre.length
  // With an intercept in column 0: E[x_i x_j] = cov(i, j) + m_i m_j where m_0 = 1 and cov(0, ·) = 0.
  const m = (column: number): number => (intercept === 'implied' ? 0 : intercept === 'estimated' && column === 0 ? 1 : centre[column]!)
  const s = (column: number): number => (intercept === 'estimated' && column === 0 ? 0 : scale[column]!)
  const raw = new Float64Array(k * k)
  kept.forEach((a, i) => kept.forEach((b, j) => (raw[i * k + j] = correlation[a * size + b]! * s(a) * s(b) + m(a) * m(b))))
  const factor = cholesky(raw, k)
  return factor !== undefined && factor.smallestPivot > benignPivot
}
