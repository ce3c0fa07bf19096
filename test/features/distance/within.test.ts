/** Places and neighbours within a radius, distances in SQL and abroad, against plain loops. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb, type Engine } from '../../../src/engine/index.js'
import { foreignDistances, nearPlaces, neighboursWithin } from '../../../src/features/index.js'
import { greatCircle } from '../../../src/numerics/greatCircle.js'
import { find, randomRows, registerRows, rowsOf, sorted, type Row } from '../randomPanel.js'
import { registerTable } from '../tables.js'

const numRuns = 30
let engine: Engine
beforeAll(async () => {
  engine = await openDuckDb({ threads: 2 })
})
afterAll(() => engine.close())

interface Place {
  readonly code: string
  readonly latitude: number
  readonly longitude: number
}

const register = (name: string, places: readonly Place[], column: string) =>
  registerTable(engine, name, [column, 'latitude', 'longitude'], places.map(({ code, latitude, longitude }) => [code, latitude, longitude]), { key: [column], floats: ['latitude', 'longitude'] })

const between = (a: Place, b: Place): number => greatCircle(a.latitude, a.longitude, b.latitude, b.longitude)

/** Anywhere, and often near the poles or the date line. */
const randomPlaces = fc.array(fc.record({
  latitude: fc.oneof(fc.double({ min: -90, max: 90, noNaN: true }), fc.double({ min: 88, max: 90, noNaN: true })),
  longitude: fc.oneof(fc.double({ min: -180, max: 180, noNaN: true }), fc.constantFrom(-180, 180, 179.9, -179.9)),
}), { minLength: 1, maxLength: 40 }).map((points) => points.map((point, index): Place => ({ ...point, code: `p${String(index).padStart(2, '0')}` })))

describe('places within a radius', () => {
  it('are all pairs a loop finds, at the poles and the date line too', () => fc.assert(
    fc.asyncProperty(randomPlaces, fc.constantFrom(1, 25, 400, 3000, 12_000, 20_015), async (places, radius) => {
      const found = await rowsOf(engine, nearPlaces(register('municipalities', places, 'municipality'), radius))
      // Within a metre of the radius two libraries may differ.
      const clear = (a: Place, b: Place): boolean => Math.abs(between(a, b) - radius) > 1e-3
      const pairs = places.flatMap((a) => places.filter((b) => between(a, b) <= radius && clear(a, b)).map((b) => `${a.code} ${b.code}`))
      const byCode = new Map(places.map((place) => [place.code, place]))
      const got = found.filter(({ municipality, other }) => clear(byCode.get(String(municipality))!, byCode.get(String(other))!))
      expect(got.map(({ municipality, other }) => `${String(municipality)} ${String(other)}`)).toEqual(pairs)
      for (const { municipality, other, km } of found) expect(Math.abs(Number(km) - between(byCode.get(String(municipality))!, byCode.get(String(other))!))).toBeLessThan(1e-3)
    }), { numRuns }))

  it('need a radius', () => {
    const places = register('municipalities', [{ code: 'p', latitude: 0, longitude: 0 }], 'municipality')
    for (const radius of [0, -1, NaN, 30_000]) expect(() => nearPlaces(places, radius)).toThrow(expect.objectContaining({ name: 'OptionError' }) as Error)
  })
})

describe('neighbours within a radius', () => {
  const places: readonly Place[] = [{ code: 'NA', latitude: 40.85, longitude: 14.27 }, { code: 'TV', latitude: 45.67, longitude: 12.24 }]

  it.each([[25, 1], [600, 1], [600, 0]])('of %i km, %i periods back, leave the firm out', (radius, lag) => fc.assert(fc.asyncProperty(randomRows, async (rows) => {
    const firms = registerRows(engine, rows)
    const found = await rowsOf(engine, neighboursWithin(firms, register('municipalities', places, 'municipality'), { radius, active: 'active', place: 'area', lag }))
    const within = (a: string | null, b: string | null): boolean => {
      const [from, to] = [a, b].map((code) => places.find((place) => place.code === code))
      return from !== undefined && to !== undefined && between(from, to) <= radius
    }
    const expected = (row: Row): Record<string, unknown> => {
      const then = rows.filter(({ year }) => year === row.year - lag)
      const known = then.filter((other) => other.firm !== row.firm && other.active !== null && within(row.area, other.area))
      const missing = then.length === 0 || !within(row.area, row.area)
      const count = known.filter(({ active }) => active === 1).length
      return {
        firm: row.firm, year: row.year, neighbours_within: missing ? null : count, neighbours_within_observed: missing ? null : known.length,
        neighbours_within_share: missing || known.length === 0 ? null : count / known.length,
      }
    }
    expect(found).toEqual(sorted(rows).map((row) => expected(find(rows, row.firm, row.year)!)))
  }), { numRuns }))
})

describe('distances abroad', () => {
  it('are great circles', async () => {
    const tokyo = { code: '13101', latitude: 35.694, longitude: 139.7536 }
    const countries = [{ code: 'CHN', latitude: 39.9042, longitude: 116.4074 }, { code: 'JPN', latitude: 35.694, longitude: 139.7537 }]
    const found = await rowsOf(engine, foreignDistances(register('municipalities', [tokyo], 'municipality'), register('countries', countries, 'country')))
    expect(found[0]!.km).toBeCloseTo(between(tokyo, countries[0]!), 6)
    expect(found[0]!.log_km).toBeCloseTo(Math.log(between(tokyo, countries[0]!)), 9)
    expect(found[1]).toMatchObject({ country: 'JPN', km: 1, log_km: 0 })
  })
})
