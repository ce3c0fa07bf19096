/**
 * Closed forms of the selection model when productivity is Pareto with shape k > σ − 1 and some entrants fail (θ* above the minimum):
 * a check on the general solver, and the thresholds of the paper's Figure 1.
 *
 * With ε = μ(1−α)/(α−μ) and F = f_o/f_d: all active firms offshore from z_all = ln F/((σ−1) ln ω); variety is below autarky at
 * every z where αμ/(α−μ) < k and not all offshore, and rises again from there, back to autarky at z̄ = z_all·(1/ε + 1 − (σ−1)/k).
 */
import type { SelectionPlan, SelectionProblem } from '../records.js'
import { parametersOf } from './solve.js'

export interface ParetoThresholds {
  /** z from which all active firms offshore. */
  readonly allOffshore: number
  /** z̄ from which variety exceeds autarky; null where it does at every z. Above 1: never. */
  readonly varietyGain: number | null
}

/** The ratios of `solveSelection` in closed form, for z and ω with Ω > 0. */
export function paretoRatios(problem: SelectionProblem): SelectionPlan['ratios'] {
  const { alpha, mu, a, phi, omega, rho } = parametersOf(problem)
  const k = shapeOf(problem)
  const F = 1 + phi
  const revenueFrom = (price: number): number => price ** (-mu / (1 - mu))
  if (omega >= phi) {
    const price = ((1 + omega) * F ** (a / k - 1)) ** (-((1 - alpha) * (1 - mu)) / (alpha - mu))
    const revenue = revenueFrom(price)
    return {
      cutoff: F ** (1 / k), price, revenue, variety: revenue / F, productivity: (1 + omega) ** (1 / a) * F ** (1 / k), entrants: revenue,
      offshoringFirms: 1, offshoringRevenue: 1,
    }
  }
  const cutoff = (1 + phi ** (1 - k / a) * omega ** (k / a)) ** (1 / k)
  const revenue = cutoff ** ((alpha * mu) / (alpha - mu))
  return {
    cutoff, revenue, entrants: revenue,
    price: cutoff ** (-(alpha * (1 - mu)) / (alpha - mu)),
    variety: cutoff ** ((alpha * mu) / (alpha - mu) - k),
    productivity: cutoff ** (1 + k / a),
    offshoringFirms: rho ** -k,
    offshoringRevenue: ((1 + omega) * rho ** (a - k)) / cutoff ** k,
  }
}

/** Thresholds in z for the problem's ω; its own z plays no part. */
export function paretoThresholds(problem: SelectionProblem): ParetoThresholds {
  const { alpha, mu, a, phi } = parametersOf(problem)
  const k = shapeOf(problem)
  const allOffshore = Math.log1p(phi) / (a * Math.log(problem.wageGap))
  const epsilon = (mu * (1 - alpha)) / (alpha - mu)
  return { allOffshore, varietyGain: (alpha * mu) / (alpha - mu) >= k ? null : allOffshore * (1 / epsilon + 1 - a / k) }
}

function shapeOf({ distribution }: SelectionProblem): number {
  if (!('pareto' in distribution)) throw new TypeError('closed forms hold for a Pareto distribution')
  return distribution.pareto.shape
}
