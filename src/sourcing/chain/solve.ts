/**
 * The lower envelope of `C(q, ℓ) = q·MC(ℓ) + FC(ℓ)` over all chains ℓ and all quantities q in (0, ∞), exactly (de Gortari 2020):
 * which chain a firm would build at every scale.
 */
import type { ChainPlan, ChainProblem } from '../records.js'
import { hullWithCountryCosts } from './country.js'
import { everywhere, hullOfChains, segmentsOf, type AllowedCountries } from './envelope.js'

/**
 * The envelope: one segment per chain that is cheapest on an interval of quantities, from q → 0 (lowest fixed cost) to q → ∞
 * (lowest marginal cost; `to` is null). Chains that tie on an interval give the first in lexicographic order.
 *
 * @param problem as `readChainProblem` returns it
 * @throws ProblemError when costs overflow, or when costs are paid per country and the countries are too many
 * @example
 * const { segments } = solveChain(readChainProblem(document))
 * const atTen = segments.find(({ to }) => to === null || to > 10)
 */
export function solveChain(problem: ChainProblem): ChainPlan {
  return solveChainWithin(problem, everywhere(problem))
}

/** The envelope of the chains whose stage n is made in one of `allowed[n]`, which are not empty. */
export function solveChainWithin(problem: ChainProblem, allowed: AllowedCountries): ChainPlan {
  const hull = problem.fixedCostsPaid === 'country' ? hullWithCountryCosts(problem, allowed) : hullOfChains(problem, allowed)
  return { segments: segmentsOf(problem, hull) }
}
