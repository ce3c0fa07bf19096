/**
 * Distance from municipalities to countries: great circle to the country's point (main city or population-weighted centre,
 * as the table of countries has it), at least 1 km. Kilometres; `log_km` the natural logarithm. A buyer's foreign distance is that
 * of its municipality. Missing where either has no coordinates.
 */
import { relation, sql } from '../../engine/index.js'
import type { Relation } from '../../engine/records.js'
import { atLeastFloor, greatCircle } from './kilometres.js'

/**
 * `km` and `log_km`, keyed by municipality and country.
 *
 * @example foreignDistances(municipalities, countries)
 */
export function foreignDistances(municipalities: Relation, countries: Relation): Relation {
  const key = ['municipality', 'country']
  const pairs = relation('places_abroad', { key }, sql`
    SELECT m.municipality, c.country, ${atLeastFloor(greatCircle('m', 'c'))} AS km FROM ${municipalities} AS m CROSS JOIN ${countries} AS c`)
  return relation('foreign_distances', { key }, sql`SELECT p.municipality, p.country, p.km, ln(p.km) AS log_km FROM ${pairs} AS p`)
}
