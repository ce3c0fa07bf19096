/**
 * Cost of a chain (de Gortari 2020). Stage n in country j combines its own input at unit cost c and the good of stage n−1, bought
 * in i at price p, delivered at τp; α is the stage's value added:
 *
 * - Cobb–Douglas `c^α (τp)^(1−α)`, CES `[α c^(1−σ) + (1−α)(τp)^(1−σ)]^(1/(1−σ))`, Leontief `α c + (1−α) τp`;
 * - additive Leontief `α c + (1−α) p + t/β`, where β = Π_{m>n}(1−α) after the stage, so that t is paid per unit of the final
 *   good: `MC = Σ α^n β^n c^n + Σ t^n`.
 *
 * The price of stage n is increasing and concave in the price before it: that is what the exactness of the envelope rests on.
 */
import { powerMean } from '../../numerics/powerMean.js'
import type { ChainProblem, Technology } from '../records.js'

/** Prices from stage to stage; both steps are increasing, so the cheapest delivery gives the cheapest good. */
export interface PriceRecursion {
  /** What the good of stage n, made in i at this price, costs in j where stage n + 1 uses it. */
  delivered(n: number, i: number, j: number, price: number): number
  /** Price of stage n made in j from a delivered input; stage 0 has none. */
  made(n: number, j: number, input: number): number
}

/** The price recursion of a problem. With additive costs, prices are per unit of the final good (already weighted by β). */
export function priceRecursion(problem: ChainProblem): PriceRecursion {
  const { valueAdded: alpha, unitCosts: cost, technology } = problem
  if (problem.tradeForm === 'additive') {
    const beta = downstreamShares(alpha)
    const trade = tradeByEdge(problem)
    return {
      delivered: (n, i, j, price) => price + trade[n]![i]![j]!,
      made: (n, j, input) => alpha[n]! * beta[n]! * cost[n]![j]! + (n === 0 ? 0 : input),
    }
  }
  const trade = problem.tradeCosts as readonly (readonly number[])[]
  const combine = powerMean(exponentOf(technology))
  return {
    delivered: (_, i, j, price) => trade[i]![j]! * price,
    made: (n, j, input) => (n === 0 ? cost[n]![j]! : combine(alpha[n]!, cost[n]![j]!, input)),
  }
}

/** Price in the market of a good assembled in `country` at `price`. */
export function deliveredPrice(problem: ChainProblem, country: number, price: number): number {
  const shipping = problem.finalShipping?.[country]
  if (shipping === undefined) return price
  return problem.tradeForm === 'iceberg' ? price * shipping : price + shipping
}

/** Marginal cost of a chain (one country a stage), delivered to the market. */
export function marginalCost(problem: ChainProblem, chain: readonly number[]): number {
  return marginalCostOf(problem)(chain)
}

/** `marginalCost` for many chains of one problem. */
export function marginalCostOf(problem: ChainProblem): (chain: readonly number[]) => number {
  const { delivered, made } = priceRecursion(problem)
  return (chain) => {
    let price = made(0, chain[0]!, 0)
    for (let n = 1; n < chain.length; n++) price = made(n, chain[n]!, delivered(n - 1, chain[n - 1]!, chain[n]!, price))
    return deliveredPrice(problem, chain[chain.length - 1]!, price)
  }
}

/** Fixed cost of a chain: of every stage, or of every country once. */
export function fixedCost(problem: ChainProblem, chain: readonly number[]): number {
  const byStage = chain.map((country, n) => problem.fixedCosts[n]![country]!)
  const paid = problem.fixedCostsPaid === 'stage' ? byStage : byStage.filter((_, n) => chain.indexOf(chain[n]!) === n)
  return paid.reduce((sum, cost) => sum + cost, 0)
}

/** β^n = Π_{m>n} (1−α^m): units of stage n's good in one unit of the final good, before trade costs. */
export function downstreamShares(alpha: readonly number[]): number[] {
  const beta = alpha.map(() => 1)
  for (let n = alpha.length - 2; n >= 0; n--) beta[n] = beta[n + 1]! * (1 - alpha[n + 1]!)
  return beta
}

/** Trade costs [n][i][j] of the edge that leaves stage n, whichever way the problem gives them. */
export function tradeByEdge(problem: ChainProblem): readonly (readonly (readonly number[])[])[] {
  const given = problem.tradeCosts
  if (Array.isArray(given[0]?.[0])) return given as readonly (readonly (readonly number[])[])[]
  return problem.valueAdded.slice(1).map(() => given as readonly (readonly number[])[])
}

function exponentOf(technology: Technology): number {
  if (technology === 'cobb-douglas') return 0
  return technology === 'leontief' ? 1 : 1 - technology.ces
}
