/**
 * Cells of text to typed values, with the first problem of every row, as relations. Four steps, one common table expression
 * each: trim, missing codes, parse, check. A problem is a number, `8 · column + kind`, so that good rows carry nothing.
 */
import { id, join, relation, sql, type Relation, type Sql } from '../engine/index.js'
import type { QuarantineReason } from './records.js'
import type { NumberStyle, TableColumn } from './schema.js'

/** A column of the table and where its text comes from: a cell of the file, or the file's name. */
export interface BoundColumn {
  readonly column: TableColumn
  /** `c3`, or a text that is the same for every row: null where the file lacks an optional column. */
  readonly source: { readonly cell: string } | { readonly constant: string | null }
}

type CellReason = QuarantineReason & ('unparsable cell' | 'out of range' | 'not an allowed value' | 'missing required' | 'not different')
const kinds: readonly CellReason[] = ['unparsable cell', 'out of range', 'not an allowed value', 'missing required', 'not different']
const kindsPerColumn = 8
/** Of an `int`: 32 bits. */
export const largestInteger = 2147483647
const [unparsable, outOfRange, notAllowed, missingRequired, notDifferent] = [1, 2, 3, 4, 5]

/** Spaces that pad cells, also those of legacy files. */
const paddings = [' ', '\t', '\u00a0', '\u3000']

/** Names that no column of a user has: where a row comes from, and what is wrong with it. */
export const rowFile = id('row file')
export const rowOrdinal = id('row ordinal')
export const rowProblem = id('row problem')

/** `rowOrdinal`, the typed columns under their names, and `rowProblem`: missing for a good row. */
export function checkedRows(raw: Relation, columns: readonly BoundColumn[]): Relation {
  const names = columns.map(({ column }) => id(column.name))
  const first = sql`coalesce(${columns.map((_, index) => problemName(index))}, NULL)`
  return relation('checked', { key: [] }, sql`
    SELECT ordinal AS ${rowOrdinal}, ${names}, ${first} AS ${rowProblem} FROM ${typedRows(raw, columns)}`)
}

/** `ordinal` and every column's problem, in column order. */
export function rowProblems(raw: Relation, columns: readonly BoundColumn[]): Relation {
  const problems = columns.map((_, index) => problemName(index))
  return relation('problems', { key: ['ordinal'] }, sql`SELECT ordinal, ${problems} FROM ${typedRows(raw, columns)}`)
}

/** What a problem number says. */
export function problemOf(problem: number): { readonly column: number; readonly reason: CellReason } {
  return { column: Math.floor(problem / kindsPerColumn), reason: kinds[(problem % kindsPerColumn) - 1]! }
}

/** What a step selects for one column; `text` is the column that carries its text. */
type CellStep = (bound: BoundColumn, text: Sql, index: number) => readonly Sql[]

function typedRows(raw: Relation, columns: readonly BoundColumn[]): Relation {
  const step = (name: string, from: Relation, cells: CellStep): Relation => {
    const selected = columns.flatMap((bound, index) => cells(bound, textName(index), index))
    return relation(name, { key: [] }, sql`SELECT ordinal, ${selected} FROM ${from}`)
  }
  const trimmed = step('trimmed', raw, ({ source }, text) => [sql`${textOf(source)} AS ${text}`])
  const coded = step('coded', trimmed, ({ column }, text) => [sql`${withoutCodes(text, column.missing)} AS ${text}`])
  const parsed = step('parsed', coded, ({ column }, text, index) => [text, sql`${parse(column, text)} AS ${valueName(index)}`])
  return step('typed', parsed, ({ column }, _, index) => [
    sql`${finalValue(column, valueName(index))} AS ${id(column.name)}`,
    sql`${problem(column, index, columns.findIndex((other) => other.column.name === column.differsFrom))} AS ${problemName(index)}`,
  ])
}

/** How many cells of each column were read only because full-width numbers are repaired: one row. */
export function repairCounts(raw: Relation, columns: readonly BoundColumn[]): Relation {
  const counts = columns.map(({ column, source }) => {
    const text = withoutCodes(textOf(source), column.missing)
    const isRepaired = sql`${parseNumber(text, column.numbers)} IS NULL AND ${parseNumber(narrow(text), column.numbers)} IS NOT NULL`
    return sql`CAST(count(CASE WHEN ${isAscii(text)} THEN NULL WHEN ${isRepaired} THEN 1 END) AS DOUBLE)`
  })
  return relation('repaired', { key: [] }, sql`SELECT ${counts} FROM ${raw}`)
}

const textName = (index: number): Sql => id(`text ${index}`)
const valueName = (index: number): Sql => id(`value ${index}`)
const problemName = (index: number): Sql => id(`problem ${index}`)

/** Looking for padding costs a tenth of removing it, and few cells have any. How a cell begins shows in its order, which is that of its bytes. */
function textOf(source: BoundColumn['source']): Sql {
  if ('constant' in source) return sql`CAST(${source.constant} AS VARCHAR)`
  const cell = id(source.cell)
  const begins = paddings.map((space) => sql`(${cell} >= ${space} AND ${cell} < ${following(space)})`)
  const padded = [...begins, ...paddings.map((space) => sql`ends_with(${cell}, ${space})`)]
  return sql`CASE WHEN ${join(padded, ' OR ')} THEN trim(${cell}, ${paddings.join('')}) ELSE ${cell} END`
}

const following = (character: string): string => String.fromCodePoint(character.codePointAt(0)! + 1)

function withoutCodes(text: Sql, codes: readonly string[]): Sql {
  return sql`CASE WHEN ${text} IS NULL THEN NULL WHEN ${text} IN (${['', ...codes]}) THEN NULL ELSE ${text} END`
}

/** The value, or missing where the text is none of its type. */
function parse({ type, numbers, repairsWidth, true: trueTexts, false: falseTexts, format }: TableColumn, text: Sql): Sql {
  if (repairsWidth) return parseNumber(sql`CASE WHEN ${isAscii(text)} THEN ${text} ELSE ${narrow(text)} END`, numbers)
  if (type === 'int' || type === 'float') return parseNumber(text, numbers)
  if (type === 'bool') {
    return sql`CASE WHEN ${text} IS NULL THEN NULL WHEN ${text} IN (${trueTexts}) THEN TRUE
      WHEN ${text} IN (${falseTexts}) THEN FALSE ELSE NULL END`
  }
  if (type === 'date') return sql`CAST(try_strptime(${text}, ${format ?? '%Y-%m-%d'}) AS DATE)`
  return text
}

function parseNumber(text: Sql, { decimal, thousands }: NumberStyle): Sql {
  if (decimal === '.' && thousands === '') {
    // The engine's cast also takes 1_000 and inf.
    const value = sql`TRY_CAST(${text} AS DOUBLE)`
    return sql`CASE WHEN contains(${text}, '_') THEN NULL WHEN isfinite(${value}) THEN ${value} ELSE NULL END`
  }
  const [group, point] = [escaped(thousands), escaped(decimal)]
  const whole = thousands === '' ? '\\d+' : `(\\d{1,3}(${group}\\d{3})+|\\d+)`
  const bare = thousands === '' ? text : sql`replace(${text}, ${thousands}, '')`
  const pattern = `[+-]?${whole}(${point}\\d+)?`
  return sql`CASE WHEN regexp_full_match(${text}, ${pattern}) THEN CAST(replace(${bare}, ${decimal}, '.') AS DOUBLE) ELSE NULL END`
}

/** What NFKC makes of the characters of numbers. */
const [fullWidthSigns, asciiSigns] = ['０１２３４５６７８９．，＋－', '0123456789.,+-']
const narrow = (text: Sql): Sql => sql`translate(${text}, ${fullWidthSigns}, ${asciiSigns})`

/** As many bytes as characters: nothing to repair, and much cheaper to see than to repair. */
const isAscii = (text: Sql): Sql => sql`strlen(${text}) = length(${text})`

const escaped = (sign: string): string => (sign === '.' ? '\\.' : sign)

function finalValue({ type, values }: TableColumn, value: Sql): Sql {
  if (type === 'int') return sql`TRY_CAST(${value} AS INTEGER)`
  if (values === undefined || Array.isArray(values)) return value
  const cases = Object.entries(values).map(([text, becomes]) => sql`WHEN ${value} = ${text} THEN ${becomes}`)
  return sql`CASE ${join(cases, ' ')} ELSE NULL END`
}

/** Number of the first thing that is wrong with a cell, or missing. */
function problem({ type, required, range, values }: TableColumn, index: number, other: number): Sql {
  const [text, value] = [textName(index), valueName(index)]
  const code = (kind: number): number => index * kindsPerColumn + kind
  const absent = sql`WHEN ${text} IS NULL THEN ${required ? code(missingRequired) : null}`
  const cases = [absent, sql`WHEN ${value} IS NULL THEN ${code(unparsable)}`]
  if (type === 'int') {
    cases.push(sql`WHEN ${value} <> floor(${value}) THEN ${code(unparsable)}`)
    cases.push(sql`WHEN abs(${value}) > ${largestInteger} THEN ${code(unparsable)}`)
  }
  const limits = (range ?? [null, null]).map((limit) => (typeof limit === 'string' ? sql`CAST(${limit} AS DATE)` : limit))
  const [lowest, highest] = limits
  if (lowest !== null && lowest !== undefined) cases.push(sql`WHEN ${value} < ${lowest} THEN ${code(outOfRange)}`)
  if (highest !== null && highest !== undefined) cases.push(sql`WHEN ${value} > ${highest} THEN ${code(outOfRange)}`)
  const allowed = values === undefined ? undefined : Array.isArray(values) ? values : Object.keys(values)
  const texts = type === 'int' || type === 'float' ? allowed : allowed?.map(String)
  if (other >= 0) cases.push(sql`WHEN ${value} = ${valueName(other)} THEN ${code(notDifferent)}`)
  if (texts !== undefined) cases.push(sql`WHEN ${value} NOT IN (${texts}) THEN ${code(notAllowed)}`)
  return sql`CASE ${join(cases, ' ')} ELSE NULL END`
}
