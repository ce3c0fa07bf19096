/**
 * The lower envelope of `C(q, ℓ) = q·MC(ℓ) + FC(ℓ)` over all chains ℓ and all quantities q in (0, ∞), exactly (de Gortari 2020):
 * which chain a firm would build at every scale.
 */
import type { ChainPlan, ChainProblem } from '../records.js'
import { batchOf, isSeparable, solveChains } from './batch.js'
import { envelopeOf, everywhere } from './envelope.js'
import { solveChainWithin } from './within.js'

/** Pairs of countries on all edges above which the search of `solveChains` is used where it can be: it is a hundred times faster. */
const LARGE = 20_000

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
  const [stages, countries] = [problem.valueAdded.length, problem.unitCosts[0]!.length]
  if (!isSeparable(problem) || stages * countries ** 2 <= LARGE) return solveChainWithin(problem, everywhere(problem))
  const { chains } = solveChains(batchOf(problem))
  const found = Array.from({ length: chains.length / stages }, (_, k) => Array.from(chains.subarray(k * stages, (k + 1) * stages)))
  return { segments: envelopeOf(problem, found) }
}
