/** Every link feature as Parquet: one and two threads, twice each, the same bytes. */
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openDuckDb, relation, sql, type Engine, type Relation } from '../../../src/engine/index.js'
import {
  buyerChanges, buyerLevels, differentiation, exportShocks, exposure, foreignDistances, importShares, linkCounts, linkDistances, linkPanel, linkStatuses,
  linkTable, nearPlaces, neighboursWithin, networkShares, panel,
} from '../../../src/features/index.js'
import { randomStream } from '../../../src/numerics/random.js'
import { tableFrom, type Cell } from '../tables.js'

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
  products: Array.from({ length: 200 }, (_, product): Cell[] => [
    code('p', product), code('k', product % sizes.industries), 100 * stream.uniform(), 'nrw'[stream.integer(3)]!, 'nrw'[stream.integer(3)]!,
  ]),
  countries: Array.from({ length: 12 }, (_, country): Cell[] => [code('c', country), `r${country % 3}`, 50 * stream.uniform(), 100 * stream.uniform()]),
  flows: Array.from({ length: 12 * 200 }, (_, flow): Cell[] => [code('c', flow % 12), code('p', Math.floor(flow / 12)), 2 + 1e4 * stream.uniform()]),
}

const floats = ['weight', 'imports', 'share', 'exports', 'to_japan']
const tables = {
  firms: tableFrom(['year', 'firm', 'municipality', 'industry', 'employees', 'sales', 'offshoring'], rows.firms),
  reports: tableFrom(['year', 'reporter', 'role', 'partner', 'value'], rows.reports),
  municipalities: tableFrom(['municipality', 'latitude', 'longitude', 'area'], rows.municipalities),
  industries: tableFrom(['industry', 'beta'], rows.industries),
  products: tableFrom(['product', 'industry', 'weight', 'conservative', 'liberal'], rows.products, { floats }),
  countries: tableFrom(['country', 'region', 'latitude', 'longitude'], rows.countries),
  baseImports: tableFrom(['country', 'product', 'imports'], rows.flows, { floats }),
  worldExports: tableFrom(['country', 'product', 'year', 'exports', 'to_japan'],
    rows.flows.flatMap(([country, product, imports]): Cell[][] => [2005, 2010].map((year) => [country!, product!, year, Number(imports) * (year - 2000), 1])), { floats }),
}

async function relations(engine: Engine): Promise<Readonly<Record<string, Relation>>> {
  const entries = Object.entries(tables).map(([name, table]) => [name, engine.register(table, { name })] as const)
  const { firms, reports, municipalities, industries, products, countries, baseImports, worldExports } = Object.fromEntries(entries) as Record<keyof typeof tables, Relation>
  const years = { from: 2005, to: 2010 }
  const links = await engine.keep(linkPanel({ reports, firms, columns: { value: 'value' } }))
  const statuses = await engine.keep(linkStatuses(links, firms, years))
  const table = await engine.keep(linkTable({ links, statuses, firms, municipalities, industries }, { measures: ['beta'] }))
  const survey = relation('survey', { key: ['year', 'firm'] }, sql`SELECT year, firm, sales AS purchases, 0.2e0 * sales AS imports FROM ${firms}`)
  const trade = relation('trade', { key: ['year', 'firm', 'region'] }, sql`SELECT year, firm, 'r' || CAST(employees % 3 AS VARCHAR) AS region, 0.2e0 * sales AS imports FROM ${firms}`)
  const importUse = relation('import_use', { key: ['industry', 'product'] }, sql`SELECT industry, product, 1e0 / count(*) OVER (PARTITION BY industry) AS share FROM ${products}`)
  const shares = await engine.keep(importShares({ survey, trade, firms, countries, baseImports, importUse }, { year: 2005 }))
  const shocks = exportShocks(worldExports, years)
  return {
    links, statuses, table, shares, shocks, exposure: exposure(shares, shocks),
    counts: linkCounts({ reports, firms }, links), distances: linkDistances(links, { firms, municipalities }),
    levels: buyerLevels(table), 'levels by industry': buyerLevels(table, { by: 'input_industry', means: ['beta'], survival: 'both' }),
    changes: buyerChanges(table, years), 'changes by industry': buyerChanges(table, { ...years, by: 'input_industry', means: ['log_km', 'beta'], survival: 'all' }),
    'near places': nearPlaces(municipalities, 100), abroad: foreignDistances(municipalities, countries),
    neighbours: neighboursWithin(panel(firms, { unit: 'firm', period: 'year' }), municipalities, { radius: 100, active: 'offshoring', lag: 5 }),
    'network shares': networkShares({ links, purchases: survey }, { year: 2005, weights: 'value' }),
    differentiation: differentiation({ industries, classes: products, concordance: products }, { version: null, weight: 'weight', measures: ['beta'] }),
  }
}

describe('a materialised link feature', () => {
  it('has the same bytes for one and two threads, twice each', async () => {
    const hashes = new Map<string, Set<string>>()
    for (const threads of [1, 2, 1, 2]) {
      const engine = await openDuckDb({ threads })
      for (const [name, made] of Object.entries(await relations(engine))) {
        const path = join(folder, 'feature.parquet')
        expect((await engine.materialise(made, path)).rows, name).toBeGreaterThan(0)
        hashes.set(name, (hashes.get(name) ?? new Set()).add(createHash('sha256').update(readFileSync(path)).digest('hex')))
      }
      await engine.close()
    }
    expect([...hashes].filter(([, found]) => found.size > 1).map(([name]) => name)).toEqual([])
  }, 180_000)
})
