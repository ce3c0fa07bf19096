/**
 * The likelihood of a whole panel at given parameters: groups in fixed chunks whose sums are added in order, by the kernel where there is
 * one for the link, otherwise by the plain likelihood.
 */
import { kernelsSupported } from '../../../numerics/kernel.js'
import type { Quadrature } from '../../../numerics/quadrature.js'
import { addLikelihood, type HessianKind, type LikelihoodSums, type PanelRows, type Posterior, type RowScores } from './likelihood.js'
import { links, type Link } from './link.js'
import { logitKernel, type LogitKernel } from './logitKernel.js'

/** Chunks of the fixed summation order. */
const chunks = 32

export interface PanelObjective {
  /** Sums over all groups at (β, ln σ). */
  evaluate(parameters: Float64Array, hessian: HessianKind): LikelihoodSums
  /** Row and group scores, modes and scales of the last evaluation. */
  rows(): RowScores
  posterior(): Posterior
}

/** Returns the objective; modes are kept between evaluations as first guesses. */
export function panelObjective(panel: PanelRows, link: Link, quadrature: Quadrature): PanelObjective {
  const groups = panel.start.length - 1
  const kernel = link === 'logit' && kernelsSupported ? logitKernel(panel, quadrature) : undefined
  const plain = plainState(panel, groups)
  let last: 'kernel' | 'plain' = 'plain'
  return {
    evaluate(parameters, hessian) {
      const sums = kernel && kernelSums(kernel, parameters, groups, hessian)
      last = sums ? 'kernel' : 'plain'
      if (sums) return sums
      return sumChunks(groups, parameters.length, (range, into) => {
        addLikelihood(panel, links[link], quadrature, parameters, plain.posterior, range, into, { hessian, rows: plain.rows })
        return true
      })!
    },
    rows: () => (last === 'kernel' ? kernel!.rows : plain.rows),
    posterior: () => (last === 'kernel' ? kernel!.posterior() : plain.posterior),
  }
}

function plainState(panel: PanelRows, groups: number): { posterior: Posterior; rows: RowScores } {
  return {
    posterior: { mode: new Float64Array(groups), scale: new Float64Array(groups) },
    rows: { index: new Float64Array(panel.outcome.length), logSigma: new Float64Array(groups) },
  }
}

function kernelSums(kernel: LogitKernel, parameters: Float64Array, groups: number, hessian: HessianKind): LikelihoodSums | undefined {
  return sumChunks(groups, parameters.length, (range, into) => kernel.add(parameters, range, into, hessian))
}

/** Adds every chunk on its own, then the chunks in order; undefined where a chunk was declined. */
function sumChunks(groups: number, p: number, add: (range: { from: number; to: number }, into: LikelihoodSums) => boolean): LikelihoodSums | undefined {
  const total = emptySums(p)
  for (let chunk = 0; chunk < chunks; chunk++) {
    const range = { from: Math.floor((chunk * groups) / chunks), to: Math.floor(((chunk + 1) * groups) / chunks) }
    const part = emptySums(p)
    if (!add(range, part)) return undefined
    total.value += part.value
    for (let j = 0; j < p; j++) total.gradient[j]! += part.gradient[j]!
    for (let j = 0; j < p * p; j++) total.hessian[j]! += part.hessian[j]!
  }
  return total
}

function emptySums(p: number): LikelihoodSums {
  return { value: 0, gradient: new Float64Array(p), hessian: new Float64Array(p * p) }
}
