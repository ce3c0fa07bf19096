/**
 * Shared gamma frailty: hazard λ₀(t) e^{x'β + ω_g}, e^{ω_g} gamma with mean 1 and variance θ (Klein 1992; Nielsen, Gill, Andersen and
 * Sørensen 1992). Given θ = 1/ν, the EM solution maximises the penalised partial likelihood (Therneau, Grambsch and Pankratz 2003)
 *
 *   PPL(β, ω) = ℓ(β, ω) + ν Σ_g (ω_g − e^{ω_g}),
 *
 * and θ maximises the marginal likelihood, with d_g the events of group g,
 *
 *   L(θ) = PPL(β̂, ω̂) + Σ_g { ν + d_g + ν ln[ν/(ν + d_g)] + Σ_{k<d_g} ln[(ν + k)/(ν + d_g)] },
 *
 * equal to the Cox partial likelihood at θ = 0. Standard errors are those of the penalised likelihood at θ̂, as R prints them. Checked
 * against `coxph(… + frailty(id))` at given θ and at its maximum.
 */
import { ReshoreError } from '../../../errors.js'
import { bracketMaximum, brentMaximum } from '../../../numerics/brent.js'
import { groupRows, type GroupedRows } from '../conditionalLikelihood.js'
import type { CoxData } from './coxData.js'
import { frailtyBlock, type FrailtyBlock } from './frailtyBlock.js'
import { positiveInverse, solve } from './information.js'
import { evaluate, type CoxEvaluation, type CoxKernel, type TieWeights } from './partialLikelihood.js'
import { riskSets } from './riskSets.js'
import { prepareCox, solveCox, type CoxInput, type CoxSolution } from './solveCox.js'

/** Length of a step in standard errors at which the penalised likelihood counts as maximal; the likelihood's own error is its square. */
const [searchTolerance, stepTolerance] = [1e-6, 1e-10]
/** Below this length a step that no longer shrinks is rounding. */
const roundingLength = 1e-7
const maximumSteps = 500
/** Search for θ between these, starting here, to this distance in ln θ. */
const [smallestTheta, largestTheta] = [1e-5, 100]
const firstTheta = 0.3
const logTolerance = 1e-6
/** Where the likelihood falls at zero it must be lower here as well, or the search goes on. */
const guardTheta = 0.5

export interface FrailtyInput extends CoxInput {
  readonly groups: { readonly codes: Int32Array; readonly levels: number }
}

/** Maximum of the penalised likelihood at one θ. */
export interface FrailtyFit {
  readonly theta: number
  readonly coefficients: Float64Array
  /** ω_g, e^{ω_g} of mean 1 over groups. */
  readonly frailties: Float64Array
  /** Covariance of β given θ, with the sparse information of the frailties (as R). */
  readonly variance: Float64Array
  /** ℓ(β̂, ω̂), without the penalty. */
  readonly partialLogLikelihood: number
  readonly marginalLogLikelihood: number
  readonly iterations: number
}

/** A state that moves along θ: β and ω are warm starts of the next. */
interface FrailtyProblem {
  readonly data: CoxData
  readonly kernel: CoxKernel
  readonly groups: GroupedRows
  readonly codes: Int32Array
  readonly baseOffset: Float64Array
  /** Events by group. */
  readonly events: Float64Array
}

/** Groups, their events, and the Cox model without frailty, ready for any θ. */
export function frailtyProblem(input: FrailtyInput): { readonly problem: FrailtyProblem; readonly cox: CoxSolution } {
  if (input.weights !== undefined) throw new ReshoreError('UnsupportedError', 'a frailty model takes no weights', 'Leave them out, or cluster by the group instead.', 2)
  const cox = solveCox(input)
  const offset = input.offset ?? new Float64Array(input.survival.stop.length)
  const { data, kernel } = prepareCox({ ...input, columns: cox.kept.map((j) => input.columns[j]!), offset }, riskSets(input.survival))
  const { codes, levels } = input.groups
  const events = new Float64Array(levels)
  for (const i of data.risk.eventRows) events[codes[i]!]!++
  return { cox, problem: { data, kernel, codes, groups: groupRows(codes, levels), baseOffset: data.offset!.slice(), events } }
}

/** Penalised maximum at θ, from `start`. Throws a `ConvergenceError`. */
export function frailtyAt(problem: FrailtyProblem, theta: number, start: Warm, tolerance = stepTolerance): FrailtyFit {
  const nu = 1 / theta
  let previous = Number.POSITIVE_INFINITY
  let beta = start.coefficients
  let omega = recentred(start.frailties)
  let at = evaluateAt(problem, beta, omega, nu)
  for (let iteration = 1; iteration <= maximumSteps; iteration++) {
    const { betaStep, omegaStep, criterion, information } = newtonStep(problem.data.parameters, at, omega, nu)
    if (criterion < tolerance || (criterion < roundingLength && criterion > 0.9 * previous)) {
      return {
        theta, coefficients: beta, frailties: omega, variance: positiveInverse(information, beta.length), partialLogLikelihood: at.value,
        marginalLogLikelihood: at.penalised + marginalCorrection(problem.events, nu), iterations: iteration,
      }
    }
    const next = halved((share) => {
      const candidate = { beta: moved(beta, betaStep, share), omega: recentred(moved(omega, omegaStep, share)) }
      return { ...candidate, at: evaluateAt(problem, candidate.beta, candidate.omega, nu) }
    }, at.penalised)
    previous = criterion
    beta = next.beta
    omega = next.omega
    at = next.at
  }
  throw new ReshoreError('ConvergenceError', `the frailty model did not converge in ${maximumSteps} steps at variance ${theta}`, 'Look for groups in which every row has its event, or drop covariates that hardly vary within risk sets.')
}

/** θ̂ with its fit, the curvature-based standard error of θ, and the test of θ = 0. */
export interface FrailtyMaximum {
  readonly fit: FrailtyFit
  readonly thetaStdError?: number
  /** 2[L(θ̂) − L(0)], at least 0; its distribution is ½χ²₀ + ½χ²₁. */
  readonly boundaryStatistic: number
}

type Warm = Pick<FrailtyFit, 'coefficients' | 'frailties'>

/** Maximum over θ; undefined where the marginal likelihood is highest at θ = 0. */
export function maximiseFrailty(problem: FrailtyProblem, cox: CoxSolution): FrailtyMaximum | undefined {
  let warm: Warm = { coefficients: cox.coefficients, frailties: new Float64Array(problem.events.length) }
  const marginal = (logTheta: number): number => {
    const fit = frailtyAt(problem, Math.exp(logTheta), warm, searchTolerance)
    warm = fit
    return fit.marginalLogLikelihood
  }
  if (slopeAtZero(problem, cox) <= 0 && marginal(Math.log(guardTheta)) < cox.logLikelihood) return undefined
  const { low, high } = bracketMaximum(marginal, Math.log(firstTheta), 1, Math.log(smallestTheta), Math.log(largestTheta))
  const { at } = brentMaximum(marginal, low, high, logTolerance)
  const fit = frailtyAt(problem, Math.exp(at), warm)
  const boundaryStatistic = 2 * (fit.marginalLogLikelihood - cox.logLikelihood)
  if (fit.theta < 2 * smallestTheta || boundaryStatistic <= 0) return undefined
  return { fit, boundaryStatistic, thetaStdError: thetaError(fit, marginal) }
}

/** dL/dθ at 0: ½ Σ_g [(d_g − H_g)² − d_g], H_g the hazard the group has lived through in the Cox model. */
function slopeAtZero(problem: FrailtyProblem, cox: CoxSolution): number {
  const { block } = evaluateAt(problem, cox.coefficients, new Float64Array(problem.events.length), 1)
  return problem.events.reduce((sum, d, g) => sum + (block.score[g]! ** 2 - d) / 2, 0)
}

/** From the second difference of L in ln θ. */
function thetaError({ theta, marginalLogLikelihood }: FrailtyFit, marginal: (logTheta: number) => number): number | undefined {
  const [step, centre] = [0.02, Math.log(theta)]
  const curvature = (2 * marginalLogLikelihood - marginal(centre + step) - marginal(centre - step)) / (step * step)
  return curvature > 0 ? theta / Math.sqrt(curvature) : undefined
}

interface PenalisedEvaluation extends CoxEvaluation {
  /** PPL + νG. */
  readonly penalised: number
  readonly block: FrailtyBlock
  readonly tieWeights: TieWeights
}

function evaluateAt({ data, kernel, groups, codes, baseOffset }: FrailtyProblem, beta: Float64Array, omega: Float64Array, nu: number): PenalisedEvaluation {
  const offset = kernel.offset!
  for (let i = 0; i < offset.length; i++) offset[i] = baseOffset[i]! + omega[codes[i]!]!
  const at = evaluate(data, kernel, beta)
  const penalty = omega.reduce((sum, value) => sum + value - Math.expm1(value), 0)
  return { ...at, penalised: at.value + nu * penalty, block: frailtyBlock(data, kernel.riskSums, at.tieWeights, groups) }
}

/** Newton step with the frailties' block taken as diagonal; `information` is that of β with ω eliminated. */
function newtonStep(p: number, at: PenalisedEvaluation, omega: Float64Array, nu: number) {
  const { block } = at
  const information = at.information.slice()
  const right = at.gradient.slice()
  const slope = block.score.map((value, g) => value - nu * Math.expm1(omega[g]!))
  const diagonal = block.information.map((value, g) => value + nu * Math.exp(omega[g]!))
  for (let g = 0; g < omega.length; g++) {
    for (let a = 0; a < p; a++) {
      const ratio = block.cross[g * p + a]! / diagonal[g]!
      right[a]! -= ratio * slope[g]!
      for (let b = 0; b < p; b++) information[a * p + b]! -= ratio * block.cross[g * p + b]!
    }
  }
  const betaStep = solve(information, right) ?? right
  const omegaStep = slope.map((value, g) => {
    let left = value
    for (let j = 0; j < p; j++) left -= block.cross[g * p + j]! * betaStep[j]!
    return left / diagonal[g]!
  })
  const squared = dot(betaStep, at.gradient) + dot(omegaStep, slope)
  return { betaStep, omegaStep, information, criterion: Math.sqrt(Math.max(0, squared)) }
}

function halved<T extends { readonly at: PenalisedEvaluation }>(attempt: (share: number) => T, value: number): T {
  for (let share = 1; ; share /= 2) {
    const next = attempt(share)
    if (next.at.penalised >= value - 1e-12 * Math.max(1, Math.abs(value)) || share < 1e-6) return next
  }
}

/** Σ_g { d + ν ln[ν/(ν + d)] + Σ_{k<d} ln[(ν + k)/(ν + d)] }. */
function marginalCorrection(events: Float64Array, nu: number): number {
  return events.reduce((sum, d) => {
    let logs = d - nu * Math.log1p(d / nu)
    for (let k = 0; k < d; k++) logs += Math.log1p((k - d) / (nu + d))
    return sum + logs
  }, 0)
}

/** ω with Σ e^ω / G = 1: moving all of them by one constant changes the penalty only, and this is its best. */
function recentred(omega: Float64Array): Float64Array {
  const shift = Math.log(omega.reduce((sum, value) => sum + Math.exp(value), 0) / omega.length)
  return omega.map((value) => value - shift)
}

const moved = (from: Float64Array, step: Float64Array, share: number): Float64Array => from.map((value, j) => value + share * step[j]!)

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, j) => sum + value * b[j]!, 0)
