/** What Tyazhelnikov proves of trees with specific trade costs, with the conditions under which it holds, and where it stops. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomStream } from '../../src/numerics/random.js'
import type { TreePath, TreePlan, TreeProblem } from '../../src/sourcing/records.js'
import { completeTreeSize, solveTree } from '../../src/sourcing/tree/index.js'

const RUNS = 300
/** Roundings of sums of some tens of costs. */
const TOLERANCE = 1e-12

interface Design { readonly order: number; readonly length: number; readonly countries: number; readonly destination: number | null; readonly seed: number }

const designs = (order: [number, number], length: [number, number]): fc.Arbitrary<Design> => fc.record({
  order: fc.integer({ min: order[0], max: order[1] }), length: fc.integer({ min: length[0], max: length[1] }), countries: fc.integer({ min: 2, max: 4 }),
  destination: fc.option(fc.nat(1)), seed: fc.nat(),
})

function problem({ order, length, countries, destination, seed }: Design, form: TreeProblem['form'], tau: TreeProblem['tau']): TreeProblem {
  const draw = randomStream(seed, 'propositions')
  const costs = Array.from({ length: completeTreeSize(order, length) }, () => Array.from({ length: countries }, () => 1 / draw.frechet(4.12)))
  const tradeCosts = Array.from({ length: countries }, (_, k) => Array.from({ length: countries }, (_, l) => (k === l ? 0 : 0.2 + draw.uniform())))
  return { order, length, costs, tradeCosts, form, destination, tau }
}

const path = (design: Design) => solveTree(problem(design, 'specific', 'path')) as TreePath
const taus = [0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6]
const along = (design: Design, form: TreeProblem['form']) => (solveTree(problem(design, form, taus)) as TreePlan).solutions
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

describe('specific trade costs', () => {
  it('as τ falls, cost falls; where the plan changes, production cost falls and transport quantity rises', () => {
    fc.assert(fc.property(designs([1, 3], [1, 4]), (design) => {
      const { segments } = path(design)
      segments.slice(1).forEach((segment, i) => {
        expect(segment.productionCost).toBeGreaterThan(segments[i]!.productionCost)
        expect(segment.transportQuantity).toBeLessThan(segments[i]!.transportQuantity)
      })
      const costs = along(design, 'specific').map(({ cost }) => cost)
      costs.slice(1).forEach((cost, i) => expect(cost).toBeGreaterThanOrEqual(costs[i]! * (1 - TOLERANCE)))
    }), { numRuns: RUNS, seed: 1 })
  })

  it('cost lies between each part at its cheapest and all parts in one country: the cheapest (free root) or the market (fixed)', () => {
    fc.assert(fc.property(designs([1, 3], [1, 4]), (design) => {
      const { costs } = problem(design, 'specific', 0)
      const inOne = costs[0]!.map((_, k) => sum(costs.map((row) => row[k]!)))
      const apart = sum(costs.map((row) => Math.min(...row)))
      const together = design.destination === null ? Math.min(...inOne) : inOne[design.destination]!
      for (const { cost } of along(design, 'specific')) {
        if (design.destination === null) expect(cost).toBeGreaterThanOrEqual(apart * (1 - TOLERANCE))
        expect(cost).toBeLessThanOrEqual(together * (1 + TOLERANCE))
      }
      const last = path(design).segments.at(-1)!
      expect(new Set(last.location).size).toBe(1)
      expect(Math.abs(last.productionCost / together - 1)).toBeLessThan(TOLERANCE)
    }), { numRuns: RUNS, seed: 2 })
  })

  it('spiders never reshore when the market is fixed', () => {
    fc.assert(fc.property(designs([1, 12], [2, 2]), (design) => {
      expect(path({ ...design, destination: design.destination ?? 0 }).reshored).toEqual([])
    }), { numRuns: RUNS, seed: 3 })
  })

  it('spiders may reshore when the root is free', () => {
    const designs = Array.from({ length: 200 }, (_, seed): Design => ({ order: 8, length: 2, countries: 2, destination: null, seed }))
    expect(designs.some((design) => path(design).reshored.length > 0)).toBe(true)
  })
})

describe('iceberg trade costs', () => {
  it('cost rises in τ as well', () => {
    fc.assert(fc.property(designs([1, 3], [1, 4]), (design) => {
      const costs = along(design, 'iceberg').map(({ cost }) => cost)
      costs.slice(1).forEach((cost, i) => expect(cost).toBeGreaterThanOrEqual(costs[i]! * (1 - TOLERANCE)))
    }), { numRuns: RUNS, seed: 4 })
  })

  it('but a new plan at higher τ may transport more, and may even produce at lower cost', () => {
    const moreTransport: TreeProblem = {
      order: 1, length: 3, costs: [[9, 2, 0], [1, 1, 7], [8, 6, 1]], tradeCosts: [[0, 5, 1], [3, 0, 3], [8, 1, 0]], form: 'iceberg', destination: 0, tau: [0.25, 0.5],
    }
    const lowerProductionCost: TreeProblem = {
      order: 1, length: 5, costs: [[2, 3, 3, 8], [2, 9, 7, 5], [2, 7, 6, 1], [6, 5, 2, 1], [8, 3, 8, 2]],
      tradeCosts: [[0, 1, 7, 2], [4, 0, 4, 8], [2, 3, 0, 1], [7, 2, 3, 0]], form: 'iceberg', destination: 0, tau: [0.25, 0.5],
    }
    const solve = (given: TreeProblem) => (solveTree(given) as TreePlan).solutions
    expect(solve(moreTransport)).toMatchObject([{ location: [0, 1, 2], transportQuantity: 7.75 }, { location: [0, 0, 2], transportQuantity: 8 }])
    expect(solve(lowerProductionCost)).toMatchObject([{ location: [0, 0, 0, 2, 3], productionCost: 10 }, { location: [0, 0, 0, 3, 3], productionCost: 9 }])
  })
})
