/** Small symmetric algebra of the information matrix: which parameters are identified, Newton steps, inverses. */
import { CholeskyDecomposition, Matrix } from 'ml-matrix'

/** Share of its own variation that a covariate must keep, given the others, to count as identified. */
const identifiedShare = 1e-11

/** A parameter whose information is exhausted by `with` (indices of identified ones) times `coefficients`. */
export interface Unidentified {
  readonly index: number
  readonly with: readonly { readonly index: number; readonly coefficient: number }[]
}

/**
 * Parameters that add no information to those before them: covariates that never vary within a risk set, and combinations of
 * others that do not. `total` holds what each diagonal element was subtracted from, the scale of its rounding error.
 */
export function unidentified(information: Float64Array, total: Float64Array): Unidentified[] {
  const p = total.length
  const kept: number[] = []
  const found: Unidentified[] = []
  for (let j = 0; j < p; j++) {
    const row = Float64Array.from(kept, (k) => information[j * p + k]!)
    const projection = kept.length === 0 ? new Float64Array() : solve(submatrix(information, p, kept), row)
    const left = information[j * p + j]! - row.reduce((sum, value, k) => sum + value * projection[k]!, 0)
    if (left > identifiedShare * total[j]!) kept.push(j)
    else {
      found.push({
        index: j,
        with: kept.map((index, k) => ({ index, coefficient: projection[k]! })).filter(({ coefficient }) => Math.abs(coefficient) > 1e-6),
      })
    }
  }
  return found
}

/** A⁻¹b for a positive definite k × k row-major A; throws nothing, returns NaN where A is not positive definite. */
export function solve(matrix: Float64Array, right: Float64Array): Float64Array {
  const cholesky = decompose(matrix, right.length)
  if (!cholesky.isPositiveDefinite()) return right.map(() => Number.NaN)
  return Float64Array.from(cholesky.solve(Matrix.columnVector(right)).to1DArray())
}

/** A⁻¹, symmetric to the last bit, k × k row-major; NaN where A is not positive definite. */
export function inverse(matrix: Float64Array, k: number): Float64Array {
  if (k === 0) return new Float64Array()
  const cholesky = decompose(matrix, k)
  if (!cholesky.isPositiveDefinite()) return matrix.map(() => Number.NaN)
  const full = cholesky.solve(Matrix.eye(k))
  return Float64Array.from({ length: k * k }, (_, e) => {
    const [a, b] = [Math.floor(e / k), e % k]
    return (full.get(a, b) + full.get(b, a)) / 2
  })
}

/** Rows and columns `kept` of a p × p row-major matrix. */
export function submatrix(matrix: Float64Array, p: number, kept: readonly number[]): Float64Array {
  return Float64Array.from({ length: kept.length ** 2 }, (_, e) => {
    return matrix[kept[Math.floor(e / kept.length)]! * p + kept[e % kept.length]!]!
  })
}

function decompose(matrix: Float64Array, k: number): CholeskyDecomposition {
  return new CholeskyDecomposition(Matrix.from1DArray(k, k, Array.from(matrix)))
}
