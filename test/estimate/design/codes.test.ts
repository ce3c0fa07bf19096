import fc from 'fast-check'
import { tableFromArrays, Table, vectorFromArray, Dictionary, Utf8, Int32 } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { crossCodes } from '../../../src/estimate/design/codes.js'
import { findColumn, groupCodes, readCodes } from '../../../src/estimate/design/columns.js'
import type { ArrowTable } from '../../../src/estimate/records.js'

describe('crossCodes', () => {
  it('numbers the combinations that occur in the order of the columns, few or many of those possible', () => {
    fc.assert(fc.property(fc.constantFrom(3, 400), fc.constantFrom(2, 500), fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 60 }), (left, right, drawn) => {
      const rows = drawn.map(([a, b]) => [a % left, b % right] as const)
      const columns = [{ codes: Int32Array.from(rows, ([a]) => a), levels: left }, { codes: Int32Array.from(rows, ([, b]) => b), levels: right }]
      const cells = [...new Set(rows.map(([a, b]) => a * right + b))].sort((x, y) => x - y)
      const { codes, levels, firstRow } = crossCodes(columns)
      expect(levels).toBe(cells.length)
      expect([...codes]).toEqual(rows.map(([a, b]) => cells.indexOf(a * right + b)))
      expect([...firstRow]).toEqual(cells.map((cell) => rows.findIndex(([a, b]) => a * right + b === cell)))
    }))
  })
})

describe('codes of a text column', () => {
  const values = ['pear', null, 'fig', '', 'pear', 'apple']

  it('are the same when asked for again, in either order', () => {
    const table = new Table({ name: vectorFromArray(values, new Dictionary(new Utf8(), new Int32())) }) as ArrowTable
    const grouped = () => groupCodes(findColumn(table, 'name', 'a cluster'), 'name')
    const sorted = () => readCodes(findColumn(table, 'name', 'a factor'), 'name')
    const before = Array.from(grouped().codes)
    expect(before).toEqual([0, -1, 1, -1, 0, 2])
    expect(sorted()).toEqual({ codes: Int32Array.from([2, -1, 1, -1, 2, 0]), levels: ['apple', 'fig', 'pear'] })
    expect(Array.from(grouped().codes)).toEqual(before)
  })

  it('belong to the rows of their slice', () => {
    const table = tableFromArrays({ name: values }).slice(2, 5) as ArrowTable
    expect(Array.from(groupCodes(findColumn(table, 'name', 'a cluster'), 'name').codes)).toEqual([0, -1, 1])
    const coded = new Table({ name: vectorFromArray(values, new Dictionary(new Utf8(), new Int32())) })
    for (const [from, to, codes] of [[0, 2, [0, -1]], [1, 3, [-1, 0]], [2, 5, [0, -1, 1]]] as const) {
      expect(Array.from(groupCodes(findColumn(coded.slice(from, to) as ArrowTable, 'name', 'a cluster'), 'name').codes)).toEqual(codes)
    }
  })
})
