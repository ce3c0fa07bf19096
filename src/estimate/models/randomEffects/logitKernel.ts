/**
 * The WebAssembly logit (logitKernel.as.ts) behind the same sums as the plain likelihood. One instance holds one panel; an evaluation
 * moves only parameters in and sums out.
 */
import { instantiateKernel } from '../../../numerics/kernel.js'
import type { Quadrature } from '../../../numerics/quadrature.js'
import type { HessianKind, LikelihoodSums, PanelRows, Posterior, RowScores } from './likelihood.js'
import { wasmBase64 } from './logitKernel.wasm.js'

interface Exports {
  readonly memory: WebAssembly.Memory
  allocate(bytes: number): number
  scratchBytes(largest: number, nodes: number, stride: number): number
  accumulate(
    x: number, outcome: number, offset: number, start: number, from: number, to: number, stride: number,
    beta: number, sigma: number, z: number, logWeight: number, nodes: number,
    mode: number, scale: number, scratch: number, gradient: number, hessian: number, kind: number,
    rowScore: number, groupScore: number, largest: number,
  ): number
}

/** Their positions are the kernel's numbers. */
const kinds: readonly HessianKind[] = ['none', 'held', 'moving']

export interface LogitKernel {
  /** Adds groups [from, to) to `sums`; false where an index is too large for the kernel and nothing was added. */
  add(parameters: Float64Array, range: { from: number; to: number }, sums: LikelihoodSums, hessian: HessianKind): boolean
  /** Row and group scores of the last calls, once every group has been covered. */
  readonly rows: RowScores
  /** Copies the modes and scales of the last call out. */
  posterior(): Posterior
}

/** Returns a kernel instance that holds the panel; `keepRows` makes every call write row scores as well. */
export function logitKernel(panel: PanelRows, quadrature: Quadrature): LogitKernel {
  const wasm = instantiateKernel<Exports>(wasmBase64)
  const { columns, start } = panel
  const groups = start.length - 1
  const rows = panel.outcome.length
  const stride = columns + (columns % 2)
  const nodes = quadrature.nodes.length + (quadrature.nodes.length % 2)
  const largest = start.reduce((most, from, i) => (i === 0 ? 0 : Math.max(most, from - start[i - 1]!)), 0)
  const doubles = (count: number): number => wasm.allocate(8 * count)
  const at = {
    x: doubles(rows * stride), outcome: doubles(rows), offset: panel.offset ? doubles(rows) : 0, start: wasm.allocate(4 * (groups + 1)),
    beta: doubles(stride), z: doubles(nodes), logWeight: doubles(nodes), mode: doubles(groups), scale: doubles(groups),
    scratch: wasm.allocate(wasm.scratchBytes(largest, nodes, stride)),
    gradient: doubles(stride + 2), hessian: doubles((stride + 2) * (stride + 2)), rowScore: doubles(rows), groupScore: doubles(groups),
  }
  const view = (address: number, length: number): Float64Array => new Float64Array(wasm.memory.buffer, address, length)
  copyPanel()

  /** Memory no longer grows from here on, so views stay valid within a call. */
  function copyPanel(): void {
    const x = view(at.x, rows * stride)
    if (stride === columns) x.set(panel.x)
    else for (let t = 0; t < rows; t++) for (let j = 0; j < columns; j++) x[t * stride + j] = panel.x[t * columns + j]!
    view(at.outcome, rows).set(panel.outcome)
    if (panel.offset) view(at.offset, rows).set(panel.offset)
    new Int32Array(wasm.memory.buffer, at.start, groups + 1).set(start)
    // A padding node has weight zero; its place is that of the first node so that nothing overflows there.
    view(at.z, nodes).fill(quadrature.nodes[0]!).set(quadrature.nodes)
    view(at.logWeight, nodes).fill(-Infinity).set(quadrature.nodes.map((z, q) => z * z + Math.log(quadrature.weights[q]!)))
  }

  return {
    add(parameters, { from, to }, sums, kind) {
      view(at.beta, stride).fill(0).set(parameters.subarray(0, columns))
      const gradient = view(at.gradient, stride + 2).fill(0)
      const hessian = view(at.hessian, (stride + 2) * (stride + 2)).fill(0)
      const value = wasm.accumulate(
        at.x, at.outcome, at.offset, at.start, from, to, stride, at.beta, Math.exp(parameters[columns]!), at.z, at.logWeight, nodes,
        at.mode, at.scale, at.scratch, at.gradient, at.hessian, kinds.indexOf(kind), at.rowScore, at.groupScore, largest,
      )
      if (Number.isNaN(value)) return false
      sums.value += value
      const place = (j: number): number => (j === columns ? stride : j)
      for (let j = 0; j <= columns; j++) {
        sums.gradient[j]! += gradient[place(j)]!
        if (kind === 'none') continue
        for (let l = 0; l <= j; l++) sums.hessian[j * (columns + 1) + l]! += hessian[place(j) * (stride + 2) + place(l)]!
      }
      return true
    },
    get rows() {
      return { index: view(at.rowScore, rows).slice(), logSigma: view(at.groupScore, groups).slice() }
    },
    posterior: () => ({ mode: view(at.mode, groups).slice(), scale: view(at.scale, groups).slice() }),
  }
}
