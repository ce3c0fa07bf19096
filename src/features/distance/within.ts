/**
 * Neighbours within a radius: others active at most so many kilometres away in an earlier period. Pairs are made of places
 * (municipalities, or any code with coordinates), never of firms, and only of places in touching cells of a grid.
 *
 * The grid lies on the unit sphere in three dimensions, with cells as wide as the chord of the radius: a place within the
 * radius is in the same or one of the 26 cells around, at the poles and across the date line too. The grid join is plain SQL;
 * great-circle distances decide among its candidates.
 *
 * A unit's neighbours are counted from its place in the row's period; those in its own place count whatever its extent. The
 * unit itself is left out. Missing-value rule: missing where the place is missing or has no coordinates, or the table has no
 * row in the earlier period; the share is also missing where nobody else was observed; others without a place or activity do
 * not count. Unit: number of units; share from 0 to 1.
 */
import { ReshoreError } from '../../errors.js'
import { id, relation, sql, type } from '../../engine/index.js'
import type { Relation, Sql } from '../../engine/records.js'
import { asInteger, ratio } from '../exactMeans.js'
import { atShift, checkedLag } from '../lags.js'
import { areaTotals, observedPeriods } from '../neighbours.js'
import { columnsOf, feature, panelKey, type Feature, type Panel } from '../panel.js'
import { earthRadius, greatCircle } from './kilometres.js'

export interface WithinOptions {
  /** Kilometres. */
  readonly radius: number
  /** 0/1 or boolean column. */
  readonly active: string
  /** Column of the panel with the code of the place. Default `municipality`. */
  readonly place?: string
  /** Periods to look back. Default 1; 0 counts the same period. */
  readonly lag?: number
  /** Name of the count, and prefix of the others. Default `neighbours_within`. */
  readonly name?: string
}

/**
 * Pairs of places at most `radius` kilometres apart, keyed by `municipality` and `other`: `km` between their points; each place
 * is its own neighbour at 0.
 *
 * @example nearPlaces(municipalities, 25)
 */
export function nearPlaces(municipalities: Relation, radius: number): Relation {
  if (!(radius > 0 && radius <= earthRadius * Math.PI)) {
    throw new ReshoreError('OptionError', `a radius of ${radius} kilometres`, 'Give a positive number, at most half the way around the Earth.', 2)
  }
  // Slightly wider than the chord, so that rounding cannot lose a pair at exactly the radius.
  const width = 2 * Math.sin(radius / (2 * earthRadius)) * (1 + 1e-9)
  const radians = (column: string): Sql => sql`${id('m', column)} * ${Math.PI / 180}`
  const cell = (value: Sql): Sql => sql`CAST(floor((${value}) / ${width}) AS ${type('int')})`
  const cells = relation('grid_cells', { key: ['municipality'] }, sql`
    SELECT m.municipality, m.latitude, m.longitude,
      ${cell(sql`cos(${radians('latitude')}) * cos(${radians('longitude')})`)} AS cell_x,
      ${cell(sql`cos(${radians('latitude')}) * sin(${radians('longitude')})`)} AS cell_y, ${cell(sql`sin(${radians('latitude')})`)} AS cell_z
    FROM ${municipalities} AS m WHERE m.latitude IS NOT NULL AND m.longitude IS NOT NULL`)
  const steps = relation('steps', { key: ['step'] }, sql`SELECT -1 AS step UNION ALL SELECT 0 UNION ALL SELECT 1`)
  const around = relation('cells_around', { key: ['municipality', 'cell_x', 'cell_y', 'cell_z'] }, sql`
    SELECT c.municipality, c.latitude, c.longitude, c.cell_x + x.step AS cell_x, c.cell_y + y.step AS cell_y, c.cell_z + z.step AS cell_z
    FROM ${cells} AS c CROSS JOIN ${steps} AS x CROSS JOIN ${steps} AS y CROSS JOIN ${steps} AS z`)
  const candidates = relation('candidate_pairs', { key: ['municipality', 'other'] }, sql`
    SELECT a.municipality, b.municipality AS other, ${greatCircle('a', 'b')} AS km
    FROM ${around} AS a JOIN ${cells} AS b ON b.cell_x = a.cell_x AND b.cell_y = a.cell_y AND b.cell_z = a.cell_z`)
  return relation('near_places', { key: ['municipality', 'other'] }, sql`SELECT * FROM ${candidates} WHERE km <= ${radius}`)
}

/**
 * Columns `neighbours_within` (other active units within the radius), `neighbours_within_observed` (other units with a known
 * activity) and `neighbours_within_share` (the ratio).
 *
 * @example neighboursWithin(firms, municipalities, { radius: 25, active: 'offshoring' })
 */
export function neighboursWithin(of: Panel, municipalities: Relation, options: WithinOptions): Feature {
  const { radius, active, place = 'municipality', name = 'neighbours_within' } = options
  const lag = checkedLag(options.lag)
  const near = nearPlaces(municipalities, radius)
  const reach = relation('units_within', { key: ['municipality', of.period] }, sql`
    SELECT n.municipality, ${id('a', of.period)}, sum(a.active_units) AS active_units, sum(a.known_units) AS known_units
    FROM ${near} AS n JOIN ${areaTotals(of.rows, of.period, [place], active)} AS a ON ${id('a', place)} = n.other
    GROUP BY n.municipality, ${id('a', of.period)}`)
  const own = (condition: Sql): Sql => sql`CASE WHEN w.other IS NOT NULL AND ${condition} THEN 1 ELSE 0 END`
  const seen = sql`${id('t', of.period)} IS NOT NULL AND h.municipality IS NOT NULL`
  const others = (total: string, self: Sql): Sql =>
    sql`CASE WHEN ${seen} THEN ${asInteger(sql`coalesce(${id('r', total)}, 0) - ${own(self)}`)} END`
  const counts = relation('other_units_within', { key: panelKey(of) }, sql`
    SELECT ${columnsOf('c', panelKey(of))},
      ${others('active_units', sql`CAST(${id('o', active)} AS ${type('bool')})`)} AS active_others,
      ${others('known_units', sql`${id('o', active)} IS NOT NULL`)} AS known_others
    FROM ${of.rows} AS c
    LEFT JOIN ${near} AS h ON h.municipality = ${id('c', place)} AND h.other = h.municipality
    LEFT JOIN ${observedPeriods(of.rows, of.period)} AS t ON ${id('t', of.period)} = ${id('c', of.period)} - ${lag}
    LEFT JOIN ${reach} AS r ON r.municipality = ${id('c', place)} AND ${id('r', of.period)} = ${id('c', of.period)} - ${lag}
    LEFT JOIN ${of.rows} AS o ON ${atShift(of, 'o', 'c', -lag)}
    LEFT JOIN ${near} AS w ON w.municipality = ${id('c', place)} AND w.other = ${id('o', place)}`)
  return feature(name, of, [name, `${name}_observed`, `${name}_share`], sql`
    SELECT ${columnsOf('k', panelKey(of))}, k.active_others AS ${id(name)}, k.known_others AS ${id(`${name}_observed`)},
      ${ratio(sql`k.active_others`, sql`k.known_others`)} AS ${id(`${name}_share`)}
    FROM ${counts} AS k`)
}
