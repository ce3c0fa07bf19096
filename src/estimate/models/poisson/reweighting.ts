/**
 * Poisson regression by iteratively reweighted least squares with absorbed effects (Guimarães and Portugal 2010; Correia, Guimarães and
 * Zylkin 2020): weights μ, working outcome z = η + (y − μ)/μ; with z̃ and X̃ the columns without the effects under these weights,
 * γ = (X̃'WX̃)⁻¹X̃'Wz̃ and η ← z − (z̃ − X̃γ). Columns are demeaned as they were left by the iteration before, first roughly, then to
 * full precision once the deviance has settled; a step that raises the deviance is halved.
 */
import { crossWith, linearIndex, packRows, repackRows, weightedCross, type PackedRows } from '../../../numerics/crossProducts.js'
import { cholesky, choleskySolve, type CholeskyFactor } from '../../../numerics/linearAlgebra.js'
import type { Absorber } from '../../design/absorption/absorber.js'
import type { Convergence } from '../../records.js'
import { deviance } from './likelihood.js'

export interface PoissonProblem {
  readonly outcome: Float64Array
  /** Well-conditioned regressors; without effects the constant is among them. */
  readonly columns: readonly Float64Array[]
  readonly offset?: Float64Array
  readonly weights?: Float64Array
  readonly absorber?: Absorber
}

/** Where the iterations stand; arrays by row. */
export interface PoissonState {
  /** ln μ, offset included. */
  index: Float64Array
  mean: Float64Array
  deviance: number
  /** Movement of the index in the last step. */
  movement: Float64Array
}

export interface PoissonSolution {
  readonly convergence: Convergence
  readonly state: PoissonState
  /** Coefficients of the columns. */
  readonly coefficients: Float64Array
  /** Columns without the effects under the weights of the last step, and the factor of their weighted cross-products. */
  readonly within: PackedRows
  readonly factor?: CholeskyFactor
}

const maximumIterations = 300
const maximumHalvings = 30
/** Movement (see `movementOf`) of a last step: what is left after it is the square of that. */
const settled = 1e-7
/** Precision of demeaning at first, and at last. */
const roughest = 1e-3
const finest = 1e-9
/** A mean below this would not survive its own weights. */
const smallestMean = 1e-200

/** Where the search starts: μ halfway between the outcome and its mean. */
export function startingIndex(outcome: Float64Array, average: number): Float64Array {
  return outcome.map((value) => Math.log((value + average) / 2))
}

/** Weights of the working regression. */
export function workingWeights(mean: Float64Array, weights?: Float64Array): Float64Array {
  const result = mean.slice()
  if (weights) for (let row = 0; row < result.length; row++) result[row]! *= weights[row]!
  return result
}

/** exp of every index, never so small that it vanishes. */
export function meanOf(index: Float64Array): Float64Array {
  const mean = new Float64Array(index.length)
  for (let row = 0; row < index.length; row++) mean[row] = Math.max(Math.exp(index[row]!), smallestMean)
  return mean
}

/**
 * Solves from `start` (an index by row). `inspect` sees the state after every step and may stop the search by naming a reason. A reason
 * other than 'step' means that it did not converge.
 */
export function reweight(problem: PoissonProblem, start: Float64Array, inspect: (state: PoissonState, size: number) => string | undefined): PoissonSolution {
  const { outcome, weights } = problem
  // The start is no point of the model: its deviance says nothing.
  const state: PoissonState = { index: start.slice(), mean: meanOf(start), deviance: Number.MAX_VALUE, movement: new Float64Array(outcome.length) }
  const working = workingColumns(problem)
  let precision = problem.absorber ? roughest : finest
  for (let iterations = 1; ; iterations++) {
    const used = workingWeights(state.mean, weights)
    const step = workingStep(problem, working, state, used, precision)
    const result = (reason: string): PoissonSolution => ({ ...step, ...lastFactor(step, workingWeights(state.mean, weights)), state, convergence: { converged: reason === 'step', iterations, reason } })
    if (!step.factor) return result('collinear')
    if (!advance(problem, state, step.index)) return result('no step lowers the deviance')
    const size = movementOf(state.movement, used)
    const stop = inspect(state, size)
    if (stop !== undefined) return result(stop)
    if (size <= settled && precision <= finest) return result('step')
    if (iterations === maximumIterations) return result('maximum iterations')
    // Newton's error falls to its square: there is no use in columns more precise than that.
    precision = Math.min(precision, Math.max(size * size, finest))
  }
}

/** The factor under the weights of the end: an error of the demeaning weights enters it squared only. */
function lastFactor({ within }: Step, weights: Float64Array): Pick<Step, 'factor'> {
  const factor = cholesky(weightedCross(within, weights), within.columns)
  return factor ? { factor } : {}
}

/** Root mean square of a movement of the index, rows weighted by their means: the relative change of the means. */
function movementOf(movement: Float64Array, weights: Float64Array): number {
  let [total, squares] = [0, 0]
  for (let row = 0; row < movement.length; row++) {
    total += weights[row]!
    squares += weights[row]! * movement[row]! * movement[row]!
  }
  return Math.sqrt(squares / total)
}

interface WorkingColumns {
  /** X̃ of the last step. */
  readonly within: Float64Array[]
  readonly packed: PackedRows
  /** z and z̃ of the last step. */
  outcome: Float64Array
  demeaned: Float64Array
}

function workingColumns({ columns, outcome, absorber }: PoissonProblem): WorkingColumns {
  const none = new Float64Array(outcome.length)
  return { within: absorber ? columns.map((column) => column.slice()) : [...columns], packed: packRows(columns, outcome.length), outcome: none, demeaned: none.slice() }
}

interface Step {
  readonly coefficients: Float64Array
  readonly within: PackedRows
  /** Missing where the columns have become collinear. */
  readonly factor?: CholeskyFactor
  readonly index: Float64Array
}

/** One weighted regression on the columns without the effects. */
function workingStep(problem: PoissonProblem, working: WorkingColumns, state: PoissonState, weights: Float64Array, precision: number): Step {
  const { outcome, offset, absorber } = problem
  const { index, mean } = state
  const rows = outcome.length
  const target = new Float64Array(rows)
  for (let row = 0; row < rows; row++) target[row] = index[row]! - (offset ? offset[row]! : 0) + outcome[row]! / mean[row]! - 1
  if (absorber) {
    // z differs from the last one by what the last step has already taken out: demeaning starts from there.
    for (let row = 0; row < rows; row++) working.demeaned[row]! += target[row]! - working.outcome[row]!
    absorber.weigh(weights)
    const columns = [working.demeaned, ...working.within]
    absorber.demean(columns, { into: columns, precision })
    repackRows(working.packed, working.within)
  } else {
    working.demeaned = target
  }
  working.outcome = target
  const within = working.packed
  const factor = cholesky(weightedCross(within, weights), within.columns)
  if (!factor) return { coefficients: new Float64Array(within.columns), within, index }
  const weighted = working.demeaned.slice()
  for (let row = 0; row < rows; row++) weighted[row]! *= weights[row]!
  const coefficients = choleskySolve(factor, crossWith(within, weighted))
  const next = linearIndex(within, coefficients)
  for (let row = 0; row < rows; row++) next[row]! += (offset ? offset[row]! : 0) + target[row]! - working.demeaned[row]!
  return { coefficients, within, factor, index: next }
}

/** Moves to `index`, or part of the way, so that the deviance does not rise; false where no part of the way does. */
function advance({ outcome, weights }: PoissonProblem, state: PoissonState, index: Float64Array): boolean {
  const allowed = state.deviance + 1e-9 * Math.abs(state.deviance)
  for (let halvings = 0; halvings <= maximumHalvings; halvings++) {
    const mean = meanOf(index)
    const value = deviance(outcome, mean, weights)
    if (value <= allowed) {
      for (let row = 0; row < index.length; row++) state.movement[row] = index[row]! - state.index[row]!
      Object.assign(state, { index, mean, deviance: value })
      return true
    }
    for (let row = 0; row < index.length; row++) index[row] = 0.5 * (index[row]! + state.index[row]!)
  }
  return false
}
