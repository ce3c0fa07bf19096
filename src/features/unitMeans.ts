/**
 * What a correlated-random-effects model adds to a panel: the initial condition of Wooldridge (2005) and the unit means of
 * Mundlak (1978) in the variants that short dynamic panels need (Rabe-Hesketh and Skrondal 2013: a mean that includes the
 * initial period biases the constrained model; use the mean without it and the initial values, or the full history).
 *
 * Missing-value rule: means are over the values that are there, and missing where a unit has none. The rows are those of the
 * panel handed over: give the estimation sample (rows with all regressors present) to get means over exactly its rows.
 * Unit: that of the column. Sums run in period order, so the same rows give the same bits.
 */
import { ReshoreError } from '../errors.js'
import { id, relation, sql, type } from '../engine/index.js'
import type { Relation, Sql } from '../engine/records.js'
import { columnsOf, feature, panelKey, sameValues, type Feature, type Panel } from './panel.js'

/**
 * `all`: over all rows of a unit. `after-initial`: over all but its first, with its initial value beside. `history`: the value
 * of each listed period.
 */
export type MeanVariant =
  | { readonly variant?: 'all' }
  | { readonly variant: 'after-initial' }
  | { readonly variant: 'history'; readonly periods: readonly number[] }

/**
 * Columns `x_initial`: the value of `x` in the unit's first period, or in period `at` for all units (missing for a unit that is
 * not there then).
 *
 * @example initialValues(firms, ['offshoring'], { at: 2005 })
 */
export function initialValues(of: Panel, columns: readonly string[], { at }: { readonly at?: number } = {}): Feature {
  const names = columns.map((column) => `${column}_initial`)
  const values = columns.map((column, index) => sql`${id('o', column)} AS ${id(names[index]!)}`)
  const first = at === undefined ? id('s', 'first_period') : sql`${checkedPeriod(at)}`
  return feature('initial', of, names, sql`
    SELECT ${columnsOf('c', panelKey(of))}, ${values}
    FROM ${of.rows} AS c
    JOIN ${firstPeriods(of)} AS s ON ${sameValues(of.unit, 's', 'c')}
    LEFT JOIN ${of.rows} AS o ON ${sameValues(of.unit, 'o', 'c')} AND ${id('o', of.period)} = ${first}`)
}

/**
 * Unit means of numeric or 0/1 columns: `x_mean`; with `after-initial` also `x_initial`; with `history` instead `x_2006`, ….
 *
 * @example unitMeans(sample, ['employees_lag1', 'credit_lag1'])
 */
export function unitMeans(of: Panel, columns: readonly string[], options: MeanVariant = {}): Feature {
  const { variant = 'all' } = options
  if (options.variant === 'history') return history(of, columns, options.periods)
  if (variant === 'all') return overAllRows(of, columns)
  if (variant === 'after-initial') return afterInitial(of, columns)
  throw new ReshoreError('OptionError', `means of variant \`${String(variant)}\``, "Choose 'all', 'after-initial' or 'history'.", 2)
}

function overAllRows(of: Panel, columns: readonly string[]): Feature {
  const means = columns.map((column) => sql`${orderedMean(of, number(column))} AS ${id(`${column}_mean`)}`)
  return perUnit('means', of, columns.map((column) => `${column}_mean`), means)
}

function afterInitial(of: Panel, columns: readonly string[]): Feature {
  const isFirst = sql`${id('p', of.period)} = ${id('s', 'first_period')}`
  const values = columns.flatMap((column) => [
    sql`${orderedMean(of, sql`CASE WHEN NOT (${isFirst}) THEN ${number(column)} END`)} AS ${id(`${column}_mean`)}`,
    sql`max(CASE WHEN ${isFirst} THEN ${number(column)} END) AS ${id(`${column}_initial`)}`,
  ])
  return perUnit('means_after_initial', of, columns.flatMap((column) => [`${column}_mean`, `${column}_initial`]), values)
}

function history(of: Panel, columns: readonly string[], periods: readonly number[]): Feature {
  if (periods.length === 0) {
    throw new ReshoreError('PeriodError', 'a history of no periods', 'List the periods, such as [2006, 2007].', 2)
  }
  const wanted = periods.map(checkedPeriod)
  const cells = columns.flatMap((column) => wanted.map((period) => ({ column, period, name: `${column}_${period}` })))
  const values = cells.map(({ column, period, name }) =>
    sql`max(CASE WHEN ${id('p', of.period)} = ${period} THEN ${number(column)} END) AS ${id(name)}`)
  return perUnit('history', of, cells.map(({ name }) => name), values)
}

const number = (column: string): Sql => sql`CAST(${id('p', column)} AS ${type('float')})`

/** Added in period order: a sum of doubles in another order has other bits. */
function orderedMean({ period }: Panel, value: Sql): Sql {
  return sql`sum(${value} ORDER BY ${id('p', period)}) / count(${value})`
}

/** Aggregates over the rows `p` of a unit, with its first period in `s`, laid beside each of its rows. */
function perUnit(name: string, of: Panel, names: readonly string[], aggregates: readonly Sql[]): Feature {
  const units = relation(`${name}_by_unit`, { key: of.unit }, sql`
    SELECT ${columnsOf('p', of.unit)}, ${aggregates}
    FROM ${of.rows} AS p
    JOIN ${firstPeriods(of)} AS s ON ${sameValues(of.unit, 's', 'p')}
    GROUP BY ${columnsOf('p', of.unit)}`)
  return feature(name, of, names, sql`
    SELECT ${columnsOf('c', panelKey(of))}, ${columnsOf('m', names)}
    FROM ${of.rows} AS c
    JOIN ${units} AS m ON ${sameValues(of.unit, 'm', 'c')}`)
}

function firstPeriods(of: Panel): Relation {
  return relation('first_periods', { key: of.unit }, sql`
    SELECT ${columnsOf('p', of.unit)}, min(${id('p', of.period)}) AS first_period
    FROM ${of.rows} AS p GROUP BY ${columnsOf('p', of.unit)}`)
}

function checkedPeriod(period: number): number {
  if (Number.isSafeInteger(period)) return period
  throw new ReshoreError('PeriodError', `period ${period} is not a whole number`, 'Give periods as whole numbers, such as 2005.', 2)
}
