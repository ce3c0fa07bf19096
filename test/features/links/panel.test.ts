/** Link panel, counts of reports and statuses against plain loops over random worlds. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb, type Engine } from '../../../src/engine/index.js'
import { linkCounts, linkPanel, linkStatuses } from '../../../src/features/index.js'
import { rowsOf } from '../randomPanel.js'
import { cap, firmIn, linksOf, randomWorld, reasonOf, registerWorld, type World } from './world.js'

const numRuns = 40
const columns = { value: 'value' }
let engine: Engine
beforeAll(async () => {
  engine = await openDuckDb({ threads: 2 })
})
afterAll(() => engine.close())

const onRandomWorlds = (check: (world: World) => Promise<void>) => fc.assert(fc.asyncProperty(randomWorld, check), { numRuns })

describe('the link panel', () => {
  it('is the union of both sides, with flags of full lists and the value', () => onRandomWorlds(async (world) => {
    const { reports, firms } = registerWorld(engine, world)
    expect(await rowsOf(engine, linkPanel({ reports, firms, columns }, { cap }))).toEqual(linksOf(world))
  }))

  it('accounts for every report', () => onRandomWorlds(async (world) => {
    const { reports, firms } = registerWorld(engine, world)
    const counted = await rowsOf(engine, linkCounts({ reports, firms }, linkPanel({ reports, firms })))
    const expected = new Map<string, number>()
    const add = (year: number, reason: string, n: number): unknown => n > 0 && expected.set(`${year} ${reason}`, (expected.get(`${year} ${reason}`) ?? 0) + n)
    for (const report of world.reports) add(report.year, reasonOf(world, report), 1)
    for (const year of world.years) {
      const distinct = linksOf(world).filter((link) => link.year === year).reduce((sum, link) => sum + link.reported_by_buyer + link.reported_by_supplier, 0)
      const repeated = (expected.get(`${year} kept`) ?? 0) - distinct
      add(year, 'repeated report', repeated)
      if (repeated > 0) expected.set(`${year} kept`, distinct)
    }
    expect(new Map(counted.map(({ year, reason, reports: n }) => [`${String(year)} ${String(reason)}`, n]))).toEqual(expected)
    expect(counted.reduce((sum, { reports: n }) => sum + Number(n), 0)).toBe(world.reports.length)
  }))

  it('refuses a cap of no partner', () => {
    const { reports, firms } = registerWorld(engine, { years: [2005], firms: [], reports: [] })
    expect(() => linkPanel({ reports, firms }, { cap: 0 })).toThrow(expect.objectContaining({ name: 'OptionError', exitCode: 2 }) as Error)
  })
})

describe('statuses', () => {
  it('say what becomes of a link, who survives and what was formed again', () => onRandomWorlds(async (world) => {
    const { reports, firms } = registerWorld(engine, world)
    const [from, to] = [world.years[0]!, world.years.at(-1)!]
    const found = await rowsOf(engine, linkStatuses(linkPanel({ reports, firms }), firms, { from, to }))
    const links = linksOf(world)
    const seen = world.years.filter((year) => links.some((link) => link.year === year))
    const pairs = [...new Set(links.map(({ buyer, supplier }) => `${buyer}${supplier}`))].sort()
    const survives = (firm: string): boolean => firmIn(world, from, firm) !== undefined && firmIn(world, to, firm) !== undefined
    expect(found).toEqual(pairs.flatMap((pair) => {
      const [buyer, supplier] = [pair[0]!, pair[1]!]
      const present = seen.map((year) => links.some((link) => link.year === year && link.buyer === buyer && link.supplier === supplier))
      const [atFrom, atTo] = [present[seen.indexOf(from)] ?? false, present[seen.indexOf(to)] ?? false]
      if (!atFrom && !atTo) return []
      const [first, last] = [present.indexOf(true), present.lastIndexOf(true)]
      return [{
        buyer, supplier, year_from: from, year_to: to, status: atFrom ? (atTo ? 'continue' : 'drop') : 'add',
        reformed: Number(present.slice(first, last).includes(false)), partner_present: Number(survives(supplier)),
        both_present: Number(survives(supplier) && survives(buyer)), input_industry: firmIn(world, atFrom ? from : to, supplier)!.industry,
      }]
    }))
  }))

  it('see a link of the first and third year as formed again, from the second on', async () => {
    const year = (at: number) => ['a', 'b'].map((firm) => ({ year: at, firm, municipality: '13101', industry: 'E09', employees: 1, sales: 1 }))
    const report = (at: number) => ({ year: at, reporter: 'a', role: 'supplier', partner: 'b', value: null })
    const other = { year: 2006, reporter: 'b', role: 'supplier', partner: 'a', value: null }
    const { reports, firms } = registerWorld(engine, { years: [], firms: [2005, 2006, 2007].flatMap(year), reports: [report(2005), other, report(2007)] })
    const [link] = await rowsOf(engine, linkStatuses(linkPanel({ reports, firms }), firms, { from: 2006, to: 2007 }))
    expect(link).toMatchObject({ buyer: 'a', status: 'add', reformed: 1 })
    expect(() => linkStatuses(reports, firms, { from: 2007, to: 2006 })).toThrow(/earlier|between/)
  })
})
