/**
 * The passes of `plainKernel.ts` in WebAssembly with SIMD (`coxKernel.as.ts`): the same sums, about five times as fast, and by cells of rows
 * (`riskCells.ts`) where events are heavily tied.
 */
import { arenaBytes, kernelArena, type KernelArena } from '../../../numerics/kernelArena.js'
import { instantiateKernel, kernelsSupported } from '../../../numerics/kernel.js'
import type { CoxData, PackTarget } from './coxData.js'
import { wasmBase64 } from './coxKernel.wasm.js'
import { runningSums, type CoxKernel, type RiskSums } from './partialLikelihood.js'
import { addScaled, suffixSums } from './plainKernel.js'
import { cellHazards, chunkRows, type RiskCells } from './riskCells.js'
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
  cellProducts(cells: number, order: number, start: number, stride: number, packed: number, risk: number, scaled: number, plain: number, tile: number,
    products: number): void
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
export function coxMemory(risk: RiskSets, parameters: number, cells?: RiskCells): CoxMemory | undefined {
  const stride = Math.ceil((parameters + 1) / kernelStride) * kernelStride
  const [rows, times] = [risk.rows, risk.times.length]
  const bytes = arenaBytes(rows * stride, 8) + 4 * arenaBytes(rows, 8) + 3 * arenaBytes(rows, 4) + arenaBytes(rows, 1)
    + 2 * arenaBytes(times * stride, 8) + 5 * arenaBytes(times, 8) + arenaBytes(times, 4) + 3 * arenaBytes(times * parameters, 8)
    + arenaBytes(stride * (stride + 1) + tileDoubles + blockRows * Math.max(1, parameters), 8) + (cells ? cellBytes(cells, stride) : 0) + 65536
  if (!kernelsSupported || bytes > memoryLimit) return undefined
  const exports = instantiateKernel<Exports>(wasmBase64)
  const arena = kernelArena(exports.memory, exports.heapStart(), bytes)
  return { exports, arena, multiple: kernelStride, allocate: arena.float64 }
}

/** The kernel on data whose `packed` rows lie in `memory`; `cells` as given to `coxMemory`. */
export function wasmKernel(data: CoxData, memory: CoxMemory, cells?: RiskCells): CoxKernel {
  const { exports, arena } = memory
  const { rows, stride, packed, risk } = data
  const times = risk.times.length
  const place = (values: Float64Array | undefined): Float64Array | undefined => values && copied(arena.float64(values.length), values)
  const [weights, offset] = [place(data.weights), place(data.offset)]
  const riskSums = { risk: arena.float64(rows), sums: arena.float64(times * stride), deathSums: arena.float64(data.tiedCount * stride) }
  const [beta, second, total, scaled] = [stride, times, stride * stride, Math.max(tileDoubles, stride)].map((length) => arena.float64(length)) as [Float64Array, Float64Array, Float64Array, Float64Array]
  // At β = 0, without an offset, every exponential is one.
  let atZero = false

  function fillRisk(from: number, to: number): void {
    if (atZero && weights) riskSums.risk.set(weights.subarray(from, to), from)
    else if (atZero) riskSums.risk.fill(1, from, to)
    else exports.riskOfRows(from, to, stride, packed.byteOffset, beta.byteOffset, weights?.byteOffset ?? 0, offset?.byteOffset ?? 0, riskSums.risk.byteOffset)
  }

  function products(matrix: Float64Array, weight: Float64Array): Float64Array {
    const step = Math.max(1, Math.floor(tileDoubles / stride))
    total.fill(0)
    blocks(weight.length, step, (from, to) => exports.addProducts(from, to, stride, matrix.byteOffset, weight.byteOffset, scaled.byteOffset, total.byteOffset))
    return total.slice()
  }

  const ranges = once(() => placeRanges(data, arena))
  const passes = cells ? cellPasses(data, cells, riskSums, memory) : rowPasses(data, ranges(), riskSums, memory, products)
  const scoreRows = once(() => scorePass(data, ranges(), riskSums.risk, weights, memory))
  return {
    riskSums,
    offset,
    sumRisk(coefficient) {
      beta.fill(0)
      beta.set(coefficient)
      atZero = offset === undefined && coefficient.every((value) => value === 0)
      riskSums.sums.fill(0)
      riskSums.deathSums.fill(0)
      passes.sumRisk(fillRisk)
    },
    rowProducts: passes.rowProducts,
    sumProducts(weight) {
      second.set(weight)
      return products(riskSums.sums, second)
    },
    scoreRows: (hazard, deathHazard, means) => scoreRows()(hazard, deathHazard, means),
  }
}

/** The passes over rows; `fillRisk` writes r_i of rows [from, to). */
interface Passes {
  sumRisk(fillRisk: (from: number, to: number) => void): void
  rowProducts(hazard: Float64Array, deathHazard: Float64Array): Float64Array
}

/** Ranges and events of the rows in kernel memory. */
interface RowRanges {
  readonly last: Int32Array
  readonly before: Int32Array
  readonly eventRows: Int32Array
  readonly event: Uint8Array
}

function placeRanges({ rows, risk, event }: CoxData, arena: KernelArena): RowRanges {
  const place = (values: Int32Array): Int32Array => copied(arena.int32(values.length), values)
  return { last: place(risk.last), before: place(risk.before), eventRows: place(risk.eventRows), event: copied(arena.uint8(rows), event) }
}

/** Row by row: r z to the ends of each row's range, then a weighted cross-product. */
function rowPasses(data: CoxData, { last, before, eventRows, event }: RowRanges, { risk: r, sums, deathSums }: RiskSums, { exports, arena }: CoxMemory,
  products: (matrix: Float64Array, weight: Float64Array) => Float64Array): Passes {
  const { rows, stride, packed, risk } = data
  const times = risk.times.length
  const tiedSlot = copied(arena.int32(times), data.tiedSlot)
  const [cumulative, spared, coefficients] = [arena.float64(times), arena.float64(times), arena.float64(rows)]
  return {
    sumRisk(fillRisk) {
      blocks(rows, blockRows, (from, to) => {
        fillRisk(from, to)
        exports.scatterRisk(from, to, stride, packed.byteOffset, r.byteOffset, last.byteOffset, before.byteOffset, sums.byteOffset)
      })
      if (data.tiedCount > 0) {
        blocks(eventRows.length, blockRows, (from, to) => exports.scatterDeaths(from, to, stride, packed.byteOffset, r.byteOffset,
          eventRows.byteOffset, last.byteOffset, tiedSlot.byteOffset, deathSums.byteOffset))
      }
      for (let s = 0; s < risk.strata; s++) exports.suffixSums(risk.offsets[s]!, risk.offsets[s + 1]!, stride, sums.byteOffset)
    },
    rowProducts(hazard, deathHazard) {
      cumulative.set(runningSums(risk, hazard))
      spared.set(deathHazard)
      blocks(rows, blockRows, (from, to) => exports.rowCoefficients(from, to, r.byteOffset, last.byteOffset, before.byteOffset, event.byteOffset,
        cumulative.byteOffset, spared.byteOffset, coefficients.byteOffset))
      return products(packed, coefficients)
    },
  }
}

/** By cell: Σ r z z' of every cell in one pass over the rows, everything else from those matrices. */
function cellPasses(data: CoxData, cells: RiskCells, { risk, sums, deathSums }: RiskSums, { exports, arena }: CoxMemory): Passes {
  const { rows, parameters, stride, packed, tiedSlot } = data
  const { count, before, last, died } = cells
  const size = stride * stride
  const tile = Math.max(1, Math.floor(tileDoubles / stride))
  const [order, start] = [copied(arena.int32(rows), cells.order), copied(arena.int32(cells.start.length), cells.start)]
  const [scaled, plain, products] = [arena.float64(tile * stride), arena.float64(tile * stride), arena.float64(count * size)]
  return {
    sumRisk(fillRisk) {
      products.fill(0)
      for (let from = 0, at = 0; from < rows; from += chunkRows, at += count + 1) {
        fillRisk(from, Math.min(rows, from + chunkRows))
        exports.cellProducts(count, order.byteOffset, start.byteOffset + 4 * at, stride, packed.byteOffset, risk.byteOffset, scaled.byteOffset, plain.byteOffset,
          tile, products.byteOffset)
      }
      for (let c = 0; c < count; c++) {
        // The row of the ones: Σ r (x, 1).
        const row = c * size + parameters * stride
        addScaled(sums, last[c]! * stride, products, row, parameters + 1, 1)
        if (before[c]! >= 0) addScaled(sums, before[c]! * stride, products, row, parameters + 1, -1)
        if (died[c] === 1 && tiedSlot[last[c]!]! >= 0) addScaled(deathSums, tiedSlot[last[c]!]! * stride, products, row, parameters + 1, 1)
      }
      suffixSums(data.risk, stride, sums)
    },
    rowProducts(hazard, deathHazard) {
      const total = new Float64Array(size)
      cellHazards(cells, data.risk, hazard, deathHazard).forEach((h, c) => addScaled(total, 0, products, c * size, size, h))
      return total
    },
  }
}

/** Score residuals of all rows. */
function scorePass(data: CoxData, { last, before, event }: RowRanges, risk: Float64Array, weights: Float64Array | undefined, { exports, arena }: CoxMemory): CoxKernel['scoreRows'] {
  const { rows, parameters, stride, packed } = data
  const times = data.risk.times.length
  const [cumulative, deathHazard, block] = [arena.float64(times), arena.float64(times), arena.float64(blockRows * parameters)]
  const [death, running, spared] = [arena.float64(times * parameters), arena.float64(times * parameters), arena.float64(times * parameters)]
  return (hazard, sparedHazard, means) => {
    cumulative.set(runningSums(data.risk, hazard))
    deathHazard.set(sparedHazard)
    death.set(means.death)
    running.set(runningSums(data.risk, means.hazard, parameters))
    spared.set(means.spared)
    const scores = new Float64Array(rows * parameters)
    blocks(rows, blockRows, (from, to) => {
      exports.scoreRows(from, to, stride, parameters, packed.byteOffset, risk.byteOffset, weights?.byteOffset ?? 0, last.byteOffset, before.byteOffset,
        event.byteOffset, cumulative.byteOffset, deathHazard.byteOffset, death.byteOffset, running.byteOffset, spared.byteOffset, block.byteOffset)
      scores.set(block.subarray(0, (to - from) * parameters), from * parameters)
    })
    return scores
  }
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

function cellBytes({ count, order, start }: RiskCells, stride: number): number {
  return arenaBytes(order.length, 4) + arenaBytes(start.length, 4) + 2 * arenaBytes(Math.max(tileDoubles, stride), 8) + arenaBytes(count * stride * stride, 8)
}

function blocks(length: number, size: number, work: (from: number, to: number) => void): void {
  for (let from = 0; from < length; from += size) work(from, Math.min(length, from + size))
}

function copied<T extends Float64Array | Int32Array | Uint8Array>(target: T, values: T): T {
  target.set(values)
  return target
}
