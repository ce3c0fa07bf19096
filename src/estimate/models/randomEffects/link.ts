/**
 * The links of random-effects binary models, for one observation with index x = η + u and outcome y ∈ {0, 1}: log probability,
 * its first derivative (generalised residual), minus its second derivative (weight) and the derivative of the weight.
 */
import { inverseMills, logNormalCdf } from '../../../numerics/normal.js'
import { eventSlope, logEvent, slopeExcess } from '../cloglogLink.js'

export type Link = 'logit' | 'probit' | 'cloglog'

/** Filled by `derivatives`, so that the inner loop allocates nothing. */
export interface LinkDerivatives {
  logProbability: number
  /** ∂ log P / ∂x */
  residual: number
  /** −∂² log P / ∂x² */
  weight: number
  /** ∂ weight / ∂x */
  weightSlope: number
}

export type LinkFunction = (outcome: number, index: number, out: LinkDerivatives) => void

export const links: Readonly<Record<Link, LinkFunction>> = { logit: logitDerivatives, probit: probitDerivatives, cloglog: cloglogDerivatives }

function logitDerivatives(outcome: number, index: number, out: LinkDerivatives): void {
  const odds = Math.exp(-Math.abs(index))
  const small = odds / (1 + odds)
  const probability = index >= 0 ? 1 / (1 + odds) : small
  out.logProbability = (outcome > 0 ? Math.min(index, 0) : Math.min(-index, 0)) - Math.log1p(odds)
  // y − p without cancellation: small = min(p, 1 − p).
  out.residual = outcome > 0 ? (index >= 0 ? small : 1 - small) : -probability
  out.weight = small / (1 + odds)
  out.weightSlope = out.weight * (1 - 2 * probability)
}

function probitDerivatives(outcome: number, index: number, out: LinkDerivatives): void {
  const sign = outcome > 0 ? 1 : -1
  const x = sign * index
  const mills = inverseMills(x) // φ(x)/Φ(x)
  out.logProbability = logNormalCdf(x)
  out.residual = sign * mills
  out.weight = mills * (mills + x)
  // w = λ(λ + x), λ' = −w: w' = −w(2λ + x) + λ, and dx/dη = sign.
  out.weightSlope = sign * (mills - out.weight * (2 * mills + x))
}

/** P(1) = 1 − e^(−u), u = e^x: the discrete-time hazard (see `cloglogLink.ts` for g = u/(e^u − 1) and its accuracy). */
function cloglogDerivatives(outcome: number, index: number, out: LinkDerivatives): void {
  const u = Math.exp(index)
  if (outcome === 0) {
    out.logProbability = -u
    out.residual = -u
    out.weight = u
    out.weightSlope = u
    return
  }
  const g = eventSlope(u)
  const excess = slopeExcess(u, g)
  out.logProbability = logEvent(index, u)
  out.residual = g
  out.weight = g * excess
  // d(u + g − 1)/dx = u − w, since dg/dx = −w; both vanish where the event is certain.
  out.weightSlope = g === 0 ? 0 : g * (u - out.weight) - out.weight * excess
}
