/** Codes in a column that a list of known codes lacks, with the rows they stand in: what checks of features report. */
import { id, relation, sql } from '../engine/index.js'
import type { Engine, Relation } from '../engine/records.js'
import { asInteger } from './exactMeans.js'

export interface LackingCode {
  readonly code: string
  readonly rows: number
}

export interface CodeCheck {
  readonly rows: Relation
  readonly column: string
  /** Known codes, in a column `code`. */
  readonly known: Relation
}

/** The most frequent first; rows without a code are not among them. */
export async function lackingCodes(engine: Engine, { rows, column, known }: CodeCheck): Promise<readonly LackingCode[]> {
  const table = await engine.query(relation('lacking_codes', { key: ['code'] }, sql`
    SELECT CAST(${id('r', column)} AS VARCHAR) AS code, ${asInteger(sql`count(*)`)} AS row_count
    FROM ${rows} AS r LEFT JOIN ${known} AS k ON k.code = ${id('r', column)}
    WHERE k.code IS NULL AND ${id('r', column)} IS NOT NULL GROUP BY ${id('r', column)}`))
  const [codes, counts] = [table.getChild('code')!, table.getChild('row_count')!]
  const found = Array.from({ length: table.numRows }, (_, row) => ({ code: String(codes.get(row)), rows: Number(counts.get(row)) }))
  return found.sort((a, b) => b.rows - a.rows)
}

const shown = 5

/** `13101 (20 rows), 27100 (3 rows)`, and how many more. */
export function named(found: readonly LackingCode[]): string {
  const list = found.slice(0, shown).map(({ code, rows }) => `\`${code}\` (${rows} ${rows === 1 ? 'row' : 'rows'})`).join(', ')
  return found.length > shown ? `${list} and ${found.length - shown} more` : list
}
