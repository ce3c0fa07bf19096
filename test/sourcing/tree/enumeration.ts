/** Every allocation of a small tree, costed by following parts recursively: the oracle of the tree tests. */
import type { TreeProblem } from '../../../src/sourcing/records.js'

/** Parents of a problem, written out from the definition for complete trees. */
export function parentsOf({ order, length, parents }: TreeProblem): readonly number[] {
  if (parents !== undefined) return parents
  const written = [-1]
  for (let stage = 1, first = 0, width = 1; stage < length!; stage++, first += width, width *= order!) {
    for (let v = first; v < first + width; v++) for (let m = 0; m < order!; m++) written.push(v)
  }
  return written
}

/** All locations of the nodes, node 0 in the destination when there is one. */
export function* allocations(problem: TreeProblem): Generator<number[]> {
  const nodes = problem.costs.length
  const countries = problem.costs[0]!.length
  const total = countries ** nodes
  for (let code = 0; code < total; code++) {
    const location = Array.from({ length: nodes }, (_, v) => Math.floor(code / countries ** v) % countries)
    if (problem.destination === null || location[0] === problem.destination) yield location
  }
}

export interface AllocationCost {
  readonly cost: number
  readonly productionCost: number
  readonly transportQuantity: number
}

/** Cost of one allocation at τ, with Σa and with Σ T (specific) or (cost − Σa)/τ at τ > 0 (iceberg). */
export function allocationCost(problem: TreeProblem, location: readonly number[], tau: number): AllocationCost {
  const parents = parentsOf(problem)
  const barrier = (v: number): number => (v === 0 ? problem.finalShipping?.[location[0]!] ?? 0 : problem.tradeCosts[location[v]!]![location[parents[v]!]!]!)
  const delivered = (v: number): number => {
    const parts = parents.flatMap((parent, child) => (child > 0 && parent === v ? [child] : []))
    const made = problem.costs[v]![location[v]!]! + parts.reduce((sum, child) => sum + delivered(child), 0)
    return problem.form === 'specific' ? made + tau * barrier(v) : made * (1 + tau * barrier(v))
  }
  const productionCost = location.reduce((sum, k, v) => sum + problem.costs[v]![k]!, 0)
  const cost = delivered(0)
  const moved = location.reduce((sum, _, v) => sum + barrier(v), 0)
  return { cost, productionCost, transportQuantity: problem.form === 'specific' ? moved : (cost - productionCost) / tau }
}

/** Unit cost and fixed cost of one allocation of a tree with fixed costs. */
export function unitAndFixedCost(problem: TreeProblem, location: readonly number[]): { price: number; fixed: number } {
  const parents = parentsOf(problem)
  const { technology, tau } = problem
  const alpha = problem.valueAdded!
  const delivered = (v: number): number => {
    const parts = parents.flatMap((parent, child) => (child > 0 && parent === v ? [child] : [])).map(delivered)
    const own = problem.costs[v]![location[v]!]!
    const barrier = (tau as number) * (v === 0 ? problem.finalShipping?.[location[0]!] ?? 0 : problem.tradeCosts[location[v]!]![location[parents[v]!]!]!)
    if (technology === 'additive') return parts.reduce((sum, part) => sum + part, own) + barrier
    if (parts.length === 0) return own * (1 + barrier)
    const share = (1 - alpha) / parts.length
    if (technology === 'leontief') return (1 + barrier) * parts.reduce((sum, part) => sum + share * part, alpha * own)
    if (technology === 'cobb-douglas') return (1 + barrier) * parts.reduce((product, part) => product * part ** share, own ** alpha)
    const power = 1 - (technology as { ces: number }).ces
    return (1 + barrier) * parts.reduce((sum, part) => sum + share * part ** power, alpha * own ** power) ** (1 / power)
  }
  return { price: delivered(0), fixed: location.reduce((sum, k, v) => sum + problem.fixedCosts![v]![k]!, 0) }
}

export interface Line {
  readonly base: number
  readonly slope: number
  readonly location: readonly number[]
}

/** The lines base + t·slope that are least somewhere on t > 0 and where, by following the lowest crossing. */
export function lowerEnvelope(lines: readonly Line[]): { readonly line: Line; readonly from: number }[] {
  let current = lines.reduce((best, line) => (line.base < best.base || (line.base === best.base && line.slope < best.slope) ? line : best))
  const found = [{ line: current, from: 0 }]
  for (;;) {
    let next: { line: Line; from: number } | undefined
    for (const line of lines) {
      if (line.slope >= current.slope) continue
      const from = (line.base - current.base) / (current.slope - line.slope)
      if (next === undefined || from < next.from || (from === next.from && line.slope < next.line.slope)) next = { line, from }
    }
    if (next === undefined) return found
    found.push(next)
    current = next.line
  }
}
