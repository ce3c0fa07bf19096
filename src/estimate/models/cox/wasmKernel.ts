/** The passes of `plainKernel.ts` in WebAssembly with SIMD (`coxKernel.as.ts`): the same sums, about five times as fast. */
import { arenaBytes, kernelArena, type KernelArena } from '../../../numerics/kernelArena.js'
import { instantiateKernel, kernelsSupported } from '../../../numerics/kernel.js'
import type { CoxData, PackTarget } from './coxData.js'
import { wasmBase64 } from './coxKernel.wasm.js'
import { runningSums, type CoxKernel } from './partialLikelihood.js'
import type { RiskSets } from './riskSets.js'

interface Exports {
  readonly memory: WebAssembly.Memory
  heapStart(): number
  riskOfRows(from: number, to: number, stride: number, packed: number, beta: number, weights: number, offset: number, risk: number): void
  scatterRisk(from: number, to: number, stride: number, packed: number, risk: number, last: number, before: number, sums: number): void
  scatterDeaths(from: number, to: number, stride: number, packed: number, risk: number, eventRows: number, last: number, tiedSlot: number, deathSums: number): void
  suffixSums(from: number, to: number, stride: number, sums: number): void
  rowCoefficients(from: number, to: number, risk: number, last: number, before: number, event: number, cumulative: number, deathHazard: number, out: number): void
  addProducts(from: number, to: number, stride: number, packed: number, coefficients: number, scaled: number, total: number): void
  scoreRows(from: number, to: number, stride: number, parameters: number, packed: number, risk: number, weights: number, last: number, before: number,
    event: number, cumulative: number, deathHazard: number, deathMeans: number, hazardMeans: number, spared: number, out: number): void
}

/** Rows a call works on: short calls let the engine swap in optimised code on the first fit. */
const blockRows = 4096
/** Doubles of a block of packed rows that stay in the first-level cache. */
const tileDoubles = 2048
/** Rows are padded to pairs. */
const kernelStride = 2
/** More than this and the plain kernel works on the columns' own memory. */
const memoryLimit = 2 ** 31

/** Where a problem's arrays go: memory of the kernel it will be run on. */
export interface CoxMemory extends PackTarget {
  readonly exports: Exports
  readonly arena: KernelArena
}

/** Kernel memory for a problem of this size, or undefined where the plain kernel has to do. */
export function coxMemory(risk: RiskSets, parameters: number): CoxMemory | undefined {
  const stride = Math.ceil((parameters + 1) / kernelStride) * kernelStride
  const [rows, times] = [risk.rows, risk.times.length]
  const bytes = arenaBytes(rows * stride, 8) + 4 * arenaBytes(rows, 8) + 3 * arenaBytes(rows, 4) + arenaBytes(rows, 1)
    + 2 * arenaBytes(times * stride, 8) + 3 * arenaBytes(times, 8) + arenaBytes(times, 4) + 3 * arenaBytes(times * parameters, 8)
    + arenaBytes(stride * (stride + 1) + tileDoubles + blockRows * Math.max(1, parameters), 8) + 65536
  if (!kernelsSupported || bytes > memoryLimit) return undefined
  const exports = instantiateKernel<Exports>(wasmBase64)
  const arena = kernelArena(exports.memory, exports.heapStart(), bytes)
  return { exports, arena, multiple: kernelStride, allocate: arena.float64 }
}

/** The kernel on data whose `packed` rows lie in `memory`. */
export function wasmKernel(data: CoxData, { exports, arena }: CoxMemory): CoxKernel {
  const { rows, parameters, stride, packed, risk } = data
  const times = risk.times.length
  const place = (values: Float64Array | undefined): Float64Array | undefined => values && copied(arena.float64(values.length), values)
  const [weights, offset] = [place(data.weights), place(data.offset)]
  const [last, before, eventRows] = [risk.last, risk.before, risk.eventRows].map((values) => copied(arena.int32(values.length), values)) as [Int32Array, Int32Array, Int32Array]
  const event = copied(arena.uint8(rows), data.event)
  const tiedSlot = copied(arena.int32(times), data.tiedSlot)
  const riskSums = { risk: arena.float64(rows), sums: arena.float64(times * stride), deathSums: arena.float64(data.tiedCount * stride) }
  const [coefficients, beta] = [arena.float64(rows), arena.float64(stride)]
  const [cumulative, deathHazard, second] = [arena.float64(times), arena.float64(times), arena.float64(times)]
  const [total, scaled] = [arena.float64(stride * stride), arena.float64(Math.max(tileDoubles, stride))]

  let scoreArrays: ScoreArrays | undefined

  function products(matrix: Float64Array, weight: Float64Array): Float64Array {
    const step = Math.max(1, Math.floor(tileDoubles / stride))
    total.fill(0)
    blocks(weight.length, step, (from, to) => exports.addProducts(from, to, stride, matrix.byteOffset, weight.byteOffset, scaled.byteOffset, total.byteOffset))
    return total.slice()
  }

  return {
    riskSums,
    offset,
    sumRisk(coefficient) {
      beta.fill(0)
      beta.set(coefficient)
      riskSums.sums.fill(0)
      riskSums.deathSums.fill(0)
      const r = riskSums.risk.byteOffset
      blocks(rows, blockRows, (from, to) => {
        exports.riskOfRows(from, to, stride, packed.byteOffset, beta.byteOffset, weights?.byteOffset ?? 0, offset?.byteOffset ?? 0, r)
        exports.scatterRisk(from, to, stride, packed.byteOffset, r, last.byteOffset, before.byteOffset, riskSums.sums.byteOffset)
      })
      if (data.tiedCount > 0) {
        blocks(eventRows.length, blockRows, (from, to) => exports.scatterDeaths(from, to, stride, packed.byteOffset, r,
          eventRows.byteOffset, last.byteOffset, tiedSlot.byteOffset, riskSums.deathSums.byteOffset))
      }
      for (let s = 0; s < risk.strata; s++) exports.suffixSums(risk.offsets[s]!, risk.offsets[s + 1]!, stride, riskSums.sums.byteOffset)
    },
    rowProducts(hazard, spared) {
      cumulative.set(runningSums(risk, hazard))
      deathHazard.set(spared)
      blocks(rows, blockRows, (from, to) => exports.rowCoefficients(from, to, riskSums.risk.byteOffset, last.byteOffset, before.byteOffset, event.byteOffset,
        cumulative.byteOffset, deathHazard.byteOffset, coefficients.byteOffset))
      return products(packed, coefficients)
    },
    sumProducts(weight) {
      second.set(weight)
      return products(riskSums.sums, second)
    },
    scoreRows(hazard, spared, means) {
      cumulative.set(runningSums(risk, hazard))
      deathHazard.set(spared)
      const { death, running, saved, block } = scoreArrays ??= {
        death: arena.float64(times * parameters), running: arena.float64(times * parameters), saved: arena.float64(times * parameters),
        block: arena.float64(blockRows * parameters),
      }
      death.set(means.death)
      running.set(runningSums(risk, means.hazard, parameters))
      saved.set(means.spared)
      const scores = new Float64Array(rows * parameters)
      blocks(rows, blockRows, (from, to) => {
        exports.scoreRows(from, to, stride, parameters, packed.byteOffset, riskSums.risk.byteOffset, weights?.byteOffset ?? 0, last.byteOffset, before.byteOffset,
          event.byteOffset, cumulative.byteOffset, deathHazard.byteOffset, death.byteOffset, running.byteOffset, saved.byteOffset, block.byteOffset)
        scores.set(block.subarray(0, (to - from) * parameters), from * parameters)
      })
      return scores
    },
  }
}

/** Room for score residuals, taken at the first call. */
interface ScoreArrays {
  readonly death: Float64Array
  readonly running: Float64Array
  readonly saved: Float64Array
  readonly block: Float64Array
}

function blocks(length: number, size: number, work: (from: number, to: number) => void): void {
  for (let from = 0; from < length; from += size) work(from, Math.min(length, from + size))
}

function copied<T extends Float64Array | Int32Array | Uint8Array>(target: T, values: T): T {
  target.set(values)
  return target
}
