/**
 * Offshoring and selection within an industry: how the number of varieties, productivity and market shares move with the offshore
 * intensity z and the wage gap ω, for several distributions of productivity, and which of the paper's statements hold.
 *
 * `reshore run pipelines/selection.ts` is the calibration of the paper's Figure 1. No data are read.
 */
import { definePipeline, paretoThresholds, selectionClaims, selectionPath, solveSelection, varietyCrossings, type Distribution, type SelectionProblem } from 'reshore'
import { counts } from './shared/settings.js'
import { selectionPage } from './selection/page.js'

const wageGaps = [2, 3]

/** Tails of about the same weight as Pareto's with shape 4. */
const distributions: Readonly<Record<string, Distribution>> = {
  'lognormal, sd 0.4': { lognormal: { mean: 0, sd: 0.4 } },
  'lognormal, sd 0.6': { lognormal: { mean: 0, sd: 0.6 } },
  'Pareto cut at 3': { truncatedPareto: { shape: 4, minimum: 1, maximum: 3 } },
}

export default definePipeline({
  name: 'selection',
  description: 'What offshoring does to the number, productivity and shares of an industry\'s firms.',
  settings: { alpha: 0.7, mu: 0.4, shape: 4, costRatio: 1.2, entryToFixed: 1, points: 200 },
  steps({ step, settings: { points, shape, ...settings } }) {
    counts({ points })
    const base: SelectionProblem = {
      alpha: settings.alpha, mu: settings.mu, deathRate: 0.1, entryCost: 10 * settings.entryToFixed, domesticCost: 1, offshoringCost: settings.costRatio,
      intensity: 0.51, wageGap: 2, distribution: { pareto: { shape, minimum: 1 } },
    }
    const intensity = Array.from({ length: points }, (_, k) => (k + 0.5) / points)

    const figure = step('figure', {
      stage: 'sourcing',
      options: { base: { ...base }, wageGaps, intensity },
      run: (_, { options: { base, wageGaps, intensity } }) => ({
        curves: wageGaps.map((wageGap) => {
          const problem = { ...base, wageGap } as SelectionProblem
          return { wageGap, thresholds: paretoThresholds(problem), at: solveSelection(problem).ratios.variety, path: selectionPath(problem, 'intensity', intensity) }
        }),
      }),
    })

    const others = step('distributions', {
      stage: 'sourcing',
      options: { base: { ...base }, distributions, intensity },
      run: (_, { options: { base, distributions, intensity } }) => ({
        curves: Object.entries(distributions).map(([name, distribution]) => {
          const problem = { ...base, distribution } as SelectionProblem
          return { name, crossings: varietyCrossings(problem), path: selectionPath(problem, 'intensity', intensity) }
        }),
      }),
    })

    const claims = step('claims', {
      stage: 'sourcing',
      options: { base: { ...base } },
      run: (_, { options: { base } }) => ({
        industries: [
          { name: 'z = .08, some offshore', claims: selectionClaims({ ...base, intensity: 0.08 } as SelectionProblem) },
          { name: 'z = .51, all offshore', claims: selectionClaims({ ...base, intensity: 0.51 } as SelectionProblem) },
        ],
      }),
    })

    step('page', {
      stage: 'report',
      inputs: { figure, others, claims },
      options: { base: { ...base }, intensity },
      run: ({ figure, others, claims }, { options: { base, intensity } }) => ({ page: selectionPage(base as SelectionProblem, intensity, { figure, others, claims }) }),
    })
  },
})
