/** The files of one table put together, and the summary that accounts for every row: read = kept + quarantined. */
import { id, join, relation, sql, type Engine, type Relation } from '../engine/index.js'
import { cellRows, siftDuplicates, siftUnknownKeys, structuralRows, type BadRow } from './badRows.js'
import { rowFile, rowOrdinal, rowProblem } from './cells.js'
import { composed } from './columnNames.js'
import { describeRows } from './describeRows.js'
import { countReasons } from './quarantine.js'
import type { ReadSource } from './readSource.js'
import type { QuarantinedRow, TableSummary } from './records.js'
import type { TableSchema } from './schema.js'
import { isCapture } from './schemaFaults.js'

export interface MadeTable {
  readonly rows: Relation
  readonly summary: TableSummary
  readonly quarantine: readonly QuarantinedRow[]
}

/** Of a table that fails anyway, so many bad rows are listed. */
const longestFailingList = 100_000

/** `others` are the tables made so far; a reference to one that is not among them is noted, not checked. */
export async function makeTable(
  engine: Engine, table: TableSchema, sources: readonly ReadSource[], others: Readonly<Record<string, Relation>>, maxBad: number,
): Promise<MadeTable> {
  const columns = table.columns.map(({ name }) => id(name))
  const bad: BadRow[] = []
  const notes = sources.flatMap(({ source, notes: own }) => own.map((note) => `${source.name}: ${note}`))
  for (const { source, records, setAside } of sources) if (records.length + setAside.size === 0) notes.push(`${source.name}: it has no rows.`)
  for (const [file, source] of sources.entries()) append(bad, structuralRows(source, file), await cellRows(engine, source, file))
  const goodRows = sources.map(({ checked }, file) => sql`
    SELECT CAST(${file} AS INTEGER) AS ${rowFile}, ${rowOrdinal}, ${columns} FROM ${checked} WHERE ${rowProblem} IS NULL`)
  let good = relation('good', { key: [] }, join(goodRows, ' UNION ALL '))
  for (const reference of table.foreignKeys) {
    const other = reference.table === table.name ? good : others[reference.table]
    if (other === undefined) {
      notes.push(`${reference.columns.join(', ')} is not checked against ${reference.table}: no file of that table was given.`)
      continue
    }
    const sifted = await siftUnknownKeys(engine, good, reference, other, sources)
    append(bad, sifted.bad)
    good = sifted.good
  }
  if (table.key.length > 0) {
    const sifted = await siftDuplicates(engine, good, table.key, sources)
    append(bad, sifted.bad)
    good = sifted.good
  }
  const summary = summarise(table, sources, bad, notes)
  const failing = summary.quarantined > maxBad * summary.read
  const quarantine = await describeRows(engine, table.name, bad, sources, failing ? longestFailingList : Infinity)
  for (const { raw } of sources) await engine.release(raw)
  const rows = await keepRows(engine, table, good)
  for (const { checked } of sources) await engine.release(checked)
  return { rows, summary, quarantine }
}

/** The rows in the order of files and lines; a table with a key is sorted when it is written. */
async function keepRows(engine: Engine, { name, key, columns }: TableSchema, good: Relation): Promise<Relation> {
  const names = columns.map((column) => id(column.name))
  const keyed: Relation = { name, key: [], query: sql`SELECT ${names} FROM ${good}`, source: true }
  if (key.length > 0) return { ...(await engine.keep(keyed)), key }
  const order = ['row file', 'row ordinal']
  const kept = await engine.keep({ name, key: order, query: sql`SELECT * FROM ${good}`, source: true })
  return { name, key: [], query: sql`SELECT ${names} FROM ${kept}`, source: true }
}

function summarise(
  { name, columns }: TableSchema, sources: readonly ReadSource[], bad: readonly BadRow[], notes: readonly string[],
): TableSummary {
  const used = new Set<string | number>(columns.flatMap(({ from }) => (isCapture(from) ? [] : [typeof from === 'string' ? composed(from) : from])))
  const files = sources.map(({ source, encoding, records, setAside, header }, file) => {
    const read = records.length + setAside.size
    const quarantined = bad.reduce((count, row) => count + (row.file === file ? 1 : 0), 0)
    const ignored = header.filter((column, position) => !used.has(composed(column)) && !used.has(position + 1))
    return { file: source.name, read, kept: read - quarantined, quarantined, encoding, ignored }
  })
  const total = (count: (file: (typeof files)[number]) => number): number => files.reduce((sum, file) => sum + count(file), 0)
  return {
    table: name, read: total(({ read }) => read), kept: total(({ kept }) => kept), quarantined: bad.length,
    reasons: countReasons(bad), files, notes,
    repaired: sources.flatMap(({ source, repaired }) => repaired.map((cells) => ({ file: source.name, ...cells }))),
  }
}

/** Spreading a million arguments would overflow the stack. */
function append(bad: BadRow[], ...lists: readonly (readonly BadRow[])[]): void {
  for (const list of lists) for (const row of list) bad.push(row)
}
