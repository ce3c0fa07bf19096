/** Many firms with given costs: locations and costs of a range of firms as typed arrays. */
import type { TreeCosts } from './bellman.js'
import { firmWorkspace, solveFirm } from './generalKernel.js'
import { downstreamFirstTree, firstParts, type TreeShape } from './shape.js'

export interface FirmAllocations {
  /** [firm of the range × τ] */
  readonly cost: Float64Array
  /** [firm of the range × τ × node] */
  readonly location: Int32Array
}

/**
 * Least costs and allocations of firms from … to − 1 at every τ. A pure function of its arguments: ranges can go to different
 * workers, with `costs` in shared memory. Ties go to the smallest country.
 *
 * @param firms what the firms share, and `costs` as [firm × node × country]
 * @throws RangeError when the range is not within `costs`
 * @example allocateFirms(completeTree(2, 5), { ...market, costs: firmCosts }, [0.1, 0.5], 0, 1000).cost
 */
export function allocateFirms(shape: TreeShape, firms: TreeCosts, taus: ArrayLike<number>, from: number, to: number): FirmAllocations {
  const { nodes, downstreamFirst } = shape
  const K = firms.countries
  const count = firms.costs.length / (nodes * K)
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= count)) {
    throw new RangeError(`firms [${from}, ${to}) of ${count}: costs hold one number per firm, node and country`)
  }
  const ordered = downstreamFirstTree(shape)
  const workspace = firmWorkspace({ ...firms, nodes, parents: ordered.parents, firstPart: firstParts(ordered) }, taus)
  const cost = new Float64Array((to - from) * taus.length)
  const location = new Int32Array(cost.length * nodes)
  for (let firm = from; firm < to; firm++) {
    for (let i = 0; i < nodes; i++) {
      const at = (firm * nodes + downstreamFirst[i]!) * K
      for (let k = 0; k < K; k++) workspace.costs[i * K + k] = firms.costs[at + k]!
    }
    for (let t = 0; t < taus.length; t++) {
      const at = (firm - from) * taus.length + t
      solveFirm(workspace, t)
      cost[at] = workspace.cost[0]!
      for (let i = 0; i < nodes; i++) location[at * nodes + downstreamFirst[i]!] = workspace.location[i]!
    }
  }
  return { cost, location }
}
