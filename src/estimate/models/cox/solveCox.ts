/**
 * The Cox model on arrays: identified covariates are found at β = 0, Newton is run on those, and everything that later steps want
 * (covariance, score residuals, baseline hazard, residuals) is read from the sums at the maximum.
 */
import { ReshoreError } from '../../../errors.js'
import { maximise, type Optimum } from '../../../numerics/newton.js'
import type { Convergence, SurvivalColumns } from '../../records.js'
import { packCoxData, type CoxData, type Ties } from './coxData.js'
import { positiveInverse, solve, unidentified, type Unidentified } from './information.js'
import { infiniteTerms, monotoneError, monotoneInspector } from './monotoneLikelihood.js'
import { evaluate, type CoxEvaluation, type CoxKernel, type TieWeights } from './partialLikelihood.js'
import { plainKernel } from './plainKernel.js'
import { riskCells } from './riskCells.js'
import { riskSets, type RiskSets } from './riskSets.js'
import { losesDigits, stableKernel } from './stableKernel.js'
import { coxMemory, wasmKernel } from './wasmKernel.js'

export interface CoxInput {
  readonly terms: readonly string[]
  readonly columns: readonly Float64Array[]
  readonly survival: SurvivalColumns
  readonly ties: Ties
  readonly weights?: Float64Array
  readonly offset?: Float64Array
  readonly maxIterations?: number
}

/** A model at given coefficients; `kernel` holds the sums over risk sets there. What every residual, curve and test is read from. */
export interface CoxState {
  readonly data: CoxData
  readonly kernel: CoxKernel
  readonly tieWeights: TieWeights
  readonly coefficients: Float64Array
  /** Inverse information, parameters × parameters row-major. */
  readonly variance: Float64Array
}

/** Coefficients of the `kept` terms (indices into the input's terms), and the sums at the maximum. */
export interface CoxSolution extends CoxState {
  readonly kept: readonly number[]
  readonly unidentified: readonly Unidentified[]
  readonly information: Float64Array
  readonly logLikelihood: number
  readonly nullLogLikelihood: number
  /** g'I⁻¹g at β = 0. */
  readonly scoreTest: number
  readonly convergence: Convergence
}

/** How sums over risk sets are taken: by differences of running sums, or by trees that need none. */
type Arithmetic = 'running' | 'stable'

/** Packed data and the kernel to run on them: WebAssembly where it fits. */
export function prepareCox(input: Omit<CoxInput, 'terms' | 'maxIterations'>, risk: RiskSets, arithmetic: Arithmetic = 'running'): { readonly data: CoxData; readonly kernel: CoxKernel } {
  const rows = { ...input, event: input.survival.event, risk }
  const cells = arithmetic === 'running' ? riskCells(risk, rows.event) : undefined
  const memory = arithmetic === 'running' ? coxMemory(risk, input.columns.length, cells) : undefined
  const data = packCoxData(rows, memory)
  if (memory) return { data, kernel: wasmKernel(data, memory, cells) }
  return { data, kernel: arithmetic === 'stable' ? stableKernel(data) : plainKernel(data) }
}

/** Maximum partial likelihood estimate. Errors as in `riskSets`, and `MonotoneLikelihoodError`, `ConvergenceError`, `SingularDesignError`. */
export function solveCox(input: CoxInput): CoxSolution {
  const risk = riskSets(input.survival)
  return attempt(input, risk, 'running') ?? attempt(input, risk, 'stable')!
}

/** Undefined where running sums lose digits on the way. */
function attempt(input: CoxInput, risk: RiskSets, arithmetic: Arithmetic): CoxSolution | undefined {
  const lost = ({ data, kernel }: Pick<Problem, 'data' | 'kernel'>): boolean => arithmetic === 'running' && losesDigits(data, kernel.riskSums)
  const prepare = (kept: readonly number[]) => {
    const { data, kernel } = prepareCox({ ...input, columns: kept.map((j) => input.columns[j]!) }, risk, arithmetic)
    return { kept, data, kernel, start: evaluate(data, kernel, new Float64Array(kept.length)) }
  }
  let problem = prepare(input.terms.map((_, j) => j))
  if (lost(problem)) return undefined
  const excluded = unidentified(problem.start.information, problem.start.scale)
  if (excluded.length > 0) problem = prepare(problem.kept.filter((j) => !excluded.some(({ index }) => index === j)))
  const { kept, data, kernel, start } = problem
  if (kept.length === 0 && input.terms.length > 0) {
    throw new ReshoreError('SingularDesignError', `no regressor varies within any risk set: ${input.terms.map((term) => `\`${term}\``).join(', ')}`,
      'Add a regressor that varies among the rows at risk, or look at which rows were left out and at the strata.')
  }
  const { at, optimum } = newton(problem, input.maxIterations)
  if (lost(problem)) return undefined
  checkConvergence(optimum, data, kept.map((j) => input.terms[j]!))
  return {
    kept, unidentified: excluded, coefficients: optimum.parameters,
    information: at.information, variance: positiveInverse(at.information, kept.length),
    logLikelihood: at.value + optimum.convergence.criterion ** 2 / 2, nullLogLikelihood: start.value, scoreTest: scoreStatistic(start),
    convergence: optimum.convergence, data, kernel, tieWeights: at.tieWeights,
  }
}

interface Problem {
  readonly data: CoxData
  readonly kernel: CoxKernel
  readonly start: CoxEvaluation
}

/** A step that moves no row's linear predictor by more than this leaves ten digits of the information as they are. */
const negligibleMove = 1e-10

/** Newton's method from zero; the kernel is left with the sums of the evaluation `at`. */
function newton({ data, kernel, start }: Problem, maximumIterations = 50): { at: CoxEvaluation; optimum: Optimum } {
  let at = start
  let first = true
  const optimum = maximise((beta) => {
    if (!first) at = evaluate(data, kernel, beta)
    first = false
    return at
  }, new Float64Array(data.parameters), {
    maximumIterations, inspect: monotoneInspector(data.reach),
    negligible: (step) => step.reduce((sum, value, j) => sum + Math.abs(value) * data.reach[j]!, 0) <= negligibleMove,
  })
  return { at, optimum }
}

function checkConvergence({ convergence: { converged, reason, iterations }, parameters, step }: Optimum, { reach }: CoxData, terms: readonly string[]): void {
  if (converged) return
  const infinite = infiniteTerms(terms, reach, parameters, step)
  if (infinite.length > 0) throw monotoneError(infinite)
  throw new ReshoreError('ConvergenceError', `cox did not converge: ${reason} after ${iterations} iterations`,
    'Rescale the covariates, look at very large offsets or weights, or for a covariate that nearly determines the order of the events.')
}

/** x'β + offset of every row, about the centre; equal rows give equal bits. */
export function linearPredictor({ data, coefficients }: CoxState): Float64Array {
  const { rows, parameters, stride, packed, offset } = data
  const eta = new Float64Array(rows)
  for (let i = 0; i < rows; i++) {
    let sum = offset?.[i] ?? 0
    for (let j = 0, at = i * stride; j < parameters; j++) sum += packed[at + j]! * coefficients[j]!
    eta[i] = sum
  }
  return eta
}

function scoreStatistic({ gradient, information }: CoxEvaluation): number {
  const step = solve(information, gradient) ?? gradient
  return step.reduce((sum, value, j) => sum + value * gradient[j]!, 0)
}
