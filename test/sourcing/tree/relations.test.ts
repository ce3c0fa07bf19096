import { describe, expect, it } from 'vitest'
import { simulateTrees } from '../../../src/sourcing/tree/index.js'
import { countPairs, partRelations, relationPairs, type PartRelation } from '../../../src/sourcing/tree/relations.js'
import { completeTree, downstreamFirstTree, treeOfParents } from '../../../src/sourcing/tree/shape.js'

/** Final good 0 of 1 and 2; 1 of 3 and 4; 2 of 5; 3 of 6. */
const small = treeOfParents([-1, 0, 0, 1, 1, 2, 3])

const pairsOf = (relation: PartRelation): string[] => {
  const { pairs } = relationPairs(small, [relation])
  return Array.from({ length: pairs.length / 3 }, (_, i) => `${pairs[3 * i]}-${pairs[3 * i + 1]}`)
}

describe('relations of parts', () => {
  it('are those of a family', () => {
    expect(pairsOf('parent')).toEqual(['1-0', '2-0', '3-1', '4-1', '5-2', '6-3'])
    expect(pairsOf('grandparent')).toEqual(['3-0', '4-0', '5-0', '6-1'])
    expect(pairsOf('great-grandparent')).toEqual(['6-0'])
    expect(pairsOf('sister')).toEqual(['1-2', '3-4'])
    expect(pairsOf('niece-aunt')).toEqual(['3-2', '4-2', '5-1', '6-4'])
    expect(pairsOf('cousin')).toEqual(['3-5', '4-5'])
  })

  it('count direct users by stage', () => {
    expect(relationPairs(small, ['parent', 'sister']).classes).toEqual([
      { relation: 'parent', stage: 1, pairs: 2 }, { relation: 'parent', stage: 2, pairs: 3 }, { relation: 'parent', stage: 3, pairs: 1 }, { relation: 'sister', pairs: 2 },
    ])
  })

  it.each([
    ['small', small], ['complete', completeTree(3, 4)], ['snake', completeTree(1, 6)], ['spider', completeTree(7, 2)], ['single', completeTree(4, 1)],
    ['any', downstreamFirstTree(treeOfParents([-1, 4, 0, 2, 5, 0, 2, 8, 0, 7, 1, 1]))],
  ] as const)('are counted without being formed: %s', (_, shape) => {
    for (const relation of partRelations) expect(countPairs(shape, relation)).toBe(relationPairs(shape, [relation]).pairs.length / 3)
  })

  it('are refused where they are too many', () => {
    const spider = { tree: { order: 4000, length: 2 }, countries: 2, form: 'specific', destination: null, draws: { seed: 1, shape: 4, reading: 'cost' }, taus: [1] } as const
    expect(() => simulateTrees({ ...spider, relations: ['parent', 'sister'] }, 0, 1)).toThrow(/relations\[1\]: asks for 7998000 pairs/)
    expect(simulateTrees({ ...spider, relations: ['parent'] }, 0, 1).firms).toBe(1)
  })
})
