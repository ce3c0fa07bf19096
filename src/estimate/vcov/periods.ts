/** Periods of the rows used by a covariance that counts lags: whole numbers, none missing. */
import { ReshoreError } from '../../errors.js'
import { gather } from '../design/sample.js'
import { requireCells } from './requireCells.js'

/** Periods of `rows` from a column over the whole table, NaN where missing. Throws a `PeriodError` where one is missing or not a whole number. */
export function samplePeriods(column: Float64Array, name: string, rows: Int32Array): Float64Array {
  requireCells('PeriodError', `\`${name}\``, rows, (row) => Number.isNaN(column[row]!))
  const broken = rows.find((row) => !Number.isInteger(column[row]!))
  if (broken !== undefined) {
    throw new ReshoreError('PeriodError', `\`${name}\` is ${column[broken]} in row ${broken + 1}`, 'Periods are whole numbers, so that lags can be counted.')
  }
  return gather(column, rows)
}

/** Number of every value in ascending order of the values, and how many differ. */
export function rankPeriods(period: Float64Array): { codes: Int32Array; levels: number } {
  const values = Float64Array.from(new Set(period)).sort()
  const rank = new Map(Array.from(values, (value, position) => [value, position]))
  return { codes: Int32Array.from(period, (value) => rank.get(value)!), levels: values.length }
}
