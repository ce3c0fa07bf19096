/**
 * Newton's method with step halving on a concave log-likelihood, run until a step is below 10⁻¹⁰ standard errors; that last step
 * is still taken, and the information is the one at the point it was taken from (nearer than the tenth digit can tell).
 *
 * A likelihood that rises for ever along some direction (monotone likelihood: a covariate orders all events) is recognised by
 * steps that stay as large as the covariate's range allows while the likelihood no longer moves.
 */
import { ReshoreError } from '../../../errors.js'
import type { Convergence } from '../../records.js'
import { solve } from './information.js'
import type { Evaluation } from './partialLikelihood.js'

/** Squared length of a step in standard errors at which Newton stops. */
const squaredStepTolerance = 1e-20
/** Squared length below which a step that no longer shrinks is rounding error, not a missing maximum. */
const roundingFloor = 1e-13
/** Gain of a step, relative to the likelihood, below which a long step means a monotone likelihood. */
const flatGain = 1e-8
/** Change of the linear predictor across a covariate's range that counts as a long step. */
const longStep = 0.3

export interface Maximum<E extends Evaluation> {
  readonly coefficients: Float64Array
  readonly logLikelihood: number
  /** At the last point evaluated. */
  readonly at: E
  readonly convergence: Convergence
}

export interface NewtonProblem<E extends Evaluation> {
  readonly terms: readonly string[]
  /** Range (maximum − minimum) of each covariate. */
  readonly ranges: Float64Array
  /** At zero coefficients. */
  readonly start: E
  evaluate(beta: Float64Array): E
  readonly maxIterations?: number
}

/**
 * Maximum of a concave log-likelihood, started at zero.
 *
 * @throws ReshoreError `MonotoneLikelihoodError` naming the terms that run to infinity; `ConvergenceError` otherwise.
 */
export function maximise<E extends Evaluation>({ terms, ranges, start, evaluate, maxIterations = 50 }: NewtonProblem<E>): Maximum<E> {
  if (!Number.isFinite(start.value)) {
    throw new ReshoreError('ConvergenceError', 'The log-likelihood is not finite at zero coefficients.',
      'Check the offset and the weights for very large values.')
  }
  let beta = new Float64Array(terms.length)
  let at = start
  let previous = Number.POSITIVE_INFINITY
  for (let iteration = 0; iteration <= maxIterations; iteration++) {
    const step = solve(at.information, at.gradient)
    if (step === undefined) throw singular(terms, ranges, beta)
    const squared = step.reduce((sum, value, j) => sum + value * at.gradient[j]!, 0)
    if (squared <= squaredStepTolerance || (squared <= roundingFloor && squared > previous / 4)) {
      const coefficients = beta.map((value, j) => value + step[j]!)
      const convergence: Convergence = { converged: true, iterations: iteration, reason: 'step', criterion: Math.sqrt(squared) }
      return { coefficients, logLikelihood: at.value + squared / 2, at, convergence }
    }
    const next = halved(evaluate, beta, at.value, step)
    const gain = next.at.value - at.value
    const long = terms.filter((_, j) => Math.abs(next.step[j]!) * ranges[j]! > longStep)
    if (long.length > 0 && gain <= flatGain * Math.max(1, Math.abs(at.value))) throw monotone(long)
    previous = squared
    beta = next.beta
    at = next.at
  }
  throw new ReshoreError('ConvergenceError', `The partial likelihood did not converge in ${maxIterations} Newton steps.`,
    'Rescale the covariates, or look for one that nearly determines the order of the events.')
}

/** The step, halved until the likelihood does not fall (beyond rounding). */
function halved<E extends Evaluation>(evaluate: (beta: Float64Array) => E, beta: Float64Array, value: number, full: Float64Array) {
  const slack = 1e-13 * Math.max(1, Math.abs(value))
  for (let scale = 1; scale > 1e-9; scale /= 2) {
    const step = full.map((change) => change * scale)
    const next = beta.map((coefficient, j) => coefficient + step[j]!)
    const at = evaluate(next)
    if (at.value >= value - slack) return { beta: next, at, step }
  }
  throw new ReshoreError('ConvergenceError', 'No step in the Newton direction raises the partial likelihood.',
    'Rescale the covariates: their sizes differ too much for the arithmetic.')
}

function monotone(terms: readonly string[]): ReshoreError {
  const names = terms.map((term) => `\`${term}\``).join(', ')
  return new ReshoreError('MonotoneLikelihoodError',
    `The partial likelihood rises for ever in ${names}: the coefficient is infinite, because ${terms.length > 1 ? 'a combination of these covariates' : 'the covariate'} orders every event.`,
    'Drop the term, merge its levels, or group them so that each has an event and a row at risk without one.')
}

/** The information vanished: a coefficient has run so far that nothing is left at risk beside the events. */
function singular(terms: readonly string[], ranges: Float64Array, beta: Float64Array): ReshoreError {
  const far = terms.filter((_, j) => Math.abs(beta[j]!) * ranges[j]! > 10)
  if (far.length > 0) return monotone(far)
  return new ReshoreError('SingularInformationError', 'The information matrix is singular at the current coefficients.',
    'Drop covariates that are combinations of others within risk sets.')
}
