import { describe, expect, it } from 'vitest'
import type { TreeEnvelope, TreePath, TreePlan, TreeProblem } from '../../../src/sourcing/records.js'
import { readTreeProblem, solveTree } from '../../../src/sourcing/tree/index.js'

const plan = (problem: TreeProblem) => (solveTree(readTreeProblem(problem)) as TreePlan).solutions
const path = (problem: TreeProblem) => solveTree(readTreeProblem(problem)) as TreePath

/** Tyazhelnikov's snake of five parts, the first in country 1: costs 4 everywhere in country 1, (10, 2, 5, 2, 10) in country 2. */
const fiveParts: TreeProblem = {
  order: 1, length: 5, costs: [[4, 10], [4, 2], [4, 5], [4, 2], [4, 10]], tradeCosts: [[0, 1], [1, 0]], form: 'specific', destination: 0, tau: 'path',
}

describe('worked example (a): reshoring of a middle part', () => {
  it('has breakpoints .5 and 1.5, and reshores part 3', () => {
    const { breakpoints, segments, reshored } = path(fiveParts)
    expect(breakpoints).toEqual([0.5, 1.5])
    expect(segments).toEqual([
      { from: 0, to: 0.5, location: [0, 1, 0, 1, 0], productionCost: 16, transportQuantity: 4 },
      { from: 0.5, to: 1.5, location: [0, 1, 1, 1, 0], productionCost: 17, transportQuantity: 2 },
      { from: 1.5, to: null, location: [0, 0, 0, 0, 0], productionCost: 20, transportQuantity: 0 },
    ])
    expect(reshored).toEqual([2])
  })

  it('allocates by the half-open intervals at the breakpoints', () => {
    const tau = [0, 0.49, 0.5, 1.49, 1.5, 9]
    expect(plan({ ...fiveParts, tau }).map(({ location }) => location.map((k) => k + 1).join(''))).toEqual(['12121', '12121', '12221', '12221', '11111', '11111'])
    expect(plan({ ...fiveParts, tau }).map(({ cost }) => cost)).toEqual([16, 16 + 4 * 0.49, 18, 17 + 2 * 1.49, 20, 20])
  })

  it('does not depend on how the tree is written', () => {
    expect(path({ ...fiveParts, order: undefined, length: undefined, parents: [-1, 0, 1, 2, 3] })).toEqual(path(fiveParts))
  })
})

describe('worked example (b): a bilateral liberalisation', () => {
  const before: TreeProblem = {
    order: 1, length: 3, costs: [[2, 8, 8], [7, 5, 8], [2, 8, 2]], tradeCosts: [[0, 2, 2], [2, 0, 0.5], [2, 0.5, 0]], form: 'specific', destination: 0, tau: 1,
  }

  it('makes all in country 1 at cost 11', () => {
    expect(plan(before)).toEqual([{ tau: 1, location: [0, 0, 0], cost: 11, productionCost: 11, transportQuantity: 0 }])
  })

  it('brings in the third country when countries 1 and 2 liberalise', () => {
    const after = { ...before, tradeCosts: [[0, 1, 2], [1, 0, 0.5], [2, 0.5, 0]] }
    expect(plan(after)).toEqual([{ tau: 1, location: [0, 1, 2], cost: 10.5, productionCost: 9, transportQuantity: 1.5 }])
  })
})

describe('iceberg costs', () => {
  const twoParts: TreeProblem = { parents: [-1, 0], costs: [[1, 9], [5, 2]], tradeCosts: [[0, 1], [1, 0]], form: 'iceberg', destination: null, finalShipping: [0.5, 0], tau: 1 }

  it('melt what is shipped, final good included', () => {
    const [solution] = plan(twoParts)
    expect(solution).toEqual({ tau: 1, location: [0, 1], cost: 1.5 * (1 + 2 * 2), productionCost: 3, transportQuantity: 0.5 * 5 + 1 * 2 })
  })

  it('have a transport quantity at τ = 0', () => {
    expect(plan({ ...twoParts, tau: 0 })).toEqual([{ tau: 0, location: [0, 1], cost: 3, productionCost: 3, transportQuantity: 0.5 * 3 + 2 }])
  })
})

describe('shapes', () => {
  it('padded with parts of no cost give the same plan', () => {
    const padded: TreeProblem = { ...fiveParts, order: undefined, length: undefined, parents: [-1, 0, 1, 2, 3, 0, 2, 4], costs: [...fiveParts.costs, [0, 0], [0, 0], [0, 0]] }
    expect(path(padded).breakpoints).toEqual([0.5, 1.5])
    expect(path(padded).segments.map(({ location }) => location.slice(0, 5))).toEqual(path(fiveParts).segments.map(({ location }) => location))
  })

  it('a large cost of shipping the final good gives each market its own plan', () => {
    const free: TreeProblem = { order: 2, length: 2, costs: [[1, 1.2], [1, 2], [2, 1]], tradeCosts: [[0, 1], [1, 0]], form: 'specific', destination: null, tau: 1 }
    const market = (finalShipping: number[]) => plan({ ...free, finalShipping })[0]!.location[0]
    expect([market([0, 0]), market([0, 3]), market([3, 0])]).toEqual([0, 0, 1])
  })

  it('a shipment cheaper by way of a third country is not rerouted', () => {
    const detour: TreeProblem = { parents: [-1, 0], costs: [[1, 9, 9], [9, 9, 1]], tradeCosts: [[0, 1, 7], [1, 0, 1], [7, 1, 0]], form: 'specific', destination: 0, tau: 1 }
    expect(plan(detour)[0]).toMatchObject({ location: [0, 2], cost: 9 })
  })

  it('a snake of a hundred thousand parts, written downstream first or last, is solved without recursion', () => {
    const parts = 100_000
    const costs = Array.from({ length: parts }, (_, v) => [1 + (v % 3), 1 + (v % 2)])
    const inOrder: TreeProblem = { order: 1, length: parts, costs, tradeCosts: [[0, 1], [1, 0]], form: 'specific', destination: null, tau: 0 }
    const reversed: TreeProblem = { ...inOrder, order: undefined, length: undefined, parents: Array.from({ length: parts }, (_, v) => (v === 0 ? -1 : v === parts - 1 ? 0 : v + 1)) }
    const leastCost = costs.reduce((sum, row) => sum + Math.min(...row), 0)
    expect(plan(inOrder)[0]!.cost).toBe(leastCost)
    expect(plan(reversed)[0]!.cost).toBe(leastCost)
  })
})

describe('ties', () => {
  it('go to the lower transport quantity, then to the smallest country', () => {
    const same: TreeProblem = { parents: [-1, 0, 0], costs: [[1, 1, 1], [1, 1, 1], [3, 2, 3]], tradeCosts: [[0, 1, 1], [1, 0, 1], [1, 1, 0]], form: 'specific', destination: null, tau: [0, 1] }
    expect(plan(same).map(({ location }) => location)).toEqual([[1, 1, 1], [1, 1, 1]])
    expect(plan({ ...same, costs: [[1, 1, 1], [1, 1, 1], [2, 2, 2]] })[0]!.location).toEqual([0, 0, 0])
  })

  it('of sums that round differently are one breakpoint', () => {
    const split: TreeProblem = { parents: [-1, 0, 0, 0], costs: [[0, 9], [0.1, 0], [0.2, 0], [0.30000000000000004, 0]], tradeCosts: [[0, 1], [1, 0]], form: 'specific', destination: 0, tau: 'path' }
    expect(path(split).breakpoints).toEqual([0.1, 0.2, 0.30000000000000004])
    expect(path({ ...split, costs: [[0, 9], [0.1 + 0.2, 0], [0.3, 0], [0.3, 0]] }).breakpoints).toHaveLength(1)
  })
})

describe('fixed costs', () => {
  it('concentrate small scales in one country and fragment large ones', () => {
    const { segments } = solveTree(readTreeProblem({
      parents: [-1, 0], costs: [[1, 4], [3, 1]], fixedCosts: [[0, 5], [0, 8]], tradeCosts: [[0, 1], [1, 0]], form: 'specific', destination: 0, tau: 1, technology: 'additive',
    })) as TreeEnvelope
    expect(segments).toEqual([
      { location: [0, 0], marginalCost: 4, fixedCost: 0, from: 0, to: 8 },
      { location: [0, 1], marginalCost: 3, fixedCost: 8, from: 8, to: null },
    ])
  })

  it('fail by name when costs overflow', () => {
    const huge: TreeProblem = { parents: [-1, 0], costs: [[1e308], [1e308]], tradeCosts: [[0]], form: 'specific', destination: null, tau: 1 }
    expect(() => solveTree(readTreeProblem(huge))).toThrow(/overflow at tau = 1/)
  })
})
