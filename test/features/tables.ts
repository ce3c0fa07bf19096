/** Small tables for the engine, written as rows or columns: text becomes a dictionary, whole numbers integers. */
import { Dictionary, Float64, Int32, Table, Utf8, vectorFromArray } from 'apache-arrow'
import type { Engine, Relation } from '../../src/engine/index.js'

export type Cell = string | number | null

interface TableOptions {
  readonly floats?: readonly string[]
  readonly texts?: readonly string[]
}

/** A column of whole numbers is an integer column unless it is listed among the `floats` or `texts`. */
export function tableFrom(columns: readonly string[], rows: readonly (readonly Cell[])[], { floats = [], texts = [] }: TableOptions = {}): Table {
  const vectors = columns.map((column, index) => {
    const cells = rows.map((row) => row[index]!)
    if (texts.includes(column) || cells.some((cell) => typeof cell === 'string')) return vectorFromArray(cells as (string | null)[], new Dictionary(new Utf8(), new Int32()))
    const whole = !floats.includes(column) && cells.every((cell) => cell === null || Number.isInteger(cell))
    return vectorFromArray(cells as (number | null)[], whole ? new Int32() : new Float64())
  })
  return new Table(Object.fromEntries(columns.map((column, index) => [column, vectors[index]!])))
}

export function registerTable(
  engine: Engine, name: string, columns: readonly string[], rows: readonly (readonly Cell[])[], options: TableOptions & { readonly key?: readonly string[] } = {},
): Relation {
  return engine.register(tableFrom(columns, rows, options), { name, key: options.key })
}
