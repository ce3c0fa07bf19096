/** How often intervals cover what was planted, over replications. */

interface Tally {
  times: number
  planted: number
  sum: number
  square: number
  errors: number
  inside: number
}

export interface Coverage {
  /** One replication's estimate of a term. */
  add(term: string, planted: number, estimate: number, stdError: number): void
  /** One row a term: planted, mean estimate, mean standard error, RMSE, intervals that cover. */
  rows(): readonly (readonly string[])[]
  /** Share of intervals that cover, by term. */
  shares(): readonly number[]
}

export const coverageColumns = ['term', 'planted', 'mean estimate', 'mean std. error', 'RMSE', 'intervals that cover']
const reach = 1.959964

export function coverage(): Coverage {
  const tallies = new Map<string, Tally>()
  return {
    add: (term, planted, estimate, stdError) => {
      const tally = tallies.get(term) ?? { times: 0, planted: 0, sum: 0, square: 0, errors: 0, inside: 0 }
      tally.times++
      tally.planted += planted
      tally.sum += estimate
      tally.square += (estimate - planted) ** 2
      tally.errors += stdError
      if (Math.abs(estimate - planted) <= reach * stdError) tally.inside++
      tallies.set(term, tally)
    },
    rows: () => [...tallies].map(([term, { times, planted, sum, square, errors, inside }]) =>
      [term, (planted / times).toFixed(4), (sum / times).toFixed(4), (errors / times).toFixed(4), Math.sqrt(square / times).toFixed(4), `${inside} of ${times}`]),
    shares: () => [...tallies.values()].map(({ inside, times }) => inside / times),
  }
}

/** "mean 95.1 %, lowest 88 %, highest 100 %". */
export function coverageText(shares: readonly number[]): string {
  const percent = (share: number, digits: number): string => `${(100 * share).toFixed(digits)} %`
  const mean = shares.reduce((a, b) => a + b, 0) / shares.length
  return `mean coverage ${percent(mean, 1)}, lowest ${percent(Math.min(...shares), 0)}, highest ${percent(Math.max(...shares), 0)}`
}
