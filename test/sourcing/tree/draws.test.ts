import { describe, expect, it } from 'vitest'
import { drawFirm, planDraws } from '../../../src/sourcing/tree/draws.js'

const shape = 4.12

describe('draws of firms', () => {
  const firms = 20_000
  const perFirm = 6
  const draws = (reading: 'cost' | 'efficiency', seed = 3) => {
    const plan = planDraws({ seed, shape, reading })
    return Array.from({ length: firms }, (_, firm) => {
      const costs = new Float64Array(perFirm)
      drawFirm(plan, firm, costs)
      return costs
    })
  }
  const cost = draws('cost')

  it('depend on the seed and the firm alone; a longer tree goes on where a shorter one ends', () => {
    const plan = planDraws({ seed: 3, shape, reading: 'cost' })
    const longer = new Float64Array(50)
    drawFirm(plan, 12345, longer)
    expect(longer.slice(0, perFirm)).toEqual(cost[12345])
    expect(draws('cost', 4)[12345]).not.toEqual(cost[12345])
  })

  it('are Fréchet costs, or costs of Fréchet efficiency', () => {
    const distance = (values: number[], cdf: (x: number) => number): number =>
      Math.max(...values.sort((a, b) => a - b).map((x, i) => Math.max(Math.abs(cdf(x) - i / values.length), Math.abs(cdf(x) - (i + 1) / values.length))))
    // Kolmogorov–Smirnov at a level of one in a thousand.
    const critical = 1.95 / Math.sqrt(firms * perFirm)
    expect(distance(cost.flatMap((firm) => [...firm]), (x) => Math.exp(-(x ** -shape)))).toBeLessThan(critical)
    expect(distance(draws('efficiency').flatMap((firm) => [...firm]), (x) => 1 - Math.exp(-(x ** shape)))).toBeLessThan(critical)
  })

  it('of neighbouring firms, and of neighbouring parts, are uncorrelated', () => {
    const correlation = (pairs: [number, number][]): number => {
      const mean = (pick: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[pick], 0) / pairs.length
      const [a, b] = [mean(0), mean(1)]
      const sum = (f: (x: number, y: number) => number) => pairs.reduce((total, [x, y]) => total + f(x - a, y - b), 0)
      return sum((x, y) => x * y) / Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y))
    }
    const uniform = cost.map((firm) => firm.map((x) => Math.exp(-(x ** -shape))))
    const critical = 4 / Math.sqrt(firms)
    for (let i = 0; i < perFirm; i++) {
      expect(Math.abs(correlation(uniform.slice(1).map((firm, n) => [firm[i]!, uniform[n]![i]!])))).toBeLessThan(critical)
      if (i > 0) expect(Math.abs(correlation(uniform.map((firm) => [firm[i]!, firm[i - 1]!])))).toBeLessThan(critical)
    }
  })
})
