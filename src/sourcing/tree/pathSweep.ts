/**
 * One firm's exact τ-path between two countries with specific trade costs, as a sweep over τ.
 *
 * In the notation of `twoCountries.ts`, D_v = α_v + β_v τ as long as no part below v is clipped or freed. Each node is above its
 * upper bound τ T_01, below its lower bound −τ T_10, or between them. As τ rises from 0 the next node to change is the one whose
 * line meets a bound first, kept as the soonest time of every subtree; its change is passed down to its users as long as they
 * are between their own bounds, and the nodes whose country changes with it are counted. A breakpoint is an event at which some
 * node moves; with two countries a second move is a return. Checked against `tauPath` (hulls of labels).
 */
import { drawFirm } from './draws.js'
import type { ExperimentPlan } from './experiment.js'

/** Where D_v stands against its bounds; the country above is 0, below 1, and between that of the user. */
const ABOVE = 0
const BELOW = 1
const BETWEEN = 2

/** Follows firms along their paths, a few at a time. */
export interface PathFollower {
  /** Most firms taken at once. */
  readonly lanes: number
  /** Follows firms from … to − 1 from τ = 0 up; the results below are theirs until the next call. */
  follow(from: number, to: number): void
  /** [lane] number of breakpoints. */
  readonly counts: Int32Array
  /** [lane × stride] breakpoints, rising; what lies beyond their number is of earlier firms. */
  readonly breakpoints: ArrayLike<number>
  readonly stride: number
  /** [lane × node] 1 where a node leaves a country and returns to it. */
  readonly returned: Uint8Array
}

/** Arrays the sweep works in; by node unless said otherwise. */
interface PathSweep {
  readonly nodes: number
  readonly parents: Int32Array
  readonly firstPart: Int32Array
  readonly destination: number
  /** [node × country] */
  readonly costs: Float64Array
  /** Slopes of the bounds of D in τ. */
  readonly low: Float64Array
  readonly high: Float64Array
  /** D = alpha + beta τ as long as nothing changes; beta is the sum of the bounds that the clipped nodes below are at. */
  readonly alpha: Float64Array
  readonly beta: Float64Array
  /** Clipped nodes below, at their upper and at their lower bound: in whole numbers, so that opposite bounds cancel without a rest. */
  readonly atHigh: Int32Array
  readonly atLow: Int32Array
  readonly slopes: { readonly low: number; readonly high: number }
  readonly state: Uint8Array
  readonly location: Uint8Array
  /** When the node itself meets a bound next, and when some node of its subtree does. */
  readonly own: Float64Array
  readonly soonest: Float64Array
  /** The τ the sweep has come to, in one element. */
  readonly now: Float64Array
  readonly stack: Int32Array
  /** 1 where a node has moved, and where it has moved again. */
  readonly moved: Uint8Array
  readonly returned: Uint8Array
  /** [breakpoint]; what lies beyond their number is of earlier firms. */
  readonly breakpoints: number[]
}

/** A follower for any experiment in the two-country case, one firm at a time. */
export function plainPathFollower(plan: ExperimentPlan): PathFollower {
  const { nodes, parents, firstPart, destination } = plan
  const numbers = (): Float64Array => new Float64Array(nodes)
  const bytes = (): Uint8Array => new Uint8Array(nodes)
  const sweep: PathSweep = {
    nodes, parents, firstPart, destination, ...boundSlopes(plan), costs: new Float64Array(2 * nodes),
    alpha: numbers(), beta: numbers(), atHigh: new Int32Array(nodes), atLow: new Int32Array(nodes), slopes: { low: -plan.tradeCosts[2]!, high: plan.tradeCosts[1]! },
    state: bytes(), location: bytes(), own: numbers(), soonest: numbers(),
    now: new Float64Array(1), stack: new Int32Array(nodes), moved: bytes(), returned: bytes(), breakpoints: [],
  }
  const counts = new Int32Array(1)
  return {
    lanes: 1,
    stride: 0,
    counts,
    breakpoints: sweep.breakpoints,
    returned: sweep.returned,
    follow(firm) {
      drawFirm(plan.draws, firm, sweep.costs)
      counts[0] = followPath(sweep)
    },
  }
}

/**
 * Slopes of the bounds of D in τ by node. Node 0 has one bound, where both countries deliver the final good at the same cost (it
 * is between its bounds for a moment only, and stays where it was), or none when it cannot move.
 */
function boundSlopes({ nodes, tradeCosts, finalShipping, destination }: ExperimentPlan): { low: Float64Array; high: Float64Array } {
  const low = new Float64Array(nodes).fill(-tradeCosts[2]!)
  const high = new Float64Array(nodes).fill(tradeCosts[1]!)
  low[0] = destination >= 0 ? -Infinity : finalShipping[0]! - finalShipping[1]!
  high[0] = destination >= 0 ? Infinity : low[0]!
  return { low, high }
}

function followPath(sweep: PathSweep): number {
  const { soonest, now, state, location, parents, moved, returned, breakpoints } = sweep
  moved.fill(0)
  returned.fill(0)
  let count = 0
  start(sweep)
  while (soonest[0]! < Infinity) {
    now[0] = soonest[0]!
    const v = nodeOfEvent(sweep)
    change(sweep, v)
    const country = state[v] === BETWEEN ? location[Math.max(parents[v]!, 0)]! : state[v]!
    if (country === location[v]) continue
    move(sweep, v, country)
    breakpoints[count++] = now[0]!
  }
  return count
}

/** Lines and states just above τ = 0. */
function start(sweep: PathSweep): void {
  const { nodes, costs, parents, firstPart, destination, low, high, alpha, beta, atHigh, atLow, slopes, state, location, now } = sweep
  now[0] = 0
  for (let v = nodes - 1; v >= 0; v--) {
    let a = costs[2 * v + 1]! - costs[2 * v]!
    let highs = 0
    let lows = 0
    for (let part = firstPart[v]!; part < firstPart[v + 1]!; part++) {
      if (state[part] === BETWEEN) {
        a += alpha[part]!
        highs += atHigh[part]!
        lows += atLow[part]!
      } else if (state[part] === ABOVE) highs++
      else lows++
    }
    const b = highs * slopes.high + lows * slopes.low
    alpha[v] = a
    beta[v] = b
    atHigh[v] = highs
    atLow[v] = lows
    state[v] = a > 0 || (a === 0 && b > high[v]!) ? ABOVE : a < 0 || (a === 0 && b < low[v]!) ? BELOW : BETWEEN
    if (v === 0 && destination >= 0) state[0] = BETWEEN
    settleOwn(sweep, v)
    settleSoonest(sweep, v)
  }
  location[0] = state[0] === BELOW ? 1 : Math.max(destination, 0)
  for (let v = 1; v < nodes; v++) location[v] = state[v] === BETWEEN ? location[parents[v]!]! : state[v]!
}

/** When D_v meets a bound on its present line, from now on; ∞ if never. A bound is met only in the direction of the line. */
function settleOwn({ low, high, alpha, beta, state, own, now }: PathSweep, v: number): void {
  const slope = beta[v]!
  const leaves = state[v] === ABOVE ? slope < high[v]! : state[v] === BELOW ? slope > low[v]! : slope > high[v]! || slope < low[v]!
  const bound = state[v] === ABOVE || (state[v] === BETWEEN && slope > high[v]!) ? high[v]! : low[v]!
  const time = leaves ? alpha[v]! / (bound - slope) : Infinity
  own[v] = time > now[0]! ? time : now[0]!
}

function settleSoonest({ firstPart, own, soonest }: PathSweep, v: number): void {
  let time = own[v]!
  for (let part = firstPart[v]!; part < firstPart[v + 1]!; part++) if (soonest[part]! < time) time = soonest[part]!
  soonest[v] = time
}

/** The node that meets its bound now. */
function nodeOfEvent({ firstPart, own, soonest, now }: PathSweep): number {
  let v = 0
  while (own[v] !== now[0]) {
    let part = firstPart[v]!
    while (soonest[part] !== now[0]) part++
    v = part
  }
  return v
}

/** Changes the state of v and passes the change of its delivered line on to its users. */
function change(sweep: PathSweep, v: number): void {
  const { parents, high, alpha, beta, atHigh, atLow, slopes, state } = sweep
  const enters = state[v] !== BETWEEN
  const above = enters ? state[v] === ABOVE : beta[v]! > high[v]!
  state[v] = enters ? BETWEEN : above ? ABOVE : BELOW
  // What v passes on when it is between its bounds, less the bound it is at otherwise; the reverse when it leaves.
  const sign = enters ? 1 : -1
  const moreAlpha = sign * alpha[v]!
  const moreHigh = sign * (atHigh[v]! - (above ? 1 : 0))
  const moreLow = sign * (atLow[v]! - (above ? 0 : 1))
  settleOwn(sweep, v)
  settleSoonest(sweep, v)
  let passesOn = true
  for (let u = parents[v]!; u >= 0; u = parents[u]!) {
    if (passesOn) {
      alpha[u]! += moreAlpha
      atHigh[u]! += moreHigh
      atLow[u]! += moreLow
      beta[u] = atHigh[u]! * slopes.high + atLow[u]! * slopes.low
      settleOwn(sweep, u)
      passesOn = state[u] === BETWEEN
    }
    settleSoonest(sweep, u)
  }
}

/** Moves v to a country, and with it the parts below that are made where they are used. */
function move({ firstPart, state, location, moved, returned, stack }: PathSweep, v: number, country: number): void {
  let open = 0
  stack[open++] = v
  while (open > 0) {
    const u = stack[--open]!
    location[u] = country
    returned[u]! |= moved[u]!
    moved[u] = 1
    for (let part = firstPart[u]!; part < firstPart[u + 1]!; part++) if (state[part] === BETWEEN) stack[open++] = part
  }
}
