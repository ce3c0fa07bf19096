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
  /** `c3`, or a text that is the same for every row. */
  readonly source: { readonly cell: string } | { readonly constant: string }
}

const kinds = ['unparsable cell', 'out of range', 'not an allowed value', 'missing required'] as const satisfies readonly QuarantineReason[]
const kindsPerColumn = 8
const [unparsable, outOfRange, notAllowed, missingRequired] = [1, 2, 3, 4]

/** Spaces that pad cells, also those of legacy files. */
const paddings = [' ', '\t', '\u00a0', '\u3000']

/** Names that no column of a user has: where a row comes from, and what is wrong with it. */
export const rowFile = id('row file')
export const rowOrdinal = id('row ordinal')
export const rowProblem = id('row problem')

/** `rowOrdinal`, the typed columns under their names, and `rowProblem`: missing for a good row. */
export function checkedRows(raw: Relation, columns: readonly BoundColumn[]): Relation {
  const problems = columns.map((_, index) => problemName(index))
  return relation('checked', { key: [] }, sql`SELECT ordinal AS ${rowOrdinal}, ${columns.map(({ column }) => id(column.name))}, coalesce(${problems}, NULL) AS ${rowProblem} FROM ${typedRows(raw, columns)}`)
}

/** `ordinal` and every column's problem, in column order. */
export function rowProblems(raw: Relation, columns: readonly BoundColumn[]): Relation {
  return relation('problems', { key: ['ordinal'] }, sql`SELECT ordinal, ${columns.map((_, index) => problemName(index))} FROM ${typedRows(raw, columns)}`)
}

/** What a problem number says. */
export function problemOf(problem: number): { readonly column: number; readonly reason: (typeof kinds)[number] } {
  return { column: Math.floor(problem / kindsPerColumn), reason: kinds[(problem % kindsPerColumn) - 1]! }
}

function typedRows(raw: Relation, columns: readonly BoundColumn[]): Relation {
  const each = (step: (column: TableColumn, index: number) => Sql): Sql => join(columns.map(({ column }, index) => step(column, index)))
  const trimmed = relation('trimmed', { key: [] }, sql`SELECT ordinal, ${columns.map(({ source }, index) => sql`${textOf(source)} AS ${textName(index)}`)} FROM ${raw}`)
  const coded = relation('coded', { key: [] }, sql`SELECT ordinal, ${each(({ missing }, index) => sql`${withoutCodes(textName(index), missing)} AS ${textName(index)}`)} FROM ${trimmed}`)
  const parsed = relation('parsed', { key: [] }, sql`SELECT ordinal, ${each((column, index) => sql`${textName(index)}, ${parse(column, textName(index))} AS ${valueName(index)}`)} FROM ${coded}`)
  return relation('typed', { key: [] }, sql`SELECT ordinal, ${each((column, index) =>
    sql`${finalValue(column, valueName(index))} AS ${id(column.name)}, ${problem(column, index)} AS ${problemName(index)}`)} FROM ${parsed}`)
}

const textName = (index: number): Sql => id(`text ${index}`)
const valueName = (index: number): Sql => id(`value ${index}`)
const problemName = (index: number): Sql => id(`problem ${index}`)

/** Looking for padding costs a quarter of removing it, and few cells have any. */
function textOf(source: BoundColumn['source']): Sql {
  if ('constant' in source) return sql`${source.constant}`
  const cell = id(source.cell)
  const padded = join(paddings.flatMap((space) => [sql`starts_with(${cell}, ${space})`, sql`ends_with(${cell}, ${space})`]), ' OR ')
  return sql`CASE WHEN ${padded} THEN trim(${cell}, ${paddings.join('')}) ELSE ${cell} END`
}

function withoutCodes(text: Sql, codes: readonly string[]): Sql {
  return sql`CASE WHEN ${text} IS NULL THEN NULL WHEN ${text} IN (${['', ...codes]}) THEN NULL ELSE ${text} END`
}

/** The value, or missing where the text is none of its type. */
function parse({ type, numbers, true: trueTexts, false: falseTexts, format }: TableColumn, text: Sql): Sql {
  if (type === 'int' || type === 'float') return parseNumber(text, numbers)
  if (type === 'bool') return sql`CASE WHEN ${text} IS NULL THEN NULL WHEN ${text} IN (${trueTexts}) THEN TRUE WHEN ${text} IN (${falseTexts}) THEN FALSE ELSE NULL END`
  if (type === 'date') return sql`CAST(try_strptime(${text}, ${format ?? '%Y-%m-%d'}) AS DATE)`
  return text
}

function parseNumber(text: Sql, { decimal, thousands }: NumberStyle): Sql {
  if (decimal === '.' && thousands === '') {
    // The engine's cast also takes 1_000 and inf.
    return sql`CASE WHEN contains(${text}, '_') THEN NULL WHEN isfinite(TRY_CAST(${text} AS DOUBLE)) THEN TRY_CAST(${text} AS DOUBLE) ELSE NULL END`
  }
  const [group, point] = [escaped(thousands), escaped(decimal)]
  const whole = thousands === '' ? '\\d+' : `(\\d{1,3}(${group}\\d{3})+|\\d+)`
  const bare = thousands === '' ? text : sql`replace(${text}, ${thousands}, '')`
  return sql`CASE WHEN regexp_full_match(${text}, ${`[+-]?${whole}(${point}\\d+)?`}) THEN CAST(replace(${bare}, ${decimal}, '.') AS DOUBLE) ELSE NULL END`
}

const escaped = (sign: string): string => (sign === '.' ? '\\.' : sign)

function finalValue({ type, values }: TableColumn, value: Sql): Sql {
  if (type === 'int') return sql`TRY_CAST(${value} AS INTEGER)`
  if (values === undefined || Array.isArray(values)) return value
  return sql`CASE ${join(Object.entries(values).map(([text, becomes]) => sql`WHEN ${value} = ${text} THEN ${becomes}`), ' ')} ELSE NULL END`
}

/** Number of the first thing that is wrong with a cell, or missing. */
function problem({ type, required, range, values }: TableColumn, index: number): Sql {
  const [text, value] = [textName(index), valueName(index)]
  const code = (kind: number): number => index * kindsPerColumn + kind
  const absent = sql`WHEN ${text} IS NULL THEN ${required ? code(missingRequired) : null}`
  const cases = [absent, sql`WHEN ${value} IS NULL THEN ${code(unparsable)}`]
  if (type === 'int') cases.push(sql`WHEN ${value} <> floor(${value}) THEN ${code(unparsable)} WHEN abs(${value}) > ${2147483647} THEN ${code(unparsable)}`)
  const [lowest, highest] = (range ?? [null, null]).map((limit) => (typeof limit === 'string' ? sql`CAST(${limit} AS DATE)` : limit))
  if (lowest !== null && lowest !== undefined) cases.push(sql`WHEN ${value} < ${lowest} THEN ${code(outOfRange)}`)
  if (highest !== null && highest !== undefined) cases.push(sql`WHEN ${value} > ${highest} THEN ${code(outOfRange)}`)
  const allowed = values === undefined ? undefined : Array.isArray(values) ? values : Object.keys(values)
  const texts = type === 'int' || type === 'float' ? allowed : allowed?.map(String)
  if (texts !== undefined) cases.push(sql`WHEN ${value} NOT IN (${texts}) THEN ${code(notAllowed)}`)
  return sql`CASE ${join(cases, ' ')} ELSE NULL END`
}
