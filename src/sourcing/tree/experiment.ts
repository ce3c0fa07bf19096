/**
 * Monte Carlo over firms: what one experiment is, checked, and its form as numbers that kernels work on.
 *
 * Every firm has the same tree and trade costs and its own stage costs (`draws.ts`). Kernels number nodes downstream first, so
 * that the parts of a node follow one another; draws go to the nodes in that order, and within a node to the countries.
 */
import { z } from 'zod'
import { matrixOf, nonNegative, positive, problemError, readDocument, requireLength, requireShape } from '../document.js'
import { drawFirm, mostFirms, planDraws, type DrawPlan, type FrechetCosts } from './draws.js'
import { checkParents } from './read.js'
import { countPairs, mostPairs, partRelations, relationPairs, type PartRelation, type RelationClass } from './relations.js'
import type { TreeCosts } from './bellman.js'
import { completeTree, completeTreeSize, downstreamFirstTree, firstParts, treeOfParents, type TreeShape } from './shape.js'

export interface TreeExperiment {
  readonly tree: { readonly order: number; readonly length: number } | { readonly parents: readonly number[] }
  readonly countries: number
  readonly form: 'specific' | 'iceberg'
  /** null: node 0 is free. */
  readonly destination: number | null
  /** [from][to]; 1 between countries and 0 within when left out. */
  readonly tradeCosts?: readonly (readonly number[])[]
  /** From node 0's country to the market; 0 when left out. */
  readonly finalShipping?: readonly number[]
  readonly draws: FrechetCosts
  /** Strictly rising, from 0 or above. */
  readonly taus: readonly number[]
  /** Pairs counted; none when left out. */
  readonly relations?: readonly PartRelation[]
  /** Histogram of cost: `bins` of equal width from `from` to `to`, and one more on each side for what lies outside. */
  readonly histogram?: { readonly from: number; readonly to: number; readonly bins: number }
}

/** An experiment as numbers; nodes are numbered downstream first. */
export interface ExperimentPlan {
  readonly shape: TreeShape
  readonly nodes: number
  readonly countries: number
  readonly form: 'specific' | 'iceberg'
  readonly parents: Int32Array
  /** Parts of v are firstPart[v] … firstPart[v + 1] − 1. */
  readonly firstPart: Int32Array
  readonly stages: Int32Array
  readonly destination: number
  readonly tradeCosts: Float64Array
  readonly finalShipping: Float64Array
  readonly draws: DrawPlan
  readonly taus: Float64Array
  readonly classes: readonly RelationClass[]
  /** (node, node, class) */
  readonly pairs: Int32Array
  readonly histogram: { readonly from: number; readonly width: number; readonly bins: number }
}

const experimentSchema = z.strictObject({
  tree: z.union([z.strictObject({ order: z.int().min(1), length: z.int().min(1) }), z.strictObject({ parents: z.array(z.int()).min(1) })]),
  countries: z.int().min(1).max(1024),
  form: z.enum(['specific', 'iceberg']),
  destination: z.int().min(0).nullable(),
  tradeCosts: matrixOf(nonNegative).optional(),
  finalShipping: z.array(nonNegative).optional(),
  draws: z.strictObject({ seed: z.number(), shape: positive, reading: z.enum(['cost', 'efficiency']) }),
  taus: z.array(nonNegative).min(1),
  relations: z.array(z.enum(partRelations)).optional(),
  histogram: z.strictObject({ from: z.number(), to: z.number(), bins: z.int().min(1) }).optional(),
})

/** Costs of a firm, nodes × countries, at most: kernels hold 32 firms at a time. */
const mostCosts = 1e6

/**
 * The plan of an experiment.
 *
 * @throws ProblemError (exit code 2) naming the place of the first fault
 */
export function planExperiment(experiment: TreeExperiment): ExperimentPlan {
  const read = readDocument('tree experiment', experimentSchema, experiment)
  checkNumbers(read)
  const K = read.countries
  const shape = downstreamFirstTree('order' in read.tree ? completeTree(read.tree.order, read.tree.length) : treeOfParents(read.tree.parents))
  const wanted = read.relations ?? []
  wanted.forEach((relation, i) => checkPairs(countPairs(shape, relation), i))
  const { classes, pairs } = relationPairs(shape, wanted)
  const { from = 0, to = 1, bins = 0 } = read.histogram ?? {}
  return {
    shape,
    nodes: shape.nodes,
    countries: K,
    form: read.form,
    parents: shape.parents,
    firstPart: firstParts(shape),
    stages: shape.stages,
    destination: read.destination ?? -1,
    tradeCosts: Float64Array.from({ length: K * K }, (_, i) => read.tradeCosts?.[Math.floor(i / K)]![i % K] ?? (i % (K + 1) === 0 ? 0 : 1)),
    finalShipping: Float64Array.from(read.finalShipping ?? new Array<number>(K).fill(0)),
    draws: planDraws(read.draws),
    taus: Float64Array.from(read.taus),
    classes,
    pairs,
    histogram: { from, width: (to - from) / Math.max(bins, 1), bins },
  }
}

/** One firm of an experiment as a problem of its own; nodes are numbered downstream first. */
export function firmOfExperiment(experiment: TreeExperiment, firm: number): { shape: TreeShape; costs: TreeCosts } {
  checkRange(firm, firm + 1)
  const { shape, nodes, countries, form, tradeCosts, finalShipping, destination, draws } = planExperiment(experiment)
  const costs = new Float64Array(nodes * countries)
  drawFirm(draws, firm, costs)
  return { shape, costs: { form, countries, costs, tradeCosts, finalShipping, destination } }
}

/** Throws unless [from, to) is a range of firms. */
export function checkRange(from: number, to: number): void {
  if (Number.isInteger(from) && Number.isInteger(to) && from >= 0 && to > from && to <= mostFirms) return
  throw problemError('tree experiment', ['firms'], `is the range [${from}, ${to})`, `Firms are numbered from 0 to ${mostFirms - 1}, and a range has at least one.`)
}

function checkPairs(pairs: number, i: number): void {
  if (pairs <= mostPairs) return
  throw problemError('tree experiment', ['relations', i], `asks for ${pairs} pairs a firm, more than ${mostPairs}`, 'Leave this relation out, or take a smaller tree.')
}

/** Sums by stage of numbers by node. */
export function byStage({ stages, nodes }: ExperimentPlan, values: Float64Array): Float64Array {
  const sums = new Float64Array(stages[nodes - 1]! + 1)
  values.forEach((value, v) => (sums[stages[v]!]! += value))
  return sums
}

function checkNumbers({ countries, tree, destination, tradeCosts, finalShipping, taus, histogram }: TreeExperiment): void {
  const fail = (at: (string | number)[], what: string): never => {
    throw problemError('tree experiment', at, what)
  }
  if (destination !== null && destination >= countries) fail(['destination'], `is ${destination}, which is not a country (0 to ${countries - 1})`)
  if (tradeCosts) requireShape('tree experiment', tradeCosts, [countries, countries], ['tradeCosts'], 'country by country')
  if (finalShipping) requireLength('tree experiment', finalShipping, countries, ['finalShipping'], 'one number a country')
  taus.forEach((tau, t) => t > 0 && tau <= taus[t - 1]! && fail(['taus', t], `is ${tau}, not above the one before`))
  if (histogram && !(histogram.to > histogram.from)) fail(['histogram', 'to'], `is ${histogram.to}, not above from (${histogram.from})`)
  const nodes = 'parents' in tree ? tree.parents.length : completeTreeSize(tree.order, tree.length)
  if ('parents' in tree) checkParents('tree experiment', tree.parents, ['tree', 'parents'])
  if (nodes * countries > mostCosts) fail(['tree'], `has ${nodes} nodes in ${countries} countries; a simulated firm has up to ${mostCosts} costs`)
}
