/**
 * The response of a binary model, P(y = 1 | x), and its derivatives at an index η; with a random effect it is the average over
 * u ~ N(0, σ²): Φ(η/√(1 + σ²)) for the probit, by Gauss–Hermite quadrature for the logit.
 */
import { ReshoreError } from '../../errors.js'
import { gaussHermite } from '../../numerics/quadrature.js'
import { normalCdf, normalDensity } from '../../numerics/distributions.js'
import type { Fit } from '../records.js'

/** Nodes for averaging the logit over its random effect: exact to about 1e-12 for σ up to 3. */
const nodes = 48

/** Filled by a response, so that loops over rows allocate nothing. */
export interface ResponseAt {
  probability: number
  /** ∂P/∂η and ∂²P/∂η². */
  slope: number
  curvature: number
  /** ∂P/∂ ln σ and ∂²P/∂η∂ ln σ; zero without a random effect. */
  bySigma: number
  slopeBySigma: number
}

export type Response = (index: number, out: ResponseAt) => void

/** Returns the response of a fit. Throws `UnsupportedError` for models whose effects on the probability are not identified. */
export function responseOf(fit: Fit): Response {
  switch (fit.kind) {
    case 'logit':
      return logitAt
    case 'probit':
      return probitAt
    case 'cloglog':
      return cloglogAt
    case 're-logit':
      return averagedLogit((fit as Fit<'re-logit'>).detail.sigma_u)
    case 're-probit':
      return averagedProbit((fit as Fit<'re-probit'>).detail.sigma_u)
    default:
      throw new ReshoreError(
        'UnsupportedError',
        `effects on a probability are not identified by a ${fit.kind} fit`,
        fit.kind === 'fe-logit'
          ? 'The conditional logit leaves the firm effects unestimated: use re-logit or re-probit with means (dynamic or Mundlak), or read its coefficients as log odds ratios.'
          : 'Average effects on a probability exist for logit, probit, cloglog, re-logit and re-probit.',
        2,
      )
  }
}

function logitAt(index: number, out: ResponseAt): void {
  const p = 1 / (1 + Math.exp(-index))
  out.probability = p
  out.slope = p * (1 - p)
  out.curvature = out.slope * (1 - 2 * p)
  out.bySigma = out.slopeBySigma = 0
}

function probitAt(index: number, out: ResponseAt): void {
  out.probability = normalCdf(index)
  out.slope = normalDensity(index)
  out.curvature = -index * out.slope
  out.bySigma = out.slopeBySigma = 0
}

function cloglogAt(index: number, out: ResponseAt): void {
  const hazard = Math.exp(index)
  const survival = Math.exp(-hazard)
  out.probability = -Math.expm1(-hazard)
  out.slope = hazard * survival
  out.curvature = out.slope * (1 - hazard)
  out.bySigma = out.slopeBySigma = 0
}

/** Φ(η/s), s² = 1 + σ²; d s/d ln σ = σ²/s. */
function averagedProbit(sigma: number): Response {
  const scale = Math.sqrt(1 + sigma * sigma)
  const share = (sigma / scale) ** 2
  return (index, out) => {
    const x = index / scale
    const density = normalDensity(x)
    out.probability = normalCdf(x)
    out.slope = density / scale
    out.curvature = (-x * density) / (scale * scale)
    out.bySigma = -x * density * share
    out.slopeBySigma = (out.slope * (x * x - 1)) * share
  }
}

function averagedLogit(sigma: number): Response {
  const { nodes: z, weights } = gaussHermite(nodes)
  const at = z.map((node) => Math.SQRT2 * sigma * node)
  const share = weights.map((weight) => weight / Math.sqrt(Math.PI))
  return (index, out) => {
    out.probability = out.slope = out.curvature = out.bySigma = out.slopeBySigma = 0
    for (let q = 0; q < nodes; q++) {
      const p = 1 / (1 + Math.exp(-(index + at[q]!)))
      const slope = share[q]! * p * (1 - p)
      const curvature = slope * (1 - 2 * p)
      out.probability += share[q]! * p
      out.slope += slope
      out.curvature += curvature
      out.bySigma += slope * at[q]!
      out.slopeBySigma += curvature * at[q]!
    }
  }
}
