/**
 * Links of binary models. Each gives, for rows of index η and outcome y, the log-likelihood and its first and minus second
 * derivatives with respect to η, accurate where a fitted probability is 1e-300 as well as where it is a half.
 */
import { inverseMills, logNormalCdf } from '../../numerics/normal.js'
import { normalCdf } from '../../numerics/distributions.js'

export interface BinaryLink {
  readonly name: 'logit' | 'probit' | 'cloglog'
  /**
   * Fills `derivative` and `curvature` for rows [0, size) of `index`, whose outcomes start at `outcome[from]`, and returns the sum of
   * the log-likelihoods; everything times the weights where there are any.
   */
  rows(index: Float64Array, outcome: Float64Array, weights: Float64Array | undefined, from: number, size: number, derivative: Float64Array, curvature: Float64Array): number
  /** P(y = 1) at index η. */
  probability(index: number): number
  /** Density dP/dη. */
  density(index: number): number
  /** Expected curvature (Fisher information of one row), where it differs from the observed one. */
  readonly expectedCurvature?: (index: number) => number
}

/** F(η) = 1/(1 + e^(−η)). */
export const logitLink: BinaryLink = {
  name: 'logit',
  probability: (index) => 1 / (1 + Math.exp(-index)),
  density: (index) => {
    const e = Math.exp(-Math.abs(index))
    return e / ((1 + e) * (1 + e))
  },
  rows(index, outcome, weights, from, size, derivative, curvature) {
    let linear = 0
    let logs = 0
    // One logarithm for a product of up to 32 rows, each of whose factors lies in [1, 2].
    let product = 1
    for (let i = 0; i < size; i++) {
      const eta = index[i]!
      const y = outcome[from + i]!
      const e = Math.exp(-Math.abs(eta))
      const inverse = 1 / (1 + e)
      const right = y === 1 ? eta > 0 : eta <= 0
      const slope = (right ? e : 1) * inverse
      const weight = weights ? weights[from + i]! : 1
      derivative[i] = y === 1 ? weight * slope : -weight * slope
      curvature[i] = weight * e * inverse * inverse
      if (!right) linear -= weight * Math.abs(eta)
      if (weights) logs -= weight * Math.log1p(e)
      else {
        product *= 1 + e
        if ((i & 31) === 31) {
          logs -= Math.log(product)
          product = 1
        }
      }
    }
    return linear + logs - Math.log(product)
  },
}

/** F(η) = Φ(η). */
export const probitLink: BinaryLink = {
  name: 'probit',
  probability: normalCdf,
  density: (index) => Math.exp(-0.5 * index * index) / Math.sqrt(2 * Math.PI),
  expectedCurvature: (index) => inverseMills(index) * inverseMills(-index),
  rows(index, outcome, weights, from, size, derivative, curvature) {
    let value = 0
    for (let i = 0; i < size; i++) {
      const sign = outcome[from + i] === 1 ? 1 : -1
      const signed = sign * index[i]!
      const mills = inverseMills(signed)
      const weight = weights ? weights[from + i]! : 1
      value += weight * logNormalCdf(signed)
      derivative[i] = sign * weight * mills
      curvature[i] = weight * mills * (signed + mills)
    }
    return value
  },
}
