/**
 * A design packed for sums over its rows: blocks of 256 rows in which each column lies contiguous. Where WebAssembly runs, the block
 * store is the kernel's own memory, so that nothing is copied between passes.
 */
import { plainKernel } from './crossPlain.js'
import { wasmKernel, wasmStore } from './crossWasm.js'
import { blockRows, type BlockStore, type RowKernel } from './rowBlocks.js'

export interface PackedRows extends BlockStore {
  readonly kernel: RowKernel
}

export type KernelChoice = 'wasm' | 'plain'

/** Packs columns as (column − centre) / scale; without these as they are. `kernel` is for tests: the fastest one is chosen otherwise. */
export function packRows(source: readonly Float64Array[], rows: number, centre?: Float64Array, scale?: Float64Array, kernel?: KernelChoice): PackedRows {
  const columns = source.length
  const blocks = Math.ceil(rows / blockRows)
  const memory = kernel === 'plain' ? undefined : wasmStore(blocks, columns)
  const data = memory?.data ?? new Float64Array(blocks * columns * blockRows)
  const store = { rows, columns, blocks, data }
  fill(store, source, centre, scale)
  return { ...store, kernel: memory ? wasmKernel(store, memory) : plainKernel(store) }
}

/** Puts other columns of the same length in the place of those that were packed. */
export function repackRows(packed: PackedRows, source: readonly Float64Array[]): void {
  fill(packed, source)
}

function fill({ rows, columns, blocks, data }: BlockStore, source: readonly Float64Array[], centre?: Float64Array, scale?: Float64Array): void {
  for (let block = 0; block < blocks; block++) {
    const from = block * blockRows
    const size = Math.min(blockRows, rows - from)
    for (let column = 0; column < columns; column++) {
      packColumn(source[column]!, from, size, centre?.[column] ?? 0, 1 / (scale?.[column] ?? 1), data, (block * columns + column) * blockRows)
    }
  }
}

function packColumn(values: Float64Array, from: number, size: number, shift: number, factor: number, data: Float64Array, to: number): void {
  for (let i = 0; i < size; i++) data[to + i] = (values[from + i]! - shift) * factor
}

/** The columns of a packed design. */
export function unpackRows({ rows, columns, data }: BlockStore): Float64Array[] {
  return Array.from({ length: columns }, (_, column) => {
    const values = new Float64Array(rows)
    for (let from = 0, at = column * blockRows; from < rows; from += blockRows, at += columns * blockRows) values.set(data.subarray(at, at + Math.min(blockRows, rows - from)), from)
    return values
  })
}
