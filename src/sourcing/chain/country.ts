/**
 * Envelope of chains whose fixed costs are paid once per country, whatever number of stages it hosts.
 *
 * Branch and bound over sets of countries, once for all quantities. A node has countries that it may use, some of them already paid for.
 * The chain of least marginal cost within them, at the fixed costs paid so far, costs no more than any chain of
 * the node: a node whose bound is not below the envelope found so far is closed. A node whose cheapest chain uses only what is
 * paid for is solved. Otherwise the dearest country that the chain uses and that is not paid for is first forbidden, then paid.
 *
 * Checked against enumeration.
 */
import { ReshoreError } from '../../errors.js'
import type { ChainProblem } from '../records.js'
import { everywhere, type AllowedCountries } from './envelope.js'
import { crossing, labelOf, lowerHull, type Label } from './labels.js'
import { deliveredPrice, fixedCost, marginalCost, priceRecursion, tradeByEdge } from './technology.js'

/** Nodes the search may open, by default: some seconds at 20 × 20. */
const NODE_LIMIT = 100_000
/** Up to this many countries, nodes that could only tie are opened too, for the first chain in lexicographic order. */
const TIED_COUNTRIES = 12
const TIE = 1e-13

interface Node {
  /** Countries that are not forbidden. */
  readonly within: readonly number[]
  readonly paid: ReadonlySet<number>
  /** Least fixed cost of a chain of the node: of what is paid, or of the cheapest country while nothing is. */
  readonly fixed: number
  readonly cheapest: Chain
}

interface Chain {
  readonly countries: readonly number[]
  readonly price: number
}

/**
 * Hull labels of whole chains under `fixedCostsPaid: 'country'`.
 *
 * @throws ProblemError when the search passes its limit; the message bounds how far the envelope found is from the true one
 */
export function hullWithCountryCosts(problem: ChainProblem, allowed: AllowedCountries = everywhere(problem), limit = NODE_LIMIT): Label[] {
  const costs = problem.fixedCosts[0]!
  const countries = costs.map((_, country) => country)
  const cheapestWithin = cheapestChains(problem, allowed)
  const slack = countries.length <= TIED_COUNTRIES ? 1 + TIE : 1 - TIE
  const toLabel = (chain: readonly number[]): Label => labelOf(chain, marginalCost(problem, chain), fixedCost(problem, chain))
  const alone = countries.filter((country) => allowed.every((list) => list.includes(country)))
  let hull = lowerHull(alone.map((country) => toLabel(problem.valueAdded.map(() => country))))
  const makeNode = (within: readonly number[], paid: ReadonlySet<number>, cheapest: Chain): Node => (
    { within, paid, cheapest, fixed: paid.size > 0 ? sumOver(paid, costs) : Math.min(...within.map((country) => costs[country]!)) })
  const open: Node[] = [makeNode(countries, new Set(), cheapestWithin(countries)!)]
  for (let opened = 0, node = open.pop(); node; node = open.pop()) {
    const { within, paid, cheapest } = node
    if (!isBelow(cheapest.price, node.fixed, hull, slack)) continue
    if (opened++ === limit) throw tooLarge(problem, hull, [node, ...open], limit)
    hull = lowerHull([...hull, toLabel(cheapest.countries)])
    const unpaid = cheapest.countries.filter((country) => !paid.has(country))
    if (unpaid.length === 0) continue
    const dearest = unpaid.reduce((best, country) => (costs[country]! > costs[best]! ? country : best))
    open.push(makeNode(within, new Set([...paid, dearest]), cheapest))
    const rest = within.filter((country) => country !== dearest)
    const without = cheapestWithin(rest)
    if (without) open.push(makeNode(rest, paid, without))
  }
  return hull
}

/** The chain of least marginal cost within some countries, the first in lexicographic order among equals; null when there is none. */
function cheapestChains(problem: ChainProblem, allowed: AllowedCountries): (countries: readonly number[]) => Chain | null {
  const { made } = priceRecursion(problem)
  const stages = problem.valueAdded.length
  const width = problem.unitCosts[0]!.length
  const additive = problem.tradeForm === 'additive'
  const trade = tradeByEdge(problem).map((matrix) => Float64Array.from(matrix.flat()))
  const price = new Float64Array(stages * width)
  const from = new Int32Array(stages * width)
  const chainTo = (n: number, country: number): number[] => {
    const chain = [country]
    for (let stage = n; stage > 0; stage--) chain.unshift(from[stage * width + chain[0]!]!)
    return chain
  }
  const better = (offer: number, i: number, best: number, other: number, n: number): boolean =>
    offer < best * (1 - TIE) || (offer <= best * (1 + TIE) && isBefore(chainTo(n, i), chainTo(n, other)))
  const may = allowed.map((list) => new Set(list))
  return (countries) => {
    const open = may.map((set) => countries.filter((country) => set.has(country)))
    if (open.some((list) => list.length === 0)) return null
    for (const i of open[0]!) price[i] = made(0, i, 0)
    for (let n = 1; n < stages; n++) {
      const costs = trade[n - 1]!
      for (const j of open[n]!) {
        let input = Infinity
        let sender = open[n - 1]![0]!
        for (const i of open[n - 1]!) {
          const before = price[(n - 1) * width + i]!
          const offer = additive ? before + costs[i * width + j]! : before * costs[i * width + j]!
          if (!better(offer, i, input, sender, n - 1)) continue
          input = offer
          sender = i
        }
        from[n * width + j] = sender
        price[n * width + j] = made(n, j, input)
      }
    }
    const last = (stages - 1) * width
    let market = Infinity
    let assembly = open[stages - 1]![0]!
    for (const i of open[stages - 1]!) {
      const offer = deliveredPrice(problem, i, price[last + i]!)
      if (!better(offer, i, market, assembly, stages - 1)) continue
      market = offer
      assembly = i
    }
    return { countries: chainTo(stages - 1, assembly), price: market }
  }
}

/** True when (price, fixed) undercuts the hull at some quantity; `slack` above 1 counts ties. */
function isBelow(price: number, fixed: number, hull: readonly Label[], slack: number): boolean {
  const after = hull.findIndex((label) => label.price > price * slack)
  if (after === 0 || hull.length === 0) return true
  if (after < 0) return fixed <= hull.at(-1)!.fixed * slack
  const [left, right] = [hull[after - 1]!, hull[after]!]
  const share = (price - left.price) / (right.price - left.price)
  return fixed <= (left.fixed + share * (right.fixed - left.fixed)) * slack
}

/** Says how far the chains found may be from the optimum: the ratio of two concave functions of q is largest at a kink or an end. */
function tooLarge(problem: ChainProblem, hull: readonly Label[], open: readonly Node[], limit: number): ReshoreError {
  const bounds = lowerHull([...hull, ...open.map(({ cheapest, fixed }) => labelOf(cheapest.countries, cheapest.price, fixed))])
  const costAt = (labels: readonly Label[], quantity: number): number =>
    Math.min(...labels.map(({ price, fixed }) => quantity * price + fixed))
  const kinks = (labels: readonly Label[]): number[] => labels.slice(1).map((label, k) => crossing(labels[k]!, label))
  const ratios = [...kinks(hull), ...kinks(bounds)].map((quantity) => costAt(hull, quantity) / costAt(bounds, quantity))
  const atZero = hull.at(-1)!.fixed / bounds.at(-1)!.fixed
  const gap = Math.max(hull[0]!.price / bounds[0]!.price, ...ratios, Number.isFinite(atZero) ? atZero : 1) - 1
  return new ReshoreError('ProblemError',
    `chain problem: fixed costs paid once per country over ${problem.fixedCosts[0]!.length} countries and ${problem.fixedCosts.length} ` +
    `stages need more than ${limit} sets of countries; ${open.length} are still open, and the best ${hull.length} chains found cost ` +
    `at most ${(100 * gap).toPrecision(2)} percent more than the optimum at any quantity.`,
    "Leave out countries no chain would use, or bound the answer: fixedCostsPaid 'stage' gives an upper bound, the same with " +
    'fixed costs divided by the number of stages a lower one.', 2)
}

function sumOver(countries: ReadonlySet<number>, costs: readonly number[]): number {
  let sum = 0
  for (const country of countries) sum += costs[country]!
  return sum
}

function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const n = a.findIndex((country, index) => country !== b[index])
  return n >= 0 && a[n]! < b[n]!
}
