/** Random small worlds of firms and their reported links, as rows and as relations. */
import fc from 'fast-check'
import type { Engine, Relation } from '../../../src/engine/index.js'
import { registerTable, type Cell } from '../tables.js'

export const cap = 3

export interface Firm {
  readonly year: number
  readonly firm: string
  readonly municipality: string | null
  readonly industry: string | null
  readonly employees: number | null
  readonly sales: number | null
}

export interface Report {
  readonly year: number
  readonly reporter: string | null
  readonly role: string
  readonly partner: string
  readonly value: number | null
}

export interface World {
  readonly years: readonly number[]
  readonly firms: readonly Firm[]
  readonly reports: readonly Report[]
}

const names = ['a', 'b', 'c', 'd', 'e']
/** Municipality, latitude, longitude, area; the last has no area. `13999` is not among them. */
export const gazetteer: readonly (readonly [string, number, number, number | null])[] = [
  ['13101', 35.694, 139.7536, 11.66], ['13102', 35.6706, 139.772, 10.21], ['27100', 34.6937, 135.5022, 225.3], ['47201', 26.2124, 127.6809, null],
]
export const industries: readonly (readonly [string, number | null])[] = [['E09', 0.25], ['E31', 1.5], ['I55', null]]

const oftenMissing = <T>(values: fc.Arbitrary<T>) => fc.option(values, { freq: 5 })

const firmOf = (year: number, firm: string): fc.Arbitrary<Firm> => fc.record({
  year: fc.constant(year), firm: fc.constant(firm),
  municipality: oftenMissing(fc.constantFrom(...gazetteer.map(([code]) => code), '13999')),
  industry: oftenMissing(fc.constantFrom('E09', 'E31', 'I55', 'X00')),
  employees: oftenMissing(fc.integer({ min: 0, max: 500 })), sales: oftenMissing(fc.integer({ min: 0, max: 9000 })),
})

const reportOf = (years: readonly number[]): fc.Arbitrary<Report> => fc.record({
  year: fc.constantFrom(...years), reporter: fc.option(fc.constantFrom(...names), { freq: 40 }),
  role: fc.constantFrom('supplier', 'customer', 'supplier', 'customer', 'supplier', 'customer', 'owner'), partner: fc.constantFrom(...names, 'gone'),
  value: oftenMissing(fc.integer({ min: 1, max: 99 })),
})

/** Five firms, some of them missing in some years, over two or three years that need not be consecutive. */
export const randomWorld: fc.Arbitrary<World> = fc.constantFrom([2005, 2010], [2005, 2007, 2010], [2000, 2005, 2010]).chain((years) => fc.record({
  years: fc.constant(years),
  firms: fc.tuple(...years.flatMap((year) => names.map((firm) => fc.option(firmOf(year, firm), { freq: 8 })))).map((firms) => firms.filter((firm) => firm !== null)),
  reports: fc.array(reportOf(years), { minLength: 1, maxLength: 60 }),
}))

export function registerWorld(engine: Engine, world: World): Record<'firms' | 'reports' | 'municipalities' | 'industries', Relation> {
  const table = (name: string, columns: readonly string[], rows: readonly (readonly Cell[])[], key: readonly string[]): Relation =>
    registerTable(engine, name, columns, rows, { key, floats: ['latitude', 'longitude', 'area', 'beta', 'employees', 'sales', 'value'], texts: ['reporter'] })
  const filler: readonly Cell[] = [1900, 'filler', '13101', 'E09', 1, 1]
  return {
    // A row of another time, so that no column is empty.
    firms: table('firms', ['year', 'firm', 'municipality', 'industry', 'employees', 'sales'],
      [filler, ...world.firms.map((f) => [f.year, f.firm, f.municipality, f.industry, f.employees, f.sales])], ['year', 'firm']),
    reports: table('reports', ['year', 'reporter', 'role', 'partner', 'value'],
      world.reports.map((r) => [r.year, r.reporter ?? null, r.role, r.partner, r.value]), []),
    municipalities: table('municipalities', ['municipality', 'latitude', 'longitude', 'area'], gazetteer, ['municipality']),
    industries: table('industries', ['industry', 'beta'], industries, ['industry']),
  }
}

export interface Link {
  readonly year: number
  readonly buyer: string
  readonly supplier: string
  readonly reported_by_buyer: number
  readonly reported_by_supplier: number
  readonly buyer_at_cap: number
  readonly supplier_at_cap: number
  readonly value: number | null
}

export const firmIn = ({ firms }: World, year: number, firm: string): Firm | undefined => firms.find((f) => f.year === year && f.firm === firm)

export function reasonOf(world: World, report: Report): string {
  if (report.reporter === null) return 'missing firm or year'
  if (!['supplier', 'customer'].includes(report.role)) return 'unknown role'
  if (report.reporter === report.partner) return 'self-link'
  if (firmIn(world, report.year, report.reporter) === undefined) return 'reporter not in the firm master'
  if (firmIn(world, report.year, report.partner) === undefined) return 'partner not in the firm master'
  return 'kept'
}

/** The panel by plain loops, in key order. */
export function linksOf(world: World): Link[] {
  const atCap = (year: number, reporter: string, role: string): number =>
    Number(new Set(world.reports.filter((r) => r.year === year && r.reporter === reporter && r.role === role).map(({ partner }) => partner)).size >= cap)
  const kept = world.reports.filter((report) => reasonOf(world, report) === 'kept')
  const largest = (reports: readonly Report[]): number | null => {
    const values = reports.flatMap(({ value }) => value ?? [])
    return values.length === 0 ? null : Math.max(...values)
  }
  const links: Link[] = []
  for (const year of world.years) for (const buyer of names) for (const supplier of names) {
    const byBuyer = kept.filter((r) => r.year === year && r.role === 'supplier' && r.reporter === buyer && r.partner === supplier)
    const bySupplier = kept.filter((r) => r.year === year && r.role === 'customer' && r.reporter === supplier && r.partner === buyer)
    if (byBuyer.length + bySupplier.length === 0) continue
    links.push({
      year, buyer, supplier, reported_by_buyer: Number(byBuyer.length > 0), reported_by_supplier: Number(bySupplier.length > 0),
      buyer_at_cap: atCap(year, buyer, 'supplier'), supplier_at_cap: atCap(year, supplier, 'customer'), value: largest(byBuyer) ?? largest(bySupplier),
    })
  }
  return links
}
