/**
 * Adão, Kolesár and Morales (2019): residuals correlate across units with similar shares, so the shocks, not the units, are the draws. With
 * X̂ the coefficients of Z̈ on the shares and R_s = Σ_i ω_i w_is e_i,
 *
 *     AKM   se² = Σ_c (Σ_{s∈c} X̂_s R_s)² / (Σ ω Z̈ D̈)²,
 *     AKM0  {β₀ : (β̂ − β₀)² (Σ ω Z̈ D̈)² ≤ z² Σ_c (Σ_{s∈c} X̂_s R_s(β₀))²},   R_s(β₀) = R_s + (β̂ − β₀) Σ_i ω_i w_is D̈_i,
 *
 * c the clusters of shocks. Where shares are collinear, X̂ can be the shocks less their own controls (their Remark on known shocks). AKM0 imposes the null on the residuals; its set solves a quadratic and can be unbounded.
 */
import { ReshoreError } from '../../../errors.js'
import { cholesky, choleskySolve, type CholeskyFactor } from '../../../numerics/linearAlgebra.js'
import { weightedDot } from '../../../numerics/weightedDot.js'
import type { Exposure } from './exposure.js'
import type { ShiftShareDesign, SparseShares } from './shares.js'
import { requireShocks, shockResiduals, shockTable, shockValues } from './shockResiduals.js'

/** More shocks would need more than half a gigabyte and minutes. */
const mostShocks = 4000
/** Squared share of a column of shares that the columns before it do not explain, below which the shares are collinear. */
const collinearPivot = 1e-12

const collinearRemedy = "Drop or aggregate shocks that the same units are exposed to, or give the shocks' values and take implied: 'shocks', which inverts no shares."

/** What the two procedures are made of: sums over clusters of shocks. */
export interface ShockContributions {
  /** Σ_{s∈c} X̂_s R_s, at the estimate. */
  readonly score: Float64Array
  /** Σ_{s∈c} X̂_s Σ_i ω_i w_is D̈_i: how the score moves with β̂ − β₀. */
  readonly slope: Float64Array
  readonly moment: number
  readonly shocks: number
  readonly clusters: number
}

/** Contributions of the shocks any used unit is exposed to. Throws a `ShareError` for collinear shares, a `ShockError` for shocks without what is asked of them. */
export function shockContributions(shares: SparseShares, exposure: Exposure, design: ShiftShareDesign): ShockContributions {
  const { sums: [score, slope], shocks, clusters } = shockSums(shares, exposure, [exposure.residual, exposure.regressor], design)
  return { score: score!, slope: slope!, moment: exposure.moment, shocks, clusters }
}

/** Σ_{s∈c} X̂_s Σ_i ω_i w_is v_i for every column v, given by its sums Σ ω v over the rows of a unit; by cluster of shocks. */
function shockSums(shares: SparseShares, exposure: Pick<Exposure, 'weight' | 'variable'>, columns: readonly Float64Array[], design: ShiftShareDesign) {
  const { position, used } = usedShocks(shares, exposure.weight)
  const implied = design.implied === 'shocks'
    ? shockResiduals(shares, used, shockTable(design), exposed(shares, exposure.weight, position, used.length))
    : impliedShocks(shares, exposure, position, used.length)
  const { group, groups } = clusterOfShocks(shares, used)
  const sums = columns.map((column) => {
    const result = new Float64Array(groups)
    exposed(shares, column, position, used.length).forEach((value, s) => (result[group[s]!]! += implied[s]! * value))
    return result
  })
  return { sums, shocks: used.length, clusters: groups, position, used }
}

/**
 * AKM covariance of the scores Σ ω Z̃ e of several equations with the residuals e and one instrument Z̃, the shift-share variable without the
 * controls in any scale; equations × equations. Columns are given by their sums over the rows of a unit, weights included.
 */
export function shockMeat(shares: SparseShares, exposure: Pick<Exposure, 'weight' | 'variable'>, residuals: readonly Float64Array[], design: ShiftShareDesign): Float64Array {
  const { sums, position, used } = shockSums(shares, exposure, residuals, design)
  // Known shocks are in units of Z̈ = Σ_s w_is g_s less controls, and Z̃ = Z̈ / Σ_s g_s Σ_i ω_i w_is Z̃_i.
  const scale = design.implied === 'shocks' ? weightedDot(shockValues(shares, used), exposed(shares, exposure.variable, position, used.length)) : 1
  return Float64Array.from({ length: sums.length ** 2 }, (_, cell) => weightedDot(sums[Math.floor(cell / sums.length)]!, sums[cell % sums.length]!) / scale ** 2)
}

/**
 * Shocks with a share in a unit that has weight, numbered in order; position −1 for the others. Throws a `ShockError` for fewer than two, and
 * where there is a shock table for one that it does not know.
 */
export function usedShocks(shares: SparseShares, weight: Float64Array): { position: Int32Array; used: number[] } {
  const { start, shock, units, shocks } = shares
  const position = new Int32Array(shocks.length).fill(-1)
  for (let unit = 0; unit < units.length; unit++) {
    if (weight[unit]! > 0) for (let at = start[unit]!; at < start[unit + 1]!; at++) position[shock[at]!] = 0
  }
  const used: number[] = []
  for (let s = 0; s < shocks.length; s++) if (position[s] === 0) position[s] = used.push(s) - 1
  if (used.length < 2) throw new ReshoreError('ShockError', `the units used are exposed to ${used.length} ${used.length === 1 ? 'shock' : 'shocks'}`, 'Shift-share inference needs many shocks: cluster by what the units share instead.')
  requireShocks(shares, used)
  return { position, used }
}

/** Σ_u w_us values_u by used shock. */
export function exposed({ start, shock, share, units }: SparseShares, values: Float64Array, position: Int32Array, shocks: number): Float64Array {
  const sums = new Float64Array(shocks)
  for (let unit = 0; unit < units.length; unit++) {
    const value = values[unit]!
    if (value !== 0) for (let at = start[unit]!; at < start[unit + 1]!; at++) sums[position[shock[at]!]!]! += share[at]! * value
  }
  return sums
}

/** X̂ = (W'ΩW)⁻¹ W'ΩZ̈, refined on its residuals. */
function impliedShocks(shares: SparseShares, { weight, variable }: Pick<Exposure, 'weight' | 'variable'>, position: Int32Array, shocks: number): Float64Array {
  const { start, shock, share } = shares
  const factor = sharesFactor(shares, weight, position, shocks)
  const implied = new Float64Array(shocks)
  for (let pass = 0; pass < 3; pass++) {
    const left = variable.map((value, unit) => {
      let fitted = 0
      if (weight[unit]! > 0) for (let at = start[unit]!; at < start[unit + 1]!; at++) fitted += share[at]! * implied[position[shock[at]!]!]!
      return value - weight[unit]! * fitted
    })
    choleskySolve(factor, exposed(shares, left, position, shocks)).forEach((step, s) => (implied[s]! += step))
  }
  return implied
}

const factored = new WeakMap<SparseShares, { readonly weight: Float64Array; readonly factor: CholeskyFactor }>()

/** Cholesky factor of W'ΩW, kept for the next covariance of the same rows. Throws a `ShareError` where shares are collinear. */
function sharesFactor(shares: SparseShares, weight: Float64Array, position: Int32Array, shocks: number): CholeskyFactor {
  const known = factored.get(shares)
  if (known?.weight.every((value, unit) => value === weight[unit])) return known.factor
  const { start, shock, share, units } = shares
  const exposedUnits = units.reduce((count, _, unit) => count + (weight[unit]! > 0 && start[unit + 1]! > start[unit]! ? 1 : 0), 0)
  if (shocks > mostShocks || shocks > exposedUnits) {
    throw new ReshoreError('ShareError', `${shocks} shocks ${shocks > exposedUnits ? `for ${exposedUnits} exposed units` : 'are too many to be told apart'}`,
      collinearRemedy)
  }
  const gram = new Float64Array(shocks * shocks)
  for (let unit = 0; unit < units.length; unit++) {
    if (!(weight[unit]! > 0)) continue
    for (let at = start[unit]!; at < start[unit + 1]!; at++) {
      const row = position[shock[at]!]! * shocks
      const value = weight[unit]! * share[at]!
      for (let other = start[unit]!; other < start[unit + 1]!; other++) gram[row + position[shock[other]!]!]! += value * share[other]!
    }
  }
  const factor = cholesky(gram, shocks, collinearPivot)
  if (!factor) {
    throw new ReshoreError('ShareError', `the shares of the ${shocks} shocks are collinear, so that shocks cannot be told apart`,
      collinearRemedy)
  }
  factored.set(shares, { weight, factor })
  return factor
}

/** Clusters of the used shocks, numbered; every shock its own where the shock table has none. */
export function clusterOfShocks({ cluster, shocks }: SparseShares, used: readonly number[]): { group: Int32Array; groups: number } {
  if (!cluster) return { group: Int32Array.from(used.keys()), groups: used.length }
  const number = new Map<number, number>()
  const group = Int32Array.from(used, (s) => {
    const code = cluster[s]!
    if (code < 0) throw new ReshoreError('ShockError', `shock ${shocks[s]} has no cluster`, 'Give every shock with a share a row in the shock table, with its cluster.')
    if (!number.has(code)) number.set(code, number.size)
    return number.get(code)!
  })
  if (number.size < 2) throw new ReshoreError('ShockError', 'all shocks are of one cluster', 'Cluster shocks by something with many groups.')
  return { group, groups: number.size }
}

const squares = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0)

/** AKM standard error. */
export const akmStdError = ({ score, moment }: ShockContributions): number => Math.sqrt(squares(score)) / Math.abs(moment)

/** Standard error of β̂ with the residuals at β̂ − β₀ = `distance`: what AKM0 tests with. */
export function nullStdError({ score, slope, moment }: ShockContributions, distance: number): number {
  return Math.sqrt(squares(score.map((value, c) => value + distance * slope[c]!))) / Math.abs(moment)
}

/** A confidence set relative to the estimate. `interval`: [low, high]; `rays`: (−∞, low] and [high, ∞); `line`: everything. */
export interface ConfidenceSet {
  readonly shape: 'interval' | 'rays' | 'line'
  readonly low: number
  readonly high: number
}

/** The AKM0 set less the estimate, at the normal quantile `critical`. */
export function nullSet({ score, slope, moment }: ShockContributions, critical: number): ConfidenceSet {
  const leading = moment ** 2 / critical ** 2 - squares(slope)
  const middle = -score.reduce((sum, value, c) => sum + value * slope[c]!, 0) / leading
  const discriminant = middle ** 2 + squares(score) / leading
  if (leading > 0) return { shape: 'interval', low: middle - Math.sqrt(discriminant), high: middle + Math.sqrt(discriminant) }
  if (leading < 0 && discriminant > 0) return { shape: 'rays', low: middle - Math.sqrt(discriminant), high: middle + Math.sqrt(discriminant) }
  return { shape: 'line', low: -Infinity, high: Infinity }
}
