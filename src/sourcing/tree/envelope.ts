/**
 * Trees with fixed costs: the lower envelope of C(q) = q·x + ΣF over all allocations and all quantities q in (0, ∞), exactly.
 *
 * x is node 0's unit cost delivered to the market. A leaf costs its own a; a node with m parts costs a + Σ(x_c + τT) with
 * additive technology, and otherwise the CES mean of a (share α) and of its parts delivered at x_c(1 + τT) (share (1−α)/m each);
 * Cobb–Douglas and Leontief are its limits. Unit cost is increasing and concave in the price of every part, so cost at any q is
 * concave in a part's (price, fixed cost) and least at a vertex of their lower hull: per node and country of use only hull labels
 * are kept. Parts enter one after the other, and the mean over those already in is pruned in the same way. Checked against
 * enumeration, and the hull against all undominated labels.
 */
import { lowerHullIndices, settledHullIndices } from '../../numerics/hull.js'
import { powerMean, type TwoPriceMean } from '../../numerics/powerMean.js'
import type { Technology } from '../records.js'
import type { TreeShape } from './shape.js'

/** Numbers of one tree problem with fixed costs; arrays as in `TreeCosts`. */
export interface FixedCostTree {
  readonly countries: number
  readonly costs: Float64Array
  /** [node × country] */
  readonly fixedCosts: Float64Array
  readonly tradeCosts: Float64Array
  readonly finalShipping: Float64Array
  readonly destination: number
  readonly tau: number
  readonly technology: 'additive' | Technology
  /** α in [0, 1]; not used by additive technology. */
  readonly valueAdded: number
}

export interface QuantitySegment {
  readonly location: Int32Array
  readonly marginalCost: number
  readonly fixedCost: number
  readonly from: number
  /** ∞ at the last segment. */
  readonly to: number
}

/** A part delivered somewhere: its price and fixed cost, and how they come about. */
interface Label {
  readonly price: number
  readonly fixed: number
  readonly country: number
  readonly made: Bundle
}

/** A node's own input and the parts combined so far, as a linked list from the last part back. */
interface Bundle {
  readonly price: number
  readonly fixed: number
  readonly part?: { readonly node: number; readonly label: Label; readonly before: Bundle }
}

/** Costs that differ by less, relative to their size, are one number computed in two orders. */
const rounding = 1e-12

/**
 * The envelope's segments from q → 0 (least fixed cost) to q → ∞ (least marginal cost). Allocations that tie give the one with
 * the smaller country, from node 0 upstream.
 */
export function quantityEnvelope(shape: TreeShape, problem: FixedCostTree): QuantitySegment[] {
  const { countries: K, destination, finalShipping } = problem
  const root = bundlesOfRoot(shape, problem)
  const allowed = destination >= 0 ? [destination] : Array.from({ length: K }, (_, k) => k)
  const labels = allowed.flatMap((k) => deliver(root[k]!, k, finalShipping[k]!, problem))
  const x = labels.map(({ fixed }) => fixed)
  const y = labels.map(({ price }) => price)
  const kept = settledHullIndices(x, y, rounding)
  const starts = Array.from(kept, (now, i) => {
    const before = kept[i - 1]
    return before === undefined ? 0 : (x[now]! - x[before]!) / (y[before]! - y[now]!)
  })
  return Array.from(kept, (now, i) => ({
    location: readLabel(shape.nodes, labels[now]!),
    marginalCost: y[now]!,
    fixedCost: x[now]!,
    from: starts[i]!,
    to: starts[i + 1] ?? Infinity,
  }))
}

/** Hull of bundles of node 0, by country. */
function bundlesOfRoot(shape: TreeShape, problem: FixedCostTree): Bundle[][] {
  const { countries: K, costs, fixedCosts, tradeCosts, valueAdded } = problem
  const combine = combination(problem)
  const bundles: Bundle[][][] = Array.from({ length: shape.nodes }, (_, v) =>
    Array.from({ length: K }, (_, k) => [{ price: costs[v * K + k]!, fixed: fixedCosts[v * K + k]! }]))
  const partsIn = new Int32Array(shape.nodes)
  for (let i = shape.nodes - 1; i > 0; i--) {
    const v = shape.downstreamFirst[i]!
    const user = shape.parents[v]!
    const partShare = (1 - valueAdded) / shape.children[user]!
    const shareBefore = valueAdded + partsIn[user]! * partShare
    const own = bundles[v]!
    bundles[v] = []
    for (let l = 0; l < K; l++) {
      const labels = keepHull(own.flatMap((made, k) => deliver(made, k, tradeCosts[k * K + l]!, problem)))
      bundles[user]![l] = keepHull(bundles[user]![l]!.flatMap((before) => labels.map((label) => ({
        price: combine(shareBefore / (shareBefore + partShare), before.price, label.price),
        fixed: before.fixed + label.fixed,
        part: { node: v, label, before },
      }))))
    }
    partsIn[user]!++
  }
  return bundles[0]!
}

function combination({ technology }: FixedCostTree): TwoPriceMean {
  if (technology === 'additive') return (_, before, part) => before + part
  if (technology === 'cobb-douglas') return powerMean(0)
  return powerMean(technology === 'leontief' ? 1 : 1 - technology.ces)
}

function deliver(made: readonly Bundle[], country: number, barrier: number, { technology, tau }: FixedCostTree): Label[] {
  return made.map((bundle) => ({
    price: technology === 'additive' ? bundle.price + tau * barrier : bundle.price * (1 + tau * barrier),
    fixed: bundle.fixed,
    country,
    made: bundle,
  }))
}

function keepHull<L extends { readonly price: number; readonly fixed: number }>(labels: readonly L[]): L[] {
  const kept = lowerHullIndices(labels.map(({ fixed }) => fixed), labels.map(({ price }) => price))
  return Array.from(kept, (index) => labels[index]!)
}

function readLabel(nodes: number, root: Label): Int32Array {
  const location = new Int32Array(nodes)
  const open = [{ node: 0, label: root }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    location[next.node] = next.label.country
    for (let part = next.label.made.part; part !== undefined; part = part.before.part) open.push(part)
  }
  return location
}
