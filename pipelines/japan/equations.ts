/**
 * One linear equation four ways on one sample: least squares, first stage and reduced form, two-stage least squares, with what the
 * fit says about its instruments, and its standard errors under further covariances.
 */
import { iv, ols, ReshoreError, stdErrors, withVcov, type ArrowTable, type Fit, type ShiftShareDesign, type VcovEstimator } from 'reshore'
import { shockFacts, type ShockFacts } from './shocks.js'

export interface Equation {
  readonly id: string
  /** What the outcome is called in tables. */
  readonly label: string
  readonly outcome: string
  readonly endogenous: readonly string[]
  readonly instruments: readonly string[]
  readonly exogenous: readonly string[]
  /** Absorbed, in the spelling of formulas: `region^industry`. */
  readonly effects: readonly string[]
  readonly weights?: string
  /** Whether the error of Adão, Kolesár and Morales is wanted: dear where there are many firms and shocks. */
  readonly akm?: boolean
}

export interface FourWays {
  readonly equation: Equation
  readonly ols: Fit<'ols'>
  /** Its detail has first stage, reduced form, weak-instrument statistics and Anderson–Rubin sets. */
  readonly iv?: Fit<'iv'>
  /** Why there is no two-stage least squares. */
  readonly failed?: string
  /** Standard errors of the endogenous terms of 2SLS under further covariances. */
  readonly errors: readonly { readonly name: string; readonly iv: readonly number[] }[]
  /** Where the instrument is the exposure of a firm. */
  readonly shocks?: ShockFacts
}

/** Covariances by the name they have in tables; the first is that of the fits. */
export type Covariances = Readonly<Record<string, VcovEstimator>>

/** The equation in the spelling of `reshore estimate`. */
export function ivFormula({ outcome, exogenous, effects, endogenous, instruments }: Equation): string {
  const absorbed = effects.length === 0 ? '' : ` | ${effects.join(' + ')}`
  return `${outcome} ~ ${sum(exogenous)}${absorbed} | ${sum(endogenous)} ~ ${sum(instruments)}`
}

function olsFormula({ outcome, exogenous, effects, endogenous }: Equation): string {
  return `${outcome} ~ ${sum([...endogenous, ...exogenous])}${effects.length === 0 ? '' : ` | ${effects.join(' + ')}`}`
}

const sum = (terms: readonly string[]): string => (terms.length === 0 ? '1' : terms.join(' + '))

/** The fits of an equation. 2SLS that fails in the sample at hand is left out, with the reason. */
export function fourWays(equation: Equation, table: ArrowTable, covariances: Covariances, design?: ShiftShareDesign): FourWays {
  const [[, first], ...others] = Object.entries(covariances) as [[string, VcovEstimator], ...[string, VcovEstimator][]]
  const options = { vcov: first, ...(equation.weights !== undefined && { weights: equation.weights }) }
  const least = light(ols(olsFormula(equation), table, { ...options, scores: 'drop' }))
  const twoStage = attempt(() => iv(ivFormula(equation), table, options))
  if ('failed' in twoStage) return { equation, ols: least, failed: twoStage.failed, errors: [] }
  const { fit } = twoStage
  return {
    equation,
    ols: least,
    iv: light(fit),
    errors: others.map(([name, vcov]) => ({ name, iv: errorsOf(withVcov(fit, vcov, table), equation.endogenous) })),
    ...(design && { shocks: shockFacts(fit, table, design, equation) }),
  }
}

function attempt<T>(fit: () => T): { readonly fit: T } | { readonly failed: string } {
  try {
    return { fit: fit() }
  } catch (error) {
    if (!(error instanceof ReshoreError)) throw error
    return { failed: `${error.message}. ${error.remedy}` }
  }
}

function errorsOf(fit: Fit, terms: readonly string[]): number[] {
  const errors = stdErrors(fit)
  return terms.map((term) => errors[fit.terms.indexOf(term)]!)
}

/** The fit without the scores of its rows, as it is stored. */
export function light<F extends Fit>(fit: F): F {
  const { scores: _, ...rest } = fit
  return rest as F
}
