/** Small tables for the engine, written as rows or columns: text becomes a dictionary, whole numbers integers. */
import { Dictionary, Float64, Int32, Table, Utf8, vectorFromArray } from 'apache-arrow'
import type { Engine, Relation } from '../../src/engine/index.js'

export type Cell = string | number | null

/** A registered table; a column of whole numbers is an integer column unless it is listed among the `floats` or `texts`. */
export function registerTable(
  engine: Engine, name: string, columns: readonly string[], rows: readonly (readonly Cell[])[], options: { key?: readonly string[]; floats?: readonly string[]; texts?: readonly string[] } = {},
): Relation {
  const vectors = columns.map((column, index) => {
    const cells = rows.map((row) => row[index]!)
    if ((options.texts ?? []).includes(column) || cells.some((cell) => typeof cell === 'string')) return vectorFromArray(cells as (string | null)[], new Dictionary(new Utf8(), new Int32()))
    const whole = !(options.floats ?? []).includes(column) && cells.every((cell) => cell === null || Number.isInteger(cell))
    return vectorFromArray(cells as (number | null)[], whole ? new Int32() : new Float64())
  })
  const table = new Table(Object.fromEntries(columns.map((column, index) => [column, vectors[index]!])))
  return engine.register(table, { name, key: options.key })
}
