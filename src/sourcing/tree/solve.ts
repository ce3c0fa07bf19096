/**
 * One tree problem, as `reshore solve tree` takes it: the allocation at given τ, the exact τ-path, or, with fixed costs, the
 * envelope over quantity.
 */
import { ReshoreError } from '../../errors.js'
import type { TreeEnvelope, TreePath, TreePlan, TreeProblem, TreeSolution } from '../records.js'
import { allocateTree, type TreeCosts } from './bellman.js'
import { quantityEnvelope } from './envelope.js'
import { reshoredNodes, tauPath } from './path.js'
import { completeTree, treeOfParents, type TreeShape } from './shape.js'

/**
 * The plan of a tree problem: `TreePlan` for a number or a list of τ, `TreePath` for `"path"`, `TreeEnvelope` with fixed costs.
 *
 * @param problem as `readTreeProblem` returns it
 * @throws ModelError when costs overflow; TreePathTooLargeError
 * @example solveTree({ parents: [-1, 0], costs: [[1, 2], [3, 1]], tradeCosts: [[0, 1], [1, 0]], form: 'specific', destination: null, tau: 0.5 })
 */
export function solveTree(problem: TreeProblem): TreePlan | TreePath | TreeEnvelope {
  const shape = shapeOf(problem)
  const costs = costsOf(problem)
  if (problem.fixedCosts !== undefined) return solveEnvelope(shape, costs, problem)
  if (problem.tau === 'path') return solvePath(shape, costs)
  const taus = typeof problem.tau === 'number' ? [problem.tau] : problem.tau
  return { solutions: taus.map((tau) => solveAt(shape, costs, tau)) }
}

/** The tree of a problem. */
export function shapeOf({ order, length, parents }: TreeProblem): TreeShape {
  return parents === undefined ? completeTree(order!, length!) : treeOfParents(parents)
}

/** The numbers of a problem as arrays. */
export function costsOf({ form, costs, tradeCosts, finalShipping, destination }: TreeProblem): TreeCosts {
  const countries = tradeCosts.length
  return {
    form,
    countries,
    costs: flat(costs, countries),
    tradeCosts: flat(tradeCosts, countries),
    finalShipping: Float64Array.from(finalShipping ?? new Float64Array(countries)),
    destination: destination ?? -1,
  }
}

function solveAt(shape: TreeShape, costs: TreeCosts, tau: number): TreeSolution {
  const { location, cost, productionCost, transportQuantity } = allocateTree(shape, costs, tau)
  requireFinite(cost, `at tau = ${tau}`)
  return { tau, location: Array.from(location), cost, productionCost, transportQuantity }
}

function solvePath(shape: TreeShape, costs: TreeCosts): TreePath {
  const path = tauPath(shape, costs)
  const segments = path.map(({ from, to, allocation: { location, productionCost, transportQuantity } }) => {
    requireFinite(productionCost + transportQuantity, `from tau = ${from}`)
    return { from, to: to === Infinity ? null : to, location: Array.from(location), productionCost, transportQuantity }
  })
  return { breakpoints: segments.slice(1).map(({ from }) => from), segments, reshored: reshoredNodes(path, shape.nodes) }
}

function solveEnvelope(shape: TreeShape, costs: TreeCosts, problem: TreeProblem): TreeEnvelope {
  const segments = quantityEnvelope(shape, {
    ...costs,
    fixedCosts: flat(problem.fixedCosts!, costs.countries),
    tau: problem.tau as number,
    technology: problem.technology!,
    valueAdded: problem.valueAdded ?? 0,
  })
  return {
    segments: segments.map(({ location, marginalCost, fixedCost, from, to }) => {
      requireFinite(marginalCost + fixedCost, `from quantity ${from}`)
      return { location: Array.from(location), marginalCost, fixedCost, from, to: to === Infinity ? null : to }
    }),
  }
}

function flat(rows: readonly (readonly number[])[], columns: number): Float64Array {
  const values = new Float64Array(rows.length * columns)
  rows.forEach((row, r) => values.set(row, r * columns))
  return values
}

function requireFinite(cost: number, where: string): void {
  if (Number.isFinite(cost)) return
  throw new ReshoreError('ModelError', `costs overflow ${where}: they add up beyond the largest number a double holds`, 'Measure costs in a larger unit.')
}
