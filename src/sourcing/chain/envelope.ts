/**
 * Hull dynamic programme for the envelope of chains (de Gortari 2020): for a partial chain that ends at stage n in country i and
 * any continuation, total cost is increasing and concave in the pair (price, fixed cost) so far, because stage prices are
 * increasing and concave in the input price. It is therefore lowest at a vertex of the lower-left hull of these pairs, and only
 * hull labels are carried to the next stage. Fixed costs paid once per country need the set of countries: see `country.ts`.
 *
 * Checked against enumeration and the 0–1 program.
 */
import { ReshoreError } from '../../errors.js'
import type { ChainProblem, ChainSegment } from '../records.js'
import { chainOf, crossing, labelOf, lowerHull, type Label } from './labels.js'
import { deliveredPrice, fixedCost, marginalCost, priceRecursion } from './technology.js'

/** Countries where each stage may be made, ascending. */
export type AllowedCountries = readonly (readonly number[])[]

/** Every country at every stage. */
export function everywhere(problem: ChainProblem): AllowedCountries {
  const countries = problem.unitCosts[0]!.map((_, i) => i)
  return problem.valueAdded.map(() => countries)
}

/** Hull labels of whole chains, delivered to the market. */
export function hullOfChains(problem: ChainProblem, allowed: AllowedCountries = everywhere(problem)): Label[] {
  const { fixedCosts } = problem
  const { delivered, made } = priceRecursion(problem)
  const matters = priceMatters(problem)
  let labels: Label[][] = allowed[0]!.map((i) => [
    { price: matters[0] ? made(0, i, 0) : 0, fixed: fixedCosts[0]![i]!, country: i, previous: null },
  ])
  for (let n = 1; n < problem.valueAdded.length; n++) {
    const before = labels.flat()
    labels = allowed[n]!.map((j) => {
      // What arrives in j is pruned first: cost is increasing and concave in the delivered price too, and few labels are left.
      const arrived = lowerHull(before.map((label) => (
        { ...label, price: matters[n] ? delivered(n - 1, label.country, j, label.price) : 0 })))
      return lowerHull(arrived.map((label) => (
        { price: matters[n] ? made(n, j, label.price) : 0, fixed: label.fixed + fixedCosts[n]![j]!, country: j, previous: label })))
    })
  }
  return lowerHull(labels.flat().map((label) => ({ ...label, price: deliveredPrice(problem, label.country, label.price) })))
}

/** The envelope of the given chains alone. */
export function envelopeOf(problem: ChainProblem, chains: readonly (readonly number[])[]): ChainSegment[] {
  return segmentsOf(problem, lowerHull(chains.map((chain) => labelOf(chain, marginalCost(problem, chain), fixedCost(problem, chain)))))
}

/** Segments of a hull ordered by rising price, from q → 0 up. */
export function segmentsOf(problem: ChainProblem, hull: readonly Label[]): ChainSegment[] {
  const fromZero = [...hull].reverse()
  return fromZero.map((label, index) => {
    const chain = chainOf(label)
    const segment = {
      chain,
      marginalCost: marginalCost(problem, chain),
      fixedCost: fixedCost(problem, chain),
      from: index === 0 ? 0 : crossing(label, fromZero[index - 1]!),
      to: index === hull.length - 1 ? null : crossing(fromZero[index + 1]!, label),
    }
    if ([segment.marginalCost, segment.fixedCost, segment.from].every(Number.isFinite)) return segment
    throw new ReshoreError('ProblemError', `chain problem: the cost of chain ${chain.join('-')} is beyond the range of numbers.`,
      'Measure costs in larger units.', 2)
  })
}

/** A stage that uses no input (α = 1) makes every price before it irrelevant: those labels differ in fixed cost only. */
function priceMatters({ valueAdded, tradeForm }: ChainProblem): boolean[] {
  const restart = tradeForm === 'iceberg' ? valueAdded.lastIndexOf(1) : 0
  return valueAdded.map((_, n) => n >= restart)
}
