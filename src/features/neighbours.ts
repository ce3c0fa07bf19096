/**
 * Local spillovers: how many others did it here before. Counts and shares of the active units of an area in an earlier period,
 * without the unit itself, and counts of active rows of another table by area (investors, migrant firms).
 *
 * The area is that of the row, the activity that of the earlier period. Missing-value rule: missing where the area is missing
 * or the table has no row at all in the earlier period (the panel's first); 0 where the period was observed and nobody else was
 * active; the share is also missing where nobody else was observed. Rows with a missing activity or area do not count.
 * Unit: number of units; share from 0 to 1.
 */
import { id, join, sql, type } from '../engine/index.js'
import type { Relation, Sql } from '../engine/records.js'
import { checkedShift, atShift } from './lags.js'
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
  const { area, active, name = 'neighbours' } = options
  const lag = checkedLag(options.lag)
  const isActive = (alias: string): Sql => sql`CAST(${id(alias, active)} AS ${type('bool')})`
  const own = (what: Sql): Sql => sql`CASE WHEN ${sameValues(area, 'o', 'c')} AND ${what} THEN 1 ELSE 0 END`
  const known = sql`t.${id(of.period)} IS NOT NULL AND ${allPresent(area, 'c')}`
  const others = (column: string, self: Sql): Sql => sql`CASE WHEN ${known} THEN CAST(coalesce(${id('n', column)}, 0) - ${own(self)} AS ${type('int')}) END`
  const count = others('active_units', isActive('o'))
  const observed = others('known_units', sql`${id('o', active)} IS NOT NULL`)
  return feature(name, of, [name, `${name}_observed`, `${name}_share`], sql`
    SELECT ${columnsOf('k', panelKey(of))}, k.n_active AS ${id(name)}, k.n_known AS ${id(`${name}_observed`)},
      CASE WHEN k.n_known > 0 THEN CAST(k.n_active AS ${type('float')}) / k.n_known END AS ${id(`${name}_share`)}
    FROM (
      SELECT ${columnsOf('c', panelKey(of))}, ${count} AS n_active, ${observed} AS n_known
      FROM ${of.rows} AS c
      LEFT JOIN (${observedPeriods(of.rows, of.period)}) AS t ON ${id('t', of.period)} = ${id('c', of.period)} - ${lag}
      LEFT JOIN (${areaTotals(of.rows, of.period, area, active)}) AS n ON ${sameValues(area, 'n', 'c')} AND ${id('n', of.period)} = ${id('c', of.period)} - ${lag}
      LEFT JOIN ${of.rows} AS o ON ${atShift(of, 'o', 'c', -lag)}
    ) AS k`)
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
  return feature(name, of, [name], sql`
    SELECT ${columnsOf('c', panelKey(of))},
      CASE WHEN t.${id(period)} IS NOT NULL AND ${allPresent(area, 'c')} THEN CAST(coalesce(n.active_units, 0) AS ${type('int')}) END AS ${id(name)}
    FROM ${of.rows} AS c
    LEFT JOIN (${observedPeriods(from, period)}) AS t ON ${id('t', period)} = ${id('c', of.period)} - ${lag}
    LEFT JOIN (${areaTotals(from, period, area, active)}) AS n ON ${sameValues(area, 'n', 'c')} AND ${id('n', period)} = ${id('c', of.period)} - ${lag}`)
}

/** Active units and units with a known activity by area and period. */
function areaTotals(rows: Relation, period: string, area: readonly string[], active: string): Sql {
  const groups = [...columnsOf('a', area), id('a', period)]
  return sql`SELECT ${groups}, sum(CASE WHEN CAST(${id('a', active)} AS ${type('bool')}) THEN 1 ELSE 0 END) AS active_units, count(*) AS known_units
      FROM ${rows} AS a WHERE ${id('a', active)} IS NOT NULL GROUP BY ${groups}`
}

const observedPeriods = (rows: Relation, period: string): Sql => sql`SELECT DISTINCT ${id(period)} FROM ${rows}`

/** The area of the row is known. */
const allPresent = (area: readonly string[], alias: string): Sql => join(area.map((column) => sql`${id(alias, column)} IS NOT NULL`), ' AND ')

const checkedLag = (lag = 1): number => (lag === 0 ? 0 : checkedShift(lag))
