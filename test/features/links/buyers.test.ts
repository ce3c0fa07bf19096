/** Link table, buyer levels and changes against plain loops over random worlds; the decomposition and its check. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb, relation, sql, type Engine, type Relation } from '../../../src/engine/index.js'
import {
  buyerChanges, buyerLevels, checkDecomposition, checkGazetteer, checkIndustries, linkDistances, linkPanel, linkStatuses, linkTable, type Survival,
} from '../../../src/features/index.js'
import { greatCircle } from '../../../src/numerics/greatCircle.js'
import { rowsOf } from '../randomPanel.js'
import { firmIn, gazetteer, industries, linksOf, randomWorld, registerWorld, type World } from './world.js'

const numRuns = 12
/** Values enter sums with twelve places; logs and sines of two libraries differ in the last digit. */
const digits = 10
const means = ['log_km', 'supplier_log_size', 'supplier_log_productivity', 'beta']
let engine: Engine
beforeAll(async () => {
  engine = await openDuckDb({ threads: 2 })
})
afterAll(() => engine.close())

type Values = Record<string, number | null>

const log = (value: number | null | undefined): number | null => (value == null || !(value > 0) ? null : Math.log(value))

function kilometres(world: World, year: number, buyer: string, supplier: string): number | null {
  const [b, s] = [firmIn(world, year, buyer)!.municipality, firmIn(world, year, supplier)!.municipality]
  const [from, to] = [b, s].map((code) => gazetteer.find(([known]) => known === code))
  if (from === undefined || to === undefined) return null
  if (b === s) return from[3] === null ? null : Math.max(1, (2 / 3) * Math.sqrt(from[3] / Math.PI))
  return Math.max(1, greatCircle(from[1], from[2], to[1], to[2]))
}

/** Links of the first and last year with their traits and survival, by loops. */
function described(world: World, survival: Survival) {
  const [from, to] = [world.years[0]!, world.years.at(-1)!]
  const links = linksOf(world).filter(({ year }) => year === from || year === to)
  const survives = (firm: string): boolean => firmIn(world, from, firm) !== undefined && firmIn(world, to, firm) !== undefined
  return links.filter(({ buyer, supplier }) => survival === 'all' || (survives(supplier) && (survival === 'partner' || survives(buyer)))).map(({ year, buyer, supplier }) => {
    const at = (other: number): boolean => links.some((link) => link.year === other && link.buyer === buyer && link.supplier === supplier)
    const industry = firmIn(world, at(from) ? from : to, supplier)!.industry
    const { employees, sales, municipality } = firmIn(world, year, supplier)!
    const km = kilometres(world, year, buyer, supplier)
    const own = firmIn(world, year, buyer)!.municipality
    return {
      year, buyer, supplier, industry, municipality, km, status: at(from) ? (at(to) ? 'continue' : 'drop') : 'add',
      same: own === null || municipality === null ? null : Number(own === municipality),
      values: {
        log_km: log(km), supplier_log_size: log(employees), beta: industries.find(([code]) => code === industry)?.[1] ?? null,
        supplier_log_productivity: sales === null || !employees ? null : log(sales / employees),
      } as Values,
    }
  })
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}

function median(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b)
  const middle = known.length >> 1
  return known.length === 0 ? null : known.length % 2 === 1 ? known[middle]! : (known[middle - 1]! + known[middle]!) / 2
}

function groupsOf<T>(rows: readonly T[], keyOf: (row: T) => string): T[][] {
  const groups = new Map<string, T[]>()
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row])
  return [...groups.values()]
}

async function tableOf(world: World): Promise<{ table: Relation; from: number; to: number }> {
  const { reports, firms, municipalities, industries: known } = registerWorld(engine, world)
  const [from, to] = [world.years[0]!, world.years.at(-1)!]
  const links = linkPanel({ reports, firms })
  const statuses = linkStatuses(links, firms, { from, to })
  return { table: await engine.keep(linkTable({ links, statuses, firms, municipalities, industries: known }, { measures: ['beta'] })), from, to }
}

function expectClose(found: Record<string, unknown>, expected: Record<string, number | string | null>): void {
  for (const [name, value] of Object.entries(expected)) {
    if (typeof value === 'number') expect(found[name], name).toBeCloseTo(value, digits)
    else expect(found[name], name).toBe(value)
  }
}

const byKey = (rows: readonly Record<string, unknown>[], keys: readonly string[]) => {
  const found = new Map(rows.map((row) => [keys.map((name) => String(row[name])).join(' '), row]))
  return (...values: readonly unknown[]): Record<string, unknown> => found.get(values.map(String).join(' '))!
}

const onRandomWorlds = (check: (world: World) => Promise<void>) => fc.assert(fc.asyncProperty(randomWorld, check), { numRuns })

describe('buyer levels', () => {
  it.each([undefined, 'input_industry'] as const)('by %s are those of loops', (by) => onRandomWorlds(async (world) => {
    const { table } = await tableOf(world)
    const rows = await rowsOf(engine, buyerLevels(table, { by, means: means.slice(1) }))
    const at = byKey(rows, ['buyer', 'year', ...(by === undefined ? [] : [by])])
    const groups = groupsOf(described(world, 'all'), ({ buyer, year, industry }) => `${buyer} ${year} ${by === undefined ? '' : industry}`)
    expect(rows).toHaveLength(groups.length)
    for (const links of groups) {
      const { buyer, year, industry } = links[0]!
      const places = links.flatMap(({ municipality }) => municipality ?? [])
      const shares = groupsOf(places, (place) => place).map(({ length }) => (length / places.length) ** 2)
      expectClose(at(buyer, year, ...(by === undefined ? [] : [industry])), {
        links: links.length, log_links: Math.log(links.length), links_located: links.filter(({ km }) => km !== null).length,
        mean_log_km: mean(links.map(({ values }) => values.log_km!)), median_log_km: median(links.map(({ values }) => values.log_km!)),
        share_within_25km: mean(links.map(({ km }) => (km === null ? null : Number(km <= 25)))), share_same_municipality: mean(links.map(({ same }) => same)),
        location_hhi: places.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0),
        ...Object.fromEntries(means.slice(1).map((name) => [`mean_${name}`, mean(links.map(({ values }) => values[name]!))])),
      })
    }
  }))
})

describe('buyer changes', () => {
  it.each(['all', 'partner', 'both'] as const)('of links that survive by `%s` are those of loops', (survival) => onRandomWorlds(async (world) => {
    const { table, from, to } = await tableOf(world)
    for (const by of [undefined, 'input_industry'] as const) {
      const changes = await engine.keep(buyerChanges(table, { from, to, by, means, survival }))
      const at = byKey(await rowsOf(engine, changes), ['buyer', ...(by === undefined ? [] : [by])])
      for (const links of groupsOf(described(world, survival), ({ buyer, industry }) => `${buyer} ${by === undefined ? '' : industry}`)) {
        const { buyer, industry } = links[0]!
        expectClose(at(buyer, ...(by === undefined ? [] : [industry])), expectedChanges(links, from, to))
      }
      for (const { largest } of await checkDecomposition(engine, changes, means)) expect(largest).toBeLessThan(1e-12)
    }
  }))

  function expectedChanges(links: ReturnType<typeof described>, from: number, to: number): Record<string, number | null> {
    const count = (year: number, status?: string): number => links.filter((link) => link.year === year && (status ?? link.status) === link.status).length
    const [before, after] = [count(from), count(to)]
    const result: Record<string, number | null> = {
      links_from: before, links_to: after, links_continued: count(from, 'continue'), links_added: count(to, 'add'), links_dropped: count(from, 'drop'),
      add_rate: before === 0 ? null : count(to, 'add') / before, drop_rate: before === 0 ? null : count(from, 'drop') / before,
      link_growth: (2 * (after - before)) / (after + before), log_links_change: before * after === 0 ? null : Math.log(after / before),
    }
    for (const name of means) {
      const values = (year: number, status?: string) => links.filter((link) => link.year === year && (status ?? link.status) === link.status).map((link) => link.values[name]!)
      const known = (year: number, status?: string): number => values(year, status).filter((value) => value !== null).length
      const [added, dropped, keptFrom, keptTo] = [mean(values(to, 'add')), mean(values(from, 'drop')), mean(values(from, 'continue')), mean(values(to, 'continue'))]
      const complete = keptFrom !== null && keptTo !== null
      Object.assign(result, {
        [`${name}_from`]: mean(values(from)), [`${name}_to`]: mean(values(to)), [`${name}_added`]: added, [`${name}_dropped`]: dropped,
        [`${name}_kept_from`]: keptFrom, [`${name}_kept_to`]: keptTo,
        [`${name}_by_adding`]: !complete ? null : added === null ? 0 : (known(to, 'add') / known(to)) * (added - keptTo),
        [`${name}_by_dropping`]: !complete ? null : dropped === null ? 0 : -(known(from, 'drop') / known(from)) * (dropped - keptFrom),
        [`${name}_by_moving`]: !complete ? null : keptTo - keptFrom,
      })
    }
    return result
  }

  it('that do not add up are an error', async () => {
    const changes = relation('changes', { key: [] }, sql`
      SELECT 1e0 AS x_from, 3e0 AS x_to, 2e0 AS x_change, 1e0 AS x_by_adding, 0.5e0 AS x_by_dropping, 0e0 AS x_by_moving`)
    await expect(checkDecomposition(engine, changes, ['x'])).rejects.toMatchObject({ name: 'DecompositionError' })
  })
})

describe('codes that lists lack', () => {
  const firm = (name: string, municipality: string | null, industry: string) => ({ year: 2005, firm: name, municipality, industry, employees: 1, sales: 1 })
  const world: World = { years: [2005], reports: [], firms: [firm('a', '13999', 'E09'), firm('b', '13999', 'X00'), firm('c', null, 'I55')] }

  it('are named, or counted where asked', async () => {
    const sources = registerWorld(engine, world)
    await expect(checkGazetteer(engine, sources)).rejects.toThrow('1 municipalities of firms: `13999` (2 rows)')
    await expect(checkGazetteer(engine, sources)).rejects.toMatchObject({ name: 'GazetteerError', remedy: expect.stringContaining('lacking') as string })
    expect(await checkGazetteer(engine, sources, { lacking: 'count' })).toEqual([{ code: '13999', rows: 2 }])
    await expect(checkIndustries(engine, sources.firms, 'industry', sources.industries)).rejects.toMatchObject({ name: 'UnknownIndustryError' })
    expect(await checkIndustries(engine, sources.firms, 'industry', sources.industries, { lacking: 'count' })).toEqual([{ code: 'X00', rows: 1 }])
  })
})

describe('distances of links', () => {
  it('are those of the link table; own coordinates come first where asked', () => onRandomWorlds(async (world) => {
    const { reports, firms, municipalities } = registerWorld(engine, world)
    const links = linkPanel({ reports, firms })
    const rows = await rowsOf(engine, linkDistances(links, { firms, municipalities }))
    for (const row of rows) {
      const km = kilometres(world, Number(row.year), String(row.buyer), String(row.supplier))
      expectClose(row, { km, log_km: log(km), distance_bin: km === null ? null : ['(0,5]', '(5,25]', '(25,125]', '(125,625]', '(625,3125]'][[5, 25, 125, 625, 3125].findIndex((end) => km <= end)]! })
    }
    const located = relation('located', { key: ['year', 'firm'] }, sql`SELECT *, 35e0 AS latitude, CASE WHEN firm < 'c' THEN 139.01e0 END AS longitude FROM ${firms}`)
    const own = await rowsOf(engine, linkDistances(links, { firms: located, municipalities }, { coordinates: 'firm' }))
    const between = own.find(({ buyer, supplier }) => buyer === 'a' && supplier === 'b')
    if (between !== undefined) expect(between.km).toBe(1)
  }))
})
