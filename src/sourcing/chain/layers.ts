/**
 * Shortest paths in a layered graph: one layer a stage, one node a country, weights `u·m + v·f` on nodes and `u·m` on edges, where m
 * is the additive cost (the log of cost for Cobb–Douglas chains) and f the fixed cost.
 *
 * A pass runs forward and backward over the nodes still kept, so that the cheapest path through every node is known: that is
 * what lets the search of `front.ts` drop nodes for good. `layers.as.ts` is the same pass with SIMD; a test holds both together.
 */

export interface LayerSize {
  readonly stages: number
  readonly countries: number
  /** True when every edge has its own matrix of trade costs. */
  readonly edgesByStage: boolean
}

/** Where things are: node arrays are [n·stride + i], edge arrays [n·edgeStride + i·stride + j]. */
export interface LayerShape {
  readonly stages: number
  readonly countries: number
  /** Length of a row: the countries and some padding, which is never kept. */
  readonly stride: number
  /** The size of one matrix when edges have their own, 0 when all share one. */
  readonly edgeStride: number
}

export interface LayerArrays {
  /** m of making stage n in i; final shipping is in the last stage. */
  readonly node: Float64Array
  readonly fixed: Float64Array
  /** m of an edge before it is scaled by `edgeScale[n]`. */
  readonly edge: Float64Array
  readonly edgeScale: Float64Array
  /** Kept nodes: countries `nodes[n·stride + k]`, k < `count[n]`, ascending. Read by every pass. */
  readonly count: Int32Array
  readonly nodes: Int32Array
  /** u·m + v·f at the kept nodes, from the last pass. */
  readonly weight: Float64Array
  /** Cheapest way from stage 0 to a kept node, its own weight included. */
  readonly forward: Float64Array
  /** Cheapest way from a kept node to the end, its own weight included. */
  readonly onward: Float64Array
}

/** One chain problem and the memory of a pass. */
export interface Layers extends LayerShape, LayerArrays {
  /** Fills `weight`, `forward` and `onward` for weights (u, v); returns the length of the shortest path. */
  shortestPaths(u: number, v: number): number
  /** Replaces the numbers in `node` or `edge`, which are positive but for padding, by their logarithms. */
  takeLogs(values: Float64Array): void
}

/** Length of every array of a problem. */
export function arrayLengths({ stages, countries, edgesByStage }: LayerSize, stride: number): Record<keyof LayerArrays, number> {
  const nodes = stages * stride
  const edge = (edgesByStage ? Math.max(1, stages - 1) : 1) * countries * stride
  return { node: nodes, fixed: nodes, edge, edgeScale: stages, count: stages, nodes, weight: nodes, forward: nodes, onward: nodes }
}

/** Layers whose passes run in plain TypeScript: the statement of the algorithm, and the fallback. */
export function plainLayers(size: LayerSize): Layers {
  const { stages, countries, edgesByStage } = size
  const length = arrayLengths(size, countries)
  const floats = (key: keyof LayerArrays): Float64Array => new Float64Array(length[key])
  const layers: Layers = {
    stages, countries, stride: countries, edgeStride: edgesByStage ? countries * countries : 0,
    node: floats('node'), fixed: floats('fixed'), edge: floats('edge'), edgeScale: floats('edgeScale'),
    count: new Int32Array(length.count), nodes: new Int32Array(length.nodes),
    weight: floats('weight'), forward: floats('forward'), onward: floats('onward'),
    shortestPaths: (u, v) => plainPass(layers, u, v),
    takeLogs: (values) => {
      for (let at = 0; at < values.length; at++) values[at] = Math.log(values[at]!)
    },
  }
  return layers
}

function plainPass(layers: Layers, u: number, v: number): number {
  const { stages, stride, node, fixed, count, nodes, weight, forward, onward } = layers
  for (let n = 0; n < stages; n++) {
    for (let k = n * stride, end = k + count[n]!; k < end; k++) {
      const at = n * stride + nodes[k]!
      weight[at] = u * node[at]! + v * fixed[at]!
    }
  }
  for (let k = 0; k < count[0]!; k++) forward[nodes[k]!] = weight[nodes[k]!]!
  for (let n = 0; n < stages - 1; n++) relaxForward(layers, u, n)
  const last = (stages - 1) * stride
  let best = Infinity
  for (let k = last, end = last + count[stages - 1]!; k < end; k++) {
    const at = last + nodes[k]!
    onward[at] = weight[at]!
    if (forward[at]! < best) best = forward[at]!
  }
  for (let n = stages - 2; n >= 0; n--) relaxOnward(layers, u, n)
  return best
}

/** Lengths at stage n + 1 from those at stage n. */
function relaxForward({ stride, edge, edgeStride, edgeScale, count, nodes, weight, forward }: Layers, u: number, n: number): void {
  const here = n * stride
  const next = here + stride
  const scale = u * edgeScale[n]!
  for (let k = next, end = next + count[n + 1]!; k < end; k++) {
    const j = nodes[k]!
    let best = Infinity
    for (let s = here, sendersEnd = here + count[n]!; s < sendersEnd; s++) {
      const i = nodes[s]!
      const length = forward[here + i]! + scale * edge[n * edgeStride + i * stride + j]!
      if (length < best) best = length
    }
    forward[next + j] = best + weight[next + j]!
  }
}

/** Lengths at stage n from those at stage n + 1. */
function relaxOnward({ stride, edge, edgeStride, edgeScale, count, nodes, weight, onward }: Layers, u: number, n: number): void {
  const here = n * stride
  const next = here + stride
  const scale = u * edgeScale[n]!
  for (let s = here, end = here + count[n]!; s < end; s++) {
    const i = nodes[s]!
    const row = n * edgeStride + i * stride
    let best = Infinity
    for (let k = next, receiversEnd = next + count[n + 1]!; k < receiversEnd; k++) {
      const j = nodes[k]!
      const length = onward[next + j]! + scale * edge[row + j]!
      if (length < best) best = length
    }
    onward[here + i] = best + weight[here + i]!
  }
}

/** Writes the shortest path of the last pass into `chain`; the first in lexicographic order among equals. */
export function tracePath(layers: Layers, u: number, chain: Int32Array): void {
  const { stages, stride, edge, edgeStride, edgeScale, count, nodes, onward } = layers
  let from = 0
  for (let n = 0; n < stages; n++) {
    const here = n * stride
    const row = n === 0 ? 0 : (n - 1) * edgeStride + from * stride
    const scale = n === 0 ? 0 : u * edgeScale[n - 1]!
    let best = Infinity
    for (let k = here, end = here + count[n]!; k < end; k++) {
      const length = onward[here + nodes[k]!]! + scale * edge[row + nodes[k]!]!
      if (length < best) {
        best = length
        from = nodes[k]!
      }
    }
    chain[n] = from
  }
}
