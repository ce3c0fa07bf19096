/**
 * Envelope of chains whose fixed costs are paid once per country, whatever number of stages it hosts.
 *
 * For every set S of countries, no larger than the number of stages: the least marginal cost of a chain inside S, with the fixed
 * cost of S. The lower hull of these pairs is the envelope; a chain that leaves a country of S idle is dominated by the same
 * chain under the smaller set, so counting the whole of S is harmless.
 */
import { problemError } from '../document.js'
import type { ChainProblem } from '../records.js'
import { hullOfChains } from './envelope.js'
import { lowerHull, type Label } from './labels.js'

/** Prices the enumeration may compute: some seconds. */
const STEP_LIMIT = 3e7

/** Hull labels of whole chains under `fixedCostsPaid: 'country'`. */
export function hullWithCountryCosts(problem: ChainProblem): Label[] {
  const fixed = problem.fixedCosts[0]!
  const stages = problem.valueAdded.length
  requireTractable(fixed.length, stages)
  const free = { ...problem, fixedCosts: problem.fixedCosts.map((row) => row.map(() => 0)) }
  return lowerHull(setsUpTo(stages, fixed.length).map((set) => (
    { ...hullOfChains(free, set)[0]!, fixed: set.reduce((sum, country) => sum + fixed[country]!, 0) })))
}

/** Non-empty sets of at most `size` of the first `countries` countries. */
function setsUpTo(size: number, countries: number): number[][] {
  let sets: number[][] = [[]]
  for (let country = 0; country < countries; country++) {
    sets = sets.concat(sets.filter((set) => set.length < size).map((set) => [...set, country]))
  }
  return sets.slice(1)
}

function requireTractable(countries: number, stages: number): void {
  let sets = 1
  let steps = 0
  for (let size = 1; size <= Math.min(countries, stages); size++) {
    sets *= (countries - size + 1) / size
    steps += sets * stages * size * size
  }
  if (steps <= STEP_LIMIT) return
  throw problemError('chain', ['fixedCostsPaid'], `'country' with ${countries} countries and ${stages} stages needs about ${steps.toPrecision(2)} prices, above the limit of ${STEP_LIMIT}`,
    "Leave out countries no chain would use, or bound the answer: fixedCostsPaid 'stage' gives an upper bound, the same with fixed costs divided by the number of stages a lower bound.")
}
