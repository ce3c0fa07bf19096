import { describe, expect, it } from 'vitest'
import { ReshoreError } from '../../../src/errors.js'
import {
  dataTable,
  regressionTable,
  renderCsv,
  renderHtml,
  renderLatex,
  renderMarkdown,
  renderText,
} from '../../../src/report/index.js'
import { displayWidth } from '../../../src/report/tables/text.js'
import { models } from '../italyRecords.js'

const entry = regressionTable('entry', 'Entry and exit', models, {
  stars: [0.1, 0.05, 0.01],
  labels: { offshoring_lag: 'Offshoring, t−1' },
  indicators: [{ label: 'Year effects', prefix: 'year::' }],
})
const provinces = dataTable(
  'provinces',
  'Firms by province',
  [
    { province: '東京都', firms: 12, share: 0.8, remark: '=1+1' },
    { province: 'Prato & Pistoia', firms: 3, share: 0.2, remark: null },
  ],
  { columns: ['province', { key: 'firms', role: 'count' }, { key: 'share', format: { percent: 1 } }, 'remark'], total: 'All' },
)

describe('one table, five renderers', () => {
  it('text', () => {
    expect(renderText(entry)).toMatchSnapshot()
    expect(renderText(provinces)).toMatchSnapshot()
  })
  it('Markdown', () => expect(renderMarkdown(entry)).toMatchSnapshot())
  it('LaTeX', () => expect(renderLatex(entry)).toMatchSnapshot())
  it('HTML', () => expect(renderHtml(entry)).toMatchSnapshot())
  it('CSV', async () => {
    expect(await renderCsv(entry)).toMatchSnapshot()
    expect(await renderCsv(provinces)).toBe(
      "province,firms,share,remark\n東京都,12,0.8,'=1+1\nPrato & Pistoia,3,0.2,\nAll,15,,\n",
    )
  })
})

describe('plain text', () => {
  it('keeps every body line within the rules, East Asian names included', () => {
    const [, rule, ...lines] = renderText(provinces).split('\n')
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(rule!.length)
  })
  it('puts decimal points under each other whatever stands around the numbers', () => {
    const points = renderText(entry)
      .split('\n')
      .slice(7, 21)
      .map((line) => line.slice(0, 30).indexOf('.'))
    expect(new Set(points.filter((point) => point >= 0)).size).toBe(1)
  })
})

describe('regression tables', () => {
  it('show ratios with delta-method errors and transformed interval ends', async () => {
    const ratios = regressionTable('exit', 'Exit', [models[2]!], { scale: 'ratio', below: 'interval' })
    const line = (await renderCsv(ratios)).split('\n')
    expect(line[0]).toBe('term,"(3) (Cox (Efron), hazard ratios)"')
    expect(Number(line[1]!.split(',')[1])).toBeCloseTo(Math.exp(0.0008), 14)
    const errors = regressionTable('exit', 'Exit', [models[2]!], { scale: 'ratio' })
    expect((errors.rows[3]!.cells[1] as { value: number }).value).toBeCloseTo(Math.exp(-0.1872) * 0.0711, 14)
  })
  it('refuse ratios where exp(coefficient) has no reading', () => {
    expect(() => regressionTable('entry', 'Entry', [models[1]!], { scale: 'ratio' })).toThrow(ReshoreError)
  })
  it('say once what holds for all models and name the others', () => {
    const notes = renderText(entry).replace(/\n/g, ' ')
    expect(notes.match(/Covariance: clustered by firm\./g)).toHaveLength(1)
    expect(notes).toContain('(3): Ties by Efron')
    expect(notes).toContain(
      '(1), (2): 11,562 of 13,842 rows used; dropped: first year of a firm: no lag (1,987), missing value_added (214), lag from a gap year (79).',
    )
  })
  it('print stars only when asked', () => expect(renderText(regressionTable('entry', 'Entry', models))).not.toContain('*'))
})

describe('data tables', () => {
  it('name the row that lacks a column', () => {
    expect(() => dataTable('t', 'T', [{ a: 1, b: 2 }, { a: 1 }], { columns: ['a', 'b'] })).toThrow('t, row 2 has no b.')
  })
})
