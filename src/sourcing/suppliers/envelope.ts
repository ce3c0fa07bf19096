/**
 * The candidate sets of one industry. Given what the other industries contribute (a), a firm maximises
 *
 *     a Θ(S)^e − Σ_{i∈S} f_i,      Θ(S) = Φ₀ + Σ_{i∈S} Φ_i,
 *
 * which is linear in (x, y) = (Θ^e, Σf): whatever a is, an optimal set is a vertex of the upper-left envelope of all (y, x).
 * The vertices in the order of a form a chain: larger a, larger Θ.
 *
 * - e ≥ 1 (complements): the objective is convex in (ΣΦ, Σf), so only prefixes of the order by Φ/f are candidates; exact in O(I log I).
 * - e < 1 (substitutes): at each a the set is found by branch and bound. The continuous relaxation fills sources in the order of Φ/f up to
 *   the point where one more unit of potential costs what it brings; it leaves at most one source fractional, so bounds are tight.
 *   All vertices between two values of a follow by dichotomy: solve at the slope of the chord, split where a better vertex appears.
 *
 * Sources: Antràs, Fort and Tintelnot (2017); Arkolakis, Eckert and Shi (2023). Checked against enumeration of all sets in
 * test/property/suppliers.test.ts.
 */

/** Sources of one industry in the order of potential per fixed cost. `order[r]` is the caller's index of the r-th source. */
export interface IndustryOrder {
  readonly exponent: number
  readonly base: number
  readonly order: Int32Array
  readonly potential: Float64Array
  readonly fixedCosts: Float64Array
}

/** One candidate set, with x = Θ^e and y = Σf. `members` are ranks in the industry's order, ascending. */
export interface Candidate {
  readonly capability: number
  readonly gain: number
  readonly cost: number
  readonly members: Int32Array
}

/** Returns the industry's useful sources by falling Φ/f; sources without potential are never worth a cost and are left out. */
export function orderIndustry(industry: {
  readonly exponent: number
  readonly base: number
  readonly potential: readonly number[]
  readonly fixedCosts: readonly number[]
}): IndustryOrder {
  const { potential, fixedCosts } = industry
  const useful = [...potential.keys()].filter((i) => potential[i]! > 0)
  // Φ_i/f_i > Φ_j/f_j written as a product, so that free sources come first; ties by index.
  useful.sort((i, j) => potential[j]! * fixedCosts[i]! - potential[i]! * fixedCosts[j]! || i - j)
  return {
    exponent: industry.exponent,
    base: industry.base,
    order: Int32Array.from(useful),
    potential: Float64Array.from(useful, (i) => potential[i]!),
    fixedCosts: Float64Array.from(useful, (i) => fixedCosts[i]!),
  }
}

/** Returns the upper envelope of the prefixes of a complements industry (e ≥ 1): every set that is ever optimal, by rising Θ. */
export function prefixEnvelope(industry: IndustryOrder): Candidate[] {
  const count = industry.order.length
  const hull: Candidate[] = []
  let capability = industry.base
  let cost = 0
  for (let r = 0; r <= count; r++) {
    if (r > 0) {
      capability += industry.potential[r - 1]!
      cost += industry.fixedCosts[r - 1]!
    }
    const next: Candidate = { capability, gain: capability ** industry.exponent, cost, members: ranksBelow(r) }
    while (hull.length > 0 && hull.at(-1)!.cost >= next.cost) hull.pop()
    while (hull.length > 1 && switchPoint(hull.at(-2)!, hull.at(-1)!) >= switchPoint(hull.at(-1)!, next)) hull.pop()
    hull.push(next)
  }
  return hull
}

/** The a at which the firm moves from one candidate to the next larger one. */
export function switchPoint(smaller: Candidate, larger: Candidate): number {
  return (larger.cost - smaller.cost) / (larger.gain - smaller.gain)
}

/** The part of an envelope that is optimal somewhere on [low, high]. */
export function between(envelope: readonly Candidate[], low: number, high: number): Candidate[] {
  return envelope.filter((candidate, j) => {
    const starts = j === 0 ? -Infinity : switchPoint(envelope[j - 1]!, candidate)
    const ends = j === envelope.length - 1 ? Infinity : switchPoint(candidate, envelope[j + 1]!)
    return starts <= high && ends >= low
  })
}

function ranksBelow(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, r) => r)
}

/** The candidate of an envelope that is optimal at `a`: the last one whose switch point is below a, so that ties go to the smaller set. */
export function candidateAt(envelope: readonly Candidate[], a: number): Candidate {
  let low = 0
  let high = envelope.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (switchPoint(envelope[middle]!, envelope[middle + 1]!) < a) low = middle + 1
    else high = middle
  }
  return envelope[low]!
}

/**
 * Returns every set of a substitutes industry (e < 1) that is optimal for some a in [low, high], by rising Θ: the optimum at both ends,
 * then at the slope of every chord that may hide a vertex. `nodes` counts branch-and-bound nodes.
 */
export function substitutesEnvelope(industry: IndustryOrder, low: number, high: number): { envelope: Candidate[]; nodes: number } {
  let nodes = 0
  const at = (a: number): Candidate => {
    const found = substitutesOptimum(industry, a)
    nodes += found.nodes
    return found.candidate
  }
  const first = at(low)
  const last = high > low ? at(high) : first
  const envelope = [first]
  split(first, last)
  if (!sameVertex(envelope.at(-1)!, last)) envelope.push(last)
  return { envelope, nodes }

  /** Appends the vertices strictly between two known ones. */
  function split(smaller: Candidate, larger: Candidate): void {
    if (sameVertex(smaller, larger)) return
    const slope = switchPoint(smaller, larger)
    const middle = at(slope)
    const chord = slope * smaller.gain - smaller.cost
    const better = slope * middle.gain - middle.cost - chord > 1e-12 * (Math.abs(slope * middle.gain) + middle.cost)
    if (!better || sameVertex(middle, smaller) || sameVertex(middle, larger)) return
    split(smaller, middle)
    envelope.push(middle)
    split(middle, larger)
  }
}

function sameVertex(one: Candidate, other: Candidate): boolean {
  return one.gain === other.gain || one.cost === other.cost
}

/**
 * The best set at one a when sources are substitutes, by depth-first branch and bound over the order by Φ/f. Ties keep the set found
 * first, in which a source is tried inside before outside.
 */
export function substitutesOptimum(industry: IndustryOrder, a: number): { candidate: Candidate; nodes: number } {
  const { exponent: e, base, potential, fixedCosts } = industry
  const count = potential.length
  // Marginal profit of potential equals its price f/Φ at Θ = (a e Φ/f)^(1/(1−e)); free sources have no such point.
  const stop = potential.map((phi, r) => (a * e * (phi / fixedCosts[r]!)) ** (1 / (1 - e)))
  const value = (capability: number, cost: number): number => a * capability ** e - cost
  const chosen = new Uint8Array(count)
  let best = chosen.slice()
  let bestValue = value(base, 0)
  let nodes = 0
  descend(0, base, 0)
  const members = Int32Array.from([...best.keys()].filter((r) => best[r] === 1))
  const capability = members.reduce((sum, r) => sum + potential[r]!, base)
  const cost = members.reduce((sum, r) => sum + fixedCosts[r]!, 0)
  return { candidate: { capability, gain: capability ** e, cost, members }, nodes }

  function descend(from: number, capability: number, cost: number): void {
    nodes++
    const here = value(capability, cost)
    if (here > bestValue) {
      bestValue = here
      best = chosen.slice()
    }
    for (let r = from; r < count; r++) {
      if (relaxed(r, capability, cost) <= bestValue + 1e-15 * Math.abs(bestValue)) return
      // A substitute that does not pay at today's capability will not pay at a larger one.
      if (value(capability + potential[r]!, cost + fixedCosts[r]!) <= value(capability, cost)) continue
      chosen[r] = 1
      descend(r + 1, capability + potential[r]!, cost + fixedCosts[r]!)
      chosen[r] = 0
    }
  }

  /** Upper bound over sources `from` and later: fill in order up to each source's stopping point; the last one may stay a fraction. */
  function relaxed(from: number, capability: number, cost: number): number {
    for (let r = from; r < count && stop[r]! > capability; r++) {
      const taken = Math.min(potential[r]!, stop[r]! - capability)
      capability += taken
      cost += fixedCosts[r]! * (taken / potential[r]!)
    }
    return value(capability, cost)
  }
}
