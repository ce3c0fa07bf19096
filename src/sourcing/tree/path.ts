/**
 * Exact path of the optimal allocation as specific trade costs τT rise from τ = 0: all breakpoints, the allocation between them,
 * and the nodes that are reshored on the way.
 *
 * An allocation costs NTMC + τ·TQ (production cost, transport quantity), so only vertices of the lower hull of (NTMC, TQ) are
 * ever optimal. Node by node, from upstream: the labels of v made in k are its own cost plus the Minkowski sum of its parts'
 * hulls delivered to k; delivered to l they are the hull of the union over k, moved by T_kl. The weights of node 0's hull are the
 * breakpoints; each segment's allocation is that of `allocateTree` inside it. Checked against enumeration.
 */
import { ReshoreError } from '../../errors.js'
import { hullOfUnion, hullWeights, settledHullIndices, sumOfHulls, type LowerHull } from '../../numerics/hull.js'
import { allocateTree, type TreeAllocation, type TreeCosts } from './bellman.js'
import type { TreeShape } from './shape.js'

export interface TauSegment {
  readonly from: number
  /** ∞ at the last segment. */
  readonly to: number
  readonly allocation: TreeAllocation
}

/** Costs, transport quantities and breakpoints that differ by less, relative to their size, are one number summed in two orders. */
const rounding = 1e-12
/** Locations a path may hold, nodes × segments. */
const mostLocations = 2e8

/**
 * The segments of the path, from τ = 0 up; the allocation of a segment is optimal on all of [from, to].
 *
 * @throws TreePathTooLargeError when nodes × segments is beyond what can be returned
 * @example tauPath(completeTree(1, 5), problem).map(({ from }) => from) // [0, 0.5, 1.5]
 */
export function tauPath(shape: TreeShape, problem: TreeCosts): TauSegment[] {
  const weights = hullWeights(rootHull(shape, problem))
  if (shape.nodes * (weights.length + 1) > mostLocations) throw tooLarge(shape.nodes, weights.length + 1)
  const allocations = Array.from({ length: weights.length + 1 }, (_, i) => allocateTree(shape, problem, insideSegment(weights, i)))
  const x = allocations.map(({ productionCost }) => productionCost)
  const y = allocations.map(({ transportQuantity }) => transportQuantity)
  const kept = settledHullIndices(x, y, rounding)
  const starts = Array.from(kept, (now, i) => {
    const before = kept[i - 1]
    return before === undefined ? 0 : tauOfChange(shape, problem, allocations[before]!.location, allocations[now]!.location)
  })
  return Array.from(kept, (now, i) => ({ from: starts[i]!, to: starts[i + 1] ?? Infinity, allocation: allocations[now]! }))
}

/** A τ between the breakpoints around segment i. */
function insideSegment(weights: Float64Array, i: number): number {
  const below = weights[i - 1] ?? 0
  return i < weights.length ? (below + weights[i]!) / 2 : 2 * below + 1
}

/** The τ at which two allocations cost the same, from the nodes that differ alone: differences of totals would lose digits. */
function tauOfChange(shape: TreeShape, { countries: K, costs, tradeCosts, finalShipping }: TreeCosts, below: Int32Array, above: Int32Array): number {
  let added = 0
  let saved = 0
  for (let v = 0; v < shape.nodes; v++) {
    const parent = shape.parents[v]!
    const barrier = (location: Int32Array): number => (parent < 0 ? finalShipping[location[v]!]! : tradeCosts[location[v]! * K + location[parent]!]!)
    added += costs[v * K + above[v]!]! - costs[v * K + below[v]!]!
    saved += barrier(below) - barrier(above)
  }
  return added / saved
}

/** Nodes made in one country on two segments and elsewhere in between. */
export function reshoredNodes(segments: readonly TauSegment[], nodes: number): number[] {
  const reshored: number[] = []
  for (let v = 0; v < nodes; v++) {
    const left = new Set<number>()
    const returns = segments.some(({ allocation }, i) => {
      const here = allocation.location[v]!
      const before = segments[i - 1]?.allocation.location[v] ?? here
      if (here !== before) left.add(before)
      return left.has(here)
    })
    if (returns) reshored.push(v)
  }
  return reshored
}

/** Hull of (NTMC, TQ) over all allocations, final shipping included. */
function rootHull(shape: TreeShape, { countries: K, costs, tradeCosts, finalShipping, destination }: TreeCosts): LowerHull {
  const made: (LowerHull[] | undefined)[] = new Array(shape.nodes)
  const ofNode = (v: number): LowerHull[] => (made[v] ??= Array.from({ length: K }, (_, k) => ({ x: Float64Array.of(costs[v * K + k]!), y: new Float64Array(1) })))
  for (let i = shape.nodes - 1; i > 0; i--) {
    const v = shape.downstreamFirst[i]!
    const own = ofNode(v)
    const user = ofNode(shape.parents[v]!)
    made[v] = undefined
    for (let l = 0; l < K; l++) {
      const delivered = hullOfUnion(own, new Float64Array(K), own.map((_, k) => tradeCosts[k * K + l]!))
      user[l] = sumOfHulls(user[l]!, delivered)
    }
  }
  const root = ofNode(0)
  if (destination >= 0) return hullOfUnion([root[destination]!], [0], [finalShipping[destination]!])
  return hullOfUnion(root, new Float64Array(K), finalShipping)
}

function tooLarge(nodes: number, segments: number): ReshoreError {
  return new ReshoreError('TreePathTooLargeError', `the path has up to ${segments} segments of ${nodes} nodes each, more than ${mostLocations} locations`,
    'Ask for a list of tau instead of "path", or for a smaller tree.')
}
