/**
 * Conjugate gradients with Jacobi's preconditioner on the coefficients of the blocks that remain after elimination: S γ = b with
 * S = D'WM D, singular where coefficients are not identified, and b in its range (Hestenes and Stiefel 1952; Correia 2017 on its use
 * here). The decrease of γ'Sγ − 2γ'b in a step is the fall of the column's sum of squares, which tells how far there is to go. Several
 * columns share the passes; one that is there waits for the others.
 */
import type { SweepKernel } from './sweepTable.js'

export interface Tolerance {
  /** By lane: sum of squares of the column that is left before the first step. */
  readonly squares: Float64Array
  /** The search stops when the squares still to be taken out are below this share of what will be left … */
  readonly share: number
  /** … or, by lane, below this number, where next to nothing is left. */
  readonly floor: Float64Array
}

const maximumSweeps = 20_000
/** Share of the floor below which what is left of the products is rounding, which may lie outside the range of S. */
const roundingShare = 1e-5

/**
 * Curvature of a direction relative to its length that is rounding: the square of what sums over some millions of rows lose. What is identified at
 * all has far more.
 */
const leastCurvature = 1e-18

/** Solves from the products b in `pairs`, beside coefficients of zero, and leaves the coefficients in `pairs`; false where that did not settle. */
export function conjugateGradient(kernel: SweepKernel, { squares, share, floor }: Tolerance): boolean {
  const { lanes, sums, step, factor, solution, residual } = kernel
  // From zero the first move makes the residual b, and the first turn the direction.
  solution.fill(0)
  residual.fill(0)
  step.fill(-1)
  factor.fill(0)
  sums.fill(0)
  kernel.move()
  const size = sums.slice()
  kernel.turn()
  const left = squares.slice()
  // p'D⁻¹p by lane, D the preconditioner: directions are conjugate to the residuals before, so that it follows from their sizes.
  const length = new Float64Array(lanes)
  const decreases: number[][] = Array.from({ length: lanes }, () => [])
  const active = Array.from(size, (value, lane) => value > roundingShare * floor[lane]!)
  let sweeps = 0
  while (active.includes(true) && sweeps < maximumSweeps) {
    sums.fill(0)
    kernel.sweep()
    sweeps++
    for (let lane = 0; lane < lanes; lane++) {
      // Without curvature the direction moves nothing but coefficients that are not identified: rounding is all that is left.
      length[lane] = size[lane]! + factor[lane]! ** 2 * length[lane]!
      if (!(sums[lane]! > leastCurvature * length[lane]!)) active[lane] = false
      step[lane] = active[lane] ? size[lane]! / sums[lane]! : 0
    }
    sums.fill(0)
    kernel.move()
    for (let lane = 0; lane < lanes; lane++) {
      if (active[lane]) {
        const decrease = step[lane]! * size[lane]!
        left[lane]! -= decrease
        decreases[lane]!.push(decrease)
        active[lane] = sums[lane]! > roundingShare * floor[lane]! && remaining(decreases[lane]!) > Math.max(share * left[lane]!, floor[lane]!)
      }
      factor[lane] = active[lane] ? sums[lane]! / size[lane]! : 0
      size[lane] = sums[lane]!
    }
    kernel.turn()
  }
  placeSolution(kernel)
  return !active.includes(true)
}

function placeSolution({ lanes, pairs, solution }: SweepKernel): void {
  for (let cell = 0, at = 0; cell < solution.length; cell += lanes, at += 2 * lanes) for (let lane = 0; lane < lanes; lane++) pairs[at + lane] = solution[cell + lane]!
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
