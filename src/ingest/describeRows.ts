/** Bad rows in words: line, text and what exactly is wrong with every cell at fault. */
import { Table, vectorFromArray } from 'apache-arrow'
import { relation, sql, type Engine } from '../engine/index.js'
import type { BadRow } from './badRows.js'
import { largestInteger, problemOf, rowProblems, type BoundColumn } from './cells.js'
import type { ReadSource } from './readSource.js'
import type { QuarantinedRow } from './records.js'
import type { NumberStyle, TableColumn } from './schema.js'

/** The rows in the order of files and lines, at most `limit` of them. */
export async function describeRows(
  engine: Engine, table: string, bad: readonly BadRow[], sources: readonly ReadSource[], limit: number,
): Promise<QuarantinedRow[]> {
  const listed = [...bad].sort((a, b) => a.file - b.file || a.record - b.record).slice(0, limit)
  const described: QuarantinedRow[] = []
  for (const [file, source] of sources.entries()) {
    const own = listed.filter((row) => row.file === file)
    const texts = await source.textsOf(own.map(({ record }) => record))
    const cells = await describeCells(engine, source, own.filter(({ detail }) => detail === null).map(({ record }) => record))
    for (const [index, { record, reason, column, detail }] of own.entries()) {
      const text = texts[index]!
      const damaged = reason === 'undecodable byte' ? await damagedColumn(source, text) : column
      const found = detail === null ? cells.get(record)! : { column: damaged, detail }
      described.push({ table, file: source.source.name, line: source.lineOf(record), reason, text, ...found })
    }
  }
  return described
}

interface CellFault {
  readonly column: string
  readonly detail: string
}

/** Every cell at fault in the given records; the column is that of the first. */
async function describeCells(
  engine: Engine, { raw, columns, header, records }: ReadSource, wanted: readonly number[],
): Promise<ReadonlyMap<number, CellFault>> {
  if (wanted.length === 0) return new Map()
  const isWanted = new Set(wanted)
  const ordinals = Int32Array.from(records.keys()).filter((ordinal) => isWanted.has(records[ordinal]!))
  const chosen = engine.register(new Table({ ordinal: vectorFromArray(ordinals) }))
  const rows = relation('chosen', { key: ['ordinal'] }, sql`
    SELECT t.* FROM ${raw} AS t WHERE EXISTS (SELECT 1 FROM ${chosen} AS c WHERE c.ordinal = t.ordinal)`)
  const [cells, problems] = [await engine.query(rows), await engine.query(rowProblems(rows, columns))]
  const faults = new Map<number, CellFault>()
  for (const [row, ordinal] of ordinals.entries()) {
    const own = columns.flatMap((_, index) => (problems.getChildAt(index + 1)!.get(row) as number | null) ?? [])
    const words = own.map((problem) => {
      const { column, reason } = problemOf(problem)
      const { source } = columns[column]!
      const text = 'cell' in source ? (cells.getChild(source.cell)!.get(row) as string | null) : source.constant
      return `${nameOf(columns[column]!, header)} ${explain(columns[column]!.column, reason, text)}`
    })
    faults.set(records[ordinal]!, { column: nameOf(columns[problemOf(own[0]!).column]!, header), detail: words.join('; ') })
  }
  return faults
}

function nameOf({ column, source }: BoundColumn, header: readonly string[]): string {
  return 'cell' in source ? header[Number(source.cell.slice(1))]! : column.name
}

function explain(
  { type, range, values, numbers, format, differsFrom }: TableColumn, reason: ReturnType<typeof problemOf>['reason'], text: string | null,
): string {
  if (reason === 'missing required') return 'is missing'
  if (reason === 'not different') return `is the same as ${differsFrom}`
  const shown = `is \`${text ?? ''}\`,`
  if (reason === 'out of range') return `${shown} not in ${range![0] ?? '-∞'} … ${range![1] ?? '∞'}`
  const allowed = Array.isArray(values) ? values : Object.keys(values ?? {})
  if (reason === 'not an allowed value') return `${shown} none of ${allowed.join(', ')}`
  if (type === 'int') return `${shown} not a whole number up to ${largestInteger}${styleHint(numbers)}`
  return `${shown} not a ${type}${type === 'date' ? ` (${format ?? '%Y-%m-%d'})` : type === 'float' ? styleHint(numbers) : ''}`
}

function styleHint({ decimal, thousands }: NumberStyle): string {
  return thousands === '' ? ` (decimal sign \`${decimal}\`)` : ` (decimal sign \`${decimal}\`, thousands sign \`${thousands}\`)`
}

/** The column that holds what stands for an undecodable byte. */
async function damagedColumn({ cellsOf, header }: ReadSource, text: string): Promise<string | null> {
  const position = (await cellsOf(text)).findIndex((cell) => /\\x[0-9a-f]{2}/.test(cell))
  return header[position] ?? null
}
