/** Columns through a kernel, as many at once as it has lanes. */
import { ReshoreError } from '../../../errors.js'
import { conjugateGradient } from './conjugateGradient.js'
import type { SweepKernel, SweepTable } from './sweepTable.js'

/** Error relative to the column as it came, where the effects leave next to nothing. */
const floorPrecision = 1e-12
/** A column that varies less than this beside its level (squared) is projected twice. */
const highLevel = 1e-4

/** Takes the effects out of at most as many columns as the kernel has lanes; rows that are not in the table are left as they are. */
export function demeanColumns(kernel: SweepKernel, table: SweepTable, columns: readonly Float64Array[], into: readonly Float64Array[], precision: number): void {
  const { lanes, sums, pairs } = kernel
  const sizes = columns.map((column, lane) => loadLane(kernel, table, column, lane))
  // Lanes without a column work on zeros.
  for (let lane = columns.length; lane < lanes; lane++) for (let at = lane; at < kernel.columns.length; at += lanes) kernel.columns[at] = 0
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
  columns.forEach((_, lane) => storeLane(kernel, table, into[lane]!, lane))
}

/** Puts a column into its lane. Returns Σ w (y − ȳ)², from the first value on so that a high level costs no digits, and Σ w ȳ². */
function loadLane({ lanes, columns }: SweepKernel, { rows, order, weights }: SweepTable, column: Float64Array, lane: number): { squares: number; level: number } {
  const anchor = rows > 0 ? column[order[0]!]! : 0
  let [total, sum, squares] = [0, 0, 0]
  for (let at = 0, cell = lane; at < rows; at++, cell += lanes) {
    const value = column[order[at]!]!
    columns[cell] = value
    const weight = weights ? weights[at]! : 1
    const deviation = value - anchor
    total += weight
    sum += weight * deviation
    squares += weight * deviation * deviation
  }
  return { squares: squares - (sum * sum) / total, level: total * (anchor + sum / total) ** 2 }
}

function storeLane({ lanes, columns }: SweepKernel, { rows, order }: SweepTable, target: Float64Array, lane: number): void {
  for (let at = 0, cell = lane; at < rows; at++, cell += lanes) target[order[at]!] = columns[cell]!
}
