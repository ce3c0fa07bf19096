/**
 * Combinatorial discrete choice for any profit function over sets (Arkolakis, Eckert and Shi 2023): bounds L ⊆ S* ⊆ U are squeezed by the
 * marginal value D_j(S) = π(S ∪ j) − π(S ∖ j), and where they stick one undecided item is tried both ways.
 *
 * - substitutes (single crossing from above: D_j falls as S grows): in when D_j(U) > 0, out when D_j(L) ≤ 0.
 * - complements (single crossing from below: D_j rises as S grows): in when D_j(L) > 0, out when D_j(U) ≤ 0.
 * - neither: an item is decided only by enumeration, which costs 2^n evaluations.
 *
 * The closed-form solvers of this folder are faster where they apply and are the independent check of this one.
 */
import { ReshoreError } from '../../errors.js'

export interface ChoiceProblem {
  readonly items: number
  readonly structure: 'substitutes' | 'complements' | 'none'
  /** π of a set: 1 where the item is in. */
  profit(set: Uint8Array): number
}

export interface ChoiceSet {
  readonly set: readonly number[]
  readonly profit: number
  readonly exact: true
  /** Boxes [L, U] looked at; 1 when squeezing alone decided. */
  readonly nodes: number
}

/** Items above which a problem without structure is refused. */
const enumerationLimit = 24

/**
 * Returns the optimal set; ties go to the smaller set. Throws `ProblemError` for a problem without structure and more than 24 items.
 *
 * @example
 * const best = squeeze({ items: 3, structure: 'substitutes', profit: (set) => Math.sqrt(1 + set[0]! + set[1]! + set[2]!) })
 */
export function squeeze(problem: ChoiceProblem): ChoiceSet {
  const { items, structure } = problem
  if (structure === 'none' && items > enumerationLimit) {
    throw new ReshoreError(
      'ProblemError',
      `A choice over ${items} items without substitutes or complements needs 2^${items} evaluations.`,
      `State the structure if there is one, or reduce the problem to ${enumerationLimit} items.`,
      2,
    )
  }
  let nodes = 0
  let best = new Uint8Array(items)
  let bestProfit = problem.profit(best)
  descend(new Uint8Array(items), new Uint8Array(items).fill(1))
  return { set: [...best.keys()].filter((j) => best[j] === 1), profit: bestProfit, exact: true, nodes }

  function descend(lower: Uint8Array<ArrayBuffer>, upper: Uint8Array<ArrayBuffer>): void {
    nodes++
    if (structure !== 'none') tighten(problem, lower, upper)
    const open = lower.findIndex((isIn, j) => isIn !== upper[j])
    if (open < 0) {
      const profit = problem.profit(lower)
      if (profit > bestProfit) {
        bestProfit = profit
        best = lower
      }
      return
    }
    const without = upper.slice()
    without[open] = 0
    descend(lower.slice(), without)
    const within = lower.slice()
    within[open] = 1
    descend(within, upper)
  }
}

/** Moves both bounds until neither does. Items fixed by a branch have equal bounds and stay. */
function tighten({ structure, profit }: ChoiceProblem, lower: Uint8Array, upper: Uint8Array): void {
  const marginal = (set: Uint8Array, j: number): number => {
    const changed = set.slice()
    changed[j] = 1
    const within = profit(changed)
    changed[j] = 0
    return within - profit(changed)
  }
  for (let moved = true; moved; ) {
    moved = false
    for (let j = 0; j < lower.length; j++) {
      if (lower[j] === upper[j]) continue
      const [optimist, pessimist] = structure === 'substitutes' ? [lower, upper] : [upper, lower]
      if (marginal(pessimist, j) > 0) lower[j] = 1
      else if (marginal(optimist, j) <= 0) upper[j] = 0
      else continue
      moved = true
    }
  }
}
