/** Both procedures of Adão, Kolesár and Morales (2019) side by side, with the AKM0 confidence set in full, bounded or not. */
import { ReshoreError } from '../../../errors.js'
import { normalQuantile, tTwoSided } from '../../../numerics/distributions.js'
import type { ArrowTable, Fit, Note } from '../../records.js'
import { akmStdError, nullSet, nullStdError, shockContributions, type ConfidenceSet } from '../../vcov/shiftShare/akm.js'
import { exposureOf } from '../../vcov/shiftShare/exposure.js'
import { readShares, type ShiftShareDesign } from '../../vcov/shiftShare/shares.js'
import { shiftShareNotes } from '../../vcov/shiftShare.js'
import { keptScores } from '../../vcov/withVcov.js'

export interface ShiftShareInference {
  readonly term: string
  readonly estimate: number
  readonly shocks: number
  /** Equal to `shocks` without clusters. */
  readonly clusters: number
  readonly akm: { readonly stdError: number; readonly pValue: number; readonly conf: readonly [number, number] }
  readonly akm0: {
    /** Length of the set over 2z; absent where the set is unbounded. */
    readonly stdError?: number
    readonly pValue: number
    /** `interval`: [low, high]; `rays`: (−∞, low] and [high, ∞); `line`: everything, low and high infinite. */
    readonly set: ConfidenceSet
  }
  readonly notes: readonly Note[]
}

export interface ShiftShareInferenceOptions {
  /** Coverage, in (0, 1); default 0.95. */
  readonly level?: number
  /** The value the p values test; default 0. */
  readonly null?: number
}

/**
 * AKM and AKM0 inference on the coefficient of a shift-share regressor (`ols`), or of the regressor a shift-share variable instruments
 * (`iv`). `table` is the one of the estimation.
 *
 * @example
 * const { akm0 } = shiftShareInference(fit, firms, { variable: 'exposure', unit: 'firm', shares })
 */
export function shiftShareInference(fit: Fit, table: ArrowTable, design: ShiftShareDesign, options: ShiftShareInferenceOptions = {}): ShiftShareInference {
  const { level = 0.95, null: hypothesis = 0 } = options
  if (!(level > 0 && level < 1)) throw new ReshoreError('LevelError', `the confidence level is ${level}`, 'Give a number between 0 and 1, such as 0.95.', 2)
  const shares = readShares(design, table)
  const exposure = exposureOf(design, shares, keptScores(fit, table, 'shift-share inference'))
  const contributions = shockContributions(shares, exposure, design)
  const estimate = fit.coefficients[exposure.coefficient]!
  const critical = normalQuantile(0.5 + level / 2)
  const stdError = akmStdError(contributions)
  const { shape, low, high } = nullSet(contributions, critical)
  const distance = estimate - hypothesis
  return {
    term: fit.terms[exposure.coefficient]!,
    estimate,
    shocks: contributions.shocks,
    clusters: contributions.clusters,
    akm: { stdError, pValue: tTwoSided(distance / stdError, Infinity), conf: [estimate - critical * stdError, estimate + critical * stdError] },
    akm0: {
      ...(shape === 'interval' && { stdError: (high - low) / (2 * critical) }),
      pValue: tTwoSided(distance / nullStdError(contributions, distance), Infinity),
      set: { shape, low: estimate + low, high: estimate + high },
    },
    notes: shiftShareNotes(design, exposure, contributions),
  }
}
