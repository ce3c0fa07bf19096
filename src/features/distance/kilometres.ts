/**
 * Distance in SQL: great circle (haversine, R = 6371.0088 km), the distance inside a municipality, the floor before logarithms
 * and the published bins (docs/link-features.md). `numerics/greatCircle.ts` is the same formula on numbers; a test holds the two together.
 */
import { id, join, sql } from '../../engine/index.js'
import type { Sql } from '../../engine/records.js'

/** Mean Earth radius, kilometres. */
export const earthRadius = 6371.0088

/** Kilometres, before logarithms. */
const floorKilometres = 1

/** Upper ends of the bins, kilometres: the ticks of the published figure. */
const binEnds = [5, 25, 125, 625, 3125]

/** Great-circle kilometres between two relations with `latitude` and `longitude` in degrees; missing where one is. */
export function greatCircle(from: string, to: string): Sql {
  const radians = (alias: string, column: string): Sql => sql`(${id(alias, column)} * ${Math.PI / 180})`
  const half = (column: string): Sql => sql`sin((${radians(to, column)} - ${radians(from, column)}) / 2)`
  const cosines = sql`cos(${radians(from, 'latitude')}) * cos(${radians(to, 'latitude')})`
  const h = sql`${half('latitude')} * ${half('latitude')} + ${cosines} * ${half('longitude')} * ${half('longitude')}`
  // Not `least`: DuckDB's skips what is missing, that of other engines does not.
  return sql`${2 * earthRadius} * asin(sqrt(CASE WHEN ${h} > 1 THEN 1 ELSE ${h} END))`
}

/** Mean distance inside a municipality taken as a disc, kilometres, from its `area` in square kilometres. */
const ownDistance = (alias: string): Sql => sql`${2 / 3} * sqrt(${id(alias, 'area')} / ${Math.PI})`

/**
 * Kilometres between two places (relations with `municipality`, `latitude`, `longitude`, `area` and `exact`), at least the floor:
 * inside one municipality that of a disc of its area, unless both points are exact (a firm's own coordinates).
 */
export function kilometres(from: string, to: string): Sql {
  const within = sql`${sameMunicipality(from, to)} AND NOT (${id(from, 'exact')} = 1 AND ${id(to, 'exact')} = 1)`
  return atLeastFloor(sql`CASE WHEN ${within} THEN ${ownDistance(from)} ELSE ${greatCircle(from, to)} END`)
}

/** A distance under the floor is the floor. */
export const atLeastFloor = (distance: Sql): Sql =>
  sql`CASE WHEN ${distance} < ${floorKilometres} THEN ${floorKilometres} ELSE ${distance} END`

export const sameMunicipality = (from: string, to: string): Sql => sql`${id(from, 'municipality')} = ${id(to, 'municipality')}`

/** Label of the bin of a distance: `(0,5]`, `(5,25]`, …, `(625,3125]`, and `(3125,inf)` beyond; missing where the distance is. */
export function distanceBin(distance: Sql): Sql {
  const cases = binEnds.map((end, index) => sql`WHEN ${distance} <= ${end} THEN ${`(${binEnds[index - 1] ?? 0},${end}]`}`)
  return sql`CASE ${join(cases, ' ')} WHEN ${distance} > ${binEnds.at(-1)!} THEN ${`(${binEnds.at(-1)!},inf)`} END`
}
