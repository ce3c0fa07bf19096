/** A fitted Cox model with its risk sets rebuilt from the table it was estimated on: where residuals, curves and tests start. */
import { ReshoreError } from '../../../errors.js'
import { coxDesign } from '../../models/cox.js'
import { positiveInverse } from '../../models/cox/information.js'
import { evaluate } from '../../models/cox/partialLikelihood.js'
import { riskSets } from '../../models/cox/riskSets.js'
import { prepareCox, type CoxState } from '../../models/cox/solveCox.js'
import { losesDigits } from '../../models/cox/stableKernel.js'
import type { ArrowTable, Fit, SurvivalColumns } from '../../records.js'

export interface FittedCox extends CoxState {
  readonly survival: SurvivalColumns
  /** Row of the sample -> row of the table. */
  readonly unit: Int32Array
}

/**
 * The state of a fit at its coefficients.
 *
 * @throws ReshoreError `TableMismatchError` when the table does not give the sample the fit was made on.
 */
export function coxState(fit: Fit<'cox'>, table: ArrowTable): FittedCox {
  const { design, survival } = coxDesign(fit.spec, table, fit.vcov.columns ?? [])
  if (table.numRows !== fit.sample.read || design.rows !== fit.sample.used) {
    throw new ReshoreError('TableMismatchError',
      `the fit used ${fit.sample.used} of ${fit.sample.read} rows, this table gives ${design.rows} of ${table.numRows}`, 'Pass the table of the estimation.')
  }
  const columns = fit.terms.map((term) => design.columns[design.terms.indexOf(term)]!)
  const risk = riskSets(survival)
  const at = (arithmetic: 'running' | 'stable') => {
    const { data, kernel } = prepareCox({ ...design, columns, survival, ties: fit.detail.ties }, risk, arithmetic)
    return { data, kernel, ...evaluate(data, kernel, fit.coefficients) }
  }
  const fast = at('running')
  const { data, kernel, information, tieWeights } = losesDigits(fast.data, fast.kernel.riskSums) ? at('stable') : fast
  return {
    data, kernel, tieWeights, coefficients: fit.coefficients, variance: positiveInverse(information, fit.terms.length),
    survival, unit: design.unit,
  }
}
