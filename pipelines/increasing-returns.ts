/**
 * Value chains with increasing returns (de Gortari 2020): which chain a firm builds at every scale, what the market for its good
 * does with that, and what uncertain trade policy and lost countries cost it.
 *
 * `reshore run pipelines/increasing-returns.ts` draws its instances (the paper's are not published); `--set instances=1000` is the
 * published size of Table 1. No data are read. Times are in `npm run bench -- increasing-returns`.
 */
import { chainMarket, definePipeline, disruptions, highsPrograms, loadHighs, publishedIteration, solveChain, tradePolicyUncertainty } from 'reshore'
import { counts } from './shared/settings.js'
import { exampleProblem, logGrid, meanChains, riskProblem, tableOne, withoutFixedCosts } from './increasing-returns/instances.js'
import { increasingReturnsPage } from './increasing-returns/page.js'

export default definePipeline({
  name: 'increasing-returns',
  description: 'Which value chain a firm builds at every scale, and what uncertain trade policy costs it.',
  settings: { instances: 200, draws: 10_000, quantities: 400, seed: 1, elasticity: 3 },
  steps({ step, settings: { instances, draws, quantities, seed, elasticity } }) {
    counts({ instances, draws, quantities })
    const example = step('example', {
      stage: 'sourcing',
      options: { seed, elasticity },
      async run(_, { options: { seed, elasticity } }) {
        const problem = exampleProblem(seed)
        const plan = solveChain(problem)
        // Demand crosses average cost at the second kink, as in the paper's Figure 1.
        const kink = plan.segments[2]!
        const demand = { elasticity, scale: kink.from * (kink.marginalCost + kink.fixedCost / kink.from) ** elasticity * 1.3 }
        const open = highsPrograms(await loadHighs())
        return {
          problem, plan, demand,
          constantReturns: solveChain(withoutFixedCosts(problem)),
          averageCost: chainMarket(plan, demand, 'average-cost'),
          monopoly: chainMarket(plan, demand, 'monopoly'),
          iterations: [publishedIteration(problem, 'marginal-cost', open), publishedIteration(problem, 'fixed-cost', open)],
        }
      },
    })

    const table = step('table', {
      stage: 'sourcing',
      options: { seed, instances },
      run: (_, { options: { seed, instances }, progress }) => ({
        rows: tableOne.map((row, index) => {
          progress(index / tableOne.length, `${row.countries} countries, ${row.stages} stages`)
          return { ...row, chains: meanChains(seed, row, instances) }
        }),
      }),
    })

    const risk = step('risk', {
      stage: 'sourcing',
      options: { seed, draws, quantities },
      run(_, { options: { seed, draws, quantities } }) {
        const problem = riskProblem(seed)
        const plan = solveChain(problem)
        const grid = logGrid(plan.segments[1]!.from / 10, plan.segments.at(-1)!.from * 10, quantities)
        return {
          plan, grid,
          panels: tradePolicyUncertainty(problem, { spreads: [0.05, 0.2, 0.4], draws, quantities: grid, seed }),
          lost: disruptions(problem, grid),
        }
      },
    })

    step('page', {
      stage: 'report',
      inputs: { example, table, risk },
      options: { instances, draws },
      run: ({ example, table, risk }, { options }) => ({ page: increasingReturnsPage(options, { example, table, risk }) }),
    })
  },
})
