/**
 * Exact τ-paths of many firms between two countries with specific trade costs: every breakpoint and every reshored node, without
 * a grid of τ. A node is reshored when it leaves a country and returns to it.
 */
import { kernelsSupported } from '../../numerics/kernel.js'
import { problemError } from '../document.js'
import { byStage, checkRange, planExperiment, type ExperimentPlan, type TreeExperiment } from './experiment.js'
import { mostSearchNodes, pathSearchKernel } from './pathSearchKernel.js'
import { plainPathFollower, type PathFollower } from './pathSweep.js'
import { isTwoCountryCase } from './twoCountries.js'

/** Counts over firms. */
export interface PathTally {
  readonly firms: number
  /** Breakpoints of all firms. */
  readonly breakpoints: number
  /** [stage] nodes that leave a country and return to it somewhere on τ ≥ 0; stage 0 is the final good. */
  readonly reshored: Float64Array
  /** Firms with at least one such node. */
  readonly reshoringFirms: number
  /** [stage] nodes of one tree. */
  readonly nodes: Float64Array
}

export interface TauPaths {
  /** Breakpoints of firm i of the range are breakpoints[first[i]] … breakpoints[first[i + 1] − 1], rising. */
  readonly first: Int32Array
  readonly breakpoints: Float64Array
  readonly tally: PathTally
}

/**
 * The paths of firms from … to − 1; the experiment's `taus` are not used.
 *
 * @throws ProblemError (exit code 2) unless the experiment is one of two countries with specific trade costs, free within a country
 * @example const { first, breakpoints } = tauPaths(experiment, 0, 100_000)
 */
export function tauPaths(experiment: TreeExperiment, from: number, to: number): TauPaths {
  const first = new Int32Array(Math.max(to - from, 0) + 1)
  let breakpoints: Float64Array = new Float64Array(16 * first.length)
  const tally = followFirms(experiment, from, to, (firm, follower, lane) => {
    const start = first[firm - from]!
    const count = follower.counts[lane]!
    if (start + count > breakpoints.length) breakpoints = longer(breakpoints, start + count)
    for (let i = 0; i < count; i++) breakpoints[start + i] = follower.breakpoints[lane * follower.stride + i]!
    first[firm - from + 1] = start + count
  })
  return { first, breakpoints: breakpoints.slice(0, tally.breakpoints), tally }
}

/** The counts of `tauPaths` alone; memory does not grow with the number of firms. */
export function tallyPaths(experiment: TreeExperiment, from: number, to: number): PathTally {
  return followFirms(experiment, from, to, () => {})
}

/** The tally of two adjoining ranges. */
export function mergePaths(a: PathTally, b: PathTally): PathTally {
  return {
    firms: a.firms + b.firms,
    breakpoints: a.breakpoints + b.breakpoints,
    reshored: a.reshored.map((count, stage) => count + b.reshored[stage]!),
    reshoringFirms: a.reshoringFirms + b.reshoringFirms,
    nodes: a.nodes,
  }
}

type Visit = (firm: number, follower: PathFollower, lane: number) => void

function followFirms(experiment: TreeExperiment, from: number, to: number, visit: Visit): PathTally {
  checkRange(from, to)
  const plan = planExperiment(experiment)
  if (!isTwoCountryCase(plan)) {
    throw problemError('tree experiment', ['countries'], 'exact paths in bulk hold for two countries with specific costs and none within a country',
      'Use solveTree with tau "path" firm by firm.')
  }
  const searches = kernelsSupported && plan.nodes <= mostSearchNodes
  return followRange(plan, searches ? pathSearchKernel(plan) : plainPathFollower(plan), from, to, visit)
}

/** The tally of a range by the given follower; `visit` sees each firm while the follower still holds its results. */
export function followRange(plan: ExperimentPlan, follower: PathFollower, from: number, to: number, visit: Visit): PathTally {
  const { nodes } = plan
  const { lanes, counts, returned } = follower
  const reshored = new Float64Array(nodes)
  let breakpoints = 0
  let reshoringFirms = 0
  for (let start = from; start < to; start += lanes) {
    const end = Math.min(start + lanes, to)
    follower.follow(start, end)
    for (let lane = 0; lane < end - start; lane++) {
      visit(start + lane, follower, lane)
      breakpoints += counts[lane]!
      let some = 0
      for (let v = 0; v < nodes; v++) {
        reshored[v]! += returned[lane * nodes + v]!
        some |= returned[lane * nodes + v]!
      }
      reshoringFirms += some
    }
  }
  return { firms: to - from, breakpoints, reshored: byStage(plan, reshored), reshoringFirms, nodes: byStage(plan, new Float64Array(nodes).fill(1)) }
}

function longer(values: Float64Array, length: number): Float64Array {
  const copy = new Float64Array(2 * length)
  copy.set(values)
  return copy
}
