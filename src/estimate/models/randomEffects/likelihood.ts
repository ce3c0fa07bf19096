/**
 * Log likelihood of a binary model with a normal random effect per group, by adaptive Gauss–Hermite quadrature:
 *
 *     ℓ = Σ_i ln ∫ Π_t P(y_it | η_it + u) φ(u/σ)/σ du,      η_it = x_it'β,
 *     ℓ_i ≈ ln √2 s_i Σ_q w_q e^{z_q²} e^{g_i(u_q)},        u_q = μ_i + √2 s_i z_q,
 *
 * g_i the log of the integrand, μ_i its mode and s_i² = −1/g_i''(μ_i) at the parameters in force (Liu and Pierce 1994; Naylor and Smith 1982).
 *
 * Derivatives are those of the quadrature sum itself, nodes moving with the parameters: with posterior weights π_q,
 *
 *     dℓ_i/dη_t = Σ_q π_q r_tq + A μ_t + C s_t,     A = Σ_q π_q g'(u_q),   C = 1/s + √2 Σ_q π_q g'(u_q) z_q
 *
 * where r is the residual and μ_t, s_t the derivatives of mode and scale. A and C vanish with exact integration; keeping them makes the
 * maximiser that of the quadrature objective, whatever the number of nodes. The Hessian is X'(A X) with a small matrix A per group, so
 * that no p-vectors are formed per node: with the nodes held, A = Cov_π(r) − diag E_π(w), good for Newton steps; with the nodes moving, A is
 * the central difference of the group's own scores in (η_1 … η_T, ln σ), which standard errors need.
 *
 * This is the plain statement of the algorithm for any link; the logit's kernel (logitKernel.as.ts) is held to it in
 * test/estimate/randomEffectsLikelihood.test.ts, which also has finite differences and dense quadrature.
 */
import type { Quadrature } from '../../../numerics/quadrature.js'
import type { LinkDerivatives, LinkFunction } from './link.js'

/** Rows sorted by group; group i owns rows [start[i], start[i + 1]). `x` is rows × columns, row-major. */
export interface PanelRows {
  readonly columns: number
  readonly x: Float64Array
  readonly outcome: Float64Array
  readonly offset?: Float64Array
  readonly start: Int32Array
}

/** What a pass over groups adds up; gradient and Hessian order (β, ln σ), p = columns + 1. */
export interface LikelihoodSums {
  value: number
  /** p */
  readonly gradient: Float64Array
  /** p × p row-major; the lower triangle is filled. */
  readonly hessian: Float64Array
}

/** Mode and scale of every group's integrand, kept between evaluations as first guesses. */
export interface Posterior {
  readonly mode: Float64Array
  readonly scale: Float64Array
}

/** 'none': gradient only; 'held': quadrature nodes held; 'moving': that of the quadrature sum itself. */
export type HessianKind = 'none' | 'held' | 'moving'

/** Optional row-level outputs: dℓ/dη_t by row and dℓ/d ln σ by group. */
export interface RowScores {
  readonly index: Float64Array
  readonly logSigma: Float64Array
}

/**
 * Adds the groups [from, to) to `sums` at (β, ln σ) = `parameters`; updates `posterior`. Row scores are those of the gradient.
 */
export function addLikelihood(
  panel: PanelRows,
  link: LinkFunction,
  quadrature: Quadrature,
  parameters: Float64Array,
  posterior: Posterior,
  range: { readonly from: number; readonly to: number },
  sums: LikelihoodSums,
  options: { readonly hessian: HessianKind; readonly rows?: RowScores },
): void {
  const { columns, start } = panel
  const largest = largestGroup(start, range.from, range.to)
  const group = groupWork(largest, quadrature.nodes.length)
  const sigma = Math.exp(parameters[columns]!)
  for (let i = range.from; i < range.to; i++) {
    const first = start[i]!
    const size = start[i + 1]! - first
    indexOfRows(panel, parameters, first, size, group.eta)
    findMode(panel.outcome, first, size, link, sigma, group, posterior, i)
    sums.value += integrate(panel.outcome, first, size, link, quadrature, sigma, group, posterior, i)
    for (let t = 0; t < size; t++) {
      const score = group.score[t]!
      for (let j = 0; j < columns; j++) sums.gradient[j]! += score * panel.x[(first + t) * columns + j]!
      if (options.rows) options.rows.index[first + t] = score
    }
    sums.gradient[columns]! += group.scoreSigma
    if (options.rows) options.rows.logSigma[i] = group.scoreSigma
    if (options.hessian === 'none') continue
    if (options.hessian === 'moving') differenceScores(panel.outcome, first, size, link, quadrature, sigma, group, posterior, i)
    addHessian(panel, first, size, group, sums.hessian)
  }
}

/** Scratch of one group, sized for the largest. `curvature` is (T + 1) × (T + 1): rows of η, then ln σ. */
interface GroupWork {
  readonly eta: Float64Array
  readonly residual: Float64Array
  readonly weight: Float64Array
  readonly score: Float64Array
  scoreSigma: number
  readonly modeWeight: Float64Array
  readonly modeSlope: Float64Array
  readonly nodeLog: Float64Array
  readonly nodeValue: Float64Array
  readonly curvature: Float64Array
  readonly stride: number
  readonly link: LinkDerivatives
}

function groupWork(largest: number, nodes: number): GroupWork {
  return {
    eta: new Float64Array(largest),
    residual: new Float64Array(largest * nodes),
    weight: new Float64Array(largest * nodes),
    score: new Float64Array(largest),
    scoreSigma: 0,
    modeWeight: new Float64Array(largest),
    modeSlope: new Float64Array(largest),
    nodeLog: new Float64Array(nodes),
    nodeValue: new Float64Array(nodes),
    curvature: new Float64Array((largest + 1) * (largest + 1)),
    stride: largest + 1,
    link: { logProbability: 0, residual: 0, weight: 0, weightSlope: 0 },
  }
}

function largestGroup(start: Int32Array, from: number, to: number): number {
  let largest = 0
  for (let i = from; i < to; i++) largest = Math.max(largest, start[i + 1]! - start[i]!)
  return largest
}

function indexOfRows(panel: PanelRows, parameters: Float64Array, first: number, size: number, eta: Float64Array): void {
  const { columns, x, offset } = panel
  for (let t = 0; t < size; t++) {
    const row = (first + t) * columns
    let sum = offset ? offset[first + t]! : 0
    for (let j = 0; j < columns; j++) sum += x[row + j]! * parameters[j]!
    eta[t] = sum
  }
}

/**
 * Newton's method on the concave log integrand, from the group's last mode, within a bracket: where probabilities jump from 0 to 1
 * full steps can swing from one side of the mode to the other without end, and the bracket is halved instead.
 */
function findMode(
  outcome: Float64Array,
  first: number,
  size: number,
  link: LinkFunction,
  sigma: number,
  group: GroupWork,
  posterior: Posterior,
  i: number,
): void {
  const precision = 1 / (sigma * sigma)
  let [low, high, last] = [-Infinity, Infinity, Infinity]
  let u = posterior.mode[i]!
  for (let iteration = 0; iteration < 100; iteration++) {
    let slope = -u * precision
    let curvature = precision
    for (let t = 0; t < size; t++) {
      link(outcome[first + t]!, group.eta[t]! + u, group.link)
      slope += group.link.residual
      curvature += group.link.weight
      group.modeWeight[t] = group.link.weight
      group.modeSlope[t] = group.link.weightSlope
    }
    posterior.mode[i] = u
    posterior.scale[i] = 1 / Math.sqrt(curvature)
    // Where the weight is nearly zero a full step may overshoot; steps of at most four prior scales keep it near.
    const step = Math.max(-4 * sigma, Math.min(4 * sigma, slope / curvature))
    if (Math.abs(step) <= 1e-13 * (Math.abs(u) + posterior.scale[i]!)) return
    if (slope > 0) low = u
    else high = u
    const swings = high - low < Infinity && (Math.abs(step) > 0.5 * last || u + step <= low || u + step >= high)
    const next = swings ? 0.5 * (low + high) : u + step
    last = Math.abs(next - u)
    u = next
  }
}

/** ℓ_i; fills score, scoreSigma and, around them, the small curvature matrix of the group. */
function integrate(
  outcome: Float64Array,
  first: number,
  size: number,
  link: LinkFunction,
  { nodes, weights }: Quadrature,
  sigma: number,
  group: GroupWork,
  posterior: Posterior,
  i: number,
): number {
  const count = nodes.length
  const mode = posterior.mode[i]!
  const scale = posterior.scale[i]!
  const precision = 1 / (sigma * sigma)
  let top = -Infinity
  for (let q = 0; q < count; q++) {
    const u = mode + Math.SQRT2 * scale * nodes[q]!
    let log = -0.5 * u * u * precision + nodes[q]! * nodes[q]! + Math.log(weights[q]!)
    for (let t = 0; t < size; t++) {
      link(outcome[first + t]!, group.eta[t]! + u, group.link)
      log += group.link.logProbability
      group.residual[t * count + q] = group.link.residual
      group.weight[t * count + q] = group.link.weight
    }
    group.nodeLog[q] = log
    if (log > top) top = log
  }
  let total = 0
  for (let q = 0; q < count; q++) total += group.nodeValue[q] = Math.exp(group.nodeLog[q]! - top)
  for (let q = 0; q < count; q++) group.nodeValue[q]! /= total
  fillDerivatives(size, nodes, sigma, group, mode, scale)
  return top + Math.log(total) + Math.log(scale) + 0.5 * Math.LN2 - Math.log(sigma) - 0.9189385332046727
}

/** Posterior means and covariances of (r_1 … r_T, u²/σ²), and the terms of moving nodes. */
function fillDerivatives(size: number, nodes: Float64Array, sigma: number, group: GroupWork, mode: number, scale: number): void {
  const count = nodes.length
  const precision = 1 / (sigma * sigma)
  const { residual, weight, nodeValue: pi, curvature, stride, modeWeight, modeSlope } = group
  let square = 0
  let squareOfSquare = 0
  let slopeMean = 0
  let slopeNode = 0
  curvature.fill(0)
  for (let t = 0; t < size; t++) group.score[t] = 0
  for (let q = 0; q < count; q++) {
    const u = mode + Math.SQRT2 * scale * nodes[q]!
    const v = u * u * precision
    let slope = -u * precision
    for (let t = 0; t < size; t++) {
      const r = residual[t * count + q]!
      slope += r
      group.score[t]! += pi[q]! * r
      curvature[t * stride + t]! -= pi[q]! * weight[t * count + q]!
      for (let k = 0; k <= t; k++) curvature[t * stride + k]! += pi[q]! * r * residual[k * count + q]!
      curvature[size * stride + t]! += pi[q]! * r * v
    }
    square += pi[q]! * v
    squareOfSquare += pi[q]! * v * v
    slopeMean += pi[q]! * slope
    slopeNode += pi[q]! * slope * nodes[q]!
  }
  for (let t = 0; t < size; t++) {
    for (let k = 0; k <= t; k++) curvature[t * stride + k]! -= group.score[t]! * group.score[k]!
    curvature[size * stride + t]! -= group.score[t]! * square
  }
  curvature[size * stride + size] = squareOfSquare - square * square - 2 * square
  const byScale = 1 / scale + Math.SQRT2 * slopeNode
  let third = 0
  for (let t = 0; t < size; t++) third -= modeSlope[t]!
  const halfCube = 0.5 * scale ** 3
  for (let t = 0; t < size; t++) {
    const modeShift = -scale * scale * modeWeight[t]!
    group.score[t]! += slopeMean * modeShift + byScale * halfCube * (third * modeShift - modeSlope[t]!)
  }
  const modeShift = 2 * scale * scale * mode * precision
  group.scoreSigma = square - 1 + slopeMean * modeShift + byScale * halfCube * (third * modeShift + 2 * precision)
}

/** Replaces the curvature by central differences of the group's scores, mode and scale following the parameters. */
function differenceScores(
  outcome: Float64Array,
  first: number,
  size: number,
  link: LinkFunction,
  quadrature: Quadrature,
  sigma: number,
  group: GroupWork,
  posterior: Posterior,
  i: number,
): void {
  const base = { mode: posterior.mode[i]!, scale: posterior.scale[i]! }
  const span = size + 1
  const difference = new Float64Array(span * span)
  for (let direction = 0; direction < span; direction++) {
    for (const sign of [1, -1]) {
      if (direction < size) group.eta[direction]! += sign * differenceStep
      const moved = direction < size ? sigma : sigma * Math.exp(sign * differenceStep)
      posterior.mode[i] = base.mode
      findMode(outcome, first, size, link, moved, group, posterior, i)
      integrate(outcome, first, size, link, quadrature, moved, group, posterior, i)
      if (direction < size) group.eta[direction]! -= sign * differenceStep
      for (let t = 0; t < size; t++) difference[direction * span + t]! += (sign * group.score[t]!) / (2 * differenceStep)
      difference[direction * span + size]! += (sign * group.scoreSigma) / (2 * differenceStep)
    }
  }
  for (let t = 0; t < span; t++) {
    for (let k = 0; k <= t; k++) group.curvature[t * group.stride + k] = 0.5 * (difference[t * span + k]! + difference[k * span + t]!)
  }
  posterior.mode[i] = base.mode
  posterior.scale[i] = base.scale
}

/** Error of a central difference about 1e-8 of the third derivative, rounding about 1e-12. */
const differenceStep = 1e-4

/** X'(A X) with the bordering row of ln σ; A is the group's (T + 1) × (T + 1) curvature. */
function addHessian({ columns, x }: PanelRows, first: number, size: number, group: GroupWork, hessian: Float64Array): void {
  const p = columns + 1
  const { curvature, stride } = group
  for (let t = 0; t < size; t++) {
    const row = (first + t) * columns
    for (let k = 0; k <= t; k++) {
      const a = curvature[t * stride + k]!
      const other = (first + k) * columns
      for (let j = 0; j < columns; j++) {
        const left = a * x[row + j]!
        const right = a * x[other + j]!
        for (let l = 0; l <= j; l++) hessian[j * p + l]! += t === k ? left * x[row + l]! : left * x[other + l]! + right * x[row + l]!
      }
    }
    const border = curvature[size * stride + t]!
    for (let l = 0; l < columns; l++) hessian[columns * p + l]! += border * x[row + l]!
  }
  hessian[columns * p + columns]! += curvature[size * stride + size]!
}
