/**
 * The memory of an absorption: the table, and room for the columns of every thread. With WebAssembly it is one shared memory, on which a kernel
 * a thread works; it is as large as it may have to be, as pages that are never written cost nothing.
 */
import { kernelsSupported } from '../../../numerics/kernel.js'
import { arenaBytes, kernelArena } from '../../../numerics/kernelArena.js'
import type { Block, TableRoom } from './sweepTable.js'

/** Columns a kernel works on at once, at most. */
export const mostLanes = 4

/** Byte positions of the arrays of `SweepKernel` for one thread. */
export interface SweepSpace {
  readonly columns: number
  readonly pairs: number
  readonly solution: number
  readonly residual: number
  readonly lanes: number
}

export interface SweepMemory {
  readonly memory: WebAssembly.Memory
  readonly room: TableRoom
  /** Levels of the remaining blocks, at most. */
  readonly levels: number
  /** As many as threads can work at once. */
  readonly spaces: readonly SweepSpace[]
}

/** The kernel's own data end below. */
export const heapBytes = 65536
const pageBytes = 65536
const mostPages = 65535

/** Memory for a table of `rows` rows, or undefined where the plain kernel has to work on ordinary arrays. */
export function sweepMemory(blocks: readonly Block[], rows: number, weighted: boolean, threads: number): SweepMemory | undefined {
  if (!kernelsSupported) return undefined
  const most = Math.max(...blocks.map(({ levels }) => levels))
  const levels = blocks.reduce((sum, block) => sum + block.levels, 0) - most
  const entries = rows * (blocks.length - 1)
  const sloped = blocks.some(({ values }) => values !== undefined)
  const ints = [rows, most + 1, entries]
  const doubles = [most, levels, ...(weighted ? [rows] : []), ...(sloped ? [entries, rows] : [])]
  const table = ints.reduce((sum, length) => sum + arenaBytes(length, 4), doubles.reduce((sum, length) => sum + arenaBytes(length, 8), heapBytes))
  const cells = [rows, 2 * levels, levels, levels, 3].map((length) => length * mostLanes)
  const space = cells.reduce((sum, length) => sum + arenaBytes(length, 8), 0)
  const spaces = Math.min(threads, Math.floor((mostPages * pageBytes - table) / space))
  if (spaces < 1) return undefined
  const bytes = table + spaces * space
  const pages = Math.ceil(bytes / pageBytes)
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  const arena = kernelArena(memory, heapBytes, bytes - heapBytes)
  const take = (length: number): number => arena.float64(length).byteOffset
  return {
    memory,
    levels,
    spaces: Array.from({ length: spaces }, () => {
      const [columns, pairs, solution, residual, byLane] = cells.map(take) as [number, number, number, number, number]
      return { columns, pairs, solution, residual, lanes: byLane }
    }),
    room: arena,
  }
}

/** Ordinary arrays. */
export const plainRoom: TableRoom = { int32: (length) => new Int32Array(length), float64: (length) => new Float64Array(length) }
