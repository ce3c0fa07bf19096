/** Kernels against each other (bits) and against the recursion (counts), chunking, and the numbers of the baseline. */
import { describe, expect, it } from 'vitest'
import { allocateTree, firmOfExperiment, mergeTallies, meanCosts, reshoredShares, simulateTrees, tallyPaths, tauPath, tauPaths, togetherShares, type TreeExperiment } from '../../../src/sourcing/tree/index.js'
import { reshoredNodes } from '../../../src/sourcing/tree/path.js'
import { planExperiment } from '../../../src/sourcing/tree/experiment.js'
import { generalKernel } from '../../../src/sourcing/tree/generalKernel.js'
import { mostSearchNodes, pathSearchKernel } from '../../../src/sourcing/tree/pathSearchKernel.js'
import { plainPathFollower, type PathFollower } from '../../../src/sourcing/tree/pathSweep.js'
import { partRelations } from '../../../src/sourcing/tree/relations.js'
import { firmsPerChunk, tallyRange } from '../../../src/sourcing/tree/simulate.js'
import { twoCountryKernel } from '../../../src/sourcing/tree/twoCountries.js'
import { twoCountrySimdKernel } from '../../../src/sourcing/tree/twoCountriesKernel.js'
import { followRange } from '../../../src/sourcing/tree/twoCountryPaths.js'

/** Sums of some tens of costs in two orders. */
const COST_TOLERANCE = 1e-12
/** Ratios of sums of differences. */
const BREAKPOINT_TOLERANCE = 1e-9

const grid = (points: number, last: number): number[] => Array.from({ length: points }, (_, i) => (last * i) / (points - 1))

const baseline: TreeExperiment = {
  tree: { order: 2, length: 5 }, countries: 2, form: 'specific', destination: null,
  draws: { seed: 1, shape: 4.12, reading: 'cost' }, taus: grid(12, 2), relations: partRelations,
}
const variants: [string, TreeExperiment][] = [
  ['the baseline with a histogram', { ...baseline, histogram: { from: 20, to: 45, bins: 30 } }],
  ['a fixed market in country 0', { ...baseline, destination: 0, tree: { order: 3, length: 3 } }],
  ['a fixed market in country 1', { ...baseline, destination: 1, draws: { ...baseline.draws, reading: 'efficiency' } }],
  ['final shipping and unequal trade costs', { ...baseline, finalShipping: [0.3, 1.1], tradeCosts: [[0, 0.4], [1.7, 0]] }],
  ['a snake', { ...baseline, tree: { order: 1, length: 9 } }],
  ['a spider', { ...baseline, tree: { order: 12, length: 2 } }],
  ['any tree', { ...baseline, tree: { parents: [-1, 4, 0, 2, 5, 0, 2, 8, 0, 7, 1, 1] } }],
  ['a single node', { ...baseline, tree: { order: 1, length: 1 }, taus: [0.5] }],
]

describe('kernels', () => {
  it.each(variants)('in SIMD and in plain TypeScript give the same bits: %s', (_, experiment) => {
    const plan = planExperiment(experiment)
    const ranges = [[0, 64], [5, 7], [13, 300], [8190, 8250]] as const
    for (const [from, to] of ranges) expect(tallyRange(plan, twoCountrySimdKernel(plan), from, to)).toEqual(tallyRange(plan, twoCountryKernel(plan), from, to))
  })

  it.each(variants)('for two countries and for any number count the same: %s', (_, experiment) => {
    const plan = planExperiment(experiment)
    const { costSums: sums, ...two } = tallyRange(plan, twoCountryKernel(plan), 3, 403)
    const { costSums, ...general } = tallyRange(plan, generalKernel(plan), 3, 403)
    expect(two).toEqual(general)
    sums.forEach((sum, i) => expect(Math.abs(sum / costSums[i]! - 1)).toBeLessThan(COST_TOLERANCE))
  })

  const harder: [string, TreeExperiment][] = [
    ...variants.slice(0, 4),
    ['three countries', { ...baseline, countries: 3, tree: { order: 2, length: 4 }, tradeCosts: [[0, 1, 2], [0.5, 0, 1], [1, 0.2, 0]], finalShipping: [0, 0.5, 1] }],
    ['three countries, iceberg, fixed market', { ...baseline, countries: 3, form: 'iceberg', destination: 2, tree: { parents: [-1, 4, 0, 2, 5, 0, 2, 8, 0, 7, 1, 1] } }],
    ['two countries, iceberg', { ...baseline, form: 'iceberg' }],
    ['a cost within countries', { ...baseline, tradeCosts: [[0.1, 1], [1, 0.2]] }],
  ]
  it.each(harder)('count what the recursion finds firm by firm: %s', (_, experiment) => {
    const firms = 60
    const tally = simulateTrees({ ...experiment, relations: ['parent', 'sister'] }, 0, firms)
    const apart = new Float64Array(tally.apart.length)
    const costs = new Float64Array(experiment.taus.length)
    const reshored = new Float64Array(tally.reshored.length)
    for (let firm = 0; firm < firms; firm++) {
      const { shape, costs: problem } = firmOfExperiment(experiment, firm)
      const allocations = experiment.taus.map((tau) => allocateTree(shape, problem, tau))
      allocations.forEach(({ location, cost }, t) => {
        costs[t]! += cost / firms
        tally.classes.forEach(({ relation, stage }, which) => {
          for (let v = 0; v < shape.nodes; v++) {
            if (relation === 'parent' && shape.stages[v] === stage && location[v] !== location[shape.parents[v]!]) apart[t * tally.classes.length + which]!++
            if (relation === 'sister') for (let u = 1; u < v; u++) if (shape.parents[u] === shape.parents[v] && location[u] !== location[v]) apart[t * tally.classes.length + which]!++
          }
        })
      })
      const path = allocations.map((allocation, t) => ({ from: experiment.taus[t]!, to: 0, allocation }))
      for (const v of reshoredNodes(path, shape.nodes)) reshored[shape.stages[v]!]!++
    }
    expect(tally.apart).toEqual(apart)
    expect(tally.reshored).toEqual(reshored)
    meanCosts(tally).forEach((mean, t) => expect(Math.abs(mean / costs[t]! - 1)).toBeLessThan(COST_TOLERANCE))
  })
})

describe('ranges', () => {
  const firms = 3 * firmsPerChunk + 77
  const whole = simulateTrees(baseline, 0, firms)

  it('cut at chunks merge to the same bits however they are cut', () => {
    const cuts = [[0, firmsPerChunk, firms], [0, 2 * firmsPerChunk, 3 * firmsPerChunk, firms]]
    for (const cut of cuts) {
      const parts = cut.slice(1).map((to, i) => simulateTrees(baseline, cut[i]!, to))
      expect(parts.reduce(mergeTallies)).toEqual(whole)
    }
  })

  it('cut anywhere merge to the same counts', () => {
    const { apart, reshored } = mergeTallies(simulateTrees(baseline, 0, 1001), simulateTrees(baseline, 1001, firms))
    expect({ apart, reshored }).toEqual({ apart: whole.apart, reshored: whole.reshored })
  })

  it('that are none are refused', () => {
    expect(() => simulateTrees(baseline, 5, 4)).toThrow(/firms: is the range \[5, 4\)/)
    expect(() => simulateTrees(baseline, 0, 2 ** 33)).toThrow(/is the range/)
  })
})

describe('an experiment with a fault is refused with its place', () => {
  const faults: [string, object, string][] = [
    ['unknown key', { tau: [1] }, 'tau'],
    ['no tree', { tree: {} }, 'tree'],
    ['cycle', { tree: { parents: [-1, 2, 1] } }, 'tree.parents[1]'],
    ['astronomic tree', { tree: { order: 10, length: 30 } }, 'tree'],
    ['no country', { countries: 0 }, 'countries'],
    ['destination out of range', { destination: 2 }, 'destination'],
    ['trade costs of other countries', { tradeCosts: [[0]] }, 'tradeCosts'],
    ['negative trade cost', { tradeCosts: [[0, 1], [-1, 0]] }, 'tradeCosts[1][0]'],
    ['final shipping too short', { finalShipping: [1] }, 'finalShipping'],
    ['shape not above zero', { draws: { ...baseline.draws, shape: 0 } }, 'draws.shape'],
    ['unknown reading', { draws: { ...baseline.draws, reading: 'costs' } }, 'draws.reading'],
    ['falling grid', { taus: [0, 1, 0.5] }, 'taus[2]'],
    ['empty grid', { taus: [] }, 'taus'],
    ['unknown relation', { relations: ['parent', 'uncle'] }, 'relations[1]'],
    ['empty histogram', { histogram: { from: 1, to: 1, bins: 3 } }, 'histogram.to'],
  ]
  it.each(faults)('%s', (_, fault, place) => {
    expect(() => simulateTrees({ ...baseline, ...fault }, 0, 1)).toThrow(`tree experiment problem, ${place}: `)
  })
})

describe('exact paths of many firms', () => {
  it.each(variants)('equal those of one firm after the other: %s', (_, experiment) => {
    const [from, to] = [40, 140]
    const paths = tauPaths(experiment, from, to)
    const reshored = new Float64Array(paths.tally.reshored.length)
    let reshoringFirms = 0
    for (let firm = from; firm < to; firm++) {
      const { shape, costs } = firmOfExperiment(experiment, firm)
      const path = tauPath(shape, costs)
      const breakpoints = Array.from(paths.breakpoints.slice(paths.first[firm - from], paths.first[firm - from + 1]))
      expect(breakpoints.length).toBe(path.length - 1)
      path.slice(1).forEach(({ from: tau }, i) => expect(Math.abs(breakpoints[i]! / tau - 1)).toBeLessThan(BREAKPOINT_TOLERANCE))
      const returned = reshoredNodes(path, shape.nodes)
      for (const v of returned) reshored[shape.stages[v]!]!++
      if (returned.length > 0) reshoringFirms++
    }
    expect(paths.tally.reshored).toEqual(reshored)
    expect(paths.tally.reshoringFirms).toBe(reshoringFirms)
  })

  const sizes: [string, TreeExperiment][] = [
    ...variants,
    ['a snake of as many nodes as the search takes', { ...baseline, tree: { order: 1, length: mostSearchNodes } }],
    ['a spider of as many, whose opposite bounds cancel only in whole numbers', { ...baseline, tree: { order: mostSearchNodes - 1, length: 2 }, tradeCosts: [[0, 1], [0.37, 0]] }],
    ['a tree one stage longer than the baseline', { ...baseline, tree: { order: 2, length: 6 } }],
    ['free trade in one direction', { ...baseline, tradeCosts: [[0, 1], [0, 0]] }],
  ]
  it.each(sizes)('are the same by search in SIMD and by sweep: %s', (_, experiment) => {
    const plan = planExperiment(experiment)
    const follow = (follower: PathFollower) => {
      const taus: number[][] = []
      const tally = followRange(plan, follower, 11, 234, (_, { breakpoints, counts, stride }, lane) => {
        taus.push(Array.from({ length: counts[lane]! }, (_, i) => breakpoints[lane * stride + i]!))
      })
      return { tally, taus }
    }
    const [search, sweep] = [follow(pathSearchKernel(plan)), follow(plainPathFollower(plan))]
    expect(search.tally).toEqual(sweep.tally)
    search.taus.forEach((taus, firm) => taus.forEach((tau, i) => expect(Math.abs(tau / sweep.taus[firm]![i]! - 1)).toBeLessThan(BREAKPOINT_TOLERANCE)))
  })

  it('of trees beyond the search are swept', () => {
    const { breakpoints } = tallyPaths({ ...baseline, tree: { order: 1, length: mostSearchNodes + 1 } }, 0, 20)
    expect(breakpoints).toBeGreaterThan(20 * 10)
  })

  it('are refused where a firm is not of the two-country case', () => {
    expect(() => tauPaths({ ...baseline, form: 'iceberg' }, 0, 1)).toThrow(/two countries with specific costs/)
    expect(() => tauPaths({ ...baseline, countries: 3 }, 0, 1)).toThrow(/two countries with specific costs/)
  })
})

describe('published and derived numbers', () => {
  const firms = 20_000
  /** Four standard errors of a share of the nodes of one stage, counted as if a firm's nodes moved together. */
  const share = (value: number) => 4 * Math.sqrt((value * (1 - value)) / firms)

  it('reshoring at the baseline by stage, without a grid: 14.2, 18.1, 18.0, 17.6, 19.2 %', () => {
    const { reshored, nodes, breakpoints } = tallyPaths(baseline, 0, firms)
    const published = [0.142, 0.181, 0.18, 0.176, 0.192]
    published.forEach((value, stage) => expect(Math.abs(reshored[stage]! / (firms * nodes[stage]!) - value)).toBeLessThan(share(value)))
    expect(Math.abs(breakpoints / firms - 11.1)).toBeLessThan(0.1)
  })

  it('a grid of 100 points misses short intervals', () => {
    const onGrid = reshoredShares(simulateTrees({ ...baseline, taus: grid(100, 2) }, 0, firms))
    const { reshored, nodes } = tallyPaths(baseline, 0, firms)
    onGrid.forEach((value, stage) => expect(value).toBeLessThan(reshored[stage]! / (firms * nodes[stage]!)))
  })

  it('spiders reshore with a free root (6.3, 24, 34 % of firms) and never with a fixed market', () => {
    const spider = (order: number, destination: number | null) => tallyPaths({ ...baseline, destination, tree: { order, length: 2 } }, 0, firms).reshoringFirms / firms
    for (const [order, value] of [[2, 0.063], [5, 0.24], [10, 0.34]] as const) {
      expect(Math.abs(spider(order, null) - value)).toBeLessThan(share(value) + 0.005)
      expect(spider(order, 0)).toBe(0)
    }
  })

  it('parts cluster at random without trade costs: S = 1/K', () => {
    for (const countries of [2, 3, 5]) {
      const shares = togetherShares(simulateTrees({ ...baseline, countries, taus: [0], relations: ['parent'] }, 0, 4000))
      shares.forEach((value) => expect(Math.abs(value - 1 / countries)).toBeLessThan(4 * Math.sqrt(0.25 / 4000)))
    }
  })

  it('cost rises with τ in the sense of first-order dominance', () => {
    const bins = 40
    const { histogram } = simulateTrees({ ...baseline, taus: [0, 0.25, 0.5, 1, 2], histogram: { from: 20, to: 60, bins } }, 0, firms)
    const cumulative = (t: number): number[] => Array.from(histogram.slice(t * (bins + 2), (t + 1) * (bins + 2))).map(((sum) => (count) => (sum += count))(0))
    for (let t = 1; t < 5; t++) cumulative(t).forEach((count, bin) => expect(count).toBeLessThanOrEqual(cumulative(t - 1)[bin]!))
  })
})
