/** The rows of a table for which a condition holds. A comparison with a missing value is neither true nor false: such rows leave. */
import { ReshoreError } from '../../errors.js'
import { parseCondition } from '../formula/expression.js'
import type { ArrowTable } from '../records.js'
import { conditionColumns as columnsOf, conditionHolds } from './conditions.js'
import { readColumns } from './expressions.js'
import { usedRows } from './sample.js'
import { takeRows } from './takeRows.js'

/** Names of the columns a condition reads. */
export function conditionColumns(text: string): string[] {
  return [...new Set(columnsOf(parseCondition(text)))]
}

/**
 * The table without the rows for which `text` does not hold, its numbers as doubles. Throws an `EmptySampleError` where none is left.
 *
 * @example
 * const manufacturing = whereRows(trade, "category == 'MANUF' & trade > 0")
 */
export function whereRows(table: ArrowTable, text: string): ArrowTable {
  const truth = conditionHolds(parseCondition(text), readColumns(table, 'named by the condition'))
  const rows = usedRows(Uint8Array.from(truth, (value) => (value === 1 ? 1 : 0)))
  if (rows.length === 0) {
    throw new ReshoreError('EmptySampleError', `none of ${table.numRows} rows satisfies \`${text}\``, 'Look at the values of its columns: texts are compared as written, missing values satisfy nothing.')
  }
  return rows.length === table.numRows ? table : takeRows(table, rows, table.schema.fields.map(({ name }) => name))
}
