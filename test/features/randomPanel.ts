/** Random panels with gaps and missing values, as tables for the engine and as rows for the brute-force checks. */
import { Dictionary, Float64, Int32, Table, Utf8, vectorFromArray } from 'apache-arrow'
import fc from 'fast-check'
import { panel, type Panel } from '../../src/features/index.js'
import type { Engine, Relation } from '../../src/engine/index.js'

export interface Row {
  readonly firm: string
  readonly year: number
  readonly x: number | null
  readonly active: number | null
  readonly area: string | null
  readonly sector: string
  readonly since: number | null
}

const oftenMissing = <T>(values: fc.Arbitrary<T>) => fc.option(values, { freq: 6 })

const firmRows = (firm: string): fc.Arbitrary<Row[]> =>
  fc.record({ years: fc.subarray([2001, 2002, 2003, 2004, 2005, 2006, 2007]), sector: fc.constantFrom('clothing', 'footwear'), since: oftenMissing(fc.integer({ min: 1995, max: 2009 })) })
    .chain(({ years, sector, since }) => fc.tuple(...years.map((year) => fc.record({
      firm: fc.constant(firm), year: fc.constant(year), sector: fc.constant(sector), since: fc.constant(since),
      x: oftenMissing(fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value + 0)), active: oftenMissing(fc.integer({ min: 0, max: 1 })),
      area: oftenMissing(fc.constantFrom('NA', 'TV', 'AP')),
    }))))

/** Up to eight firms over up to seven years, never empty. */
export const randomRows: fc.Arbitrary<Row[]> = fc.tuple(...['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(firmRows))
  .map((firms) => firms.flat()).filter((rows) => rows.length > 0)

/** Ten such panels in one table, with firms of their own: where firms do not meet, one query checks them all. */
export const manyRandomRows: fc.Arbitrary<Row[]> = fc.array(randomRows, { minLength: 10, maxLength: 10 })
  .map((panels) => panels.flatMap((rows, index) => rows.map((row) => ({ ...row, firm: `${index}${row.firm}` }))))

export function registerRows(engine: Engine, rows: readonly Row[]): Panel {
  const text = (pick: (row: Row) => string | null) => vectorFromArray(rows.map(pick), new Dictionary(new Utf8(), new Int32()))
  const table = new Table({
    firm: text(({ firm }) => firm), year: vectorFromArray(rows.map(({ year }) => year), new Int32()),
    x: vectorFromArray(rows.map(({ x }) => x), new Float64()), active: vectorFromArray(rows.map(({ active }) => active), new Int32()),
    area: text(({ area }) => area), sector: text(({ sector }) => sector), since: vectorFromArray(rows.map(({ since }) => since), new Int32()),
  })
  return panel(engine.register(table, { key: ['firm', 'year'], name: 'rows' }), { unit: 'firm', period: 'year' })
}

/** Rows of a relation in key order, as plain objects. */
export async function rowsOf(engine: Engine, relation: Relation): Promise<Record<string, unknown>[]> {
  const table = await engine.query(relation)
  return table.toArray().map((row) => (row as { toJSON(): Record<string, unknown> }).toJSON())
}

/** Rows in key order, as the engine gives them back. */
export const sorted = (rows: readonly Row[]): Row[] => [...rows].sort((a, b) => (a.firm < b.firm ? -1 : a.firm > b.firm ? 1 : a.year - b.year))

export const find = (rows: readonly Row[], firm: string, year: number): Row | undefined => rows.find((row) => row.firm === firm && row.year === year)
