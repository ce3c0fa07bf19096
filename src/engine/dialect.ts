/** DuckDB's spelling of identifiers, literals and types. */
import { ReshoreError } from '../errors.js'
import type { Dialect, SeamType, SqlValue } from './records.js'

const types: Record<SeamType, string> = { bool: 'BOOLEAN', int: 'INTEGER', float: 'DOUBLE', string: 'VARCHAR', date: 'DATE' }

export const duckDbDialect: Dialect = {
  name: 'duckdb',
  identifier: (name) => `"${withoutNul(name).replaceAll('"', '""')}"`,
  literal,
  type: (type) => types[type],
}

function literal(value: SqlValue): string {
  if (value === null) return 'NULL'
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (typeof value === 'string') return `'${withoutNul(value).replaceAll("'", "''")}'`
  if (typeof value === 'bigint') return value < 0n ? `(${value})` : `${value}`
  if (!Number.isFinite(value)) {
    throw new ReshoreError(
      'UnboundValueError',
      `${value} cannot be bound in a SQL template`,
      'Bind a finite number, or null for missing.',
    )
  }
  const text = Number.isSafeInteger(value) ? String(value) : doubleText(value)
  return value < 0 ? `(${text})` : text
}

/** With an exponent, because `1.5` is a DECIMAL and sums of it too. */
function doubleText(value: number): string {
  const text = String(value)
  return text.includes('e') ? text : `${text}e0`
}

function withoutNul(text: string): string {
  if (text.includes('\u0000')) {
    throw new ReshoreError(
      'UnboundValueError',
      'a name or text bound in a SQL template holds a NUL character',
      'Remove the NUL character.',
    )
  }
  return text
}
