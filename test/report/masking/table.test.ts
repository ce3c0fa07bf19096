import { describe, expect, it } from 'vitest'
import { dataTable, maskTable, regressionTable, renderCsv, renderText } from '../../../src/report/index.js'
import type { TableModel } from '../../../src/report/index.js'
import { models } from '../italyRecords.js'

const provinces = dataTable(
  'provinces',
  'Firms by province',
  [
    { province: 'Prato', firms: 120, share: 0.6, turnover: 3.1 },
    { province: 'Fermo', firms: 3, share: 0.015, turnover: 9.9 },
    { province: 'Lecce', firms: 77, share: 0.385, turnover: 2.2 },
  ],
  {
    units: 'firms',
    total: 'All',
    columns: [
      'province',
      { key: 'firms', role: 'count' },
      { key: 'share', format: { percent: 1 }, follows: 'firms' },
      'turnover',
    ],
  },
)

const onOneLine = (table: TableModel): string => renderText(table).replace(/\n/g, ' ')

describe('--min-cell on tables', () => {
  it('hides the small count, its statistics, and the count that would give it away', async () => {
    const { table, primary, secondary } = maskTable(provinces, 5)
    expect(await renderCsv(table)).toBe(
      'province,firms,share,turnover\nPrato,120,0.6,3.1\nFermo,[c],[c],[c]\nLecce,[c],[c],2.2\nAll,200,,\n',
    )
    expect({ primary, secondary }).toEqual({ primary: 3, secondary: 2 })
    expect(onOneLine(table)).toContain('[c]: confidential, fewer than 5 firms (3 hidden; 2 more, so that')
  })
  it('leaves a table alone that has nothing to hide, and a masked table as it is', () => {
    expect(maskTable(provinces, 3).table).toBe(provinces)
    const once = maskTable(provinces, 5).table
    expect(maskTable(once, 5).table).toEqual(once)
  })
  it('keeps the numbers out of the record itself', () =>
    expect(JSON.stringify(maskTable(provinces, 5).table)).not.toMatch(/9\.9|"value":3\b|77/))
  it('hides a model that rests on few units, and small counts in the sample note', () => {
    const few = {
      ...models[2]!,
      sample: {
        read: 70,
        used: 4,
        groups: 4,
        dropped: [
          { reason: 'no spell', rows: 2 },
          { reason: 'before 2006', rows: 64 },
        ],
      },
      notes: [{ kind: 'sample' as const, text: '66 of 70 rows left out: 2 no spell, 64 before 2006.' }],
    }
    const { table } = maskTable(regressionTable('t', 'T', [models[0]!, few]), 5)
    const text = onOneLine(table)
    expect(text).not.toContain('0.0192')
    expect(text).toContain('4.387')
    expect(text).toContain('(3): [c] of 70 rows used; dropped: no spell ([c]), before 2006 (64).')
    // The same counts in a sentence of the fit would give them away.
    expect(text).not.toContain('left out')
  })
  it('hides small numbers of events in a large model', () => {
    const rare = { ...models[2]!, statistics: [{ label: 'Events', value: 2, format: 'integer' as const, count: true }] }
    expect(renderText(maskTable(regressionTable('t', 'T', [rare]), 5).table)).toMatch(/Events\s+\[c\]/)
  })
  it('treats sections and their totals as tables of their own', () => {
    const table = {
      ...provinces,
      rows: [
        { kind: 'section' as const, cells: ['Clothing'] },
        ...provinces.rows,
        { kind: 'section' as const, cells: ['Footwear'] },
        { cells: ['Lecce', 50, 1, 2], units: 50 },
      ],
    }
    expect(maskTable(table, 5).table.rows.at(-1)).toEqual(table.rows.at(-1))
  })
})
