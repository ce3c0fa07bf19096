/**
 * Cumulative incidence of competing exits: the probability of having left for each destination by t.
 *
 * `cumulativeIncidence` is the Aalen–Johansen (1978) estimate, F_c(t) = Σ S(t_k−) dN_c/Y, with late entry and strata; its standard errors are
 * the infinitesimal jackknife by unit, as `survival::survfit` for multi-state outcomes, against which both are checked. `predictIncidence` puts
 * cause-specific Cox models together for given covariates: within a time the exits share S(t−)(1 − e^{−h}) in proportion to their
 * hazards h_c (the exact solution for hazards that are constant within the step, as R's `survfit` of a multi-state `coxph`).
 */
import { ReshoreError } from '../../errors.js'
import { normalQuantile } from '../../numerics/distributions.js'
import { bindSpec } from '../design/bindSpec.js'
import { findColumn, readCodes } from '../design/columns.js'
import { bindNewData } from '../design/newData.js'
import { parseFormula } from '../formula/parse.js'
import { readCauses, type CauseFit, type CauseOptions } from '../models/causeSpecific.js'
import { riskSets, stratumOfTimes, type RiskSets } from '../models/cox/riskSets.js'
import type { ArrowTable, SpecInput } from '../records.js'

export interface IncidenceOptions extends CauseOptions {
  /** Column of the independent units whose rows are summed in the jackknife; by default every row is one. */
  readonly id?: string
  /** Coverage of the intervals, on the log scale; default 0.95. */
  readonly level?: number
}

/** A probability at the event times, with its standard error and interval (NaN where the probability is 0). */
export interface ProbabilityCurve {
  readonly probability: Float64Array
  readonly stdError: Float64Array
  readonly lower: Float64Array
  readonly upper: Float64Array
}

/** Curves of one stratum; survival and incidences add up to one. */
export interface IncidenceCurves {
  readonly stratum: string
  readonly time: Float64Array
  readonly atRisk: Float64Array
  readonly survival: ProbabilityCurve
  readonly causes: readonly (ProbabilityCurve & { readonly cause: string })[]
}

/** Rows × event times above which a jackknife would take minutes. */
const jackknifeLimit = 2e9

/**
 * Aalen–Johansen curves by stratum of the formula. Regressors play no part.
 *
 * @example
 * const [clothing, footwear] = cumulativeIncidence('surv(start, stop, left) ~ strata(sector)', spells, { cause: 'destination', id: 'firm' })
 */
export function cumulativeIncidence(input: SpecInput, table: ArrowTable, options: IncidenceOptions): IncidenceCurves[] {
  const spec = { ...parseFormula(input), regressors: [] }
  if (spec.weights !== undefined) throw new ReshoreError('UnsupportedError', 'cumulative incidence takes no weights', 'Leave them out.', 2)
  const { codes, causes } = readCauses(spec, table, options.cause)
  const { survival, unit } = bindSpec(spec, table, { intercept: 'implied', require: options.id === undefined ? [] : [options.id] })
  const risk = riskSets(survival!)
  if (risk.rows * risk.times.length > jackknifeLimit) {
    throw new ReshoreError('SizeError', `${risk.rows} rows at ${risk.times.length} event times are too many for a jackknife`, 'Group time more coarsely, or take a sample of units.')
  }
  const ids = options.id === undefined ? undefined : readCodes(findColumn(table, options.id, 'the unit'), options.id)
  const units = ids ? { codes: unit.map((row) => ids.codes[row]!), levels: ids.levels.length } : { codes: Int32Array.from(unit.keys()), levels: unit.length }
  const z = normalQuantile(0.5 + (options.level ?? 0.95) / 2)
  return Array.from({ length: risk.strata }, (_, s) => ({
    stratum: survival!.strataLevels[s] ?? '',
    ...aalenJohansen(risk, s, Int32Array.from(unit, (row) => codes[row]!), causes, units, z),
  }))
}

/** State probabilities and their influence by unit, time by time. */
function aalenJohansen(risk: RiskSets, stratum: number, cause: Int32Array, causes: readonly string[], units: { readonly codes: Int32Array; readonly levels: number }, z: number):
  Omit<IncidenceCurves, 'stratum'> {
  const [from, to] = [risk.offsets[stratum]!, risk.offsets[stratum + 1]!]
  const rows = rowsOfStratum(risk, stratum)
  const states = causes.length + 1
  const probability = new Float64Array(states).fill(0)
  probability[0] = 1
  const influence = new Float64Array(units.levels * states)
  const curves = Array.from({ length: states }, () => ({ probability: new Float64Array(to - from), stdError: new Float64Array(to - from) }))
  const atRisk = new Float64Array(to - from)
  for (let k = from; k < to; k++) {
    const present = rows.filter((i) => (risk.before[i]! < 0 ? from - 1 : risk.before[i]!) < k && k <= risk.last[i]!)
    const hazard = new Float64Array(states)
    for (const i of present) if (risk.last[i] === k && cause[i]! >= 0) hazard[cause[i]! + 1]! += 1 / present.length
    for (let c = 1; c < states; c++) hazard[0]! += hazard[c]!
    moveInfluence(influence, states, hazard)
    const share = probability[0]! / present.length
    for (const i of present) {
      const at = units.codes[i]! * states
      const left = risk.last[i] === k && cause[i]! >= 0
      influence[at]! -= share * ((left ? 1 : 0) - hazard[0]!)
      for (let c = 1; c < states; c++) influence[at + c]! += share * ((left && cause[i] === c - 1 ? 1 : 0) - hazard[c]!)
    }
    for (let c = 1; c < states; c++) probability[c]! += probability[0]! * hazard[c]!
    probability[0]! *= 1 - hazard[0]!
    atRisk[k - from] = present.length
    curves.forEach((curve, c) => {
      curve.probability[k - from] = probability[c]!
      curve.stdError[k - from] = rootSumOfSquares(influence, states, c)
    })
  }
  const [survival, ...incidence] = curves.map((curve) => withInterval(curve, z))
  return { time: risk.times.slice(from, to), atRisk, survival: survival!, causes: incidence.map((curve, c) => ({ cause: causes[c]!, ...curve })) }
}

/** Influence on the states before the step carried through it: F_c takes h_c of S, S keeps 1 − h. */
function moveInfluence(influence: Float64Array, states: number, hazard: Float64Array): void {
  for (let at = 0; at < influence.length; at += states) {
    for (let c = 1; c < states; c++) influence[at + c]! += influence[at]! * hazard[c]!
    influence[at]! *= 1 - hazard[0]!
  }
}

function rootSumOfSquares(influence: Float64Array, states: number, state: number): number {
  let sum = 0
  for (let at = state; at < influence.length; at += states) sum += influence[at]! * influence[at]!
  return Math.sqrt(sum)
}

function rowsOfStratum(risk: RiskSets, stratum: number): Int32Array {
  const of = stratumOfTimes(risk)
  return Int32Array.from(risk.last.keys()).filter((i) => risk.last[i]! >= 0 && of[risk.last[i]!] === stratum)
}

/** p e^{±z se/p}, cut at 1. */
function withInterval({ probability, stdError }: { readonly probability: Float64Array; readonly stdError: Float64Array }, z: number): ProbabilityCurve {
  const end = (sign: 1 | -1) => probability.map((p, k) => (p === 0 ? Number.NaN : Math.min(1, p * Math.exp((sign * z * stdError[k]!) / p))))
  return { probability, stdError, lower: end(-1), upper: end(1) }
}

/** Probabilities for one row of covariates, at the event times of all causes. */
export interface PredictedIncidence {
  readonly row: number
  readonly stratum: string
  readonly time: Float64Array
  readonly survival: Float64Array
  readonly causes: readonly { readonly cause: string; readonly incidence: Float64Array }[]
}

/**
 * Cumulative incidence for the rows of `at` (one curve per row and stratum) from cause-specific models.
 *
 * @example
 * const [small, large] = predictIncidence(exits, tableFromArrays({ employees: [5, 50] }))
 */
export function predictIncidence(models: readonly CauseFit[], at: ArrowTable): PredictedIncidence[] {
  const relative = models.map(({ fit }) => {
    const { columns, offset, rows } = bindNewData(fit, at)
    if (rows.length !== at.numRows) throw new ReshoreError('EmptySampleError', `${at.numRows - rows.length} rows lack a regressor of the models`, 'Give every regressor a value.')
    return Float64Array.from(rows, (_, row) => Math.exp(columns.reduce((sum, column, j) => sum + fit.coefficients[j]! * column[row]!, offset?.[row] ?? 0)))
  })
  const strata = models[0]!.fit.detail.baseline.map(({ stratum }) => stratum)
  return Array.from({ length: at.numRows }, (_, row) => row).flatMap((row) => strata.map((stratum, s) => ({ row, stratum, ...combine(models, s, relative.map((values) => values[row]!)) })))
}

function combine(models: readonly CauseFit[], stratum: number, relative: readonly number[]): Omit<PredictedIncidence, 'row' | 'stratum'> {
  const steps = models.map(({ fit }) => {
    const { time, hazard } = fit.detail.baseline[stratum]!
    return new Map(Array.from(time, (t, k) => [t, hazard[k]! - (hazard[k - 1] ?? 0)]))
  })
  const time = Float64Array.from(new Set(steps.flatMap((step) => [...step.keys()]))).sort()
  const incidence = models.map(() => new Float64Array(time.length))
  let staying = 1
  const survival = time.map((t, k) => {
    const hazards = steps.map((step, c) => (step.get(t) ?? 0) * relative[c]!)
    const total = hazards.reduce((sum, hazard) => sum + hazard, 0)
    const leaving = -staying * Math.expm1(-total)
    hazards.forEach((hazard, c) => (incidence[c]![k] = (incidence[c]![k - 1] ?? 0) + (total === 0 ? 0 : (leaving * hazard) / total)))
    staying -= leaving
    return staying
  })
  return { time, survival, causes: models.map(({ cause }, c) => ({ cause, incidence: incidence[c]! })) }
}
