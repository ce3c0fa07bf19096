/**
 * Firms one after the other for any number of countries and both forms of trade costs: the recursion of `bellman.ts` in place.
 *
 * The loops are functions of a workspace rather than closures over arrays: those slow down once a second kernel has been made.
 */
import { drawFirm } from './draws.js'
import type { ExperimentPlan } from './experiment.js'
import { clearTallies, countApart, emptyTallies, tallyCost, type ChunkKernel } from './kernel.js'

/** A kernel for any experiment. */
export function generalKernel(plan: ExperimentPlan): ChunkKernel {
  const tallies = emptyTallies(plan)
  const workspace = firmWorkspace(plan, plan.taus)
  const moves = { last: new Int32Array(plan.nodes), left: new Uint8Array(plan.nodes * plan.countries), returned: new Uint8Array(plan.nodes) }
  return {
    tallies,
    run(from, to) {
      clearTallies(tallies)
      for (let firm = from; firm < to; firm++) {
        drawFirm(plan.draws, firm, workspace.costs)
        moves.left.fill(0)
        moves.returned.fill(0)
        for (let t = 0; t < plan.taus.length; t++) {
          solveFirm(workspace, t)
          tallyCost(tallies, plan, firm, t, workspace.cost[0]!)
          trackMoves(moves, workspace, t)
          countApart(tallies, plan, workspace.location, t)
        }
        for (let v = 0; v < plan.nodes; v++) tallies.reshored[v]! += moves.returned[v]!
      }
    },
  }
}

/** A firm's countries as τ rises: the last one [node], those left [node × country], and whether one was returned to [node]. */
interface Moves {
  readonly last: Int32Array
  readonly left: Uint8Array
  readonly returned: Uint8Array
}

function trackMoves({ last, left, returned }: Moves, { nodes, countries: K, location }: FirmWorkspace, t: number): void {
  for (let v = 0; v < nodes; v++) {
    const here = location[v]!
    if (t > 0 && here !== last[v]) left[v * K + last[v]!] = 1
    returned[v]! |= left[v * K + here]!
    last[v] = here
  }
}

/** What the recursion needs of a tree; nodes are numbered downstream first. */
export type FirmTree = Pick<ExperimentPlan, 'nodes' | 'countries' | 'form' | 'parents' | 'firstPart' | 'tradeCosts' | 'finalShipping' | 'destination'>

/** Arrays the recursion works in, for one firm after the other. */
export interface FirmWorkspace extends FirmTree {
  /** [node × country], to be filled before `solveFirm`. */
  readonly costs: Float64Array
  /** [node], as the last `solveFirm` left it. */
  readonly location: Int32Array
  /** Least cost the last `solveFirm` found, in one element. */
  readonly cost: Float64Array
  /** [τ × (to a country, to the market) × from]: what is added to a cost (specific) or multiplies it (iceberg). */
  readonly barriers: Float64Array
  /** [country], [node × country], [node × country] */
  readonly made: Float64Array
  readonly delivered: Float64Array
  readonly choice: Int32Array
}

export function firmWorkspace(tree: FirmTree, taus: ArrayLike<number>): FirmWorkspace {
  const { nodes, countries: K } = tree
  const numbers = (length: number): Float64Array => new Float64Array(length)
  return {
    ...tree, costs: numbers(nodes * K), location: new Int32Array(nodes), cost: numbers(1), barriers: barrierTables(tree, taus),
    made: numbers(K), delivered: numbers(nodes * K), choice: new Int32Array(nodes * K),
  }
}

/** Finds the least cost and the allocation of the workspace's firm at the t-th τ. */
export function solveFirm(workspace: FirmWorkspace, t: number): void {
  const { nodes, countries: K, form, parents, firstPart, destination, costs, barriers, made, delivered, choice, location, cost } = workspace
  const specific = form === 'specific'
  for (let v = nodes - 1; v >= 0; v--) {
    for (let k = 0; k < K; k++) made[k] = costs[v * K + k]!
    for (let part = firstPart[v]! * K, end = firstPart[v + 1]! * K; part < end; part += K) {
      for (let k = 0; k < K; k++) made[k]! += delivered[part + k]!
    }
    const first = v === 0 && destination >= 0 ? destination : 0
    const last = v === 0 && destination >= 0 ? destination : K - 1
    for (let l = v === 0 ? K : 0; l < (v === 0 ? K + 1 : K); l++) {
      const row = (t * (K + 1) + l) * K
      let best = first
      let least = specific ? made[first]! + barriers[row + first]! : made[first]! * barriers[row + first]!
      for (let k = first + 1; k <= last; k++) {
        const delivery = specific ? made[k]! + barriers[row + k]! : made[k]! * barriers[row + k]!
        if (delivery >= least) continue
        least = delivery
        best = k
      }
      if (v === 0) {
        location[0] = best
        cost[0] = least
      } else {
        choice[v * K + l] = best
        delivered[v * K + l] = least
      }
    }
  }
  for (let v = 1; v < nodes; v++) location[v] = choice[v * K + location[parents[v]!]!]!
}

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
