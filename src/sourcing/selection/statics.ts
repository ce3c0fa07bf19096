/**
 * Comparative statics of the selection model: solutions along one parameter as typed arrays, and the offshore intensities at which
 * the number of varieties equals autarky.
 */
import { findRoot } from '../../numerics/root.js'
import type { SelectionPlan, SelectionProblem, SelectionRegime } from '../records.js'
import { solveSelection } from './solve.js'

export type SelectionVariable = 'intensity' | 'wageGap' | 'offshoringCost' | 'domesticCost' | 'entryCost' | 'mu'

/** Columns over the values `from` to `to`. */
export type SelectionPath = Readonly<Record<keyof SelectionPlan['ratios'], Float64Array>> & {
  readonly regime: readonly SelectionRegime[]
  readonly activeCutoff: Float64Array
  /** ∞ where none offshores. */
  readonly offshoringCutoff: Float64Array
}

const ratioNames = ['cutoff', 'price', 'revenue', 'variety', 'productivity', 'entrants', 'offshoringFirms', 'offshoringRevenue'] as const
type RatioName = (typeof ratioNames)[number]

/**
 * The solution at `values[from]` … `values[to − 1]` of one parameter, the others as in the problem. A pure function of the range.
 *
 * @example selectionPath(problem, 'intensity', Float64Array.of(0.1, 0.5, 0.9)).variety
 */
export function selectionPath(
  problem: SelectionProblem, variable: SelectionVariable, values: ArrayLike<number>, from = 0, to = values.length,
): SelectionPath {
  const plans = Array.from({ length: to - from }, (_, k) => solveSelection({ ...problem, [variable]: values[from + k]! }))
  const column = (value: (plan: SelectionPlan) => number): Float64Array => Float64Array.from(plans, value)
  const ratios = Object.fromEntries(ratioNames.map((name) => [name, column((plan) => plan.ratios[name])])) as Record<RatioName, Float64Array>
  return {
    ...ratios,
    regime: plans.map(({ regime }) => regime),
    activeCutoff: column(({ cutoffs }) => cutoffs.active),
    offshoringCutoff: column(({ cutoffs }) => cutoffs.offshoring ?? Infinity),
  }
}

/**
 * Intensities z in (0, 1) at which variety crosses its autarky level, ascending, for any distribution: sign changes on a grid of
 * `points`, refined to rounding. Two crossings within one step of the grid are not seen.
 */
export function varietyCrossings(problem: SelectionProblem, points = 400): number[] {
  const gain = (intensity: number): number => solveSelection({ ...problem, intensity }).ratios.variety - 1
  const grid = Array.from({ length: points }, (_, k) => (k + 1) / points)
  return grid.slice(1).flatMap((high, k) => {
    const low = grid[k]!
    return gain(low) * gain(high) < 0 ? [findRoot(gain, low, high)] : []
  })
}
