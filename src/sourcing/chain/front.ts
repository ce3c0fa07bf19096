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

/** Chains on or near the envelope in the order they were found; the caller takes their hull. */
export interface FrontChains {
  readonly count: number
  /** [k·N + n] */
  readonly chains: Int32Array
  /** Marginal cost of chain k, k < `count`. */
  readonly marginal: Float64Array
  readonly fixed: Float64Array
  /** False when a lens held more partial chains than `LENS_LIMIT`; the chains found are then not all. */
  readonly complete: boolean
}

/** Relative slack of comparisons between sums: above their rounding, below any difference that matters. */
const SLACK = 1e-12
/** Partial chains one lens may hold. */
const LENS_LIMIT = 100_000

interface Point {
  /** Additive cost. */
  readonly m: number
  readonly fixed: number
  /** Marginal cost. */
  readonly marginal: number
}

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
  let chains = new Int32Array(stages * 16)
  let marginals = new Float64Array(16)
  let fixedCosts = new Float64Array(16)
  let found = 0
  let lensLeft = 0

  function record(): Point {
    const point = pointOf()
    if (found === marginals.length) {
      chains = doubled(chains)
      marginals = doubled(marginals)
      fixedCosts = doubled(fixedCosts)
    }
    chains.set(path, found * stages)
    marginals[found] = point.marginal
    fixedCosts[found++] = point.fixed
    return point
  }

  function pointOf(): Point {
    let m = 0
    let total = 0
    for (let n = 0; n < stages; n++) {
      const i = path[n]!
      m += node[n * stride + i]!
      total += fixed[n * stride + i]!
      if (n < stages - 1) m += edgeScale[n]! * edge[n * edgeStride + i * stride + path[n + 1]!]!
    }
    return { m, fixed: total, marginal: scale === 'log' ? Math.exp(m) : m }
  }

  /** Cheapest paths under (u, v) over the nodes of a level; their lengths through every node go to the level. */
  function pass(level: Level, u: number, v: number): number {
    layers.count.set(level.count)
    layers.nodes.set(level.nodes)
    const best = layers.shortestPaths(u, v)
    for (let n = 0; n < stages; n++) {
      for (let k = n * stride, end = k + level.count[n]!; k < end; k++) {
        const at = n * stride + level.nodes[k]!
        level.through[at] = forward[at]! + onward[at]! - weight[at]!
      }
    }
    return best
  }

  /** Finds every envelope chain strictly between two chains, `left` the cheaper per unit. */
  function search(depth: number, left: Point, right: Point, steep: Slope, flat: Slope, parent: Level): void {
    const gap = right.m - left.m
    const saving = left.fixed - right.fixed
    if (!(gap > SLACK * (Math.abs(left.m) + Math.abs(right.m))) || !(saving > SLACK * left.fixed)) return
    const lambda = saving / gap
    const chord = lambda * left.m + left.fixed
    const slack = SLACK * (Math.abs(lambda * left.m) + left.fixed)
    // The largest λm + F below the chord of (MC, F): at slope s of that chord it is where s·MC = λ.
    const s = saving / (right.marginal - left.marginal)
    const limit = slack + (scale === 'log' ? s * left.marginal + left.fixed - lambda + lambda * Math.log(lambda / s) : chord)
    const level = levelAt(depth)
    if (!keep(level, parent, lambda, steep, flat, limit)) return
    const best = pass(level, lambda, 1)
    if (best < chord - slack) {
      tracePath(layers, lambda, path)
      const middle = record()
      const here: Slope = { u: lambda, v: 1, through: level.through }
      search(depth + 1, left, middle, steep, here, level)
      search(depth + 1, middle, right, here, flat, level)
    } else if (scale === 'log') {
      lens(level, lambda, limit, s, s * left.marginal + left.fixed - slack)
    }
  }

  /** Keeps the nodes of `parent` that a chain with λm + F ≤ limit may use; false when a stage has none left. */
  function keep(level: Level, parent: Level, lambda: number, steep: Slope, flat: Slope, limit: number): boolean {
    const determinant = steep.u * flat.v - flat.u * steep.v
    const onSteep = (lambda * flat.v - flat.u) / determinant
    const onFlat = (steep.u - lambda * steep.v) / determinant
    for (let n = 0; n < stages; n++) {
      let count = n * stride
      for (let k = count, end = k + parent.count[n]!; k < end; k++) {
        const i = parent.nodes[k]!
        const at = n * stride + i
        if (onSteep * steep.through[at]! + onFlat * flat.through[at]! <= limit) level.nodes[count++] = i
      }
      level.count[n] = count - n * stride
      if (level.count[n] === 0) return false
    }
    return true
  }

  /** Records every chain with λm + F ≤ limit and s·MC + F < below, walking forward with the exact cost of the rest as bound. */
  function lens(level: Level, lambda: number, limit: number, s: number, below: number): void {
    const walk = (n: number, length: number): void => {
      if (lensLeft-- <= 0) return
      if (n === stages) {
        const { marginal, fixed } = pointOf()
        if (s * marginal + fixed < below) record()
        return
      }
      const here = n * stride
      for (let k = here, end = here + level.count[n]!; k < end; k++) {
        const i = level.nodes[k]!
        const reached = n === 0 ? 0 : length + lambda * edgeScale[n - 1]! * edge[(n - 1) * edgeStride + path[n - 1]! * stride + i]!
        if (reached + onward[here + i]! > limit) continue
        path[n] = i
        walk(n + 1, reached + weight[here + i]!)
      }
    }
    walk(0, 0)
  }

  return () => {
    found = 0
    lensLeft = LENS_LIMIT
    const all = levelAt(0)
    for (let n = 0; n < stages; n++) {
      all.count[n] = countries
      for (let i = 0; i < countries; i++) all.nodes[n * stride + i] = i
    }
    pass(all, 1, 0)
    tracePath(layers, 1, path)
    const cheapest = record()
    const least = leastFixed(layers, levelAt(1))
    // Among chains of least fixed cost, the cheapest per unit.
    layers.count.set(levelAt(1).count)
    layers.nodes.set(levelAt(1).nodes)
    layers.shortestPaths(1, 0)
    tracePath(layers, 1, path)
    const smallest = record()
    search(2, cheapest, smallest, { u: 1, v: 0, through: all.through }, { u: 0, v: 1, through: least }, all)
    return { count: found, chains, marginal: marginals, fixed: fixedCosts, complete: lensLeft > 0 }
  }
}

/** Least fixed cost of a chain through every node; `level` receives the nodes that attain the least at their stage. */
function leastFixed({ stages, countries, stride, fixed }: Layers, level: Level): Float64Array {
  let total = 0
  for (let n = 0; n < stages; n++) {
    let least = Infinity
    for (let at = n * stride; at < n * stride + countries; at++) if (fixed[at]! < least) least = fixed[at]!
    let count = n * stride
    for (let i = 0; i < countries; i++) {
      level.through[n * stride + i] = fixed[n * stride + i]! - least
      if (fixed[n * stride + i] === least) level.nodes[count++] = i
    }
    level.count[n] = count - n * stride
    total += least
  }
  for (let at = 0; at < stages * stride; at++) level.through[at]! += total
  return level.through
}

function doubled<Values extends Int32Array | Float64Array>(values: Values): Values {
  const longer = new (values.constructor as new (length: number) => Values)(values.length * 2)
  longer.set(values)
  return longer
}
