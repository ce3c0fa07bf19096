/** What a dynamic model adds: gap-aware lags, initial values and means by hand, and recovery of planted state dependence. */
import { Float64, Table, vectorFromArray } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { dynamicPanel, parseFormula, reLogit } from '../../src/estimate/index.js'
import { randomStream } from '../../src/numerics/random.js'
import type { ArrowTable } from '../../src/estimate/records.js'

const panel = (columns: Record<string, readonly (number | null)[]>): ArrowTable =>
  new Table(Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, vectorFromArray([...values], new Float64())]))) as ArrowTable
const column = (table: ArrowTable, name: string): number[] => [...(table.getChild(name)!.toArray() as Float64Array)]

describe('dynamicPanel', () => {
  const table = panel({
    id: [1, 1, 1, 1, 2, 2, 2],
    year: [2003, 2001, 2002, 2005, 2001, 2002, 2003],
    y: [1, 0, 1, 0, null, 1, 0],
    x: [3, 1, 2, 5, 9, 4, 6],
    z: [7, 7, 7, 7, 8, 8, 8],
  })
  const spec = { ...parseFormula('y ~ x + z'), group: 'id' }

  it('looks one period back, never across a gap, from the first known outcome', () => {
    const { table: data } = dynamicPanel(spec, table, { initial: 'wooldridge', time: 'year' })
    expect(column(data, 'lag_y')).toEqual([1, NaN, 0, NaN, NaN, NaN, 1])
    expect(column(data, 'initial_y')).toEqual([0, 0, 0, 0, NaN, 1, 1])
  })

  it('averages what varies, with or without the initial period', () => {
    const wooldridge = dynamicPanel(spec, table, { initial: 'wooldridge', time: 'year' })
    expect(column(wooldridge.table, 'mean_x')).toEqual([2.75, 2.75, 2.75, 2.75, NaN, 5, 5])
    const later = dynamicPanel(spec, table, { initial: 'rabe-hesketh-skrondal', time: 'year' })
    expect(column(later.table, 'mean_x')).toEqual([10 / 3, 10 / 3, 10 / 3, 10 / 3, NaN, 6, 6])
    expect(column(later.table, 'initial_x')).toEqual([1, 1, 1, 1, NaN, 4, 4])
    expect(later.table.getChild('mean_z')).toBeNull()
    expect(later.notes[0]!.text).toContain('`lag_y`, `initial_y`, `mean_x`, `initial_x`')
  })

  it('refuses two rows of a unit and period, and broken periods', () => {
    const twice = panel({ id: [1, 1], year: [2001, 2001], y: [0, 1], x: [1, 2], z: [1, 1] })
    expect(() => dynamicPanel(spec, twice, { initial: 'wooldridge', time: 'year' })).toThrow(/two rows for `year` 2001/)
    const broken = panel({ id: [1, 1], year: [2001.5, 2002], y: [0, 1], x: [1, 2], z: [1, 1] })
    expect(() => dynamicPanel(spec, broken, { initial: 'wooldridge', time: 'year' })).toThrow(/is 2001.5 in row 1/)
  })
})

describe('a dynamic random-effects logit', () => {
  it('recovers state dependence that the static model takes for heterogeneity', () => {
    const random = randomStream(12)
    const rows: { id: number; year: number; y: number; x: number }[] = []
    for (let id = 0; id < 1500; id++) {
      const level = random.normal()
      let y = random.uniform() < 0.3 ? 1 : 0
      const effect = -1 + 0.6 * y + 0.4 * level + 0.8 * random.normal()
      for (let year = 0; year < 7; year++) {
        const x = level + random.normal()
        if (year > 0) y = 0.7 * x + 1.2 * y + effect + random.logistic() > 0 ? 1 : 0
        rows.push({ id, year, y, x })
      }
    }
    const table = panel({ id: rows.map((r) => r.id), year: rows.map((r) => r.year), y: rows.map((r) => r.y), x: rows.map((r) => r.x) })
    const fit = reLogit('y ~ x', table, { group: 'id', dynamic: { initial: 'rabe-hesketh-skrondal', time: 'year' } })
    const planted: Record<string, number> = { x: 0.7, lag_y: 1.2, initial_y: 0.6 }
    for (const [term, value] of Object.entries(planted)) {
      const j = fit.terms.indexOf(term)
      const error = Math.sqrt(fit.vcov.matrix[j * fit.terms.length + j]!)
      expect(Math.abs(fit.coefficients[j]! - value)).toBeLessThan(2.6 * error)
    }
    expect(Math.abs(fit.detail.sigma_u - 0.8)).toBeLessThan(2.6 * fit.detail.sigma_u_stdError)
    expect(fit.sample.used).toBe(1500 * 6)
  })
})
