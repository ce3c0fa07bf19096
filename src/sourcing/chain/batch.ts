/**
 * Chains in bulk: the envelopes of a range of problems from typed arrays, with the memory of the solver kept between problems. A pure
 * function of the range, so that ranges may be solved in any order, by any number of workers, to the same bits.
 */
import { kernelsSupported } from '../../numerics/kernel.js'
import type { ChainBatch, ChainBatchPlan, ChainProblem } from '../records.js'
import { everywhere } from './envelope.js'
import { frontSolver, type FrontChains } from './front.js'
import { kernelLayers } from './layerKernel.js'
import { plainLayers, type Layers, type LayerSize } from './layers.js'
import { downstreamShares, tradeByEdge } from './technology.js'
import { solveChainWithin } from './within.js'

/** Segments of one problem at a time, as they are found. */
type Write = (chain: ArrayLike<number>, offset: number, marginalCost: number, fixedCost: number, from: number) => void

/**
 * The envelopes of problems `from` ≤ p < `to`: what `solveChain` returns for each, up to the rounding of marginal costs.
 *
 * Cobb–Douglas chains with iceberg costs and Leontief chains with additive costs, fixed costs paid per stage, run on the fast search
 * (`front.ts`); the others on `solveChain` itself. Inputs are taken as valid (see `readChainProblem` for what that means).
 *
 * @example
 * const plan = solveChains(drawChains({ seed: 1, stages: 4, countries: 4 }, 0, 1000))
 * const meanChains = plan.first[1000]! / 1000
 */
export function solveChains(batch: ChainBatch, from = 0, to = batch.problems): ChainBatchPlan {
  return batchSolver(batch)(from, to)
}

/** `solveChains` for many ranges of one batch, with the memory kept between them. */
export function batchSolver(batch: ChainBatch, makeLayers = fastestLayers): (from: number, to: number) => ChainBatchPlan {
  const solve = solverOf(batch, makeLayers)
  return (from, to) => {
    const first = new Int32Array(to - from + 1)
    const segments = growingSegments(batch.stages)
    for (let p = from; p < to; p++) {
      solve(p, segments.write)
      first[p - from + 1] = segments.count()
    }
    return { from, to, first, ...segments.arrays() }
  }
}

/** Problem p of a batch as a record. */
export function chainAt(batch: ChainBatch, p: number): ChainProblem {
  const { stages, countries, technology, tradeForm, fixedCostsPaid, finalShipping } = batch
  const rows = (values: Float64Array, count: number, at = p): number[][] => Array.from({ length: count }, (_, row) =>
    Array.from(values.subarray((at * count + row) * countries, (at * count + row + 1) * countries)))
  const trade = batch.tradeByStage
    ? Array.from({ length: stages - 1 }, (_, n) => rows(batch.tradeCosts, countries, p * (stages - 1) + n))
    : rows(batch.tradeCosts, countries)
  return {
    valueAdded: Array.from(batch.valueAdded),
    unitCosts: rows(batch.unitCosts, stages),
    tradeCosts: trade,
    fixedCosts: rows(batch.fixedCosts, stages),
    ...(finalShipping ? { finalShipping: rows(finalShipping, 1)[0]! } : {}),
    technology, tradeForm, fixedCostsPaid,
  }
}

/** A batch of one problem. */
export function batchOf(problem: ChainProblem): ChainBatch {
  const { valueAdded, unitCosts, fixedCosts, finalShipping, technology, tradeForm, fixedCostsPaid } = problem
  const tradeByStage = Array.isArray(problem.tradeCosts[0]?.[0])
  const trade = tradeByStage ? tradeByEdge(problem) : tradeByEdge(problem).slice(0, 1)
  return {
    problems: 1, stages: valueAdded.length, countries: unitCosts[0]!.length, technology, tradeForm, fixedCostsPaid, tradeByStage,
    valueAdded: Float64Array.from(valueAdded),
    unitCosts: Float64Array.from(unitCosts.flat()),
    fixedCosts: Float64Array.from(fixedCosts.flat()),
    tradeCosts: Float64Array.from(trade.flat(2)),
    ...(finalShipping ? { finalShipping: Float64Array.from(finalShipping) } : {}),
  }
}

/** True when marginal cost adds up along the chain, in logs or as it is, and fixed costs by stage: what the fast search needs. */
export function isSeparable(problem: Pick<ChainProblem, 'technology' | 'fixedCostsPaid' | 'tradeForm'>): boolean {
  const { technology, fixedCostsPaid, tradeForm } = problem
  return fixedCostsPaid === 'stage' && (technology === 'cobb-douglas' || tradeForm === 'additive')
}

/** Layers on the kernel where it can run. */
function fastestLayers(size: LayerSize): Layers {
  return kernelsSupported ? kernelLayers(size) : plainLayers(size)
}

function solverOf(batch: ChainBatch, makeLayers: (size: LayerSize) => Layers): (p: number, write: Write) => void {
  const one = (p: number, write: Write): void => {
    const problem = chainAt(batch, p)
    const { segments } = solveChainWithin(problem, everywhere(problem))
    for (const { chain, marginalCost, fixedCost, from } of segments) write(chain, 0, marginalCost, fixedCost, from)
  }
  if (!isSeparable(batch)) return one
  const layers = makeLayers({ stages: batch.stages, countries: batch.countries, edgesByStage: batch.tradeByStage === true })
  const solve = frontSolver(layers, batch.technology === 'cobb-douglas' ? 'log' : 'linear')
  const load = loader(batch, layers)
  return (p, write) => {
    load(p)
    const found = solve()
    if (found.complete) writeEnvelope(found, batch.stages, write)
    else one(p, write)
  }
}

/** Copies problem p into the layers, in logs for Cobb–Douglas. */
function loader(batch: ChainBatch, layers: Layers): (p: number) => void {
  const { stages, countries, valueAdded, unitCosts, tradeCosts, fixedCosts, finalShipping } = batch
  const { stride, node, fixed, edge, edgeScale } = layers
  const logs = batch.technology === 'cobb-douglas'
  const share = downstreamShares(Array.from(valueAdded))
  const rows = batch.tradeByStage || stages === 1 ? (stages - 1) * countries : countries
  for (let n = 0; n < stages; n++) edgeScale[n] = logs ? share[n]! : 1
  return (p) => {
    copyRows(unitCosts, p * stages * countries, node, stages, countries, stride)
    copyRows(fixedCosts, p * stages * countries, fixed, stages, countries, stride)
    copyRows(tradeCosts, p * rows * countries, edge, rows, countries, stride)
    if (logs) {
      layers.takeLogs(node)
      layers.takeLogs(edge)
    }
    for (let n = 0; n < stages; n++) {
      const weight = valueAdded[n]! * share[n]!
      for (let at = n * stride, end = at + countries; at < end; at++) node[at]! *= weight
    }
    if (!finalShipping) return
    for (let i = 0, last = (stages - 1) * stride; i < countries; i++) {
      const shipping = finalShipping[p * countries + i]!
      node[last + i]! += logs ? Math.log(shipping) : shipping
    }
  }
}

function copyRows(from: Float64Array, start: number, to: Float64Array, rows: number, width: number, stride: number): void {
  if (width === stride) {
    for (let at = 0, length = rows * width; at < length; at++) to[at] = from[start + at]!
    return
  }
  for (let row = 0, at = start; row < rows; row++) for (let i = 0; i < width; i++, at++) to[row * stride + i] = from[at]!
}

/** The envelope from q → 0 up. */
function writeEnvelope({ length, order, chains, marginal, fixed }: FrontChains, stages: number, write: Write): void {
  for (let position = length - 1; position >= 0; position--) {
    const chain = order[position]!
    const before = order[position + 1]!
    const from = position === length - 1 ? 0 : (fixed[chain]! - fixed[before]!) / (marginal[before]! - marginal[chain]!)
    write(chains, chain * stages, marginal[chain]!, fixed[chain]!, from)
  }
}

/** Arrays that double as segments come in, cut to length at the end. */
function growingSegments(stages: number) {
  let capacity = 64
  let count = 0
  let chains = new Int32Array(capacity * stages)
  let numbers = [0, 1, 2].map(() => new Float64Array(capacity)) as [Float64Array, Float64Array, Float64Array]
  function grow(): void {
    capacity *= 2
    const longer = new Int32Array(capacity * stages)
    longer.set(chains)
    chains = longer
    numbers = numbers.map((values) => {
      const next = new Float64Array(capacity)
      next.set(values)
      return next
    }) as typeof numbers
  }
  const write: Write = (chain, offset, marginalCost, fixedCost, from) => {
    if (count === capacity) grow()
    for (let n = 0; n < stages; n++) chains[count * stages + n] = chain[offset + n]!
    numbers[0][count] = marginalCost
    numbers[1][count] = fixedCost
    numbers[2][count++] = from
  }
  return {
    write,
    count: () => count,
    arrays: () => ({
      chains: chains.slice(0, count * stages),
      marginalCost: numbers[0].slice(0, count), fixedCost: numbers[1].slice(0, count), quantity: numbers[2].slice(0, count),
    }),
  }
}
