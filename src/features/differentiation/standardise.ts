/**
 * Measures of industries with mean 0 and standard deviation 1 over industries (each counts once, whatever its size; divisor
 * n − 1), beside the raw ones. Missing where the measure is, or where it does not vary. Sums run in the order of industries.
 */
import { id, relation, sql, type } from '../../engine/index.js'
import type { Relation, Sql } from '../../engine/records.js'

/**
 * The rows of a relation keyed by `industry`, with a column `x_z` for every column `x` named.
 *
 * @example standardised(industries, ['contract_intensity'])
 */
export function standardised(industries: Relation, columns: readonly string[]): Relation {
  const value = (column: string): Sql => sql`CAST(${id('i', column)} AS ${type('float')})`
  const means = columns.map((column) =>
    sql`sum(${value(column)} ORDER BY i.industry) / nullif(count(${id('i', column)}), 0) AS ${id(column)}`)
  const centres = relation('means', { key: [] }, sql`SELECT ${means} FROM ${industries} AS i`)
  const deviation = (column: string): Sql => sql`(${value(column)} - ${id('m', column)})`
  const spreads = columns.map((column) => sql`
    sqrt(sum(${deviation(column)} * ${deviation(column)} ORDER BY i.industry) / nullif(count(${id('i', column)}) - 1, 0)) AS ${id(column)}`)
  const spread = relation('standard_deviations', { key: [] }, sql`SELECT ${spreads} FROM ${industries} AS i CROSS JOIN ${centres} AS m`)
  const scores = columns.map((column) => sql`${deviation(column)} / nullif(${id('s', column)}, 0) AS ${id(`${column}_z`)}`)
  return relation('standardised', { key: ['industry'] }, sql`
    SELECT i.*, ${scores} FROM ${industries} AS i CROSS JOIN ${centres} AS m CROSS JOIN ${spread} AS s`)
}
