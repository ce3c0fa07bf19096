import { describe, expect, it } from 'vitest'
import { selectionClaims } from '../../../src/sourcing/selection/index.js'
import { randomStream } from '../../../src/numerics/random.js'
import type { SelectionProblem } from '../../../src/sourcing/records.js'

const base: SelectionProblem = {
  alpha: 0.7, mu: 0.4, deathRate: 0.1, entryCost: 1, domesticCost: 0.1, offshoringCost: 0.3, intensity: 0.3, wageGap: 2, distribution: { pareto: { shape: 4, minimum: 1 } },
}
const claim = (problem: SelectionProblem, about: string) => selectionClaims(problem).find((entry) => entry.about.startsWith(about))!

describe('selectionClaims', () => {
  it('the corrected statements hold over distributions, z and ω', () => {
    const { uniform } = randomStream(5, 'claims')
    for (let k = 0; k < 300; k++) {
      const alpha = 0.45 + 0.35 * uniform()
      const a = alpha / (1 - alpha)
      const distribution: SelectionProblem['distribution'] = [{ pareto: { shape: a * (1.1 + uniform()), minimum: 1 } }, { lognormal: { mean: 0, sd: 0.3 + 0.4 * uniform() } },
        { truncatedPareto: { shape: a * (0.6 + uniform()), minimum: 1, maximum: 6 } }][k % 3]!
      const problem = { ...base, alpha, mu: alpha * (0.3 + 0.6 * uniform()), offshoringCost: 0.1 * (1.1 + 2 * uniform()), intensity: 0.05 + 0.9 * uniform(), wageGap: 1.1 + 3 * uniform(), distribution }
      for (const { about, holds } of selectionClaims(problem)) expect(holds, about).toBe(true)
    }
  })

  it('variety falls while only some firms offshore, and rises at once with a flat tail', () => {
    expect(claim(base, 'number of varieties').ratio).toBeLessThan(1)
    expect(claim({ ...base, mu: 0.65 }, 'number of varieties').ratio).toBeGreaterThan(1)
  })

  it('an offshoring firm can lose market share where offshoring saves most', () => {
    const cheap = { ...base, mu: 0.68, intensity: 0.9, wageGap: 3, offshoringCost: 0.11 }
    expect(claim(cheap, 'market share').ratio).toBeLessThan(1)
    expect(claim(cheap, 'revenue of a firm that offshores').ratio).toBeGreaterThan(1)
    expect(claim(base, 'market share').ratio).toBeGreaterThan(1)
  })

  it('the average domestic firm is less productive than the average of autarky', () => {
    expect(claim(base, 'average productivity').ratio).toBeLessThan(1)
  })

  it('has no ratio for firms that do not exist', () => {
    const none = selectionClaims({ ...base, wageGap: 1 })
    expect(none.map(({ ratio }) => ratio)).toEqual([1, null, null, null, null])
    expect(none.every(({ holds }) => holds)).toBe(true)
  })
})
