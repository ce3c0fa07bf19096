/**
 * Lags and leads by calendar: the value of the same unit exactly `by` periods earlier or later.
 *
 * Missing-value rule: missing where that period has no row or a missing value, also where an earlier row exists on the far
 * side of a gap. Unit and type: those of the column.
 */
import { ReshoreError } from '../errors.js'
import { id, sql } from '../engine/index.js'
import type { Sql } from '../engine/records.js'
import { columnsOf, feature, panelKey, sameValues, type Feature, type Panel } from './panel.js'

export interface ShiftOptions {
  /** Periods to look away. Default 1. */
  readonly by?: number
}

/**
 * Columns `x_lag1` (by the number of periods) with the values of `x` in the earlier period.
 *
 * @example lags(firms, ['employees', 'export_share'])
 */
export function lags(of: Panel, columns: readonly string[], { by = 1 }: ShiftOptions = {}): Feature {
  return shifted(of, columns, -checkedShift(by), `lag${by}`)
}

/** Columns `x_lead1` (by the number of periods) with the values of `x` in the later period. */
export function leads(of: Panel, columns: readonly string[], { by = 1 }: ShiftOptions = {}): Feature {
  return shifted(of, columns, checkedShift(by), `lead${by}`)
}

function shifted(of: Panel, columns: readonly string[], shift: number, suffix: string): Feature {
  const names = columns.map((column) => `${column}_${suffix}`)
  const values = columns.map((column, index) => sql`${id('o', column)} AS ${id(names[index]!)}`)
  return feature(suffix, of, names, sql`
    SELECT ${columnsOf('c', panelKey(of))}, ${values}
    FROM ${of.rows} AS c
    LEFT JOIN ${of.rows} AS o ON ${atShift(of, 'o', 'c', shift)}`)
}

/** `other` is the row of the same unit `shift` periods after `row`. */
export function atShift(of: Panel, other: string, row: string, shift: number): Sql {
  return sql`${sameValues(of.unit, other, row)} AND ${id(other, of.period)} = ${id(row, of.period)} + ${shift}`
}

/** A whole number of periods, at least 1. */
function checkedShift(by: number): number {
  if (!Number.isSafeInteger(by) || by < 1) {
    throw new ReshoreError('OptionError', `a lag or lead of ${by} periods`, 'Give a whole number of periods, at least 1.', 2)
  }
  return by
}

/** As `checkedShift`, or 0 for the same period; 1 where none is given. */
export const checkedLag = (lag = 1): number => (lag === 0 ? 0 : checkedShift(lag))
