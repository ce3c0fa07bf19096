/**
 * Pairs of parts that stand in a given relation in the production tree, for measuring how often they are made in one country
 * (Tyazhelnikov's clustering: with the direct user S_i by stage; with indirect relatives).
 */
import type { TreeShape } from './shape.js'

/** Relations in which parts are counted, nearest first. */
export const partRelations = ['parent', 'grandparent', 'great-grandparent', 'sister', 'niece-aunt', 'cousin'] as const
export type PartRelation = (typeof partRelations)[number]

/** One thing that is counted: a relation, and for 'parent' the stage of the part (1 = the parts of the final good). */
export interface RelationClass {
  readonly relation: PartRelation
  readonly stage?: number
  /** Pairs in the tree. */
  readonly pairs: number
}

export interface RelationPairs {
  readonly classes: readonly RelationClass[]
  /** (node, node, class) for every pair. */
  readonly pairs: Int32Array
}

/** Pairs of a relation counted at most, so that a chunk of firms is counted in 32 bits; a spider of n parts has n²/2 sisters. */
export const mostPairs = 250_000

/** Pairs of a relation in the tree, without forming them. */
export function countPairs({ nodes, parents, children, stages }: TreeShape, relation: PartRelation): number {
  const two = (count: number): number => (count * (count - 1)) / 2
  const grandchildren = new Float64Array(nodes)
  for (let v = 1; v < nodes; v++) grandchildren[parents[v]!]! += children[v]!
  const generations = { parent: 1, grandparent: 2, 'great-grandparent': 3 }
  if (relation in generations) return stages.filter((stage) => stage >= generations[relation as keyof typeof generations]).length
  const sisters = children.reduce((sum, parts) => sum + two(parts), 0)
  if (relation === 'sister') return sisters
  if (relation === 'niece-aunt') return grandchildren.reduce((sum, count, v) => sum + count * Math.max(children[v]! - 1, 0), 0)
  return grandchildren.reduce((sum, count) => sum + two(count), 0) - (sisters - two(children[0]!))
}

/** All pairs of the given relations. Classes without a pair are left out. */
export function relationPairs(shape: TreeShape, wanted: readonly PartRelation[]): RelationPairs {
  const classes: { relation: PartRelation; stage?: number; pairs: number }[] = []
  const pairs: number[] = []
  const collect = (relation: PartRelation, found: readonly (readonly [number, number])[], stage?: number): void => {
    if (found.length === 0) return
    for (const [a, b] of found) pairs.push(a, b, classes.length)
    classes.push(stage === undefined ? { relation, pairs: found.length } : { relation, stage, pairs: found.length })
  }
  for (const relation of wanted) {
    const found = pairsOf(shape, relation)
    if (relation !== 'parent') collect(relation, found)
    else for (const stage of new Set(shape.stages)) collect(relation, found.filter(([v]) => shape.stages[v] === stage), stage)
  }
  return { classes, pairs: Int32Array.from(pairs) }
}

function pairsOf(shape: TreeShape, relation: PartRelation): (readonly [number, number])[] {
  const nodes = Array.from({ length: shape.nodes }, (_, v) => v)
  const parts: number[][] = nodes.map(() => [])
  for (const v of nodes) if (v > 0) parts[shape.parents[v]!]!.push(v)
  const ancestor = (v: number, generations: number): number => (v < 0 || generations === 0 ? v : ancestor(shape.parents[v]!, generations - 1))
  const withAncestor = (generations: number) => nodes.flatMap((v) => (ancestor(v, generations) < 0 ? [] : [[v, ancestor(v, generations)] as const]))
  const sisters = (v: number): number[] => (parts[ancestor(v, 1)] ?? []).filter((other) => other !== v)
  const aunts = (v: number): number[] => (v === 0 ? [] : sisters(shape.parents[v]!))
  const later = (v: number, others: readonly number[]) => others.filter((other) => other > v).map((other) => [v, other] as const)
  switch (relation) {
    case 'parent': return withAncestor(1)
    case 'grandparent': return withAncestor(2)
    case 'great-grandparent': return withAncestor(3)
    case 'sister': return nodes.flatMap((v) => later(v, sisters(v)))
    case 'niece-aunt': return nodes.flatMap((v) => aunts(v).map((aunt) => [v, aunt] as const))
    case 'cousin': return nodes.flatMap((v) => later(v, aunts(v).flatMap((aunt) => parts[aunt]!)))
  }
}
