/**
 * Risk sets of a counting process without sorting the rows: every row (start, stop] is mapped to the range of event times
 * it is at risk at. Sums over risk sets then are a scatter at the two ends of the range and one suffix sum over event times.
 *
 * Times closer than R's tolerance (√ε relative to the mean time) are one time, as in `survival::aeqSurv`. Intervals are open on
 * the left: a row that enters at an event time is not at risk there.
 */
import { ReshoreError } from '../../../errors.js'
import type { SurvivalColumns } from '../../records.js'

/**
 * Event times are distinct and ascending within a stratum; strata follow one another. `offsets` (strata + 1) says where each
 * begins. Row i is at risk at event times `before[i] < k ≤ last[i]`; `before` is −1 for a row there from its stratum's first
 * event time on, and both are −1 for a row never at risk. An event row has its event at `last[i]`.
 */
export interface RiskSets {
  readonly rows: number
  readonly strata: number
  readonly times: Float64Array
  readonly offsets: Int32Array
  readonly before: Int32Array
  readonly last: Int32Array
  /** Rows that end in an event, ascending. */
  readonly eventRows: Int32Array
  /** Events at each event time. */
  readonly deaths: Int32Array
}

/** R's `timefix`: two times are one when they differ by less than this, absolutely or relative to the mean time. */
const relativeTolerance = Math.sqrt(Number.EPSILON)

/**
 * Risk sets of start–stop rows by stratum.
 *
 * @throws ReshoreError `IntervalError` for a stop that is not after its start, `NoEventsError` when nothing ever happens.
 */
export function riskSets(survival: SurvivalColumns): RiskSets {
  const rows = survival.stop.length
  const tolerance = checkIntervals(survival)
  const { times, offsets } = eventTimes(survival, tolerance)
  if (times.length === 0) {
    throw new ReshoreError('NoEventsError', `None of the ${rows} rows ends in an event: the hazard cannot be estimated.`,
      'Check the event column and its coding (1 = event, 0 = censored) and the rows that were dropped.')
  }
  const strata = offsets.length - 1
  const search = Array.from({ length: strata }, (_, s) => countUpTo(times, offsets[s]!, offsets[s + 1]!))
  const before = new Int32Array(rows).fill(-1)
  const last = new Int32Array(rows).fill(-1)
  const deaths = new Int32Array(times.length)
  const { start, stop, event, strata: stratumOf, hasStart } = survival
  const eventRows = new Int32Array(countEvents(event))
  let events = 0
  for (let i = 0; i < rows; i++) {
    const stratum = stratumOf[i]!
    const first = offsets[stratum]!
    const upTo = search[stratum]!
    const exit = upTo(stop[i]! + tolerance)
    const entry = hasStart ? upTo(start[i]! + tolerance) : first
    if (entry === exit) continue
    last[i] = exit - 1
    if (entry > first) before[i] = entry - 1
    if (event[i] === 1) {
      eventRows[events++] = i
      deaths[exit - 1]!++
    }
  }
  return { rows, strata, times, offsets, before, last, eventRows, deaths }
}

/** First event time each row is at risk at; 0 for rows never at risk. */
export function firstTimes(risk: RiskSets): Int32Array {
  const stratum = stratumOfTimes(risk)
  return risk.last.map((last, i) => (last < 0 ? 0 : risk.before[i]! < 0 ? risk.offsets[stratum[last]!]! : risk.before[i]! + 1))
}

function countEvents(event: Uint8Array): number {
  let count = 0
  for (let i = 0; i < event.length; i++) count += event[i]!
  return count
}

/** Stratum of each event time. */
export function stratumOfTimes({ offsets, times }: RiskSets): Int32Array {
  const stratum = new Int32Array(times.length)
  for (let s = 0; s + 1 < offsets.length; s++) stratum.fill(s, offsets[s]!, offsets[s + 1]!)
  return stratum
}

/** Tolerance in units of time; the first row whose interval has no length is named. */
function checkIntervals({ start, stop, hasStart }: SurvivalColumns): number {
  let total = 0
  for (let i = 0; i < stop.length; i++) total += Math.abs(stop[i]!)
  const tolerance = relativeTolerance * Math.max(1, total / Math.max(1, stop.length))
  if (!hasStart) return tolerance
  let bad = 0
  let first = -1
  for (let i = 0; i < stop.length; i++) {
    if (stop[i]! - start[i]! > tolerance) continue
    if (bad++ === 0) first = i
  }
  if (bad > 0) {
    throw new ReshoreError('IntervalError',
      `${bad} of ${stop.length} rows end at or before they start (first: row ${first + 1} of the sample, start ${start[first]}, stop ${stop[first]}).`,
      'Every row must cover a positive length of time (start, stop]: repair or drop these rows.')
  }
  return tolerance
}

/** Distinct event times by stratum; a gap within the tolerance joins its neighbours under the earlier time. */
function eventTimes(survival: SurvivalColumns, tolerance: number): { times: Float64Array; offsets: Int32Array } {
  const { stop, event, strata } = survival
  const count = Math.max(1, survival.strataLevels.length)
  const ends = new Int32Array(count + 1)
  for (let i = 0; i < stop.length; i++) if (event[i] === 1) ends[strata[i]! + 1]!++
  for (let s = 0; s < count; s++) ends[s + 1]! += ends[s]!
  const all = new Float64Array(ends[count]!)
  const next = ends.slice(0, count)
  for (let i = 0; i < stop.length; i++) if (event[i] === 1) all[next[strata[i]!]!++] = stop[i]!
  const offsets = new Int32Array(count + 1)
  let kept = 0
  for (let s = 0; s < count; s++) {
    const sorted = all.subarray(ends[s]!, ends[s + 1]!).sort()
    let last = Number.NEGATIVE_INFINITY
    for (const time of sorted) {
      if (time - last > tolerance) all[kept++] = time
      last = time
    }
    offsets[s + 1] = kept
  }
  return { times: all.slice(0, kept), offsets }
}

/**
 * A function t -> `from` + number of times[from, to) that are ≤ t. A table of equal buckets finds the neighbourhood, a
 * bisection within the bucket the place: constant time for times spread evenly, logarithmic at worst.
 */
function countUpTo(times: Float64Array, from: number, to: number): (time: number) => number {
  if (from === to) return () => from
  const low = times[from]!
  const high = times[to - 1]!
  const buckets = Math.max(1, 2 * (to - from))
  const scale = high > low ? (buckets - 1) / (high - low) : 0
  const first = new Int32Array(buckets + 1).fill(to)
  for (let k = to - 1; k >= from; k--) first[Math.floor((times[k]! - low) * scale)] = k
  for (let b = buckets - 1; b >= 0; b--) first[b] = Math.min(first[b]!, first[b + 1]!)
  return (time) => {
    if (time < low) return from
    if (time >= high) return to
    const bucket = Math.floor((time - low) * scale)
    let left = first[bucket]!
    let right = first[bucket + 1]!
    while (left < right) {
      const middle = (left + right) >>> 1
      if (times[middle]! <= time) left = middle + 1
      else right = middle
    }
    return left
  }
}
