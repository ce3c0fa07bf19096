/**
 * Spatial covariance (Conley 1999), with serial correlation within units for panels (Newey and West 1987; Hsiang 2010):
 *
 *     Ω = Σ_t Σ_ij K(d_ij / D) s_it s_jt' + Σ_i Σ_{t ≠ u, |t − u| ≤ L} (1 − |t − u| / (L + 1)) s_it s_iu',
 *
 * K uniform (1 up to D) or Bartlett (1 − d/D), d the great circle, i and j any rows of the same period; without a period all rows
 * are of one. Rows at the same place are summed first, so that the cost is linear in rows plus pairs of places in reach. Checked
 * against the double loop over rows and against R fixest's `vcov_conley` on its own example.
 */
import { ReshoreError } from '../../errors.js'
import { crossProduct } from '../../numerics/linearAlgebra.js'
import { nearbyPairs } from '../../numerics/nearbyPairs.js'
import { findColumn, readCodes, readNumbers } from '../design/columns.js'
import { gather } from '../design/sample.js'
import type { ArrowTable, Note, ScoreData, Vcov, VcovEstimator } from '../records.js'
import { isNested } from './cluster.js'
import { samplePeriods } from './periods.js'
import { placesOf, type Places } from './places.js'
import { repairNegative } from './repairNegative.js'
import { requireCells } from './requireCells.js'
import { groupScores, sandwich } from './sandwich.js'
import { serialMeat } from './serialMeat.js'
import { familyConvention, residualDegrees, spatialFactor, type SmallSample } from './smallSample.js'

export interface ConleyOptions {
  /** Column of degrees north, −90 to 90. */
  readonly latitude: string
  /** Column of degrees east, −180 to 360. */
  readonly longitude: string
  /** D: rows farther apart do not correlate. */
  readonly kilometres: number
  /** Default 'uniform'. */
  readonly kernel?: 'uniform' | 'bartlett'
  /** Column of whole periods: rows of different periods correlate within a unit only. */
  readonly period?: string
  /** Column of the panel units, with `period` and `lags`. */
  readonly unit?: string
  /** L: periods over which rows of one unit correlate. */
  readonly lags?: number
  /** Default `fixest`, (n−1)/(n−K), for linear and generalised linear models, otherwise none. Effects of places are not counted in K. */
  readonly smallSample?: SmallSample
}

/**
 * Covariance of rows that correlate with those near them. Rows where a coordinate, the period or the unit is missing leave before
 * estimation. Throws `LocationError` for coordinates off the globe and where all rows lie within the distance of each other.
 *
 * @example
 * const fit = ols('adds ~ exposure', firms, { vcov: conley({ latitude: 'latitude', longitude: 'longitude', kilometres: 100 }) })
 */
export function conley(options: ConleyOptions): VcovEstimator {
  checkOptions(options)
  const { latitude, longitude, kilometres, kernel = 'uniform', period, unit, lags = 0 } = options
  const label = `conley(${kilometres} km, ${kernel}${lags > 0 ? `, ${lags} ${lags === 1 ? 'lag' : 'lags'}` : ''})`
  return {
    label,
    columns: [latitude, longitude, period, unit].filter((name) => name !== undefined),
    bind(table) {
      const columns = readSpace(table, options)
      return (scores) => conleyVcov(scores, sampleSpace(columns, scores, options), { label, kernel, kilometres, lags, smallSample: options.smallSample })
    },
  }
}

function checkOptions({ kilometres, kernel = 'uniform', period, unit, lags }: ConleyOptions): void {
  const fail = (what: string, remedy: string): never => {
    throw new ReshoreError('OptionError', `conley: ${what}`, remedy, 2)
  }
  if (!(kilometres >= 0 && kilometres < Infinity)) fail(`the distance is ${kilometres} kilometres`, 'Give a distance of 0 or more: rows farther apart do not correlate.')
  if (kernel !== 'uniform' && kernel !== 'bartlett') fail(`unknown kernel \`${String(kernel)}\``, 'Allowed: uniform, bartlett.')
  if (lags !== undefined && !(Number.isInteger(lags) && lags >= 0)) fail(`lags is ${lags}`, 'Give a whole number of periods, 0 or more.')
  if ((unit === undefined) !== (lags === undefined)) fail(unit === undefined ? 'lags without a unit' : 'a unit without lags', 'Serial correlation needs all three: unit, period and lags.')
  if (unit !== undefined && period === undefined) fail('lags without a period', 'Serial correlation needs all three: unit, period and lags.')
}

/** Columns over all rows of the table; NaN and −1 where missing. */
interface SpaceColumns {
  readonly latitude: Float64Array
  readonly longitude: Float64Array
  readonly period?: Float64Array
  readonly unit?: Int32Array
}

function readSpace(table: ArrowTable, { latitude, longitude, period, unit }: ConleyOptions): SpaceColumns {
  const numbers = (name: string, role: string): Float64Array => readNumbers(findColumn(table, name, role), name)
  return {
    latitude: numbers(latitude, 'the latitude'),
    longitude: numbers(longitude, 'the longitude'),
    ...(period !== undefined && { period: numbers(period, 'the period') }),
    ...(unit !== undefined && { unit: readCodes(findColumn(table, unit, 'the unit'), unit).codes }),
  }
}

/** Places and units of the rows used. */
interface Space {
  /** By period, where there is one. */
  readonly places: Places
  /** Positions of the absorbed effects whose levels each lie at one place. */
  readonly nested: ReadonlySet<number>
  readonly period?: Float64Array
  readonly unit?: Int32Array
}

function sampleSpace(columns: SpaceColumns, scores: ScoreData, options: ConleyOptions): Space {
  const rows = scores.unit
  const valuesOf = (values: Float64Array, name: string, range: readonly [number, number], remedy: string): Float64Array => {
    requireCells('LocationError', `\`${name}\``, rows, (row) => Number.isNaN(values[row]!))
    const wrong = rows.findIndex((row) => !(values[row]! >= range[0] && values[row]! <= range[1]))
    if (wrong >= 0) throw new ReshoreError('LocationError', `\`${name}\` is ${values[rows[wrong]!]} in row ${rows[wrong]! + 1}`, remedy)
    return gather(values, rows)
  }
  const latitude = valuesOf(columns.latitude, options.latitude, [-90, 90], 'Latitudes are degrees from −90 to 90: check whether latitude and longitude are swapped, or in other units.')
  const longitude = valuesOf(columns.longitude, options.longitude, [-180, 360], 'Longitudes are degrees from −180 to 180 (or 0 to 360): check their units.')
  const period = columns.period && samplePeriods(columns.period, options.period!, rows)
  const { unit } = columns
  if (unit) requireCells('LocationError', `the unit \`${options.unit}\``, rows, (row) => unit[row]! < 0)
  const places = placesOf(latitude, longitude, period)
  const { groups } = scores
  if (groups && !isNested(groups.codes, groups.levels, places.codes)) {
    throw new ReshoreError('LocationError', `groups of \`${groups.name}\`, whose rows are one draw of the model, lie at more than one place${period ? ' or period' : ''}`,
      `Use a model whose groups stay at one place${period ? ', leave the period out' : ''}, or cluster by \`${groups.name}\`.`)
  }
  return {
    places,
    nested: effectsOfPlaces(scores, period ? () => placesOf(latitude, longitude) : () => places),
    ...(period && { period }),
    ...(unit && { unit: rows.map((row) => unit[row]!) }),
  }
}

function effectsOfPlaces({ absorbed }: ScoreData, anyPeriod: () => Places): Set<number> {
  if (absorbed.length === 0) return new Set()
  const { codes: place } = anyPeriod()
  return new Set(absorbed.flatMap(({ codes, levels }, position) => (isNested(codes, levels, place) ? [position] : [])))
}

interface ConleyRequest {
  readonly label: string
  readonly kernel: 'uniform' | 'bartlett'
  readonly kilometres: number
  readonly lags: number
  readonly smallSample: SmallSample | undefined
}

function conleyVcov(scores: ScoreData, { places, nested, period, unit }: Space, { label, kernel, kilometres, lags, smallSample }: ConleyRequest): Vcov {
  const { meat, pairs } = spatialMeat(scores, places, kernel, kilometres)
  if (places.periods === 1 && kernel === 'uniform' && pairs === (places.count * (places.count - 1)) / 2) {
    throw new ReshoreError('LocationError', `all ${places.count} places lie within ${kilometres} kilometres of each other, so that all rows are one draw`,
      'Give a shorter distance, or use the Bartlett kernel.')
  }
  if (unit && period && lags > 0) serialMeat(scores, unit, period, lags).forEach((value, cell) => (meat[cell]! += value))
  const convention = smallSample ?? familyConvention(scores)
  const factor = spatialFactor(scores, convention, nested)
  const notes: Note[] = [{
    kind: 'convention',
    text: `Conley covariance over ${places.count} places${places.periods > 1 ? ' by period' : ''}, ${pairs} pairs of them within ${kilometres} kilometres, ${kernel} kernel, small-sample factor ${convention}.`,
  }]
  const raw = sandwich(scores, meat).map((value) => value * factor)
  return {
    matrix: repairNegative(raw, scores, { covariance: 'Conley covariance', cause: `${kernel} kernel on the sphere`, notes }),
    label,
    degreesOfFreedom: residualDegrees(scores),
    notes,
  }
}

/** Σ K(d) S_l S_m' over places of the same period, k × k, and how many pairs of two places were in reach. */
function spatialMeat(scores: ScoreData, places: Places, kernel: 'uniform' | 'bartlett', kilometres: number): { meat: Float64Array; pairs: number } {
  const k = scores.parameters
  const sums = groupScores(scores, places.codes, places.count)
  const meat = crossProduct(sums, places.count, k)
  if (kilometres === 0) return { meat, pairs: 0 }
  let pairs = 0
  const near = new Float64Array(k)
  for (let period = 0; period < places.periods; period++) {
    const from = places.start[period]!
    const to = places.start[period + 1]!
    let at = -1
    const flush = (): void => {
      if (at < 0) return
      addSymmetric(meat, sums, (from + at) * k, near, k)
      near.fill(0)
    }
    nearbyPairs(places.latitude.subarray(from, to), places.longitude.subarray(from, to), kilometres, (i, j, distance) => {
      if (i !== at) flush()
      at = i
      pairs++
      const weight = kernel === 'uniform' ? 1 : 1 - distance / kilometres
      const other = (from + j) * k
      for (let c = 0; c < k; c++) near[c]! += weight * sums[other + c]!
    })
    flush()
  }
  return { meat, pairs }
}

/** meat + s n' + n s', s the k values of `sums` from `at`. */
function addSymmetric(meat: Float64Array, sums: Float64Array, at: number, near: Float64Array, k: number): void {
  for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) meat[a * k + b]! += sums[at + a]! * near[b]! + near[a]! * sums[at + b]!
}
