/** Instances of the paper's size: its parameter draws are not published, so they are drawn and, for figures, looked for. */
import { chainAt, drawChains, solveChain, solveChains, type ChainProblem } from 'reshore'

/** A row of Table 1: countries, stages, and the published mean number of optimal chains. */
export interface TableRow {
  readonly countries: number
  readonly stages: number
  readonly published: number
}

export const tableOne: readonly TableRow[] = [
  [2, 2, 1.9], [4, 4, 4.3], [6, 6, 7.4], [8, 8, 10.6], [10, 10, 13.8], [15, 15, 21.8], [20, 20, 29.6], [25, 2, 4.5],
  [25, 4, 8], [25, 6, 11.3], [50, 2, 5.4], [50, 4, 9.2], [50, 6, 13.1], [100, 2, 6], [100, 4, 10.1], [100, 6, 14.7],
].map(([countries, stages, published]) => ({ countries: countries!, stages: stages!, published: published! }))

/** Mean number of chains on the envelope. */
export function meanChains(seed: number, { countries, stages }: TableRow, instances: number): number {
  return solveChains(drawChains({ seed, stages, countries }, 0, instances)).first[instances]! / instances
}

/** How far the ratio of the kinks may be from 2, and how many draws are looked through. */
const RATIO_TOLERANCE = 0.02
const MOST_DRAWS = 5000

/**
 * Three stages and countries whose envelope has kinks at quantities 10 and 20, as in Figure 1: the first draw with three optimal
 * chains and kinks in that proportion, its fixed costs scaled so that the first is at 10.
 */
export function exampleProblem(seed: number): ChainProblem {
  const [problem, first] = firstDraw(seed, 3, ({ segments }) => {
    const ratio = segments.length === 3 ? segments[2]!.from / segments[1]!.from : 0
    return Math.abs(ratio - 2) < RATIO_TOLERANCE ? segments[1]!.from : undefined
  })
  return { ...problem, fixedCosts: problem.fixedCosts.map((row) => row.map((cost) => (cost * 10) / first)) }
}

/**
 * Five stages and countries with six optimal chains, as in Figures 3 and 4; the last crosses borders, or constant returns would have
 * nothing to fear from trade policy.
 */
export function riskProblem(seed: number): ChainProblem {
  return firstDraw(seed, 5, ({ segments }) => (segments.length === 6 && new Set(segments[5]!.chain).size > 2 ? 1 : undefined))[0]
}

/** The same production under constant returns. */
export function withoutFixedCosts(problem: ChainProblem): ChainProblem {
  return { ...problem, fixedCosts: problem.fixedCosts.map((row) => row.map(() => 0)) }
}

/** `count` quantities from `low` to `high`, evenly spread in logs. */
export function logGrid(low: number, high: number, count: number): number[] {
  return Array.from({ length: count }, (_, k) => low * (high / low) ** (k / (count - 1)))
}

function firstDraw(seed: number, size: number, found: (plan: ReturnType<typeof solveChain>) => number | undefined): [ChainProblem, number] {
  for (let p = 0; p < MOST_DRAWS; p++) {
    const problem = chainAt(drawChains({ seed, stages: size, countries: size }, p, p + 1), 0)
    const value = found(solveChain(problem))
    if (value !== undefined) return [problem, value]
  }
  throw new Error(`None of the first ${MOST_DRAWS} draws of seed ${seed} has the envelope of the figure; choose another seed.`)
}
