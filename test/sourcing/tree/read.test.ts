import { describe, expect, it } from 'vitest'
import { isReshoreError } from '../../../src/errors.js'
import { notReadWithFixedCosts, readTreeProblem } from '../../../src/sourcing/tree/index.js'

const good = {
  parents: [-1, 0, 0, 1],
  costs: [[1, 2], [1, 2], [1, 2], [1, 2]],
  tradeCosts: [[0, 1], [1, 0]],
  form: 'specific',
  destination: null,
  tau: 1,
}
const fixed = { ...good, fixedCosts: good.costs, technology: 'leontief', valueAdded: 0.5, form: 'iceberg' }
const without = (name: string, document: Record<string, unknown> = good) => Object.fromEntries(Object.entries(document).filter(([key]) => key !== name))

function failureOf(document: unknown): { message: string; exitCode: number; remedy: string } {
  try {
    readTreeProblem(document)
  } catch (error) {
    if (isReshoreError(error)) return error
    throw error
  }
  throw new Error('accepted')
}

const faults: [string, unknown, string][] = [
  ['not an object', [], 'the document'],
  ['unknown key', { ...good, taus: [1] }, 'taus'],
  ['missing costs', without('costs'), 'costs'],
  ['missing tau', without('tau'), 'tau'],
  ['missing form', without('form'), 'form'],
  ['missing destination', without('destination'), 'destination'],
  ['unknown form', { ...good, form: 'additive' }, 'form'],
  ['text for a cost', { ...good, costs: [[1, 2], [1, 2], [1, 2], [1, '2']] }, 'costs[3][1]'],
  ['null for a cost', { ...good, costs: [[1, 2], [1, 2], [1, 2], [1, null]] }, 'costs[3][1]'],
  ['NaN for a cost', { ...good, costs: [[1, 2], [1, 2], [1, 2], [NaN, 1]] }, 'costs[3][0]'],
  ['infinite cost', { ...good, costs: [[1, Infinity], [1, 2], [1, 2], [1, 1]] }, 'costs[0][1]'],
  ['negative cost', { ...good, costs: [[1, 2], [1, 2], [-1, 2], [1, 1]] }, 'costs[2][0]'],
  ['negative trade cost', { ...good, tradeCosts: [[0, -1], [1, 0]] }, 'tradeCosts[0][1]'],
  ['one row of costs too few', { ...good, costs: good.costs.slice(1) }, 'costs'],
  ['a short row of costs', { ...good, costs: [[1, 2], [1, 2], [1], [1, 2]] }, 'costs[2]'],
  ['no country', { ...good, costs: [[], [], [], []], tradeCosts: [] }, 'costs[0]'],
  ['trade costs not square', { ...good, tradeCosts: [[0, 1], [1]] }, 'tradeCosts[1]'],
  ['trade costs of other countries', { ...good, tradeCosts: [[0]] }, 'tradeCosts'],
  ['final shipping too long', { ...good, finalShipping: [0, 1, 2] }, 'finalShipping'],
  ['destination out of range', { ...good, destination: 2 }, 'destination'],
  ['fractional destination', { ...good, destination: 0.5 }, 'destination'],
  ['first node with a parent', { ...good, parents: [1, -1, 0, 1] }, 'parents[0]'],
  ['two roots', { ...good, parents: [-1, 0, -1, 1] }, 'parents[2]'],
  ['parent that is no node', { ...good, parents: [-1, 0, 4, 1] }, 'parents[2]'],
  ['its own parent', { ...good, parents: [-1, 1, 0, 1] }, 'parents[1]'],
  ['cycle', { ...good, parents: [-1, 0, 3, 2] }, 'parents[2]'],
  ['parents and order', { ...good, order: 2, length: 2 }, 'parents'],
  ['order alone', { ...without('parents'), order: 2 }, 'length'],
  ['no tree', without('parents'), 'order'],
  ['fractional order', { ...without('parents'), order: 1.5, length: 2 }, 'order'],
  ['astronomic tree', { ...without('parents'), order: 9, length: 1e9 }, 'costs'],
  ['negative tau', { ...good, tau: -1 }, 'tau'],
  ['null tau', { ...good, tau: null }, 'tau'],
  ['empty list of tau', { ...good, tau: [] }, 'tau'],
  ['bad tau in a list', { ...good, tau: [1, 'a'] }, 'tau'],
  ['path of iceberg costs', { ...good, tau: 'path', form: 'iceberg' }, 'tau'],
  ['technology without fixed costs', { ...good, technology: 'leontief' }, 'technology'],
  ['share without fixed costs', { ...good, valueAdded: 0.5 }, 'valueAdded'],
  ['fixed costs without technology', without('technology', fixed), 'technology'],
  ['fixed costs without share', without('valueAdded', fixed), 'valueAdded'],
  ['fixed costs with several tau', { ...fixed, tau: [1, 2] }, 'tau'],
  ['fixed costs of other shape', { ...fixed, fixedCosts: good.costs.slice(1) }, 'fixedCosts'],
  ['negative fixed cost', { ...fixed, fixedCosts: [[1, 2], [1, 2], [1, 2], [1, -2]] }, 'fixedCosts[3][1]'],
  ['share above one', { ...fixed, valueAdded: 1.5 }, 'valueAdded'],
  ['unknown technology', { ...fixed, technology: 'cobb' }, 'technology'],
  ['negative elasticity', { ...fixed, technology: { ces: -1 } }, 'technology.ces'],
]

describe('a tree document with a fault is refused with its place', () => {
  it.each(faults)('%s', (_, document, place) => {
    const { message, exitCode, remedy } = failureOf(document)
    expect(message).toContain(`tree problem, ${place}: `)
    expect(exitCode).toBe(2)
    expect(remedy).not.toBe('')
  })
})

describe('a good tree document', () => {
  it('is read as it stands', () => {
    expect(readTreeProblem(good)).toEqual(good)
    expect(readTreeProblem(fixed)).toEqual(fixed)
    expect(readTreeProblem({ ...without('parents'), order: 3, length: 2 })).toMatchObject({ order: 3, length: 2 })
  })

  it('says which keys its technology decides', () => {
    expect(notReadWithFixedCosts(readTreeProblem(good))).toEqual([])
    expect(notReadWithFixedCosts(readTreeProblem(fixed))).toEqual([])
    expect(notReadWithFixedCosts(readTreeProblem({ ...fixed, form: 'specific' }))).toHaveLength(1)
    expect(notReadWithFixedCosts(readTreeProblem({ ...fixed, technology: 'additive' }))).toHaveLength(2)
  })
})
