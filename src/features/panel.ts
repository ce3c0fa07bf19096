/**
 * Panels and features. A panel is a relation with one row per unit and period. A feature is a relation with the same key that
 * knows the columns it adds, so that features are written apart, stand on one another, and are joined once at the end.
 *
 * Every feature is SQL over relations: nothing runs until an engine is asked. Flags are 0/1 integers, so that models take them
 * as they are; counts are integers; means and shares are doubles; a missing value is NULL.
 */
import { ReshoreError } from '../errors.js'
import { id, join, relation, sql } from '../engine/index.js'
import type { Relation, Sql } from '../engine/records.js'

export interface Panel {
  readonly rows: Relation
  /** Columns that identify a unit: a firm, or a firm and a destination. */
  readonly unit: readonly [string, ...string[]]
  /** Integer column: consecutive periods differ by 1. */
  readonly period: string
}

export interface PanelColumns {
  readonly unit: string | Panel['unit']
  readonly period: string
}

/** A relation keyed like its panel, with the names of what it adds. */
export interface Feature extends Relation {
  readonly columns: readonly string[]
}

/**
 * A panel from a relation with one row per unit and period (materialising any feature of it fails where a pair repeats).
 *
 * @example const firms = panel(survey, { unit: 'firm', period: 'year' })
 */
export function panel(rows: Relation, { unit, period }: PanelColumns): Panel {
  return { rows, unit: typeof unit === 'string' ? [unit] : unit, period }
}

/** The columns that identify a row of a panel. */
export const panelKey = ({ unit, period }: Panel): readonly string[] => [...unit, period]

/** A feature of a panel: `query` selects the key columns and `columns`. Two columns of one name are a `DuplicateColumnError`. */
export function feature(name: string, of: Panel, columns: readonly string[], query: Sql): Feature {
  const repeated = columns.find((column, index) => columns.indexOf(column) !== index || panelKey(of).includes(column))
  if (repeated !== undefined) throw duplicateColumn(repeated, name)
  return { ...relation(name, { key: panelKey(of) }, query), columns }
}

/**
 * The panel's rows with the columns of its features beside its own. A row a feature does not have gets missing values. Two
 * features with a column of the same name are a `DuplicateColumnError`.
 *
 * @example const sample = joinFeatures(firms, lags(firms, ['employees']), initialValues(firms, ['offshoring']))
 */
export function joinFeatures(to: Panel, ...features: readonly Feature[]): Relation {
  const seen = new Set<string>(panelKey(to))
  for (const { columns, name } of features) {
    for (const column of columns) {
      if (seen.has(column)) throw duplicateColumn(column, name)
      seen.add(column)
    }
  }
  if (features.length === 0) return to.rows
  const alias = (index: number): string => `f${index}`
  const added = features.flatMap(({ columns }, index) => columns.map((column) => id(alias(index), column)))
  const joins = features.map((one, index) => sql`
    LEFT JOIN ${one} AS ${id(alias(index))} ON ${sameValues(panelKey(to), 'p', alias(index))}`)
  return relation('joined', { key: panelKey(to) }, sql`SELECT p.*, ${added} FROM ${to.rows} AS p${sequence(joins)}`)
}

function duplicateColumn(column: string, where: string): ReshoreError {
  const remedy = 'Rename one of the two, or take one feature out.'
  return new ReshoreError('DuplicateColumnError', `column \`${column}\` appears twice in \`${where}\``, remedy, 2)
}

/** Pieces one after the other; none is fine. */
export const sequence = (pieces: readonly Sql[]): Sql => ({ parts: pieces.flatMap(({ parts }) => parts) })

/** `a.c = b.c AND …` over columns. */
export function sameValues(columns: readonly string[], a: string, b: string): Sql {
  return join(columns.map((column) => sql`${id(a, column)} = ${id(b, column)}`), ' AND ')
}

/** Identifiers of columns under an alias, for a SELECT or PARTITION BY list. */
export function columnsOf(alias: string, columns: readonly string[]): readonly Sql[] {
  return columns.map((column) => id(alias, column))
}
