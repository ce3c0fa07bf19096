/** Import shares, shocks and the world-export-supply instrument against plain loops over a random economy. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb, relation, sql, type Engine } from '../../../src/engine/index.js'
import { checkShares, exportShocks, exposure, importShares } from '../../../src/features/index.js'
import { rowsOf } from '../randomPanel.js'
import { registerTable } from '../tables.js'

let engine: Engine
beforeAll(async () => {
  engine = await openDuckDb({ threads: 2 })
})
afterAll(() => engine.close())

const digits = 11
const firmNames = ['a', 'b', 'c', 'd']
const industryNames = ['E09', 'E31']
const regionOf: Readonly<Record<string, string>> = { CHN: 'Asia', KOR: 'Asia', DEU: 'Europe' }
const productNames = ['0011', '7512']
const countryNames = Object.keys(regionOf)

const amount = fc.constantFrom(0, 1, 2.5, 40, 700)
const each = <K extends string, T>(names: readonly K[], value: fc.Arbitrary<T>) => fc.tuple(...names.map(() => value)).map((values) => new Map(names.map((name, at) => [name, values[at]!])))
const economy = fc.record({
  industry: each(firmNames, fc.constantFrom(...industryNames)), purchases: each(firmNames, fc.constantFrom(null, 0, 800, 2000)),
  imports: each(firmNames, each(['Asia', 'Europe'], amount)), base: each(countryNames, each(productNames, amount)),
  use: each(industryNames, each(productNames, fc.constantFrom(0, 0.2, 0.8))),
  before: each(countryNames, each(productNames, fc.constantFrom(5, 80, 900))), after: each(countryNames, each(productNames, fc.constantFrom(0, 60, 1200))),
  toJapan: each(countryNames, each(productNames, fc.constantFrom(0, 5, 40))),
})
type Economy = typeof economy extends fc.Arbitrary<infer T> ? T : never

const flat = <T>(table: Map<string, Map<string, T>>): [string, string, T][] => [...table].flatMap(([row, cells]) => [...cells].map(([column, value]): [string, string, T] => [row, column, value]))

function register(world: Economy) {
  const floats = ['imports', 'purchases', 'share', 'exports', 'to_japan']
  const table = (name: string, columns: readonly string[], rows: readonly (readonly (string | number | null)[])[]) => registerTable(engine, name, columns, rows, { floats })
  return {
    survey: table('survey', ['year', 'firm', 'purchases'], [...world.purchases].map(([firm, value]) => [2005, firm, value])),
    firms: table('firms', ['year', 'firm', 'industry'], [...world.industry].map(([firm, industry]) => [2005, firm, industry])),
    trade: table('trade', ['year', 'firm', 'region', 'imports'], flat(world.imports).flatMap(([firm, region, value]) => [[2005, firm, region, value], [2010, firm, region, 9]])),
    countries: table('countries', ['country', 'region'], Object.entries(regionOf)),
    baseImports: table('base_imports', ['country', 'product', 'imports'], flat(world.base)),
    importUse: table('import_use', ['industry', 'product', 'share'], flat(world.use)),
    worldExports: table('world_exports', ['country', 'product', 'year', 'exports', 'to_japan'], [...flat(world.before).map(([c, p, value]) => [c, p, 2005, value, world.toJapan.get(c)!.get(p)!]),
      ...flat(world.after).map(([c, p, value]) => [c, p, 2010, value, world.toJapan.get(c)!.get(p)!])] as (string | number)[][]),
  }
}

/** Share of purchases that comes from a region, and whether it is the industry's. */
function regionShare(world: Economy, firm: string, region: string): { share: number; imputed: number } {
  const imports = (name: string, from?: string): number => [...world.imports.get(name)!].reduce((sum, [at, value]) => sum + (from === undefined || from === at ? value : 0), 0)
  if (imports(firm) > 0) return { share: imports(firm, region) / world.purchases.get(firm)!, imputed: 0 }
  const peers = firmNames.filter((name) => world.industry.get(name) === world.industry.get(firm) && (world.purchases.get(name) ?? 0) > 0)
  const total = (of: (name: string) => number): number => peers.reduce((sum, name) => sum + of(name), 0)
  return { share: total((name) => imports(name, region)) / total((name) => world.purchases.get(name)!), imputed: 1 }
}

function sharesOf(world: Economy): Map<string, { share: number; imputed: number }> {
  const shares = new Map<string, { share: number; imputed: number }>()
  for (const firm of firmNames) for (const country of countryNames) for (const product of productNames) {
    if (!((world.purchases.get(firm) ?? 0) > 0)) continue
    const region = regionOf[country]!
    const flow = world.base.get(country)!.get(product)!
    const total = countryNames.filter((other) => regionOf[other] === region).reduce((sum, other) => sum + world.base.get(other)!.get(product)!, 0)
    const use = world.use.get(world.industry.get(firm)!)!.get(product)!
    const { share, imputed } = regionShare(world, firm, region)
    if (share > 0 && flow > 0 && use > 0) shares.set(`${firm} ${country} ${product}`, { share: share * (flow / total) * use, imputed })
  }
  return shares
}

function shockOf(world: Economy, country: string, product: string): number | null {
  const [before, after] = [world.before, world.after].map((table) => table.get(country)!.get(product)! - world.toJapan.get(country)!.get(product)!)
  return before! > 0 && after! > 0 ? Math.log(after!) - Math.log(before!) : null
}

describe('the instrument', () => {
  it('has the shares, shocks and exposure of loops', () => fc.assert(fc.asyncProperty(economy, async (world) => {
    const sources = register(world)
    const shares = importShares(sources, { year: 2005 })
    const shocks = exportShocks(sources.worldExports, { from: 2005, to: 2010 })
    const expected = sharesOf(world)
    const found = await rowsOf(engine, shares)
    expect(new Set(found.map(({ firm, country, product }) => [firm, country, product].join(' ')))).toEqual(new Set(expected.keys()))
    for (const { firm, country, product, share, imputed } of found) {
      const own = expected.get([firm, country, product].join(' '))!
      expect(share).toBeCloseTo(own.share, digits)
      expect(imputed).toBe(own.imputed)
    }
    for (const { country, product, shock } of await rowsOf(engine, shocks)) {
      const value = shockOf(world, String(country), String(product))
      if (value === null) expect(shock).toBeNull()
      else expect(shock).toBeCloseTo(value, digits)
    }
    for (const row of await rowsOf(engine, exposure(shares, shocks))) {
      const own = [...expected].filter(([name]) => name.startsWith(`${String(row.firm)} `)).map(([name, { share }]) => ({ share, shock: shockOf(world, name.split(' ')[1]!, name.split(' ')[2]!) }))
      const met = own.filter(({ shock }) => shock !== null)
      const sum = (rows: typeof own, of: (row: (typeof own)[number]) => number): number => rows.reduce((total, each) => total + of(each), 0)
      expect(row.shocks).toBe(met.length)
      expect(row.share_sum).toBeCloseTo(sum(met, ({ share }) => share), digits)
      expect(row.share_total).toBeCloseTo(sum(own, ({ share }) => share), digits)
      if (met.length === 0) expect(row.wes).toBeNull()
      else expect(row.wes).toBeCloseTo(sum(met, ({ share, shock }) => share * shock!), digits)
    }
  }), { numRuns: 25 }))

  it('takes all exports where nothing is left out', async () => {
    const exports = relation('world_exports', { key: [] }, sql`
      SELECT 'CHN' AS country, '0011' AS product, 2005 AS year, 10e0 AS exports UNION ALL SELECT 'CHN', '0011', 2010, 20e0`)
    const [row] = await rowsOf(engine, exportShocks(exports, { from: 2005, to: 2010, leaveOut: null }))
    expect(row!.shock).toBeCloseTo(Math.LN2, digits)
  })
})

describe('a check of shares', () => {
  const table = (...rows: [string, number][]) => registerTable(engine, 'input_shares', ['industry', 'share'], rows, { floats: ['share'] })

  it('counts units and those that are incomplete', async () => {
    expect(await checkShares(engine, table(['E09', 0.4], ['E09', 0.6], ['E31', 0.25]), 'industry')).toEqual({ units: 2, largest: 1, incomplete: 1 })
  })

  it('names units whose shares sum above one or are negative', async () => {
    await expect(checkShares(engine, table(['E09', 0.7], ['E09', 0.5]), 'industry')).rejects.toMatchObject({ name: 'SharesError', message: expect.stringContaining('`E09` sum to 1.2') as string })
    await expect(checkShares(engine, table(['E31', -0.5]), 'industry')).rejects.toThrow('negative')
  })
})
