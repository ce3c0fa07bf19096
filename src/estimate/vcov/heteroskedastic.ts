/** Covariances that treat rows as independent draws: `iid` from the model itself, `robust` from the scores (White 1980). */
import type { VcovEstimator } from '../records.js'
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
