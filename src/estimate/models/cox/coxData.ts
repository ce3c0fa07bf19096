/**
 * Rows of a Cox model as its kernels want them: centred covariates packed row by row, risk sets, and what does not move with β.
 * Centring is free (the partial likelihood only sees differences within risk sets) and keeps second moments accurate.
 */
import type { RiskSets } from './riskSets.js'

export type Ties = 'efron' | 'breslow'

/** What the partial likelihood is made from. `packed` is rows × stride row-major: centred columns, then a 1, then zeros. */
export interface CoxData {
  readonly rows: number
  readonly parameters: number
  readonly stride: number
  readonly packed: Float64Array
  /** Subtracted from the columns before packing; length `parameters`. */
  readonly centre: Float64Array
  /** Largest distance of a column from its centre. */
  readonly reach: Float64Array
  /** Subtracted from the offset; 0 without one. */
  readonly offsetCentre: number
  readonly weights?: Float64Array
  /** Centred. */
  readonly offset?: Float64Array
  readonly event: Uint8Array
  readonly risk: RiskSets
  readonly ties: Ties
  /** Σ w x over event rows: the part of the gradient that does not move. */
  readonly eventTotal: Float64Array
  /** Weight of the deaths at each event time. */
  readonly deathWeight: Float64Array
  /** Event time -> row of the sums over deaths; −1 where one death (or Breslow) needs none. */
  readonly tiedSlot: Int32Array
  readonly tiedCount: number
}

/** Where the packed rows go: a stride that is a multiple of `multiple`, memory from `allocate`. */
export interface PackTarget {
  readonly multiple: number
  allocate(length: number): Float64Array
}

const plainTarget: PackTarget = { multiple: 1, allocate: (length) => new Float64Array(length) }
/** Rows packed at a time, so that their cells stay in cache while the columns are walked. */
const packRows = 512

/** Rows that give the centre: any constant will do, one near the mean is accurate. */
const centredRows = 4096

/** Centres and packs the columns. */
export function packCoxData(input: {
  readonly columns: readonly Float64Array[]
  readonly event: Uint8Array
  readonly risk: RiskSets
  readonly ties: Ties
  readonly weights?: Float64Array
  readonly offset?: Float64Array
}, { multiple, allocate }: PackTarget = plainTarget): CoxData {
  const { columns, event, risk, ties, weights } = input
  const rows = risk.rows
  const parameters = columns.length
  const stride = Math.ceil((parameters + 1) / multiple) * multiple
  const centre = Float64Array.from(columns, roughMean)
  const reach = new Float64Array(parameters)
  const packed = allocate(rows * stride)
  for (let from = 0; from < rows; from += packRows) {
    const to = Math.min(rows, from + packRows)
    for (let j = 0; j < parameters; j++) reach[j] = Math.max(reach[j]!, packColumn(columns[j]!, centre[j]!, from, to, packed, from * stride + j, stride))
    for (let at = from * stride + parameters; at < to * stride; at += stride) packed[at] = 1
  }
  const offsetCentre = input.offset === undefined ? 0 : roughMean(input.offset)
  const { tiedSlot, tiedCount } = tiedTimes(risk.deaths, ties)
  return {
    rows, parameters, stride, packed, centre, reach, offsetCentre, weights, event, risk, ties, tiedSlot, tiedCount,
    deathWeight: deathWeights(risk, weights),
    offset: input.offset?.map((value) => value - offsetCentre),
    eventTotal: eventTotals(packed, stride, parameters, risk.eventRows, weights),
  }
}

function eventTotals(packed: Float64Array, stride: number, parameters: number, eventRows: Int32Array, weights?: Float64Array): Float64Array {
  const total = new Float64Array(parameters)
  for (let e = 0; e < eventRows.length; e++) {
    const i = eventRows[e]!
    const weight = weights === undefined ? 1 : weights[i]!
    for (let j = 0; j < parameters; j++) total[j]! += weight * packed[i * stride + j]!
  }
  return total
}

function deathWeights(risk: RiskSets, weights?: Float64Array): Float64Array {
  if (weights === undefined) return Float64Array.from(risk.deaths)
  const total = new Float64Array(risk.deaths.length)
  for (const i of risk.eventRows) total[risk.last[i]!]! += weights[i]!
  return total
}

function tiedTimes(deaths: Int32Array, ties: Ties): { tiedSlot: Int32Array; tiedCount: number } {
  let tiedCount = 0
  const tiedSlot = deaths.map((count) => (ties === 'efron' && count > 1 ? tiedCount++ : -1))
  return { tiedSlot, tiedCount }
}

/** Writes column[from, to) less `shift` to every `stride`-th cell; returns the largest absolute value written. */
function packColumn(column: Float64Array, shift: number, from: number, to: number, packed: Float64Array, first: number, stride: number): number {
  let reach = 0
  for (let i = from, at = first; i < to; i++, at += stride) {
    const value = column[i]! - shift
    packed[at] = value
    if (value > reach) reach = value
    else if (-value > reach) reach = -value
  }
  return reach
}

/** Mean of some thousand rows at equal distances, about the first value, so that a constant column centres to exact zeros. */
function roughMean(column: Float64Array): number {
  if (column.length === 0) return 0
  const first = column[0]!
  const step = Math.max(1, Math.floor(column.length / centredRows))
  let [total, count] = [0, 0]
  for (let i = 0; i < column.length; i += step) {
    total += column[i]! - first
    count++
  }
  return first + total / count
}
