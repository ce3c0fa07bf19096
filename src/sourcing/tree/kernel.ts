/** What the kernels of the firm simulation share: they take a chunk of firms and leave its tallies in arrays. */
import type { ExperimentPlan } from './experiment.js'

export interface ChunkKernel {
  /** Solves firms from … to − 1 at every τ and overwrites the tallies with theirs. */
  run(from: number, to: number): void
  readonly tallies: ChunkTallies
}

export interface ChunkTallies {
  /** [τ × lane] sum of cost over the firms whose number is lane modulo 8. */
  readonly costSums: Float64Array
  /** [τ × (below, bins, above)] firms by cost. */
  readonly histogram: Int32Array
  /** [τ × class] pairs made in different countries. */
  readonly apart: Int32Array
  /** [node] firms in which the node leaves a country and returns to it as τ runs through the grid. */
  readonly reshored: Int32Array
}

/** Firms worked on side by side; sums run over firms of one lane first, so that every kernel adds in the same order. */
export const lanes = 8

export function emptyTallies({ taus, histogram, classes, nodes }: ExperimentPlan): ChunkTallies {
  return {
    costSums: new Float64Array(taus.length * lanes),
    histogram: new Int32Array(histogram.bins === 0 ? 0 : taus.length * (histogram.bins + 2)),
    apart: new Int32Array(taus.length * classes.length),
    reshored: new Int32Array(nodes),
  }
}

export function clearTallies(tallies: ChunkTallies): void {
  for (const counts of [tallies.costSums, tallies.histogram, tallies.apart, tallies.reshored]) counts.fill(0)
}

/** Adds one firm's cost at the t-th τ. */
export function tallyCost({ costSums, histogram }: ChunkTallies, { histogram: { from, width, bins } }: ExperimentPlan, firm: number, t: number, cost: number): void {
  costSums[t * lanes + (firm & (lanes - 1))]! += cost
  if (bins === 0) return
  const bin = Math.min(Math.max(Math.floor((cost - from) / width) + 1, 0), bins + 1)
  histogram[t * (bins + 2) + bin]!++
}

/** Counts the pairs of one firm that are made in different countries at the t-th τ. */
export function countApart({ apart }: ChunkTallies, { pairs, classes }: ExperimentPlan, location: Int32Array, t: number): void {
  const counts = t * classes.length
  for (let i = 0; i < pairs.length; i += 3) if (location[pairs[i]!] !== location[pairs[i + 1]!]) apart[counts + pairs[i + 2]!]!++
}
