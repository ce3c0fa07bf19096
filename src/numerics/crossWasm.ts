/** The passes of `crossPlain.ts` in WebAssembly with SIMD (`crossKernel.as.ts`): the same sums, about four times as fast. */
import { wasmBase64 } from './crossKernel.wasm.js'
import { instantiateKernel, kernelsSupported } from './kernel.js'
import { arenaBytes, kernelArena } from './kernelArena.js'
import { blockRows, chunkBlocks, chunkRows, type BlockStore, type RowKernel } from './rowBlocks.js'

interface Exports {
  readonly memory: WebAssembly.Memory
  heapStart(): number
  index(data: number, blocks: number, k: number, coefficients: number, out: number): void
  crossWith(data: number, blocks: number, k: number, values: number, sum: number): void
  cross(data: number, blocks: number, k: number, weights: number, weighted: number, sum: number): void
}

/** Memory of one kernel instance: the blocks, and what goes in and out by chunk. */
export interface WasmStore {
  readonly exports: Exports
  readonly data: Float64Array
  readonly index: Float64Array
  readonly weights: Float64Array
  readonly values: Float64Array
  readonly coefficients: Float64Array
  readonly weighted: Float64Array
  readonly sum: Float64Array
}

/** More than this and the plain kernel works on an ordinary array. */
const memoryLimit = 2 ** 31

/** Kernel memory for `blocks` blocks of `columns` columns, or undefined where the plain kernel has to do. */
export function wasmStore(blocks: number, columns: number): WasmStore | undefined {
  const bytes = arenaBytes(blocks * columns * blockRows, 8) + 3 * arenaBytes(chunkRows, 8) + 2 * arenaBytes(columns * blockRows, 8) + arenaBytes(columns * (columns + 1), 8)
  if (!kernelsSupported || bytes > memoryLimit) return undefined
  const exports = instantiateKernel<Exports>(wasmBase64)
  const arena = kernelArena(exports.memory, exports.heapStart(), bytes)
  return {
    exports,
    data: arena.float64(blocks * columns * blockRows),
    index: arena.float64(chunkRows), weights: arena.float64(chunkRows), values: arena.float64(chunkRows),
    coefficients: arena.float64(columns), weighted: arena.float64(columns * blockRows), sum: arena.float64(columns * columns),
  }
}

/** The kernel on blocks that lie in `memory`. */
export function wasmKernel({ columns: k, blocks }: BlockStore, memory: WasmStore): RowKernel {
  const { exports, data, index, weights, values, coefficients, weighted, sum } = memory
  const at = (chunk: number): number => data.byteOffset + chunk * chunkBlocks * k * blockRows * 8
  const count = (chunk: number): number => Math.min(chunkBlocks, blocks - chunk * chunkBlocks)
  return {
    index, weights, values,
    computeIndex(chunk, given) {
      coefficients.set(given)
      exports.index(at(chunk), count(chunk), k, coefficients.byteOffset, index.byteOffset)
    },
    cross(chunk, target) {
      sum.fill(0)
      exports.cross(at(chunk), count(chunk), k, weights.byteOffset, weighted.byteOffset, sum.byteOffset)
      target.set(sum)
    },
    crossWith(chunk, target, to) {
      const products = sum.subarray(0, k)
      products.fill(0)
      exports.crossWith(at(chunk), count(chunk), k, values.byteOffset, sum.byteOffset)
      target.set(products, to)
    },
  }
}
