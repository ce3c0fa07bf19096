/**
 * Delta method: for a smooth map g of an estimate b with covariance V, the covariance of g(b) is J V J' with J = ∂g/∂b.
 *
 * Derivatives are central differences with one Richardson step (error O(h⁴)), good to about 1e-10 relative for maps of order
 * one; pass `jacobian` where a closed form is at hand.
 *
 * Checked against closed forms (products, logits) in test/numerics/deltaMethod.test.ts.
 */

export type VectorMap = (at: Float64Array) => Float64Array

export interface MappedEstimate {
  /** g(b). */
  readonly values: Float64Array
  /** m × m row-major covariance of g(b). */
  readonly covariance: Float64Array
  readonly stdErrors: Float64Array
  /** m × p row-major ∂g/∂b. */
  readonly jacobian: Float64Array
}

/**
 * Value and covariance of `map` at the estimate `at` (length p) with covariance `covariance` (p × p row-major).
 *
 * @example
 * const ratio = deltaMethod((b) => Float64Array.of(b[0]! / b[1]!), Float64Array.of(1, 2), Float64Array.of(0.04, 0, 0, 0.01))
 */
export function deltaMethod(map: VectorMap, at: Float64Array, covariance: Float64Array, jacobian?: Float64Array): MappedEstimate {
  const values = map(at)
  const slopes = jacobian ?? numericalJacobian(map, at, values.length)
  const mapped = sandwich(slopes, covariance, values.length, at.length)
  const stdErrors = values.map((_, i) => Math.sqrt(Math.max(0, mapped[i * values.length + i]!)))
  return { values, covariance: mapped, stdErrors, jacobian: slopes }
}

/** m × p row-major Jacobian by central differences with one Richardson extrapolation. */
export function numericalJacobian(map: VectorMap, at: Float64Array, outputs: number): Float64Array {
  const p = at.length
  const jacobian = new Float64Array(outputs * p)
  const point = Float64Array.from(at)
  for (let j = 0; j < p; j++) {
    const step = 1e-3 * Math.max(Math.abs(at[j]!), 1e-2)
    const wide = centralDifference(map, point, j, step)
    const narrow = centralDifference(map, point, j, step / 2)
    for (let i = 0; i < outputs; i++) jacobian[i * p + j] = (4 * narrow[i]! - wide[i]!) / 3
  }
  return jacobian
}

function centralDifference(map: VectorMap, point: Float64Array, index: number, step: number): Float64Array {
  const centre = point[index]!
  point[index] = centre + step
  const above = Float64Array.from(map(point))
  point[index] = centre - step
  const below = map(point)
  point[index] = centre
  return above.map((value, i) => (value - below[i]!) / (2 * step))
}

/** J V J' for an m × p Jacobian, summed in index order. */
function sandwich(jacobian: Float64Array, covariance: Float64Array, m: number, p: number): Float64Array {
  const half = new Float64Array(m * p)
  for (let i = 0; i < m; i++) {
    for (let k = 0; k < p; k++) {
      let sum = 0
      for (let j = 0; j < p; j++) sum += jacobian[i * p + j]! * covariance[j * p + k]!
      half[i * p + k] = sum
    }
  }
  const result = new Float64Array(m * m)
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < m; l++) {
      let sum = 0
      for (let k = 0; k < p; k++) sum += half[i * p + k]! * jacobian[l * p + k]!
      result[i * m + l] = sum
    }
  }
  return result
}
