/**
 * Envelope of chains by dichotomic scalarisation, for problems whose marginal cost is additive along the chain after a change of
 * scale: m = ln MC for Cobb–Douglas stages with iceberg costs, m = MC for Leontief stages with additive costs.
 *
 * Between two envelope chains A and B the layered shortest path for `λ·m + F`, λ the slope of AB, finds a chain below the line
 * AB or proves there is none. With m = ln MC every chain so found is on the envelope of (MC, F), because MC is convex in m; what may
 * still hide between neighbours lies in the lens below their chord in (MC, F) and above it in (m, F), and is enumerated.
 *
 * Nodes are dropped on the way down. A chain in the lens of AB has `λm + F` at most the largest value of that sum in the lens; the
 * cheapest path through a node, known at the two slopes that bracket λ, bounds it from below by concavity in λ. Deep calls see a few
 * nodes a stage, so a whole envelope costs about as much as a handful of shortest paths.
 *
 * Checked against the hull dynamic programme (`envelope.ts`), enumeration and the 0–1 program.
 */
import { tracePath, type Layers } from './layers.js'

/** The chains found, and those of them on the envelope. */
export interface FrontChains {
  /** [k·N + n] */
  readonly chains: Int32Array
  /** Marginal and fixed cost of chain k. */
  readonly marginal: Float64Array
  readonly fixed: Float64Array
  /** Chains on the envelope, by rising marginal cost: `order[0]` … `order[length − 1]`. */
  readonly order: Int32Array
  readonly length: number
  /** False when the lenses held more partial chains than `LENS_LIMIT`; chains may then be missing. */
  readonly complete: boolean
}

/** Relative slack of comparisons between sums: above their rounding, below any difference that matters. */
const SLACK = 1e-12
/** Two sums of the same costs in another order differ by less, relatively: they count as equal. */
const TIE = 1e-13
/** Partial chains that lenses of one problem may hold. */
const LENS_LIMIT = 100_000

/** What is known at one slope: weights (u, v) and the cheapest path through every node kept there. */
interface Slope {
  readonly u: number
  readonly v: number
  readonly through: Float64Array
}

/** Nodes kept at one depth of the search, as in `Layers`, and the cheapest path through each. */
interface Level {
  readonly count: Int32Array
  readonly nodes: Int32Array
  readonly through: Float64Array
}

/** A solver over the memory of `layers`: fill its node, fixed and edge arrays, call, and again for the next problem. */
export function frontSolver(layers: Layers, scale: 'log' | 'linear'): () => FrontChains {
  const { stages, countries, stride, node, fixed, edge, edgeStride, edgeScale, weight, forward, onward } = layers
  const size = stages * stride
  const makeLevel = (): Level => ({ count: new Int32Array(stages), nodes: new Int32Array(size), through: new Float64Array(size) })
  const levels: Level[] = []
  const levelAt = (depth: number): Level => (levels[depth] ??= makeLevel())
  const path = new Int32Array(stages)
  let store = makeStore(stages, 64)
  let found = 0
  /** Chains in the order of rising m, pruned to the envelope as they come. */
  let length = 0
  /** The lens being walked: its slope, the largest λm + F, and the chord s·MC + F. */
  let lensLambda = 0
  let lensLimit = 0
  let lensSlope = 0
  let lensChord = 0
  let lensLeft = 0

  /** Stores the chain in `path`; returns its number. */
  function record(): number {
    let m = 0
    let total = 0
    for (let n = 0; n < stages; n++) {
      const at = n * stride + path[n]!
      m += node[at]!
      total += fixed[at]!
      if (n < stages - 1) m += edgeScale[n]! * edge[n * edgeStride + path[n]! * stride + path[n + 1]!]!
    }
    if (found === store.m.length) store = enlarged(store, stages)
    for (let n = 0; n < stages; n++) store.chains[found * stages + n] = path[n]!
    store.m[found] = m
    store.marginal[found] = scale === 'log' ? Math.exp(m) : m
    store.fixed[found] = total
    return found++
  }

  /** Appends a chain that is dearer per unit than those before; drops what it makes superfluous. */
  function append(chain: number): void {
    const { marginal, fixed: paid, order } = store
    const price = marginal[chain]!
    const cost = paid[chain]!
    if (length > 0 && cost >= paid[order[length - 1]!]! * (1 - TIE)) return
    while (length > 0 && price <= marginal[order[length - 1]!]! * (1 + TIE)) length--
    while (length > 1) {
      const before = order[length - 2]!
      const last = order[length - 1]!
      const upper = (paid[before]! - paid[last]!) / (marginal[last]! - marginal[before]!)
      const lower = (paid[last]! - cost) / (price - marginal[last]!)
      if (upper > lower * (1 + TIE)) break
      length--
    }
    order[length++] = chain
  }

  /** Appends the envelope chains strictly between two chains, `left` the cheaper per unit. */
  function search(depth: number, left: number, right: number, steep: Slope, flat: Slope, parent: Level): void {
    const gap = store.m[right]! - store.m[left]!
    const saving = store.fixed[left]! - store.fixed[right]!
    if (!(gap > SLACK * (Math.abs(store.m[left]!) + Math.abs(store.m[right]!))) || !(saving > SLACK * store.fixed[left]!)) return
    const lambda = saving / gap
    const chord = lambda * store.m[left]! + store.fixed[left]!
    const slack = SLACK * (Math.abs(lambda * store.m[left]!) + store.fixed[left]!)
    // The largest λm + F below the chord of (MC, F), of slope s, is where s·MC = λ.
    const s = saving / (store.marginal[right]! - store.marginal[left]!)
    const lensTop = s * store.marginal[left]! + store.fixed[left]!
    const limit = slack + (scale === 'log' ? lensTop - lambda + lambda * Math.log(lambda / s) : chord)
    const level = levelAt(depth)
    if (!keep(level, parent, lambda, steep, flat, limit)) return
    const best = layers.shortestPaths(lambda, 1)
    if (best < chord - slack) {
      tracePath(layers, lambda, path)
      const middle = record()
      storeThrough(level)
      const here = { u: lambda, v: 1, through: level.through }
      search(depth + 1, left, middle, steep, here, level)
      append(middle)
      search(depth + 1, middle, right, here, flat, level)
    } else if (scale === 'log') {
      const first = found
      lensLambda = lambda
      lensLimit = limit
      lensSlope = s
      lensChord = lensTop - slack
      walkLens(0, 0)
      if (found > first) appendSorted(first)
    }
  }

  /** Keeps the nodes of `parent` that a chain with λm + F ≤ limit may use; false when a stage has none left. */
  function keep(level: Level, parent: Level, lambda: number, steep: Slope, flat: Slope, limit: number): boolean {
    const determinant = steep.u * flat.v - flat.u * steep.v
    const onSteep = (lambda * flat.v - flat.u) / determinant
    const onFlat = (steep.u - lambda * steep.v) / determinant
    for (let n = 0; n < stages; n++) {
      const row = n * stride
      let next = row
      for (let k = row, end = row + parent.count[n]!; k < end; k++) {
        const i = parent.nodes[k]!
        if (onSteep * steep.through[row + i]! + onFlat * flat.through[row + i]! > limit) continue
        level.nodes[next] = i
        layers.nodes[next++] = i
      }
      if (next === row) return false
      level.count[n] = next - row
      layers.count[n] = next - row
    }
    return true
  }

  /** Cheapest path through every kept node, from the last pass. */
  function storeThrough({ count, nodes, through }: Level): void {
    for (let n = 0; n < stages; n++) {
      for (let k = n * stride, end = k + count[n]!; k < end; k++) {
        const at = n * stride + nodes[k]!
        through[at] = forward[at]! + onward[at]! - weight[at]!
      }
    }
  }

  /** Records every chain of the lens, walking forward with the exact cost of the rest as bound. */
  function walkLens(n: number, reached: number): void {
    if (lensLeft-- <= 0) return
    if (n === stages) {
      const chain = record()
      if (lensSlope * store.marginal[chain]! + store.fixed[chain]! >= lensChord) found--
      return
    }
    const row = n * stride
    for (let k = row, end = row + layers.count[n]!; k < end; k++) {
      const i = layers.nodes[k]!
      const before = n === 0 ? 0 : reached + lensLambda * edgeScale[n - 1]! * edge[(n - 1) * edgeStride + path[n - 1]! * stride + i]!
      if (before + onward[row + i]! > lensLimit) continue
      path[n] = i
      walkLens(n + 1, before + weight[row + i]!)
    }
  }

  function appendSorted(first: number): void {
    const inLens = Array.from({ length: found - first }, (_, k) => first + k)
    inLens.sort((a, b) => store.m[a]! - store.m[b]! || store.fixed[a]! - store.fixed[b]!).forEach(append)
  }

  return () => {
    found = 0
    length = 0
    lensLeft = LENS_LIMIT
    const all = levelAt(0)
    keepAll(layers, all)
    layers.shortestPaths(1, 0)
    storeThrough(all)
    tracePath(layers, 1, path)
    const cheapest = record()
    const least = levelAt(1)
    if (keepLeastFixed(layers, least)) {
      for (let n = 0; n < stages; n++) path[n] = layers.nodes[n * stride]!
    } else {
      // Among chains of least fixed cost, the cheapest per unit.
      layers.shortestPaths(1, 0)
      tracePath(layers, 1, path)
    }
    const smallest = record()
    append(cheapest)
    search(2, cheapest, smallest, { u: 1, v: 0, through: all.through }, { u: 0, v: 1, through: least.through }, all)
    append(smallest)
    const { chains, marginal, fixed: paid, order } = store
    return { chains, marginal, fixed: paid, order, length, complete: lensLeft > 0 }
  }

  function keepAll({ count, nodes }: Layers, level: Level): void {
    for (let n = 0; n < stages; n++) {
      count[n] = level.count[n] = countries
      for (let i = 0; i < countries; i++) nodes[n * stride + i] = level.nodes[n * stride + i] = i
    }
  }
}

/**
 * Keeps the nodes of least fixed cost at their stage; `level` gets the least fixed cost of a chain through every node. True when
 * one node is left at every stage.
 */
function keepLeastFixed({ stages, countries, stride, fixed, count, nodes }: Layers, level: Level): boolean {
  let total = 0
  let alone = true
  for (let n = 0; n < stages; n++) {
    const row = n * stride
    let least = Infinity
    for (let at = row; at < row + countries; at++) if (fixed[at]! < least) least = fixed[at]!
    let next = row
    for (let i = 0; i < countries; i++) {
      level.through[row + i] = fixed[row + i]! - least
      if (fixed[row + i] === least) nodes[next++] = i
    }
    count[n] = next - row
    alone &&= next - row === 1
    total += least
  }
  for (let n = 0; n < stages; n++) for (let i = 0; i < countries; i++) level.through[n * stride + i]! += total
  return alone
}

interface Store {
  readonly chains: Int32Array
  readonly m: Float64Array
  readonly marginal: Float64Array
  readonly fixed: Float64Array
  readonly order: Int32Array
}

function makeStore(stages: number, capacity: number): Store {
  const floats = (): Float64Array => new Float64Array(capacity)
  return { chains: new Int32Array(capacity * stages), m: floats(), marginal: floats(), fixed: floats(), order: new Int32Array(capacity) }
}

function enlarged(store: Store, stages: number): Store {
  const larger = makeStore(stages, store.m.length * 2)
  for (const name of ['chains', 'm', 'marginal', 'fixed', 'order'] as const) larger[name].set(store[name])
  return larger
}
