/**
 * Linear instrumental variables y = X₁β₁ + X₂β₂ + u with instruments Z for X₂, effects absorbed from all of them: two-stage least squares,
 * LIML and Fuller as k-class estimators, two-step GMM. Every fit says how strong its instruments are. Checked against R AER, linearmodels and
 * pyfixest; the diagnostics also against their definitions.
 */
import { ReshoreError } from '../../errors.js'
import { sum } from '../../numerics/sum.js'
import type { EffectOptions } from '../design/absorption/singletons.js'
import type { ArrowTable, Fit, Note, SpecInput } from '../records.js'
import { iid, robust } from '../vcov/heteroskedastic.js'
import { diagnosticNotes, instrumentDiagnostics } from './iv/diagnostics.js'
import { gmmEquation } from './iv/gmm.js'
import { instrumentDesign } from './iv/instrumentDesign.js'
import { kClass, limlKappa } from './iv/kClass.js'
import type { IvMethod } from './iv/records.js'
import { reducedForm } from './iv/reducedForm.js'
import { bindVcov, sampleRows } from './iv/stacked.js'
import { structuralEquation } from './iv/structural.js'
import { absorbedParameters, bindWithin, linearDetail, residualFreedom } from './linear/leastSquares.js'
import { modelSpec, rowFrequencies, type ModelOptions } from './options.js'

export interface IvOptions extends ModelOptions, EffectOptions {
  /** Default '2sls'. */
  readonly method?: IvMethod
  /** Fuller's constant, not negative; default 1. Only with method 'fuller'. */
  readonly fuller?: number
}

/**
 * Fit by instrumental variables: `y ~ exogenous | effects | endogenous ~ instruments`, or without effects
 * `y ~ exogenous | endogenous ~ instruments`. Terms are the exogenous regressors, then the endogenous ones. `detail` holds first stages
 * and the tests of the instruments under the fit's covariance; `weakInstruments` gives them under another.
 *
 * @example
 * const fit = iv('lwage ~ exper + I(exper^2) | educ ~ fatheduc + motheduc', mroz, { vcov: robust() })
 */
export function iv(input: SpecInput, table: ArrowTable, options: IvOptions = {}): Fit<'iv'> {
  const started = performance.now()
  const vcov = options.vcov ?? iid()
  const { method, fuller } = methodOptions(options)
  const spec = modelSpec(input, options, { model: 'iv', absorb: true, instruments: true, weights: true })
  if (spec.endogenous.length === 0) throw new ReshoreError('UnsupportedError', 'iv needs instruments', 'Write y ~ exogenous | endogenous ~ instruments, or use ols.', 2)
  const { bound, design: within, outcome } = bindWithin(spec, table, vcov.columns, options)
  const { design, exogenous, instruments } = instrumentDesign(within)
  const ready = performance.now()

  const frequencies = rowFrequencies(within, spec, options)
  const observations = frequencies ? sum(frequencies) : within.rows
  const endogenous = within.endogenous.map(({ name }) => name)
  const terms = [...design.terms.slice(0, exogenous), ...endogenous]
  const firstStageFreedom = residualFreedom(observations, design.terms.length + absorbedParameters(within))
  const degreesOfFreedom = observations - terms.length - absorbedParameters(within)

  const form = reducedForm(design, exogenous, [outcome, ...within.endogenous.map(({ values }) => values)], endogenous)
  const kappa = method === '2sls' || method === 'gmm' ? 1 : limlKappa(form) - (fuller ?? 0) / firstStageFreedom
  const estimate = kClass(form, kappa, endogenous)
  const structural = { ...within, terms: design.terms.slice(0, exogenous), columns: design.columns.slice(0, exogenous) }
  const excluded = instruments.map((name, l) => ({ name, values: design.columns[exogenous + l]! }))
  const covariance = bindVcov(vcov, table, within.used)
  const equation = { design: structural, instruments: excluded, degreesOfFreedom, ...(frequencies && { frequencies }) }
  const oneStep = { ...structuralEquation(form, estimate, equation), squares: estimate.squares }
  const sample = sampleRows(oneStep.scores, observations, firstStageFreedom)
  const { coefficients, scores, squares } = method === 'gmm' ? gmmEquation(form, estimate, equation, sample, covariance) : oneStep
  const reported = covariance.covariance(scores)
  const diagnostics = instrumentDiagnostics(form, estimate, sample, { exogenous: design.terms.slice(0, exogenous), endogenous, instruments }, covariance, bindVcov(robust(), table, within.used))
  return {
    kind: 'iv',
    spec,
    terms,
    coefficients,
    vcov: reported,
    ...(options.scores === 'drop' ? {} : { scores }),
    sample: within.sample,
    convergence: { converged: true, iterations: 1, reason: 'closed form' },
    collinear: design.collinear,
    notes: [...design.notes, ...(method === 'gmm' ? [gmmNote(reported.label)] : []), ...reported.notes, ...diagnosticNotes(diagnostics, reported.label, vcov.imposesNull)],
    detail: {
      ...linearDetail(bound, outcome, squares, observations, degreesOfFreedom),
      method, kappa, ...(fuller !== undefined && { fuller }), endogenous, instruments, ...diagnostics,
    },
    levels: within.levels,
    seconds: { design: (ready - started) / 1000, fit: (performance.now() - ready) / 1000 },
  }
}

const gmmNote = (label: string): Note => ({ kind: 'convention', text: `Two-step GMM: moments are weighted by the inverse of their covariance (${label}) at the residuals of two-stage least squares.` })

function methodOptions({ method = '2sls', fuller }: IvOptions): { method: IvMethod; fuller?: number } {
  if (!['2sls', 'liml', 'fuller', 'gmm'].includes(method)) throw new ReshoreError('MethodError', `unknown method \`${String(method)}\``, 'Allowed: 2sls, liml, fuller, gmm.', 2)
  if (method !== 'fuller') {
    if (fuller === undefined) return { method }
    throw new ReshoreError('MethodError', `a Fuller constant with method ${method}`, "Choose method: 'fuller', or leave it out.", 2)
  }
  if (!(fuller === undefined || (fuller >= 0 && fuller < Infinity))) {
    throw new ReshoreError('MethodError', `the Fuller constant is ${fuller}`, 'Give a number that is not negative, such as 1 or 4.', 2)
  }
  return { method, fuller: fuller ?? 1 }
}
