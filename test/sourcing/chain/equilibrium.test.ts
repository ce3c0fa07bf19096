import { describe, expect, it } from 'vitest'
import { randomStream } from '../../../src/numerics/random.js'
import { chainAt, chainMarket, drawChains, solveChain, type ChainDemand } from '../../../src/sourcing/chain/index.js'
import type { ChainPlan } from '../../../src/sourcing/records.js'

/** Roots are found to rounding; prices pass through exp and log. */
const ROOT_TOLERANCE = 1e-9
/** A step of the grid. */
const GRID_TOLERANCE = 2.4e-3

const plans = Array.from({ length: 60 }, (_, p) => solveChain(chainAt(drawChains({ seed: 31, stages: 4, countries: 4 }, p, p + 1), 0)))
const costAt = ({ segments }: ChainPlan, q: number): number => Math.min(...segments.map(({ marginalCost, fixedCost }) => q * marginalCost + fixedCost))
const inverseDemand = ({ scale, elasticity }: ChainDemand, q: number): number => (scale / q) ** (1 / elasticity)
const grid = Array.from({ length: 12_001 }, (_, k) => 1e-6 * 10 ** (k / 1000)) // up to 1e6

function demands(count: number): ChainDemand[] {
  const { uniform } = randomStream(6, 'demand')
  return Array.from({ length: count }, () => ({ scale: 10 ** (4 * uniform() - 1), elasticity: 0.4 + 5 * uniform() }))
}

describe('average-cost pricing', () => {
  it('finds every crossing of demand and average cost', () => {
    demands(60).forEach((demand, k) => {
      const plan = plans[k]!
      const gap = (q: number): number => inverseDemand(demand, q) - costAt(plan, q) / q
      const crossings = grid.slice(1).flatMap((q, i) => (gap(q) * gap(grid[i]!) < 0 ? [{ q, stable: gap(q) < 0 }] : []))
      const market = chainMarket(plan, demand, 'average-cost')
      const offGrid = market.equilibria.filter(({ quantity }) => quantity < grid[0]!).length
      const equilibria = market.equilibria.slice(offGrid)
      const selected = market.selected === null ? null : market.selected - offGrid
      expect(equilibria.map(({ stable }) => stable)).toEqual(crossings.map(({ stable }) => stable))
      equilibria.forEach(({ quantity, price, profit }, e) => {
        expect(Math.abs(quantity / crossings[e]!.q - 1)).toBeLessThan(GRID_TOLERANCE)
        expect(Math.abs(inverseDemand(demand, quantity) / price - 1)).toBeLessThan(ROOT_TOLERANCE)
        expect(Math.abs((price * quantity) / costAt(plan, quantity) - 1)).toBeLessThan(ROOT_TOLERANCE)
        expect(profit).toBe(0)
      })
      const stable = crossings.findLastIndex((crossing) => crossing.stable)
      expect(selected).toBe(stable < 0 ? null : stable)
    })
  })

  it('has four equilibria where a second chain pays only at scale', () => {
    // 2q + 1 up to q = 49, then q + 50.
    const plan = { segments: [{ chain: [0], marginalCost: 2, fixedCost: 1, from: 0, to: 49 }, { chain: [1], marginalCost: 1, fixedCost: 50, from: 49, to: null }] }
    const { equilibria, selected } = chainMarket(plan, { scale: 640, elasticity: 4.5 }, 'average-cost')
    expect(equilibria.map(({ chain, stable }) => [chain[0], stable])).toEqual([[0, false], [0, true], [1, false], [1, true]])
    expect(selected).toBe(3)
  })

  it('has none where demand lies below average cost everywhere', () => {
    const plan = { segments: [{ chain: [0], marginalCost: 1, fixedCost: 10, from: 0, to: null }] }
    expect(chainMarket(plan, { scale: 0.01, elasticity: 3 }, 'average-cost')).toMatchObject({ equilibria: [], selected: null })
    expect(chainMarket(plan, { scale: 5, elasticity: 1 }, 'average-cost')).toMatchObject({ equilibria: [], selected: null })
  })

  it('is the constant-returns price without fixed costs', () => {
    const plan = { segments: [{ chain: [0], marginalCost: 2, fixedCost: 0, from: 0, to: null }] }
    const { equilibria: [only] } = chainMarket(plan, { scale: 8, elasticity: 2 }, 'average-cost')
    expect(only!.quantity).toBeCloseTo(2, 12)
    expect(only).toMatchObject({ price: 2, stable: true })
  })
})

describe('monopoly', () => {
  it('selects the quantity of highest profit', () => {
    demands(60).forEach(({ scale, elasticity }, k) => {
      const demand = { scale, elasticity: elasticity + 0.8 }
      const plan = plans[k]!
      const profit = (q: number): number => q * inverseDemand(demand, q) - costAt(plan, q)
      const best = grid.reduce((q, other) => (profit(other) > profit(q) ? other : q))
      const { equilibria, selected } = chainMarket(plan, demand, 'monopoly')
      for (const { quantity, profit: own } of equilibria) {
        expect(Math.abs(profit(quantity) - own)).toBeLessThan(ROOT_TOLERANCE * (1 + quantity))
        expect(profit(quantity)).toBeGreaterThanOrEqual(Math.max(profit(quantity * 1.0001), profit(quantity / 1.0001)))
      }
      if (profit(best) < 0) expect(selected).toBe(null)
      else expect(Math.abs(equilibria[selected!]!.quantity / best - 1)).toBeLessThan(GRID_TOLERANCE)
    })
  })
})

describe('demand', () => {
  it.each([
    [{ scale: 0, elasticity: 2 }, 'average-cost', /demand scale is 0/],
    [{ scale: 1, elasticity: NaN }, 'average-cost', /demand elasticity is NaN/],
    [{ scale: 1, elasticity: 1 }, 'monopoly', /no maximum at ε ≤ 1/],
  ] as const)('out of range is an error', (demand, pricing, message) => {
    expect(() => chainMarket(plans[0]!, demand, pricing)).toThrow(message)
  })

  it('without bound is an error', () => {
    const free = { segments: [{ chain: [0], marginalCost: 0, fixedCost: 1, from: 0, to: null }] }
    expect(() => chainMarket(free, { scale: 1, elasticity: 2 }, 'monopoly')).toThrow(/no bound/)
  })
})
