/**
 * The response of a binary model, P(y = 1 | x), and its derivatives at an index η; with a random effect it is the average over
 * u ~ N(0, σ²): Φ(η/√(1 + σ²)) for the probit, by the trapezium rule for logit and cloglog.
 */
import { ReshoreError } from '../../errors.js'
import { normalCdf, normalDensity } from '../../numerics/distributions.js'
import type { Fit } from '../records.js'

/** Standard deviations of the random effect on both sides that are averaged over. */
const reach = 8.5

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
      return averaged(logitAt, (fit as Fit<'re-logit'>).detail.sigma_u, (2 * Math.PI ** 2) / 30) // poles at ±iπ
    case 're-probit':
      return averagedProbit((fit as Fit<'re-probit'>).detail.sigma_u)
    case 're-cloglog':
      return averaged(cloglogAt, (fit as Fit<'re-cloglog'>).detail.sigma_u, Math.PI ** 2 / 30) // bounded within ±iπ/2
    default:
      throw new ReshoreError(
        'UnsupportedError',
        `effects on a probability are not identified by a ${fit.kind} fit`,
        fit.kind === 'fe-logit'
          ? 'The conditional logit leaves the firm effects unestimated: use re-logit or re-probit with means (dynamic or Mundlak), or read its coefficients as log odds ratios.'
          : 'Average effects on a probability exist for logit, probit, cloglog, re-logit, re-probit and re-cloglog.',
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

/**
 * The average of a response over u ~ N(0, σ²) by the trapezium rule, whose error falls like e^{−2πd/h} with the distance d of the response's
 * nearest singularity (or the strip in which it is bounded) from the real line in units of σ: `width` is 2πdσ over thirty.
 */
function averaged(response: Response, sigma: number, width: number): Response {
  const step = Math.min(0.5, width / sigma)
  const half = Math.ceil(reach / step)
  const at = Float64Array.from({ length: 2 * half + 1 }, (_, q) => sigma * step * (q - half))
  const share = at.map((_, q) => step * normalDensity(step * (q - half)))
  const given: ResponseAt = { probability: 0, slope: 0, curvature: 0, bySigma: 0, slopeBySigma: 0 }
  return (index, out) => {
    out.probability = out.slope = out.curvature = out.bySigma = out.slopeBySigma = 0
    for (let q = 0; q < at.length; q++) {
      response(index + at[q]!, given)
      const [slope, curvature] = [share[q]! * given.slope, share[q]! * given.curvature]
      out.probability += share[q]! * given.probability
      out.slope += slope
      out.curvature += curvature
      out.bySigma += slope * at[q]!
      out.slopeBySigma += curvature * at[q]!
    }
  }
}
