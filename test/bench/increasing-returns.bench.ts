/**
 * Table 1 of de Gortari (2020) on the instances of `drawChains`: number of chains and time of the bulk solver, against the published
 * iterations run through HiGHS on the same instances in the same run.
 */
import { batchSolver } from '../../src/sourcing/chain/batch.js'
import { kernelLayers } from '../../src/sourcing/chain/layerKernel.js'
import { plainLayers } from '../../src/sourcing/chain/layers.js'
import { chainAt, drawChains, highsPrograms, publishedIteration, solveChain, tradePolicyUncertainty, type OpenProgram } from '../../src/sourcing/chain/index.js'
import { loadHighs } from '../../src/pipeline/highs.js'
import type { ChainBatch } from '../../src/sourcing/records.js'
import { median, milliseconds, printTable } from './table.js'

const INSTANCES = 1000
const WARM = 200
/** Instances solved in one call; times are per instance, medians over calls. */
const RANGE = 5
/** Seconds HiGHS may use on a row; rows it cannot finish an instance of in that time are left out. */
const HIGHS_SECONDS = 5
const HIGHS_INSTANCES = 15

interface Row { readonly countries: number; readonly stages: number; readonly chains: number; readonly seconds: readonly [number, number]; readonly highs: boolean }

/** J, N, mean number of optimal chains, mean seconds minimising marginal and fixed cost, as published. */
const table: readonly Row[] = ([
  [2, 2, 1.9, 0.002, 0.002, true], [4, 4, 4.3, 0.013, 0.014, true], [6, 6, 7.4, 0.127, 0.111, true], [8, 8, 10.6, 0.588, 0.526, true],
  [10, 10, 13.8, 1.801, 1.545, false], [15, 15, 21.8, 16.66, 10.58, false], [20, 20, 29.6, 90.58, 31.7, false],
  [25, 2, 4.5, 0.013, 0.02, true], [25, 4, 8, 0.565, 0.793, false], [25, 6, 11.3, 2.47, 2.458, false],
  [50, 2, 5.4, 0.057, 0.139, true], [50, 4, 9.2, 2.303, 3.297, false], [50, 6, 13.1, 12.07, 11.54, false],
  [100, 2, 6, 0.214, 0.645, false], [100, 4, 10.1, 11.94, 16.29, false], [100, 6, 14.7, 95.63, 60.88, false],
] as const).map(([countries, stages, chains, mcMin, fcMin, highs]) => ({ countries, stages, chains, seconds: [mcMin, fcMin], highs }))

export async function run(): Promise<void> {
  const open = highsPrograms(await loadHighs())
  const started = performance.now()
  const processor = process.cpuUsage()
  const ours = table.map(measure)
  const total = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(processor)
  printTable(`Table 1, ${INSTANCES} instances a row`, ['J', 'N', 'chains', 'published', 'difference', 'median ms', 'mean ms', 'published s (MC-min, FC-min)'], table.map((row, k) => [
    `${row.countries}`, `${row.stages}`, ours[k]!.chains.toFixed(2), `${row.chains}`, `${(100 * (ours[k]!.chains / row.chains - 1)).toFixed(1)} %`,
    ours[k]!.median.toFixed(4), ours[k]!.mean.toFixed(4), row.seconds.join(', '),
  ]))
  console.log(`whole table, instances drawn and solved: ${total.toFixed(2)} s, ${((user + system) / 1e6).toFixed(2)} s of processor time`)
  compare(open)
  kernel()
  experiments()
}

/** The passes in WebAssembly against the plain TypeScript they are held to. */
function kernel(): void {
  const rows = ([[6, 6], [20, 20], [100, 6]] as const).map(([countries, stages]) => {
    const batch = drawChains({ seed: 1, stages, countries }, 0, 40)
    const time = (make: typeof kernelLayers): number => {
      const solve = batchSolver(batch, make)
      solve(0, 40)
      return median(Array.from({ length: 200 }, (_, k) => milliseconds(() => solve(k % 40, k % 40 + 1))))
    }
    const [plain, fast] = [time(plainLayers), time(kernelLayers)]
    return [`${countries}`, `${stages}`, plain.toFixed(4), fast.toFixed(4), (plain / fast).toFixed(1)]
  })
  printTable('Plain TypeScript and WebAssembly (medians, ms)', ['J', 'N', 'plain', 'WebAssembly', 'ratio'], rows)
}

function experiments(): void {
  const risk = chainAt(drawChains({ seed: 1, stages: 5, countries: 5 }, 0, 1), 0)
  const quantities = Array.from({ length: 400 }, (_, k) => 10 ** (-1 + (4 * k) / 399))
  const panels = Array.from({ length: 7 }, () => milliseconds(() => tradePolicyUncertainty(risk, { spreads: [0.05, 0.2, 0.4], draws: 10_000, quantities, seed: 1 })))
  const once = ([[10, 10], [20, 20]] as const).map(([countries, stages]) => {
    const times = Array.from({ length: 40 }, (_, p) => {
      const problem = chainAt(drawChains({ seed: 1, stages, countries }, p, p + 1), 0)
      const paidOnce = { ...problem, fixedCostsPaid: 'country' as const, fixedCosts: problem.fixedCosts.map(() => problem.fixedCosts[0]!) }
      return milliseconds(() => solveChain(paidOnce))
    })
    return [`fixed costs once per country, ${countries} × ${stages}`, median(times).toFixed(1), Math.max(...times).toFixed(1)]
  })
  printTable('Experiments (ms)', ['what', 'median', 'largest'], [
    ['policy uncertainty: 3 spreads × 10,000 draws × 400 quantities', median(panels).toFixed(0), Math.max(...panels).toFixed(0)], ...once,
  ])
}

function measure({ countries, stages }: Row): { chains: number; median: number; mean: number } {
  const batch = drawChains({ seed: 1, stages, countries }, 0, INSTANCES)
  const solve = batchSolver(batch)
  solve(0, WARM)
  let chains = 0
  const times: number[] = []
  for (let p = 0; p < INSTANCES; p += RANGE) {
    times.push(milliseconds(() => {
      chains += solve(p, p + RANGE).first[RANGE]!
    }) / RANGE)
  }
  return { chains: chains / INSTANCES, median: median(times), mean: times.reduce((sum, time) => sum + time, 0) / times.length }
}

function compare(open: OpenProgram): void {
  const rows = table.filter(({ highs }) => highs).map(({ countries, stages }) => {
    const batch = drawChains({ seed: 1, stages, countries }, 0, INSTANCES)
    const mcMin = timePublished(batch, 'marginal-cost', open)
    const fcMin = timePublished(batch, 'fixed-cost', open)
    const solve = batchSolver(batch)
    const fast = median(Array.from({ length: 300 }, () => milliseconds(() => solve(0, HIGHS_INSTANCES)) / HIGHS_INSTANCES))
    const ratio = (slow: number): string => Math.round(slow / fast).toLocaleString('en')
    return [`${countries}`, `${stages}`, `${mcMin.instances}`, fast.toFixed(4), mcMin.median.toFixed(1), fcMin.median.toFixed(1), ratio(mcMin.median), ratio(fcMin.median), `${mcMin.equal + fcMin.equal} of ${mcMin.instances + fcMin.instances}`]
  })
  printTable('Published iterations through HiGHS, same instances (medians, ms)', ['J', 'N', 'instances', 'ours', 'MC-min', 'FC-min', 'ratio MC-min', 'ratio FC-min', 'same envelope'], rows)
}

/** Median time of a published iteration after a first instance that warms it, and how often its envelope is ours. */
function timePublished(batch: ChainBatch, minimise: 'marginal-cost' | 'fixed-cost', open: OpenProgram) {
  const times: number[] = []
  const solve = batchSolver(batch)
  let equal = 0
  for (let p = 0, spent = 0; p < HIGHS_INSTANCES && spent < 1000 * HIGHS_SECONDS; p++) {
    const problem = chainAt(batch, p)
    let chains: number[] = []
    times.push(milliseconds(() => {
      chains = publishedIteration(problem, minimise, open).segments.flatMap(({ chain }) => chain)
    }))
    spent += times.at(-1)!
    if (chains.join() === Array.from(solve(p, p + 1).chains).join()) equal++
  }
  return { instances: times.length, median: median(times.length > 1 ? times.slice(1) : times), equal }
}
