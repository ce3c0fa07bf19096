/** What a panel is like: duplicate unit–times, gaps inside units, balance. Facts to report; nothing is changed. */
import { id, join, relation, sql, type ArrowTable, type Engine, type Relation, type Sql } from '../engine/index.js'
import type { PanelReport } from './records.js'

export interface PanelDeclaration {
  readonly unit: string | readonly string[]
  /** An integer column; consecutive times differ by one. */
  readonly time: string
}

const examples = 5

/**
 * Declares the unit and time of a panel; `panelReport` tells what the rows make of it.
 *
 * @example const report = await panelReport(engine, tables.survey, declarePanel({ unit: 'firm', time: 'year' }))
 */
export function declarePanel({ unit, time }: PanelDeclaration): { readonly unit: readonly string[]; readonly time: string } {
  return { unit: typeof unit === 'string' ? [unit] : unit, time }
}

/** Counts, duplicates, gaps and balance of the rows; rows without a unit or time do not count. */
export async function panelReport(engine: Engine, rows: Relation, declaration: PanelDeclaration): Promise<PanelReport> {
  const { unit, time } = declarePanel(declaration)
  const cells = unitTimes(rows, unit.map((column) => id(column)), id(time))
  const { duplicates, ...counts } = await countRows(engine, cells)
  const { gaps, units, ...span } = await countGaps(engine, cells)
  const perTime = await frequencies(engine, 'time', cells)
  const perUnit = await frequencies(engine, 'times', spans(cells))
  return {
    unit, time, ...counts, units, ...span, duplicates, gaps,
    balanced: perTime.every(([, present]) => present === units),
    perTime: perTime.map(([at, present]) => ({ time: at, units: present })),
    perUnit: perUnit.map(([times, present]) => ({ times, units: present })),
  }
}

/** One row a unit and time: `unit` as text, `time`, and how many rows it has. */
function unitTimes(rows: Relation, units: readonly Sql[], time: Sql): Relation {
  const unit = sql`concat_ws(', ', ${units.map((column) => sql`CAST(${column} AS VARCHAR)`)})`
  const present = join([...units, time].map((column) => sql`${column} IS NOT NULL`), ' AND ')
  return relation('unit_times', { key: ['unit', 'time'] }, sql`
    SELECT ${unit} AS unit, ${time} AS time, CAST(count(*) AS DOUBLE) AS n
    FROM ${rows} WHERE ${present} GROUP BY ${units}, ${time}`)
}

function spans(cells: Relation): Relation {
  return relation('spans', { key: ['unit'] }, sql`
    SELECT unit, min(time) AS first, max(time) AS last, count(*) AS times FROM ${cells} GROUP BY unit`)
}

async function countRows(engine: Engine, cells: Relation): Promise<Pick<PanelReport, 'rows' | 'duplicates'>> {
  const counted = await one(engine, sql`
    SELECT coalesce(sum(n), 0) AS rows, CAST(count(*) FILTER (n > 1) AS DOUBLE) AS pairs, coalesce(sum(n - 1), 0) AS extra
    FROM ${cells}`)
  const shown = await texts(engine, sql`
    SELECT unit || ' in ' || CAST(time AS VARCHAR) AS shown FROM ${cells} WHERE n > 1 ORDER BY unit, time LIMIT ${examples}`)
  return { rows: counted('rows')!, duplicates: { pairs: counted('pairs')!, rows: counted('extra')!, examples: shown } }
}

async function countGaps(engine: Engine, cells: Relation): Promise<Pick<PanelReport, 'units' | 'first' | 'last' | 'gaps'>> {
  const holes = relation('holes', { key: ['unit'] }, sql`SELECT *, last - first + 1 - times AS missing FROM ${spans(cells)}`)
  const counted = await one(engine, sql`
    SELECT CAST(count(*) AS DOUBLE) AS units, CAST(min(first) AS DOUBLE) AS first, CAST(max(last) AS DOUBLE) AS last,
      CAST(count(*) FILTER (missing > 0) AS DOUBLE) AS gapped, CAST(coalesce(sum(missing), 0) AS DOUBLE) AS missing FROM ${holes}`)
  const following = relation('following', { key: ['unit', 'time'] }, sql`
    SELECT unit, time, lead(time) OVER (PARTITION BY unit ORDER BY time) AS next FROM ${cells}`)
  const shown = await texts(engine, sql`
    SELECT unit || ' between ' || CAST(time AS VARCHAR) || ' and ' || CAST(next AS VARCHAR) AS shown
    FROM ${following} WHERE next > time + 1 ORDER BY unit, time LIMIT ${examples}`)
  const gaps = { units: counted('gapped')!, missing: counted('missing')!, examples: shown }
  return { units: counted('units')!, first: counted('first'), last: counted('last'), gaps }
}

/** The one row of a query, by column. */
async function one(engine: Engine, query: Sql): Promise<(column: string) => number | null> {
  const table = await engine.query(relation('counts', { key: [] }, query))
  return (column) => table.getChild(column)!.get(0) as number | null
}

async function texts(engine: Engine, query: Sql): Promise<readonly string[]> {
  return column(await engine.query(relation('examples', { key: [] }, query)), 0)
}

/** Values of an integer column in order, with how many rows have them. */
async function frequencies(engine: Engine, name: string, rows: Relation): Promise<readonly (readonly [number, number])[]> {
  const value = id(name)
  const table = await engine.query(relation('frequencies', { key: ['value'] }, sql`
    SELECT CAST(${value} AS DOUBLE) AS value, CAST(count(*) AS DOUBLE) AS n FROM ${rows} GROUP BY ${value}`))
  const counts = column<number>(table, 1)
  return column<number>(table, 0).map((found, row) => [found, counts[row]!])
}

function column<T>(table: ArrowTable, index: number): T[] {
  return [...table.getChildAt(index)!] as T[]
}
