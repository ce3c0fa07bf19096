/**
 * Sunk, fixed and exit costs from entry and exit.
 *
 * A firm that participates earns π − f a period; entering costs s, leaving costs x (scrap value = −x); shocks to the two
 * options are logistic with scale κ; the discount factor is B. With entry probability e and exit hazard h at the same covariates,
 * L₁ = logit(1 − h) and L₀ = logit(e):
 *
 *     (s + x)/κ = L₁ − L₀                                  exactly, for any B
 *     (π − f)/κ = L₁ − x/κ − B { ln[(1 − e)/h] − x/κ }
 *
 * Entry and exit identify s + x only; (s, f − π) move along a line in x, of which x = 0 is the labelled case.
 * Serially correlated shocks load onto state dependence, so s + x from a pooled logit is an upper bound.
 *
 * Sources: Dixit (1989), Das, Roberts and Tybout (2007), in the logistic form of Rust (1987). Checked against value iteration of
 * the two-state Bellman equation in test/calibrate/entryExit.test.ts.
 */
import { ReshoreError } from '../errors.js'
import { deltaMethod } from '../numerics/deltaMethod.js'
import { log1pExp, logistic } from '../numerics/logistic.js'
import type { CalibratedNumber, CostPoint, EntryExitCosts, MoneyScale } from './records.js'

/** Logit of entry and of staying at the same covariates, with their 2 × 2 covariance (row-major; zero off the diagonal when estimated apart). */
export interface TransitionLogits {
  readonly entry: number
  readonly stay: number
  readonly covariance: readonly [number, number, number, number]
}

export interface EntryExitOptions {
  /** B, strictly between 0 and 1. */
  readonly discount: number
  /** Points on the identified line, odd so that x = 0 is one of them. Default 5. */
  readonly points?: number
}

const normal975 = 1.959963984540054

/**
 * Returns s + x in units of κ and the identified line of (x, s, f − π), each with a 95 % delta-method interval.
 * Throws `CalibrationError` when B is outside (0, 1), a logit is not finite, or s + x is negative.
 *
 * @example
 * const costs = entryExitCosts({ entry: -2.5, stay: 1, covariance: [0.01, 0, 0, 0.02] }, { discount: 0.95 })
 */
export function entryExitCosts(logits: TransitionLogits, options: EntryExitOptions): EntryExitCosts {
  checkInputs(logits, options)
  const { discount, points = 5 } = options
  const entryProbability = logistic(logits.entry)
  const exitHazard = logistic(-logits.stay)
  const total = (b: Float64Array): number => b[1]! - b[0]!
  const sunkPlusExit = calibrated(logits, total, 'κ')
  if (sunkPlusExit.value < 0) {
    throw new ReshoreError(
      'CalibrationError',
      `The implied sunk plus exit cost is negative: logit of staying ${logits.stay.toFixed(4)} is below logit of entry ${logits.entry.toFixed(4)}.`,
      'Firms that are out enter more often than firms that are in stay: check that entry and exit are measured on the same population, or drop the calibration.',
    )
  }
  const line = Array.from({ length: points }, (_, i) => costPoint(logits, discount, (2 * i) / (points - 1) - 1))
  return { entryProbability, exitHazard, discount, sunkPlusExit, line, notes: conventions }
}

const conventions = [
  'Entry and exit identify the sum of sunk entry cost and exit cost; the split is a line, not a point. The case without exit cost is x = 0.',
  'With serially correlated shocks the sum is an upper bound; without sunk costs it would be zero.',
]

/** The point with exit cost x = share·(s + x). */
function costPoint(logits: TransitionLogits, discount: number, share: number): CostPoint {
  const exit = (b: Float64Array): number => share * (b[1]! - b[0]!)
  const netFixed = (b: Float64Array): number => {
    const x = exit(b)
    // ln[(1 − e)/h] with e = Λ(L₀), h = Λ(−L₁), written without cancellation.
    const logRatio = log1pExp(b[1]!) - log1pExp(b[0]!)
    return -(b[1]! - x - discount * (logRatio - x))
  }
  const label = share === 0 ? 'no exit cost (x = 0)' : share < 0 ? 'scrap value' : 'exit cost'
  return {
    label,
    exit: calibrated(logits, exit, 'κ'),
    sunk: calibrated(logits, (b) => b[1]! - b[0]! - exit(b), 'κ'),
    netFixed: calibrated(logits, netFixed, 'κ a period'),
  }
}

/**
 * Returns κ in money from the logit coefficient `b` of a saving measured in money: 1/b when the saving varies from year to year,
 * 1/(b[1 − B(1 − h − e)]) when it is permanent. Together they bound κ.
 *
 * @example
 * const kappa = moneyScale({ coefficient: 2e-6, variance: 1e-14 }, { discount: 0.95, entryProbability: 0.08, exitHazard: 0.27 })
 */
export function moneyScale(
  saving: { readonly coefficient: number; readonly variance: number },
  at: { readonly discount: number; readonly entryProbability: number; readonly exitHazard: number },
  unit = 'EUR',
): MoneyScale {
  if (!(saving.coefficient > 0)) {
    throw new ReshoreError(
      'CalibrationError',
      `The coefficient of the saving is ${saving.coefficient}: a saving that does not raise participation gives no money scale.`,
      'Use another measure of the saving, instrument it, or report costs in units of κ.',
    )
  }
  const persistence = 1 - at.discount * (1 - at.exitHazard - at.entryProbability)
  const logits = { entry: saving.coefficient, stay: 0, covariance: [saving.variance, 0, 0, 0] as const }
  return {
    transitory: calibrated(logits, (b) => 1 / b[0]!, unit),
    permanent: calibrated(logits, (b) => 1 / (b[0]! * persistence), unit),
  }
}

/** Returns a number in units of κ as money: value and interval times the scale, which is taken as given. */
export function inMoney(number: CalibratedNumber, scale: number, unit: string): CalibratedNumber {
  return {
    value: number.value * scale,
    stdError: number.stdError * scale,
    interval: [number.interval[0] * scale, number.interval[1] * scale],
    unit,
  }
}

function calibrated(logits: TransitionLogits, map: (b: Float64Array) => number, unit: string): CalibratedNumber {
  const at = Float64Array.of(logits.entry, logits.stay)
  const mapped = deltaMethod((b) => Float64Array.of(map(b)), at, Float64Array.from(logits.covariance))
  const value = mapped.values[0]!
  const stdError = mapped.stdErrors[0]!
  return { value, stdError, interval: [value - normal975 * stdError, value + normal975 * stdError], unit }
}

function checkInputs(logits: TransitionLogits, { discount, points = 5 }: EntryExitOptions): void {
  if (!(discount > 0 && discount < 1)) {
    throw new ReshoreError('CalibrationError', `The discount factor is ${discount}; it must lie strictly between 0 and 1.`, 'Give a yearly factor such as 0.95.', 2)
  }
  if (!Number.isInteger(points) || points < 3 || points % 2 === 0) {
    throw new ReshoreError('CalibrationError', `${points} points on the identified line; an odd number of at least 3 is needed.`, 'Give 3, 5, 7, …: the middle one is x = 0.', 2)
  }
  if (![logits.entry, logits.stay, ...logits.covariance].every(Number.isFinite)) {
    throw new ReshoreError('CalibrationError', 'The entry or exit probability is 0 or 1, or its variance is missing.', 'Entry and exit must both occur in the sample.')
  }
}
