/** A small sample with two endogenous regressors, three instruments, clusters and weights, and dense algebra to check estimators with. */
import { tableFromArrays } from 'apache-arrow'
import { inverse, Matrix } from 'ml-matrix'
import type { ArrowTable } from '../../../../src/estimate/records.js'
import { randomStream } from '../../../../src/numerics/random.js'

export const rows = 150

export interface Columns {
  readonly [name: string]: Float64Array
}

/** `strength` scales what the instruments explain. */
export function makeColumns(strength = 1, seed = 11): Columns {
  const random = randomStream(seed, 'iv')
  const draw = (): Float64Array => Float64Array.from({ length: rows }, () => random.normal())
  const [z1, z2, z3, w, u, v1, v2] = [draw(), draw(), draw(), draw(), draw(), draw(), draw()]
  const firm = Float64Array.from({ length: rows }, (_, i) => i % 23)
  const year = Float64Array.from({ length: rows }, (_, i) => (i * 7) % 11)
  const spread = Float64Array.from(z1, (value) => Math.exp(0.3 * value))
  const x1 = Float64Array.from(z1, (_, i) => 3 + strength * (0.5 * z1[i]! + 0.3 * z2[i]!) + 0.4 * w[i]! + 0.7 * u[i]! + v1[i]! + 0.1 * firm[i]!)
  const x2 = Float64Array.from(z1, (_, i) => strength * (0.4 * z3[i]! - 0.3 * z1[i]!) - 0.5 * u[i]! + v2[i]!)
  const y = Float64Array.from(z1, (_, i) => 1 + 0.5 * x1[i]! - 0.8 * x2[i]! + 0.3 * w[i]! + spread[i]! * u[i]! + 0.05 * firm[i]! + 0.2 * z3[i]!)
  return { y, x1, x2, z1, z2, z3, w, firm, year, weight: Float64Array.from({ length: rows }, () => 0.5 + random.uniform()), copies: Float64Array.from({ length: rows }, (_, i) => 1 + (i % 3)) }
}

export const makeTable = (columns: Columns): ArrowTable => tableFromArrays({ ...columns }) as unknown as ArrowTable

export const ones = new Float64Array(rows).fill(1)
/** Columns side by side. */
export const bind = (...columns: readonly Float64Array[]): Matrix => new Matrix(Array.from({ length: columns[0]!.length }, (_, i) => columns.map((column) => column[i]!)))

/** Coefficients of the columns of `b` on those of `a`. */
export const regress = (a: Matrix, b: Matrix): Matrix => inverse(a.transpose().mmul(a)).mmul(a.transpose().mmul(b))
/** What `a` leaves of `b`. */
export const without = (a: Matrix, b: Matrix): Matrix => Matrix.sub(b, a.mmul(regress(a, b)))
