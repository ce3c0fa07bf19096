/**
 * Draws from the joint distribution of estimated parameters, N(b, V), through a Cholesky factor of V: draw r comes from its own stream, so
 * that it is the same whoever makes it. Inadmissible draws are discarded and counted, never replaced.
 */
import { medianSorted, quantileSorted } from 'simple-statistics'
import { ReshoreError } from '../errors.js'
import { cholesky, symmetricEigen } from '../numerics/linearAlgebra.js'
import { randomStream } from '../numerics/random.js'

export interface ParameterDistribution {
  readonly values: Float64Array
  /** p × p row-major. */
  readonly covariance: Float64Array
}

/**
 * Returns draw number `index`. A covariance that is only positive semi-definite is taken through its eigenvectors.
 *
 * @example
 * const draw = parameterDraws({ values, covariance }, 7)
 * const first = draw(0)
 */
export function parameterDraws({ values, covariance }: ParameterDistribution, seed: number): (index: number) => Float64Array {
  const p = values.length
  const root = squareRoot(covariance, p)
  return (index) => {
    const stream = randomStream(seed, 'parameters', index)
    const normals = Float64Array.from({ length: p }, () => stream.normal())
    return values.map((value, j) => {
      let sum = value
      for (let l = 0; l < p; l++) sum += root[j * p + l]! * normals[l]!
      return sum
    })
  }
}

/** A matrix R with R R' = V. */
function squareRoot(covariance: Float64Array, p: number): Float64Array {
  const factor = cholesky(covariance, p)
  // V = D L L' D: the root is D L.
  if (factor) return factor.lower.map((value, cell) => factor.scale[Math.floor(cell / p)]! * value)
  const { values, vectors } = symmetricEigen(covariance, p)
  const largest = Math.max(...values)
  if (!(largest >= 0) || values.some((value) => value < -1e-8 * largest)) {
    throw new ReshoreError('CalibrationError', 'The joint covariance is not positive semi-definite.', 'Cluster by something with more groups than parameters.')
  }
  return covariance.map((_, cell) => vectors[cell]! * Math.sqrt(Math.max(0, values[cell % p]!)))
}

export interface DrawSummary {
  readonly median: number
  /** 5 and 95 % quantiles. */
  readonly interval: readonly [number, number]
}

/** Returns median and 5–95 % interval of the kept draws. */
export function summariseDraws(values: readonly number[]): DrawSummary {
  const sorted = [...values].sort((a, b) => a - b)
  return { median: medianSorted(sorted), interval: [quantileSorted(sorted, 0.05), quantileSorted(sorted, 0.95)] }
}
