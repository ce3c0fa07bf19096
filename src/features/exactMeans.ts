/**
 * Sums, means and shares that are the same bits for any order of the rows: values are added as DECIMAL with twelve places (an
 * absolute error of 5e-13 a value), counts as integers, and divided once as doubles. Missing values are left out; a mean over
 * none is missing.
 */
import { sql, type } from '../engine/index.js'
import type { Sql } from '../engine/records.js'

/** As a number of the seam. */
export const asFloat = (value: Sql): Sql => sql`CAST(${value} AS ${type('float')})`

export const asInteger = (value: Sql): Sql => sql`CAST(${value} AS ${type('int')})`

/** Sum over the rows of a group, as a decimal that may be summed again. */
export const decimalSum = (value: Sql): Sql => sql`sum(CAST(${value} AS DECIMAL(38, 12)))`

/** Sum over the rows of a group. */
export const exactSum = (value: Sql): Sql => asFloat(decimalSum(value))

/** Mean over the rows of a group with a value. */
export const exactMean = (value: Sql): Sql => sql`${exactSum(value)} / nullif(count(${value}), 0)`

/** Share of the rows where a condition holds, among those where it is known. */
export const exactShare = (condition: Sql): Sql =>
  sql`${asFloat(sql`sum(CASE WHEN ${condition} THEN 1 WHEN NOT (${condition}) THEN 0 END)`)} / nullif(count(${condition}), 0)`

/** Rows of a group where a condition holds. */
export const countWhere = (condition: Sql): Sql => asInteger(sql`sum(CASE WHEN ${condition} THEN 1 ELSE 0 END)`)

/** A ratio of two integers, missing where the denominator is 0. */
export const ratio = (numerator: Sql, denominator: Sql): Sql => sql`${asFloat(numerator)} / nullif(${denominator}, 0)`

/** Natural logarithm; missing where the value is not positive. */
export const logOf = (value: Sql): Sql => sql`CASE WHEN ${value} > 0 THEN ln(${asFloat(value)}) END`
