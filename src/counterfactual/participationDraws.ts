/**
 * Entry and exit under scenarios, over draws of the estimated parameters. Each draw b of a dynamic entry logit
 *
 *     index_i(lag, N) = x_i'β + γ lag + δ N + u_i
 *
 * calibrates the firm's problem in units of κ: sunk cost s = γ, and the flow gain m_i that makes the Bellman equation reproduce firm i's own entry
 * logit at the neighbour count N_i of today, m_i = L₁ − B {ln(1 + e^{L₁}) − ln(1 + e^{L₀})}. One more neighbour, expected to last,
 * moves the logit by δ, hence the flow by δ [1 − B (p₁₁ − p₀₁)] at the mean firm. Base and scenarios are then simulated with the same shocks.
 *
 * A pure function of the range of draws: results are the same for any number of workers. Draws with γ < 0 are discarded and counted.
 */
import { parameterDraws, type ParameterDistribution } from '../calibrate/draws.js'
import { participationDraws, simulateParticipation } from '../sourcing/participation/simulate.js'
import { log1pExp, logistic } from '../numerics/logistic.js'
import { randomStream } from '../numerics/random.js'
import type { ParticipationPlan, ParticipationProblem } from '../sourcing/records.js'
import type { ParticipationScenario } from './records.js'

export interface ParticipationInput {
  /** Joint distribution of parameters; `entry` says where the entry equation's coefficients start. */
  readonly distribution: ParameterDistribution
  readonly entry: number
  /** Units × coefficients, row-major: covariates of every unit in the first period, in the order of the coefficients; lag and neighbours are ignored. */
  readonly covariates: Float64Array
  readonly coefficients: number
  /** Positions of the lagged outcome and the neighbour count among the coefficients. */
  readonly lag: number
  readonly neighbours: number
  /** Deviations of units from their covariates (posterior modes); absent means none. */
  readonly effects?: Float64Array
  /** Standard deviations of those (posterior scales): every draw takes its own effects, mode + scale × normal. */
  readonly effectScale?: Float64Array
  readonly area: Int32Array
  readonly initial: Uint8Array
  /** B in (0, 1). */
  readonly discount: number
  readonly periods: number
  readonly seed: number
}

/** What one draw gives: plans of the base and of every scenario, or the reason it was discarded. */
export type DrawOutcome = { readonly draw: number; readonly plans: readonly ParticipationPlan[] } | { readonly draw: number; readonly discarded: string }

/**
 * Returns the outcomes of draws [from, to): the base first, then the scenarios in their order.
 *
 * @example
 * const outcomes = participationOutcomes(input, [{ name: 'no spillover', spillover: 0 }], 0, 200)
 */
export function participationOutcomes(input: ParticipationInput, scenarios: readonly ParticipationScenario[], from: number, to: number): DrawOutcome[] {
  const draw = parameterDraws(input.distribution, input.seed)
  const units = input.area.length
  const shocks = participationDraws({ ...emptyProblem(input), units: { effect: [], area: { length: units }, initial: [] } })
  return Array.from({ length: to - from }, (_, i) => {
    const parameters = draw(from + i).subarray(input.entry, input.entry + input.coefficients)
    const sunk = parameters[input.lag]!
    if (!(sunk >= 0)) return { draw: from + i, discarded: 'negative sunk plus exit cost' }
    const base = calibratedProblem({ ...input, effects: drawnEffects(input, from + i) }, parameters)
    const plans = [{ name: 'base' } as ParticipationScenario, ...scenarios].map((scenario) => simulateParticipation(underScenario(base, scenario), shocks))
    return { draw: from + i, plans }
  })
}

/** Effects of draw number `index`, each draw from its own stream. */
function drawnEffects({ effects, effectScale, seed }: ParticipationInput, index: number): Float64Array | undefined {
  if (effects === undefined || effectScale === undefined) return effects
  const stream = randomStream(seed, 'effects', index)
  return effects.map((mode, i) => mode + effectScale[i]! * stream.normal())
}

/** A calibrated input with the scenarios it is re-solved under. */
export interface ParticipationExperiment {
  readonly input: ParticipationInput
  readonly scenarios: readonly ParticipationScenario[]
}

/** `participationOutcomes` in the form that worker threads call. */
export function experimentOutcomes({ input, scenarios }: ParticipationExperiment, from: number, to: number): DrawOutcome[] {
  return participationOutcomes(input, scenarios, from, to)
}

function emptyProblem({ discount, periods, seed }: ParticipationInput): ParticipationProblem {
  return { sunk: 0, fixed: 0, gain: 0, discount, scale: 1, spillover: 0, units: { effect: [], area: [], initial: [] }, periods, seed }
}

/** The problem whose choices are those of the entry logit, in units of κ. */
export function calibratedProblem(input: ParticipationInput, parameters: Float64Array): ParticipationProblem {
  const { area, initial, covariates, coefficients: k, discount } = input
  const units = area.length
  const sunk = parameters[input.lag]!
  const counts = new Int32Array(1 + area.reduce((largest, code) => Math.max(largest, code), -1))
  initial.forEach((active, i) => (counts[area[i]!]! += active))
  const flow = new Float64Array(units)
  let persistence = 0
  for (let i = 0; i < units; i++) {
    let entry = input.effects ? input.effects[i]! : 0
    for (let j = 0; j < k; j++) if (j !== input.lag && j !== input.neighbours) entry += parameters[j]! * covariates[i * k + j]!
    entry += parameters[input.neighbours]! * (counts[area[i]!]! - initial[i]!)
    const stay = entry + sunk
    flow[i] = stay - discount * (log1pExp(stay) - log1pExp(entry))
    persistence += (logistic(stay) - logistic(entry)) / units
  }
  const spillover = parameters[input.neighbours]! * (1 - discount * persistence)
  const effect = flow.map((value, i) => value - spillover * (counts[area[i]!]! - initial[i]!))
  return { ...emptyProblem(input), sunk, spillover, units: { effect, area, initial } }
}

function underScenario(base: ParticipationProblem, { entryCost = 1, spillover = 1, gainShift = 0 }: ParticipationScenario): ParticipationProblem {
  return { ...base, sunk: base.sunk * entryCost, spillover: base.spillover * spillover, gain: base.gain + gainShift }
}
