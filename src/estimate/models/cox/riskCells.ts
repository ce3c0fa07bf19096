/**
 * Rows sorted into cells: rows at risk over the same range of event times that end alike. Where events are heavily tied there are few
 * cells beside rows; the matrices Σ r z z' of the cells then hold the sums over risk sets and, weighted by the hazards of the cells,
 * the information, so that one pass over the rows does for two and nothing is scattered row by row.
 *
 * Rows stay where they are. Each chunk of them has a list of its rows by cell, short enough that what the list jumps to is in the cache.
 */
import { runningSums } from './partialLikelihood.js'
import type { RiskSets } from './riskSets.js'

export interface RiskCells {
  readonly count: number
  /** At risk at event times before[c] < k ≤ last[c], as in `RiskSets`. */
  readonly before: Int32Array
  readonly last: Int32Array
  /** 1 where the rows end in an event at `last`. */
  readonly died: Uint8Array
  /** Rows by chunk, and by cell within a chunk. */
  readonly order: Int32Array
  /** Chunk h, cell c has order[start[h (count + 1) + c]] up to the next start; rows never at risk follow the last cell. */
  readonly start: Int32Array
}

/** Rows of a chunk: less than a megabyte of packed covariates. */
export const chunkRows = 16384
/** With fewer rows in a cell of a chunk sorting does not pay. */
const worthwhileRows = 16

/** The cells, or undefined where they would hold few rows. */
export function riskCells(risk: RiskSets, event: Uint8Array): RiskCells | undefined {
  const { rows, before, last } = risk
  const ends = risk.times.length + 1
  const most = Math.min(rows, chunkRows) / worthwhileRows
  if (ends > most) return undefined
  // Key 0 or 1 is a row never at risk; its place is behind the cells.
  const keys = new Int32Array(rows)
  const cellOf = new Int32Array(2 * ends * ends)
  for (let i = 0; i < rows; i++) {
    const key = last[i]! < 0 ? 0 : ((before[i]! + 1) * ends + last[i]! + 1) * 2 + event[i]!
    keys[i] = key
    cellOf[key] = 1
  }
  const present = Array.from(cellOf.keys()).filter((key) => key > 0 && cellOf[key] === 1)
  const count = present.length
  if (count > most) return undefined
  present.forEach((key, c) => (cellOf[key] = c))
  cellOf[0] = count
  const ranges = present.map((key) => key >> 1)
  return {
    count,
    before: Int32Array.from(ranges, (range) => Math.floor(range / ends) - 1),
    last: Int32Array.from(ranges, (range) => (range % ends) - 1),
    died: Uint8Array.from(present, (key) => key & 1),
    ...sortChunks(keys, cellOf, count),
  }
}

/** Counting sort within each chunk. */
function sortChunks(keys: Int32Array, cellOf: Int32Array, count: number): { order: Int32Array; start: Int32Array } {
  const rows = keys.length
  const order = new Int32Array(rows)
  const start = new Int32Array(Math.ceil(rows / chunkRows) * (count + 1))
  const next = new Int32Array(count + 1)
  for (let from = 0, at = 0; from < rows; from += chunkRows, at += count + 1) {
    const to = Math.min(rows, from + chunkRows)
    next.fill(0)
    for (let i = from; i < to; i++) next[cellOf[keys[i]!]!]!++
    for (let c = 0, sum = from; c <= count; c++) {
      start[at + c] = sum
      sum += next[c]!
      next[c] = start[at + c]!
    }
    for (let i = from; i < to; i++) order[next[cellOf[keys[i]!]!]!++] = i
  }
  return { order, start }
}

/** Σ over its event times of the increments, by cell. */
export function cellHazards({ count, before, last, died }: RiskCells, risk: RiskSets, hazard: Float64Array, deathHazard: Float64Array): Float64Array {
  const cumulative = runningSums(risk, hazard)
  const hazards = new Float64Array(count)
  for (let c = 0; c < count; c++) {
    hazards[c] = cumulative[last[c]!]! - (before[c]! < 0 ? 0 : cumulative[before[c]!]!) - (died[c] === 1 ? deathHazard[last[c]!]! : 0)
  }
  return hazards
}
