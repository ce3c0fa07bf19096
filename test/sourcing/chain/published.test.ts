import { describe, expect, it } from 'vitest'
import { chainAt, drawChains, highsPrograms, publishedIteration, solveChain } from '../../../src/sourcing/chain/index.js'
import { loadHighs } from '../../../src/pipeline/highs.js'
import type { ChainProblem } from '../../../src/sourcing/records.js'

const open = highsPrograms(await loadHighs())

const additive = (problem: ChainProblem): ChainProblem => {
  const trade = problem.tradeCosts as readonly (readonly number[])[]
  const byStage = problem.valueAdded.slice(1).map((_, n) => trade.map((row) => row.map((tau) => (tau - 1) * (n + 1) * 0.2)))
  return { ...problem, technology: 'leontief', tradeForm: 'additive', tradeCosts: byStage }
}
const shipped = (problem: ChainProblem): ChainProblem => ({ ...problem, finalShipping: problem.unitCosts[0]!.map((cost) => cost) })

describe('the published 0–1 programs', () => {
  const variants: [string, (problem: ChainProblem) => ChainProblem][] = [
    ['Cobb–Douglas', (problem) => problem], ['Cobb–Douglas, shipped', shipped], ['additive by stage', additive], ['additive, shipped', (problem) => shipped(additive(problem))],
  ]

  it.each(variants)('give the envelope of solveChain, minimising either cost: %s', (_, change) => {
    const batch = drawChains({ seed: 21, stages: 3, countries: 3 }, 0, 8)
    for (let p = 0; p < batch.problems; p++) {
      const problem = change(chainAt(batch, p))
      const { segments } = solveChain(problem)
      for (const minimise of ['marginal-cost', 'fixed-cost'] as const) {
        const published = publishedIteration(problem, minimise, open)
        expect(published.converged).toBe(true)
        expect(published.programs).toBeGreaterThan(segments.length)
        expect(published.segments).toEqual(segments)
        expect(published.visited.length).toBe(published.programs - 1)
      }
    }
  })

  it('solve a single stage', () => {
    const problem = chainAt(drawChains({ seed: 22, stages: 1, countries: 4 }, 0, 1), 0)
    expect(publishedIteration(problem, 'marginal-cost', open).segments).toEqual(solveChain(problem).segments)
  })

  it('stop with a mark when the solver does not respect the bound', () => {
    const problem = chainAt(drawChains({ seed: 23, stages: 1, countries: 2 }, 0, 1), 0)
    const stuck = publishedIteration(problem, 'marginal-cost', () => ({ solve: () => [0], close: () => {} }))
    expect(stuck.converged).toBe(false)
  })
})
