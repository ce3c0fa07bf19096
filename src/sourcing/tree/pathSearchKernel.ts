/** Exact paths of eight firms at once in WebAssembly: `pathSearch.as.ts` behind the interface of the plain sweep. */
import { instantiateKernel } from '../../numerics/kernel.js'
import { drawFirm } from './draws.js'
import type { ExperimentPlan } from './experiment.js'
import { lanes } from './kernel.js'
import { wasmBase64 } from './pathSearch.wasm.js'
import type { PathFollower } from './pathSweep.js'

interface Place { readonly value: number }

interface Exports {
  readonly memory: WebAssembly.Memory
  configure(nodes: number): void
  settings(destination: number, oneToZero: number, zeroToOne: number, fromZero: number, fromOne: number): void
  follow(lanes: number): void
  readonly parents: Place
  readonly firstPart: Place
  readonly gaps: Place
  readonly base: Place
  readonly counts: Place
  readonly breakpoints: Place
  readonly returned: Place
}

/** Nodes of the largest tree: a firm's allocation is one 64-bit word. */
export const mostSearchNodes = 64
/** Room for the breakpoints of a firm, as the kernel has it. */
const stride = 4352

/** A follower for trees of up to `mostSearchNodes` nodes: the same paths as `plainPathFollower`, to a few roundings. */
export function pathSearchKernel({ nodes, parents, firstPart, draws, destination, tradeCosts, finalShipping }: ExperimentPlan): PathFollower {
  const wasm = instantiateKernel<Exports>(wasmBase64)
  wasm.configure(nodes)
  wasm.settings(destination, tradeCosts[2]!, tradeCosts[1]!, finalShipping[0]!, finalShipping[1]!)
  const { buffer } = wasm.memory
  new Int32Array(buffer, wasm.parents.value, nodes).set(parents)
  new Int32Array(buffer, wasm.firstPart.value, nodes + 1).set(firstPart)
  const gaps = new Float64Array(buffer, wasm.gaps.value, nodes * lanes)
  const base = new Float64Array(buffer, wasm.base.value, lanes)
  const costs = new Float64Array(2 * nodes)
  return {
    lanes,
    stride,
    counts: new Int32Array(buffer, wasm.counts.value, lanes),
    breakpoints: new Float64Array(buffer, wasm.breakpoints.value, lanes * stride),
    returned: new Uint8Array(buffer, wasm.returned.value, lanes * nodes),
    follow(from, to) {
      for (let firm = from; firm < to; firm++) {
        drawFirm(draws, firm, costs)
        let sum = 0
        for (let v = 0; v < nodes; v++) {
          gaps[v * lanes + firm - from] = costs[2 * v + 1]! - costs[2 * v]!
          sum += costs[2 * v]!
        }
        base[firm - from] = sum
      }
      wasm.follow(to - from)
    },
  }
}
