/**
 * Schoenfeld residuals of a Cox model: for each event, its covariates less their mean over the risk set at its time (the mean over
 * tied deaths under Efron). Scaled residuals d·V·r + β̂ show the coefficient as a function of time (Grambsch and Therneau 1994).
 * Equal to R's `residuals(type = 'schoenfeld')` and `'scaledsch'`.
 */
import { stratumOfTimes } from '../../models/cox/riskSets.js'
import { riskMeans } from '../../models/cox/scoreResiduals.js'
import type { ArrowTable, Fit } from '../../records.js'
import { coxState } from './coxState.js'
import type { CoxState } from '../../models/cox/solveCox.js'

/** One entry per event, by stratum and time; residuals are events × parameters row-major. */
export interface SchoenfeldResiduals {
  readonly row: Int32Array
  readonly time: Float64Array
  readonly stratum: Int32Array
  readonly residuals: Float64Array
  readonly scaled: Float64Array
}

/**
 * Schoenfeld residuals of a fit, plain and scaled; `row` numbers the rows of the table.
 *
 * @param table the table the fit was estimated on.
 */
export function schoenfeldResiduals(fit: Fit<'cox'>, table: ArrowTable): SchoenfeldResiduals {
  const state = coxState(fit, table)
  const found = schoenfeldOf(state)
  return { ...found, row: found.row.map((i) => state.unit[i]!) }
}

/** Schoenfeld residuals at a state; `row` numbers the rows of the sample. */
function schoenfeldOf(state: CoxState): SchoenfeldResiduals {
  const { data, variance, coefficients } = state
  const { parameters: p, risk, packed, stride } = data
  const means = riskMeans(data, state.kernel.riskSums, state.tieWeights).death
  const row = risk.eventRows.slice().sort((a, b) => risk.last[a]! - risk.last[b]! || a - b)
  const events = row.length
  const residuals = new Float64Array(events * p)
  const scaled = new Float64Array(events * p)
  row.forEach((i, e) => {
    const k = risk.last[i]!
    for (let j = 0; j < p; j++) residuals[e * p + j] = packed[i * stride + j]! - means[k * p + j]!
    for (let a = 0; a < p; a++) {
      let sum = 0
      for (let b = 0; b < p; b++) sum += variance[a * p + b]! * residuals[e * p + b]!
      scaled[e * p + a] = events * sum + coefficients[a]!
    }
  })
  const stratumOf = stratumOfTimes(risk)
  return { row, time: Float64Array.from(row, (i) => risk.times[risk.last[i]!]!), stratum: Int32Array.from(row, (i) => stratumOf[risk.last[i]!]!), residuals, scaled }
}
