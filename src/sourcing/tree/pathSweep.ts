/**
 * One firm's exact τ-path between two countries with specific trade costs, as a sweep over τ.
 *
 * In the notation of `twoCountries.ts`, D_v = α_v + β_v τ as long as no part below v is clipped or freed. Each node is above its
 * upper bound τ T_01, below its lower bound −τ T_10, or between them. As τ rises from 0 the next node to change is the one whose
 * line meets a bound first, kept as the soonest time of every subtree; its change is passed down to its users as long as they
 * are between their own bounds, and the nodes whose country changes with it are counted. A breakpoint is an event at which some
 * node moves. Checked against `tauPath` (hulls of labels).
 */
import type { ExperimentPlan } from './experiment.js'

/** Where D_v stands against its bounds; the country above is 0, below 1, and between that of the user. */
const ABOVE = 0
const BELOW = 1
const BETWEEN = 2

export interface PathSweep {
  /** Follows one firm from τ = 0 up and returns the number of its breakpoints. */
  follow(costs: Float64Array): number
  /** The breakpoints of the last firm, rising; what lies beyond their number is of earlier firms. */
  readonly taus: readonly number[]
  /** [node] moves of the last firm. */
  readonly moves: Int32Array
}

/** A sweep for the firms of an experiment in the two-country case, one after the other. */
export function pathSweep({ nodes, parents, firstPart, tradeCosts, finalShipping, destination }: ExperimentPlan): PathSweep {
  const lowSlope = -tradeCosts[2]!
  const highSlope = tradeCosts[1]!
  /** Node 0 has one bound, where both countries deliver the final good at the same cost. */
  const rootSlope = finalShipping[0]! - finalShipping[1]!
  const alpha = new Float64Array(nodes)
  const beta = new Float64Array(nodes)
  const state = new Uint8Array(nodes)
  const location = new Uint8Array(nodes)
  const moves = new Int32Array(nodes)
  const stack = new Int32Array(nodes)
  /** When the node itself meets a bound next, and when some node of its subtree does. */
  const own = new Float64Array(nodes)
  const soonest = new Float64Array(nodes)
  const taus: number[] = []

  /** The state just above τ = 0. */
  function initialState(v: number): number {
    if (v === 0 && destination >= 0) return destination
    const low = v === 0 ? rootSlope : lowSlope
    const high = v === 0 ? rootSlope : highSlope
    if (alpha[v]! > 0 || (alpha[v] === 0 && beta[v]! > high)) return ABOVE
    if (alpha[v]! < 0 || (alpha[v] === 0 && beta[v]! < low)) return BELOW
    return v === 0 ? ABOVE : BETWEEN
  }

  /** When D_v meets a bound on its present line, at or after `now`; ∞ if never. A bound is met only in the direction of the line. */
  function nextEvent(v: number, now: number): number {
    if (v === 0 && destination >= 0) return Infinity
    const low = v === 0 ? rootSlope : lowSlope
    const high = v === 0 ? rootSlope : highSlope
    const slope = beta[v]!
    let bound = high
    if (state[v] === ABOVE) {
      if (slope >= high) return Infinity
    } else if (state[v] === BELOW) {
      if (slope <= low) return Infinity
      bound = low
    } else if (slope < low) bound = low
    else if (slope <= high) return Infinity
    const at = alpha[v]! / (bound - slope)
    return at > now ? at : now
  }

  function settleSoonest(v: number): void {
    let time = own[v]!
    for (let part = firstPart[v]!; part < firstPart[v + 1]!; part++) if (soonest[part]! < time) time = soonest[part]!
    soonest[v] = time
  }

  function start(costs: Float64Array): void {
    for (let v = nodes - 1; v >= 0; v--) {
      let a = costs[2 * v + 1]! - costs[2 * v]!
      let b = 0
      for (let part = firstPart[v]!; part < firstPart[v + 1]!; part++) {
        if (state[part] === BETWEEN) {
          a += alpha[part]!
          b += beta[part]!
        } else b += state[part] === ABOVE ? highSlope : lowSlope
      }
      alpha[v] = a
      beta[v] = b
      state[v] = initialState(v)
      own[v] = nextEvent(v, 0)
      settleSoonest(v)
    }
    location[0] = state[0]!
    for (let v = 1; v < nodes; v++) location[v] = state[v] === BETWEEN ? location[parents[v]!]! : state[v]!
  }

  /** The node that meets its bound at the soonest time of all. */
  function nodeOfEvent(now: number): number {
    let v = 0
    while (own[v] !== now) {
      let part = firstPart[v]!
      while (soonest[part] !== now) part++
      v = part
    }
    return v
  }

  /** Moves v to a country, and with it the parts below that are made where they are used. */
  function move(v: number, country: number): void {
    let open = 0
    stack[open++] = v
    while (open > 0) {
      const u = stack[--open]!
      location[u] = country
      moves[u]!++
      for (let part = firstPart[u]!; part < firstPart[u + 1]!; part++) if (state[part] === BETWEEN) stack[open++] = part
    }
  }

  /** Changes the state of v at τ and passes the change of its delivered line on to its users. */
  function change(v: number, now: number): void {
    const slope = beta[v]!
    let moreAlpha = alpha[v]!
    let moreBeta = slope
    if (v === 0) state[0] = 1 - state[0]!
    else if (state[v] === BETWEEN) {
      state[v] = slope > highSlope ? ABOVE : BELOW
      moreAlpha = -moreAlpha
      moreBeta = (state[v] === ABOVE ? highSlope : lowSlope) - slope
    } else {
      moreBeta -= state[v] === ABOVE ? highSlope : lowSlope
      state[v] = BETWEEN
    }
    own[v] = nextEvent(v, now)
    settleSoonest(v)
    let passesOn = true
    for (let u = parents[v]!; u >= 0; u = parents[u]!) {
      if (passesOn) {
        alpha[u]! += moreAlpha
        beta[u]! += moreBeta
        own[u] = nextEvent(u, now)
        passesOn = state[u] === BETWEEN
      }
      settleSoonest(u)
    }
  }

  return {
    taus,
    moves,
    follow(costs) {
      moves.fill(0)
      let count = 0
      start(costs)
      for (let now = soonest[0]!; now < Infinity; now = soonest[0]!) {
        const v = nodeOfEvent(now)
        change(v, now)
        const country = state[v] === BETWEEN ? location[parents[v]!]! : state[v]!
        if (country === location[v]) continue
        move(v, country)
        taus[count++] = now
      }
      return count
    },
  }
}
