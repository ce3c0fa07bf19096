/**
 * Local spillovers: how many others did it here before. Counts and shares of the active units of an area in an earlier period,
 * without the unit itself, and counts of active rows of another table by area (investors, migrant firms).
 *
 * The area is that of the row, the activity that of the earlier period. Missing-value rule: missing where the area is missing
 * or the table has no row at all in the earlier period (the panel's first); 0 where the period was observed and nobody else was
 * active; the share is also missing where nobody else was observed. Rows with a missing activity or area do not count.
 * Unit: number of units; share from 0 to 1.
 */
import { id, join, relation, sql, type } from '../engine/index.js'
import type { Relation, Sql } from '../engine/records.js'
import { atShift, checkedLag } from './lags.js'
import { columnsOf, feature, panelKey, sameValues, type Feature, type Panel } from './panel.js'

export interface NeighbourOptions {
  /** Columns of the area: `['province']`, or `['province', 'sector']` for counts by sector within area. */
  readonly area: readonly [string, ...string[]]
  /** 0/1 or boolean column. */
  readonly active: string
  /** Periods to look back. Default 1; 0 counts the same period. */
  readonly lag?: number
  /** Name of the count, and prefix of the others. Default `neighbours`. */
  readonly name?: string
}

/**
 * Columns `neighbours` (other active units of the area), `neighbours_observed` (other units with a known activity) and
 * `neighbours_share` (the ratio).
 *
 * @example activeNeighbours(firms, { area: ['province'], active: 'offshoring' })
 */
export function activeNeighbours(of: Panel, options: NeighbourOptions): Feature {
  const { name = 'neighbours' } = options
  const counts = otherUnits(of, options)
  return feature(name, of, [name, `${name}_observed`, `${name}_share`], sql`
    SELECT ${columnsOf('k', panelKey(of))}, k.active_others AS ${id(name)}, k.known_others AS ${id(`${name}_observed`)},
      CASE WHEN k.known_others > 0 THEN CAST(k.active_others AS ${type('float')}) / k.known_others END AS ${id(`${name}_share`)}
    FROM ${counts} AS k`)
}

/** Area totals of the earlier period less the unit's own row there, if it was in the same area. */
function otherUnits(of: Panel, { area, active, ...options }: NeighbourOptions): Relation {
  const lag = checkedLag(options.lag)
  const own = (what: Sql): Sql => sql`CASE WHEN ${sameValues(area, 'o', 'c')} AND ${what} THEN 1 ELSE 0 END`
  const others = (total: string, self: Sql): Sql => whole(sql`coalesce(${id('n', total)}, 0) - ${own(self)}`)
  const seen = sql`${id('t', of.period)} IS NOT NULL AND ${allPresent(area, 'c')}`
  return relation('other_units', { key: panelKey(of) }, sql`
    SELECT ${columnsOf('c', panelKey(of))},
      CASE WHEN ${seen} THEN ${others('active_units', sql`CAST(${id('o', active)} AS ${type('bool')})`)} END AS active_others,
      CASE WHEN ${seen} THEN ${others('known_units', sql`${id('o', active)} IS NOT NULL`)} END AS known_others
    FROM ${of.rows} AS c
    LEFT JOIN ${observedPeriods(of.rows, of.period)} AS t ON ${id('t', of.period)} = ${id('c', of.period)} - ${lag}
    LEFT JOIN ${areaTotals(of.rows, of.period, area, active)} AS n
      ON ${sameValues(area, 'n', 'c')} AND ${id('n', of.period)} = ${id('c', of.period)} - ${lag}
    LEFT JOIN ${of.rows} AS o ON ${atShift(of, 'o', 'c', -lag)}`)
}

export interface AreaCountOptions extends NeighbourOptions {
  /** Column of the period in the other table. Default: that of the panel. */
  readonly period?: string
  readonly name: string
}

/**
 * One column: the active rows of another table in the row's area in the earlier period.
 *
 * @example areaCounts(firms, investors, { area: ['province'], active: 'invests', name: 'fdi_neighbours' })
 */
export function areaCounts(of: Panel, from: Relation, options: AreaCountOptions): Feature {
  const { area, active, name, period = of.period } = options
  const lag = checkedLag(options.lag)
  const seen = sql`${id('t', period)} IS NOT NULL AND ${allPresent(area, 'c')}`
  return feature(name, of, [name], sql`
    SELECT ${columnsOf('c', panelKey(of))}, CASE WHEN ${seen} THEN ${whole(sql`coalesce(n.active_units, 0)`)} END AS ${id(name)}
    FROM ${of.rows} AS c
    LEFT JOIN ${observedPeriods(from, period)} AS t ON ${id('t', period)} = ${id('c', of.period)} - ${lag}
    LEFT JOIN ${areaTotals(from, period, area, active)} AS n
      ON ${sameValues(area, 'n', 'c')} AND ${id('n', period)} = ${id('c', of.period)} - ${lag}`)
}

/** Active units and units with a known activity by area and period. */
export function areaTotals(rows: Relation, period: string, area: readonly string[], active: string): Relation {
  const groups = columnsOf('a', [...area, period])
  return relation('area_totals', { key: [...area, period] }, sql`
    SELECT ${groups}, count(*) AS known_units,
      sum(CASE WHEN CAST(${id('a', active)} AS ${type('bool')}) THEN 1 ELSE 0 END) AS active_units
    FROM ${rows} AS a WHERE ${id('a', active)} IS NOT NULL GROUP BY ${groups}`)
}

/** The periods a table has rows of. */
export function observedPeriods(rows: Relation, period: string): Relation {
  return relation('observed_periods', { key: [period] }, sql`SELECT DISTINCT ${id(period)} FROM ${rows}`)
}

const whole = (value: Sql): Sql => sql`CAST(${value} AS ${type('int')})`

/** The area of the row is known. */
function allPresent(area: readonly string[], alias: string): Sql {
  return join(columnsOf(alias, area).map((column) => sql`${column} IS NOT NULL`), ' AND ')
}
