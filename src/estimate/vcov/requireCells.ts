/** Rows a fit used must have the cells its covariance reads: they leave before estimation, not when a covariance is changed afterwards. */
import { ReshoreError } from '../../errors.js'

/** Throws `errorName` where `missing` holds for a table row the fit uses; `what` names the column with its role. */
export function requireCells(errorName: string, what: string, rows: Int32Array, missing: (row: number) => boolean): void {
  for (let i = 0; i < rows.length; i++) {
    if (!missing(rows[i]!)) continue
    throw new ReshoreError(errorName, `${what} is missing in row ${rows[i]! + 1}, which the fit uses`,
      'Estimate with this covariance, which leaves such rows out, rather than changing it afterwards.')
  }
}
