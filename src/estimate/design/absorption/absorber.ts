/**
 * Columns without absorbed effects: min over the coefficients of Σ w_i (y_i − Σ_e d_ie'α_e)², any number of effects and slopes. The block
 * with the most levels is eliminated exactly, the coefficients of the others are found by preconditioned conjugate gradients, and rows
 * are touched by sweeps over a compact table only. With one block a single pass is exact. Checked against dummies and pyfixest.
 */
import type { AbsorbedEffect } from '../../records.js'
import { ReshoreError } from '../../../errors.js'
import { effectBlocks, levelSums } from './blocks.js'
import { demeanColumns } from './demeanColumns.js'
import { findSingletons } from './singletons.js'
import { sortTable, weighTable } from './sortTable.js'
import { plainRoom, sweepMemory, type SweepMemory, type SweepSpace } from './sweepMemory.js'
import { plainSweeps } from './sweepPlain.js'
import type { Block, SweepTable } from './sweepTable.js'
import { runBeside, runTask, type AbsorptionCrew, type TouchTask } from './absorptionWork.js'
import { lanesFor, planPieces, sweepWork, type SweepTask } from './sweepWork.js'

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
  /** Threads that share the columns, as many as the absorber was prepared for. */
  readonly crew?: AbsorptionCrew
}

export interface AbsorberOptions {
  readonly weights?: Float64Array
  /** For tests; the fastest kernel is chosen otherwise. */
  readonly kernel?: 'wasm' | 'plain'
  /** Threads there will be room for. */
  readonly crew?: AbsorptionCrew
  /** Columns that will be demeaned at once; threads have memory ready for them while the effects are sorted. */
  readonly columns?: number
}

/** Error in the root mean square. Coefficients of least squares depend on the product of two such errors. */
const fullPrecision = 1e-10

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
function manyBlocks(blocks: readonly Block[], alone: Uint8Array | undefined, { weights, kernel = 'wasm', crew: together, columns: expected }: AbsorberOptions): Absorber {
  const rows = blocks[0]!.codes.length
  const memory = kernel === 'wasm' ? sweepMemory(blocks, rows, weights !== undefined, together?.threads ?? 1) : undefined
  const sorted = (): SweepTable => {
    const table = sortTable(blocks, weights !== undefined, alone, memory?.room ?? plainRoom)
    weighTable(table, weights)
    return table
  }
  const ready: Float64Array[] = []
  let table: SweepTable
  if (memory && expected && together && together.threads > 1) {
    for (let column = 0; column < expected; column++) ready.push(roomFor(rows, true))
    table = runBeside(together, { kind: 'touch', task: touchTask(memory, ready) }, sorted)
  } else table = sorted()
  return {
    weigh: (next) => weighTable(table, next),
    demean(columns, { into = [], precision = fullPrecision, crew } = {}) {
      if (!memory) return demeanPlain(table, columns, into, precision)
      const helped = crew !== undefined && crew.threads > 1 && memory.spaces.length > 1
      const targets = columns.map((column, j) => into[j] ?? ready.pop() ?? roomFor(column.length, helped))
      const work = helped ? targets.map((target) => (isShared(target) ? target : roomFor(target.length, true))) : targets
      work.forEach((values, j) => values !== columns[j] && values.set(columns[j]!))
      for (const pieces of planPieces(columns.length, helped ? memory.spaces.length : 1)) {
        sweepColumns({ memory: memory.memory, table, spaces: memory.spaces, columns: work, pieces, precision, settled: new Int32Array(new SharedArrayBuffer(4 * pieces.length)) }, helped ? crew : undefined)
      }
      targets.forEach((target, j) => target !== work[j] && target.set(work[j]!))
      return targets
    },
  }
}

/** What will be written first: the results, and their lanes in the spaces of a first round of pieces. */
function touchTask({ memory, spaces, levels }: SweepMemory, results: readonly Float64Array[]): TouchTask {
  const pieces = planPieces(results.length, spaces.length)[0]!
  const lanes = lanesFor(pieces[0]!.to)
  const rows = results[0]!.length
  const inSpace = ({ columns, pairs, solution, residual }: SweepSpace): Float64Array[] =>
    [[columns, rows], [pairs, 2 * levels], [solution, levels], [residual, levels]].map(([at, cells]) => new Float64Array(memory.buffer, at, lanes * cells!))
  return { pieces: [...pieces.map((_, piece) => inSpace(spaces[piece]!)), results] }
}

const isShared = ({ buffer }: Float64Array): boolean => buffer instanceof SharedArrayBuffer

const roomFor = (length: number, shared: boolean): Float64Array => new Float64Array(shared ? new SharedArrayBuffer(8 * length) : new ArrayBuffer(8 * length))

function sweepColumns(task: SweepTask, crew: AbsorptionCrew | undefined): void {
  if (crew) runTask(crew, { kind: 'sweep', task })
  else task.pieces.forEach((_, piece) => sweepWork(task)(piece))
  if (task.settled.includes(0)) throw notSettled()
}

function demeanPlain(table: SweepTable, columns: readonly Float64Array[], into: readonly Float64Array[], precision: number): Float64Array[] {
  const targets = columns.map((column, j) => into[j] ?? new Float64Array(column.length))
  if (!demeanColumns(plainSweeps(table, columns.length), table, columns, targets, precision)) throw notSettled()
  return targets
}

function notSettled(): ReshoreError {
  return new ReshoreError('ConvergenceError', 'absorbing the effects did not settle', 'They hardly overlap: absorb one of them, or keep the largest connected set of units.')
}
