/**
 * Communication and delivered cost (Furusawa, Inui, Ito and Tang 2019, in closed form). The buyer chooses the intensity of face-to-face
 * communication m in (0, 1]: unresolved mismatch multiplies the input requirement by m^{−β} (β the differentiation of the industry),
 * communication multiplies cost by e^{m h(d)}, h(d) = h₀ d^ζ, times e^{λ_h} abroad. Then
 *
 *     m* = min{1, β/h},     ln κ = β (1 + ln h − ln β)  for h > β,     ln κ = h  otherwise,
 *
 * and the sourcing potential of a location is Φ = T [w t(d) κ(d)]^{−θ} with t(d) = d^δ, times e^{λ_F} abroad. Differentiated inputs are
 * dearer everywhere and most at long distance (interior cross-derivative ζ). Checked against minimisation on a grid.
 */

export interface CommunicationCosts {
  /** h₀ > 0, ζ ≥ 0. */
  readonly level: number
  readonly distanceElasticity: number
  /** λ_h, added to ln h for foreign locations. Default 0. */
  readonly foreign?: number
}

export interface Communication {
  /** m*, in (0, 1]. */
  readonly intensity: number
  /** ln κ. */
  readonly logCost: number
}

/**
 * Returns the best intensity and the log of what mismatch and communication together multiply cost by.
 *
 * @param differentiation β ≥ 0
 * @param burden h > 0, the cost of full communication
 * @example
 * const { intensity, logCost } = communicate(0.4, 0.9)
 */
export function communicate(differentiation: number, burden: number): Communication {
  if (burden <= differentiation) return { intensity: 1, logCost: burden }
  if (differentiation === 0) return { intensity: 0, logCost: 0 }
  return { intensity: differentiation / burden, logCost: differentiation * (1 + Math.log(burden / differentiation)) }
}

/** Returns h(d) for a distance in km. */
export function communicationBurden(costs: CommunicationCosts, distance: number, foreign = false): number {
  return costs.level * distance ** costs.distanceElasticity * (foreign ? Math.exp(costs.foreign ?? 0) : 1)
}

export interface InputIndustry {
  /** θ, Fréchet shape. */
  readonly shape: number
  /** β ≥ 0. */
  readonly differentiation: number
  /** δ: elasticity of shipping cost to distance. */
  readonly shippingElasticity: number
  /** λ_F, added to log shipping cost from abroad. Default 0. */
  readonly foreignShipping?: number
  readonly communication: CommunicationCosts
}

export interface SourceLocation {
  /** T, state of technology. */
  readonly technology: number
  readonly wage: number
  /** km to the buyer, positive. */
  readonly distance: number
  readonly foreign?: boolean
}

/**
 * Returns Φ, the sourcing potential of a location for an industry.
 *
 * @example
 * const potential = sourcingPotential(industry, { technology: 1, wage: 0.5, distance: 9000, foreign: true })
 */
export function sourcingPotential(industry: InputIndustry, location: SourceLocation): number {
  const foreign = location.foreign ?? false
  const burden = communicationBurden(industry.communication, location.distance, foreign)
  const logShipping = industry.shippingElasticity * Math.log(location.distance) + (foreign ? (industry.foreignShipping ?? 0) : 0)
  const logCost = Math.log(location.wage) + logShipping + communicate(industry.differentiation, burden).logCost
  return location.technology * Math.exp(-industry.shape * logCost)
}
