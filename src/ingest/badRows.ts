/**
 * Finds the rows that must not enter a table: by themselves, by what they refer to, by their key. Words come later, for those
 * that are listed.
 */
import { Table, vectorFromArray } from 'apache-arrow'
import { id, join, relation, sql, type ArrowTable, type Engine, type Relation, type Sql } from '../engine/index.js'
import { problemOf, rowFile, rowOrdinal, rowProblem } from './cells.js'
import type { ReadSource } from './readSource.js'
import type { QuarantineReason } from './records.js'
import type { ForeignKey } from './schema.js'

/** A bad row by where it is. */
export interface BadRow {
  readonly file: number
  readonly record: number
  readonly reason: QuarantineReason
  readonly column: string | null
  /** Null for a row whose cells are at fault: they are described together, for the rows that are listed. */
  readonly detail: string | null
}

/** Good rows and those left out on the way. */
export interface Sifted {
  readonly good: Relation
  readonly bad: readonly BadRow[]
}

/** Records that gave no row. */
export function structuralRows({ setAside }: ReadSource, file: number): readonly BadRow[] {
  return [...setAside].map(([record, { reason, detail }]) => ({ file, record, reason, column: null, detail }))
}

/** Rows with a cell that is not what its column must be. */
export async function cellRows(engine: Engine, { checked, records }: ReadSource, file: number): Promise<readonly BadRow[]> {
  const bad = derived(sql`SELECT ${rowOrdinal}, ${rowProblem} FROM ${checked} WHERE ${rowProblem} IS NOT NULL`)
  const found = await engine.query(bad)
  const [ordinals, problems] = [intColumn(found, 0), intColumn(found, 1)]
  const badRow = (ordinal: number, row: number): BadRow =>
    ({ file, record: records[ordinal]!, reason: problemOf(problems[row]!).reason, column: null, detail: null })
  return Array.from(ordinals, badRow)
}

/** Rows whose reference is in no row of the other table; a reference with a missing part is none. */
export async function siftUnknownKeys(
  engine: Engine, good: Relation, reference: ForeignKey, other: Relation, sources: readonly ReadSource[],
): Promise<Sifted> {
  const columns = reference.columns.map((column) => id('g', column))
  const equals = reference.columns.map((column, index) => sql`${id('o', reference.references[index]!)} = ${id('g', column)}`)
  const present = join(columns.map((column) => sql`${column} IS NOT NULL`), ' AND ')
  const unknown = await engine.query(derived(sql`
    SELECT g.${rowFile}, g.${rowOrdinal}, concat_ws(', ', ${columns.map((column) => sql`CAST(${column} AS VARCHAR)`)}) AS shown
    FROM ${good} AS g WHERE ${present} AND NOT EXISTS (SELECT 1 FROM ${other} AS o WHERE ${join(equals, ' AND ')})`))
  const shown = unknown.getChildAt(2)!
  const target = `${reference.table}.${reference.references.join(', ')}`
  return without(engine, good, unknown, (file, ordinal, row) => ({
    file,
    record: sources[file]!.records[ordinal]!,
    reason: 'unknown foreign key',
    column: headerOf(sources[file]!, reference.columns[0]!),
    detail: `${String(shown.get(row))} is not in ${target}`,
  }))
}

/** All but the first row of every key, in the order of files and lines. */
export async function siftDuplicates(
  engine: Engine, good: Relation, key: readonly string[], sources: readonly ReadSource[],
): Promise<Sifted> {
  const columns = key.map((column) => id(column))
  // Grouping numbers takes a third of the memory and time of grouping texts; the few keys that share one are then compared.
  const hashed = derived(sql`SELECT hash(${columns}) AS hashed FROM ${good}`)
  const shared = derived(sql`SELECT hashed FROM ${hashed} GROUP BY hashed HAVING count(*) > 1`)
  const copies = derived(sql`SELECT g.* FROM ${good} AS g JOIN ${shared} AS s ON s.hashed = hash(${key.map((column) => id('g', column))})`)
  const order = sql`PARTITION BY ${columns} ORDER BY ${rowFile}, ${rowOrdinal}`
  const numbered = derived(sql`
    SELECT ${rowFile}, ${rowOrdinal}, row_number() OVER (${order}) AS copy,
      first_value(${rowFile}) OVER (${order}) AS first_file, first_value(${rowOrdinal}) OVER (${order}) AS first_ordinal
    FROM ${copies}`)
  const copied = derived(sql`SELECT ${rowFile}, ${rowOrdinal}, first_file, first_ordinal FROM ${numbered} WHERE copy > 1`)
  const later = await engine.query(copied)
  const [firstFiles, firstOrdinals] = [intColumn(later, 2), intColumn(later, 3)]
  return without(engine, good, later, (file, ordinal, row) => {
    const first = sources[firstFiles[row]!]!
    const line = first.lineOf(first.records[firstOrdinals[row]!]!)
    const detail = `same ${key.join(', ')} as line ${line}${firstFiles[row] === file ? '' : ` of ${first.source.name}`}`
    return { file, record: sources[file]!.records[ordinal]!, reason: 'duplicate key', column: null, detail }
  })
}

/** The good rows that are not among the found ones, whose first two columns say where they are. */
function without(
  engine: Engine, good: Relation, found: ArrowTable, describe: (file: number, ordinal: number, row: number) => BadRow,
): Sifted {
  if (found.numRows === 0) return { good, bad: [] }
  const [files, ordinals] = [intColumn(found, 0), intColumn(found, 1)]
  const left = engine.register(new Table({ file: vectorFromArray(files), ordinal: vectorFromArray(ordinals) }))
  // Three times as fast as NOT EXISTS over two columns.
  const among = sql`LEFT JOIN ${left} AS l ON l.file = g.${rowFile} AND l.ordinal = g.${rowOrdinal}`
  return {
    good: derived(sql`SELECT g.* FROM ${good} AS g ${among} WHERE l.file IS NULL`),
    bad: Array.from(files, (file, row) => describe(file, ordinals[row]!, row)),
  }
}

/** A step between: its rows are identified by file and ordinal, and never written. */
function derived(query: Sql): Relation {
  return relation('rows', { key: [] }, query)
}

function intColumn(table: ArrowTable, column: number): Int32Array {
  return table.getChildAt(column)!.data[0]!.values as Int32Array
}

/** How the file names a column of the table. */
function headerOf({ columns, header }: ReadSource, name: string): string {
  const { source } = columns.find(({ column }) => column.name === name)!
  return 'cell' in source ? header[Number(source.cell.slice(1))]! : name
}
