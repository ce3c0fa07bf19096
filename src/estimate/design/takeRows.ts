/** Some rows of some columns of a table, in the types that models read: numbers (NaN where missing), texts as dictionaries, booleans. */
import { Bool, Dictionary, Int32, makeVector, Table, Utf8, vectorFromArray, type Vector } from 'apache-arrow'
import type { ArrowTable } from '../records.js'
import { columnKind, findColumn, readCodes, readNumbers } from './columns.js'

/** The rows in the order given. */
export function takeRows(table: ArrowTable, rows: Int32Array, names: readonly string[]): ArrowTable {
  return new Table(Object.fromEntries(names.map((name) => [name, takeColumn(findColumn(table, name, 'named by a model'), name, rows)]))) as ArrowTable
}

function takeColumn(column: Vector, name: string, rows: Int32Array): Vector {
  if (columnKind(column) === 'number') {
    const values = readNumbers(column, name)
    return makeVector(Float64Array.from(rows, (row) => values[row]!))
  }
  const { codes, levels } = readCodes(column, name)
  const taken = Array.from(rows, (row) => (codes[row]! < 0 ? null : levels[codes[row]!]!))
  return columnKind(column) === 'text'
    ? vectorFromArray(taken, new Dictionary(new Utf8(), new Int32()))
    : vectorFromArray(taken.map((value) => (value === null ? null : value === 'true')), new Bool())
}
