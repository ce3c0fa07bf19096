/**
 * A delimited UTF-8 file of any kind as a table, by the engine: the kinds of its columns by the rule of `cellKinds.ts`, and errors with their
 * line where its rows are not sound. Plain files are read faster by `plain/plainTable.ts`, to the same table.
 */
import { basename } from 'node:path'
import { globLiteral, id, join, relation, sql } from '../engine/index.js'
import type { ArrowTable, Engine, Relation } from '../engine/index.js'
import { isReshoreError, ReshoreError } from '../errors.js'
import { kindOf, type CellKind, type CellRules } from './cellKinds.js'
import type { CsvHeader } from './csvHeader.js'
import { typedColumns } from './csvTypes.js'
import { placeOf } from './oddTexts.js'
import { preparePlain } from './prepareText.js'
import { readRows } from './readRows.js'
import { recordTexts } from './recordIndex.js'
import { firstUndecodable } from './transcode.js'

/** Rows whose types propose; the rest of the file verifies. */
const sampleRows = 10_000

/** The columns at these `position`s, named by them. */
export function csvTable(engine: Engine, path: string, header: CsvHeader, columns: readonly string[], rules: CellRules): Promise<ArrowTable> {
  const raw = textRelation(path, header)
  return typedText(engine, raw, columns, rules).catch(async (error: unknown) => {
    if (isReshoreError(error) && error.name === 'NotFiniteError') throw await infiniteCell(engine, raw, { path, header, rules, error })
    // What the bulk reader stumbles over is found by its line; mixed line ends are no fault.
    if (!isReshoreError(error) || !['CsvError', 'CsvDialectError', 'EncodingError'].includes(error.name)) throw error
    return typedText(engine, await carefully(engine, path, header), columns, rules)
  })
}

/** The columns of a relation of text with the kinds that its cells bear out. */
async function typedText(engine: Engine, raw: Relation, columns: readonly string[], rules: CellRules): Promise<ArrowTable> {
  const kinds = await proposedKinds(engine, raw, columns, rules)
  for (;;) {
    try {
      return await engine.query(typedColumns(raw, columns, kinds, rules))
    } catch (error) {
      const column = isReshoreError(error) && error.name === 'CellError' ? error.message.split(' ').at(-1)! : undefined
      if (column === undefined) throw error
      const index = columns.indexOf(column)
      const verified = await kindOverAll(engine, raw, column, rules)
      kinds[index] = verified === kinds[index] ? 'text' : verified
    }
  }
}

interface InfiniteCell {
  readonly path: string
  readonly header: CsvHeader
  readonly rules: CellRules
  readonly error: ReshoreError
}

/** The engine's error in the words of the file: header, text and line. */
async function infiniteCell(engine: Engine, raw: Relation, { path, header, rules, error }: InfiniteCell): Promise<ReshoreError> {
  const column = /^column `(\w+)`/.exec(error.message)![1]!
  const name = header.names[Number(column.slice(1))]!
  const cells = (await engine.query(relation('texts', { key: [] }, sql`SELECT ${id(column)} FROM ${raw}`))).getChildAt(0)!
  const isInfinite = (cell: unknown): boolean => cell !== null && !Number.isFinite(Number(rules.decimalComma ? String(cell).replace(',', '.') : cell)) && kindOf([String(cell)], rules) !== undefined
  const row = Array.from({ length: cells.length }).findIndex((_, at) => isInfinite(cells.get(at)))
  return new ReshoreError('NotFiniteError', `column \`${name}\`: \`${String(cells.get(row)).trim()}\` in ${await placeOf(row, path, header, cells.length)} is no finite number`,
    'Correct it, make it an empty cell, or name it with --missing, NA and . as well where they mean missing.')
}

/** The file's rows held to the index of its records; the first bad one is an error with its line. */
async function carefully(engine: Engine, path: string, { delimiter, names }: CsvHeader): Promise<Relation> {
  const undecodable = await firstUndecodable(path)
  if (undecodable !== undefined) {
    const { line, byte } = undecodable
    throw new ReshoreError(
      'EncodingError',
      `${path}, line ${line}: byte 0x${byte.toString(16)} is not UTF-8`,
      'Convert it with `reshore ingest --encoding windows-1252`, or whatever encoding it has.',
    )
  }
  const text = await preparePlain(path, delimiter)
  const reader = text.setAside.size > 0 ? 'stream' : 'auto'
  const { rows, rejected } = await readRows(engine, text, { first: 1, columns: names.length, reader })
  const bad = new Map([...text.setAside, ...rejected])
  if (bad.size === 0) return rows
  const first = [...bad.keys()].reduce((a, b) => Math.min(a, b))
  const { detail } = bad.get(first)!
  const [shown] = await recordTexts(path, text.index, [first])
  throw new ReshoreError(
    'CsvError',
    `${path}, line ${text.index.lines[first]}: ${detail}: ${shown!.slice(0, 200)}`,
    'Correct the line, or use `reshore ingest`, which sets bad rows aside.',
  )
}

/** Kinds that fit the first rows; a column without a value there is looked at as a whole. */
async function proposedKinds(engine: Engine, raw: Relation, columns: readonly string[], rules: CellRules): Promise<CellKind[]> {
  const first = sql`SELECT ${columns.map((name) => id(name))} FROM ${raw} LIMIT ${sampleRows}`
  const sample = await engine.query(relation('sample', { key: [] }, first))
  const kinds: CellKind[] = []
  for (const [index, column] of columns.entries()) {
    const proposed = kindOf(textsOf(sample, index), rules)
    kinds.push(proposed ?? (sample.numRows < sampleRows ? 'number' : await kindOverAll(engine, raw, column, rules)))
  }
  return kinds
}

async function kindOverAll(engine: Engine, raw: Relation, column: string, rules: CellRules): Promise<CellKind> {
  const cells = await engine.query(relation('texts', { key: [] }, sql`SELECT DISTINCT ${id(column)} FROM ${raw}`))
  return kindOf(textsOf(cells, 0), rules) ?? 'number'
}

function textsOf(table: ArrowTable, column: number): Iterable<string> {
  return table.getChildAt(column)!.data[0]!.dictionary!.toArray() as Iterable<string>
}

/** The file with every cell as text, an empty one missing. Columns go by position: SQL names do not tell `Year` from `year`. */
function textRelation(path: string, { delimiter, names }: CsvHeader): Relation {
  const types = join(names.map((_, index) => sql`${position(index)}: 'VARCHAR'`))
  const dialect = sql`auto_detect = false, header = true, delim = ${delimiter}, quote = '"', escape = '"'`
  const query = sql`SELECT * FROM read_csv(${globLiteral(path)}, ${dialect}, columns = {${types}})`
  return { name: basename(path), key: [], query, source: true }
}

export function position(index: number): string {
  return `c${index}`
}
