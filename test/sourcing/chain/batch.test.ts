import { describe, expect, it } from 'vitest'
import { randomStream } from '../../../src/numerics/random.js'
import { chainAt, drawChains, solveChain, solveChains } from '../../../src/sourcing/chain/index.js'
import { everywhere } from '../../../src/sourcing/chain/envelope.js'
import { frontSolver } from '../../../src/sourcing/chain/front.js'
import { kernelLayers } from '../../../src/sourcing/chain/layerKernel.js'
import { plainLayers, type Layers } from '../../../src/sourcing/chain/layers.js'
import { solveChainWithin } from '../../../src/sourcing/chain/within.js'
import type { ChainBatch, ChainBatchPlan } from '../../../src/sourcing/records.js'

/** exp of a sum of logs against a product of powers. */
const COST_TOLERANCE = 1e-13

/** Two roundings. */
const LOG_TOLERANCE = 4.5e-16

const sizes = [[1, 1], [1, 5], [5, 1], [2, 2], [3, 4], [4, 3], [7, 5], [5, 8], [13, 3]] as const

/** The batch with wider spreads, so that lenses between log-supported chains hold more. */
function spread(batch: ChainBatch, seed: number): ChainBatch {
  const { uniform } = randomStream(seed, 'spread')
  const widen = (values: Float64Array): Float64Array => values.map((value) => value ** (1 + 6 * uniform()))
  return { ...batch, unitCosts: widen(batch.unitCosts), tradeCosts: widen(batch.tradeCosts), fixedCosts: widen(batch.fixedCosts) }
}

function additive(batch: ChainBatch): ChainBatch {
  return { ...batch, technology: 'leontief', tradeForm: 'additive', tradeCosts: batch.tradeCosts.map((value) => value - 1) }
}

function shipped(batch: ChainBatch): ChainBatch {
  const { uniform } = randomStream(3, 'shipping')
  return { ...batch, finalShipping: Float64Array.from({ length: batch.problems * batch.countries }, () => 1 + uniform()) }
}

function byStage(batch: ChainBatch): ChainBatch {
  const edges = (batch.stages - 1) * batch.countries ** 2
  const { uniform } = randomStream(4, 'by stage')
  return { ...batch, tradeByStage: true, tradeCosts: Float64Array.from({ length: batch.problems * edges }, () => uniform()) }
}

const draws = (stages: number, countries: number): ChainBatch => drawChains({ seed: 11, stages, countries }, 0, 150)

describe('solveChains', () => {
  const variants: [string, (batch: ChainBatch) => ChainBatch][] = [
    ['Cobb–Douglas', (batch) => batch],
    ['Cobb–Douglas, spread', (batch) => spread(batch, 5)],
    ['Cobb–Douglas, spread and shipped', (batch) => shipped(spread(batch, 6))],
    ['additive', additive],
    ['additive, shipped', (batch) => shipped(additive(batch))],
    ['additive by stage', (batch) => byStage(additive(batch))],
    ['CES', (batch) => ({ ...batch, technology: { ces: 2 } })],
  ]

  it.each(variants)('equals solveChain: %s', (_, change) => {
    for (const [stages, countries] of sizes) {
      const batch = change(draws(stages, countries))
      const plan = solveChains(batch)
      for (let p = 0; p < batch.problems; p++) {
        const { segments } = solveChain(chainAt(batch, p))
        expect(segmentsOf(plan, p, stages).map(({ chain }) => chain)).toEqual(segments.map(({ chain }) => chain))
        segmentsOf(plan, p, stages).forEach((segment, k) => {
          expect(Math.abs(segment.marginalCost / segments[k]!.marginalCost - 1)).toBeLessThan(COST_TOLERANCE)
          expect(segment.fixedCost).toBeCloseTo(segments[k]!.fixedCost, 12)
        })
      }
    }
  })

  it('is what solveChain uses for large problems', () => {
    for (const change of [(batch: ChainBatch) => batch, additive, (batch: ChainBatch) => byStage(additive(batch))]) {
      const problem = chainAt(change(drawChains({ seed: 12, stages: 3, countries: 90 }, 0, 1)), 0)
      expect(solveChain(problem)).toEqual(solveChainWithin(problem, everywhere(problem)))
    }
  })

  it('solves one stage in many countries without trade costs', () => {
    const { tradeCosts: _, ...problem } = chainAt(drawChains({ seed: 13, stages: 1, countries: 200 }, 0, 1), 0)
    const single = { ...problem, tradeCosts: [] }
    expect(solveChain(single)).toEqual(solveChainWithin(single, everywhere(single)))
  })

  it('gives the same bits however the range is cut', () => {
    const draw = { seed: 2, stages: 5, countries: 6 }
    const whole = solveChains(drawChains(draw, 0, 90))
    const parts = [[0, 1], [1, 40], [40, 90]].map(([from, to]) => solveChains(drawChains(draw, from!, to!)))
    const inPlace = [[0, 40], [40, 90]].map(([from, to]) => solveChains(drawChains(draw, 0, 90), from!, to!))
    for (const key of ['chains', 'marginalCost', 'fixedCost', 'quantity'] as const) {
      expect(parts.flatMap((part) => Array.from(part[key]))).toEqual(Array.from(whole[key]))
      expect(inPlace.flatMap((part) => Array.from(part[key]))).toEqual(Array.from(whole[key]))
    }
  })

  it('finds chains that no line in (ln MC, F) supports', () => {
    // One stage: (m, F) = (0, 1), (½, ½ + ε), (1, 0) is above its chord in logs and below it in costs, MC = e^m.
    const batch: ChainBatch = {
      problems: 1, stages: 1, countries: 3, technology: 'cobb-douglas', tradeForm: 'iceberg', fixedCostsPaid: 'stage', valueAdded: Float64Array.of(1),
      unitCosts: Float64Array.of(1, Math.exp(0.5), Math.E), fixedCosts: Float64Array.of(1, 0.51, 0), tradeCosts: new Float64Array(9).fill(1),
    }
    expect(Array.from(solveChains(batch).chains)).toEqual([2, 1, 0])
  })

  it('falls back on labels where a lens holds too many chains', () => {
    // All logs on one line with fixed costs: every mixture of two equal stages lies in the lens.
    const stages = 40
    const batch: ChainBatch = {
      problems: 1, stages, countries: 2, technology: 'cobb-douglas', tradeForm: 'iceberg', fixedCostsPaid: 'stage',
      valueAdded: Float64Array.from({ length: stages }, (_, n) => 1 / (n + 1)),
      unitCosts: Float64Array.from({ length: 2 * stages }, (_, k) => (k % 2 === 0 ? 1 : Math.E)),
      fixedCosts: Float64Array.from({ length: 2 * stages }, (_, k) => (k % 2 === 0 ? 1 / stages : 0)), tradeCosts: new Float64Array(4).fill(1),
    }
    const { segments } = solveChain(chainAt(batch, 0))
    expect(Array.from(solveChains(batch).fixedCost)).toEqual(segments.map(({ fixedCost }) => fixedCost))
    expect(segments.length).toBe(stages + 1)
  })
})

describe('the kernel', () => {
  it.each([[1, 1], [4, 2], [3, 9], [20, 20], [6, 33]])('gives the bits of the plain passes: %i stages, %i countries', (stages, countries) => {
    for (const edgesByStage of [false, true]) {
      const size = { stages, countries, edgesByStage }
      const plain = plainLayers(size)
      const kernel = kernelLayers(size)
      const { uniform } = randomStream(8, stages, countries)
      for (let draw = 0; draw < 20; draw++) {
        fillBoth(plain, kernel, uniform)
        const scale = draw % 2 === 0 ? 'log' : 'linear'
        const expected = frontSolver(plain, scale)()
        const found = frontSolver(kernel, scale)()
        expect(Array.from(found.order.subarray(0, found.length))).toEqual(Array.from(expected.order.subarray(0, expected.length)))
        expect(found.chains).toEqual(expected.chains)
        expect(found.marginal).toEqual(expected.marginal)
        expect(kernel.shortestPaths(1.5, 0.5)).toBe(plain.shortestPaths(1.5, 0.5))
      }
    }
  })
})

describe('logarithms of the kernel', () => {
  it('are Math.log to the last bits', () => {
    const kernel = kernelLayers({ stages: 2, countries: 100, edgesByStage: false })
    const { uniform } = randomStream(9, 'logs')
    for (const spread of [1e-9, 0.1, 1, 600]) {
      const values = kernel.edge.map(() => Math.exp(spread * (uniform() - 0.5)))
      kernel.edge.set(values)
      kernel.takeLogs(kernel.edge)
      values.forEach((value, at) => expect(Math.abs(kernel.edge[at]! - Math.log(value))).toBeLessThanOrEqual(LOG_TOLERANCE * Math.abs(Math.log(value))))
    }
    kernel.edge.fill(1)
    kernel.takeLogs(kernel.edge)
    expect(new Set(kernel.edge)).toEqual(new Set([0]))
  })
})

function fillBoth(plain: Layers, kernel: Layers, uniform: () => number): void {
  for (let n = 0; n < plain.stages; n++) {
    plain.edgeScale[n] = kernel.edgeScale[n] = uniform()
    for (let i = 0; i < plain.countries; i++) {
      plain.node[n * plain.stride + i] = kernel.node[n * kernel.stride + i] = uniform()
      plain.fixed[n * plain.stride + i] = kernel.fixed[n * kernel.stride + i] = uniform()
    }
  }
  const matrices = plain.edge.length / (plain.countries * plain.stride)
  for (let row = 0; row < matrices * plain.countries; row++) {
    for (let j = 0; j < plain.countries; j++) plain.edge[row * plain.stride + j] = kernel.edge[row * kernel.stride + j] = uniform()
  }
}

function segmentsOf({ from, first, chains, marginalCost, fixedCost }: ChainBatchPlan, p: number, stages: number) {
  return Array.from({ length: first[p - from + 1]! - first[p - from]! }, (_, k) => {
    const at = first[p - from]! + k
    return { chain: Array.from(chains.subarray(at * stages, (at + 1) * stages)), marginalCost: marginalCost[at]!, fixedCost: fixedCost[at]! }
  })
}
