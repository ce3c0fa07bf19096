/**
 * One linear equation four ways on one sample: least squares, first stage and reduced form, two-stage least squares, with what the
 * fit says about its instruments, and its standard errors under further covariances.
 */
import { influenceBlock, iv, ols, ReshoreError, shiftShareBalance, stdErrors, tidy, unitInfluence, withVcov, type ArrowTable, type BalanceRow, type Fit, type ShiftShareDesign, type UnitInfluence, type VcovEstimator } from 'reshore'
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
  /** What was there before, of units and of shocks, that exposure must not predict; none of it a control. */
  readonly balance?: { readonly units: readonly string[]; readonly shocks: readonly string[] }
  /** The unit whose influence on the endogenous terms is kept, for a covariance with other equations. */
  readonly joint?: string
}

export interface FourWays {
  readonly equation: Equation
  readonly ols?: Fit<'ols'>
  /** Its detail has first stage, reduced form, weak-instrument statistics and Anderson–Rubin sets. */
  readonly iv?: Fit<'iv'>
  /** Why there is no two-stage least squares, or no estimate at all. */
  readonly failed?: string
  /** Standard errors of the endogenous terms of 2SLS under further covariances. */
  readonly errors: readonly { readonly name: string; readonly iv: readonly number[] }[]
  /** Where the instrument is the exposure of a firm. */
  readonly shocks?: ShockFacts
  /** What could be tested of the balance that is asked for. */
  readonly balance?: readonly Balance[]
  /** Of the endogenous terms, where the equation is joined to others. */
  readonly influence?: { readonly ols: UnitInfluence; readonly iv?: UnitInfluence }
}

/** Covariances by the name they have in tables; the first is that of the fits. */
export type Covariances = Readonly<Record<string, VcovEstimator>>

/** The equation in the spelling of `reshore estimate`. */
function ivFormula({ outcome, exogenous, effects, endogenous, instruments }: Equation): string {
  const absorbed = effects.length === 0 ? '' : ` | ${effects.join(' + ')}`
  return `${outcome} ~ ${sum(exogenous)}${absorbed} | ${sum(endogenous)} ~ ${sum(instruments)}`
}

function olsFormula({ outcome, exogenous, effects, endogenous }: Equation): string {
  return `${outcome} ~ ${sum([...endogenous, ...exogenous])}${effects.length === 0 ? '' : ` | ${effects.join(' + ')}`}`
}

const sum = (terms: readonly string[]): string => (terms.length === 0 ? '1' : terms.join(' + '))

/** The fits of an equation. What fails in the sample at hand is left out, with the reason: 2SLS, or all where least squares does. */
export function fourWays(equation: Equation, table: ArrowTable, covariances: Covariances, design?: ShiftShareDesign): FourWays {
  const [[, first], ...others] = Object.entries(covariances) as [[string, VcovEstimator], ...[string, VcovEstimator][]]
  const options = { vcov: first, ...(equation.weights !== undefined && { weights: equation.weights }) }
  const leastSquares = attempt(() => ols(olsFormula(equation), table, { ...options, scores: equation.joint === undefined ? 'drop' : 'keep' }))
  if ('failed' in leastSquares) return { equation, failed: leastSquares.failed, errors: [] }
  const least = light(leastSquares.fit)
  const twoStage = attempt(() => iv(ivFormula(equation), table, options))
  const joined = (fits: { readonly ols: Fit; readonly iv?: Fit }) => (equation.joint === undefined ? {} : { influence: influences(equation, fits, table, equation.joint) })
  if ('failed' in twoStage) return { equation, ols: least, failed: twoStage.failed, errors: [], ...joined({ ols: leastSquares.fit }) }
  const { fit } = twoStage
  return {
    equation,
    ols: least,
    iv: light(fit),
    errors: others.map(([name, vcov]) => ({ name, iv: errorsOf(withVcov(fit, vcov, table), equation.endogenous) })),
    ...(design && { shocks: shockFacts(fit, table, design, equation) }),
    ...(design && equation.balance && { balance: balanceOf(fit, table, design, equation, first) }),
    ...joined({ ols: leastSquares.fit, iv: fit }),
  }
}

function influences({ id, endogenous }: Equation, fits: { readonly ols: Fit; readonly iv?: Fit }, table: ArrowTable, unit: string): NonNullable<FourWays['influence']> {
  const of = (fit: Fit): UnitInfluence => unitInfluence(influenceBlock(id, fit, table), unit, endogenous.filter((term) => fit.terms.includes(term)))
  return { ols: of(fits.ols), ...(fits.iv && { iv: of(fits.iv) }) }
}

/** A test of balance and the error it has. */
export interface Balance extends BalanceRow {
  readonly error: 'AKM' | 'clustered' | 'by product'
}

/**
 * One test after another: a characteristic that does not vary costs its own row only. Where shares cannot be inverted, as with more shocks than
 * sets of shares, buyers are tested with the errors of the equation.
 */
function balanceOf(fit: Fit<'iv'>, table: ArrowTable, design: ShiftShareDesign, equation: Equation, vcov: VcovEstimator): Balance[] {
  const { units = [], shocks = [] } = equation.balance ?? {}
  const tests = (names: { readonly units: readonly string[] } | { readonly shocks: readonly string[] }): Balance[] | undefined => {
    const tested = attempt(() => shiftShareBalance(fit, table, design, names))
    return 'failed' in tested ? undefined : tested.fit.map((row) => ({ ...row, error: row.level === 'unit' ? 'AKM' : 'by product' }))
  }
  return [...units.flatMap((name) => tests({ units: [name] }) ?? clusteredBalance(name, table, equation, vcov)), ...shocks.flatMap((name) => tests({ shocks: [name] }) ?? [])]
}

function clusteredBalance(characteristic: string, table: ArrowTable, equation: Equation, vcov: VcovEstimator): Balance[] {
  const tested = attempt(() => ols(olsFormula({ ...equation, outcome: characteristic, endogenous: equation.instruments }), table, { vcov }))
  const row = 'failed' in tested ? undefined : tidy(tested.fit).find(({ term }) => term === equation.instruments[0])
  if (row === undefined) return []
  const { estimate, stdError, statistic, pValue } = row
  return [{ characteristic, level: 'unit', estimate, stdError, statistic, pValue, error: 'clustered' }]
}

/** A fit, or why there is none: what the rows at hand cannot identify is no reason to lose the other equations. */
export function attempt<T>(fit: () => T): { readonly fit: T } | { readonly failed: string } {
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
