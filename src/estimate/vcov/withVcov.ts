/** A fit with another covariance, without estimating again. */
import { ReshoreError } from '../../errors.js'
import type { ArrowTable, Fit, FitKind, Mask, ScoreData, Vcov, VcovEstimator } from '../records.js'

/**
 * The fit with its covariance replaced. `table` is the one the fit was estimated on. Throws `ScoresDroppedError` where the fit
 * was made with `scores: 'drop'`.
 *
 * @example
 * const clustered = withVcov(fit, cluster('firm'), table)
 */
export function withVcov<K extends FitKind>(fit: Fit<K>, vcov: VcovEstimator, table: ArrowTable): Fit<K> {
  return { ...fit, vcov: applyVcov(vcov, table, keptScores(fit, table, vcov.label)) }
}

/** Scores the fit carries, on the table it was estimated on; `purpose` is what would be computed from them. */
export function keptScores(fit: Fit, table: ArrowTable, purpose: string): ScoreData {
  if (!fit.scores) {
    throw new ReshoreError('ScoresDroppedError', `the ${fit.kind} fit carries no scores to compute ${purpose} from`,
      "Estimate with scores: 'keep', or give the covariance to the estimator.")
  }
  if (table.numRows !== fit.sample.read) {
    throw new ReshoreError('TableMismatchError', `the fit was estimated on a table of ${fit.sample.read} rows, this one has ${table.numRows}`, 'Pass the table of the estimation.')
  }
  return fit.scores
}

/** A covariance from scores: bound to the table, then applied. Ancillary parameters are kept in `joint`, apart from the coefficients. */
export function applyVcov(vcov: VcovEstimator, table: ArrowTable, scores: ScoreData): Vcov {
  const bound = vcov.bind(table, usedMask(scores, table.numRows))(scores)
  const whole = vcov.columns.length === 0 ? bound : { ...bound, columns: vcov.columns }
  if (!scores.ancillary) return whole
  const p = scores.parameters
  const k = p - scores.ancillary
  const matrix = new Float64Array(k * k)
  for (let j = 0; j < k; j++) matrix.set(whole.matrix.subarray(j * p, j * p + k), j * k)
  return { ...whole, matrix, joint: whole.matrix }
}

function usedMask(scores: ScoreData, rows: number): Mask {
  const { unit } = scores
  if (unit.length === rows) return new Uint8Array(rows).fill(1)
  const used = new Uint8Array(rows)
  for (let i = 0; i < unit.length; i++) used[unit[i]!] = 1
  return used
}
