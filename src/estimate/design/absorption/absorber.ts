/**
 * Columns without absorbed effects: min over the coefficients of Σ w_i (y_i − Σ_e d_ie'α_e)², any number of effects and slopes. The block
 * with the most levels is eliminated exactly, the coefficients of the others are found by preconditioned conjugate gradients, and rows
 * are touched by sweeps over a compact table only. With one block a single pass is exact. Checked against dummies and pyfixest.
 */
import { ReshoreError } from '../../../errors.js'
import type { AbsorbedEffect } from '../../records.js'
import { effectBlocks, levelSums } from './blocks.js'
import { conjugateGradient } from './conjugateGradient.js'
import { sortTable, type SortedTable } from './sortTable.js'
import type { Block } from './sweepTable.js'

/** Effects prepared once, for many columns and changing weights. */
export interface Absorber {
  /** The weights from now on; only where the absorber was prepared with weights. */
  weigh(weights: Float64Array): void
  /** The columns without the effects. */
  demean(columns: readonly Float64Array[], options?: DemeanOptions): Float64Array[]
}

export interface DemeanOptions {
  /** Where the results go, the columns themselves among other places; new arrays by default. */
  readonly into?: readonly Float64Array[]
  /** Error of a demeaned column relative to itself; default `fullPrecision`. */
  readonly precision?: number
}

export interface AbsorberOptions {
  readonly weights?: Float64Array
  /** For tests; the fastest kernel is chosen otherwise. */
  readonly kernel?: 'wasm' | 'plain'
}

/** Error in the root mean square. Coefficients of least squares depend on the product of two such errors. */
export const fullPrecision = 1e-9
/** Error relative to the column as it came, where the effects leave next to nothing. */
const floorPrecision = 1e-12
/** A column that varies less than this beside its level (squared) is projected twice. */
const highLevel = 1e-4

/** Returns the effects ready to be taken out of columns. */
export function prepareAbsorption(effects: readonly AbsorbedEffect[], options: AbsorberOptions = {}): Absorber {
  const blocks = effectBlocks(effects, options.weights)
  return blocks.length === 1 ? oneBlock(blocks[0]!, options.weights) : manyBlocks(blocks, options)
}

/** A single block: group means (or slopes), taken out twice so that a high level leaves no rounding. */
function oneBlock({ codes, levels, values }: Block, initial: Float64Array | undefined): Absorber {
  let weights = initial
  let squares = levelSums(codes, levels, weights, values, values)
  return {
    weigh(next) {
      weights = next
      squares = levelSums(codes, levels, weights, values, values)
    },
    demean(columns, { into = [] } = {}) {
      return columns.map((column, j) => {
        const target = into[j] ?? new Float64Array(column.length)
        if (target !== column) target.set(column)
        for (let pass = 0; pass < 2; pass++) {
          const slopes = levelSums(codes, levels, weights, values, target)
          for (let level = 0; level < levels; level++) slopes[level] = squares[level]! > 0 ? slopes[level]! / squares[level]! : 0
          for (let row = 0; row < codes.length; row++) target[row]! -= slopes[codes[row]!]! * (values ? values[row]! : 1)
        }
        return target
      })
    },
  }
}

function manyBlocks(blocks: readonly Block[], { weights, kernel }: AbsorberOptions): Absorber {
  const sorted = sortTable(blocks, weights !== undefined, kernel)
  let inverseDiagonal = weighTable(sorted, weights)
  return {
    weigh(next) {
      inverseDiagonal = weighTable(sorted, next)
    },
    demean(columns, { into = [], precision = fullPrecision } = {}) {
      return columns.map((column, j) => {
        const target = into[j] ?? new Float64Array(column.length)
        demeanColumn(sorted, inverseDiagonal, column, target, precision, blocks)
        return target
      })
    },
  }
}

function demeanColumn({ kernel, order, swept }: SortedTable, inverseDiagonal: Float64Array, column: Float64Array, target: Float64Array, precision: number, blocks: readonly Block[]): void {
  const { rows, column: work, pairs, weights } = kernel.table
  for (let at = 0; at < rows; at++) work[at] = column[order[at]!]!
  const { squares: before, level } = sizeOf(work, weights)
  pairs.fill(0)
  let squares = kernel.project()
  // The rounding of a high level is no longer in the range of D'WM D: what is left is projected as a column of its own size.
  if (squares < highLevel * level) {
    pairs.fill(0)
    squares = kernel.project()
  }
  const { converged } = conjugateGradient(kernel, swept, inverseDiagonal, { squares, share: precision ** 2, floor: floorPrecision ** 2 * before })
  if (!converged) throw notSettled(blocks)
  kernel.project()
  for (let at = 0; at < rows; at++) target[order[at]!] = work[at]!
}

/** Puts weights into the table; returns the inverse of the diagonal of D'WM D (as if no level met a group twice). */
function weighTable({ kernel: { table }, order, swept }: SortedTable, weights: Float64Array | undefined): Float64Array {
  const { rows, groups, blocks, levels, starts, codes, values, own, inverse } = table
  if (weights) for (let at = 0; at < rows; at++) table.weights![at] = weights[order[at]!]!
  const diagonal = new Float64Array(levels)
  for (let group = 0; group < groups; group++) {
    let squares = 0
    for (let at = starts[group]!; at < starts[group + 1]!; at++) squares += (table.weights ? table.weights[at]! : 1) * (own ? own[at]! ** 2 : 1)
    inverse[group] = squares > 0 ? 1 / squares : 0
    if (group >= swept) continue
    for (let at = starts[group]!; at < starts[group + 1]!; at++) {
      const weight = table.weights ? table.weights[at]! : 1
      for (let entry = at * blocks; entry < (at + 1) * blocks; entry++) diagonal[codes[entry]!]! += weight * (values ? values[entry]! ** 2 : 1)
    }
  }
  return diagonal.map((value) => (value > 0 ? 1 / value : 0))
}

/** Σ w (y − ȳ)², from the first value on so that a high level costs no digits, and Σ w ȳ². */
function sizeOf(values: Float64Array, weights: Float64Array | undefined): { squares: number; level: number } {
  const anchor = values[0] ?? 0
  let [total, sum, squares] = [0, 0, 0]
  for (let at = 0; at < values.length; at++) {
    const weight = weights ? weights[at]! : 1
    const deviation = values[at]! - anchor
    total += weight
    sum += weight * deviation
    squares += weight * deviation * deviation
  }
  return { squares: squares - (sum * sum) / total, level: total * (anchor + sum / total) ** 2 }
}

function notSettled(blocks: readonly Block[]): ReshoreError {
  return new ReshoreError('ConvergenceError', `absorbing ${blocks.map(({ name }) => `\`${name}\``).join(', ')} did not settle`,
    'The effects hardly overlap: absorb one of them, or keep the largest connected set of units.')
}
