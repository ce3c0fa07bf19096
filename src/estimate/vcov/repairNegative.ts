/**
 * Covariances that are differences of outer products (several clusterings, dyads) or weigh them by a kernel can have negative
 * eigenvalues. As fixest does, they are set to zero (Cameron, Gelbach and Miller 2011) where a variance would be negative; otherwise
 * the matrix stands, as in R's sandwich, with a note. Eigenvalues are taken in units of the model-based standard errors, so that
 * rescaling a regressor rescales its variance and nothing else.
 */
import { symmetricEigen } from '../../numerics/linearAlgebra.js'
import type { Note, ScoreData } from '../records.js'

/** What the note says, and where it is added. */
export interface RepairNotes {
  /** 'clustered covariance'. */
  readonly covariance: string
  /** Why it can be indefinite: 'few clusters'. */
  readonly cause: string
  readonly notes: Note[]
}

/** The covariance with negative eigenvalues at zero where a variance is negative, otherwise the covariance itself; k × k. */
export function repairNegative(matrix: Float64Array, scores: ScoreData, { covariance, cause, notes }: RepairNotes): Float64Array {
  const k = scores.parameters
  const unit = Float64Array.from({ length: k }, (_, i) => Math.sqrt(scores.modelBased[i * k + i]!))
  const clipped = withoutNegative(matrix, unit)
  if (clipped === undefined) return matrix
  if (unit.every((_, i) => matrix[i * k + i]! >= 0)) {
    notes.push({ kind: 'inference', text: `The ${covariance} is not positive semi-definite (${cause}): its standard errors stand, joint tests may fail.` })
    return matrix
  }
  notes.push({ kind: 'inference', text: `The ${covariance} had a negative variance; its negative eigenvalues were set to zero (Cameron, Gelbach and Miller 2011).` })
  return clipped
}

/** The matrix with its negative eigenvalues, in units of `unit`, at zero; undefined where it has none. */
export function withoutNegative(matrix: Float64Array, unit: Float64Array): Float64Array | undefined {
  const k = unit.length
  const scaled = matrix.map((value, cell) => value / (unit[Math.floor(cell / k)]! * unit[cell % k]!))
  const { values, vectors } = symmetricEigen(scaled, k)
  if (!(values[0]! < -1e-10 * values[k - 1]!)) return undefined
  const result = new Float64Array(k * k)
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      let sum = 0
      for (let e = 0; e < k; e++) if (values[e]! > 0) sum += values[e]! * vectors[i * k + e]! * vectors[j * k + e]!
      result[i * k + j] = sum * unit[i]! * unit[j]!
    }
  }
  return result
}
