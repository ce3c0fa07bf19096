/**
 * Closed-form margins of sourcing when each location is small relative to Θ_k (Furusawa et al. 2019). With Φ_k(d) = Φ̄ d^{−η},
 * η = θ(δ + ζβ), and f_k(d) = f̄ d^ψ, a location at distance d is used iff A_{−k} e Θ^{e−1} Φ(d) ≥ f(d):
 *
 *     reach      d* = [A_{−k} e Θ^{e−1} Φ̄ / f̄]^{1/(η+ψ)}          elasticity to scale 1/(η+ψ)
 *     supplier   z* = cost(d) [f(d)/(A_{−k} e Θ^{e−1})]^{1/θ}       cutoff efficiency of linked suppliers
 *     links      N (z* / z₀)^{−ν} with Pareto(z₀, ν) efficiencies     distance elasticity −ν(δ + ζβ + ψ/θ), scale elasticity ν/θ
 *
 * The elasticities are exact when e = 1, otherwise for given Θ.
 */

export interface MarginIndustry {
  /** A_{−k} e_k Θ_k^{e_k − 1}: what a unit of potential earns. */
  readonly marginalGain: number
  /** θ. */
  readonly shape: number
  /** δ + ζβ: elasticity of delivered cost to distance. */
  readonly costElasticity: number
  /** ψ: elasticity of the fixed cost to distance, and its level f̄ at 1 km. */
  readonly fixedElasticity: number
  readonly fixedLevel: number
  /** Delivered unit cost at 1 km for efficiency one. */
  readonly costLevel: number
}

/** Returns d*, the farthest distance sourced from, km; Infinity where neither potential falls nor fixed cost rises with distance. */
export function sourcingReach(industry: MarginIndustry): number {
  const potential = industry.costLevel ** -industry.shape
  const slope = industry.shape * industry.costElasticity + industry.fixedElasticity
  const ratio = (industry.marginalGain * potential) / industry.fixedLevel
  if (slope === 0) return ratio >= 1 ? Infinity : 0
  return ratio ** (1 / slope)
}

/** Returns z*(d): suppliers at distance d are linked iff their efficiency reaches it. */
export function supplierCutoff(industry: MarginIndustry, distance: number): number {
  const cost = industry.costLevel * distance ** industry.costElasticity
  const fixed = industry.fixedLevel * distance ** industry.fixedElasticity
  return cost * (fixed / industry.marginalGain) ** (1 / industry.shape)
}

export interface SupplierPopulation {
  /** Number of suppliers at the distance. */
  readonly count: number
  /** Pareto lower bound z₀ and shape ν of their efficiencies. */
  readonly minimum: number
  readonly shape: number
}

/**
 * Returns expected links at distance d and the mean efficiency of linked suppliers (null where ν ≤ 1: no finite mean).
 *
 * @example
 * const { links } = supplierMargin(industry, 120, { count: 400, minimum: 1, shape: 4 })
 */
export function supplierMargin(
  industry: MarginIndustry,
  distance: number,
  suppliers: SupplierPopulation,
): { readonly links: number; readonly meanEfficiency: number | null } {
  const cutoff = Math.max(supplierCutoff(industry, distance), suppliers.minimum)
  return {
    links: suppliers.count * (cutoff / suppliers.minimum) ** -suppliers.shape,
    meanEfficiency: suppliers.shape > 1 ? (cutoff * suppliers.shape) / (suppliers.shape - 1) : null,
  }
}
