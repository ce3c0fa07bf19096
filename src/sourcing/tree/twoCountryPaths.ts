/**
 * Exact τ-paths of many firms between two countries with specific trade costs: every breakpoint and every reshored node, without
 * a grid of τ.
 *
 * In the notation of `twoCountries.ts`, D_v = α_v + β_v τ as long as no part below v is clipped or freed. Each node is above its
 * upper bound τ T_01, below its lower bound −τ T_10, or between them. As τ rises from 0 the next node to change is the one whose
 * line meets a bound first, kept as the soonest time of every subtree; its change is passed down to its users as long as they
 * are between their own bounds, and the nodes whose country changes with it are counted. A breakpoint is an event at which some node moves. With
 * two countries a second move is a return. Checked against `tauPath` (hulls of labels).
 */
import { drawFirm } from './draws.js'
import { checkRange, planExperiment, type ExperimentPlan, type TreeExperiment } from './experiment.js'
import { problemError } from '../document.js'
import { isTwoCountryCase } from './twoCountries.js'

export interface TauPaths {
  /** Breakpoints of firm i of the range are breakpoints[first[i]] … breakpoints[first[i + 1] − 1], rising. */
  readonly first: Int32Array
  readonly breakpoints: Float64Array
  /** [stage] nodes that leave a country and return to it somewhere on τ ≥ 0; stage 0 is the final good. */
  readonly reshored: Float64Array
  /** Firms with at least one such node. */
  readonly reshoringFirms: number
  /** [stage] nodes of one tree. */
  readonly nodes: Float64Array
}

/**
 * The paths of firms from … to − 1; the experiment's `taus` are not used.
 *
 * @throws ProblemError (exit code 2) unless the experiment is one of two countries with specific trade costs, free within a country
 * @example const { reshored, nodes } = tauPaths(experiment, 0, 100_000)
 */
export function tauPaths(experiment: TreeExperiment, from: number, to: number): TauPaths {
  checkRange(from, to)
  const plan = planExperiment(experiment)
  if (!isTwoCountryCase(plan)) {
    throw problemError('tree experiment', ['countries'], 'exact paths in bulk hold for two countries with specific costs and none within a country',
      'Use solveTree with tau "path" firm by firm.')
  }
  return pathsOfRange(plan, from, to)
}

function pathsOfRange(plan: ExperimentPlan, from: number, to: number): TauPaths {
  const { nodes, stages } = plan
  const costs = new Float64Array(2 * nodes)
  const sweep = pathSweep(plan)
  const first = new Int32Array(to - from + 1)
  let breakpoints = new Float64Array(16 * (to - from) + nodes)
  const reshoredByNode = new Float64Array(nodes)
  let reshoringFirms = 0
  for (let firm = from; firm < to; firm++) {
    drawFirm(plan.draws, firm, costs)
    const start = first[firm - from]!
    const found = sweep.follow(costs)
    if (start + found.length > breakpoints.length) {
      const longer = new Float64Array(2 * (start + found.length))
      longer.set(breakpoints)
      breakpoints = longer
    }
    for (let i = 0; i < found.length; i++) breakpoints[start + i] = found.taus[i]!
    first[firm - from + 1] = start + found.length
    let returns = 0
    for (let v = 0; v < nodes; v++) {
      const returned = sweep.moves[v]! > 1 ? 1 : 0
      reshoredByNode[v]! += returned
      returns |= returned
    }
    reshoringFirms += returns
  }
  const reshored = new Float64Array(stages[nodes - 1]! + 1)
  const perStage = new Float64Array(reshored.length)
  for (let v = 0; v < nodes; v++) {
    reshored[stages[v]!]! += reshoredByNode[v]!
    perStage[stages[v]!]!++
  }
  return { first, breakpoints: breakpoints.slice(0, first[to - from]!), reshored, reshoringFirms, nodes: perStage }
}

/** Where D_v stands against its bounds; the country above is 0, below 1, and between that of the user. */
const ABOVE = 0
const BELOW = 1
const BETWEEN = 2

interface PathSweep {
  /** Follows one firm from τ = 0 up; the result is valid until the next call. */
  follow(costs: Float64Array): { readonly taus: number[]; readonly length: number }
  /** [node] moves of the last firm. */
  readonly moves: Int32Array
}

function pathSweep({ nodes, parents, firstPart, tradeCosts, finalShipping, destination }: ExperimentPlan): PathSweep {
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
  const result = { taus, length: 0 }

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
    moves,
    follow(costs) {
      moves.fill(0)
      result.length = 0
      start(costs)
      for (let now = soonest[0]!; now < Infinity; now = soonest[0]!) {
        const v = nodeOfEvent(now)
        change(v, now)
        const country = state[v] === BETWEEN ? location[parents[v]!]! : state[v]!
        if (country === location[v]) continue
        move(v, country)
        taus[result.length++] = now
      }
      return result
    },
  }
}
