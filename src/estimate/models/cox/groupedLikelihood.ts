/**
 * Grouped-time proportional hazards (Prentice and Gloeckler 1978): a complementary log-log model on person-periods, one period per
 * event time and stratum, each with an effect α_t of its own. With r = w e^{x'β + o}, u = e^{α_t} r/w and S(t) = Σ_{at risk} r (1, x),
 *
 *   ℓ = −Σ_t e^{α_t} S₀(t) + Σ_events w [u + ln(1 − e^{−u})],
 *
 * so the risk-set sums of the Cox model carry it and no person-period row is ever written. α is profiled out: given β each α_t is the
 * root of one increasing function, and the information of β is the Schur complement of α's diagonal block. The maximum, its
 * covariance and its scores are those of the full model. Checked against `glm(binomial(cloglog))` on expanded rows.
 */
import { ReshoreError } from '../../../errors.js'
import { maximise, type Evaluation } from '../../../numerics/newton.js'
import type { Convergence } from '../../records.js'
import { eventSlope, logEvent, slopeExcess } from '../cloglogLink.js'
import type { CoxData } from './coxData.js'
import { positiveInverse } from './information.js'
import { runningSums } from './partialLikelihood.js'
import type { CoxState } from './solveCox.js'

/** `scores` (rows × parameters) are net of what α absorbs: bread × scores is the influence on β. */
export interface GroupedMaximum {
  readonly coefficients: Float64Array
  /** e^{α_t} at the centre of the covariates: integrated hazard of each period; Infinity where everyone at risk had the event. */
  readonly hazard: Float64Array
  /** Inverse information of β in the model with α, parameters × parameters. */
  readonly variance: Float64Array
  readonly scores: Float64Array
  readonly logLikelihood: number
  readonly nullLogLikelihood: number
  /** Pairs of rows and periods they are at risk in. */
  readonly personPeriods: number
  readonly convergence: Convergence
}

/** Event rows by event time, and which event times have survivors (the others carry no information on β). */
interface Periods {
  readonly events: readonly Int32Array[]
  readonly informative: Uint8Array
  readonly personPeriods: number
}

/** α solved at one β, with the sums the derivatives need. */
interface Profile extends Evaluation {
  /** e^{α_t}; 0 in periods without survivors, which then drop out of every sum. */
  readonly hazard: Float64Array
  /** Information of α_t with β over that of α_t, event times × parameters: what α absorbs of x. */
  readonly absorbed: Float64Array
}

/** Maximum likelihood of the grouped-time model on the rows of a Cox model, started at its coefficients. */
export function groupedMaximum(state: CoxState): GroupedMaximum {
  const periods = periodsOf(state.data)
  const zero = new Float64Array(state.coefficients.length)
  const nullLogLikelihood = profileAt(state, periods, zero).value
  const optimum = maximise((beta) => profileAt(state, periods, beta), state.coefficients)
  if (!optimum.convergence.converged) {
    throw new ReshoreError('ConvergenceError', `the grouped-time twin did not converge: ${optimum.convergence.reason}`,
      'Group the event times more coarsely: with an event or two a period its effects run away.')
  }
  const at = profileAt(state, periods, optimum.parameters)
  const hazard = at.hazard.map((value, k) => (periods.informative[k] === 1 ? value : Number.POSITIVE_INFINITY))
  return {
    coefficients: optimum.parameters, hazard, variance: positiveInverse(at.information, zero.length),
    scores: efficientScores(state, at), logLikelihood: at.value, nullLogLikelihood, personPeriods: periods.personPeriods, convergence: optimum.convergence,
  }
}

function periodsOf({ risk }: CoxData): Periods {
  const lists: number[][] = Array.from(risk.times, () => [])
  for (const i of risk.eventRows) lists[risk.last[i]!]!.push(i)
  const atRisk = new Int32Array(risk.times.length + 1)
  for (let i = 0; i < risk.rows; i++) {
    if (risk.last[i]! < 0) continue
    atRisk[risk.last[i]!]!++
    if (risk.before[i]! >= 0) atRisk[risk.before[i]!]!--
  }
  const informative = new Uint8Array(risk.times.length)
  let personPeriods = 0
  for (let s = 0; s < risk.strata; s++) {
    let count = 0
    for (let k = risk.offsets[s + 1]! - 1; k >= risk.offsets[s]!; k--) {
      count += atRisk[k]!
      personPeriods += count
      informative[k] = count > risk.deaths[k]! ? 1 : 0
    }
  }
  return { events: lists.map((rows) => Int32Array.from(rows)), informative, personPeriods }
}

/** Profile likelihood, its gradient and information at β. */
function profileAt({ data, kernel, tieWeights }: CoxState, { events, informative }: Periods, beta: Float64Array): Profile {
  const { parameters: p, stride, packed, weights } = data
  kernel.sumRisk(beta)
  const { sums, risk: r } = kernel.riskSums
  const times = informative.length
  const [hazard, absorbed, precision] = [new Float64Array(times), new Float64Array(times * p), new Float64Array(times)]
  const [gradient, information] = [new Float64Array(p), new Float64Array(p * p)]
  let value = 0
  for (let k = 0; k < times; k++) {
    if (informative[k] === 0) continue
    const alpha = solveEffect(sums[k * stride + p]!, events[k]!, r, weights, tieWeights.hazard[k]!)
    hazard[k] = Math.exp(alpha)
    value -= hazard[k]! * sums[k * stride + p]!
    let own = hazard[k]! * sums[k * stride + p]!
    for (let j = 0; j < p; j++) absorbed[k * p + j] = hazard[k]! * sums[k * stride + j]!
    for (const i of events[k]!) {
      const weight = weights?.[i] ?? 1
      const u = (hazard[k]! * r[i]!) / weight
      const g = eventSlope(u)
      const curvature = weight * (u - g * slopeExcess(u, g))
      value += weight * (u + logEvent(Math.log(u), u))
      own -= curvature
      for (let a = 0; a < p; a++) {
        const x = packed[i * stride + a]!
        gradient[a]! += weight * (u + g) * x
        absorbed[k * p + a]! -= curvature * x
        for (let b = 0; b <= a; b++) information[a * p + b]! -= curvature * x * packed[i * stride + b]!
      }
    }
    precision[k] = own
    for (let j = 0; j < p; j++) absorbed[k * p + j]! /= own
  }
  const products = kernel.rowProducts(hazard, new Float64Array(times))
  for (let a = 0; a < p; a++) {
    gradient[a]! -= products[p * stride + a]!
    for (let b = 0; b <= a; b++) {
      let explained = 0
      for (let k = 0; k < times; k++) explained += absorbed[k * p + a]! * precision[k]! * absorbed[k * p + b]!
      information[a * p + b]! += products[a * stride + b]! - explained
      information[b * p + a] = information[a * p + b]!
    }
  }
  return { value, gradient, information, hazard, absorbed }
}

/** Root α of e^α S₀ = Σ_events w (u + g), from the Cox increment upwards; the right side grows more slowly than the left. */
function solveEffect(atRisk: number, events: Int32Array, r: Float64Array, weights: Float64Array | undefined, guess: number): number {
  let alpha = Math.log(guess)
  for (let iteration = 0; iteration < 200; iteration++) {
    const scale = Math.exp(alpha)
    let [slope, curvature] = [-scale * atRisk, scale * atRisk]
    for (const i of events) {
      const weight = weights?.[i] ?? 1
      const u = (scale * r[i]!) / weight
      const g = eventSlope(u)
      slope += weight * (u + g)
      curvature -= weight * (u - g * slopeExcess(u, g))
    }
    const step = Math.max(-2, Math.min(2, slope / curvature))
    alpha += step
    if (Math.abs(step) < 1e-14 * Math.max(1, Math.abs(alpha))) break
  }
  return alpha
}

/** Rows × parameters: Σ_t (x_i − absorbed_t) (∂ℓ_it/∂η). */
function efficientScores({ data, kernel }: CoxState, { hazard, absorbed }: Profile): Float64Array {
  const { rows, parameters: p, stride, packed, risk, event, weights } = data
  const r = kernel.riskSums.risk
  const cumulative = runningSums(risk, hazard)
  const running = runningSums(risk, absorbed.map((value, e) => value * hazard[Math.floor(e / p)]!), p)
  const scores = new Float64Array(rows * p)
  for (let i = 0; i < rows; i++) {
    const [last, before] = [risk.last[i]!, risk.before[i]!]
    if (last < 0) continue
    const total = cumulative[last]! - (before < 0 ? 0 : cumulative[before]!)
    const weight = weights?.[i] ?? 1
    const u = (hazard[last]! * r[i]!) / weight
    const jump = event[i] === 1 && hazard[last]! > 0 ? weight * (u + eventSlope(u)) : 0
    for (let j = 0; j < p; j++) {
      const x = packed[i * stride + j]!
      const spread = running[last * p + j]! - (before < 0 ? 0 : running[before * p + j]!)
      scores[i * p + j] = jump * (x - absorbed[last * p + j]!) - r[i]! * (x * total - spread)
    }
  }
  return scores
}
