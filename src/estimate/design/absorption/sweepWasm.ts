/** The passes in WebAssembly (`sweepKernel.as.ts`), called on few groups at a time so that they reach optimised code in their first use. */
import { instantiateKernel, kernelsSupported } from '../../../numerics/kernel.js'
import { arenaBytes, kernelArena } from '../../../numerics/kernelArena.js'
import { wasmBase64 } from './sweepKernel.wasm.js'
import type { SweepKernel, SweepTable } from './sweepTable.js'

type Pass = (from: number, to: number) => void
type Move = (residual: number, diagonal: number, step: number, from: number, to: number) => void
type Turn = (solution: number, residual: number, diagonal: number, step: number, factor: number, from: number, to: number) => void

interface Exports {
  readonly memory: WebAssembly.Memory
  heapStart(): number
  bind(blocks: number, starts: number, codes: number, weights: number, values: number, own: number, inverse: number, pairs: number, columns: number, sums: number): void
  readonly sweep2: Pass
  readonly sweep4: Pass
  readonly project2: Pass
  readonly project4: Pass
  readonly finish2: Pass
  readonly finish4: Pass
  readonly move2: Move
  readonly move4: Move
  readonly turn2: Turn
  readonly turn4: Turn
}

/** Groups, and levels, of one call. */
const chunkSize = 1024
/** More than this and the plain kernel works on ordinary arrays. */
const memoryLimit = 2 ** 32 - 2 ** 20

/** A kernel for two or four columns on a copy of the table, or undefined where the plain one has to do. */
export function wasmSweeps(table: SweepTable, lanes: 2 | 4): SweepKernel | undefined {
  const { rows, groups, levels, blocks } = table
  const doubles = [rows * lanes, 2 * levels * lanes, levels * lanes, levels * lanes, levels, groups, lanes, lanes, lanes,
    ...[table.weights, table.values, table.own].flatMap((array) => (array ? [array.length] : []))]
  const bytes = [groups + 1, rows * blocks].reduce((sum, length) => sum + arenaBytes(length, 4), 0) + doubles.reduce((sum, length) => sum + arenaBytes(length, 8), 0)
  if (!kernelsSupported || bytes > memoryLimit) return undefined
  const exports = instantiateKernel<Exports>(wasmBase64)
  const arena = kernelArena(exports.memory, exports.heapStart(), bytes)
  const arrays = {
    columns: arena.float64(rows * lanes), pairs: arena.float64(2 * levels * lanes), solution: arena.float64(levels * lanes), residual: arena.float64(levels * lanes),
    sums: arena.float64(lanes), step: arena.float64(lanes), factor: arena.float64(lanes),
  }
  const starts = arena.int32(groups + 1)
  const codes = arena.int32(rows * blocks)
  starts.set(table.starts)
  codes.set(table.codes)
  const copied = (source: Float64Array | undefined): Float64Array | undefined => {
    const target = source && arena.float64(source.length)
    target?.set(source!)
    return target
  }
  const [values, own, weights, inverse, diagonal] = [table.values, table.own, table.weights, table.inverse, table.diagonal].map(copied)
  const at = (array: { readonly byteOffset: number } | undefined): number => array?.byteOffset ?? 0
  exports.bind(blocks, at(starts), at(codes), at(weights), at(values), at(own), at(inverse), at(arrays.pairs), at(arrays.columns), at(arrays.sums))
  const [residual, solution, step, factor] = [at(arrays.residual), at(arrays.solution), at(arrays.step), at(arrays.factor)]
  const passes = lanes === 2
    ? { sweep: exports.sweep2, project: exports.project2, finish: exports.finish2, move: exports.move2, turn: exports.turn2 }
    : { sweep: exports.sweep4, project: exports.project4, finish: exports.finish4, move: exports.move4, turn: exports.turn4 }
  const inChunks = (size: number, pass: Pass) => (): void => {
    for (let from = 0; from < size; from += chunkSize) pass(from, Math.min(from + chunkSize, size))
  }
  return {
    lanes,
    ...arrays,
    weigh() {
      weights!.set(table.weights!)
      inverse!.set(table.inverse)
      diagonal!.set(table.diagonal)
    },
    sweep: inChunks(groups, passes.sweep),
    project: inChunks(groups, passes.project),
    finish: inChunks(groups, passes.finish),
    move: inChunks(levels, (from, to) => passes.move(residual, at(diagonal), step, from, to)),
    turn: inChunks(levels, (from, to) => passes.turn(solution, residual, at(diagonal), step, factor, from, to)),
  }
}
