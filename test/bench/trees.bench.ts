/**
 * Trees of the baseline (N = 5, M = 2, K = 2): 100,000 firms on a grid of 100 τ and on exact paths, ten million firms at five τ on
 * one and two workers, kernels against each other, and the 0–1 program through HiGHS against the recursion (Fig. 5).
 */
import { randomStream } from '../../src/numerics/random.js'
import { rangePool } from '../../src/parallel/index.js'
import { simulateFirms } from '../../src/pipeline/treeFirms.js'
import { allocateTree, completeTree, simulateTrees, solveTree, tallyPaths, treeProgram, type TreeCosts, type TreeExperiment, type TreeShape } from '../../src/sourcing/tree/index.js'
import { planExperiment } from '../../src/sourcing/tree/experiment.js'
import { tallyRange } from '../../src/sourcing/tree/simulate.js'
import { twoCountryKernel } from '../../src/sourcing/tree/twoCountries.js'
import { loadHighs } from '../highs.js'
import { median, milliseconds, printTable } from './table.js'

const RUNS = 7
const FIRMS = 100_000
const MANY = 10_000_000
/** Published draws a cell are 1,000; HiGHS gets this many seconds a cell. */
const HIGHS_SECONDS = 2

const baseline: TreeExperiment = {
  tree: { order: 2, length: 5 }, countries: 2, form: 'specific', destination: null,
  draws: { seed: 1, shape: 4.12, reading: 'cost' }, taus: Array.from({ length: 100 }, (_, i) => (2 * i) / 99), relations: ['parent'],
}

export async function run(): Promise<void> {
  oneCore()
  await manyFirms()
  await againstHighs()
}

const warmMedian = (action: () => unknown): number => {
  action()
  return median(Array.from({ length: RUNS }, () => milliseconds(action)))
}
const seconds = (time: number): string => (time / 1000).toFixed(3)

function oneCore(): void {
  const plan = planExperiment(baseline)
  const few = FIRMS / 20
  const grid = warmMedian(() => simulateTrees(baseline, 0, FIRMS))
  const paths = warmMedian(() => tallyPaths(baseline, 0, FIRMS))
  const plain = 20 * warmMedian(() => tallyRange(plan, twoCountryKernel(plan), 0, few))
  const iceberg = 20 * warmMedian(() => simulateTrees({ ...baseline, form: 'iceberg' }, 0, few))
  printTable(`${FIRMS.toLocaleString('en')} firms, draws included, one core, median of ${RUNS} warm runs`, ['what', 'seconds', 'bound'], [
    ['grid of 100 τ, cost, clustering, reshoring (SIMD)', seconds(grid), '0.5'],
    ['the same in plain TypeScript (from 5,000 firms)', seconds(plain), ''],
    ['the same with iceberg costs, any K (from 5,000 firms)', seconds(iceberg), ''],
    ['exact τ-paths with reshoring', seconds(paths), '1.2'],
  ])
}

async function manyFirms(): Promise<void> {
  const experiment = { ...baseline, taus: [0.1, 0.25, 0.5, 1, 2], relations: [], histogram: { from: 15, to: 45, bins: 300 } }
  const times: number[] = []
  for (const workers of [1, 2]) {
    await using pool = rangePool(workers)
    await simulateFirms(experiment, MANY / 10, { pool })
    const start = performance.now()
    await simulateFirms(experiment, MANY, { pool })
    times.push(performance.now() - start)
  }
  printTable(`${MANY.toLocaleString('en')} firms at five τ, draws and cost histogram included`, ['workers', 'seconds', 'bound', 'ratio'], [
    ['1', seconds(times[0]!), '', ''], ['2', seconds(times[1]!), '12', `${(times[0]! / times[1]!).toFixed(2)} (at least 1.7 on an idle machine)`],
  ])
}

/** Fig. 5: time of the 0–1 program over time of the recursion, same draws, median over draws. */
async function againstHighs(): Promise<void> {
  const highs = await loadHighs()
  const cells = [[1, 5, 2], [2, 3, 2], [2, 4, 2], [2, 5, 2], [2, 6, 2], [3, 4, 2], [4, 4, 2], [2, 5, 3], [2, 5, 5], [2, 5, 8]] as const
  const rows = cells.map(([order, length, countries]) => {
    const shape = completeTree(order, length)
    const ours: number[] = []
    const theirs: number[] = []
    const gaps: number[] = []
    for (let draw = 0, spent = 0; spent < 1000 * HIGHS_SECONDS; draw++) {
      const costs = drawCosts(shape, countries, draw)
      const text = treeProgram(shape, costs, 0.5)
      let optimum = 0
      theirs.push(milliseconds(() => (optimum = highs.solve(text).ObjectiveValue)))
      spent += theirs.at(-1)!
      let cost = 0
      ours.push(milliseconds(() => {
        for (let repeat = 0; repeat < 20; repeat++) cost = allocateTree(shape, costs, 0.5).cost
      }) / 20)
      gaps.push(Math.abs(cost / optimum - 1))
    }
    const ratio = median(theirs) / median(ours)
    return [`${order}`, `${length}`, `${countries}`, `${ours.length}`, median(ours).toFixed(4), median(theirs).toFixed(2), Math.round(ratio).toLocaleString('en'), Math.max(...gaps).toExponential(0)]
  })
  printTable('0–1 program through HiGHS against the recursion (published ratios 16 to 700)', ['M', 'N', 'K', 'draws', 'recursion ms', 'HiGHS ms', 'ratio', 'largest gap'], rows)
  const path = { order: 2, length: 5, costs: rowsOf(drawCosts(completeTree(2, 5), 2, 1)), tradeCosts: [[0, 1], [1, 0]], form: 'specific' as const, destination: null, tau: 'path' as const }
  console.log(`one exact τ-path by hulls of labels: ${warmMedian(() => solveTree(path)).toFixed(3)} ms`)
}

function drawCosts(shape: TreeShape, countries: number, draw: number): TreeCosts {
  const stream = randomStream(draw, 'bench trees')
  const tradeCosts = Float64Array.from({ length: countries ** 2 }, (_, i) => (i % (countries + 1) === 0 ? 0 : 1))
  const costs = Float64Array.from({ length: shape.nodes * countries }, () => 1 / stream.frechet(4.12))
  return { form: 'specific', countries, costs, tradeCosts, finalShipping: new Float64Array(countries), destination: -1 }
}

function rowsOf({ costs, countries }: TreeCosts): number[][] {
  return Array.from({ length: costs.length / countries }, (_, v) => Array.from(costs.slice(v * countries, (v + 1) * countries)))
}
