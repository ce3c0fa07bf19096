/**
 * Types of the columns of a plain CSV file, by the same rule for every cell (docs/conventions.md): a column is numeric when
 * every cell that is not missing is a number, boolean when every one is true or false, and text otherwise. A few thousand rows
 * propose; text is final, because one cell decides it; numbers and booleans are verified while the whole file is read.
 *
 * Cells are judged without the spaces around them. Integers that a double would round are ids, hence text: as doubles,
 * different ones would become the same. `_` is taken by the engine's casts (`1_000`), but is no number.
 */
import { id, relation, sql, type Relation, type Sql } from '../engine/index.js'

export type CellKind = 'number' | 'decimal-comma' | 'bool' | 'text'

export interface CellRules {
  /** Texts that mean missing in every column. */
  readonly missing: readonly string[]
  /** Texts that mean missing in columns that are otherwise numbers or booleans; NaN always does. */
  readonly missingInNumbers: readonly string[]
  /** `0,981` is a number in a column without a point. */
  readonly decimalComma: boolean
}

const trueTexts = ['true', 'TRUE', 'True']
const falseTexts = ['false', 'FALSE', 'False']
const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(inf|infinity)$/i
const nanPattern = /^[+-]?nan$/i
const exactInteger = 9007199254740992

/** The kind that fits all texts, or nothing where every one is missing. */
export function kindOf(texts: Iterable<string>, rules: CellRules): CellKind | undefined {
  const missing = new Set(['', ...rules.missing, ...rules.missingInNumbers])
  let kinds: readonly CellKind[] = rules.decimalComma ? ['number', 'decimal-comma', 'bool'] : ['number', 'bool']
  let informative = false
  for (const text of texts) {
    const cell = text.trim()
    if (missing.has(cell) || nanPattern.test(cell)) continue
    informative = true
    kinds = kinds.filter((kind) => fits(cell, kind))
    if (kinds.length === 0) return 'text'
  }
  return informative ? kinds[0] : undefined
}

function fits(cell: string, kind: CellKind): boolean {
  if (kind === 'bool') return trueTexts.includes(cell) || falseTexts.includes(cell)
  if (kind === 'decimal-comma') return !cell.includes('.') && fits(cell.replace(',', '.'), 'number')
  if (!numberPattern.test(cell)) return false
  return Math.abs(Number(cell)) < exactInteger || !/^[+-]?\d+$/.test(cell) || keepsInteger(cell.replace('+', ''))
}

/** The double is that integer, or is written so: software prints large doubles in their shortest digits. */
function keepsInteger(digits: string): boolean {
  const number = Number(digits)
  return BigInt(number) === BigInt(digits) || String(number) === digits
}

/**
 * The double that a cell of a numeric kind stands for, without spaces around it. Nothing where it is no number, and where the engine has the
 * last word: beyond the range of doubles, below their smallest, integers of more than 21 digits.
 */
export function numberIn(cell: string, kind: 'number' | 'decimal-comma'): number | undefined {
  if (!fits(cell, kind)) return undefined
  const number = Number(kind === 'number' ? cell : cell.replace(',', '.'))
  const vanished = number === 0 && /[1-9]/.test(cell.split(/e/i, 1)[0]!)
  return vanished || !Number.isFinite(number) || (Math.abs(number) >= 1e21 && /^[+-]?\d+$/.test(cell)) ? undefined : number
}

/**
 * The rows of a relation of text columns, each column as its kind. A cell that is not of its kind makes the engine fail with a
 * `CellError` that ends in the column's name, so that a wrong proposal shows.
 */
export function typedColumns(raw: Relation, columns: readonly string[], kinds: readonly CellKind[], rules: CellRules): Relation {
  // Cast first, judge after: a number is compared as a number, and its text is looked at only where the cast leaves a doubt.
  const casts = columns.flatMap((name, index) => {
    const kind = kinds[index]!
    if (kind !== 'number' && kind !== 'decimal-comma') return [id(name)]
    return [id(name), sql`TRY_CAST(${numberText(name, kind)} AS DOUBLE) AS ${id(`number ${name}`)}`]
  })
  const cells = relation('cells', { key: [] }, sql`SELECT ${casts} FROM ${raw}`)
  const typed = columns.map((name, index) => sql`${typedCell(name, kinds[index]!, rules)} AS ${id(name)}`)
  return relation('csv', { key: [] }, sql`SELECT ${typed} FROM ${cells}`)
}

function typedCell(name: string, kind: CellKind, rules: CellRules): Sql {
  const cell = id(name)
  const code = rules.missing.length === 0 ? sql`` : sql`WHEN trim(${cell}) IN (${rules.missing}) THEN NULL`
  if (kind === 'text') return sql`CASE WHEN ${cell} IS NULL THEN NULL ${code} ELSE ${cell} END`
  const fail = sql`error(${`CellError ${name}`})`
  const codes = ['', ...rules.missing, ...rules.missingInNumbers]
  const absent = sql`WHEN ${cell} IS NULL THEN NULL WHEN trim(${cell}) IN (${codes}) THEN NULL`
  if (kind === 'bool') {
    return sql`CASE WHEN ${cell} IS NULL THEN NULL
      WHEN trim(${cell}) IN (${trueTexts}) THEN TRUE WHEN trim(${cell}) IN (${falseTexts}) THEN FALSE
      ELSE CASE ${absent} ELSE CAST(${fail} AS BOOLEAN) END END`
  }
  const number = id(`number ${name}`)
  const text = numberText(name, kind)
  const large = sql`CASE WHEN isnan(${number}) THEN NULL
    WHEN contains(${text}, '_') THEN CAST(${fail} AS DOUBLE) WHEN isinf(${number}) THEN ${number}
    WHEN contains(${text}, '.') OR contains(lower(${text}), 'e') OR TRY_CAST(${number} AS HUGEINT) = TRY_CAST(${text} AS HUGEINT)
    OR TRY_CAST(CAST(${number} AS VARCHAR) AS HUGEINT) = TRY_CAST(${text} AS HUGEINT) THEN ${number}
    ELSE CAST(${fail} AS DOUBLE) END`
  return sql`CASE WHEN ${number} IS NULL THEN (CASE ${absent} ELSE CAST(${fail} AS DOUBLE) END)
    WHEN abs(${number}) >= ${exactInteger} OR contains(${cell}, '_') THEN ${large} ${code} ELSE ${number} END`
}

function numberText(name: string, kind: 'number' | 'decimal-comma'): Sql {
  const cell = id(name)
  return kind === 'number' ? cell : sql`CASE WHEN contains(${cell}, '.') THEN 'no number' ELSE replace(${cell}, ',', '.') END`
}
