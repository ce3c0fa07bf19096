/** Every link feature as Parquet: one and two threads, twice each, the same bytes. */
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openDuckDb, type Engine, type Relation } from '../../../src/engine/index.js'
import {
  buyerChanges, buyerLevels, foreignDistances, linkCounts, linkDistances, linkPanel, linkStatuses, linkTable, nearPlaces, neighboursWithin, panel,
} from '../../../src/features/index.js'
import { randomStream } from '../../../src/numerics/random.js'
import { registerTable, type Cell } from '../tables.js'

const folder = mkdtempSync(join(tmpdir(), 'reshore-bytes-'))
afterAll(() => rmSync(folder, { recursive: true }))

const stream = randomStream(5, 'links')
const sizes = { firms: 2000, reports: 65_000, places: 200, industries: 12 }
const code = (prefix: string, index: number): string => `${prefix}${String(index).padStart(5, '0')}`

/** More reports than a row group of the engine has rows, so that two threads share them. */
const rows = {
  firms: [2005, 2010].flatMap((year) => Array.from({ length: sizes.firms }, (_, firm): Cell[] => [
    year, code('f', firm), stream.uniform() < 0.05 ? null : code('m', stream.integer(sizes.places)), code('k', firm % sizes.industries),
    1 + stream.integer(900), stream.uniform() * 1e6, stream.uniform() < 0.3 ? 1 : 0,
  ])),
  reports: [2005, 2010].flatMap((year) => Array.from({ length: sizes.reports }, (): Cell[] => [
    year, code('f', stream.integer(sizes.firms)), stream.uniform() < 0.5 ? 'supplier' : 'customer', code('f', stream.integer(sizes.firms + 60)), stream.uniform() * 1e3,
  ])),
  municipalities: Array.from({ length: sizes.places }, (_, place): Cell[] => [code('m', place), 30 + 15 * stream.uniform(), 129 + 16 * stream.uniform(), 400 * stream.uniform()]),
  industries: Array.from({ length: sizes.industries }, (_, industry): Cell[] => [code('k', industry), stream.normal()]),
  countries: [['CHN', 39.9, 116.4], ['DEU', 52.5, 13.4]] as Cell[][],
}

async function relations(engine: Engine): Promise<Readonly<Record<string, Relation>>> {
  const firms = registerTable(engine, 'firms', ['year', 'firm', 'municipality', 'industry', 'employees', 'sales', 'offshoring'], rows.firms, { key: ['year', 'firm'] })
  const reports = registerTable(engine, 'reports', ['year', 'reporter', 'role', 'partner', 'value'], rows.reports)
  const municipalities = registerTable(engine, 'municipalities', ['municipality', 'latitude', 'longitude', 'area'], rows.municipalities)
  const industries = registerTable(engine, 'industries', ['industry', 'beta'], rows.industries)
  const links = await engine.keep(linkPanel({ reports, firms, columns: { value: 'value' } }))
  const statuses = await engine.keep(linkStatuses(links, firms, { from: 2005, to: 2010 }))
  const table = await engine.keep(linkTable({ links, statuses, firms, municipalities, industries }, { measures: ['beta'] }))
  const years = { from: 2005, to: 2010 }
  return {
    links, statuses, table, counts: linkCounts({ reports, firms }, links), distances: linkDistances(links, { firms, municipalities }),
    levels: buyerLevels(table), 'levels by industry': buyerLevels(table, { by: 'input_industry', means: ['beta'], survival: 'both' }),
    changes: buyerChanges(table, years), 'changes by industry': buyerChanges(table, { ...years, by: 'input_industry', means: ['log_km', 'beta'], survival: 'all' }),
    'near places': nearPlaces(municipalities, 100), abroad: foreignDistances(municipalities, registerTable(engine, 'countries', ['country', 'latitude', 'longitude'], rows.countries)),
    neighbours: neighboursWithin(panel(firms, { unit: 'firm', period: 'year' }), municipalities, { radius: 100, active: 'offshoring', lag: 5 }),
  }
}

describe('a materialised link feature', () => {
  it('has the same bytes for one and two threads, twice each', async () => {
    const hashes = new Map<string, Set<string>>()
    for (const threads of [1, 2, 1, 2]) {
      const engine = await openDuckDb({ threads })
      for (const [name, relation] of Object.entries(await relations(engine))) {
        const path = join(folder, 'feature.parquet')
        expect((await engine.materialise(relation, path)).rows, name).toBeGreaterThan(0)
        hashes.set(name, (hashes.get(name) ?? new Set()).add(createHash('sha256').update(readFileSync(path)).digest('hex')))
      }
      await engine.close()
    }
    expect([...hashes].filter(([, found]) => found.size > 1).map(([name]) => name)).toEqual([])
  }, 180_000)
})
