/**
 * Columns without absorbed effects: min over the coefficients of Σ w_i (y_i − Σ_e d_ie'α_e)², any number of effects and slopes. The block
 * with the most levels is eliminated exactly, the coefficients of the others are found by preconditioned conjugate gradients, and rows
 * are touched by sweeps over a compact table only. With one block a single pass is exact. Checked against dummies and pyfixest.
 */
import type { AbsorbedEffect } from '../../records.js'
import { effectBlocks, levelSums } from './blocks.js'
import { demeanColumns } from './demeanColumns.js'
import { findSingletons } from './singletons.js'
import { sortTable, weighTable } from './sortTable.js'
import { plainSweeps } from './sweepPlain.js'
import type { Block, SweepKernel } from './sweepTable.js'
import { wasmSweeps } from './sweepWasm.js'

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
export const fullPrecision = 1e-10

/** Returns the effects ready to be taken out of columns. */
export function prepareAbsorption(effects: readonly AbsorbedEffect[], options: AbsorberOptions = {}): Absorber {
  const blocks = effectBlocks(effects, options.weights)
  return blocks.length === 1 ? oneBlock(blocks[0]!, options.weights) : manyBlocks(blocks, findSingletons(effects).alone, options)
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

/** Rows that are alone in a level are fitted exactly, and take no part. */
function manyBlocks(blocks: readonly Block[], alone: Uint8Array | undefined, { weights, kernel: choice = 'wasm' }: AbsorberOptions): Absorber {
  const table = sortTable(blocks, weights !== undefined, alone)
  weighTable(table, weights)
  const kernels = new Map<number, SweepKernel>()
  const kernelFor = (lanes: 2 | 4): SweepKernel => {
    let kernel = kernels.get(lanes)
    if (!kernel) {
      kernel = (choice === 'wasm' ? wasmSweeps(table, lanes) : undefined) ?? plainSweeps(table, lanes)
      kernels.set(lanes, kernel)
    }
    return kernel
  }
  return {
    weigh(next) {
      weighTable(table, next)
      for (const kernel of kernels.values()) kernel.weigh()
    },
    demean(columns, { into = [], precision = fullPrecision } = {}) {
      const targets = columns.map((column, j) => into[j] ?? new Float64Array(column.length))
      for (let from = 0; from < columns.length;) {
        const kernel = kernelFor(columns.length - from > 2 ? 4 : 2)
        const to = Math.min(from + kernel.lanes, columns.length)
        demeanColumns(kernel, table, columns.slice(from, to), targets.slice(from, to), precision)
        from = to
      }
      return targets
    },
  }
}
