/** What a panel is like: duplicate unit–times, gaps inside units, balance. Facts to report; nothing is changed. */
import { id, join, relation, sql, type Engine, type Relation, type Sql } from '../engine/index.js'
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
  const [units, at] = [unit.map((column) => id(column)), id(time)]
  const present = join([...units, at].map((column) => sql`${column} IS NOT NULL`), ' AND ')
  const cells = relation('cells', { key: [] }, sql`SELECT ${units}, ${at}, CAST(count(*) AS DOUBLE) AS n FROM ${rows} WHERE ${present} GROUP BY ${units}, ${at}`)
  const spans = relation('spans', { key: [] }, sql`SELECT ${units}, min(${at}) AS first, max(${at}) AS last, count(*) AS times FROM ${cells} GROUP BY ${units}`)
  const shown = sql`concat_ws(', ', ${units.map((column) => sql`CAST(${column} AS VARCHAR)`)})`
  const one = async (query: Sql): Promise<readonly number[]> => {
    const table = await engine.query(relation('panel', { key: [] }, query))
    return table.schema.fields.map((_, column) => Number(table.getChildAt(column)!.get(0) ?? NaN))
  }
  const [count, pairs, extra] = await one(sql`SELECT coalesce(sum(n), 0), CAST(count(*) FILTER (n > 1) AS DOUBLE), coalesce(sum(n - 1), 0) FROM ${cells}`)
  const [unitCount, gapUnits, missing, first, last] = await one(sql`
    SELECT CAST(count(*) AS DOUBLE), CAST(count(*) FILTER (last - first + 1 > times) AS DOUBLE), CAST(coalesce(sum(last - first + 1 - times), 0) AS DOUBLE),
      CAST(min(first) AS DOUBLE), CAST(max(last) AS DOUBLE) FROM ${spans}`)
  const duplicates = await texts(engine, sql`SELECT ${shown} || ' in ' || CAST(${at} AS VARCHAR) AS shown FROM ${cells} WHERE n > 1 ORDER BY ${units}, ${at} LIMIT ${examples}`)
  const following = relation('following', { key: [] }, sql`SELECT ${units}, ${at}, lead(${at}) OVER (PARTITION BY ${units} ORDER BY ${at}) AS next FROM ${cells}`)
  const gaps = await texts(engine, sql`SELECT ${shown} || ' between ' || CAST(${at} AS VARCHAR) || ' and ' || CAST(next AS VARCHAR) AS shown FROM ${following} WHERE next > ${at} + 1 ORDER BY ${units}, ${at} LIMIT ${examples}`)
  const perTime = await pairsOf(engine, sql`SELECT CAST(${at} AS DOUBLE) AS a, CAST(count(*) AS DOUBLE) AS b FROM ${cells} GROUP BY ${at} ORDER BY ${at}`)
  const perUnit = await pairsOf(engine, sql`SELECT CAST(times AS DOUBLE) AS a, CAST(count(*) AS DOUBLE) AS b FROM ${spans} GROUP BY times ORDER BY times`)
  return {
    unit, time, rows: count!, units: unitCount!, first: finite(first), last: finite(last),
    duplicates: { pairs: pairs!, rows: extra!, examples: duplicates },
    gaps: { units: gapUnits!, missing: missing!, examples: gaps },
    balanced: perTime.every(([, present]) => present === unitCount),
    perTime: perTime.map(([time, present]) => ({ time, units: present })),
    perUnit: perUnit.map(([times, present]) => ({ times, units: present })),
  }
}

const finite = (value: number | undefined): number | null => (value === undefined || Number.isNaN(value) ? null : value)

async function texts(engine: Engine, query: Sql): Promise<readonly string[]> {
  const table = await engine.query(relation('examples', { key: [] }, query))
  return [...table.getChildAt(0)!] as string[]
}

async function pairsOf(engine: Engine, query: Sql): Promise<readonly (readonly [number, number])[]> {
  const table = await engine.query(relation('counts', { key: ['a'] }, query))
  return Array.from({ length: table.numRows }, (_, row) => [table.getChildAt(0)!.get(row) as number, table.getChildAt(1)!.get(row) as number])
}
