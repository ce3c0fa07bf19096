/**
 * The grouped-time twin of a Cox model: a complementary log-log model on its person-periods with an effect for every event time.
 * Where time comes in years and events are heavily tied the twin is exact and Efron an approximation; side by side they show how much
 * the treatment of ties matters (Prentice and Gloeckler 1978; Kalbfleisch and Prentice 2002, section 4.8).
 */
import { groupedMaximum, type GroupedMaximum } from '../../models/cox/groupedLikelihood.js'
import type { ArrowTable, Fit, Note, ScoreData, TwinRow, VcovEstimator } from '../../records.js'
import { iid } from '../../vcov/heteroskedastic.js'
import { applyVcov } from '../../vcov/withVcov.js'
import { coxState } from './coxState.js'

/**
 * The twin as a fit: coefficients of the same terms, scores for any covariance, log-likelihood of the person-period model. Its period
 * effects are concentrated out and not among the terms.
 *
 * @param table the table the Cox fit was estimated on.
 * @example const twin = cloglogTwin(fit, spells, { vcov: cluster('firm') })
 */
export function cloglogTwin(fit: Fit<'cox'>, table: ArrowTable, options: { readonly vcov?: VcovEstimator } = {}): Fit<'cloglog'> {
  const began = performance.now()
  const state = coxState(fit, table)
  const bound = performance.now()
  const maximum = groupedMaximum(state)
  const scores: ScoreData = {
    scores: maximum.scores, bread: maximum.variance, modelBased: maximum.variance, rows: state.data.rows, parameters: fit.terms.length,
    unit: state.unit, absorbed: [], family: 'survival',
  }
  const { logLikelihood, nullLogLikelihood } = maximum
  return {
    kind: 'cloglog', spec: fit.spec, terms: fit.terms, coefficients: maximum.coefficients,
    vcov: applyVcov(options.vcov ?? iid(), table, scores),
    scores, sample: fit.sample, logLikelihood, convergence: maximum.convergence, collinear: fit.collinear, notes: twinNotes(maximum),
    detail: { link: 'cloglog', nullLogLikelihood, pseudoRSquared: 1 - logLikelihood / nullLogLikelihood, positives: fit.detail.events },
    levels: fit.levels,
    seconds: { design: (bound - began) / 1000, fit: (performance.now() - bound) / 1000 },
  }
}

/** Both models term by term. */
export function compareTwins(cox: Fit<'cox'>, twin: Fit<'cloglog'>): TwinRow[] {
  const side = (fit: Fit, j: number) => ({ estimate: fit.coefficients[j]!, stdError: Math.sqrt(fit.vcov.matrix[j * (fit.terms.length + 1)]!) })
  return cox.terms.map((term, j) => {
    const [left, right] = [side(cox, j), side(twin, j)]
    return { term, cox: left, cloglog: right, gap: (right.estimate - left.estimate) / left.stdError }
  })
}

function twinNotes({ personPeriods, hazard }: GroupedMaximum): Note[] {
  const saturated = hazard.reduce((sum, value) => sum + (value === Infinity ? 1 : 0), 0)
  const notes: Note[] = [{ kind: 'convention', text: `${personPeriods} person-periods in ${hazard.length} periods, one per event time; their effects are concentrated out.` }]
  if (saturated > 0) notes.push({ kind: 'sample', text: `${saturated} periods in which everyone at risk had the event carry no information on the coefficients.` })
  return notes
}
