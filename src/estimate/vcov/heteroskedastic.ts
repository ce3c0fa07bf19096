/**
 * Covariances that treat rows as independent draws: `iid` from the model itself, `robust` from the scores (White 1980), `hc2` and `hc3` from
 * scores over their leverage (MacKinnon and White 1985).
 */
import { ReshoreError } from '../../errors.js'
import { crossProduct } from '../../numerics/linearAlgebra.js'
import type { Note, ScoreData, VcovEstimator } from '../records.js'
import { leverages } from './leverage.js'
import { rowMeat, sandwich } from './sandwich.js'
import { modelBasedFactor, residualDegrees, robustFactor, type SmallSample } from './smallSample.js'

/**
 * Model-based covariance: n−K for linear models, expected information for probit, observed elsewhere; no further factor. `smallSample: 'none'`
 * divides by n in linear models, as Stata's `ivregress` and linearmodels do.
 */
export function iid(options: { readonly smallSample?: 'none' } = {}): VcovEstimator {
  return {
    label: 'iid',
    columns: [],
    modelBased: true,
    bind: () => (scores) => {
      const factor = modelBasedFactor(scores, options.smallSample)
      return { matrix: scores.modelBased.map((value) => value * factor), label: 'iid', degreesOfFreedom: residualDegrees(scores), notes: [] }
    },
  }
}

/**
 * Heteroskedasticity-robust covariance: HC0 with n/(n−K) for linear models, HC0 otherwise; `smallSample` overrides. Models
 * whose rows are drawn by group (conditional logit, random effects) sum the scores of a group first.
 *
 * @example const fit = ols('y ~ x', table, { vcov: robust() })
 */
export function robust(options: { readonly smallSample?: SmallSample } = {}): VcovEstimator {
  return {
    label: 'robust',
    columns: [],
    bind: () => (scores) => {
      const factor = robustFactor(scores, options.smallSample)
      return { matrix: sandwich(scores, rowMeat(scores)).map((value) => value * factor), label: 'robust', degreesOfFreedom: residualDegrees(scores), notes: [] }
    },
  }
}

/**
 * Robust covariance of least squares with squared residuals over 1 − h_i, h_i the leverage: unbiased where errors are homoskedastic. No
 * further factor. Leverages count absorbed effects exactly. Throws a `LeverageError` for other models, for rows with a leverage of one, for
 * slopes of levels and for several effects of thousands of levels each.
 *
 * @example const fit = ols('y ~ x | firm', table, { vcov: hc2() })
 */
export function hc2(): VcovEstimator {
  return leverageVcov('hc2', 1)
}

/**
 * Robust covariance of least squares with squared residuals over (1 − h_i)², h_i the leverage: the sum over rows of the squared change of the
 * coefficients where the row is left out (jackknife). No further factor; errors as `hc2`.
 *
 * @example const fit = ols('y ~ x | firm', table, { vcov: hc3() })
 */
export function hc3(): VcovEstimator {
  return leverageVcov('hc3', 2)
}

function leverageVcov(label: 'hc2' | 'hc3', power: 1 | 2): VcovEstimator {
  return {
    label,
    columns: [],
    bind: () => (scores) => {
      const { factors, notes } = leverageFactors(scores, power)
      const meat = crossProduct(scores.scores, scores.rows, scores.parameters, factors)
      return { matrix: sandwich(scores, meat), label, degreesOfFreedom: residualDegrees(scores), notes }
    },
  }
}

/** A leverage this close to one is one but for rounding. */
const rounding = 1e-9

/** (1 − h_i)^−power by row, times its frequency. Rows that absorbed effects fit alone move nothing and count zero, with a note. */
function leverageFactors(scores: ScoreData, power: number): { factors: Float64Array; notes: Note[] } {
  const { regressors, effects } = leverages(scores)
  const { frequencies, unit } = scores
  let alone = 0
  const factors = regressors.map((own, row) => {
    if (1 - effects[row]! < rounding) {
      alone++
      return 0
    }
    const left = 1 - own - effects[row]!
    if (left < rounding) {
      throw new ReshoreError('LeverageError', `row ${unit[row]! + 1} has a leverage of one: a regressor is for it alone, and its residual is zero whatever its error`,
        'Leave the row or its indicator out, or use robust errors.')
    }
    return (frequencies ? frequencies[row]! : 1) * left ** -power
  })
  const text = `${alone} ${alone === 1 ? 'row has' : 'rows have'} a leverage of one in the absorbed effects and ${alone === 1 ? 'says' : 'say'} nothing about the errors.`
  return { factors, notes: alone === 0 ? [] : [{ kind: 'inference', text }] }
}
