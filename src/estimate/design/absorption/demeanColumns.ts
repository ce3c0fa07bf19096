/** Columns through a kernel, as many at once as it has lanes. */
import { ReshoreError } from '../../../errors.js'
import { conjugateGradient } from './conjugateGradient.js'
import type { SweepKernel, SweepTable } from './sweepTable.js'

/** Error relative to the column as it came, where the effects leave next to nothing. */
const floorPrecision = 1e-12
/** A column that varies less than this beside its level (squared) is projected twice. */
const highLevel = 1e-4

/** Takes the effects out of at most as many columns as the kernel has lanes; rows that are fitted exactly become zero. */
export function demeanColumns(kernel: SweepKernel, table: SweepTable, columns: readonly Float64Array[], into: readonly Float64Array[], precision: number): void {
  const { lanes, sums, pairs } = kernel
  const sizes = loadColumns(kernel, table, columns)
  const project = (): void => {
    pairs.fill(0)
    sums.fill(0)
    kernel.project()
  }
  project()
  // The rounding of a high level is not in the range of D'WM D: what is left is projected as a column of its own size.
  if (sizes.some(({ level }, lane) => sums[lane]! < highLevel * level)) project()
  const floor = Float64Array.from({ length: lanes }, (_, lane) => floorPrecision ** 2 * (sizes[lane]?.squares ?? 0))
  if (!conjugateGradient(kernel, { squares: sums.slice(), share: precision ** 2, floor })) {
    throw new ReshoreError('ConvergenceError', 'absorbing the effects did not settle', 'They hardly overlap: absorb one of them, or keep the largest connected set of units.')
  }
  kernel.project()
  storeColumns(kernel, table, into)
}

/** Rows that stay in the first-level cache while the columns are gone through. */
const cachedRows = 256

/**
 * Puts the columns into their lanes, zeros into the others. Returns for each Σ w (y − ȳ)², from the first value on so that a high level
 * costs no digits, and Σ w ȳ².
 */
function loadColumns({ lanes, columns: target }: SweepKernel, { rows, position, weights }: SweepTable, columns: readonly Float64Array[]): { squares: number; level: number }[] {
  if (columns.length < lanes) target.fill(0)
  const moments = columns.map((column) => ({ anchor: column[0] ?? 0, sum: 0, squares: 0 }))
  for (let from = 0; from < position.length; from += cachedRows) {
    const to = Math.min(from + cachedRows, position.length)
    columns.forEach((column, lane) => {
      const moment = moments[lane]!
      let [sum, squares] = [0, 0]
      for (let row = from; row < to; row++) {
        const at = position[row]!
        if (at < 0) continue
        target[at * lanes + lane] = column[row]!
        const weight = weights ? weights[at]! : 1
        const deviation = column[row]! - moment.anchor
        sum += weight * deviation
        squares += weight * deviation * deviation
      }
      moment.sum += sum
      moment.squares += squares
    })
  }
  const total = weights ? weights.reduce((sum, weight) => sum + weight, 0) : rows
  return moments.map(({ anchor, sum, squares }) => ({ squares: squares - (sum * sum) / total, level: total * (anchor + sum / total) ** 2 }))
}

function storeColumns({ lanes, columns }: SweepKernel, { position }: SweepTable, into: readonly Float64Array[]): void {
  for (let from = 0; from < position.length; from += cachedRows) {
    const to = Math.min(from + cachedRows, position.length)
    into.forEach((target, lane) => {
      for (let row = from; row < to; row++) target[row] = position[row]! >= 0 ? columns[position[row]! * lanes + lane]! : 0
    })
  }
}
