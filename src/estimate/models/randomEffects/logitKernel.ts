/**
 * The WebAssembly logit (logitKernel.as.ts) behind the same sums as the plain likelihood. The panel lies in one shared memory, on which an
 * instance a thread works; an evaluation moves only parameters in and sums out.
 */
import { instantiateKernel } from '../../../numerics/kernel.js'
import { arenaBytes, kernelArena } from '../../../numerics/kernelArena.js'
import type { Quadrature } from '../../../numerics/quadrature.js'
import type { ChunkWork } from '../../../parallel/crew.js'
import { chunkRange, chunks } from './chunks.js'
import type { HessianKind, LikelihoodSums, PanelRows } from './likelihood.js'
import { wasmBase64 } from './logitKernel.wasm.js'

interface Exports {
  heapStart(): number
  accumulate(
    x: number, outcome: number, offset: number, start: number, from: number, to: number, stride: number,
    beta: number, sigma: number, z: number, logWeight: number, nodes: number,
    mode: number, scale: number, scratch: number, gradient: number, hessian: number, kind: number,
    rowScore: number, groupScore: number, largest: number,
  ): number
}

/** Their positions are the kernel's numbers. */
const kinds: readonly HessianKind[] = ['none', 'held', 'moving']
/** The kernel's own tables end below. */
const tableBytes = 65536

type ArrayName = 'x' | 'outcome' | 'offset' | 'beta' | 'task' | 'z' | 'logWeight' | 'mode' | 'scale' | 'rowScore' | 'groupScore' | 'slots' | 'scratch'

/** A panel in shared memory. A slot of a chunk is its value, gradient (stride + 2) and Hessian ((stride + 2)²). */
export interface KernelPanel {
  readonly memory: WebAssembly.Memory
  readonly arrays: Readonly<Record<ArrayName, Float64Array>>
  readonly start: Int32Array
  readonly columns: number
  readonly stride: number
  /** Rows of the largest group. */
  readonly largest: number
  /** Nodes of each rule, even, and where they begin. */
  readonly rules: readonly { readonly nodes: number; readonly from: number }[]
  readonly scratch: number
}

/** The panel in a memory of its own, with room for rules and threads. */
export function placePanel(panel: PanelRows, quadratures: readonly Quadrature[], threads: number): KernelPanel {
  const { columns, start } = panel
  const rows = panel.outcome.length
  const groups = start.length - 1
  const stride = columns + (columns % 2)
  const largest = start.reduce((most, from, i) => (i === 0 ? 0 : Math.max(most, from - start[i - 1]!)), 0)
  const counts = quadratures.map(({ nodes }) => nodes.length + (nodes.length % 2))
  const rules = counts.map((nodes, r) => ({ nodes, from: counts.slice(0, r).reduce((sum, count) => sum + count, 0) }))
  const nodes = rules.reduce((sum, rule) => sum + rule.nodes, 0)
  const most = Math.max(...counts)
  const scratch = 2 * Math.ceil((7 * largest + largest * most + 2 * (largest + 1) ** 2 + largest * stride + 6 * most + 64) / 2)
  const lengths: Record<ArrayName, number> = {
    x: rows * stride, outcome: rows, offset: panel.offset ? rows : 0, beta: stride, task: 3, z: nodes, logWeight: nodes, mode: groups, scale: groups,
    rowScore: rows, groupScore: groups, slots: chunks * slotLength(stride), scratch: threads * scratch,
  }
  const bytes = Object.values(lengths).reduce((sum, length) => sum + arenaBytes(length, 8), arenaBytes(groups + 1, 4))
  const pages = Math.ceil((tableBytes + bytes) / 65536) + 1
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  const arena = kernelArena(memory, tableBytes, bytes)
  const arrays = Object.fromEntries(Object.entries(lengths).map(([name, length]) => [name, arena.float64(length)])) as Record<ArrayName, Float64Array>
  const placed: KernelPanel = { memory, arrays, start: arena.int32(groups + 1), columns, stride, largest, rules, scratch }
  fill(placed, panel, quadratures)
  return placed
}

function fill({ arrays, start, columns, stride, rules }: KernelPanel, panel: PanelRows, quadratures: readonly Quadrature[]): void {
  if (stride === columns) arrays.x.set(panel.x)
  else for (let at = 0, to = 0; at < panel.x.length; at += columns, to += stride) for (let j = 0; j < columns; j++) arrays.x[to + j] = panel.x[at + j]!
  arrays.outcome.set(panel.outcome)
  if (panel.offset) arrays.offset.set(panel.offset)
  start.set(panel.start)
  quadratures.forEach(({ nodes, weights }, r) => {
    const { from, nodes: count } = rules[r]!
    // A padding node has weight zero; its place is that of the first node so that nothing overflows there.
    arrays.z.fill(nodes[0]!, from, from + count).set(nodes, from)
    arrays.logWeight.fill(-Infinity, from, from + count).set(nodes.map((z, q) => z * z + Math.log(weights[q]!)), from)
  })
}

const slotLength = (stride: number): number => 1 + (stride + 2) + (stride + 2) ** 2

/** What the next chunks are computed at. */
export function setTask({ arrays, columns }: KernelPanel, parameters: Float64Array, kind: HessianKind, rule: number): void {
  arrays.beta.fill(0).set(parameters.subarray(0, columns))
  arrays.task.set([Math.exp(parameters[columns]!), kinds.indexOf(kind), rule])
}

/** Work on the chunks of a placed panel, also for the threads of a crew. */
export function kernelWork(panel: KernelPanel, thread: number): ChunkWork {
  const wasm = instantiateKernel<Exports>(wasmBase64, panel.memory)
  if (wasm.heapStart() > tableBytes) throw new RangeError('the kernel has more tables than room for them')
  const { arrays, start, stride, rules, largest, scratch } = panel
  const length = slotLength(stride)
  const address = (name: ArrayName, index = 0): number => arrays[name].byteOffset + 8 * index
  return (chunk) => {
    const { from, to } = chunkRange(start.length - 1, chunk)
    const [sigma, kind, rule] = arrays.task as unknown as [number, number, number]
    const { nodes, from: first } = rules[rule]!
    const slot = chunk * length
    arrays.slots.fill(0, slot, slot + length)
    arrays.slots[slot] = wasm.accumulate(
      address('x'), address('outcome'), arrays.offset.length > 0 ? address('offset') : 0, start.byteOffset, from, to, stride,
      address('beta'), sigma, address('z', first), address('logWeight', first), nodes,
      address('mode'), address('scale'), address('scratch', thread * scratch), address('slots', slot + 1), address('slots', slot + 1 + stride + 2), kind,
      address('rowScore'), address('groupScore'), largest,
    )
  }
}

/** The sum over chunks, in their order; undefined where an index was too large for the kernel. */
export function kernelSums({ arrays, columns, stride }: KernelPanel): LikelihoodSums | undefined {
  const p = columns + 1
  const sums: LikelihoodSums = { value: 0, gradient: new Float64Array(p), hessian: new Float64Array(p * p) }
  const place = (j: number): number => (j === columns ? stride : j)
  for (let chunk = 0; chunk < chunks; chunk++) {
    const slot = chunk * slotLength(stride)
    const hessian = slot + 1 + stride + 2
    if (Number.isNaN(arrays.slots[slot])) return undefined
    sums.value += arrays.slots[slot]!
    for (let j = 0; j < p; j++) {
      sums.gradient[j]! += arrays.slots[slot + 1 + place(j)]!
      for (let l = 0; l <= j; l++) sums.hessian[j * p + l]! += arrays.slots[hessian + place(j) * (stride + 2) + place(l)]!
    }
  }
  return sums
}
