/**
 * The shock-level equivalent of a shift-share regression (Borusyak, Hull and Jaravel 2022). With s_s = Σ_i ω_i w_is and exposure-weighted
 * means ȳ_s = Σ_i ω_i w_is ÿ_i / s_s, x̄_s likewise, of outcome and regressor without the controls,
 *
 *     β̂ = Σ_s s_s g_s ȳ_s / Σ_s s_s g_s x̄_s,
 *
 * the instrumental-variables regression of ȳ_s on x̄_s with instrument g_s and weights s_s, equals the fit's coefficient on Z_i = Σ_s w_is g_s.
 * Its standard error, robust or clustered by shock, needs no inverse of the shares: g̃_s, the shocks without their controls (a constant
 * and what is asked for), and ε̄_s, the residual without them,
 *
 *     se² = Σ_c (Σ_{s∈c} s_s g̃_s ε̄_s)² / (Σ_s s_s g̃_s x̄_s)².
 *
 * Rotemberg weights (Goldsmith-Pinkham, Sorkin and Swift 2020) are α_s = s_s g_s x̄_s / Σ and β̂ = Σ_s α_s β̂_s with β̂_s = ȳ_s / x̄_s. Checked
 * against the unit-level fit, a double loop, and the published weights of the data of Autor, Dorn and Hanson (2013).
 */
import { ReshoreError } from '../../../errors.js'
import { orthogonalResiduals } from '../../../numerics/orthogonalResiduals.js'
import type { ArrowTable, Fit, Note } from '../../records.js'
import { incompleteNote } from '../../vcov/shiftShare.js'
import { clusterOfShocks, exposed, usedShocks } from '../../vcov/shiftShare/akm.js'
import { exposureOf } from '../../vcov/shiftShare/exposure.js'
import { readShares, type ShiftShareDesign } from '../../vcov/shiftShare/shares.js'
import { shockControls, shockTable, shockValues } from '../../vcov/shiftShare/shockResiduals.js'
import { keptScores } from '../../vcov/withVcov.js'

/** One entry a shock that used units are exposed to. */
export interface ShockLevelRegression {
  readonly term: string
  readonly shocks: readonly string[]
  /** s_s over their sum. */
  readonly weight: Float64Array
  readonly value: Float64Array
  readonly outcome: Float64Array
  readonly regressor: Float64Array
  /** Of the shock-level regression without controls; the fit's own coefficient. */
  readonly estimate: number
  /** With the controls of the shocks taken out, and its standard error. */
  readonly conditional: { readonly estimate: number; readonly stdError: number }
  readonly rotemberg: Float64Array
  /** β̂_s = ȳ_s / x̄_s; 0 where a shock's units do not move, so that its weight is 0. */
  readonly justIdentified: Float64Array
  /** 1/Σ s_s². */
  readonly effectiveShocks: number
  readonly largestWeight: { readonly shock: string; readonly weight: number }
  /** Clusters of shocks, and 1 over the sum of their squared weights; equal to the shocks without clusters. */
  readonly clusters: { readonly count: number; readonly effective: number }
  readonly notes: readonly Note[]
}

/**
 * Shock-level regression of an `ols` or `iv` fit; the design's `shocks` need a `value`. Throws a `ShockError` for shocks with a share and
 * without a value, a control or an effect.
 *
 * @example
 * const { effectiveShocks, conditional } = shockLevelRegression(fit, firms, { variable: 'exposure', unit: 'firm', shares, shocks: { table: growth, shock: 'product', value: 'growth' } })
 */
export function shockLevelRegression(fit: Fit, table: ArrowTable, design: ShiftShareDesign): ShockLevelRegression {
  const shocks = shockTable(design)
  const shares = readShares(design, table)
  const exposure = exposureOf(design, shares, keptScores(fit, table, 'a shock-level regression'))
  const coefficient = fit.coefficients[exposure.coefficient]!
  const { position, used } = usedShocks(shares, exposure.weight)
  const value = shockValues(shares, used)
  const mass = exposed(shares, exposure.weight, position, used.length)
  const moved = exposed(shares, exposure.regressor, position, used.length)
  // ÿ = β̂ D̈ + e: the outcome without the controls.
  const outcomeSums = exposure.regressor.map((sum, unit) => coefficient * sum + exposure.residual[unit]!)
  const reached = exposed(shares, outcomeSums, position, used.length)
  const mean = (sums: Float64Array): Float64Array => sums.map((sum, s) => sum / mass[s]!)
  const total = mass.reduce((sum, s) => sum + s, 0)
  const weight = mass.map((s) => s / total)
  const relevance = dot(value, moved)
  const { group, groups } = clusterOfShocks(shares, used)
  const largest = weight.reduce((top, share, s) => (share > weight[top]! ? s : top), 0)
  const estimate = dot(value, reached) / relevance
  const parts = { outcome: mean(reached), regressor: mean(moved), value, weight }
  return {
    term: fit.terms[exposure.coefficient]!,
    shocks: used.map((s) => shares.shocks[s]!),
    ...parts,
    estimate,
    conditional: conditionalRegression(parts, shockControls(shares, used, shocks), group, groups),
    rotemberg: value.map((g, s) => (g * moved[s]!) / relevance),
    justIdentified: reached.map((sum, s) => (moved[s] === 0 ? 0 : sum / moved[s]!)),
    effectiveShocks: effectiveNumber(weight),
    largestWeight: { shock: shares.shocks[used[largest]!]!, weight: weight[largest]! },
    clusters: { count: groups, effective: effectiveNumber(sumBy(weight, group, groups)) },
    notes: regressionNotes(design, estimate, coefficient, exposure.incomplete && !exposure.sumControlled),
  }
}

interface ShockColumns {
  readonly outcome: Float64Array
  readonly regressor: Float64Array
  readonly value: Float64Array
  readonly weight: Float64Array
}

/** y on x with instrument g and weights s, all less the controls; standard error by cluster of shocks. */
export function conditionalRegression({ outcome, regressor, value, weight }: ShockColumns, controls: readonly Float64Array[], group: Int32Array, groups: number): { estimate: number; stdError: number } {
  const [g, y, x] = orthogonalResiduals([value, outcome, regressor], controls, weight)
  const weighted = g!.map((shock, s) => shock * weight[s]!)
  const moment = dot(weighted, x!)
  if (!(Math.abs(moment) > 1e-12 * Math.sqrt(dot(weighted, g!) * dot(x!.map((mean, s) => mean * weight[s]!), x!)))) {
    throw new ReshoreError('ShockError', 'the shocks do not move the regressor once their controls are taken out', 'Look for controls or effects that span the shocks.')
  }
  const estimate = dot(weighted, y!) / moment
  const scores = weighted.map((shock, s) => shock * (y![s]! - estimate * x![s]!))
  const meat = sumBy(scores, group, groups)
  return { estimate, stdError: Math.sqrt(dot(meat, meat)) / Math.abs(moment) }
}

function regressionNotes({ variable }: ShiftShareDesign, estimate: number, coefficient: number, uncontrolled: boolean): Note[] {
  const notes: Note[] = []
  if (!(Math.abs(estimate - coefficient) <= 1e-6 * Math.abs(coefficient))) {
    notes.push({ kind: 'inference', text: `The shock-level regression gives ${estimate.toPrecision(6)} where the fit has ${coefficient.toPrecision(6)}: \`${variable}\` is not the sum of these shares times these shocks.` })
  }
  if (uncontrolled) notes.push(incompleteNote(variable))
  return notes
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
const effectiveNumber = (weights: Float64Array): number => 1 / dot(weights, weights)

function sumBy(values: Float64Array, group: Int32Array, groups: number): Float64Array {
  const sums = new Float64Array(groups)
  values.forEach((value, i) => (sums[group[i]!]! += value))
  return sums
}
