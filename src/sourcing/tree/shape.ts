/**
 * Production trees: which part goes into which. Node 0 is the final good; the parts of a node are its children. A snake has one
 * part a stage, a spider has all its parts at the second stage, a complete tree of order M and length N has M parts below each
 * node and N stages.
 */

export interface TreeShape {
  readonly nodes: number
  /** The node that uses node v; −1 for node 0. */
  readonly parents: Int32Array
  /** All nodes, every parent before its children; node 0 first. */
  readonly downstreamFirst: Int32Array
  /** Number of children by node. */
  readonly children: Int32Array
  /** Edges between node 0 and node v. */
  readonly stages: Int32Array
}

/** Number of nodes of the complete tree of order M and length N: (M^N − 1)/(M − 1). */
export function completeTreeSize(order: number, length: number): number {
  let nodes = 0
  for (let stage = 0, width = 1; stage < length && nodes < Infinity; stage++, width *= order) nodes += width
  return nodes
}

/** The complete tree, numbered breadth first: the children of v are M·v + 1 … M·v + M. */
export function completeTree(order: number, length: number): TreeShape {
  const parents = Int32Array.from({ length: completeTreeSize(order, length) }, (_, v) => (v === 0 ? -1 : Math.floor((v - 1) / order)))
  return treeOfParents(parents)
}

/**
 * The tree with these parents (−1 for node 0, and for node 0 alone).
 *
 * @throws RangeError when some node does not lead to node 0; documents are checked with `nodeOnCycle` before.
 */
export function treeOfParents(parents: ArrayLike<number>): TreeShape {
  const nodes = parents.length
  const { first, list, children } = childLists(parents)
  const downstreamFirst = new Int32Array(nodes)
  const stages = new Int32Array(nodes)
  let reached = 1
  for (let i = 0; i < reached; i++) {
    const v = downstreamFirst[i]!
    for (let at = first[v]!; at < first[v + 1]!; at++) {
      const child = list[at]!
      stages[child] = stages[v]! + 1
      downstreamFirst[reached++] = child
    }
  }
  if (reached !== nodes) throw new RangeError(`${nodes - reached} nodes do not lead to node 0`)
  return { nodes, parents: Int32Array.from(parents), downstreamFirst, children, stages }
}

/** The same tree with its nodes numbered downstream first, so that the parts of a node follow one another. */
export function downstreamFirstTree(given: TreeShape): TreeShape {
  const label = new Int32Array(given.nodes)
  given.downstreamFirst.forEach((v, i) => (label[v] = i))
  return treeOfParents(Array.from(given.downstreamFirst, (v) => (v === 0 ? -1 : label[given.parents[v]!]!)))
}

/** With nodes numbered downstream first, the parts of v are first[v] … first[v + 1] − 1. */
export function firstParts({ nodes, children }: TreeShape): Int32Array {
  const first = new Int32Array(nodes + 1)
  first[0] = 1
  for (let v = 0; v < nodes; v++) first[v + 1] = first[v]! + children[v]!
  return first
}

/** The smallest node from which following parents never ends (it runs in a circle), or −1. Parents must be in range. */
export function nodeOnCycle(parents: ArrayLike<number>): number {
  const seenFrom = new Int32Array(parents.length).fill(-1)
  for (let start = 0; start < parents.length; start++) {
    let v = start
    while (v >= 0 && seenFrom[v] === -1) {
      seenFrom[v] = start
      v = parents[v]!
    }
    if (v >= 0 && seenFrom[v] === start) return start
  }
  return -1
}

/** Children of v are list[first[v] … first[v + 1]), in rising order. */
function childLists(parents: ArrayLike<number>): { first: Int32Array; list: Int32Array; children: Int32Array } {
  const children = new Int32Array(parents.length)
  for (let v = 1; v < parents.length; v++) children[parents[v]!]!++
  const first = new Int32Array(parents.length + 1)
  for (let v = 0; v < parents.length; v++) first[v + 1] = first[v]! + children[v]!
  const next = first.slice()
  const list = new Int32Array(Math.max(parents.length - 1, 0))
  for (let v = 1; v < parents.length; v++) list[next[parents[v]!]!++] = v
  return { first, list, children }
}
