/**
 * Many firms at once: tallies of an experiment over a range of firms. A pure function of the experiment and the range; memory does
 * not grow with the number of firms. Ranges are worked through in fixed chunks of firms, and sums of costs are kept by chunk, so
 * that ranges cut at multiples of `firmsPerChunk` merge to the same bits however they were cut; counts always do.
 */
import { kernelsSupported } from '../../numerics/kernel.js'
import { byStage, checkRange, planExperiment, type ExperimentPlan, type TreeExperiment } from './experiment.js'
import { generalKernel } from './generalKernel.js'
import { lanes, type ChunkKernel } from './kernel.js'
import type { RelationClass } from './relations.js'
import { isTwoCountryCase, twoCountryKernel } from './twoCountries.js'
import { twoCountrySimdKernel } from './twoCountriesKernel.js'

/** Firms whose sums are made together: the same bits for ranges cut at its multiples. */
export const firmsPerChunk = 8192

/** Counts and sums over firms; arrays by τ in the order of the experiment's `taus`. */
export interface TreeTally {
  readonly firms: number
  readonly taus: Float64Array
  /** [chunk × τ] sums of cost. */
  readonly costSums: Float64Array
  /** [τ × (below, bins, above)] firms by cost. */
  readonly histogram: Float64Array
  readonly classes: readonly RelationClass[]
  /** [τ × class] pairs made in different countries. */
  readonly apart: Float64Array
  /** [stage] nodes that leave a country and return to it along the grid of τ; stage 0 is the final good. */
  readonly reshored: Float64Array
  /** [stage] nodes of one tree. */
  readonly nodes: Float64Array
}

/**
 * The tally of firms from … to − 1.
 *
 * @throws ProblemError (exit code 2) when the experiment or the range is not well formed
 * @example meanCosts(simulateTrees(experiment, 0, 100_000))
 */
export function simulateTrees(experiment: TreeExperiment, from: number, to: number): TreeTally {
  checkRange(from, to)
  const plan = planExperiment(experiment)
  return tallyRange(plan, kernelFor(plan), from, to)
}

/** The fastest kernel that can take the experiment. */
function kernelFor(plan: ExperimentPlan): ChunkKernel {
  if (!isTwoCountryCase(plan)) return generalKernel(plan)
  return kernelsSupported ? twoCountrySimdKernel(plan) : twoCountryKernel(plan)
}

/** The tally of a range by the given kernel. */
export function tallyRange(plan: ExperimentPlan, { run, tallies }: ChunkKernel, from: number, to: number): TreeTally {
  const taus = plan.taus.length
  const starts: number[] = []
  for (let start = from; start < to; start = (Math.floor(start / firmsPerChunk) + 1) * firmsPerChunk) starts.push(start)
  const costSums = new Float64Array(starts.length * taus)
  const histogram = new Float64Array(tallies.histogram.length)
  const apart = new Float64Array(tallies.apart.length)
  const reshoredByNode = new Float64Array(plan.nodes)
  starts.forEach((start, chunk) => {
    run(start, Math.min(starts[chunk + 1] ?? to, to))
    for (let t = 0; t < taus; t++) {
      for (let lane = 0; lane < lanes; lane++) costSums[chunk * taus + t]! += tallies.costSums[t * lanes + lane]!
    }
    addTo(histogram, tallies.histogram)
    addTo(apart, tallies.apart)
    addTo(reshoredByNode, tallies.reshored)
  })
  return { firms: to - from, taus: plan.taus, costSums, histogram, classes: plan.classes, apart, reshored: byStage(plan, reshoredByNode), nodes: byStage(plan, new Float64Array(plan.nodes).fill(1)) }
}

/** The tally of two adjoining ranges, the earlier first. */
export function mergeTallies(first: TreeTally, second: TreeTally): TreeTally {
  const sum = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value + b[i]!)
  const costSums = new Float64Array(first.costSums.length + second.costSums.length)
  costSums.set(first.costSums)
  costSums.set(second.costSums, first.costSums.length)
  return {
    ...first,
    firms: first.firms + second.firms,
    costSums,
    histogram: sum(first.histogram, second.histogram),
    apart: sum(first.apart, second.apart),
    reshored: sum(first.reshored, second.reshored),
  }
}

/** Mean cost by τ. */
export function meanCosts({ firms, costSums, taus }: TreeTally): Float64Array {
  const means = new Float64Array(taus.length)
  costSums.forEach((sum, i) => (means[i % taus.length]! += sum))
  return means.map((sum) => sum / firms)
}

/** Share of pairs made in one country, [τ × class]; for 'parent' this is S_i by stage. */
export function togetherShares({ firms, apart, classes }: TreeTally): Float64Array {
  return apart.map((count, i) => 1 - count / (firms * classes[i % classes.length]!.pairs))
}

/** Share of nodes that are reshored, by stage from the final good up. */
export function reshoredShares({ firms, reshored, nodes }: TreeTally): Float64Array {
  return reshored.map((count, stage) => count / (firms * nodes[stage]!))
}

function addTo(sums: Float64Array, counts: ArrayLike<number>): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += counts[i]!
}
