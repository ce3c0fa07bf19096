/**
 * Labels of partial chains and their lower-left hull: the (price, fixed cost) pairs that minimise `q·price + fixed` on an
 * interval of q > 0 of positive length. Ties go to the chain that is first in lexicographic order of countries.
 */
export interface Label {
  /** Price of the good so far, per unit. */
  readonly price: number
  /** Fixed cost so far. */
  readonly fixed: number
  readonly country: number
  /** The partial chain up to the stage before; null at stage 0. */
  readonly previous: Label | null
}

/** Two sums of the same chain costs in another order differ by less than this, relatively: they count as equal. */
const TIE = 1e-13

const tied = (a: number, b: number): boolean => Math.abs(a - b) <= TIE * Math.max(Math.abs(a), Math.abs(b))

/** The labels on the hull, by rising price (falling fixed cost). */
export function lowerHull(labels: readonly Label[]): Label[] {
  const hull: Label[] = []
  for (const label of [...labels].sort((a, b) => a.price - b.price || a.fixed - b.fixed)) {
    const last = hull[hull.length - 1]
    if (last && samePoint(last, label)) {
      if (comesFirst(label, last)) hull[hull.length - 1] = label
      continue
    }
    if (last && (label.fixed >= last.fixed || tied(label.fixed, last.fixed))) continue
    while (hull.length > 0 && tied(hull[hull.length - 1]!.price, label.price)) hull.pop()
    while (hull.length > 1 && !isVertex(hull[hull.length - 2]!, hull[hull.length - 1]!, label)) hull.pop()
    hull.push(label)
  }
  return hull
}

/** Quantity at which `b`, dearer per unit and lower in fixed cost, costs as much as `a`. */
export function crossing(a: Label, b: Label): number {
  return (a.fixed - b.fixed) / (b.price - a.price)
}

/** The label of a whole chain at known costs. */
export function labelOf(chain: readonly number[], price: number, fixed: number): Label {
  return chain.reduce<Label | null>((previous, country) => ({ price, fixed, country, previous }), null)!
}

/** Countries of a label's chain, upstream first. */
export function chainOf(label: Label): number[] {
  const chain: number[] = []
  for (let at: Label | null = label; at; at = at.previous) chain.push(at.country)
  return chain.reverse()
}

/** True when `middle` is cheapest between `left` and `right` on more than one point. */
function isVertex(left: Label, middle: Label, right: Label): boolean {
  const upper = crossing(left, middle)
  const lower = crossing(middle, right)
  return upper > lower && !tied(upper, lower)
}

const samePoint = (a: Label, b: Label): boolean => tied(a.price, b.price) && tied(a.fixed, b.fixed)

function comesFirst(a: Label, b: Label): boolean {
  const left = chainOf(a)
  const right = chainOf(b)
  const n = left.findIndex((country, index) => country !== right[index])
  return n >= 0 && left[n]! < right[n]!
}
