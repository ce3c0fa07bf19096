/** Scenarios on a small calibrated problem: what moves is named, what is unknown is refused, nothing changes without a change. */
import { describe, expect, it } from 'vitest'
import { sourcingProblem } from '../../src/calibrate/index.js'
import { applyScenario, chainChanges, readScenario, treeChanges } from '../../src/counterfactual/index.js'

const assumption = (value: number) => ({ name: 'test', value, unit: '', source: 'test' })
const costs = sourcingProblem({
  locations: [
    { name: 'Italy', latitude: 41.9, longitude: 12.5, relativeCosts: [1, 1] },
    { name: 'North Africa', latitude: 36.8, longitude: 10.2, relativeCosts: [0.75, 0.85] },
    { name: 'East Asia', latitude: 31.2, longitude: 121.5, relativeCosts: [0.5, 0.8] },
  ],
  stages: ['subcontracted', 'own'],
  ownShare: 0.6,
  sunk: 100_000,
  fixed: 20_000,
  discount: 0.95,
  distanceElasticity: assumption(0.05),
  domesticDistance: assumption(100),
  ownStageMultiple: assumption(5),
})
const nothing = readScenario({ name: 'nothing', changes: [{ cost: 'trade', factor: 1 }] })
const quantities = [1e4, 1e5, 1e6, 1e7]

describe('scenarios', () => {
  it('change nothing with a factor of one', () => {
    const chain = chainChanges(costs, nothing, quantities)
    expect(chain.intervals.every((interval) => interval.moved.length === 0)).toBe(true)
    expect(chain.costs.map((row) => row.relativeChange)).toEqual([0, 0, 0, 0])
    expect(treeChanges(costs, nothing)).toMatchObject({ moved: [], relativeChange: 0 })
  })

  it('bring every stage home when trade becomes very dear, and lower no cost', () => {
    const wall = readScenario({ name: 'wall', changes: [{ cost: 'trade', factor: 100 }] })
    const chain = chainChanges(costs, wall, quantities)
    expect(chain.intervals.every((interval) => interval.scenario.every((place) => place === 'Italy'))).toBe(true)
    expect(chain.costs.every((row) => row.relativeChange >= 0)).toBe(true)
    expect(chain.costs.at(-1)!.base.chain).not.toEqual(['Italy', 'Italy'])
    expect(treeChanges(costs, wall).after.location).toEqual(['Italy', 'Italy'])
  })

  it('scale what is above one of an iceberg cost, and add to fixed costs', () => {
    const half = applyScenario(costs, readScenario({ name: 'half', changes: [{ cost: 'trade', from: 'East Asia', to: 'Italy', factor: 0.5 }] }))
    const [before, after] = [costs, half].map((c) => (c.chain.tradeCosts as number[][])[2]![0]! - 1)
    expect(after).toBeCloseTo(before! / 2, 12)
    expect((half.chain.tradeCosts as number[][])[0]![2]).toBe((costs.chain.tradeCosts as number[][])[0]![2])
    const dearer = applyScenario(costs, readScenario({ name: 'f', changes: [{ cost: 'fixed', location: 'East Asia', stage: 'own', add: 1000 }] }))
    expect(dearer.chain.fixedCosts[1]![2]! - costs.chain.fixedCosts[1]![2]!).toBeCloseTo(1000, 9)
  })

  it('raise the same wage in chain and tree', () => {
    const wages = applyScenario(costs, readScenario({ name: 'w', changes: [{ cost: 'wage', location: 'East Asia', stage: 'subcontracted', add: 0.1 }] }))
    expect(wages.chain.unitCosts[0]![2]).toBeCloseTo(0.6, 12)
    expect(wages.tree.costs[1]![2]).toBeCloseTo(0.4 * 0.6, 12)
    expect(wages.tree.costs[0]).toEqual(costs.tree.costs[0])
  })

  it('cut the quantity axis without gaps', () => {
    const cheap = readScenario({ name: 'subsidy', changes: [{ cost: 'fixed', location: 'North Africa', factor: 0.2 }] })
    const { intervals } = chainChanges(costs, cheap, quantities)
    expect(intervals[0]!.from).toBe(0)
    expect(intervals.at(-1)!.to).toBeNull()
    intervals.slice(1).forEach((interval, i) => expect(interval.from).toBe(intervals[i]!.to))
    expect(intervals.some((interval) => interval.moved.length > 0)).toBe(true)
  })

  it.each([
    [{ name: 'x', changes: [{ cost: 'labour', factor: 2 }] }, /changes\[0\]\.cost: unknown cost/],
    [{ name: 'x', changes: [{ cost: 'trade', factor: 2, add: 1 }] }, /exactly one/],
    [{ name: 'x', changes: [] }, /changes/],
    [{ name: 'x', changes: [{ cost: 'wage', factor: -1 }] }, /factor/],
    [{ name: 'x', changes: [{ cost: 'wage', factor: 1, town: 'x' }] }, /changes\[0\]/],
  ])('refuse %j', (document, message) => {
    expect(() => readScenario(document)).toThrow(message)
  })

  it('refuse unknown places and negative costs', () => {
    expect(() => applyScenario(costs, readScenario({ name: 'x', changes: [{ cost: 'wage', location: 'Mars', factor: 2 }] }))).toThrow(/unknown location 'Mars'/)
    expect(() => applyScenario(costs, readScenario({ name: 'x', changes: [{ cost: 'fixed', add: -1e9 }] }))).toThrow(/negative/)
  })
})
