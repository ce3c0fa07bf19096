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
import { clearTallies, emptyTallies, tallyCost, type ChunkKernel } from './kernel.js'

/** True when the two-country form holds: two countries, specific costs, nothing to pay within a country. */
export function isTwoCountryCase({ countries, form, tradeCosts }: ExperimentPlan): boolean {
  return countries === 2 && form === 'specific' && tradeCosts[0] === 0 && tradeCosts[3] === 0
}

/** A kernel for the two-country case. */
export function twoCountryKernel(plan: ExperimentPlan): ChunkKernel {
  const { nodes, taus, parents, pairs, classes } = plan
  const tallies = emptyTallies(plan)
  const costs = new Float64Array(2 * nodes)
  const d = new Float64Array(nodes)
  const clipped = new Float64Array(nodes)
  const location = new Int8Array(nodes)
  const last = new Int8Array(nodes)
  const moves = new Uint8Array(nodes)

  function solveFirm(firm: number): void {
    drawFirm(plan.draws, firm, costs)
    let base = 0
    for (let v = 0; v < nodes; v++) {
      d[v] = costs[2 * v + 1]! - costs[2 * v]!
      base += costs[2 * v]!
    }
    moves.fill(0)
    for (let t = 0; t < taus.length; t++) {
      tallyCost(tallies, plan, firm, t, allocate(taus[t]!, base))
      for (let v = 0; v < nodes; v++) {
        if (t > 0 && location[v] !== last[v]) moves[v] = moves[v] === 0 ? 1 : 2
        last[v] = location[v]!
      }
      for (let i = 0; i < pairs.length; i += 3) tallies.apart[t * classes.length + pairs[i + 2]!]! += location[pairs[i]!]! ^ location[pairs[i + 1]!]!
    }
    // With two countries a second move is a return.
    for (let v = 0; v < nodes; v++) if (moves[v]! > 1) tallies.reshored[v]!++
  }

  /** Fills `location` and returns the cost. */
  function allocate(tau: number, base: number): number {
    const low = -tau * plan.tradeCosts[2]!
    const high = tau * plan.tradeCosts[1]!
    const shippingGap = tau * (plan.finalShipping[1]! - plan.finalShipping[0]!)
    let cost = base + tau * plan.finalShipping[0]!
    for (let v = nodes - 1; v > 0; v--) {
      const difference = differenceOf(v)
      cost += Math.min(0, difference - low)
      clipped[v] = Math.max(low, Math.min(high, difference))
      location[v] = difference < low ? 1 : difference > high ? 0 : -1
    }
    const gap = differenceOf(0) + shippingGap
    const inOne = plan.destination < 0 ? gap < 0 : plan.destination === 1
    location[0] = inOne ? 1 : 0
    for (let v = 1; v < nodes; v++) if (location[v] === -1) location[v] = location[parents[v]!]!
    return cost + (inOne ? gap : 0)
  }

  function differenceOf(v: number): number {
    let sum = d[v]!
    for (let part = plan.firstPart[v]!; part < plan.firstPart[v + 1]!; part++) sum += clipped[part]!
    return sum
  }

  return {
    tallies,
    run(from, to) {
      clearTallies(tallies)
      for (let firm = from; firm < to; firm++) solveFirm(firm)
    },
  }
}
