/**
 * Distance of links: between the places of buyer and supplier in the year of the link.
 *
 * - `km`: kilometres, at least 1; `log_km` its natural logarithm; `distance_bin` the published bin.
 * - `same_municipality`: 0/1, missing where a municipality is.
 *
 * Missing-value rule: `km` is missing where a firm has no place, and inside a municipality without an area.
 */
import { id, relation, sql } from '../../engine/index.js'
import type { Relation, Sql } from '../../engine/records.js'
import { distanceBin, kilometres, sameMunicipality } from './kilometres.js'
import { firmPlaces, type PlaceOptions, type PlaceSources } from './places.js'

/**
 * Columns `km`, `log_km`, `distance_bin`, `same_municipality`, keyed like the links (year, buyer, supplier).
 *
 * @example linkDistances(links, { firms, municipalities })
 */
export function linkDistances(links: Relation, sources: PlaceSources, options: PlaceOptions = {}): Relation {
  const key = ['year', 'buyer', 'supplier']
  const places = firmPlaces(sources, options)
  const measured = relation('measured_links', { key }, sql`
    SELECT l.year, l.buyer, l.supplier, ${kilometres('b', 's')} AS km, ${sameMunicipalityFlag('b', 's')} AS same_municipality
    FROM ${links} AS l
    LEFT JOIN ${places} AS b ON b.year = l.year AND b.firm = l.buyer
    LEFT JOIN ${places} AS s ON s.year = l.year AND s.firm = l.supplier`)
  return relation('link_distances', { key }, sql`
    SELECT m.year, m.buyer, m.supplier, ${distanceColumns('m')} FROM ${measured} AS m`)
}

export const sameMunicipalityFlag = (from: string, to: string): Sql =>
  sql`CASE WHEN ${sameMunicipality(from, to)} THEN 1 WHEN NOT (${sameMunicipality(from, to)}) THEN 0 END`

/** Distance columns from `km` and `same_municipality` of a relation. */
export function distanceColumns(alias: string): Sql {
  const km = id(alias, 'km')
  return sql`${km}, ln(${km}) AS log_km, ${distanceBin(km)} AS distance_bin, ${id(alias, 'same_municipality')}`
}
