/**
 * Newton's method for maximising a smooth log-likelihood given by value, gradient and information (minus the Hessian).
 *
 * Steps are halved until the value rises; where the information is not positive definite its diagonal is raised
 * (Levenberg–Marquardt). The distance to the optimum is measured in standard errors: √(g' I⁻¹ g), the length of the step. When it
 * falls below 1e-10 the last step is taken and the information at that point stands; rounding, not the tolerance,
 * is what remains.
 */
import { cholesky, choleskySolve, type CholeskyFactor } from './linearAlgebra.js'

export interface Evaluation {
  readonly value: number
  readonly gradient: Float64Array
  /** k × k row-major, minus the second derivatives. */
  readonly information: Float64Array
}

export type Objective = (parameters: Float64Array) => Evaluation

export interface NewtonOptions {
  /** Default 100. */
  readonly maximumIterations?: number
  /** Length of the step in standard errors at which to stop; default 1e-10. */
  readonly tolerance?: number
  /** Whether a step is too short to be seen in the information: it is taken and the search ends, as below the tolerance. */
  readonly negligible?: (step: Float64Array) => boolean
  /** The objective at the start, where it is known. */
  readonly evaluation?: Evaluation
  /** Called with every full step; a text stops the search with that reason. */
  readonly inspect?: (state: NewtonState) => string | undefined
}

export interface NewtonState {
  readonly iteration: number
  readonly parameters: Float64Array
  readonly step: Float64Array
  /** Length of the step in standard errors. */
  readonly criterion: number
  readonly evaluation: Evaluation
}

export interface Optimum {
  readonly parameters: Float64Array
  readonly evaluation: Evaluation
  /** Last Newton step (already taken where the search converged). */
  readonly step: Float64Array
  readonly convergence: {
    readonly converged: boolean
    readonly iterations: number
    /** 'step', 'rounding', 'maximum iterations', 'no ascent', 'not finite', or what `inspect` said. */
    readonly reason: string
    /** Length of the last step in standard errors. */
    readonly criterion: number
  }
}

const maximumHalvings = 40
/** Relative rounding of a log-likelihood summed over millions of rows; a smaller fall is none. */
const valueRounding = 1e-11
/** Below this length a step that brings no ascent is rounding, not failure. */
const roundingLength = 1e-6

/**
 * The maximum found from `start`; the caller turns `converged: false` into an error.
 *
 * @example
 * const optimum = maximise((b) => ({ value: -(b[0]! ** 2), gradient: Float64Array.of(-2 * b[0]!), information: Float64Array.of(2) }), Float64Array.of(3))
 */
export function maximise(objective: Objective, start: Float64Array, options: NewtonOptions = {}): Optimum {
  const { maximumIterations = 100, tolerance = 1e-10, negligible, inspect } = options
  let parameters: Float64Array = start.slice()
  let evaluation = options.evaluation ?? objective(parameters)
  let step: Float64Array = new Float64Array(start.length)
  let criterion = Infinity
  const finish = (reason: string, iterations: number, converged = false): Optimum =>
    ({ parameters, evaluation, step, convergence: { converged, iterations, reason, criterion } })
  if (!isFinite(evaluation)) return finish('not finite', 0)
  for (let iteration = 1; iteration <= maximumIterations; iteration++) {
    const { factor, raised } = positiveFactor(evaluation.information, start.length)
    step = choleskySolve(factor, evaluation.gradient)
    criterion = Math.sqrt(Math.max(0, dot(step, evaluation.gradient)))
    if (!raised && (criterion <= tolerance || negligible?.(step))) {
      parameters = add(parameters, step, 1)
      return finish('step', iteration, true)
    }
    const stop = inspect?.({ iteration, parameters, step, criterion, evaluation })
    if (stop !== undefined) return finish(stop, iteration)
    const next = ascend(objective, parameters, step, evaluation.value)
    if (!next) return criterion < roundingLength && !raised ? finish('rounding', iteration, true) : finish('no ascent', iteration)
    parameters = next.parameters
    evaluation = next.evaluation
  }
  return finish('maximum iterations', maximumIterations)
}

/** The first of the full, half, quarter … step at which the value does not fall beyond the rounding of a long sum. */
function ascend(objective: Objective, parameters: Float64Array, step: Float64Array, value: number): { parameters: Float64Array; evaluation: Evaluation } | undefined {
  const floor = value - valueRounding * Math.max(1, Math.abs(value))
  for (let halving = 0, share = 1; halving <= maximumHalvings; halving++, share /= 2) {
    const candidate = add(parameters, step, share)
    const evaluation = objective(candidate)
    if (isFinite(evaluation) && evaluation.value >= floor) return { parameters: candidate, evaluation }
  }
  return undefined
}

function positiveFactor(information: Float64Array, size: number): { factor: CholeskyFactor; raised: boolean } {
  const exact = cholesky(information, size)
  if (exact) return { factor: exact, raised: false }
  const diagonal = Float64Array.from({ length: size }, (_, i) => Math.abs(information[i * size + i]!))
  const floor = Math.max(Number.MIN_VALUE, 1e-8 * Math.max(...diagonal)) || 1
  for (let ridge = 1e-3; ; ridge *= 10) {
    const raised = information.slice()
    for (let i = 0; i < size; i++) raised[i * size + i]! += ridge * Math.max(diagonal[i]!, floor)
    const factor = cholesky(raised, size)
    if (factor) return { factor, raised: true }
  }
}

function add(parameters: Float64Array, step: Float64Array, share: number): Float64Array {
  return parameters.map((value, i) => value + share * step[i]!)
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0)
}

function isFinite(evaluation: Evaluation): boolean {
  return Number.isFinite(evaluation.value) && evaluation.gradient.every(Number.isFinite) && evaluation.information.every(Number.isFinite)
}
