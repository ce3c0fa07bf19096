/**
 * Clustering and reshoring in production trees (Tyazhelnikov): the worked examples, then simulated firms on the figures' designs.
 *
 * `reshore run pipelines/clustering.ts` is a twentieth of the published size; `--set firms=100000` is all of it (densities over ten
 * million firms). No data are read.
 */
import { definePipeline, rangePool, solveTree, type TreePath, type TreePlan, type TreeProblem } from 'reshore'
import { allRelations, baseline, costDensities, exactReshoring, gridReshoring, oneByOne, relationCurves, stageCurves, tradeCurves, type Setup } from './clustering/experiments.js'
import { clusteringPage } from './clustering/page.js'

const orders = [1, 2, 4]
const lengths = [3, 4, 5, 6]
const countries = [2, 3, 5]
const spiders = [2, 5, 10]

/** A snake of five parts with the first in country 1, and a liberalisation between two of three countries. */
const fiveParts: TreeProblem = { order: 1, length: 5, costs: [[4, 10], [4, 2], [4, 5], [4, 2], [4, 10]], tradeCosts: [[0, 1], [1, 0]], form: 'specific', destination: 0, tau: 'path' }
const threeCountries = (between12: number): TreeProblem => ({
  order: 1, length: 3, costs: [[2, 8, 8], [7, 5, 8], [2, 8, 2]], tradeCosts: [[0, between12, 2], [between12, 0, 0.5], [2, 0.5, 0]], form: 'specific', destination: 0, tau: 1,
})

export default definePipeline({
  name: 'clustering',
  description: 'Where the parts of a good are made as trade costs fall, and which of them come back.',
  settings: { firms: 5000, seed: 1, shape: 4.12, reading: 'cost' },
  steps({ step, settings }) {
    // `reading` is checked with the rest of the experiment.
    const setup = { ...settings, reading: settings.reading as Setup['reading'] }

    const examples = step('examples', {
      stage: 'sourcing',
      run: () => ({
        path: solveTree(fiveParts) as TreePath,
        before: (solveTree(threeCountries(2)) as TreePlan).solutions[0]!,
        after: (solveTree(threeCountries(1)) as TreePlan).solutions[0]!,
      }),
    })

    const clustering = step('clustering', {
      stage: 'sourcing',
      options: { setup, orders, lengths, countries },
      async run(_, { options: { setup, orders, lengths, countries }, threads }) {
        await using pool = rangePool(threads)
        const curves = {
          specific: await oneByOne(orders, (order) => stageCurves(setup, { ...baseline, order }, 'specific', pool)),
          iceberg: await oneByOne(orders, (order) => stageCurves(setup, { ...baseline, order }, 'iceberg', pool)),
          byLength: await oneByOne(lengths, (length) => relationCurves(setup, { ...baseline, length }, ['parent'], pool)),
          byCountries: await oneByOne(countries, (count) => relationCurves(setup, { ...baseline, countries: count }, ['parent'], pool)),
          relatives: await relationCurves(setup, baseline, allRelations, pool),
        }
        return { curves, trade: await tradeCurves(setup, pool) }
      },
    })

    const reshoring = step('reshoring', {
      stage: 'sourcing',
      options: { setup, orders, lengths, countries, spiders },
      async run(_, { options: { setup, orders, lengths, countries, spiders }, threads }) {
        await using pool = rangePool(threads)
        const shares = {
          byLength: await oneByOne(lengths, (length) => exactReshoring(setup, { ...baseline, length }, `N = ${length}`, pool)),
          byOrder: await oneByOne(orders, (order) => exactReshoring(setup, { ...baseline, order }, `M = ${order}`, pool)),
          byCountries: await oneByOne(countries, (count) => gridReshoring(setup, { ...baseline, countries: count }, `K = ${count}`, pool)),
          spiders: await oneByOne(spiders, (order) => exactReshoring(setup, { ...baseline, order, length: 2 }, `spider of ${order} parts`, pool)),
        }
        return { shares }
      },
    })

    const densities = step('densities', {
      stage: 'sourcing',
      options: { setup },
      async run(_, { options, threads, progress }) {
        await using pool = rangePool(threads)
        return { cost: await costDensities(options.setup, pool, progress) }
      },
    })

    step('page', {
      stage: 'report',
      inputs: { examples, clustering, reshoring, densities },
      options: { setup, orders, lengths, countries },
      run: ({ examples, clustering, reshoring, densities }, { options: { setup, ...designs } }) => ({
        page: clusteringPage(setup, designs, { examples, ...clustering, ...reshoring, ...densities }),
      }),
    })
  },
})
