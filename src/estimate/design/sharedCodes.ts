/** One code book for ids that stand in several columns or tables: the same id has the same code wherever it stands. */
import { ReshoreError } from '../../errors.js'
import type { ArrowTable } from '../records.js'
import { columnKind, findColumn, readCodes } from './columns.js'

export interface IdColumn {
  readonly table: ArrowTable
  readonly name: string
  /** What the column is: 'the unit of the shares'. */
  readonly role: string
}

export interface SharedCodes {
  /** Codes of every column over all its rows, −1 where missing. */
  readonly codes: readonly Int32Array[]
  readonly levels: readonly string[]
}

/** Codes of the columns; levels of the first come first, in their own order. Throws a `ColumnTypeError` where one holds text and another numbers. */
export function sharedCodes(columns: readonly IdColumn[]): SharedCodes {
  const vectors = columns.map(({ table, name, role }) => findColumn(table, name, role))
  const other = vectors.findIndex((vector) => columnKind(vector) !== columnKind(vectors[0]!))
  if (other > 0) {
    throw new ReshoreError('ColumnTypeError', `\`${columns[0]!.name}\` (${columns[0]!.role}) holds ${columnKind(vectors[0]!)} ids and \`${columns[other]!.name}\` (${columns[other]!.role}) ${columnKind(vectors[other]!)} ids`,
      'Read both columns as the same kind, so that the same id is the same in either.')
  }
  const book = new Map<string, number>()
  const codes = vectors.map((vector, position) => {
    const own = readCodes(vector, columns[position]!.name)
    const code = own.levels.map((label) => {
      const known = book.get(label)
      if (known !== undefined) return known
      book.set(label, book.size)
      return book.size - 1
    })
    return position === 0 ? own.codes : own.codes.map((level) => (level < 0 ? -1 : code[level]!))
  })
  return { codes, levels: [...book.keys()] }
}

/** A key of one or several columns of a table. */
export interface IdColumns {
  readonly table: ArrowTable
  readonly names: readonly string[]
  readonly role: string
}

/** Codes of keys with the same number of columns each; a key is missing where one of its columns is. Labels are joined by a space. */
export function sharedKeys(keys: readonly IdColumns[]): SharedCodes {
  const width = keys[0]!.names.length
  const other = keys.find(({ names }) => names.length !== width)
  if (other) {
    throw new ReshoreError('KeyError', `${keys[0]!.role} has ${width} ${width === 1 ? 'column' : 'columns'} and ${other.role} ${other.names.length}`, 'Name the same columns, in the same order, on both sides.', 2)
  }
  const columns = Array.from({ length: width }, (_, position) => sharedCodes(keys.map(({ table, names, role }) => ({ table, name: names[position]!, role }))))
  return columns.reduce(crossed)
}

function crossed(left: SharedCodes, right: SharedCodes): SharedCodes {
  const book = new Map<number, number>()
  const levels: string[] = []
  const codes = left.codes.map((own, table) => own.map((a, row) => {
    const b = right.codes[table]![row]!
    if (a < 0 || b < 0) return -1
    const cell = a * right.levels.length + b
    const known = book.get(cell)
    if (known !== undefined) return known
    book.set(cell, levels.length)
    return levels.push(`${left.levels[a]} ${right.levels[b]}`) - 1
  }))
  return { codes, levels }
}
