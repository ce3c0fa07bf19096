/** Eight firms at once in WebAssembly: `twoCountries.as.ts` behind the interface of the plain kernel. */
import { instantiateKernel } from '../../numerics/kernel.js'
import type { ExperimentPlan } from './experiment.js'
import { lanes, type ChunkKernel } from './kernel.js'
import { wasmBase64 } from './twoCountries.wasm.js'

interface Place { readonly value: number }

interface Exports {
  readonly memory: WebAssembly.Memory
  configure(nodes: number, taus: number, pairs: number, classes: number, bins: number, tableLength: number): void
  settings(keyA: number, keyB: number, destination: number, histogramFrom: number, histogramWidth: number): void
  run(from: bigint, to: bigint): void
  readonly table: Place
  readonly parents: Place
  readonly firstPart: Place
  readonly pairList: Place
  readonly bounds: Place
  readonly costSums: Place
  readonly histogram: Place
  readonly apart: Place
  readonly reshored: Place
}

/** A kernel for the two-country case that gives the same bits as `twoCountryKernel`. */
export function twoCountrySimdKernel(plan: ExperimentPlan): ChunkKernel {
  const { nodes, taus, pairs, classes, histogram: { from: lowest, width, bins }, draws: { key, table }, tradeCosts, finalShipping } = plan
  const wasm = instantiateKernel<Exports>(wasmBase64)
  wasm.configure(nodes, taus.length, pairs.length / 3, classes.length, bins, table.length)
  wasm.settings(key[0] | 0, key[1] | 0, plan.destination, lowest, width)
  const doubles = (place: Place, length: number): Float64Array => new Float64Array(wasm.memory.buffer, place.value, length)
  const integers = (place: Place, length: number): Int32Array => new Int32Array(wasm.memory.buffer, place.value, length)
  doubles(wasm.table, table.length).set(table)
  integers(wasm.parents, nodes).set(plan.parents)
  integers(wasm.firstPart, nodes + 1).set(plan.firstPart)
  integers(wasm.pairList, pairs.length).set(pairs)
  const bounds = doubles(wasm.bounds, 4 * taus.length)
  taus.forEach((tau, t) => {
    bounds.set([-tau * tradeCosts[2]!, tau * tradeCosts[1]!, tau * (finalShipping[1]! - finalShipping[0]!), tau * finalShipping[0]!], 4 * t)
  })
  return {
    tallies: {
      costSums: doubles(wasm.costSums, taus.length * lanes),
      histogram: integers(wasm.histogram, bins === 0 ? 0 : taus.length * (bins + 2)),
      apart: integers(wasm.apart, taus.length * classes.length),
      reshored: integers(wasm.reshored, nodes),
    },
    run: (from, to) => wasm.run(BigInt(from), BigInt(to)),
  }
}
