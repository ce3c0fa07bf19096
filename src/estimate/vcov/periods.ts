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

/** Number of every value, whole numbers, in ascending order of the values, and how many differ. */
export function rankPeriods(period: Float64Array): { codes: Int32Array; levels: number } {
  let [low, high] = [Infinity, -Infinity]
  for (let row = 0; row < period.length; row++) {
    low = Math.min(low, period[row]!)
    high = Math.max(high, period[row]!)
  }
  const codes = new Int32Array(period.length)
  if (high - low > 4 * period.length + 1024) {
    const rank = new Map(Array.from(Float64Array.from(new Set(period)).sort(), (value, position) => [value, position]))
    for (let row = 0; row < codes.length; row++) codes[row] = rank.get(period[row]!)!
    return { codes, levels: rank.size }
  }
  const rank = new Int32Array(high - low + 1)
  for (let row = 0; row < codes.length; row++) rank[period[row]! - low] = 1
  let levels = 0
  for (let value = 0; value < rank.length; value++) if (rank[value] === 1) rank[value] = levels++
  for (let row = 0; row < codes.length; row++) codes[row] = rank[period[row]! - low]!
  return { codes, levels }
}
