/** Which parameters the information matrix identifies. */
import { ReshoreError } from '../../../errors.js'
import { cholesky, choleskySolve, invertPositive } from '../../../numerics/linearAlgebra.js'

/** Share of its own variation that a covariate must keep, given the others, to count as identified. */
const identifiedShare = 1e-11
/** Coefficients of an exhausted covariate on the others below this are rounding. */
const visible = 1e-6

/** A parameter whose information is exhausted by `with`: identified ones and their coefficients. */
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
    const projection = solve(submatrix(information, p, kept), row) ?? row
    const left = information[j * p + j]! - row.reduce((sum, value, k) => sum + value * projection[k]!, 0)
    if (left > identifiedShare * total[j]!) kept.push(j)
    else {
      found.push({
        index: j,
        with: kept.map((index, k) => ({ index, coefficient: projection[k]! })).filter(({ coefficient }) => Math.abs(coefficient) > visible),
      })
    }
  }
  return found
}

/** A⁻¹b for a k × k row-major A; undefined where A is not positive definite. */
export function solve(matrix: Float64Array, right: Float64Array): Float64Array | undefined {
  const factor = cholesky(matrix, right.length)
  return factor && choleskySolve(factor, right)
}

/** A⁻¹, k × k row-major. Throws `SingularInformationError` where A is not positive definite. */
export function positiveInverse(matrix: Float64Array, k: number): Float64Array {
  const inverse = invertPositive(matrix, k)
  if (inverse) return inverse
  throw new ReshoreError('SingularInformationError', 'The information matrix of the Cox model is singular.',
    'Drop covariates that are combinations of others within risk sets, or that vary in too few of them.')
}

/** Rows and columns `kept` of a p × p row-major matrix. */
export function submatrix(matrix: Float64Array, p: number, kept: readonly number[]): Float64Array {
  return Float64Array.from({ length: kept.length ** 2 }, (_, e) => {
    return matrix[kept[Math.floor(e / kept.length)]! * p + kept[e % kept.length]!]!
  })
}
