/**
 * What a fit says about its instruments, from the reduced form and one covariance of its coefficients; rows are gone through again only for a
 * covariance that reads them.
 */
import { isReshoreError } from '../../../errors.js'
import type { Note, Vcov } from '../../records.js'
import { andersonRubin } from './andersonRubin.js'
import { conditionalTests } from './conditional.js'
import { effectiveF } from './effectiveF.js'
import { firstStages, instrumentRowsOf, type InstrumentNames } from './firstStages.js'
import type { KClassEstimate } from './kClass.js'
import { rankTests } from './rankTests.js'
import type { InstrumentDiagnostics } from './records.js'
import { addColumns, instrumentRows, type ReducedForm } from './reducedForm.js'
import { hansenJ, sargan, wuHausman } from './specification.js'
import { combinedCovariance, instrumentCovariance, type BoundVcov, type SampleRows } from './stacked.js'
import { tFInference } from './tF.js'

/** Diagnostics under `bound`, or under `otherwise` where that covariance knows structural equations only; `covariance` says which. */
export function instrumentDiagnostics(
  form: ReducedForm, estimate: KClassEstimate, sample: SampleRows, names: InstrumentNames, bound: BoundVcov, otherwise: BoundVcov,
): InstrumentDiagnostics {
  const { vcov, used } = reducedFormCovariance(form, sample, bound, otherwise)
  const ar = andersonRubin(form, used.vcov.imposesNull ? nullCovariance(form, sample, used) : vcov, estimate, names.endogenous)
  const conditional = form.endogenous === 1 && form.instruments > 1 ? conditionalTests(form, vcov) : undefined
  const endogeneity = wuHausman(form, sample, used)
  const overidentified = sargan(form, sample, estimate)
  const j = hansenJ(form, sample, used, estimate)
  return {
    covariance: vcov.label,
    firstStages: firstStages(form, sample, names, used, vcov),
    reducedForm: instrumentRowsOf(form, names.instruments, 0, vcov),
    ...rankTests(form, sample, used, vcov),
    ...(form.endogenous === 1 && { effectiveF: effectiveF(form.explained[1]!, vcov.matrix) }),
    ...singleInstrument(form, estimate, vcov),
    ...(ar && { andersonRubin: ar }),
    ...(conditional && { conditional }),
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

/** Covariance of the reduced form's coefficients with outcome and regressors themselves, without X₁, in place of their residuals. */
function nullCovariance(form: ReducedForm, sample: SampleRows, used: BoundVcov): Vcov {
  const columns = (): Float64Array[] => form.explained.map((coordinates, e) => addColumns(instrumentRows(form, coordinates), [form.residuals[e]!], [1]))
  return instrumentCovariance(form, sample, used, columns, form.products.map((value) => value / sample.observations), form.exogenous + form.instruments)
}

/** tF where the estimate is p_y / P of one instrument. */
function singleInstrument({ instruments, endogenous, explained }: ReducedForm, { kappa, coefficients }: KClassEstimate, { matrix }: Vcov): Pick<InstrumentDiagnostics, 'tF'> {
  if (instruments !== 1 || endogenous !== 1 || kappa !== 1) return {}
  const strength = explained[1]![0]!
  const stdError = Math.sqrt(combinedCovariance(matrix, 1, [1, -coefficients[0]!], 0)[0]!) / Math.abs(strength)
  return { tF: tFInference(coefficients[0]!, stdError, strength ** 2 / matrix[3]!) }
}

const shapes = { rays: 'two rays', line: 'the whole line', empty: 'empty: the instruments contradict each other' }

/** Complete sentences about weak instruments, for the notes of a fit with the covariance `label`, which may impose the null. */
export function diagnosticNotes({ covariance, effectiveF: effective, firstStages: stages, andersonRubin: ar }: InstrumentDiagnostics, label: string, imposesNull = false): Note[] {
  const notes: Note[] = []
  const say = (kind: Note['kind'], text: string): number => notes.push({ kind, text })
  if (covariance !== label) say('convention', `The tests of the instruments are ${covariance}: ${label} is the covariance of the structural equation only.`)
  else if (imposesNull) say('convention', `The tests of the instrument are ${label}, Anderson–Rubin with the null imposed (AKM0); Wu–Hausman and the other coefficients of the first stage are robust by row.`)
  const critical = effective?.criticalValues.find(({ tolerance }) => tolerance === 0.1)!.simplified
  const weak = stages.filter(({ sandersonWindmeijer }) => sandersonWindmeijer !== undefined && sandersonWindmeijer.statistic < 10)
  if (effective && effective.statistic < critical!) {
    say('inference', `The instruments may be weak: the effective F of ${effective.statistic.toFixed(2)} is below ${critical!.toFixed(2)}, `
      + 'the critical value for a bias of 10% of the worst case. Read the Anderson–Rubin set.')
  } else if (!effective && weak.length > 0) {
    const names = weak.map(({ endogenous }) => `\`${endogenous}\``).join(', ')
    say('inference', `The instruments may be weak: the conditional F of ${names} is below 10. Read the Anderson–Rubin test.`)
  }
  const shape = ar?.confidenceSet?.shape ?? 'bounded'
  if (shape !== 'bounded') say('inference', `The 95% Anderson–Rubin set is ${shapes[shape]}.`)
  return notes
}
