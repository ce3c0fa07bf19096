/** The statement of the chain solver: hull labels, or branch and bound over countries that pay once. */
import type { ChainPlan, ChainProblem } from '../records.js'
import { hullWithCountryCosts } from './country.js'
import { hullOfChains, segmentsOf, type AllowedCountries } from './envelope.js'

/** The envelope of the chains whose stage n is made in one of `allowed[n]`, which are not empty. */
export function solveChainWithin(problem: ChainProblem, allowed: AllowedCountries): ChainPlan {
  const hull = problem.fixedCostsPaid === 'country' ? hullWithCountryCosts(problem, allowed) : hullOfChains(problem, allowed)
  return { segments: segmentsOf(problem, hull) }
}
