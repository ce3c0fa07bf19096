/**
 * The likelihood of a whole panel at given parameters: groups in fixed chunks whose sums are added in order, by the kernel where there is
 * one for the link, otherwise by the plain likelihood; alone or with a crew of threads, with the same bits.
 */
import { kernelsSupported } from '../../../numerics/kernel.js'
import type { Quadrature } from '../../../numerics/quadrature.js'
import { builtModule } from '../../../parallel/builtModule.js'
import { startCrew, usefulThreads, type Crew } from '../../../parallel/crew.js'
import { chunks } from './chunks.js'
import type { HessianKind, LikelihoodSums, PanelRows, Posterior, RowScores } from './likelihood.js'
import type { Link } from './link.js'
import { kernelSums, kernelWork, placePanel, setTask, type KernelPanel } from './logitKernel.js'
import { placePlain, plainSums, plainWork, setPlainTask, type PlainPanel } from './plainChunks.js'

/** Holds threads until `close`. */
export interface PanelObjective {
  /** Sums over all groups at (β, ln σ) by one of the quadratures. */
  evaluate(parameters: Float64Array, hessian: HessianKind, rule?: number): LikelihoodSums
  /** Row and group scores, modes and scales of the last evaluation. */
  rows(): RowScores
  posterior(): Posterior
  close(): void
}

export interface ObjectiveOptions {
  /** Default: as many as the work is worth; never more than chunks. */
  readonly threads?: number
}

/** Seconds a row and node take one thread in a whole fit: by the kernel, and plain. */
const kernelSeconds = 3.5e-7
const plainSeconds = 3e-6

/** Returns the objective; modes are kept between evaluations as first guesses. */
export function panelObjective(panel: PanelRows, link: Link, quadratures: readonly [Quadrature, ...Quadrature[]], options: ObjectiveOptions = {}): PanelObjective {
  const byKernel = link === 'logit' && kernelsSupported
  const threads = Math.min(chunks, options.threads ?? usefulThreads(panel.outcome.length * quadratures[0].nodes.length * (byKernel ? kernelSeconds : plainSeconds)))
  const plain = once(() => plainSide(placePlain(panel, link, quadratures, byKernel ? 1 : threads), byKernel ? 1 : threads))
  const kernel = byKernel ? kernelSide(placePanel(panel, quadratures, threads), threads) : undefined
  let last: Side = kernel ?? plain()
  return {
    evaluate(parameters, hessian, rule = 0) {
      const sums = kernel?.evaluate(parameters, hessian, rule)
      last = sums ? kernel! : plain()
      return sums ?? last.evaluate(parameters, hessian, rule)!
    },
    rows: () => last.rows(),
    posterior: () => last.posterior(),
    close() {
      kernel?.close()
      if (!byKernel) plain().close()
    },
  }
}

/** One way of computing the sums; undefined where it declines. */
interface Side extends Omit<PanelObjective, 'evaluate'> {
  evaluate(parameters: Float64Array, hessian: HessianKind, rule: number): LikelihoodSums | undefined
}

function kernelSide(panel: KernelPanel, threads: number): Side {
  const crew = startCrew({ module: builtModule('./logitKernel.js', import.meta.url), name: 'kernelWork', settings: panel, chunks }, kernelWork(panel, 0), threads)
  const { rowScore, groupScore, mode, scale } = panel.arrays
  return {
    evaluate(parameters, hessian, rule) {
      setTask(panel, parameters, hessian, rule)
      crew.run()
      return kernelSums(panel)
    },
    ...copies({ index: rowScore, logSigma: groupScore }, { mode, scale }, crew),
  }
}

function plainSide(panel: PlainPanel, threads: number): Side {
  const crew = startCrew({ module: builtModule('./plainChunks.js', import.meta.url), name: 'plainWork', settings: panel, chunks }, plainWork(panel), threads)
  return {
    evaluate(parameters, hessian, rule) {
      setPlainTask(panel, parameters, hessian, rule)
      crew.run()
      return plainSums(panel)
    },
    ...copies(panel.rows, panel.posterior, crew),
  }
}

/** Copies out of shared memory, which the next evaluation overwrites. */
function copies(rows: RowScores, posterior: Posterior, { close }: Crew): Pick<Side, 'rows' | 'posterior' | 'close'> {
  const own = (values: Float64Array): Float64Array => Float64Array.from(values)
  return {
    rows: () => ({ index: own(rows.index), logSigma: own(rows.logSigma) }),
    posterior: () => ({ mode: own(posterior.mode), scale: own(posterior.scale) }),
    close,
  }
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
