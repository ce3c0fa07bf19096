/** Participation scenarios over draws: the base reproduces the estimated logit, nothing changes nothing, directions and discards are right. */
import { describe, expect, it } from 'vitest'
import { calibratedProblem, participationChanges, participationOutcomes, type ParticipationInput } from '../../src/counterfactual/index.js'
import { stayLogit } from '../../src/sourcing/index.js'
import { randomStream } from '../../src/numerics/random.js'

const random = randomStream(2)
const units = 3000
const k = 4 // intercept, x, lag, neighbours
const covariates = new Float64Array(units * k)
for (let i = 0; i < units; i++) covariates.set([1, random.normal(), 0, 0], i * k)
const values = Float64Array.of(-3.4, 0.4, 2.6, 0.004)
const covariance = new Float64Array(16)
;[0.01, 0.001, 0.004, 4e-8].forEach((variance, j) => (covariance[j * 5] = variance))
const input: ParticipationInput = {
  distribution: { values, covariance },
  entry: 0,
  covariates,
  coefficients: k,
  lag: 2,
  neighbours: 3,
  area: Int32Array.from({ length: units }, (_, i) => i % 6),
  initial: Uint8Array.from({ length: units }, () => (random.uniform() < 0.1 ? 1 : 0)),
  discount: 0.95,
  periods: 8,
  seed: 4,
}
const nothing = { name: 'nothing' }
const subsidy = { name: 'entry subsidy', entryCost: 0.8 }
const alone = { name: 'no spillover', spillover: 0 }
const dearer = { name: 'dearer trade', gainShift: -0.05 }

describe('participation scenarios', () => {
  it('calibrate firms whose Bellman choices are the estimated logit', () => {
    const problem = calibratedProblem(input, values)
    const counts = Array.from({ length: 6 }, (_, a) => input.initial.reduce((sum, y, i) => sum + (input.area[i] === a ? y : 0), 0))
    for (const i of [0, 7, 100, 2999]) {
      const others = counts[input.area[i]!]! - input.initial[i]!
      const stay = stayLogit(problem.units.effect[i]! + problem.spillover * others, problem)
      const entry = values[0]! + values[1]! * covariates[i * k + 1]! + values[3]! * others
      expect(stay).toBeCloseTo(entry + values[2]!, 10)
      expect(stay - problem.sunk).toBeCloseTo(entry, 10)
    }
  })

  it('reproduce the estimated model in the base', () => {
    // The logit itself simulated forward with the same feedback; the Bellman firms respond to neighbours as it does, to first order.
    const stream = randomStream(77)
    let state = Uint8Array.from(input.initial)
    const shares: number[] = []
    for (let t = 0; t < input.periods; t++) {
      const counts = new Int32Array(6)
      state.forEach((y, i) => (counts[input.area[i]!]! += y))
      state = state.map((y, i) => {
        const index = values[0]! + values[1]! * covariates[i * k + 1]! + values[2]! * y + values[3]! * (counts[input.area[i]!]! - y)
        return stream.uniform() < 1 / (1 + Math.exp(-index)) ? 1 : 0
      })
      shares.push(state.reduce((sum, y) => sum + y, 0) / units)
    }
    const [changes] = participationChanges(participationOutcomes({ ...input, distribution: { values, covariance: covariance.map((v, c) => (c % 5 === 0 ? 1e-18 : v)) } }, [nothing], 0, 1), [nothing])
    changes!.base.forEach(({ median }, t) => expect(Math.abs(median - shares[t]!)).toBeLessThan(0.025))
  })

  const scenarios = [nothing, subsidy, alone, dearer]
  const outcomes = participationOutcomes(input, scenarios, 0, 40)
  const [none, more, fewer, less] = participationChanges(outcomes, scenarios)

  it('change nothing when nothing changes', () => {
    none!.change.forEach(({ median, interval }) => expect([median, ...interval]).toEqual([0, 0, 0]))
    none!.areas.forEach(({ stays }) => expect(stays).toBe(1))
  })

  it('move participation the right way', () => {
    expect(more!.entries.change[0]!.interval[0]).toBeGreaterThan(0)
    expect(fewer!.change.at(-1)!.median).toBeLessThan(0)
    expect(less!.change.at(-1)!.interval[1]).toBeLessThan(0)
    expect(less!.duration.scenario.median).toBeLessThan(less!.duration.base.median)
    more!.areas.forEach(({ falls, stays, rises }) => expect(falls + stays + rises).toBeCloseTo(1, 12))
  })

  it('are the same for any split of the draws', () => {
    const split = [...participationOutcomes(input, scenarios, 25, 40), ...participationOutcomes(input, scenarios, 0, 25)]
    expect(participationChanges(split, scenarios)).toEqual([none, more, fewer, less])
  })

  it('take effects from the posterior of every unit, other ones in every draw', () => {
    const spread = { ...input, effects: new Float64Array(units), effectScale: new Float64Array(units).fill(1.5) }
    const certain: ParticipationInput = { ...spread, distribution: { values, covariance: covariance.map((v, c) => (c % 5 === 0 ? 1e-18 : v)) } }
    const shares = (of: ParticipationInput) => participationOutcomes(of, [], 0, 3).map((outcome) => ('plans' in outcome ? outcome.plans[0]!.share.at(-1)! : NaN))
    const [first, second] = shares(certain)
    expect(first).not.toBe(second)
    // Spread in the effects lets more units in than it keeps out where few are active.
    expect(first).toBeGreaterThan(shares({ ...certain, effectScale: new Float64Array(units) })[0]! + 0.02)
  })

  it('count draws that do not admit the model, and refuse to answer when none does', () => {
    const wide = covariance.map((v, c) => (c === 10 ? 4 : v))
    const [changes] = participationChanges(participationOutcomes({ ...input, distribution: { values, covariance: wide } }, [nothing], 0, 60), [nothing])
    expect(changes!.draws.discarded[0]!.reason).toBe('negative sunk plus exit cost')
    expect(changes!.draws.kept + changes!.draws.discarded[0]!.draws).toBe(60)
    const impossible = { values: values.map((v, j) => (j === 2 ? -9 : v)), covariance }
    expect(() => participationChanges(participationOutcomes({ ...input, distribution: impossible }, [nothing], 0, 5), [nothing])).toThrow(/All 5 draws/)
  })
})
