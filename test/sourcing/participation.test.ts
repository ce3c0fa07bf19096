/** Participation against value iteration, the two-state chain's stationary prevalence, and itself with nothing changed. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readParticipationProblem, simulateParticipation, stayLogit } from '../../src/sourcing/index.js'
import type { ParticipationProblem } from '../../src/sourcing/records.js'

const BELLMAN = 1e-9 // value iteration stops at a change of 1e-13 and contracts by B a step

const logistic = (x: number): number => 1 / (1 + Math.exp(-x))

/** L₁ by iterating on the two values. */
function valueIteration(flow: number, sunk: number, discount: number, scale: number): number {
  const smooth = (a: number, b: number): number => Math.max(a, b) + scale * Math.log1p(Math.exp(-Math.abs(a - b) / scale))
  let [out, inside] = [0, 0]
  for (let change = 1; change > 1e-13; ) {
    const next = [smooth(discount * out, flow - sunk + discount * inside), smooth(discount * out, flow + discount * inside)] as const
    // Only the difference matters; taking out − out keeps the numbers small.
    change = Math.abs(next[1] - next[0] - (inside - out))
    ;[out, inside] = [0, next[1] - next[0]]
  }
  return (flow + discount * (inside - out)) / scale
}

const problem: ParticipationProblem = {
  sunk: 3,
  fixed: 1,
  gain: 0.85,
  discount: 0.95,
  scale: 1,
  spillover: 0,
  units: { effect: new Array(20_000).fill(0), area: Array.from({ length: 20_000 }, (_, i) => i % 4), initial: new Array(20_000).fill(0) },
  periods: 60,
  seed: 5,
}

describe('stayLogit', () => {
  it('solves the Bellman equation', () => {
    const amounts = fc.tuple(fc.double({ min: -8, max: 8, noNaN: true }), fc.double({ min: 0, max: 12, noNaN: true }), fc.double({ min: 0.05, max: 0.97, noNaN: true }), fc.double({ min: 0.2, max: 4, noNaN: true }))
    fc.assert(
      fc.property(amounts, ([flow, sunk, discount, scale]) => {
        const stay = stayLogit(flow, { sunk, discount, scale })
        expect(Math.abs(stay - valueIteration(flow, sunk, discount, scale))).toBeLessThan(BELLMAN * (1 + Math.abs(stay)))
        expect(stayLogit(flow, { sunk, discount, scale }, stay + 0.3)).toBeCloseTo(stay, 12)
      }),
      { numRuns: 300, seed: 3 },
    )
  })

  it('is the myopic logit without sunk costs', () => {
    expect(stayLogit(0.7, { sunk: 0, discount: 0.9, scale: 2 })).toBeCloseTo(0.35, 14)
  })
})

describe('simulateParticipation', () => {
  it('settles at p01 / (1 − p11 + p01) without spillovers', () => {
    const stay = stayLogit(problem.gain - problem.fixed, problem)
    const [p11, p01] = [logistic(stay), logistic(stay - problem.sunk)]
    const prevalence = p01 / (1 - p11 + p01)
    const plan = simulateParticipation(problem)
    const late = plan.share.slice(40).reduce((sum, share) => sum + share, 0) / 20
    // 20 correlated periods of 20,000 units: a standard error below 0.0035.
    expect(Math.abs(late - prevalence)).toBeLessThan(0.012)
    expect(plan.durations.expected).toBeCloseTo(1 / (1 - p11), 9)
    expect(Math.abs(plan.durations.meanCompleted! - 1 / (1 - p11))).toBeLessThan(0.1 / (1 - p11))
  })

  it('adds up: stocks move by entries less exits, areas sum to the total', () => {
    const plan = simulateParticipation({ ...problem, spillover: 0.0002 })
    plan.active.slice(1).forEach((active, t) => expect(active - plan.active[t]!).toBe(plan.entries[t + 1]! - plan.exits[t + 1]!))
    plan.active.forEach((active, t) => expect(plan.areas.reduce((sum, area) => sum + area.active[t]!, 0)).toBe(active))
  })

  it('changes nothing when nothing changes, and spillovers raise prevalence', () => {
    const plan = simulateParticipation(problem)
    expect(simulateParticipation({ ...problem })).toEqual(plan)
    const spilling = simulateParticipation({ ...problem, spillover: 0.0003 })
    expect(spilling.active.at(-1)!).toBeGreaterThan(plan.active.at(-1)!)
    // Common draws: a subsidy to entry never lowers anybody's participation when spillovers are not negative.
    const subsidised = simulateParticipation({ ...problem, sunk: 2.5, gain: 0.95 })
    plan.active.forEach((active, t) => expect(subsidised.active[t]!).toBeGreaterThanOrEqual(active))
  })

  it('leaves the unit itself out of its neighbour count', () => {
    const alone = { ...problem, units: { effect: [0], area: [7], initial: [1] }, periods: 30 }
    expect(simulateParticipation({ ...alone, spillover: 50 })).toEqual(simulateParticipation(alone))
  })
})

describe('readParticipationProblem', () => {
  const good = { ...problem, units: { effect: [0, 1], area: [0, 0], initial: [0, 1] } }
  it.each([
    [{ ...good, discount: 1 }, /discount/],
    [{ ...good, sunk: -1 }, /sunk/],
    [{ ...good, sunk: null }, /sunk/],
    [{ ...good, scale: 0 }, /scale/],
    [{ ...good, units: { ...good.units, initial: [0, 2] } }, /units\.initial\[1\]/],
    [{ ...good, units: { ...good.units, area: [0] } }, /units\.area/],
    [{ ...good, periods: 1.5 }, /periods/],
    [{ ...good, subsidy: 1 }, /subsidy/],
  ])('names what is wrong (%#)', (document, message) => {
    expect(() => readParticipationProblem(document)).toThrow(message)
  })

  it('passes a sound problem through', () => {
    expect(readParticipationProblem(good)).toEqual(good)
  })
})
