/**
 * Firms between two countries with specific trade costs, in the form in which they are fast.
 *
 * Only the difference between making a part in country 1 and in country 0 matters for where it is made. With d_v = a_v1 − a_v0,
 *
 *   D_v = d_v + Σ_c clip(D_c, −τ T_10, τ T_01)
 *
 * and part v is made in 1 if D_v < −τ T_10, in 0 if D_v > τ T_01, and otherwise where it is used. The least cost is Σ a_v0 plus
 * Σ_v min(0, D_v + τ T_10) over the parts plus the final good's own min(0, D_0 + τ(s_1 − s_0)) + τ s_0.
 *
 * This is the statement of the algorithm and the fallback; `twoCountries.as.ts` does the same for eight firms at once, operation
 * by operation, and gives the same bits.
 */
import { drawFirm } from './draws.js'
import type { ExperimentPlan } from './experiment.js'
import { clearTallies, countApart, emptyTallies, tallyCost, type ChunkKernel } from './kernel.js'

/** True when the two-country form holds: two countries, specific costs, nothing to pay within a country. */
export function isTwoCountryCase({ countries, form, tradeCosts }: ExperimentPlan): boolean {
  return countries === 2 && form === 'specific' && tradeCosts[0] === 0 && tradeCosts[3] === 0
}

/** A kernel for the two-country case. */
export function twoCountryKernel(plan: ExperimentPlan): ChunkKernel {
  const { nodes, taus } = plan
  const tallies = emptyTallies(plan)
  const costs = new Float64Array(2 * nodes)
  const firm: TwoCountryFirm = {
    d: new Float64Array(nodes), clipped: new Float64Array(nodes), cost: new Float64Array(1), location: new Int32Array(nodes), last: new Int32Array(nodes), moves: new Uint8Array(nodes),
  }
  return {
    tallies,
    run(from, to) {
      clearTallies(tallies)
      for (let number = from; number < to; number++) {
        drawFirm(plan.draws, number, costs)
        let base = 0
        for (let v = 0; v < nodes; v++) {
          firm.d[v] = costs[2 * v + 1]! - costs[2 * v]!
          base += costs[2 * v]!
        }
        firm.moves.fill(0)
        for (let t = 0; t < taus.length; t++) {
          firm.cost[0] = base
          allocate(firm, plan, t)
          tallyCost(tallies, plan, number, t, firm.cost[0]!)
          trackMoves(firm, t)
          countApart(tallies, plan, firm.location, t)
        }
        // With two countries a second move is a return.
        for (let v = 0; v < nodes; v++) if (firm.moves[v]! > 1) tallies.reshored[v]!++
      }
    },
  }
}

/** Arrays by node, and the cost in one element: Σ a_0 before `allocate`, the least cost after. */
interface TwoCountryFirm {
  readonly d: Float64Array
  readonly clipped: Float64Array
  readonly cost: Float64Array
  readonly location: Int32Array
  readonly last: Int32Array
  readonly moves: Uint8Array
}

function allocate({ d, clipped, cost, location }: TwoCountryFirm, { nodes, parents, firstPart, taus, tradeCosts, finalShipping, destination }: ExperimentPlan, t: number): void {
  const tau = taus[t]!
  const low = -tau * tradeCosts[2]!
  const high = tau * tradeCosts[1]!
  let total = cost[0]! + tau * finalShipping[0]!
  for (let v = nodes - 1; v >= 0; v--) {
    let difference = d[v]!
    for (let part = firstPart[v]!; part < firstPart[v + 1]!; part++) difference += clipped[part]!
    if (v > 0) {
      total += Math.min(0, difference - low)
      clipped[v] = Math.max(low, Math.min(high, difference))
      location[v] = difference < low ? 1 : difference > high ? 0 : -1
    } else {
      const gap = difference + tau * (finalShipping[1]! - finalShipping[0]!)
      location[0] = destination < 0 ? Number(gap < 0) : destination
      if (location[0] === 1) total += gap
    }
  }
  for (let v = 1; v < nodes; v++) if (location[v] === -1) location[v] = location[parents[v]!]!
  cost[0] = total
}

function trackMoves({ location, last, moves }: TwoCountryFirm, t: number): void {
  for (let v = 0; v < location.length; v++) {
    if (t > 0 && location[v] !== last[v]) moves[v] = moves[v] === 0 ? 1 : 2
    last[v] = location[v]!
  }
}
