/**
 * The engine's typing of columns of text by the kinds of `cellKinds.ts`. `_` is taken by the engine's casts (`1_000`), but is no number.
 */
import { id, relation, sql, type Relation, type Sql } from '../engine/index.js'
import { exactInteger, falseTexts, trueTexts, type CellKind, type CellRules } from './cellKinds.js'

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
  const large = sql`CASE WHEN isnan(${number}) THEN NULL ${code}
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
