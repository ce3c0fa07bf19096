/**
 * Industry equilibrium of buyers that source optimally: each firm's scale depends on the price index P of the sector, and P on the unit
 * costs that follow from the firms' sets. A higher P makes every firm larger, opens sources and lowers costs, so the price index implied by a guess
 * falls in the guess: the equilibrium is unique and is bracketed by bisection. Because sets are discrete the implied index jumps; where
 * the equilibrium falls into a jump, a firm is indifferent there, and the gap left is reported.
 */
import { ReshoreError } from '../../errors.js'
import type { SuppliersProblem } from '../records.js'
import { logUnitCost, scaleExponents, sourcingScale, type BuyerTechnology } from './capability.js'
import { prepareIndustries, solveSuppliers } from './solve.js'

export interface SourcingEconomy {
  readonly buyer: BuyerTechnology
  /** φ_n and how many firms each stands for (default 1). */
  readonly efficiency: readonly number[]
  readonly mass?: readonly number[]
  /** Base potential, potentials and fixed costs by industry; exponents follow from the technology. */
  readonly industries: readonly Omit<SuppliersProblem['industries'][number], 'exponent'>[]
  readonly expenditure: number
}

export interface SourcingEquilibrium {
  readonly priceIndex: number
  readonly firms: readonly { readonly sets: readonly (readonly number[])[]; readonly capability: readonly number[]; readonly profit: number; readonly unitCost: number; readonly revenue: number }[]
  readonly converged: boolean
  readonly reason: 'exact' | 'indifferent firm' | 'maximum iterations'
  readonly iterations: number
  /** Implied over assumed price index, minus one. */
  readonly gap: number
}

/**
 * Returns the equilibrium with every firm's plan; `priceIndex` given: the partial equilibrium at that index.
 *
 * @example
 * const after = sourcingEquilibrium({ ...economy, industries: shocked })
 */
export function sourcingEquilibrium(economy: SourcingEconomy, options: { readonly priceIndex?: number; readonly maximumIterations?: number } = {}): SourcingEquilibrium {
  const { maximumIterations = 200 } = options
  if (!(economy.expenditure > 0) || economy.efficiency.length === 0) {
    throw new ReshoreError('ModelError', 'An economy needs firms and positive expenditure.', 'Give at least one efficiency and an expenditure above zero.')
  }
  const exponents = scaleExponents(economy.buyer)
  const industries = prepareIndustries(economy.industries.map((industry, k) => ({ ...industry, exponent: exponents[k]! })))
  const at = (priceIndex: number) => respond(economy, industries, priceIndex)
  if (options.priceIndex !== undefined) {
    const { firms, implied } = at(options.priceIndex)
    return { priceIndex: options.priceIndex, firms, converged: true, reason: 'exact', iterations: 1, gap: implied / options.priceIndex - 1 }
  }
  let [low, high] = bracket((priceIndex) => at(priceIndex).implied)
  for (let iteration = 1; iteration <= maximumIterations; iteration++) {
    const middle = Math.sqrt(low * high)
    const { firms, implied } = at(middle)
    const gap = implied / middle - 1
    if (Math.abs(gap) < 1e-12) return { priceIndex: middle, firms, converged: true, reason: 'exact', iterations: iteration, gap }
    if (high / low - 1 < 1e-13) return { priceIndex: middle, firms, converged: true, reason: 'indifferent firm', iterations: iteration, gap }
    if (gap > 0) low = middle
    else high = middle
  }
  const priceIndex = Math.sqrt(low * high)
  const { firms, implied } = at(priceIndex)
  return { priceIndex, firms, converged: false, reason: 'maximum iterations', iterations: maximumIterations, gap: implied / priceIndex - 1 }
}

/** Every firm's plan at a price index, and the index that follows. */
function respond(economy: SourcingEconomy, industries: ReturnType<typeof prepareIndustries>, priceIndex: number) {
  const { buyer, expenditure, mass } = economy
  const power = 1 - buyer.demandElasticity
  const markup = buyer.demandElasticity / (buyer.demandElasticity - 1)
  const firms = economy.efficiency.map((efficiency) => {
    const { sets, capability, profit } = solveSuppliers(sourcingScale(buyer, efficiency, { expenditure, priceIndex }), industries)
    const unitCost = Math.exp(logUnitCost(buyer, efficiency, capability))
    return { sets, capability, profit, unitCost, revenue: expenditure * ((markup * unitCost) / priceIndex) ** power }
  })
  const implied = firms.reduce((sum, { unitCost }, n) => sum + (mass?.[n] ?? 1) * (markup * unitCost) ** power, 0) ** (1 / power)
  return { firms, implied }
}

/** A price index below and one above the one it implies. */
function bracket(implied: (priceIndex: number) => number): [number, number] {
  let low = implied(1)
  let high = low
  for (let i = 0; i < 200 && implied(low) < low; i++) low /= 2
  for (let i = 0; i < 200 && implied(high) > high; i++) high *= 2
  return [low, high]
}
