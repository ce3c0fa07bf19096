/** The sweeps in WebAssembly (`sweepKernel.as.ts`), called on few groups at a time so that they reach optimised code in their first use. */
import { instantiateKernel, kernelsSupported } from '../../../numerics/kernel.js'
import { arenaBytes, kernelArena } from '../../../numerics/kernelArena.js'
import { wasmBase64 } from './sweepKernel.wasm.js'
import type { SweepKernel, SweepTable, TableShape } from './sweepTable.js'

interface Exports {
  readonly memory: WebAssembly.Memory
  heapStart(): number
  bind(blocks: number, starts: number, codes: number, weights: number, values: number, own: number, inverse: number, pairs: number, column: number): void
  sweep(from: number, to: number): void
  project(from: number, to: number): number
}

/** Groups of one call. */
const chunkGroups = 1024
/** More than this and the plain kernel works on ordinary arrays. */
const memoryLimit = 2 ** 32 - 2 ** 20

/** A kernel in WebAssembly memory, or undefined where the plain one has to do. */
export function wasmSweeps(shape: TableShape): SweepKernel | undefined {
  const { rows, groups, blocks, levels, weighted, sloped, ownSlope } = shape
  const doubles = [rows, groups, 2 * levels, ...(weighted ? [rows] : []), ...(sloped ? [rows * blocks] : []), ...(ownSlope ? [rows] : [])]
  const bytes = [groups + 1, rows * blocks].reduce((sum, length) => sum + arenaBytes(length, 4), 0) + doubles.reduce((sum, length) => sum + arenaBytes(length, 8), 0)
  if (!kernelsSupported || bytes > memoryLimit) return undefined
  const exports = instantiateKernel<Exports>(wasmBase64)
  const arena = kernelArena(exports.memory, exports.heapStart(), bytes)
  const table: SweepTable = {
    ...shape,
    starts: arena.int32(groups + 1),
    codes: arena.int32(rows * blocks),
    ...(weighted && { weights: arena.float64(rows) }),
    ...(sloped && { values: arena.float64(rows * blocks) }),
    ...(ownSlope && { own: arena.float64(rows) }),
    inverse: arena.float64(groups),
    pairs: arena.float64(2 * levels),
    column: arena.float64(rows),
  }
  const at = (array: { readonly byteOffset: number } | undefined): number => array?.byteOffset ?? 0
  exports.bind(blocks, at(table.starts), at(table.codes), at(table.weights), at(table.values), at(table.own), at(table.inverse), at(table.pairs), at(table.column))
  return {
    table,
    sweep(to) {
      for (let from = 0; from < to; from += chunkGroups) exports.sweep(from, Math.min(from + chunkGroups, to))
    },
    project() {
      let squares = 0
      for (let from = 0; from < groups; from += chunkGroups) squares += exports.project(from, Math.min(from + chunkGroups, groups))
      return squares
    },
  }
}
