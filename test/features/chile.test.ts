/** The features on a real plant panel, with another column map: importing plants, peers by sector. Skipped where the data are absent. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb, type Engine, type Relation } from '../../src/engine/index.js'
import { activeNeighbours, joinFeatures, lags, panel, spellPeriods, spells, type Panel } from '../../src/features/index.js'
import { readTable } from '../../src/ingest/index.js'
import { sharedData } from '../sharedData.js'

const file = sharedData('chile_enia_import_export', 'chile_enia_1992_1996.csv')

describe.skipIf(file === undefined)('plants of Chile', () => {
  let engine: Engine
  let plants: Panel
  let rows: { id: number; year: number; sector: number; imports: number }[]
  beforeAll(async () => {
    engine = await openDuckDb({ threads: 2 })
    const table = await readTable(file!, { columns: ['id', 'year', 'ciiu_3d', 'import', 'export'] })
    plants = panel(engine.register(table, { key: ['id', 'year'] }), { unit: 'id', period: 'year' })
    const column = (name: string) => table.getChild(name)!.toArray() as ArrayLike<number>
    const [id, year, sector, imports] = ['id', 'year', 'ciiu_3d', 'import'].map(column)
    rows = Array.from({ length: table.numRows }, (_, row) => ({ id: id![row]!, year: year![row]!, sector: sector![row]!, imports: imports![row]! }))
  })
  afterAll(() => engine.close())

  const columnOf = async (relation: Relation, name: string): Promise<(number | null)[]> => [...(await engine.query(relation)).getChild(name)!]

  it('have the peers a count by hand gives', async () => {
    const found = joinFeatures(plants, lags(plants, ['import']), activeNeighbours(plants, { area: ['ciiu_3d'], active: 'import', name: 'peers' }))
    const importers = new Map<string, number>()
    for (const { sector, year, imports } of rows) importers.set(`${sector} ${year}`, (importers.get(`${sector} ${year}`) ?? 0) + imports)
    const own = new Map(rows.map(({ id, year, sector, imports }) => [`${id} ${year}`, { sector, imports }]))
    const sorted = [...rows].sort((a, b) => a.id - b.id || a.year - b.year)
    expect(await columnOf(found, 'peers')).toEqual(sorted.map(({ id, year, sector }) => {
      const before = own.get(`${id} ${year - 1}`)
      if (year === 1992) return null
      return (importers.get(`${sector} ${year - 1}`) ?? 0) - (before?.sector === sector ? before.imports : 0)
    }))
    expect(await columnOf(found, 'import_lag1')).toEqual(sorted.map(({ id, year }) => own.get(`${id} ${year - 1}`)?.imports ?? null))
  })

  it('have as many starts, and stops at risk, as their status changes', async () => {
    const status = new Map(rows.map(({ id, year, imports }) => [`${id} ${year}`, imports]))
    const changes = (from: number, to: number): number => rows.filter(({ id, year, imports }) => imports === to && status.get(`${id} ${year - 1}`) === from).length
    const started = await engine.query(spells(plants, { active: 'import' }))
    expect(started.numRows).toBe(changes(0, 1))
    const events = await columnOf(spellPeriods(plants, { active: 'import', unknownStarts: 'keep' }), 'event')
    expect(events.reduce<number>((sum, event) => sum + event!, 0)).toBe(changes(1, 0))
  })
})
