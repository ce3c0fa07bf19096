import { describe, expect, it } from 'vitest'
import { randomStream } from '../../../src/numerics/random.js'
import { chainAt, disruptions, drawChains, tradePolicyUncertainty } from '../../../src/sourcing/chain/index.js'
import type { ChainProblem } from '../../../src/sourcing/records.js'
import { allChains, closedFormCost, enumeratedEnvelope } from './enumeration.js'

/** Sums of a few hundred ratios in another order, and exp of logs against powers. */
const TOLERANCE = 1e-12

const drawn = (seed: number): ChainProblem => chainAt(drawChains({ seed, stages: 3, countries: 3 }, 0, 1), 0)
const paidOnce = (problem: ChainProblem): ChainProblem => ({ ...problem, fixedCostsPaid: 'country', fixedCosts: problem.fixedCosts.map(() => problem.fixedCosts[0]!) })
const quantities = [0.1, 0.5, 1, 3, 10, 40, 200, 5000]

interface Line { readonly chain: readonly number[]; readonly marginal: number; readonly fixed: number }

function lines(problem: ChainProblem): Line[] {
  const fixedOf = (chain: readonly number[]): number => {
    const stages = problem.fixedCostsPaid === 'stage' ? chain.map((_, n) => n) : chain.flatMap((country, n) => (chain.indexOf(country) === n ? [n] : []))
    return stages.reduce((sum, n) => sum + problem.fixedCosts[n]![chain[n]!]!, 0)
  }
  return allChains(problem).map((chain) => ({ chain, marginal: closedFormCost(problem, chain), fixed: fixedOf(chain) }))
}
const cost = ({ marginal, fixed }: Line, quantity: number): number => quantity * marginal + fixed
const cheapest = (all: readonly Line[], quantity: number): Line => all.reduce((best, line) => (cost(line, quantity) < cost(best, quantity) ? line : best))

describe('tradePolicyUncertainty', () => {
  const variants: [string, (problem: ChainProblem) => ChainProblem][] = [
    ['Cobb–Douglas', (problem) => problem],
    ['CES', (problem) => ({ ...problem, technology: { ces: 2.5 } })],
    ['Leontief, shipped', (problem) => ({ ...problem, technology: 'leontief', finalShipping: [1.1, 1, 1.3] })],
    ['paid once per country', paidOnce],
  ]

  it.each(variants)('equals re-solving every draw by enumeration: %s', (_, change) => {
    const problem = change(drawn(44))
    const [draws, spread, seed] = [60, 0.9, 5]
    const [panel] = tradePolicyUncertainty(problem, { spreads: [spread], draws, quantities, seed })
    const before = lines(problem)
    const changed = quantities.map(() => 0)
    const loss = quantities.map(() => 0)
    let benchmark = 0
    for (let draw = 0; draw < draws; draw++) {
      const { uniform } = randomStream(seed, 'trade policy', draw)
      const tradeCosts = (problem.tradeCosts as number[][]).map((row, i) => row.map((tau, j) => (i === j ? tau : 1 + (1 + spread * (2 * uniform() - 1)) * (tau - 1))))
      const after = lines({ ...problem, tradeCosts })
      quantities.forEach((quantity, k) => {
        const index = before.indexOf(cheapest(before, quantity))
        const best = cheapest(after, quantity)
        changed[k]! += best === after[index] ? 0 : 1 / draws
        loss[k]! += (cost(after[index]!, quantity) / cost(best, quantity) - 1) / draws
      })
      benchmark += after.indexOf(cheapest(after, 1e15)) === before.indexOf(cheapest(before, 1e15)) ? 0 : 1 / draws
    }
    expect(Math.max(...changed)).toBeGreaterThan(0.1)
    quantities.forEach((_, k) => {
      expect(Math.abs(panel!.changed[k]! - changed[k]!)).toBeLessThan(TOLERANCE)
      expect(Math.abs(panel!.loss[k]! - loss[k]!)).toBeLessThan(TOLERANCE)
    })
    expect(panel!.constantReturns.changed).toBeCloseTo(benchmark, 12)
    expect(panel!.candidates).toBeLessThan(27)
  })

  it('sees the same draws in every panel, whatever their number', () => {
    const options = { draws: 200, quantities, seed: 9 }
    const both = tradePolicyUncertainty(drawn(42), { ...options, spreads: [0.2, 0.4] })
    expect(tradePolicyUncertainty(drawn(42), { ...options, spreads: [0.4] })[0]).toEqual(both[1])
    expect(tradePolicyUncertainty(drawn(42), { ...options, spreads: [0] })[0]).toMatchObject({ changed: new Float64Array(8), loss: new Float64Array(8) })
  })

  it.each([
    [{ spreads: [1.2] }, /a spread is 1.2/], [{ draws: 0 }, /0 draws/], [{ quantities: [1, 1] }, /quantities do not rise/], [{ quantities: [0, 1] }, /quantities do not rise/],
  ])('names an option out of range: %o', (change, message) => {
    expect(() => tradePolicyUncertainty(drawn(1), { spreads: [0.1], draws: 1, quantities, seed: 1, ...change })).toThrow(message)
  })

  it('refuses additive costs and problems too large to list', () => {
    const options = { spreads: [0.1], draws: 1, quantities, seed: 1 }
    expect(() => tradePolicyUncertainty({ ...drawn(1), tradeForm: 'additive', technology: 'leontief' }, options)).toThrow(/iceberg/)
    expect(() => tradePolicyUncertainty(chainAt(drawChains({ seed: 1, stages: 20, countries: 20 }, 0, 1), 0), options)).toThrow(/too many to list/)
  })
})

describe('disruptions', () => {
  it.each([['per stage', (problem: ChainProblem) => problem], ['per country', paidOnce]] as const)('equal enumeration, fixed costs paid %s', (_, change) => {
    for (let seed = 50; seed < 60; seed++) {
      const problem = change(drawn(seed))
      const all = lines(problem)
      const found = disruptions(problem, quantities)
      expect(found.map(({ country }) => country)).toEqual([0, 1, 2].filter((country) => enumeratedEnvelope(problem).some(({ chain }) => chain.includes(country))))
      for (const { country, reorganised, patched, chains } of found) {
        quantities.forEach((quantity, k) => {
          const before = cheapest(all, quantity)
          const free = cheapest(all.filter(({ chain }) => !chain.includes(country)), quantity)
          const kept = cheapest(all.filter(({ chain }) => chain.every((place, n) => (before.chain[n] === country ? place !== country : place === before.chain[n]))), quantity)
          const hit = before.chain.includes(country)
          expect(chains[k]).toEqual(hit ? free.chain : before.chain)
          expect(reorganised[k]).toBeCloseTo(hit ? cost(free, quantity) / cost(before, quantity) - 1 : 0, 12)
          expect(patched[k]).toBeCloseTo(hit ? cost(kept, quantity) / cost(before, quantity) - 1 : 0, 12)
          expect(patched[k]).toBeGreaterThanOrEqual(reorganised[k]! - TOLERANCE)
        })
      }
    }
  })

  it('need a second country', () => {
    expect(() => disruptions(chainAt(drawChains({ seed: 1, stages: 2, countries: 1 }, 0, 1), 0), [1])).toThrow(/one country/)
  })
})
