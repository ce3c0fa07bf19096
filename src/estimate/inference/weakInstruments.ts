/** The instruments of an `iv` fit under another covariance, without estimating again. */
import { ReshoreError } from '../../errors.js'
import { workingBasis } from '../design/workingBasis.js'
import type { ArrowTable, Fit, VcovEstimator } from '../records.js'
import { iid, robust } from '../vcov/heteroskedastic.js'
import { countedParameters } from '../vcov/smallSample.js'
import { applyVcov } from '../vcov/withVcov.js'
import { observationCount } from '../vcov/sandwich.js'
import { instrumentDiagnostics } from '../models/iv/diagnostics.js'
import { kClass } from '../models/iv/kClass.js'
import type { InstrumentDiagnostics } from '../models/iv/records.js'
import { reducedForm } from '../models/iv/reducedForm.js'
import { bindVcov, sampleRows } from '../models/iv/stacked.js'
import type { LinearDesign } from '../models/linear/leastSquares.js'

/**
 * First stages and tests of the instruments of `fit` under `vcov` (default `iid()`): what `fit.detail` holds under the covariance of the
 * estimation. `table` is the one the fit was estimated on. Throws a `ScoresDroppedError` where the fit was made with `scores: 'drop'`.
 *
 * @example
 * const { effectiveF, andersonRubin } = weakInstruments(iv('y ~ 1 | x ~ z1 + z2', firms), firms, cluster('region'))
 */
export function weakInstruments(fit: Fit<'iv'>, table: ArrowTable, vcov: VcovEstimator = iid()): InstrumentDiagnostics {
  const { scores, detail } = fit
  if (!scores?.linear?.instruments) {
    throw new ReshoreError('ScoresDroppedError', 'the iv fit carries no columns to compute first stages from',
      "Estimate with scores: 'keep', or give the covariance to the estimator.")
  }
  const { residuals, regressors, instruments, weights } = scores.linear
  const { rows } = scores
  const k = fit.terms.length
  const endogenous = columnsOf(regressors, rows, k).slice(k - detail.endogenous.length)
  const columns = [...columnsOf(regressors, rows, k).slice(0, k - endogenous.length), ...columnsOf(instruments, rows, detail.instruments.length)]
  const outcome = residuals.slice()
  for (let row = 0; row < rows; row++) for (let j = 0; j < k; j++) outcome[row]! += regressors[row * k + j]! * fit.coefficients[j]!
  const intercept = fit.terms[0] === '(Intercept)' ? 'estimated' : 'none'
  const design: LinearDesign = {
    terms: [...fit.terms.slice(0, k - endogenous.length), ...detail.instruments],
    intercept,
    basis: workingBasis(columns, rows, intercept).basis,
    ...(weights && { weights }),
  }

  // What the covariance needs of the structural equation, such as which instrument it is for, it checks there.
  if (vcov.imposesNull) applyVcov(vcov, table, scores)
  const form = reducedForm(design, k - endogenous.length, [outcome, ...endogenous], detail.endogenous)
  const observations = observationCount(scores)
  const firstStageFreedom = observations - countedParameters({ ...scores, counted: columns.length })
  const names = { exogenous: fit.terms.slice(0, k - endogenous.length), endogenous: detail.endogenous, instruments: detail.instruments }
  const used = new Uint8Array(table.numRows)
  for (const row of scores.unit) used[row] = 1
  const sample = sampleRows(scores, observations, firstStageFreedom)
  return instrumentDiagnostics(form, kClass(form, detail.kappa, detail.endogenous), sample, names, bindVcov(vcov, table, used), bindVcov(robust(), table, used))
}

function columnsOf(rowMajor: Float64Array, rows: number, count: number): Float64Array[] {
  return Array.from({ length: count }, (_, j) => {
    const column = new Float64Array(rows)
    for (let row = 0; row < rows; row++) column[row] = rowMajor[row * count + j]!
    return column
  })
}
