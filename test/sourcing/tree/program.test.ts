/** `allocateTree` against the 0–1 program at sizes that cannot be enumerated. */
import { describe, expect, it } from 'vitest'
import { randomStream } from '../../../src/numerics/random.js'
import { allocateTree, completeTree, treeOfParents, treeProgram, type TreeCosts, type TreeShape } from '../../../src/sourcing/tree/index.js'
import { loadHighs } from '../../highs.js'

/** HiGHS stops within 1e-6 of feasibility and optimality gap 1e-4 relative; these programs are integral at their LP vertex. */
const SOLVER_TOLERANCE = 1e-8

const highs = await loadHighs()

function randomCosts(shape: TreeShape, countries: number, seed: number): TreeCosts {
  const draw = randomStream(seed, 'tree program')
  const numbers = (length: number): Float64Array => Float64Array.from({ length }, () => draw.uniform())
  const tradeCosts = numbers(countries * countries)
  for (let k = 0; k < countries; k++) tradeCosts[k * countries + k] = 0
  return { form: 'specific', countries, costs: numbers(shape.nodes * countries), tradeCosts, finalShipping: numbers(countries), destination: seed % 2 === 0 ? -1 : 1 }
}

describe('least cost is that of the 0–1 program', () => {
  it.each([
    ['snake of 40 parts, 4 countries', completeTree(1, 40), 4],
    ['spider of 30 parts, 5 countries', completeTree(30, 2), 5],
    ['complete tree of order 2 and length 5, 3 countries', completeTree(2, 5), 3],
    ['complete tree of order 3 and length 4, 6 countries', completeTree(3, 4), 6],
    ['a tree written in no order, 4 countries', treeOfParents([-1, 4, 0, 2, 5, 0, 2, 8, 0, 7, 1, 1]), 4],
  ] as const)('%s', (_, shape, countries) => {
    for (let seed = 1; seed <= 4; seed++) {
      const costs = randomCosts(shape, countries, seed)
      const tau = seed / 4
      const program = highs.solve(treeProgram(shape, costs, tau))
      expect(program.Status).toBe('Optimal')
      expect(Math.abs(allocateTree(shape, costs, tau).cost / program.ObjectiveValue - 1)).toBeLessThan(SOLVER_TOLERANCE)
    }
  })

  it('iceberg costs have no 0–1 program', () => {
    const shape = completeTree(1, 2)
    expect(() => treeProgram(shape, { ...randomCosts(shape, 2, 1), form: 'iceberg' }, 1)).toThrow(RangeError)
  })
})
