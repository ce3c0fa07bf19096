/** A Cox fit with what a reader asks for next: the proportional-hazards tests, the concordance, and the grouped-time twin where ties are many. */
import { isReshoreError } from '../../../errors.js'
import { cox, type CoxOptions } from '../../models/cox.js'
import type { ArrowTable, CoxDetail, Fit, Note, SpecInput } from '../../records.js'
import { cloglogTwin, compareTwins } from './cloglogTwin.js'
import { concordanceIndex } from './concordance.js'
import { proportionalHazards } from './proportionality.js'

/** Share of events tied with another above which the twin is printed. */
const manyTies = 0.2
/** Event times up to which a baseline hazard is given in full; beyond, every m-th and the last of each stratum. */
const printedTimes = 5000

/** `cox`, with `schoenfeld`, `concordance` and, among many ties, `twin` in its detail. Errors as `cox`. */
export function coxWithTests(spec: SpecInput, table: ArrowTable, options: CoxOptions = {}): Fit<'cox'> {
  const fit = cox(spec, table, options)
  if (fit.terms.length === 0) return fit
  const { concordance, stdError } = concordanceIndex(fit, table, options.vcov)
  const twin = tiedShare(fit.detail) > manyTies ? twinOf(fit, table, options) : undefined
  const { baseline, note } = thinned(fit.detail.baseline)
  return {
    ...fit,
    notes: [...fit.notes, ...(note ? [note] : []), ...(twin?.notes ?? [])],
    detail: {
      ...fit.detail, baseline,
      concordance: { concordance, stdError },
      schoenfeld: { transform: 'km', tests: proportionalHazards(fit, table) },
      ...(twin?.rows && { twin: twin.rows }),
    },
  }
}

function tiedShare({ events, tiedEvents }: CoxDetail): number {
  return tiedEvents / events
}

/** The comparison, or why there is none. */
function twinOf(fit: Fit<'cox'>, table: ArrowTable, { vcov }: CoxOptions): { rows?: CoxDetail['twin']; notes: Note[] } {
  try {
    const twin = cloglogTwin(fit, table, { vcov })
    return { rows: compareTwins(fit, twin), notes: twin.notes.map(({ kind, text }) => ({ kind, text: `Grouped-time twin: ${text}` })) }
  } catch (error) {
    if (!isReshoreError(error)) throw error
    return { notes: [{ kind: 'convergence', text: `No grouped-time twin: ${error.message}.` }] }
  }
}

function thinned(baseline: CoxDetail['baseline']): { baseline: CoxDetail['baseline']; note?: Note } {
  const times = baseline.reduce((sum, { time }) => sum + time.length, 0)
  if (times <= printedTimes) return { baseline }
  const every = Math.ceil(times / printedTimes)
  const keep = (values: Float64Array): Float64Array => values.filter((_, k) => k % every === 0 || k === values.length - 1)
  return {
    baseline: baseline.map(({ stratum, time, hazard }) => ({ stratum, time: keep(time), hazard: keep(hazard) })),
    note: { kind: 'convention', text: `The baseline hazard is printed at one event time in ${every} (${times} in all).` },
  }
}
