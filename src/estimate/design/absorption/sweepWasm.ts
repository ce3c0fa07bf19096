/** The passes in WebAssembly (`sweepKernel.as.ts`), called on few groups at a time so that they reach optimised code in their first use. */
import { instantiateKernel } from '../../../numerics/kernel.js'
import { wasmBase64 } from './sweepKernel.wasm.js'
import { heapBytes, type SweepSpace } from './sweepMemory.js'
import type { SweepKernel, SweepTable } from './sweepTable.js'

type Pass = (from: number, to: number) => void
type Move = (residual: number, diagonal: number, step: number, from: number, to: number) => void
type Turn = (solution: number, residual: number, diagonal: number, step: number, from: number, to: number) => void

type Kind = 'plain' | 'weighted' | 'crossed' | 'general'

interface Exports extends Readonly<Record<`${Kind}${'Sweep' | 'Project' | 'Finish'}${2 | 4}`, Pass>> {
  heapStart(): number
  bindTable(blocks: number, starts: number, codes: number, weights: number, values: number, own: number, inverse: number): void
  bindColumns(pairs: number, columns: number, sums: number, factor: number): void
  readonly move2: Move
  readonly move4: Move
  readonly turn2: Turn
  readonly turn4: Turn
}

/** Groups, and levels, of one call. */
const chunkSize = 1024

/** A kernel for two or four columns on a table that lies in `memory`, in one of its spaces. */
export function wasmSweeps(memory: WebAssembly.Memory, table: SweepTable, space: SweepSpace, lanes: 2 | 4): SweepKernel {
  const { rows, groups, levels, blocks } = table
  const wasm = instantiateKernel<Exports>(wasmBase64, memory)
  if (wasm.heapStart() > heapBytes) throw new RangeError('the kernel has more data than room for them')
  const view = (at: number, length: number): Float64Array => new Float64Array(memory.buffer, at, length)
  const [sums, step, factor] = [0, 1, 2].map((position) => view(space.lanes + 8 * lanes * position, lanes)) as [Float64Array, Float64Array, Float64Array]
  const at = (array: { readonly byteOffset: number } | undefined): number => array?.byteOffset ?? 0
  wasm.bindTable(blocks, at(table.starts), at(table.codes), at(table.weights), at(table.values), at(table.own), at(table.inverse))
  wasm.bindColumns(space.pairs, space.columns, at(sums), at(factor))
  const kind = kindOf(table)
  const [move, turn] = [wasm[`move${lanes}`], wasm[`turn${lanes}`]]
  const inChunks = (size: number, pass: Pass) => (): void => {
    for (let from = 0; from < size; from += chunkSize) pass(from, Math.min(from + chunkSize, size))
  }
  return {
    lanes, sums, step, factor,
    columns: view(space.columns, rows * lanes),
    pairs: view(space.pairs, 2 * levels * lanes),
    solution: view(space.solution, levels * lanes),
    residual: view(space.residual, levels * lanes),
    sweep: inChunks(groups, wasm[`${kind}Sweep${lanes}`]),
    project: inChunks(groups, wasm[`${kind}Project${lanes}`]),
    finish: inChunks(groups, wasm[`${kind}Finish${lanes}`]),
    move: inChunks(levels, (from, to) => move(space.residual, at(table.diagonal), at(step), from, to)),
    turn: inChunks(levels, (from, to) => turn(space.solution, space.residual, at(table.diagonal), at(step), from, to)),
  }
}

function kindOf({ blocks, values, own, weights }: SweepTable): Kind {
  if (values || own || (blocks > 1 && !weights)) return 'general'
  return blocks > 1 ? 'crossed' : weights ? 'weighted' : 'plain'
}
