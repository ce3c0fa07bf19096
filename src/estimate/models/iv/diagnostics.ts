/**
 * What a fit says about its instruments, from the reduced form and one covariance of its coefficients; rows are gone through again only for a
 * covariance that reads them.
 */
import { isReshoreError } from '../../../errors.js'
import type { Note, Vcov } from '../../records.js'
import { andersonRubin } from './andersonRubin.js'
import { effectiveF } from './effectiveF.js'
import { firstStages, instrumentRowsOf } from './firstStages.js'
import type { KClassEstimate } from './kClass.js'
import { rankTests } from './rankTests.js'
import type { InstrumentDiagnostics } from './records.js'
import type { ReducedForm } from './reducedForm.js'
import { hansenJ, sargan, wuHausman } from './specification.js'
import { instrumentCovariance, type BoundVcov, type SampleRows } from './stacked.js'

/** Diagnostics under `bound`, or under `otherwise` where that covariance knows structural equations only; `covariance` says which. */
export function instrumentDiagnostics(form: ReducedForm, estimate: KClassEstimate, sample: SampleRows, names: { readonly endogenous: readonly string[]; readonly instruments: readonly string[] }, bound: BoundVcov, otherwise: BoundVcov): InstrumentDiagnostics {
  const { vcov, used } = reducedFormCovariance(form, sample, bound, otherwise)
  const ar = andersonRubin(form, vcov)
  const endogeneity = wuHausman(form, sample, used)
  const overidentified = sargan(form, sample, estimate)
  const j = hansenJ(form, sample, used, estimate)
  return {
    covariance: vcov.label,
    firstStages: firstStages(form, sample, names, vcov),
    reducedForm: instrumentRowsOf(form, names.instruments, 0, vcov),
    ...rankTests(form, sample, used, vcov),
    ...(form.endogenous === 1 && { effectiveF: effectiveF(form.explained[1]!, vcov.matrix) }),
    ...(ar && { andersonRubin: ar }),
    ...(endogeneity && { wuHausman: endogeneity }),
    ...(overidentified && { sargan: overidentified }),
    ...(j && { hansenJ: j }),
  }
}

function reducedFormCovariance(form: ReducedForm, sample: SampleRows, bound: BoundVcov, otherwise: BoundVcov): { vcov: Vcov; used: BoundVcov } {
  const variance = form.residualProducts.map((value) => value / sample.firstStageFreedom)
  const under = (used: BoundVcov): { vcov: Vcov; used: BoundVcov } =>
    ({ vcov: instrumentCovariance(form, sample, used, () => form.residuals, variance, form.exogenous + form.instruments), used })
  try {
    return under(bound)
  } catch (error) {
    if (!isReshoreError(error)) throw error
    return under(otherwise)
  }
}

/** Complete sentences about weak instruments, for the fit's notes. */
export function weaknessNotes({ effectiveF: effective, firstStages: stages, andersonRubin: ar }: InstrumentDiagnostics): Note[] {
  const notes: Note[] = []
  const tenth = effective?.criticalValues.find(({ tolerance }) => tolerance === 0.1)
  const weak = stages.filter(({ sandersonWindmeijer }) => sandersonWindmeijer !== undefined && sandersonWindmeijer.statistic < 10)
  if (effective && tenth && effective.statistic < tenth.simplified) {
    notes.push({ kind: 'inference', text: `The instruments may be weak: the effective F of ${effective.statistic.toFixed(2)} is below ${tenth.simplified.toFixed(2)}, the critical value for a bias of 10% of the worst case. Read the Anderson–Rubin set.` })
  } else if (!effective && weak.length > 0) {
    notes.push({ kind: 'inference', text: `The instruments may be weak: the conditional F of ${weak.map(({ endogenous }) => `\`${endogenous}\``).join(', ')} is below 10. Read the Anderson–Rubin test.` })
  }
  if (ar?.confidenceSet && ar.confidenceSet.shape !== 'bounded') {
    const says = { rays: 'two rays', line: 'the whole line', empty: 'empty: the instruments contradict each other' }[ar.confidenceSet.shape]
    notes.push({ kind: 'inference', text: `The 95% Anderson–Rubin set is ${says}.` })
  }
  return notes
}
