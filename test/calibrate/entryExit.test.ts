/** Entry-exit costs against value iteration of the two-state Bellman equation, and their identification. */
import { describe, expect, it } from 'vitest'
import { entryExitCosts, inMoney, moneyScale } from '../../src/calibrate/index.js'

const VALUE_ITERATION = 1e-10 // the iteration stops at 1e-14 in values
const discount = 0.95

/** Choice logits of a firm with known costs, by brute-force value iteration with logistic shocks of scale 1. */
function bellman(sunk: number, exit: number, gain: number): { entry: number; stay: number } {
  let out = 0
  let inside = 0
  for (let i = 0; i < 5000; i++) {
    const valueIn = gain + discount * inside
    const valueOut = discount * out
    const nextOut = Math.log(Math.exp(valueOut) + Math.exp(valueIn - sunk))
    const nextIn = Math.log(Math.exp(valueIn) + Math.exp(valueOut - exit))
    if (Math.abs(nextOut - out) + Math.abs(nextIn - inside) < 1e-14) break
    out = nextOut
    inside = nextIn
  }
  const difference = gain + discount * (inside - out)
  return { entry: difference - sunk, stay: difference + exit }
}

describe('entryExitCosts', () => {
  const cases = [
    { sunk: 3, exit: 0, gain: -0.1 },
    { sunk: 2.5, exit: 0.5, gain: 0.2 },
    { sunk: 4, exit: -1, gain: -0.3 },
  ]

  it.each(cases)('recovers s + x and the line through the planted costs ($sunk, $exit, $gain)', ({ sunk, exit, gain }) => {
    const logits = bellman(sunk, exit, gain)
    const costs = entryExitCosts({ ...logits, covariance: [0.01, 0, 0, 0.01] }, { discount, points: 3 })
    expect(costs.sunkPlusExit.value).toBeCloseTo(sunk + exit, 9)
    const [scrap, none, paid] = costs.line
    // The line is linear in x, so the planted point is where it crosses x = exit.
    const share = exit / (sunk + exit)
    const at = share >= 0 ? mix(none!, paid!, share) : mix(none!, scrap!, -share)
    expect(Math.abs(at.sunk - sunk)).toBeLessThan(VALUE_ITERATION * 10)
    expect(Math.abs(at.netFixed + gain)).toBeLessThan(VALUE_ITERATION * 10)
  })

  it('has the closed-form standard error of a difference for s + x', () => {
    const costs = entryExitCosts({ entry: -2, stay: 1, covariance: [0.04, 0.01, 0.01, 0.09] }, { discount })
    expect(costs.sunkPlusExit.stdError).toBeCloseTo(Math.sqrt(0.04 + 0.09 - 0.02), 9)
    expect(costs.line.map((point) => point.exit.value)).toEqual([-3, -1.5, 0, 1.5, 3])
    expect(costs.line[2]!.label).toBe('no exit cost (x = 0)')
  })

  it('refuses a discount factor outside (0, 1) and a negative sum', () => {
    const logits = { entry: -2, stay: 1, covariance: [1, 0, 0, 1] as const }
    expect(() => entryExitCosts(logits, { discount: 1 })).toThrow(/discount factor is 1/)
    expect(() => entryExitCosts({ ...logits, entry: 2 }, { discount })).toThrow(/negative/)
    expect(() => entryExitCosts({ ...logits, entry: -Infinity }, { discount })).toThrow(/0 or 1/)
    expect(() => entryExitCosts(logits, { discount, points: 4 })).toThrow(/odd/)
  })
})

describe('moneyScale', () => {
  it('matches the change of the entry logit to a permanent gain', () => {
    // A permanent gain of m moves L₀ by m / [1 − B(1 − h − e)], to first order.
    const before = bellman(3, 0, -0.1)
    const step = 1e-5
    const slope = (bellman(3, 0, -0.1 + step).entry - bellman(3, 0, -0.1 - step).entry) / (2 * step)
    const probabilities = { discount, entryProbability: 1 / (1 + Math.exp(-before.entry)), exitHazard: 1 / (1 + Math.exp(before.stay)) }
    const { transitory, permanent } = moneyScale({ coefficient: 1, variance: 0 }, probabilities)
    expect(transitory.value).toBe(1)
    expect(permanent.value).toBeCloseTo(slope, 6)
  })

  it('converts numbers and intervals, and refuses a saving that lowers participation', () => {
    const money = inMoney({ value: 2, stdError: 1, interval: [0, 4], unit: 'κ' }, 1000, 'EUR')
    expect(money).toEqual({ value: 2000, stdError: 1000, interval: [0, 4000], unit: 'EUR' })
    expect(() => moneyScale({ coefficient: -1, variance: 1 }, { discount, entryProbability: 0.1, exitHazard: 0.3 })).toThrow(/no money scale/)
  })
})

type Point = ReturnType<typeof entryExitCosts>['line'][number]

function mix(from: Point, to: Point, share: number): { sunk: number; netFixed: number } {
  const between = (a: number, b: number): number => a + share * (b - a)
  return { sunk: between(from.sunk.value, to.sunk.value), netFixed: between(from.netFixed.value, to.netFixed.value) }
}
