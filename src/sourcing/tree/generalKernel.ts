/** Firms one after the other for any number of countries and both forms of trade costs: the recursion of `bellman.ts` in place. */
import { drawFirm } from './draws.js'
import type { ExperimentPlan } from './experiment.js'
import { clearTallies, emptyTallies, tallyCost, type ChunkKernel } from './kernel.js'

/** A kernel for any experiment. */
export function generalKernel(plan: ExperimentPlan): ChunkKernel {
  const tallies = emptyTallies(plan)
  const solver = firmSolver(plan, plan.taus)
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
          tallyCost(tallies, plan, firm, t, solver.solve(t))
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
  /** Least cost at the t-th τ. */
  solve(t: number): number
}

/** A solver that works in place, for one firm after the other. */
export function firmSolver(tree: FirmTree, taus: ArrayLike<number>): FirmSolver {
  const { nodes, countries: K, form, parents, firstPart, destination } = tree
  const specific = form === 'specific'
  const barriers = barrierTables(tree, taus)
  const costs = new Float64Array(nodes * K)
  const location = new Int32Array(nodes)
  const made = new Float64Array(K)
  const delivered = new Float64Array(nodes * K)
  const choice = new Int32Array(nodes * K)

  /** Fills `made` with the cost of node v made in each country: its own and its parts delivered there. */
  function make(v: number): void {
    for (let k = 0; k < K; k++) made[k] = costs[v * K + k]!
    for (let part = firstPart[v]! * K, end = firstPart[v + 1]! * K; part < end; part += K) {
      for (let k = 0; k < K; k++) made[k]! += delivered[part + k]!
    }
  }

  return {
    costs,
    location,
    solve(t) {
      const table = t * K * (K + 1)
      for (let v = nodes - 1; v > 0; v--) {
        make(v)
        for (let l = 0, row = table; l < K; l++, row += K) {
          let best = 0
          let least = specific ? made[0]! + barriers[row]! : made[0]! * barriers[row]!
          for (let k = 1; k < K; k++) {
            const cost = specific ? made[k]! + barriers[row + k]! : made[k]! * barriers[row + k]!
            if (cost >= least) continue
            least = cost
            best = k
          }
          choice[v * K + l] = best
          delivered[v * K + l] = least
        }
      }
      make(0)
      const market = table + K * K
      for (let k = 0; k < K; k++) made[k] = specific ? made[k]! + barriers[market + k]! : made[k]! * barriers[market + k]!
      let root = Math.max(destination, 0)
      if (destination < 0) for (let k = 1; k < K; k++) if (made[k]! < made[root]!) root = k
      location[0] = root
      for (let v = 1; v < nodes; v++) location[v] = choice[v * K + location[parents[v]!]!]!
      return made[root]!
    },
  }
}

/** [τ × (to a country, to the market) × from]: what is added to a cost (specific) or multiplies it (iceberg). */
function barrierTables({ countries: K, form, tradeCosts, finalShipping }: FirmTree, taus: ArrayLike<number>): Float64Array {
  const tables = new Float64Array(taus.length * K * (K + 1))
  for (let t = 0; t < taus.length; t++) {
    for (let l = 0; l <= K; l++) {
      for (let k = 0; k < K; k++) {
        const barrier = taus[t]! * (l < K ? tradeCosts[k * K + l]! : finalShipping[k]!)
        tables[(t * (K + 1) + l) * K + k] = form === 'specific' ? barrier : 1 + barrier
      }
    }
  }
  return tables
}
