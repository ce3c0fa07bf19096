/**
 * Survival curves of a Cox model for given covariates, fixed or changing along a path, with the standard errors of
 * `survival::survfit.coxph` (Tsiatis and Link 1984; Therneau and Grambsch 2000, section 10.2):
 *
 *   Λ(t) = Σ e^{x'β} dΛ₀,   Var Λ(t) = Σ e^{2x'β} c₀ + q'Vq,   q = Σ e^{x'β} (x − x̄(u)) dΛ₀(u).
 *
 * S = e^{−Λ}; the standard error of ln S is that of Λ. V is the covariance the fit carries, robust or not, as in R.
 */
import { ReshoreError } from '../../../errors.js'
import { normalQuantile } from '../../../numerics/distributions.js'
import { riskMeans } from '../../models/cox/scoreResiduals.js'
import type { CoxState } from '../../models/cox/solveCox.js'

export type CurveInterval = 'log' | 'log-log' | 'plain'

/** Covariates `at` over (from, to]; one segment from 0 to infinity is an ordinary curve. */
export interface PathSegment {
  readonly from: number
  readonly to: number
  readonly at: Float64Array
}

/** Values at the event times of one stratum that the path covers. `stdError` is of ln S (= of the cumulative hazard). */
export interface SurvivalCurve {
  readonly stratum: string
  readonly time: Float64Array
  readonly survival: Float64Array
  readonly cumulativeHazard: Float64Array
  readonly stdError: Float64Array
  readonly lower: Float64Array
  readonly upper: Float64Array
}

export interface CurveOptions {
  readonly stratum: number
  readonly level?: number
  readonly interval?: CurveInterval
  /** Covariance of the coefficients, parameters × parameters; the inverse information by default. */
  readonly vcov?: Float64Array
}

/** Survival along a path of covariates in one stratum, starting at survival 1 where the path starts. */
export function survivalAlong(state: CoxState, stratumName: string, path: readonly PathSegment[], options: CurveOptions): SurvivalCurve {
  checkPath(path)
  const { data, tieWeights, kernel } = state
  const p = data.parameters
  const means = riskMeans(data, kernel.riskSums, tieWeights).hazard
  const vcov = options.vcov ?? state.variance
  const time: number[] = []
  const hazards: number[] = []
  const errors: number[] = []
  let [hazard, variance] = [0, 0]
  const slope = new Float64Array(p)
  for (const { from, to, at } of path) {
    const relative = Math.exp(state.coefficients.reduce((sum, beta, j) => sum + beta * (at[j]! - data.centre[j]!), -data.offsetCentre))
    for (let k = data.risk.offsets[options.stratum]!; k < data.risk.offsets[options.stratum + 1]!; k++) {
      if (data.risk.times[k]! <= from || data.risk.times[k]! > to) continue
      hazard += relative * tieWeights.hazard[k]!
      variance += relative * relative * tieWeights.second[k]!
      for (let j = 0; j < p; j++) slope[j]! += relative * ((at[j]! - data.centre[j]!) * tieWeights.hazard[k]! - means[k * p + j]!)
      time.push(data.risk.times[k]!)
      hazards.push(hazard)
      errors.push(Math.sqrt(variance + quadratic(vcov, slope)))
    }
  }
  return {
    stratum: stratumName, time: Float64Array.from(time), cumulativeHazard: Float64Array.from(hazards),
    survival: Float64Array.from(hazards, (value) => Math.exp(-value)), stdError: Float64Array.from(errors),
    ...bounds(hazards, errors, options.level ?? 0.95, options.interval ?? 'log'),
  }
}

function checkPath(path: readonly PathSegment[]): void {
  path.forEach(({ from, to }, s) => {
    if (!(from < to) || (s > 0 && from < path[s - 1]!.to)) {
      throw new ReshoreError('PathError', `Segment ${s + 1} of the covariate path runs from ${from} to ${to}, which is empty or overlaps the one before.`,
        'Give segments in order of time, each (from, to] with from below to.', 2)
    }
  })
}

function quadratic(matrix: Float64Array, vector: Float64Array): number {
  const k = vector.length
  let sum = 0
  for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) sum += vector[a]! * matrix[a * k + b]! * vector[b]!
  return sum
}

/** Pointwise intervals of the survival probability; `log` and `plain` are cut at 1 and 0 as in R. */
function bounds(hazards: readonly number[], errors: readonly number[], level: number, interval: CurveInterval) {
  const z = normalQuantile(0.5 + level / 2)
  const sides = hazards.map((hazard, k): readonly [number, number] => {
    const error = z * errors[k]!
    if (interval === 'log') return [Math.exp(-hazard - error), Math.min(1, Math.exp(-hazard + error))]
    if (interval === 'log-log') return [Math.exp(-hazard * Math.exp(error / hazard)), Math.exp(-hazard * Math.exp(-error / hazard))]
    const survival = Math.exp(-hazard)
    return [Math.max(0, survival - error * survival), Math.min(1, survival + error * survival)]
  })
  return { lower: Float64Array.from(sides, ([low]) => low), upper: Float64Array.from(sides, ([, high]) => high) }
}
