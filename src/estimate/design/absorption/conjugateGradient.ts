/**
 * Conjugate gradients with Jacobi's preconditioner on the coefficients of the blocks that remain after elimination: S γ = b with
 * S = D'WM D, singular where coefficients are not identified, and b in its range (Hestenes and Stiefel 1952; Correia 2017 on its use
 * here). The decrease of γ'Sγ − 2γ'b in a step is the fall of the column's sum of squares, which tells how far there is to go.
 */
import type { SweepKernel } from './sweepTable.js'

export interface Tolerance {
  /** Sum of squares of the column that is left before the first step. */
  readonly squares: number
  /** The search stops when the squares still to be taken out are below this share of what will be left … */
  readonly share: number
  /** … or below this number, where next to nothing is left. */
  readonly floor: number
}

export interface Descent {
  readonly converged: boolean
  readonly sweeps: number
}

const maximumSweeps = 20_000

/** Solves from the products b in `pairs`, and leaves the coefficients in `pairs` with products of zero. */
export function conjugateGradient(kernel: SweepKernel, swept: number, inverseDiagonal: Float64Array, { squares, share, floor }: Tolerance): Descent {
  const { pairs, levels } = kernel.table
  const solution = new Float64Array(levels)
  const residual = new Float64Array(levels)
  let size = 0
  for (let j = 0; j < levels; j++) {
    const value = pairs[2 * j + 1]!
    residual[j] = value
    const direction = value * inverseDiagonal[j]!
    pairs[2 * j] = direction
    pairs[2 * j + 1] = 0
    size += value * direction
  }
  let left = squares
  let converged = size <= 0
  let sweeps = 0
  const decreases: number[] = []
  while (!converged && sweeps < maximumSweeps) {
    kernel.sweep(swept)
    sweeps++
    let curvature = 0
    for (let j = 0; j < levels; j++) curvature += pairs[2 * j]! * pairs[2 * j + 1]!
    // Directions that move nothing but coefficients not identified: rounding is all that is left.
    if (!(curvature > 0)) break
    const step = size / curvature
    const before = size
    size = move(pairs, solution, residual, inverseDiagonal, step)
    const decrease = step * before
    left -= decrease
    decreases.push(decrease)
    converged = remaining(decreases) <= Math.max(share * left, floor)
    if (!converged) turn(pairs, residual, inverseDiagonal, size / before)
  }
  for (let j = 0; j < levels; j++) {
    pairs[2 * j] = solution[j]!
    pairs[2 * j + 1] = 0
  }
  return { converged: converged || sweeps < maximumSweeps, sweeps }
}

/** γ += step p, r −= step q; returns r'r in the preconditioner's norm. */
function move(pairs: Float64Array, solution: Float64Array, residual: Float64Array, inverseDiagonal: Float64Array, step: number): number {
  let size = 0
  for (let j = 0; j < residual.length; j++) {
    solution[j]! += step * pairs[2 * j]!
    const rest = residual[j]! - step * pairs[2 * j + 1]!
    residual[j] = rest
    size += rest * rest * inverseDiagonal[j]!
  }
  return size
}

/** The next direction, conjugate to those before. */
function turn(pairs: Float64Array, residual: Float64Array, inverseDiagonal: Float64Array, factor: number): void {
  for (let j = 0; j < residual.length; j++) {
    pairs[2 * j] = residual[j]! * inverseDiagonal[j]! + factor * pairs[2 * j]!
    pairs[2 * j + 1] = 0
  }
}

/** Steps over which the rate of convergence is taken. */
const window = 4

/** Squares still to be taken out, if the decreases go on shrinking at their recent rate. */
function remaining(decreases: readonly number[]): number {
  const last = decreases.length - 1
  if (last < 1) return Infinity
  const span = Math.min(window, last)
  const rate = Math.min(0.9999, (decreases[last]! / decreases[last - span]!) ** (1 / span))
  return (decreases[last]! * rate) / (1 - rate)
}
