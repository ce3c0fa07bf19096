/**
 * Distributions of firm productivity, as the selection model needs them: the share of firms above a productivity and the moment of
 * their sales, for one elasticity,
 *
 *     s(x) = 1 − G(x)        V(x) = ∫_x^∞ θ^(σ−1) dG(θ)        J(x) = x^(1−σ) V(x) − s(x) = E[max((θ/x)^(σ−1) − 1, 0)]
 *
 * J falls strictly and continuously wherever firms are; below the support s = 1 and V is the whole moment.
 */
import { normalUpperTail } from '../../numerics/distributions.js'
import type { Distribution } from '../records.js'

export interface ProductivityDistribution {
  /** s(x) */
  survival(x: number): number
  /** V(x) */
  upperMoment(x: number): number
  /** J(x) */
  excess(x: number): number
  /** Ends of the support. */
  readonly minimum: number
  readonly maximum: number
}

/** The distribution of a problem for exponent a = σ − 1; a Pareto tail must have shape above a. */
export function productivityDistribution(spec: Distribution, a: number): ProductivityDistribution {
  if ('pareto' in spec) return pareto(spec.pareto.shape, spec.pareto.minimum, a)
  if ('lognormal' in spec) return lognormal(spec.lognormal.mean, spec.lognormal.sd, a)
  if ('truncatedPareto' in spec) {
    const { shape, minimum, maximum } = spec.truncatedPareto
    return truncatedPareto(shape, minimum, maximum, a)
  }
  const { productivity, weights = productivity.map(() => 1) } = spec.empirical
  return empirical(productivity, weights, a)
}

function pareto(k: number, b: number, a: number): ProductivityDistribution {
  const whole = (k / (k - a)) * b ** a
  const survival = (x: number): number => (x <= b ? 1 : (b / x) ** k)
  return {
    minimum: b, maximum: Infinity, survival,
    upperMoment: (x) => (x <= b ? whole : whole * (b / x) ** (k - a)),
    excess: (x) => (x <= b ? whole / x ** a - 1 : (survival(x) * a) / (k - a)),
  }
}

function lognormal(mean: number, sd: number, a: number): ProductivityDistribution {
  const survival = (x: number): number => normalUpperTail((Math.log(x) - mean) / sd)
  // In logs: the whole moment may be far from the part above x.
  const upperMoment = (x: number): number => Math.exp(a * mean + (a * sd) ** 2 / 2) * normalUpperTail((Math.log(x) - mean) / sd - a * sd)
  return { minimum: 0, maximum: Infinity, survival, upperMoment, excess: (x) => x ** -a * upperMoment(x) - survival(x) }
}

function truncatedPareto(k: number, b: number, B: number, a: number): ProductivityDistribution {
  const mass = -Math.expm1(-k * Math.log(B / b))
  /** ∫_x^B (θ/x)^p k b^k θ^(−k−1) dθ / mass for b ≤ x ≤ B; p = 0 gives s, p = a gives x^(−a) V. */
  const above = (x: number, p: number): number => (k * (b / x) ** k * integral(p - k, Math.log(B / x))) / mass
  const inside = (x: number): number => Math.min(Math.max(x, b), B)
  const scaledMoment = (x: number): number => above(inside(x), a) * (inside(x) / x) ** a
  return {
    minimum: b, maximum: B,
    survival: (x) => above(inside(x), 0),
    upperMoment: (x) => above(inside(x), a) * inside(x) ** a,
    excess: (x) => (x >= B ? 0 : scaledMoment(x) - above(inside(x), 0)),
  }
}

/** ∫_0^L e^(p u) du, accurate for p near 0. */
function integral(p: number, length: number): number {
  return Math.abs(p * length) < 1e-12 ? length : Math.expm1(p * length) / p
}

/** A firm at x exactly counts as above it. */
function empirical(productivity: readonly number[], weights: readonly number[], a: number): ProductivityDistribution {
  const order = productivity.map((_, i) => i).filter((i) => weights[i]! > 0).sort((i, j) => productivity[i]! - productivity[j]!)
  const theta = Float64Array.from(order, (i) => productivity[i]!)
  const count = theta.length
  const total = order.reduce((sum, i) => sum + weights[i]!, 0)
  // Sums from the top down: [k] is over firms k, k + 1, …
  const share = new Float64Array(count + 1)
  const moment = new Float64Array(count + 1)
  for (let k = count - 1; k >= 0; k--) {
    const weight = weights[order[k]!]! / total
    share[k] = share[k + 1]! + weight
    moment[k] = moment[k + 1]! + weight * theta[k]! ** a
  }
  const first = (x: number): number => {
    let [low, high] = [0, count]
    while (low < high) {
      const middle = (low + high) >> 1
      if (theta[middle]! < x) low = middle + 1
      else high = middle
    }
    return low
  }
  return {
    minimum: theta[0]!, maximum: theta[count - 1]!,
    survival: (x) => share[first(x)]!,
    upperMoment: (x) => moment[first(x)]!,
    excess: (x) => x ** -a * moment[first(x)]! - share[first(x)]!,
  }
}
