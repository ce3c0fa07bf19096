/** Columns through a kernel, as many at once as it has lanes. */
import { conjugateGradient } from './conjugateGradient.js'
import type { SweepKernel, SweepTable } from './sweepTable.js'

/** Error relative to the column as it came, where the effects leave next to nothing. */
const floorPrecision = 1e-12
/** A column that varies less than this beside its level (squared) is projected twice. */
const highLevel = 1e-4

/**
 * Takes the effects out of at most as many columns as the kernel has lanes; rows that are fitted exactly become zero. False, and nothing
 * stored, where that did not settle.
 */
export function demeanColumns(kernel: SweepKernel, table: SweepTable, columns: readonly Float64Array[], into: readonly Float64Array[], precision: number): boolean {
  const { lanes, sums, pairs, factor } = kernel
  const sizes = loadColumns(kernel, table, columns)
  const project = (): void => {
    pairs.fill(0)
    sums.fill(0)
    kernel.project()
  }
  factor.fill(1)
  project()
  // The rounding of a high level is not in the range of D'WM D: what is left is projected as a column of its own size.
  sizes.forEach(({ level }, lane) => (factor[lane] = sums[lane]! < highLevel * level ? 1 : 0))
  if (factor.subarray(0, sizes.length).includes(1)) project()
  const floor = Float64Array.from({ length: lanes }, (_, lane) => floorPrecision ** 2 * (sizes[lane]?.squares ?? 0))
  if (!conjugateGradient(kernel, { squares: sums.slice(), share: precision ** 2, floor })) return false
  kernel.finish()
  storeColumns(kernel, table, into)
  return true
}

/** Rows that stay in the first-level cache while the columns are gone through. */
const cachedRows = 256

/**
 * Puts the columns into their lanes, zeros into the others. Returns the size of each, as if weights were alike: Σ w (y − ȳ)², from the first
 * value on so that a high level costs no digits, and Σ w ȳ².
 */
function loadColumns({ lanes, columns: target }: SweepKernel, { rows, position, weights }: SweepTable, columns: readonly Float64Array[]): { squares: number; level: number }[] {
  const moments = columns.map((column) => ({ anchor: column[0] ?? 0, sum: 0, squares: 0 }))
  for (let from = 0; from < position.length; from += cachedRows) {
    const to = Math.min(from + cachedRows, position.length)
    for (let lane = 0; lane < columns.length; lane++) loadLane(columns[lane]!, position, from, to, target, lanes, lane, moments[lane]!)
  }
  for (let lane = columns.length; lane < lanes; lane++) for (let at = lane; at < target.length; at += lanes) target[at] = 0
  let total = 0
  if (weights) for (let at = 0; at < rows; at++) total += weights[at]!
  const weight = weights ? total / rows : 1
  return moments.map(({ anchor, sum, squares }) => ({ squares: weight * (squares - (sum * sum) / rows), level: weight * rows * (anchor + sum / rows) ** 2 }))
}

interface Moments {
  readonly anchor: number
  sum: number
  squares: number
}

function loadLane(column: Float64Array, position: Int32Array, from: number, to: number, target: Float64Array, lanes: number, lane: number, moments: Moments): void {
  const { anchor } = moments
  let [sum, squares] = [0, 0]
  for (let row = from; row < to; row++) {
    const at = position[row]!
    if (at < 0) continue
    const value = column[row]!
    target[at * lanes + lane] = value
    sum += value - anchor
    squares += (value - anchor) * (value - anchor)
  }
  moments.sum += sum
  moments.squares += squares
}

function storeColumns({ lanes, columns }: SweepKernel, { position }: SweepTable, into: readonly Float64Array[]): void {
  for (let from = 0; from < position.length; from += cachedRows) {
    const to = Math.min(from + cachedRows, position.length)
    for (let lane = 0; lane < into.length; lane++) storeLane(columns, position, from, to, into[lane]!, lanes, lane)
  }
}

function storeLane(columns: Float64Array, position: Int32Array, from: number, to: number, target: Float64Array, lanes: number, lane: number): void {
  for (let row = from; row < to; row++) target[row] = position[row]! >= 0 ? columns[position[row]! * lanes + lane]! : 0
}
