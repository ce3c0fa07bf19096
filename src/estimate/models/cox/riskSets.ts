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
  const { tolerance, events } = checkIntervals(survival)
  if (events === 0) {
    throw new ReshoreError('NoEventsError', `None of the ${rows} rows ends in an event: the hazard cannot be estimated.`,
      'Check the event column and its coding (1 = event, 0 = censored) and the rows that were dropped.')
  }
  const clock = tolerance < 0.5 ? wholeClock(survival) : undefined
  const { times, offsets } = clock ? wholeEventTimes(survival, clock) : eventTimes(survival, events, tolerance)
  const { start, stop, event, strata: stratumOf, hasStart } = survival
  const index = timeIndex(times, offsets)
  const counts = clock && clockCounts(clock, index)
  const countTimes = (moments: Float64Array): Int32Array => (counts ? readClock(clock, counts, moments, stratumOf) : countsUpTo(index, moments, stratumOf, tolerance))
  // Counts of event times up to each row's stop and start become its range.
  const last = countTimes(stop)
  const before = hasStart ? countTimes(start) : last.map((_, i) => offsets[stratumOf[i]!]!)
  const deaths = new Int32Array(times.length)
  const eventRows = new Int32Array(events)
  let found = 0
  for (let i = 0; i < rows; i++) {
    const [entry, exit] = [before[i]!, last[i]!]
    const present = entry !== exit
    last[i] = present ? exit - 1 : -1
    before[i] = present && entry > offsets[stratumOf[i]!]! ? entry - 1 : -1
    if (event[i] === 1) {
      eventRows[found++] = i
      deaths[exit - 1]!++
    }
  }
  return { rows, strata: offsets.length - 1, times, offsets, before, last, eventRows, deaths }
}

/** First event time each row is at risk at; 0 for rows never at risk. */
export function firstTimes(risk: RiskSets): Int32Array {
  const stratum = stratumOfTimes(risk)
  return risk.last.map((last, i) => (last < 0 ? 0 : risk.before[i]! < 0 ? risk.offsets[stratum[last]!]! : risk.before[i]! + 1))
}

/** Stratum of each event time. */
export function stratumOfTimes({ offsets, times }: RiskSets): Int32Array {
  const stratum = new Int32Array(times.length)
  for (let s = 0; s + 1 < offsets.length; s++) stratum.fill(s, offsets[s]!, offsets[s + 1]!)
  return stratum
}

/** Tolerance in units of time, and the number of events. A row whose interval has no length is an error. */
function checkIntervals({ start, stop, event, hasStart }: SurvivalColumns): { tolerance: number; events: number } {
  const rows = stop.length
  let [total, events] = [0, 0]
  let shortest = Number.POSITIVE_INFINITY
  for (let i = 0; i < rows; i++) {
    total += Math.abs(stop[i]!)
    events += event[i]!
    if (stop[i]! - start[i]! < shortest) shortest = stop[i]! - start[i]!
  }
  const tolerance = relativeTolerance * Math.max(1, total / Math.max(1, rows))
  if (hasStart && shortest <= tolerance) throw intervalError(start, stop, tolerance)
  return { tolerance, events }
}

function intervalError(start: Float64Array, stop: Float64Array, tolerance: number): ReshoreError {
  const bad = Array.from(stop.keys()).filter((i) => stop[i]! - start[i]! <= tolerance)
  const first = bad[0]!
  return new ReshoreError('IntervalError',
    `${bad.length} of ${stop.length} rows end at or before they start (first: row ${first + 1} of the sample, start ${start[first]}, stop ${stop[first]}).`,
    `Every row must cover a positive length of time (start, stop], here more than ${tolerance.toExponential(1)}: repair or drop these rows.`)
}

/** Distinct event times by stratum; a gap within the tolerance joins its neighbours under the earlier time. */
function eventTimes({ stop, event, strata, strataLevels }: SurvivalColumns, events: number, tolerance: number): { times: Float64Array; offsets: Int32Array } {
  const count = Math.max(1, strataLevels.length)
  const ends = new Int32Array(count + 1)
  for (let i = 0; i < stop.length; i++) if (event[i] === 1) ends[strata[i]! + 1]!++
  for (let s = 0; s < count; s++) ends[s + 1]! += ends[s]!
  const all = new Float64Array(events)
  const next = ends.slice(0, count)
  for (let i = 0; i < stop.length; i++) if (event[i] === 1) all[next[strata[i]!]!++] = stop[i]!
  const offsets = new Int32Array(count + 1)
  let kept = 0
  for (let s = 0; s < count; s++) {
    const sorted = withoutRepeats(all.subarray(ends[s]!, ends[s + 1]!)).sort()
    let last = Number.NEGATIVE_INFINITY
    for (let e = 0; e < sorted.length; e++) {
      if (sorted[e]! - last > tolerance) all[kept++] = sorted[e]!
      last = sorted[e]!
    }
    offsets[s + 1] = kept
  }
  return { times: all.slice(0, kept), offsets }
}

/** Distinct values where there are few, all of them otherwise: sorting a million repeats of ten years is slower than noticing them. */
function withoutRepeats(values: Float64Array): Float64Array {
  const few = 4096
  if (values.length <= few) return values
  const distinct = new Set<number>()
  for (let e = 0; e < values.length; e++) {
    distinct.add(values[e]!)
    if (distinct.size > few) return values
  }
  return Float64Array.from(distinct)
}

/** Event times by equal buckets: stratum s has `buckets[s]` of them, from `base[s]` on in `first`, over [low, high]. */
interface TimeIndex {
  readonly times: Float64Array
  readonly offsets: Int32Array
  readonly low: Float64Array
  readonly high: Float64Array
  readonly scale: Float64Array
  readonly base: Int32Array
  /** First event time of each bucket; one more at the end of a stratum. */
  readonly first: Int32Array
}

function timeIndex(times: Float64Array, offsets: Int32Array): TimeIndex {
  const strata = offsets.length - 1
  const base = new Int32Array(strata + 1)
  const [low, high, scale] = [new Float64Array(strata), new Float64Array(strata), new Float64Array(strata)]
  for (let s = 0; s < strata; s++) {
    const buckets = 2 * (offsets[s + 1]! - offsets[s]!)
    base[s + 1] = base[s]! + buckets + 1
    low[s] = buckets === 0 ? Number.POSITIVE_INFINITY : times[offsets[s]!]!
    high[s] = buckets === 0 ? Number.POSITIVE_INFINITY : times[offsets[s + 1]! - 1]!
    scale[s] = high[s]! > low[s]! ? (buckets - 1) / (high[s]! - low[s]!) : 0
  }
  const first = new Int32Array(base[strata]!)
  for (let s = 0; s < strata; s++) {
    first.fill(offsets[s + 1]!, base[s], base[s + 1])
    for (let k = offsets[s + 1]! - 1; k >= offsets[s]!; k--) first[base[s]! + Math.floor((times[k]! - low[s]!) * scale[s]!)] = k
    for (let at = base[s + 1]! - 2; at >= base[s]!; at--) if (first[at]! > first[at + 1]!) first[at] = first[at + 1]!
  }
  return { times, offsets, low, high, scale, base, first }
}

/** Whole moments from `low` on, `span` of them. */
interface Clock {
  readonly low: number
  readonly span: number
}

/** The clock where all times are whole numbers and few beside the rows: the months and years of panels. */
function wholeClock({ start, stop, hasStart, strataLevels }: SurvivalColumns): Clock | undefined {
  const ends = wholeRange(stop)
  const entries = ends && hasStart ? wholeRange(start) : ends
  if (!ends || !entries) return undefined
  const low = Math.min(ends.low, entries.low)
  const span = Math.max(ends.high, entries.high) - low + 1
  return span * Math.max(1, strataLevels.length) <= stop.length ? { low, span } : undefined
}

/** Distinct event times by stratum, as `eventTimes` finds them. */
function wholeEventTimes({ stop, event, strata, strataLevels }: SurvivalColumns, { low, span }: Clock): { times: Float64Array; offsets: Int32Array } {
  const count = Math.max(1, strataLevels.length)
  const seen = new Uint8Array(count * span)
  for (let i = 0; i < stop.length; i++) if (event[i] === 1) seen[strata[i]! * span + stop[i]! - low] = 1
  const offsets = new Int32Array(count + 1)
  const times: number[] = []
  for (let s = 0; s < count; s++) {
    for (let t = 0; t < span; t++) if (seen[s * span + t] === 1) times.push(low + t)
    offsets[s + 1] = times.length
  }
  return { times: Float64Array.from(times), offsets }
}

/** Event times up to each moment; stratum s from `s × span` on. */
function clockCounts({ low, span }: Clock, index: TimeIndex): Int32Array {
  const counts = new Int32Array(span * (index.offsets.length - 1))
  for (let at = 0; at < counts.length; at++) counts[at] = countUpTo(index, Math.floor(at / span), low + (at % span))
  return counts
}

/** Smallest and largest value where all are whole. */
function wholeRange(values: Float64Array): { low: number; high: number } | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (Math.floor(value) !== value) return undefined
    if (value < low) low = value
    if (value > high) high = value
  }
  return { low, high }
}

function readClock({ low, span }: Clock, counts: Int32Array, moments: Float64Array, stratumOf: Int32Array): Int32Array {
  const result = new Int32Array(moments.length)
  for (let i = 0; i < moments.length; i++) result[i] = counts[stratumOf[i]! * span + moments[i]! - low]!
  return result
}

function countsUpTo(index: TimeIndex, moments: Float64Array, stratumOf: Int32Array, tolerance: number): Int32Array {
  const result = new Int32Array(moments.length)
  for (let i = 0; i < moments.length; i++) result[i] = countUpTo(index, stratumOf[i]!, moments[i]! + tolerance)
  return result
}

/**
 * Where event times above `time` begin in a stratum. The bucket finds the neighbourhood, a bisection within it the place: constant time for
 * times spread evenly, logarithmic at worst.
 */
function countUpTo({ times, offsets, low, high, scale, base, first }: TimeIndex, stratum: number, time: number): number {
  if (time < low[stratum]!) return offsets[stratum]!
  if (time >= high[stratum]!) return offsets[stratum + 1]!
  const bucket = base[stratum]! + Math.floor((time - low[stratum]!) * scale[stratum]!)
  let left = first[bucket]!
  let right = first[bucket + 1]!
  while (left < right) {
    const middle = (left + right) >>> 1
    if (times[middle]! <= time) left = middle + 1
    else right = middle
  }
  return left
}
