/**
 * Columns in pieces of two or four, each piece a kernel's, for the caller and the threads that help it. A column is worked on alike
 * whatever lies beside it, so that its numbers do not depend on the pieces.
 */
import type { ChunkWork } from '../../../parallel/crew.js'
import { demeanColumns } from './demeanColumns.js'
import { mostLanes, type SweepSpace } from './sweepMemory.js'
import type { SweepTable } from './sweepTable.js'
import { wasmSweeps } from './sweepWasm.js'

/** Columns [from, to). */
export interface Piece {
  readonly from: number
  readonly to: number
}

/** At most as many pieces as spaces; everything large lies in shared memory. */
export interface SweepTask {
  readonly memory: WebAssembly.Memory
  readonly table: SweepTable
  readonly spaces: readonly SweepSpace[]
  readonly pieces: readonly Piece[]
  /** Columns by row of the sample, replaced by what the effects leave of them. */
  readonly columns: readonly Float64Array[]
  readonly precision: number
  /** By piece: 1 once its search has settled. */
  readonly settled: Int32Array
}

/** Work on the pieces of a task. */
export function sweepWork({ memory, table, spaces, pieces, columns, precision, settled }: SweepTask): ChunkWork {
  return (chunk) => {
    const piece = pieces[chunk]
    if (!piece) return
    const own = columns.slice(piece.from, piece.to)
    const kernel = wasmSweeps(memory, table, spaces[chunk]!, lanesFor(own.length))
    settled[chunk] = demeanColumns(kernel, table, own, own, precision) ? 1 : 0
  }
}

/** Lanes of the kernel for so many columns. */
export const lanesFor = (columns: number): 2 | 4 => (columns > 2 ? 4 : 2)

/** Rounds of pieces, as even as they come: a round has a piece a space at most. */
export function planPieces(columns: number, spaces: number): Piece[][] {
  const rounds = Math.ceil(columns / (mostLanes * spaces))
  return evenly(0, columns, rounds).map(({ from, to }) => evenly(from, to, Math.min(spaces, to - from)))
}

function evenly(from: number, to: number, parts: number): Piece[] {
  const at = (part: number): number => from + Math.ceil((part * (to - from)) / parts)
  return Array.from({ length: parts }, (_, part) => ({ from: at(part), to: at(part + 1) }))
}
