/** Firms one after the other for any number of countries and both forms of trade costs: the recursion of `bellman.ts` in place. */
import { drawFirm } from './draws.js'
import type { ExperimentPlan } from './experiment.js'
import { clearTallies, emptyTallies, tallyCost, type ChunkKernel } from './kernel.js'

/** A kernel for any experiment. */
export function generalKernel(plan: ExperimentPlan): ChunkKernel {
  const tallies = emptyTallies(plan)
  const solver = firmSolver(plan)
  const last = new Int32Array(plan.nodes)
  const left = new Uint8Array(plan.nodes * plan.countries)
  const returned = new Uint8Array(plan.nodes)

  function track(t: number): void {
    const { location } = solver
    for (let v = 0; v < plan.nodes; v++) {
      if (t > 0 && location[v] !== last[v]) left[v * plan.countries + last[v]!] = 1
      returned[v]! |= left[v * plan.countries + location[v]!]!
      last[v] = location[v]!
    }
    for (let i = 0; i < plan.pairs.length; i += 3) {
      if (location[plan.pairs[i]!] !== location[plan.pairs[i + 1]!]) tallies.apart[t * plan.classes.length + plan.pairs[i + 2]!]!++
    }
  }

  return {
    tallies,
    run(from, to) {
      clearTallies(tallies)
      for (let firm = from; firm < to; firm++) {
        drawFirm(plan.draws, firm, solver.costs)
        left.fill(0)
        returned.fill(0)
        for (let t = 0; t < plan.taus.length; t++) {
          tallyCost(tallies, plan, firm, t, solver.solve(plan.taus[t]!))
          track(t)
        }
        for (let v = 0; v < plan.nodes; v++) tallies.reshored[v]! += returned[v]!
      }
    },
  }
}

/** What the recursion needs of a tree; nodes are numbered downstream first. */
export type FirmTree = Pick<ExperimentPlan, 'nodes' | 'countries' | 'form' | 'parents' | 'firstPart' | 'tradeCosts' | 'finalShipping' | 'destination'>

export interface FirmSolver {
  /** [node × country], to be filled before `solve`. */
  readonly costs: Float64Array
  /** [node], as the last `solve` left it. */
  readonly location: Int32Array
  /** Least cost at τ. */
  solve(tau: number): number
}

/** A solver that works in place, for one firm after the other. */
export function firmSolver({ nodes, countries: K, form, parents, firstPart, tradeCosts, finalShipping, destination }: FirmTree): FirmSolver {
  const costs = new Float64Array(nodes * K)
  const location = new Int32Array(nodes)
  const made = new Float64Array(K)
  const delivered = new Float64Array(nodes * K)
  const choice = new Int32Array(nodes * K)
  const specific = form === 'specific'
  const ship = (cost: number, barrier: number): number => (specific ? cost + barrier : cost * (1 + barrier))

  function make(v: number): void {
    for (let k = 0; k < K; k++) {
      let cost = costs[v * K + k]!
      for (let part = firstPart[v]!; part < firstPart[v + 1]!; part++) cost += delivered[part * K + k]!
      made[k] = cost
    }
  }

  function cheapest(barriers: Float64Array, offset: number, stride: number, tau: number): number {
    let best = 0
    for (let k = 1; k < K; k++) {
      if (ship(made[k]!, tau * barriers[offset + k * stride]!) < ship(made[best]!, tau * barriers[offset + best * stride]!)) best = k
    }
    return best
  }

  return {
    costs,
    location,
    solve(tau) {
      for (let v = nodes - 1; v > 0; v--) {
        make(v)
        for (let l = 0; l < K; l++) {
          const k = cheapest(tradeCosts, l, K, tau)
          choice[v * K + l] = k
          delivered[v * K + l] = ship(made[k]!, tau * tradeCosts[k * K + l]!)
        }
      }
      make(0)
      location[0] = destination >= 0 ? destination : cheapest(finalShipping, 0, 1, tau)
      for (let v = 1; v < nodes; v++) location[v] = choice[v * K + location[parents[v]!]!]!
      return ship(made[location[0]!]!, tau * finalShipping[location[0]!]!)
    },
  }
}
