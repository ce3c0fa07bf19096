/**
 * Shares, unit cost and profit given sourcing sets (Antràs, Fort and Tintelnot 2017; many industries as in Furusawa et al. 2019).
 *
 *     χ_i = Φ_i/Θ,  C_k = g_k Θ_k^{−1/θ_k},  g_k = Γ((θ_k + 1 − ρ_k)/θ_k)^{1/(1−ρ_k)},
 *     c = φ^{−1} w^{γ_0} Π_k C_k^{γ_k},  e_k = γ_k (σ − 1)/θ_k,  A = B φ^{σ−1} w^{−γ_0(σ−1)} Π_k g_k^{−γ_k(σ−1)},
 *     B = (1/σ)(σ/(σ−1))^{1−σ} E P^{σ−1}
 *
 * so that variable profit is A Π Θ_k^{e_k}. With one industry and γ = 1 this is AFT, e = (σ − 1)/θ.
 */
import gammaln from '@stdlib/math-base-special-gammaln'
import { ReshoreError } from '../../errors.js'

export interface IndustryTechnology {
  /** γ_k, cost share of the industry's inputs. */
  readonly costShare: number
  /** θ_k, Fréchet shape of efficiencies. */
  readonly shape: number
  /** ρ_k, elasticity of substitution between varieties; θ_k > ρ_k − 1. */
  readonly substitution: number
}

export interface BuyerTechnology {
  readonly industries: readonly IndustryTechnology[]
  /** σ > 1. */
  readonly demandElasticity: number
  /** w_o, and its cost share γ_0 = 1 − Σ γ_k. */
  readonly wage: number
}

/** Returns χ_i of the sources in a set, the in-house share first: shares add up to one. */
export function sourcingShares(base: number, potentials: readonly number[]): number[] {
  const capability = potentials.reduce((sum, phi) => sum + phi, base)
  return [base, ...potentials].map((phi) => phi / capability)
}

/** Returns e_k = γ_k (σ − 1)/θ_k: above one sources of an industry are complements, below one substitutes. */
export function scaleExponents({ industries, demandElasticity }: BuyerTechnology): number[] {
  return industries.map(({ costShare, shape }) => (costShare * (demandElasticity - 1)) / shape)
}

/**
 * Returns ln c of a buyer with efficiency φ and capabilities Θ_k. Throws `ModelError` where θ_k ≤ ρ_k − 1 (the price index is infinite)
 * or cost shares exceed one.
 *
 * @example
 * const cost = Math.exp(logUnitCost(buyer, 1.3, [2.1, 0.8]))
 */
export function logUnitCost(buyer: BuyerTechnology, efficiency: number, capabilities: readonly number[]): number {
  const inputs = buyer.industries.reduce(
    (sum, industry, k) => sum + industry.costShare * (logPriceConstant(industry, k) - Math.log(capabilities[k]!) / industry.shape),
    0,
  )
  return -Math.log(efficiency) + labourShare(buyer) * Math.log(buyer.wage) + inputs
}

/** Returns A, the scale of the sourcing problem of a buyer with efficiency φ facing expenditure E and price index P. */
export function sourcingScale(buyer: BuyerTechnology, efficiency: number, market: { readonly expenditure: number; readonly priceIndex: number }): number {
  const sigma = buyer.demandElasticity
  const logDemand = -Math.log(sigma) + (1 - sigma) * Math.log(sigma / (sigma - 1)) + Math.log(market.expenditure) + (sigma - 1) * Math.log(market.priceIndex)
  const ones = buyer.industries.map(() => 1)
  return Math.exp(logDemand - (sigma - 1) * logUnitCost(buyer, efficiency, ones))
}

function labourShare({ industries }: BuyerTechnology): number {
  const share = 1 - industries.reduce((sum, { costShare }) => sum + costShare, 0)
  if (share >= -1e-12) return Math.max(0, share)
  throw new ReshoreError('ModelError', `The input cost shares add up to ${(1 - share).toFixed(4)}.`, 'Cost shares γ_k must add up to at most one; the rest is labour.')
}

/** ln g_k. */
function logPriceConstant({ shape, substitution }: IndustryTechnology, k: number): number {
  if (!(shape > substitution - 1)) {
    throw new ReshoreError('ModelError', `Industry ${k}: θ = ${shape} does not exceed ρ − 1 = ${substitution - 1}, so its price index is infinite.`, 'Choose θ above ρ − 1.')
  }
  return substitution === 1 ? -0.5772156649015329 / shape : gammaln((shape + 1 - substitution) / shape) / (1 - substitution)
}
