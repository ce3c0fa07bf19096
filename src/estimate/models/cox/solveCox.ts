/**
 * The Cox model on arrays: identified covariates are found at β = 0, Newton is run on those, and everything that later steps want
 * (covariance, score residuals, baseline hazard, residuals) is read from the sums at the maximum.
 */
import type { Convergence, SurvivalColumns } from '../../records.js'
import { packCoxData, type CoxData, type Ties } from './coxData.js'
import { inverse, solve, unidentified, type Unidentified } from './information.js'
import { maximise } from './maximise.js'
import { evaluate, type CoxKernel, type Evaluation, type TieWeights } from './partialLikelihood.js'
import { plainKernel } from './plainKernel.js'
import { riskSets } from './riskSets.js'

export interface CoxInput {
  readonly terms: readonly string[]
  readonly columns: readonly Float64Array[]
  readonly survival: SurvivalColumns
  readonly ties: Ties
  readonly weights?: Float64Array
  readonly offset?: Float64Array
  readonly maxIterations?: number
}

/** Coefficients of the `kept` terms (indices into the input's terms), and the sums at the maximum in `data` and `kernel`. */
export interface CoxSolution {
  readonly kept: readonly number[]
  readonly unidentified: readonly Unidentified[]
  readonly coefficients: Float64Array
  /** Inverse information, kept × kept row-major. */
  readonly variance: Float64Array
  readonly logLikelihood: number
  readonly nullLogLikelihood: number
  /** g'I⁻¹g at β = 0. */
  readonly scoreTest: number
  readonly convergence: Convergence
  readonly data: CoxData
  readonly kernel: CoxKernel
  readonly tieWeights: TieWeights
}

/** Maximum partial likelihood estimate. Errors as in `riskSets` and `maximise`. */
export function solveCox(input: CoxInput): CoxSolution {
  const risk = riskSets(input.survival)
  const prepare = (kept: readonly number[]) => {
    const data = packCoxData({ ...input, columns: kept.map((j) => input.columns[j]!), event: input.survival.event, risk })
    const kernel = plainKernel(data)
    return { kept, data, kernel, start: evaluate(data, kernel, new Float64Array(kept.length)) }
  }
  let problem = prepare(input.terms.map((_, j) => j))
  const excluded = unidentified(problem.start.information, problem.start.scale)
  if (excluded.length > 0) problem = prepare(problem.kept.filter((j) => !excluded.some(({ index }) => index === j)))
  const { kept, data, kernel, start } = problem
  const { at, coefficients, logLikelihood, convergence } = maximise({
    terms: kept.map((j) => input.terms[j]!), ranges: Float64Array.from(kept, (j) => range(input.columns[j]!)), start,
    evaluate: (beta) => evaluate(data, kernel, beta), maxIterations: input.maxIterations,
  })
  return {
    kept, unidentified: excluded, coefficients, variance: inverse(at.information, kept.length),
    logLikelihood, nullLogLikelihood: start.value, scoreTest: scoreStatistic(start), convergence, data, kernel, tieWeights: at.tieWeights,
  }
}

function scoreStatistic({ gradient, information }: Evaluation): number {
  return solve(information, gradient).reduce((sum, value, j) => sum + value * gradient[j]!, 0)
}

function range(column: Float64Array): number {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of column) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return high - low
}
