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
import { relativeToCentre } from '../../models/cox/baselineHazard.js'
import { findColumn, readCodes, readNumbers } from '../../design/columns.js'
import { bindNewData } from '../../design/newData.js'
import { isSurvival } from '../../formula/format.js'
import type { ArrowTable, Fit, SurvivalColumns } from '../../records.js'
import { coxState, type FittedCox } from './coxState.js'

export type CurveInterval = 'log' | 'log-log' | 'plain'

/** Covariates `at` (one value per term) over (from, to]; one segment over all times is an ordinary curve. */
export interface PathSegment {
  readonly from: number
  readonly to: number
  readonly at: Float64Array
  /** Default 0. */
  readonly offset?: number
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
  /** Coverage of the pointwise intervals; default 0.95. */
  readonly level?: number
  /** Scale of the intervals; default `log`. */
  readonly interval?: CurveInterval
}

export interface CurvesOptions extends CurveOptions {
  /** Names of columns of `at` that make its rows segments of paths: rows of one `id` follow one another over (start, stop]. */
  readonly path?: { readonly id: string; readonly start: string; readonly stop: string }
}

/** A curve for one row of `at`, or for one path. */
export interface PredictedCurve extends SurvivalCurve {
  /** First row of `at` it belongs to. */
  readonly row: number
}

/**
 * Survival curves of a fit for the rows of `at`, in the row's own stratum where `at` has the strata columns and in every stratum
 * otherwise. With `path` the covariates change in time and a curve starts at 1 where its path does.
 *
 * @param table the table the fit was estimated on.
 * @param at one row per curve or per segment of a path, with the regressors of the fit.
 * @throws ReshoreError `PathError` for segments that are empty, overlap or change stratum; `UnseenLevelError`, `MissingColumnError`.
 * @example
 * const [young, old] = survivalCurves(fit, spells, tableFromArrays({ age: [5, 40], exportShare: [0.2, 0.2] }))
 */
export function survivalCurves(fit: Fit<'cox'>, table: ArrowTable, at: ArrowTable, options: CurvesOptions = {}): PredictedCurve[] {
  const state = coxState(fit, table)
  const { columns, offset, rows, dropped } = bindNewData(fit, at)
  if (dropped.length > 0) {
    const reasons = dropped.map(({ reason, rows: count }) => `${count} ${reason}`).join(', ')
    throw new ReshoreError('EmptySampleError', `no curve for ${at.numRows - rows.length} of ${at.numRows} rows: ${reasons}`, 'Give every regressor of the fit a value.')
  }
  const covariates = (row: number): Omit<PathSegment, 'from' | 'to'> => ({ at: Float64Array.from(columns, (column) => column[row]!), offset: offset?.[row] })
  const strata = strataOf(fit, state.survival, at)
  return pathsOf(at, options.path).flatMap((segments) => {
    const row = segments[0]!.row
    const path = segments.map((segment) => ({ ...segment, ...covariates(segment.row) }))
    if (segments.some((segment) => strata?.[segment.row] !== strata?.[row])) {
      throw new ReshoreError('PathError', `the path that starts in row ${row + 1} changes its stratum`, 'Keep the strata columns constant along a path.', 2)
    }
    const wanted = strata ? [strata[row]!] : Array.from({ length: state.data.risk.strata }, (_, s) => s)
    return wanted.map((stratum) => ({ row, ...survivalAlong(state, path, { ...options, stratum, vcov: fit.vcov.matrix }) }))
  })
}

/** Stratum of each row of `at`; undefined where it does not say. */
function strataOf(fit: Fit<'cox'>, { strataLevels }: SurvivalColumns, at: ArrowTable): number[] | undefined {
  const names = isSurvival(fit.spec.outcome) ? fit.spec.outcome.strata : []
  if (names.length === 0 || names.some((name) => at.getChild(name) === null)) return undefined
  const read = names.map((name) => readCodes(at.getChild(name)!, name))
  return Array.from({ length: at.numRows }, (_, row) => {
    const label = read.map(({ codes, levels }) => levels[codes[row]!] ?? 'missing').join(', ')
    const stratum = strataLevels.indexOf(label)
    if (stratum < 0) throw new ReshoreError('UnseenLevelError', `the fit has no stratum ${label}`, `Its strata are ${strataLevels.slice(0, 12).join('; ')}.`)
    return stratum
  })
}

/** Rows of `at` as segments, one list a curve. */
function pathsOf(at: ArrowTable, path: CurvesOptions['path']): { row: number; from: number; to: number }[][] {
  if (path === undefined) return Array.from({ length: at.numRows }, (_, row) => [{ row, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }])
  const { codes, levels } = readCodes(findColumn(at, path.id, 'the id of the paths'), path.id)
  const from = readNumbers(findColumn(at, path.start, 'the start of a segment'), path.start)
  const to = readNumbers(findColumn(at, path.stop, 'the stop of a segment'), path.stop)
  const paths = levels.map((): { row: number; from: number; to: number }[] => [])
  codes.forEach((code, row) => paths[code]?.push({ row, from: from[row]!, to: to[row]! }))
  return paths
}

/**
 * Survival along a path of covariates in one stratum of a state, starting at survival 1 where the path starts. `vcov` is the covariance of
 * the coefficients, parameters × parameters; the inverse information by default.
 */
export function survivalAlong(state: FittedCox, path: readonly PathSegment[], options: CurveOptions & { readonly stratum: number; readonly vcov?: Float64Array }): SurvivalCurve {
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
  for (const { from, to, at, offset = 0 } of path) {
    const relative = Math.exp(relativeToCentre(state, at) + offset)
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
    stratum: state.survival.strataLevels[options.stratum] ?? '', time: Float64Array.from(time), cumulativeHazard: Float64Array.from(hazards),
    survival: Float64Array.from(hazards, (value) => Math.exp(-value)), stdError: Float64Array.from(errors),
    ...bounds(hazards, errors, options.level ?? 0.95, options.interval ?? 'log'),
  }
}

/** Segments in order, none empty. */
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
