/** The plain likelihood over the chunks of a panel in shared memory, for the caller and the threads that help it. */
import type { Quadrature } from '../../../numerics/quadrature.js'
import type { ChunkWork } from '../../../parallel/crew.js'
import { chunkRange, chunks } from './chunks.js'
import { addLikelihood, type HessianKind, type LikelihoodSums, type PanelRows, type Posterior, type RowScores } from './likelihood.js'
import { links, type Link } from './link.js'

const kinds: readonly HessianKind[] = ['none', 'held', 'moving']

/** A panel, where to evaluate it, and a slot a chunk for its sums. */
export interface PlainPanel {
  readonly panel: PanelRows
  readonly link: Link
  readonly quadratures: readonly Quadrature[]
  readonly posterior: Posterior
  readonly rows: RowScores
  readonly parameters: Float64Array
  /** Position of the kind of Hessian, and of the quadrature. */
  readonly task: Int32Array
  readonly slots: Float64Array
}

/** The panel where `threads` can see it: its own arrays for one, shared copies for more. */
export function placePlain(panel: PanelRows, link: Link, quadratures: readonly Quadrature[], threads: number): PlainPanel {
  const p = panel.columns + 1
  const room = (length: number): Float64Array => new Float64Array(threads > 1 ? new SharedArrayBuffer(8 * length) : new ArrayBuffer(8 * length))
  const seen = (values: Float64Array): Float64Array => {
    if (threads === 1) return values
    const copy = room(values.length)
    copy.set(values)
    return copy
  }
  const [groups, rows] = [panel.start.length - 1, panel.outcome.length]
  return {
    panel: { ...panel, x: seen(panel.x), outcome: seen(panel.outcome), ...(panel.offset && { offset: seen(panel.offset) }) },
    link, quadratures,
    posterior: { mode: room(groups), scale: room(groups) },
    rows: { index: room(rows), logSigma: room(groups) },
    parameters: room(p),
    task: new Int32Array(threads > 1 ? new SharedArrayBuffer(8) : new ArrayBuffer(8)),
    slots: room(chunks * slotLength(p)),
  }
}

export function setPlainTask({ parameters, task }: PlainPanel, at: Float64Array, kind: HessianKind, rule: number): void {
  parameters.set(at)
  task.set([kinds.indexOf(kind), rule])
}

/** Work on the chunks of a placed panel, also for the threads of a crew. */
export function plainWork({ panel, link, quadratures, posterior, rows, parameters, task, slots }: PlainPanel): ChunkWork {
  const groups = panel.start.length - 1
  return (chunk) => {
    const sums = slotOf(slots, parameters.length, chunk)
    sums.gradient.fill(0)
    sums.hessian.fill(0)
    addLikelihood(panel, links[link], quadratures[task[1]!]!, parameters, posterior, chunkRange(groups, chunk), sums, { hessian: kinds[task[0]!]!, rows })
    slots[chunk * slotLength(parameters.length)] = sums.value
  }
}

/** The sum over chunks, in their order. */
export function plainSums({ parameters, slots }: PlainPanel): LikelihoodSums {
  const p = parameters.length
  const total: LikelihoodSums = { value: 0, gradient: new Float64Array(p), hessian: new Float64Array(p * p) }
  for (let chunk = 0; chunk < chunks; chunk++) {
    const { gradient, hessian } = slotOf(slots, p, chunk)
    total.value += slots[chunk * slotLength(p)]!
    for (let j = 0; j < p; j++) total.gradient[j]! += gradient[j]!
    for (let j = 0; j < p * p; j++) total.hessian[j]! += hessian[j]!
  }
  return total
}

/** A slot: value, gradient (p), Hessian (p × p). */
const slotLength = (p: number): number => 1 + p + p * p

/** Sums that write their gradient and Hessian into a chunk's slot. */
function slotOf(slots: Float64Array, p: number, chunk: number): LikelihoodSums {
  const at = chunk * slotLength(p) + 1
  return { value: 0, gradient: slots.subarray(at, at + p), hessian: slots.subarray(at + p, at + p + p * p) }
}
