/** Lags, initial values, means and neighbours against plain loops over random panels with gaps. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb, relation, sql, type Engine } from '../../src/engine/index.js'
import { activeNeighbours, areaCounts, initialValues, joinFeatures, lags, leads, panel, unitMeans } from '../../src/features/index.js'
import { find, manyRandomRows, randomRows, registerRows, rowsOf, sorted, type Row } from './randomPanel.js'

const numRuns = { one: 60, ten: 6 }
let engine: Engine
beforeAll(async () => {
  engine = await openDuckDb({ threads: 2 })
})
afterAll(() => engine.close())

/** Runs a comparison of a feature with a loop on random panels. */
const onRandomPanels = (check: (rows: Row[]) => Promise<void>) => fc.assert(fc.asyncProperty(manyRandomRows, check), { numRuns: numRuns.ten })
/** The same a panel at a time, for features of firms that meet. */
const onEachPanel = (check: (rows: Row[]) => Promise<void>) => fc.assert(fc.asyncProperty(randomRows, check), { numRuns: numRuns.one })

describe('lags and leads', () => {
  it.each([1, 2, 3])('look exactly %i periods away, never across a gap', (by) => onRandomPanels(async (rows) => {
    const firms = registerRows(engine, rows)
    const found = await rowsOf(engine, joinFeatures(firms, lags(firms, ['x', 'area'], { by }), leads(firms, ['active'], { by })))
    expect(found).toEqual(sorted(rows).map((row) => ({
      ...row,
      [`x_lag${by}`]: find(rows, row.firm, row.year - by)?.x ?? null,
      [`area_lag${by}`]: find(rows, row.firm, row.year - by)?.area ?? null,
      [`active_lead${by}`]: find(rows, row.firm, row.year + by)?.active ?? null,
    })))
  }))

  it('of no whole number of periods are refused', () => {
    const firms = panel(relation('rows', { key: ['firm', 'year'] }, sql`SELECT 'a' AS firm, 2005 AS year`), { unit: 'firm', period: 'year' })
    for (const by of [0, -1, 1.5]) expect(() => lags(firms, ['x'], { by })).toThrow(/whole number|periods/)
  })
})

describe('initial values', () => {
  it('are those of the first row of a firm, or of one year for all', () => onRandomPanels(async (rows) => {
    const firms = registerRows(engine, rows)
    const first = await rowsOf(engine, initialValues(firms, ['x', 'active']))
    expect(first).toEqual(sorted(rows).map(({ firm, year }) => {
      const initial = sorted(rows).find((row) => row.firm === firm)!
      return { firm, year, x_initial: initial.x, active_initial: initial.active }
    }))
    const at = await rowsOf(engine, initialValues(firms, ['x'], { at: 2003 }))
    expect(at).toEqual(sorted(rows).map(({ firm, year }) => ({ firm, year, x_initial: find(rows, firm, 2003)?.x ?? null })))
  }))
})

describe('unit means', () => {
  const mean = (rows: readonly Row[], pick: (row: Row) => number | null): number | null => {
    const values = sorted(rows).map(pick).filter((value) => value !== null)
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
  }

  it('over all rows add in period order', () => onRandomPanels(async (rows) => {
    const firms = registerRows(engine, rows)
    expect(await rowsOf(engine, unitMeans(firms, ['x', 'active']))).toEqual(sorted(rows).map(({ firm, year }) => {
      const own = rows.filter((row) => row.firm === firm)
      return { firm, year, x_mean: mean(own, ({ x }) => x), active_mean: mean(own, ({ active }) => active) }
    }))
  }))

  it('after the initial row leave it out and put it beside', () => onRandomPanels(async (rows) => {
    const firms = registerRows(engine, rows)
    expect(await rowsOf(engine, unitMeans(firms, ['x'], { variant: 'after-initial' }))).toEqual(sorted(rows).map(({ firm, year }) => {
      const [initial, ...later] = sorted(rows).filter((row) => row.firm === firm)
      return { firm, year, x_mean: mean(later, ({ x }) => x), x_initial: initial!.x }
    }))
  }))

  it('as a history are one column a period', () => onRandomPanels(async (rows) => {
    const firms = registerRows(engine, rows)
    expect(await rowsOf(engine, unitMeans(firms, ['x'], { variant: 'history', periods: [2002, 2004] }))).toEqual(sorted(rows).map(({ firm, year }) =>
      ({ firm, year, x_2002: find(rows, firm, 2002)?.x ?? null, x_2004: find(rows, firm, 2004)?.x ?? null })))
  }))
})

describe('active neighbours', () => {
  /** Count and known others of `row`, or null where the count is missing. */
  function others(rows: readonly Row[], row: Row, lag: number, same: (a: Row, b: Row) => boolean): { count: number; known: number } | null {
    const then = rows.filter(({ year }) => year === row.year - lag)
    if (then.length === 0 || row.area === null) return null
    const around = then.filter((other) => other.firm !== row.firm && other.active !== null && other.area === row.area && same(other, row))
    return { count: around.filter(({ active }) => active === 1).length, known: around.length }
  }

  it.each([0, 1, 2])('leave the firm out, %i periods back', (lag) => onEachPanel(async (rows) => {
    const firms = registerRows(engine, rows)
    const found = await rowsOf(engine, joinFeatures(
      firms,
      activeNeighbours(firms, { area: ['area'], active: 'active', lag }),
      activeNeighbours(firms, { area: ['area', 'sector'], active: 'active', lag, name: 'peers' }),
    ))
    expect(found).toEqual(sorted(rows).map((row) => {
      const near = others(rows, row, lag, () => true)
      const peers = others(rows, row, lag, (a, b) => a.sector === b.sector)
      const columns = (name: string, value: typeof near) => ({
        [name]: value?.count ?? null, [`${name}_observed`]: value?.known ?? null,
        [`${name}_share`]: value === null || value.known === 0 ? null : value.count / value.known,
      })
      return { ...row, ...columns('neighbours', near), ...columns('peers', peers) }
    }))
  }))

  it('of another table are its active rows', () => onEachPanel(async (rows) => {
    const firms = registerRows(engine, rows)
    const half = rows.filter(({ firm }) => firm < 'd')
    if (half.length === 0) return
    const companies = registerRows(engine, half).rows
    expect(await rowsOf(engine, areaCounts(firms, companies, { area: ['area'], active: 'active', name: 'investors' }))).toEqual(sorted(rows).map((row) => {
      const then = half.filter(({ year }) => year === row.year - 1)
      const count = then.filter(({ area, active }) => area === row.area && active === 1).length
      return { firm: row.firm, year: row.year, investors: then.length === 0 || row.area === null ? null : count }
    }))
  }))
})

describe('joining features', () => {
  it('refuses two columns of one name', () => {
    const firms = panel(relation('rows', { key: ['firm', 'year'] }, sql`SELECT 'a' AS firm, 2005 AS year, 1 AS x`), { unit: 'firm', period: 'year' })
    expect(() => joinFeatures(firms, lags(firms, ['x']), lags(firms, ['x']))).toThrow(expect.objectContaining({ name: 'DuplicateColumnError', exitCode: 2 }) as Error)
    expect(() => lags(firms, ['x', 'x'])).toThrow(/x_lag1/)
  })
})
