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
import { frailtyLikelihood, type FrailtyLikelihood } from './frailtyPoint.js'
import { positiveInverse } from './information.js'
import { solveCox, type CoxInput, type CoxSolution } from './solveCox.js'

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

/** The likelihood and the events of each group, ready for any θ. */
interface FrailtyProblem {
  readonly likelihood: FrailtyLikelihood
  readonly events: Float64Array
}

/** Groups, their events, and the Cox model without frailty. */
export function frailtyProblem(input: FrailtyInput): { readonly problem: FrailtyProblem; readonly cox: CoxSolution } {
  if (input.weights !== undefined) throw new ReshoreError('UnsupportedError', 'a frailty model takes no weights', 'Leave them out, or cluster by the group instead.', 2)
  const cox = solveCox(input)
  const { codes, levels } = input.groups
  const { risk } = cox.data
  const events = new Float64Array(levels)
  for (const i of risk.eventRows) events[codes[i]!]!++
  const columns = cox.kept.map((j) => input.columns[j]!)
  return { cox, problem: { likelihood: frailtyLikelihood({ ...input, columns }, risk, codes, levels), events } }
}

/** Penalised maximum at θ, from `start`. Throws a `ConvergenceError`. */
export function frailtyAt({ likelihood, events }: FrailtyProblem, theta: number, start: Warm, tolerance = stepTolerance): FrailtyFit {
  const nu = 1 / theta
  const pointAt = (coefficients: Float64Array, frailties: Float64Array) => {
    const point = likelihood(coefficients, frailties)
    return { coefficients, frailties, point, penalised: point.value + nu * frailties.reduce((sum, value) => sum + value - Math.expm1(value), 0) }
  }
  let at = pointAt(start.coefficients, recentred(start.frailties))
  let previous = Number.POSITIVE_INFINITY
  for (let iteration = 1; iteration <= maximumSteps; iteration++) {
    const step = at.point.step(at.frailties, nu)
    if (step.criterion < tolerance || (step.criterion < roundingLength && step.criterion > 0.9 * previous)) {
      return {
        theta, coefficients: at.coefficients, frailties: at.frailties, variance: positiveInverse(step.information, at.coefficients.length),
        partialLogLikelihood: at.point.value, marginalLogLikelihood: at.penalised + marginalCorrection(events, nu), iterations: iteration,
      }
    }
    previous = step.criterion
    const { coefficients, frailties, penalised } = at
    at = halved((share) => pointAt(moved(coefficients, step.beta, share), recentred(moved(frailties, step.omega, share))), penalised)
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
  const { score } = problem.likelihood(cox.coefficients, new Float64Array(problem.events.length))
  return problem.events.reduce((sum, d, g) => sum + (score[g]! ** 2 - d) / 2, 0)
}

/** From the second difference of L in ln θ. */
function thetaError({ theta, marginalLogLikelihood }: FrailtyFit, marginal: (logTheta: number) => number): number | undefined {
  const [step, centre] = [0.02, Math.log(theta)]
  const curvature = (2 * marginalLogLikelihood - marginal(centre + step) - marginal(centre - step)) / (step * step)
  return curvature > 0 ? theta / Math.sqrt(curvature) : undefined
}

function halved<T extends { readonly penalised: number }>(attempt: (share: number) => T, value: number): T {
  for (let share = 1; ; share /= 2) {
    const next = attempt(share)
    if (next.penalised >= value - 1e-12 * Math.max(1, Math.abs(value)) || share < 1e-6) return next
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
