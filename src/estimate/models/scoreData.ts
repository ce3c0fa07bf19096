/** Scores and bread of a fitted single-index model, in its own columns or, where these are nearly collinear, in the working ones. */
import { blockRows } from '../../numerics/crossProducts.js'
import { sandwichProduct } from '../../numerics/linearAlgebra.js'
import type { Design, ScoreData } from '../records.js'

export interface ScoreInput {
  readonly design: Design
  /** dℓ_i/dη_i of every row (the residual of a linear model), weights included unless they are frequencies. */
  readonly derivative: Float64Array
  /** Inverse information in the working columns, k × k. */
  readonly inverseInformation: Float64Array
  /** Factor of the model-based covariance: σ² of linear models, otherwise 1. */
  readonly dispersion?: number
  readonly family: ScoreData['family']
  readonly frequencies?: Float64Array
  readonly linear?: ScoreData['linear']
  /** Of every row, absorbed effects and offset included. */
  readonly index?: () => Float64Array
}

/** Score data of a design that went through `dropCollinear`. */
export function scoreData({ design, derivative, inverseInformation, dispersion = 1, family, frequencies, linear, index }: ScoreInput): ScoreData {
  const { packed, transform, benign } = design.basis!
  const k = design.terms.length
  const reported = sandwichProduct(transform, inverseInformation, k, k)
  const record = {
    bread: benign ? reported : inverseInformation,
    ...(benign ? {} : { transform }),
    rows: packed.rows,
    parameters: k,
    unit: design.unit,
    absorbed: design.absorbed,
    ...(design.effectCount && { effectCount: design.effectCount }),
    modelBased: dispersion === 1 ? reported : reported.map((value) => value * dispersion),
    family,
    ...(frequencies && { frequencies }),
    ...(linear && { linear }),
  }
  return withLazy(index ? withLazy(record, 'index', index) : record, 'scores', () => (benign ? rowMajor(design.columns, design.rows, derivative) : workingScores(design, derivative)))
}

/** The record with an array that is made when it is first read: not every covariance looks at what has an element for every row and term. */
export function withLazy<T extends object, K extends string>(record: T, key: K, make: () => Float64Array): T & { readonly [P in K]: Float64Array } {
  let made: Float64Array | undefined
  return Object.defineProperty(record, key, { enumerable: true, configurable: true, get: () => (made ??= make()) }) as T & { readonly [P in K]: Float64Array }
}

/** Rows that stay in the first-level cache while the columns are gone through. */
const cachedRows = 64

/** Columns as one row-major array, every row times its factor where there is one. */
export function rowMajor(columns: readonly Float64Array[], rows: number, factor?: Float64Array): Float64Array {
  const k = columns.length
  const result = new Float64Array(rows * k)
  for (let from = 0; from < rows; from += cachedRows) {
    const to = Math.min(from + cachedRows, rows)
    for (let j = 0; j < k; j++) {
      const values = columns[j]!
      if (factor) for (let row = from; row < to; row++) result[row * k + j] = values[row]! * factor[row]!
      else for (let row = from; row < to; row++) result[row * k + j] = values[row]!
    }
  }
  return result
}

function workingScores(design: Design, derivative: Float64Array): Float64Array {
  const { packed } = design.basis!
  const k = packed.columns
  const scores = new Float64Array(packed.rows * k)
  for (let row = 0; row < packed.rows; row++) {
    const base = Math.floor(row / blockRows) * k * blockRows + (row % blockRows)
    for (let j = 0; j < k; j++) scores[row * k + j] = packed.data[base + j * blockRows]! * derivative[row]!
  }
  return scores
}
