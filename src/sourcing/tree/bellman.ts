/**
 * Least-cost allocation of a production tree over countries (Tyazhelnikov), exact, in nodes × countries² steps.
 *
 *   specific  V_v(l) = min_k { a_vk + τ T_kl + Σ_c V_c(k) }
 *   iceberg   V_v(l) = min_k (1 + τ T_kl) { a_vk + Σ_c V_c(k) }
 *
 * V_v(l) is the cost of part v delivered to country l; the sum runs over the parts c of v, which are delivered to the country k
 * where v is made. Node 0 goes to the market: T_k,market is final shipping, which τ scales like every other trade cost. In both
 * forms cost = productionCost + τ·transportQuantity, where productionCost = Σ a of the chosen countries and transportQuantity is
 * Σ T (specific) or Σ T·(cost of the shipped part before shipping) (iceberg).
 *
 * Ties in cost go to the lower transport quantity, so the allocation at τ is the one that stays best just above τ; remaining ties
 * go to the smallest country, from node 0 upstream. Checked against enumeration and a 0–1 program.
 */
import type { TreeShape } from './shape.js'

/** Numbers of one tree problem. */
export interface TreeCosts {
  readonly form: 'specific' | 'iceberg'
  readonly countries: number
  /** [node × country] */
  readonly costs: Float64Array
  /** [from × to] */
  readonly tradeCosts: Float64Array
  /** [country], from node 0's country to the market. */
  readonly finalShipping: Float64Array
  /** Country of node 0; −1 when it is free. */
  readonly destination: number
}

export interface TreeAllocation {
  /** [node] */
  readonly location: Int32Array
  readonly cost: number
  readonly productionCost: number
  readonly transportQuantity: number
}

/**
 * The least-cost allocation at one τ ≥ 0.
 *
 * @example
 * const snake = completeTree(1, 2)
 * allocateTree(snake, { form: 'specific', countries: 2, costs: Float64Array.of(1, 2, 5, 1), tradeCosts: Float64Array.of(0, 1, 1, 0),
 *   finalShipping: new Float64Array(2), destination: -1 }, 0.5).location // [0, 1]
 */
export function allocateTree(shape: TreeShape, problem: TreeCosts, tau: number): TreeAllocation {
  const { countries: K, destination } = problem
  const specific = problem.form === 'specific'
  const trade = tradeWithMarket(problem)
  // At node v: cost and transport quantity of v made in k, before shipping. They start as the node's own and collect the parts.
  const cost = problem.costs.slice()
  const transport = new Float64Array(shape.nodes * K)
  const choice = new Int32Array(shape.nodes * (K + 1))
  for (let i = shape.nodes - 1; i >= 0; i--) {
    const v = shape.downstreamFirst[i]!
    const parent = shape.parents[v]!
    const firstCountry = parent < 0 && destination >= 0 ? destination : 0
    const lastCountry = parent < 0 && destination >= 0 ? destination : K - 1
    for (let l = parent < 0 ? K : 0; l < (parent < 0 ? K + 1 : K); l++) {
      let least = Infinity
      let leastTransport = Infinity
      for (let k = firstCountry; k <= lastCountry; k++) {
        const barrier = trade[k * (K + 1) + l]!
        const made = cost[v * K + k]!
        const delivered = specific ? made + tau * barrier : (1 + tau * barrier) * made
        if (delivered > least) continue
        const moved = transport[v * K + k]! + (specific ? barrier : barrier * made)
        if (delivered === least && moved >= leastTransport) continue
        least = delivered
        leastTransport = moved
        choice[v * (K + 1) + l] = k
      }
      if (parent < 0) continue
      cost[parent * K + l]! += least
      transport[parent * K + l]! += leastTransport
    }
  }
  return evaluateTree(shape, problem, readAllocation(shape, choice, K), tau)
}

/** Cost, production cost and transport quantity of a given allocation. */
export function evaluateTree(shape: TreeShape, problem: TreeCosts, location: Int32Array, tau: number): TreeAllocation {
  const { form, countries: K, costs, tradeCosts, finalShipping } = problem
  const unit = Float64Array.from(location, (k, v) => costs[v * K + k]!)
  let productionCost = 0
  for (const own of unit) productionCost += own
  let transportQuantity = 0
  for (let i = shape.nodes - 1; i >= 0; i--) {
    const v = shape.downstreamFirst[i]!
    const k = location[v]!
    const parent = shape.parents[v]!
    const trade = parent < 0 ? finalShipping[k]! : tradeCosts[k * K + location[parent]!]!
    transportQuantity += form === 'specific' ? trade : trade * unit[v]!
    unit[Math.max(parent, 0)]! += parent < 0 ? 0 : form === 'specific' ? unit[v]! + tau * trade : unit[v]! * (1 + tau * trade)
  }
  return { location, cost: productionCost + tau * transportQuantity, productionCost, transportQuantity }
}

/** [from × (countries and the market)]: trade costs, final shipping in the last column. */
function tradeWithMarket({ countries: K, tradeCosts, finalShipping }: TreeCosts): Float64Array {
  const trade = new Float64Array(K * (K + 1))
  for (let k = 0; k < K; k++) {
    trade.set(tradeCosts.subarray(k * K, (k + 1) * K), k * (K + 1))
    trade[k * (K + 1) + K] = finalShipping[k]!
  }
  return trade
}

/** Follows the choices from the market upstream. */
function readAllocation(shape: TreeShape, choice: Int32Array, K: number): Int32Array {
  const location = new Int32Array(shape.nodes)
  for (const v of shape.downstreamFirst) {
    const parent = shape.parents[v]!
    location[v] = choice[v * (K + 1) + (parent < 0 ? K : location[parent]!)]!
  }
  return location
}
