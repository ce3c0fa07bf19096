/** Tree problem documents (`reshore solve tree --problem FILE.json`): types, signs, and lengths against each other. */
import { z } from 'zod'
import { matrixOf, nonNegative, problemError, readDocument, requireLength, requireShape, type DocumentPath } from '../document.js'
import type { TreeProblem } from '../records.js'
import { completeTreeSize, nodeOnCycle } from './shape.js'

const KIND = 'tree'

const treeSchema = z.strictObject({
  order: z.int().min(1).optional(),
  length: z.int().min(1).optional(),
  parents: z.array(z.int()).min(1).optional(),
  costs: matrixOf(nonNegative),
  tradeCosts: matrixOf(nonNegative),
  form: z.enum(['specific', 'iceberg']),
  destination: z.int().nullable(),
  finalShipping: z.array(nonNegative).optional(),
  tau: z.union([nonNegative, z.array(nonNegative).min(1), z.literal('path')], { error: 'must be a number ≥ 0, a list of such numbers, or "path"' }),
  fixedCosts: matrixOf(nonNegative).optional(),
  technology: z.union([z.literal('additive'), z.literal('cobb-douglas'), z.literal('leontief'), z.strictObject({ ces: nonNegative })], {
    error: 'must be "additive", "cobb-douglas", "leontief" or {"ces": σ} with σ ≥ 0',
  }).optional(),
  valueAdded: nonNegative.max(1).optional(),
})

/**
 * The tree problem a document states: a complete tree (`order`, `length`) or `parents`; `costs` (and `fixedCosts`) node × country;
 * `tradeCosts` country × country; `finalShipping` by country.
 *
 * @throws ProblemError (exit code 2) naming the place of the first fault
 * @example const problem = readTreeProblem(JSON.parse(text))
 */
export function readTreeProblem(document: unknown): TreeProblem {
  const problem = readDocument(KIND, treeSchema, document)
  const nodes = countNodes(problem)
  const shape = problem.parents === undefined ? `a complete tree of order ${problem.order} and length ${problem.length}` : 'parents'
  requireLength(KIND, problem.costs, nodes, ['costs'], `one row a node (${shape})`)
  const countries = problem.costs[0]!.length
  if (countries === 0) throw problemError(KIND, ['costs', 0], 'is empty: a tree needs at least one country')
  requireShape(KIND, problem.costs, [nodes, countries], ['costs'], 'one column a country (as costs[0])')
  requireShape(KIND, problem.tradeCosts, [countries, countries], ['tradeCosts'], 'country by country (as costs[0])')
  if (problem.finalShipping) requireLength(KIND, problem.finalShipping, countries, ['finalShipping'], 'one number a country')
  checkDestination(problem.destination, countries)
  checkTechnology(problem)
  if (problem.fixedCosts) requireShape(KIND, problem.fixedCosts, [nodes, countries], ['fixedCosts'], 'the shape of costs')
  return problem
}

function countNodes({ order, length, parents }: TreeProblem): number {
  if (parents !== undefined) {
    if (order !== undefined || length !== undefined) {
      throw problemError(KIND, ['parents'], 'is given together with order or length', 'Give either parents, or order and length.')
    }
    checkParents(KIND, parents, ['parents'])
    return parents.length
  }
  if (order === undefined) throw problemError(KIND, ['order'], 'is missing', 'Give order and length of a complete tree, or parents.')
  if (length === undefined) throw problemError(KIND, ['length'], 'is missing', 'Give order and length of a complete tree, or parents.')
  return completeTreeSize(order, length)
}

/** Throws unless the parents make one tree with root 0. */
export function checkParents(kind: string, parents: readonly number[], at: DocumentPath): void {
  if (parents[0] !== -1) throw problemError(kind, [...at, 0], `is ${parents[0]} and must be -1`, 'Node 0 is the final good and has no parent.')
  parents.forEach((parent, v) => {
    if (v > 0 && parent === -1) throw problemError(kind, [...at, v], 'is -1, a second root', 'Only node 0 has no parent.')
    if (parent < -1 || parent >= parents.length) throw problemError(kind, [...at, v], `is ${parent}, which is not a node (0 to ${parents.length - 1})`)
  })
  const onCycle = nodeOnCycle(parents)
  if (onCycle >= 0) throw problemError(kind, [...at, onCycle], 'is on a cycle: following parents from here never reaches node 0')
}

function checkDestination(destination: number | null, countries: number): void {
  if (destination === null || (destination >= 0 && destination < countries)) return
  throw problemError(KIND, ['destination'], `is ${destination}, which is not a country (0 to ${countries - 1})`, 'Name a country, or null for a free choice.')
}

/** Which keys go with which question. */
function checkTechnology({ fixedCosts, technology, valueAdded, tau, form }: TreeProblem): void {
  if (fixedCosts === undefined) {
    if (technology !== undefined) throw problemError(KIND, ['technology'], 'is given without fixedCosts', 'Add fixedCosts (zeros if there are none) or remove it.')
    if (valueAdded !== undefined) throw problemError(KIND, ['valueAdded'], 'is given without fixedCosts', 'Add fixedCosts (zeros if there are none) or remove it.')
    if (tau === 'path' && form === 'iceberg') {
      throw problemError(KIND, ['tau'], 'is "path", which holds for specific costs only', 'Give numbers, or set form to "specific".')
    }
    return
  }
  if (typeof tau !== 'number') throw problemError(KIND, ['tau'], 'must be one number when there are fixedCosts')
  if (technology === undefined) throw problemError(KIND, ['technology'], 'is missing: fixedCosts need it', 'Give "additive", "cobb-douglas", "leontief" or {"ces": σ}.')
  if (technology !== 'additive' && valueAdded === undefined) {
    throw problemError(KIND, ['valueAdded'], 'is missing: the share of a node in its own cost', 'Give a number from 0 to 1.')
  }
}

/** Notes on keys that a document with fixed costs gives but its technology decides. */
export function notReadWithFixedCosts({ fixedCosts, technology, form, valueAdded }: TreeProblem): string[] {
  if (fixedCosts === undefined) return []
  const notes: string[] = []
  if (technology === 'additive' && form === 'iceberg') notes.push('additive technology adds trade costs to the price of a part; form "iceberg" is not read')
  if (technology !== 'additive' && form === 'specific') notes.push('this technology multiplies the price of a part by 1 + τT; form "specific" is not read')
  if (technology === 'additive' && valueAdded !== undefined) notes.push('additive technology has no shares; valueAdded is not read')
  return notes
}
