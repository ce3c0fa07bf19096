/** What every estimator accepts, and the checks they share: supported parts of the formula, binary outcomes, convergence. */
import { ReshoreError } from '../../errors.js'
import { formatOutcome, isSurvival } from '../formula/format.js'
import { parseFormula } from '../formula/parse.js'
import type { Convergence, Design, ModelSpec, SpecInput, VcovEstimator } from '../records.js'

/** Options of every estimator. */
export interface ModelOptions {
  /** Default `iid()`. */
  readonly vcov?: VcovEstimator
  /** Column of weights; overrides `weights` of the spec. */
  readonly weights?: string
  /** 'precision' (default): a row's variance is inverse to its weight; 'frequency': a row stands for that many equal rows. */
  readonly weighting?: 'precision' | 'frequency'
  /** Whether the fit carries its scores, from which other covariances are computed; default 'keep'. */
  readonly scores?: 'keep' | 'drop'
}

/** Parts of a formula an estimator can use. */
export interface SpecSupport {
  readonly model: string
  readonly survival?: boolean
  readonly absorb?: boolean
  readonly instruments?: boolean
  readonly offset?: boolean
  readonly weights?: boolean
}

/** The parsed spec with the options' weights. Parts the model cannot use are an `UnsupportedError` (exit code 2), never ignored. */
export function modelSpec(input: SpecInput, options: ModelOptions, support: SpecSupport): ModelSpec {
  const parsed = parseFormula(input)
  const spec = options.weights === undefined ? parsed : { ...parsed, weights: options.weights }
  const refuse = (part: string, remedy: string): never => {
    throw new ReshoreError('UnsupportedError', `${support.model} does not take ${part}`, remedy, 2)
  }
  if (isSurvival(spec.outcome) && !support.survival) refuse('a survival outcome', 'Use cox, or write the outcome as one column.')
  if (!isSurvival(spec.outcome) && support.survival) refuse(`the outcome \`${formatOutcome(spec.outcome)}\``, 'Write surv(time, event) or surv(start, stop, event).')
  if (spec.absorb.length > 0 && !support.absorb) refuse('absorbed effects', absorbRemedy(support.model))
  if (spec.endogenous.length > 0 && !support.instruments) refuse('instruments', 'Use iv for y ~ exogenous | endogenous ~ instruments.')
  if (spec.offset !== undefined && !support.offset) refuse('an offset', 'Leave it out, or subtract it from the outcome where the model is linear.')
  if (spec.weights !== undefined && !support.weights) refuse('weights', 'Leave them out.')
  return spec
}

function absorbRemedy(model: string): string {
  return model === 'logit' || model === 'probit'
    ? 'Effects of many units bias a pooled binary model: use fe-logit to condition them out, re-logit or re-probit for random ones, or i(year) for a few levels.'
    : 'Write a few levels as i(v) among the regressors.'
}

/** Frequencies of the rows where weights are such, otherwise undefined; throws a `WeightError` for those that are not whole numbers. */
export function rowFrequencies(design: Design, spec: ModelSpec, options: ModelOptions): Float64Array | undefined {
  if (options.weighting !== 'frequency') return undefined
  if (!design.weights) throw new ReshoreError('WeightError', 'frequency weights without a column', "Name the column: weights: 'copies'.", 2)
  const broken = design.weights.findIndex((weight) => !Number.isInteger(weight))
  if (broken >= 0) {
    throw new ReshoreError('WeightError', `the frequency \`${spec.weights}\` is ${design.weights[broken]} in row ${design.unit[broken]! + 1}`, 'Frequencies are whole numbers; other weights are precision weights (--weights).')
  }
  return design.weights
}

/** The outcome of a design, which must hold 0 and 1 only and both of them; throws an `OutcomeError`. */
export function binaryOutcome(design: Design, spec: ModelSpec): Float64Array {
  const outcome = design.outcome!
  const name = formatOutcome(spec.outcome)
  let positives = 0
  for (let row = 0; row < design.rows; row++) {
    const value = outcome[row]!
    if (value !== 0 && value !== 1) {
      throw new ReshoreError('OutcomeError', `the outcome \`${name}\` is ${value} in row ${design.unit[row]! + 1} where 0 or 1 is needed`,
        'Make a column that is 1 where the event holds and 0 elsewhere; a boolean column does as well.')
    }
    positives += value
  }
  if (positives === 0 || positives === design.rows) {
    throw new ReshoreError('OutcomeError', `the outcome \`${name}\` is ${positives === 0 ? 0 : 1} in all ${design.rows} rows used`,
      'Look at which rows were left out: an outcome that never changes identifies nothing.')
  }
  return outcome
}

/** Throws a `ConvergenceError` where an optimiser did not converge. */
export function requireConvergence(model: string, convergence: Convergence): void {
  if (convergence.converged) return
  throw new ReshoreError('ConvergenceError', `${model} did not converge: ${convergence.reason} after ${convergence.iterations} iterations`,
    'Look for outliers, outcomes that hardly vary, or regressors that almost determine the outcome.')
}
