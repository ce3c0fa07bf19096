import { describe, expect, it } from 'vitest'
import { isReshoreError } from '../../../src/errors.js'
import { chainAt, drawChains, readChainProblem, solveChain } from '../../../src/sourcing/chain/index.js'
import { hullWithCountryCosts } from '../../../src/sourcing/chain/country.js'
import { everywhere } from '../../../src/sourcing/chain/envelope.js'

const document = {
  valueAdded: [1, 0.5],
  unitCosts: [[1, 4], [4, 1]],
  tradeCosts: [[1, 1], [1, 1]],
  tradeForm: 'iceberg',
  fixedCosts: [[0, 0], [0, 10]],
  technology: 'cobb-douglas',
  fixedCostsPaid: 'stage',
}
const solve = (changes: object) => solveChain(readChainProblem({ ...document, ...changes })).segments

describe('solveChain', () => {
  it('moves assembly abroad at the scale where the fixed cost is earned back', () => {
    // Chain 0-0 costs (1·4)^½ = 2 a unit and nothing to open; 0-1 costs 1 a unit and 10 to open: 2q = q + 10 at q = 10.
    expect(solve({})).toEqual([
      { chain: [0, 0], marginalCost: 2, fixedCost: 0, from: 0, to: 10 },
      { chain: [0, 1], marginalCost: 1, fixedCost: 10, from: 10, to: null },
    ])
  })

  it('pays additive trade costs per unit of the final good, stage by stage', () => {
    const additive = { technology: 'leontief', tradeForm: 'additive', fixedCosts: [[0, 0], [0, 0]], finalShipping: [0.25, 0] }
    // 0-1: ½·1 + ½·1 + 0.5 = 1.5; 0-0: ½·1 + ½·4 + 0.25; 1-1: ½·4 + ½·1.
    expect(solve({ ...additive, tradeCosts: [[[0, 0.5], [0.5, 0]]] })).toEqual([{ chain: [0, 1], marginalCost: 1.5, fixedCost: 0, from: 0, to: null }])
  })

  it('charges a country once when fixed costs are paid per country', () => {
    const fixedCosts = [[4, 3], [4, 3]]
    const paid = (fixedCostsPaid: string) => solve({ fixedCosts, fixedCostsPaid }).map(({ chain, fixedCost }) => ({ chain, fixedCost }))
    expect(paid('stage')).toEqual([{ chain: [1, 1], fixedCost: 6 }, { chain: [0, 1], fixedCost: 7 }])
    expect(paid('country')).toEqual([{ chain: [1, 1], fixedCost: 3 }, { chain: [0, 1], fixedCost: 7 }])
  })

  it('holds CES prices at σ where powers would overflow', () => {
    const [segment] = solve({ technology: { ces: 400 }, unitCosts: [[1e3, 1e4], [1e3, 1e4]] })
    expect(segment!.marginalCost).toBeCloseTo(1e3, 6)
  })

  it('joins CES to Cobb–Douglas at σ near 1', () => {
    const near = solve({ technology: { ces: 1 + 1e-9 } })
    expect(near.map(({ chain }) => chain)).toEqual([[0, 0], [0, 1]])
    expect(near[0]!.marginalCost).toBeCloseTo(2, 8)
  })

  it('says when costs leave the range of numbers', () => {
    const huge = { technology: 'leontief', unitCosts: [[1e308, 1e308], [1e308, 1e308]], finalShipping: [1e9, 1e9] }
    expect(() => solve(huge)).toThrow(/beyond the range/)
  })

  it('says what too many countries would need, and how far off it is', () => {
    const batch = drawChains({ seed: 4, stages: 20, countries: 20 }, 0, 1)
    const drawn = chainAt(batch, 0)
    const problem = { ...drawn, fixedCostsPaid: 'country' as const, fixedCosts: drawn.fixedCosts.map(() => drawn.fixedCosts[0]!) }
    expect(hullWithCountryCosts(problem).length).toBeGreaterThan(3)
    expect(() => hullWithCountryCosts(problem, everywhere(problem), 10)).toThrow(/20 countries and 20 stages need more than 10 sets of countries; \d+ are still open, and the best \d+ chains found cost at most \d/)
  })
})

describe('readChainProblem names the place of a fault', () => {
  const cases: [string, object, string | RegExp][] = [
    ['an unknown key', { unitCost: [[1]] }, 'unitCost: is not a key of this document'],
    ['a missing key', { valueAdded: undefined }, 'valueAdded: is missing (expected array)'],
    ['a misspelt key rather than the missing one', { tradeForm: undefined, tradeform: 'iceberg' }, 'tradeform: is not a key of this document'],
    ['a word for a choice', { tradeForm: 'tariff' }, 'tradeForm: expected one of "iceberg"|"additive"'],
    ['null for a number', { unitCosts: [[1, 4], [4, null]] }, 'unitCosts[1][1]: expected number, received null'],
    ['NaN', { fixedCosts: [[0, NaN], [0, 10]] }, 'fixedCosts[0][1]: expected number, received NaN'],
    ['infinity', { unitCosts: [[1, 4], [Infinity, 1]] }, /unitCosts\[1\]\[0\]: expected number/],
    ['a negative cost', { fixedCosts: [[0, 0], [-1, 10]] }, 'fixedCosts[1][0]: must be >=0'],
    ['a zero unit cost', { unitCosts: [[1, 4], [4, 0]] }, 'unitCosts[1][1]: is 0'],
    ['a short row', { unitCosts: [[1, 4], [4]] }, 'unitCosts[1]: has 1 entries where'],
    ['a missing row', { fixedCosts: [[0, 0]] }, 'fixedCosts: has 1 entries where the shape of unitCosts asks for 2'],
    ['a trade matrix of another size', { tradeCosts: [[1]] }, 'tradeCosts: has 1 entries where country by country asks for 2'],
    ['an iceberg cost below 1', { tradeCosts: [[1, 0.2], [1, 1]] }, 'tradeCosts[0][1]: is 0.2; an iceberg cost is the factor'],
    ['iceberg final shipping below 1', { finalShipping: [1, 0] }, 'finalShipping[1]: is 0'],
    ['trade costs by stage with iceberg costs', { tradeCosts: [[[1, 1], [1, 1]]] }, 'tradeCosts: is [n][i][j]'],
    ['too many stages of trade costs', { tradeForm: 'additive', technology: 'leontief', tradeCosts: [[[0, 0], [0, 0]], [[0, 0], [0, 0]]] }, 'tradeCosts: has 2 entries where one matrix'],
    ['a negative trade cost by stage', { tradeForm: 'additive', technology: 'leontief', tradeCosts: [[[0, 0], [-1, 0]]] }, 'tradeCosts[0][1][0]: must be >=0'],
    ['additive costs with Cobb–Douglas', { tradeForm: 'additive' }, "tradeForm: is 'additive', which holds with technology 'leontief' only"],
    ['value added above 1', { valueAdded: [1, 1.5] }, 'valueAdded[1]: must be <=1'],
    ['value added of 0', { valueAdded: [1, 0] }, 'valueAdded[1]: must be >0'],
    ['a first stage with inputs', { valueAdded: [0.5, 0.5] }, 'valueAdded[0]: is 0.5 and must be 1'],
    ['no stages', { valueAdded: [] }, /valueAdded: /],
    ['no countries', { unitCosts: [[], []] }, 'unitCosts[0]: is empty'],
    ['σ = 1', { technology: { ces: 1 } }, 'technology.ces: is 1'],
    ['σ = 0', { technology: { ces: 0 } }, /technology/],
    ['an unknown technology', { technology: 'linear' }, "technology: must be 'cobb-douglas', 'leontief' or"],
    ['an unknown rule for fixed costs', { fixedCostsPaid: 'firm' }, /fixedCostsPaid: /],
    ['country costs that differ between stages', { fixedCostsPaid: 'country' }, 'fixedCosts[1][1]: is 10 and fixedCosts[0][1] is 0'],
  ]

  it.each(cases)('%s', (_, changes, message) => {
    const error = thrown(() => readChainProblem({ ...document, ...changes }))
    expect(isReshoreError(error) && error.exitCode).toBe(2)
    expect((error as Error).message).toMatch(message instanceof RegExp ? message : `chain problem, ${message}`)
  })

  it('a document that is no object', () => {
    expect((thrown(() => readChainProblem([1])) as Error).message).toMatch('the document: expected object, received array')
  })
})

function thrown(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
