/** Serial part of a panel covariance: Σ_i Σ_{t ≠ u, |t − u| ≤ L} (1 − |t − u| / (L + 1)) s_it s_iu' (Newey and West 1987). */
import { countingSort } from '../../numerics/countingSort.js'
import type { ScoreData } from '../records.js'
import { rankPeriods } from './periods.js'

/** k × k; `unit` and `period` by row of the sample, rows of the same unit and period summed first. */
export function serialMeat({ scores, parameters: k, rows, frequencies }: ScoreData, unit: Int32Array, period: Float64Array, lags: number): Float64Array {
  const order = rowsByUnitAndPeriod(unit, period)
  const meat = new Float64Array(k * k)
  // Sums of one unit, one block of k a period, oldest first; cells before `first` are out of every later row's reach.
  let sums = new Float64Array(16 * k)
  let periods = new Float64Array(16)
  let count = 0
  const near = new Float64Array(k)
  const close = (): void => {
    if (count < 2) return
    const own = (count - 1) * k
    near.fill(0)
    for (let cell = count - 2; cell >= 0; cell--) {
      const apart = periods[count - 1]! - periods[cell]!
      if (apart > lags) break
      for (let j = 0; j < k; j++) near[j]! += (1 - apart / (lags + 1)) * sums[cell * k + j]!
    }
    for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) meat[a * k + b]! += sums[own + a]! * near[b]! + near[a]! * sums[own + b]!
  }
  for (let position = 0; position < rows; position++) {
    const row = order[position]!
    const sameUnit = position > 0 && unit[order[position - 1]!] === unit[row]
    if (!sameUnit || periods[count - 1] !== period[row]) {
      close()
      if (!sameUnit) count = 0
      if (count === periods.length) {
        periods = grown(periods)
        sums = grown(sums)
      }
      periods[count] = period[row]!
      sums.fill(0, count * k, (count + 1) * k)
      count++
    }
    const frequency = frequencies ? frequencies[row]! : 1
    for (let j = 0; j < k; j++) sums[(count - 1) * k + j]! += frequency * scores[row * k + j]!
  }
  close()
  return meat
}

function grown(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * values.length)
  larger.set(values)
  return larger
}

/** Rows by unit, within units by period: two stable counting sorts, the last by unit. */
function rowsByUnitAndPeriod(unit: Int32Array, period: Float64Array): Int32Array {
  const { codes: rank } = rankPeriods(period)
  return countingSort(countingSort(rank.map((_, row) => row), rank), unit)
}
