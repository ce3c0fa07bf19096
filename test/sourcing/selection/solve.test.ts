import { describe, expect, it } from 'vitest'
import { isReshoreError } from '../../../src/errors.js'
import { randomStream } from '../../../src/numerics/random.js'
import { paretoRatios, paretoThresholds, readSelectionProblem, selectionPath, solveSelection, varietyCrossings } from '../../../src/sourcing/selection/index.js'
import type { Distribution, SelectionProblem } from '../../../src/sourcing/records.js'

/** Cutoffs are found to rounding, ratios raise them to powers up to about 20. */
const TOLERANCE = 1e-12
/** Free entry from the primitives: sums of powers of prices that pass through large exponents. */
const PRIMITIVE_TOLERANCE = 1e-9
/** Finite differences and limits. */
const LIMIT_TOLERANCE = 1e-6

const figureOne: SelectionProblem = {
  alpha: 0.7, mu: 0.4, deathRate: 0.1, entryCost: 1, domesticCost: 0.1, offshoringCost: 0.12, intensity: 0.51, wageGap: 2, distribution: { pareto: { shape: 4, minimum: 1 } },
}
const relative = (a: number, b: number): number => Math.abs(a / b - 1)

function randomProblem(uniform: () => number, distributionOf: (a: number) => Distribution): SelectionProblem {
  const alpha = 0.4 + 0.45 * uniform()
  const domesticCost = 0.05 + uniform()
  return {
    alpha, mu: alpha * (0.2 + 0.6 * uniform()), deathRate: 0.02 + 0.2 * uniform(), entryCost: 0.5 + 2 * uniform(), domesticCost, offshoringCost: domesticCost * (1.05 + 2 * uniform()),
    intensity: 0.02 + 0.96 * uniform(), wageGap: 1.05 + 3 * uniform(), distribution: distributionOf(alpha / (1 - alpha)),
  }
}

const families: Record<string, (uniform: () => number) => (a: number) => Distribution> = {
  pareto: (uniform) => (a) => ({ pareto: { shape: a * (1.1 + uniform()), minimum: 0.5 + uniform() } }),
  lognormal: (uniform) => () => ({ lognormal: { mean: uniform() - 0.5, sd: 0.2 + 0.6 * uniform() } }),
  truncatedPareto: (uniform) => (a) => ({ truncatedPareto: { shape: a * (0.5 + 1.5 * uniform()), minimum: 0.5 + uniform(), maximum: 2 + 6 * uniform() } }),
  empirical: (uniform) => () => ({ empirical: { productivity: Array.from({ length: 40 }, () => 0.3 + 3 * uniform()), weights: Array.from({ length: 40 }, () => Math.floor(4 * uniform()) + 0.5) } }),
}

describe('Figure 1 of the paper', () => {
  it.each([[2, 0.1127, 0.3288, 0.124], [3, 0.0711, 0.2074, 0.364]])('ω = %d: all offshore from z = %d, variety above autarky from %d, by %d at z = .51', (wageGap, all, gain, value) => {
    const problem = { ...figureOne, wageGap }
    const thresholds = paretoThresholds(problem)
    expect(thresholds.allOffshore.toFixed(4)).toBe(all.toFixed(4))
    expect(thresholds.varietyGain!.toFixed(4)).toBe(gain.toFixed(4))
    expect((solveSelection(problem).ratios.variety - 1).toFixed(3)).toBe(value.toFixed(3))
    const [crossing, ...others] = varietyCrossings(problem)
    expect(crossing).toBeCloseTo(thresholds.varietyGain!, 10)
    expect(others).toEqual([])
  })

  it('is U-shaped in z: zero at 0, falling until all offshore, rising after', () => {
    const { allOffshore } = paretoThresholds(figureOne)
    const z = Float64Array.from({ length: 100 }, (_, k) => (k + 0.5) / 100)
    const { variety, regime } = selectionPath(figureOne, 'intensity', z)
    z.forEach((value, k) => {
      expect(regime[k]).toBe(value < allOffshore ? 'mixed' : 'all')
      if (k > 0 && z[k - 1]! > allOffshore) expect(variety[k]!).toBeGreaterThan(variety[k - 1]!)
      if (value < allOffshore) expect(variety[k]!).toBeLessThan(variety[k - 1] ?? 1)
    })
  })

  it('lognormal crosses while only some firms offshore', () => {
    const problem: SelectionProblem = { ...figureOne, mu: 0.55, offshoringCost: 0.2, distribution: { lognormal: { mean: 0, sd: 0.6 } } }
    const [crossing] = varietyCrossings(problem)
    expect(crossing).toBeGreaterThan(0.15)
    expect(crossing).toBeLessThan(0.3)
    expect(solveSelection({ ...problem, intensity: crossing! }).regime).toBe('mixed')
  })
})

describe('Pareto closed forms', () => {
  it('equal the general solver on 1,000 industries', () => {
    const { uniform } = randomStream(1, 'pareto')
    const seen = new Set<string>()
    let compared = 0
    while (compared < 1000) {
      const problem = randomProblem(uniform, families.pareto!(uniform))
      const plan = solveSelection(problem)
      if (plan.notes.length > 0) continue
      seen.add(plan.regime)
      const closed = paretoRatios(problem)
      for (const [name, value] of Object.entries(closed)) expect(relative(plan.ratios[name as keyof typeof closed], value)).toBeLessThan(1e-10)
      compared++
    }
    expect(seen).toEqual(new Set(['mixed', 'all']))
  })
})

describe.each(Object.keys(families))('%s', (name) => {
  const { uniform } = randomStream(2, name)
  const problems = Array.from({ length: 1000 }, () => randomProblem(uniform, families[name]!(uniform)))

  it('holds the identities of the model', () => {
    for (const problem of problems) {
      const { regime, ratios, residuals, masses, productivities } = solveSelection(problem)
      const { alpha, mu, intensity, wageGap } = problem as Required<SelectionProblem>
      const a = alpha / (1 - alpha)
      for (const residual of Object.values(residuals)) expect(Math.abs(residual)).toBeLessThan(TOLERANCE * 100)
      if (regime === 'none') {
        for (const key of ['cutoff', 'price', 'revenue', 'variety', 'productivity', 'entrants'] as const) expect(ratios[key]).toBe(1)
        continue
      }
      // Where next to nobody offshores, ratios round to 1.
      const least = ratios.offshoringFirms > 1e-6 ? 1 : 1 - TOLERANCE
      for (const ratio of [ratios.cutoff, 1 / ratios.price, ratios.revenue, ratios.productivity]) expect(ratio).toBeGreaterThan(least)
      if (regime === 'mixed') {
        expect(relative(ratios.cutoff, ratios.price ** (-(alpha - mu) / (alpha * (1 - mu))))).toBeLessThan(TOLERANCE)
        const total = (masses.domestic * (productivities.domestic ?? 0) ** a + masses.offshoring * (wageGap ** intensity * productivities.offshoring!) ** a) / masses.total
        expect(relative(total, productivities.total ** a)).toBeLessThan(1e-9)
      }
      expect(ratios.cutoff).toBeLessThan(wageGap ** intensity)
    }
  })

  it('moves with z, ω and f_o as the model says', () => {
    for (const problem of problems.slice(0, 100)) {
      for (const variable of ['intensity', 'wageGap'] as const) {
        const values = Float64Array.from({ length: 12 }, (_, k) => (variable === 'intensity' ? 0.05 + 0.08 * k : 1.05 + 0.3 * k))
        const path = selectionPath(problem, variable, values)
        for (let k = 1; k < values.length; k++) {
          for (const column of [path.productivity, path.activeCutoff, path.revenue]) expect(column[k]!).toBeGreaterThanOrEqual(column[k - 1]! * (1 - TOLERANCE))
          if (path.regime[k] === 'mixed') expect(path.offshoringCutoff[k]!).toBeLessThan(path.offshoringCutoff[k - 1]!)
        }
      }
      const dearer = selectionPath(problem, 'offshoringCost', Float64Array.from([1.01, 1.1, 1.5, 3], (factor) => problem.offshoringCost * factor))
      dearer.regime.forEach((regime, k) => regime === 'mixed' && dearer.regime[k - 1] === 'mixed' && expect(dearer.activeCutoff[k]!).toBeLessThanOrEqual(dearer.activeCutoff[k - 1]! * (1 + TOLERANCE)))
    }
  })
})

describe('an empirical distribution', () => {
  it('satisfies free entry from the primitives: every firm takes its best of leaving, staying at home and offshoring', () => {
    const { uniform } = randomStream(3, 'primitives')
    const regimes = new Set<string>()
    for (let k = 0; k < 1000; k++) {
      const problem = randomProblem(uniform, families.empirical!(uniform))
      const { regime, prices, cutoffs, masses } = solveSelection(problem)
      regimes.add(regime)
      const { alpha, mu, intensity, wageGap, domesticCost, offshoringCost, deathRate, entryCost } = problem as Required<SelectionProblem>
      const { productivity, weights } = (problem.distribution as Extract<Distribution, { empirical: object }>).empirical
      const sigma = 1 / (1 - alpha)
      const total = weights!.reduce((sum, weight) => sum + weight, 0)
      const check = (price: number, offshoring: boolean, active: number): number => {
        const revenue = price ** (-mu / (1 - mu))
        const sales = (theta: number, cost: number): number => revenue * ((alpha * theta * price) / cost) ** (sigma - 1)
        return productivity.reduce((sum, theta, i) => {
          const home = sales(theta, 1) / sigma - domesticCost
          const abroad = offshoring ? sales(theta, wageGap ** -intensity) / sigma - offshoringCost : -Infinity
          const best = Math.max(home, abroad)
          if (Math.abs(theta / active - 1) > 1e-9) expect(best > 0).toBe(theta > active)
          return sum + (weights![i]! / total) * Math.max(best, 0)
        }, 0) / (deathRate * entryCost)
      }
      expect(relative(check(prices.autarky, false, cutoffs.autarky), 1)).toBeLessThan(PRIMITIVE_TOLERANCE)
      expect(relative(check(prices.offshoring, true, cutoffs.active), 1)).toBeLessThan(PRIMITIVE_TOLERANCE)
      expect(relative(masses.domestic + masses.offshoring, masses.total)).toBeLessThan(TOLERANCE)
    }
    expect(regimes).toEqual(new Set(['none', 'mixed', 'all']))
  })

  it('tends to the distribution it is drawn from', () => {
    const quantiles = Array.from({ length: 200_000 }, (_, k) => (1 - (k + 0.5) / 200_000) ** (-1 / 6))
    const drawn = solveSelection({ ...figureOne, distribution: { empirical: { productivity: quantiles } } })
    const exact = solveSelection({ ...figureOne, distribution: { pareto: { shape: 6, minimum: 1 } } })
    expect(drawn.ratios.variety).toBeCloseTo(exact.ratios.variety, 2)
    expect(drawn.ratios.price).toBeCloseTo(exact.ratios.price, 2)
  })
})

describe('limits', () => {
  const { uniform } = randomStream(4, 'limits')
  const near = (problem: SelectionProblem, other: SelectionProblem): void => {
    const [left, right] = [solveSelection(problem).ratios, solveSelection(other).ratios]
    for (const key of ['cutoff', 'price', 'revenue', 'variety', 'productivity'] as const) expect(relative(left[key], right[key])).toBeLessThan(LIMIT_TOLERANCE)
  }

  it.each(['pareto', 'lognormal', 'truncatedPareto'])('all ratios go to 1 as z → 0 or ω → 1: %s', (name) => {
    for (let k = 0; k < 20; k++) {
      const problem = randomProblem(uniform, families[name]!(uniform))
      near({ ...problem, intensity: 1e-9 }, { ...problem, intensity: 0 })
      near({ ...problem, wageGap: 1 + 1e-9 }, { ...problem, wageGap: 1 })
      expect(solveSelection({ ...problem, wageGap: 1 }).ratios.revenue).toBe(1)
    }
  })

  it.each(['pareto', 'lognormal', 'truncatedPareto'])('nothing jumps where the last active firm starts to offshore: %s', (name) => {
    for (let k = 0; k < 20; k++) {
      const problem = randomProblem(uniform, families[name]!(uniform))
      const a = problem.alpha! / (1 - problem.alpha!)
      const z = Math.log(problem.offshoringCost / problem.domesticCost) / (a * Math.log(problem.wageGap))
      if (z > 0.99) continue
      const [below, above] = [{ ...problem, intensity: z * (1 - 1e-9) }, { ...problem, intensity: z * (1 + 1e-9) }]
      near(below, above)
      expect(solveSelection(above).regime).toBe('all')
    }
  })

  it('the cutoff returns to autarky as f_o → f_d', () => {
    expect(solveSelection({ ...figureOne, offshoringCost: figureOne.domesticCost * (1 + 1e-10) }).ratios.cutoff).toBeCloseTo(1, 9)
  })

  it('σ and α say the same', () => {
    const { alpha, ...rest } = figureOne
    expect(relative(solveSelection({ ...rest, sigma: 1 / (1 - alpha!) }).ratios.variety, solveSelection(figureOne).ratios.variety)).toBeLessThan(TOLERANCE)
  })

  it('population and wage scale masses and leave ratios alone', () => {
    const [one, two] = [solveSelection(figureOne), solveSelection({ ...figureOne, population: 5, wage: 3 })]
    expect(relative(two.ratios.variety, one.ratios.variety)).toBeLessThan(TOLERANCE)
    expect(two.masses.total).not.toBeCloseTo(one.masses.total, 3)
    expect(Math.abs(two.residuals.price)).toBeLessThan(TOLERANCE)
  })

  it('says when every entrant produces', () => {
    const plan = solveSelection({ ...figureOne, entryCost: 100 })
    expect(plan.notes).toHaveLength(2)
    expect(Math.abs(plan.residuals.revenue)).toBeLessThan(TOLERANCE)
  })
})

describe('readSelectionProblem names the place of a fault', () => {
  it.each([
    ['an unknown key', { omega: 2 }, 'omega: is not a key'],
    ['both elasticities', { sigma: 3 }, 'sigma: is given together with alpha'],
    ['neither elasticity', { alpha: undefined }, 'sigma: is missing, and so is alpha'],
    ['σ of 1', { alpha: undefined, sigma: 1 }, 'sigma: must be >1'],
    ['μ above α', { mu: 0.75 }, 'mu: is 0.75 and must be below alpha = 0.7'],
    ['free offshoring', { offshoringCost: 0.1 }, 'offshoringCost: is 0.1 and must be above domesticCost = 0.1'],
    ['a negative cost', { entryCost: -1 }, 'entryCost: must be >0'],
    ['a wage gap below 1', { wageGap: 0.9 }, 'wageGap: must be >=1'],
    ['z above 1', { intensity: 1.1 }, 'intensity: must be <=1'],
    ['NaN', { deathRate: NaN }, 'deathRate: expected number, received NaN'],
    ['a heavy tail', { distribution: { pareto: { shape: 2, minimum: 1 } } }, 'distribution.pareto.shape: is 2 and must be above'],
    ['an unknown distribution', { distribution: { weibull: {} } }, 'distribution: must have one of the keys pareto'],
    ['two distributions', { distribution: { pareto: { shape: 4, minimum: 1 }, lognormal: { mean: 0, sd: 1 } } }, 'distribution: must have one of'],
    ['a missing parameter', { distribution: { lognormal: { mean: 0 } } }, 'distribution.lognormal.sd: is missing (expected number)'],
    ['an empty range', { distribution: { truncatedPareto: { shape: 3, minimum: 2, maximum: 2 } } }, 'distribution.truncatedPareto.maximum: must be above minimum'],
    ['weights of another length', { distribution: { empirical: { productivity: [1, 2], weights: [1] } } }, 'distribution.empirical.weights: has 1 entries'],
    ['no weight', { distribution: { empirical: { productivity: [1, 2], weights: [0, 0] } } }, 'distribution.empirical.weights: are all 0'],
    ['no firms', { distribution: { empirical: { productivity: [] } } }, 'distribution.empirical.productivity: '],
    ['a productivity of 0', { distribution: { empirical: { productivity: [1, 0] } } }, 'distribution.empirical.productivity[1]: must be >0'],
  ])('%s', (_, changes, message) => {
    let error: unknown
    try {
      readSelectionProblem({ ...figureOne, ...changes })
    } catch (caught) {
      error = caught
    }
    expect(isReshoreError(error) && error.exitCode).toBe(2)
    expect((error as Error).message).toContain(`selection problem, ${message}`)
  })

  it('reads the problem of the figure', () => {
    expect(readSelectionProblem(figureOne)).toEqual(figureOne)
  })

  it('says when productivity is far out of range', () => {
    expect(() => solveSelection({ ...figureOne, distribution: { lognormal: { mean: 400, sd: 1 } } })).toThrow(/beyond the range/)
  })
})
