/** The sourcing model around the solver: communication, shares, margins, equilibrium, hats, bulk and generic squeezing. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  communicate,
  communicationBurden,
  exactHatChanges,
  logUnitCost,
  prepareIndustries,
  scaleExponents,
  solveSuppliers,
  sourcingEquilibrium,
  sourcingPolicy,
  sourcingPotential,
  sourcingReach,
  sourcingScale,
  sourcingShares,
  squeeze,
  supplierCutoff,
  supplierFirms,
  supplierMargin,
  type BuyerTechnology,
  type SourcingEconomy,
} from '../../src/sourcing/index.js'
import { randomStream } from '../../src/numerics/random.js'

const CLOSED_FORM = 1e-9 // the grid minimum of a smooth function on 200,000 points

describe('communication', () => {
  it('is the minimum over intensity of mismatch and talk', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 2, noNaN: true }), fc.double({ min: 0.01, max: 4, noNaN: true }), (beta, h) => {
        const cost = (m: number): number => -beta * Math.log(m) + h * m
        let least = Infinity
        for (let i = 1; i <= 200_000; i++) least = Math.min(least, cost(i / 200_000))
        const { intensity, logCost } = communicate(beta, h)
        expect(Math.abs(logCost - least)).toBeLessThan(CLOSED_FORM * (1 + 1 / beta))
        expect(cost(intensity)).toBeCloseTo(logCost, 12)
      }),
      { numRuns: 30, seed: 2 },
    )
  })

  it('has the cross-derivative ζ inside and rises in distance by ζ min{β, h}', () => {
    const costs = { level: 0.3, distanceElasticity: 0.25 }
    const logCost = (beta: number, logDistance: number) => communicate(beta, communicationBurden(costs, Math.exp(logDistance))).logCost
    const h = 1e-4
    const cross = (logCost(0.4 + h, 6 + h) - logCost(0.4 + h, 6 - h) - logCost(0.4 - h, 6 + h) + logCost(0.4 - h, 6 - h)) / (4 * h * h)
    expect(cross).toBeCloseTo(0.25, 5)
    expect((logCost(0.4, 6 + h) - logCost(0.4, 6 - h)) / (2 * h)).toBeCloseTo(0.25 * 0.4, 7)
    expect(communicate(0, 1)).toEqual({ intensity: 0, logCost: 0 })
  })

  it('penalises differentiated inputs most from afar', () => {
    const industry = (differentiation: number) => ({ shape: 4, differentiation, shippingElasticity: 0.05, communication: { level: 0.3, distanceElasticity: 0.25 } })
    const ratio = (distance: number) => {
      const location = { technology: 1, wage: 1, distance }
      return sourcingPotential(industry(0.5), location) / sourcingPotential(industry(0.1), location)
    }
    expect(ratio(1000)).toBeLessThan(ratio(10))
    expect(sourcingPotential(industry(0.2), { technology: 2, wage: 0.5, distance: 100 })).toBeCloseTo(
      2 * sourcingPotential(industry(0.2), { technology: 1, wage: 1, distance: 100 }) * 0.5 ** -4, 9)
  })
})

const buyer: BuyerTechnology = {
  industries: [
    { costShare: 0.5, shape: 1.8, substitution: 2 },
    { costShare: 0.2, shape: 4, substitution: 1 },
  ],
  demandElasticity: 3.85,
  wage: 1.2,
}

describe('capability', () => {
  it('makes variable profit A Π Θ^e out of demand and unit cost', () => {
    const market = { expenditure: 100, priceIndex: 0.8 }
    const capabilities = [2.3, 0.7]
    const cost = Math.exp(logUnitCost(buyer, 1.4, capabilities))
    const price = (3.85 / 2.85) * cost
    const variable = (market.expenditure * (price / market.priceIndex) ** (1 - 3.85)) / 3.85
    const scale = sourcingScale(buyer, 1.4, market)
    const [e1, e2] = scaleExponents(buyer)
    expect(scale * capabilities[0]! ** e1! * capabilities[1]! ** e2!).toBeCloseTo(variable, 9)
  })

  it('shares add up, and an infinite price index is refused', () => {
    expect(sourcingShares(1, [2, 1])).toEqual([0.25, 0.5, 0.25])
    const broken = { ...buyer, industries: [{ costShare: 0.5, shape: 1, substitution: 2.5 }] }
    expect(() => logUnitCost(broken, 1, [1])).toThrow(/does not exceed/)
  })
})

describe('margins', () => {
  const industry = { marginalGain: 40, shape: 4, costElasticity: 0.2, fixedElasticity: 0.3, fixedLevel: 0.05, costLevel: 1.1 }

  it('the farthest location used is where gain equals fixed cost', () => {
    const reach = sourcingReach(industry)
    const potential = (industry.costLevel * reach ** industry.costElasticity) ** -industry.shape
    expect(industry.marginalGain * potential).toBeCloseTo(industry.fixedLevel * reach ** industry.fixedElasticity, 10)
    const larger = sourcingReach({ ...industry, marginalGain: industry.marginalGain * 1.01 })
    expect(Math.log(larger / reach) / Math.log(1.01)).toBeCloseTo(1 / (4 * 0.2 + 0.3), 10)
  })

  it('links follow a gravity equation', () => {
    const suppliers = { count: 500, minimum: 0.1, shape: 3 }
    const links = (d: number, gain = industry.marginalGain) => supplierMargin({ ...industry, marginalGain: gain }, d, suppliers).links
    expect(Math.log(links(110) / links(100)) / Math.log(1.1)).toBeCloseTo(-3 * (0.2 + 0.3 / 4), 10)
    expect(Math.log(links(100, 44) / links(100, 40)) / Math.log(1.1)).toBeCloseTo(3 / 4, 10)
    expect(supplierMargin(industry, 100, suppliers).meanEfficiency).toBeCloseTo((supplierCutoff(industry, 100) * 3) / 2, 12)
    expect(supplierMargin(industry, 100, { ...suppliers, shape: 1 }).meanEfficiency).toBeNull()
  })
})

const economy: SourcingEconomy = {
  buyer,
  efficiency: Array.from({ length: 40 }, (_, n) => 0.6 + 0.05 * n),
  industries: [
    { base: 1, potential: [0.6, 0.5, 0.3], fixedCosts: [0.4, 0.6, 0.2] },
    { base: 1, potential: [0.4, 0.4], fixedCosts: [0.1, 0.3] },
  ],
  expenditure: 400,
}

describe('sourcingEquilibrium', () => {
  it('finds a price index that implies itself', () => {
    const equilibrium = sourcingEquilibrium(economy)
    expect(equilibrium.converged).toBe(true)
    // In a jump one of 40 firms is indifferent; the gap is then that firm's.
    expect(Math.abs(equilibrium.gap)).toBeLessThan(equilibrium.reason === 'exact' ? 1e-12 : 0.02)
    const revenue = equilibrium.firms.reduce((sum, firm) => sum + firm.revenue, 0)
    expect(Math.abs(revenue / economy.expenditure - 1)).toBeLessThan(equilibrium.reason === 'exact' ? 1e-11 : 0.06)
  })

  it('an export-supply shock lowers the price index, and rivals make a firm smaller than in partial equilibrium', () => {
    const shocked = { ...economy, industries: economy.industries.map((k, i) => (i === 0 ? { ...k, potential: [0.6, 0.5, 0.9] } : k)) }
    const before = sourcingEquilibrium(economy)
    const after = sourcingEquilibrium(shocked)
    const partial = sourcingEquilibrium(shocked, { priceIndex: before.priceIndex })
    expect(after.priceIndex).toBeLessThan(before.priceIndex)
    after.firms.forEach((firm, n) => expect(firm.profit).toBeLessThanOrEqual(partial.firms[n]!.profit))
  })
})

describe('exactHatChanges', () => {
  it('equals levels computed twice', () => {
    const potentials = [[1, 0.6, 0.3], [1, 0.4]]
    const changes = [[1, 1.2, 0.9], [1, 1.5]]
    const level = (k: number, factor: readonly number[]) => potentials[k]!.reduce((sum, phi, i) => sum + phi * factor[i]!, 0)
    const cost = (efficiency: number, after: boolean) =>
      Math.exp(logUnitCost(buyer, efficiency, [0, 1].map((k) => level(k, after ? changes[k]! : [1, 1, 1]))))
    const efficiencies = [1, 1.5]
    const power = 1 - buyer.demandElasticity
    const revenue = (after: boolean) => {
      const costs = efficiencies.map((phi) => cost(phi, after))
      const index = costs.reduce((sum, c) => sum + c ** power, 0)
      return costs.map((c) => c ** power / index)
    }
    const firms = efficiencies.map((_, n) => ({
      revenueShare: revenue(false)[n]!,
      labourShare: 0.3,
      industries: buyer.industries.map(({ costShare, shape }, k) => ({
        costShare,
        shape,
        shares: sourcingShares(potentials[k]![0]!, potentials[k]!.slice(1)),
        potentialChanges: changes[k]!,
      })),
    }))
    const hats = exactHatChanges(firms, buyer)
    efficiencies.forEach((phi, n) => {
      expect(hats.cost[n]).toBeCloseTo(cost(phi, true) / cost(phi, false), 12)
      expect(hats.revenue[n]).toBeCloseTo(revenue(true)[n]! / revenue(false)[n]!, 12)
    })
    expect(() => exactHatChanges([{ ...firms[0]!, revenueShare: 0.4 }], buyer)).toThrow(/add up/)
  })
})

describe('firms in bulk', () => {
  const random = randomStream(9)
  const industry = (exponent: number) => ({
    exponent,
    base: 1,
    potential: Array.from({ length: 20 }, () => 0.3 * random.uniform()),
    fixedCosts: Array.from({ length: 20 }, () => 0.1 + random.uniform()),
  })
  const scales = Float64Array.from({ length: 150 }, (_, n) => 0.2 * 1.05 ** n)

  it.each([['complements', [industry(1.6)]], ['substitutes', [industry(0.7)]], ['both', [industry(1.3), industry(0.6)]]])('%s: any split of the range gives the same plans', (_, industries) => {
    const all = supplierFirms(industries, scales)
    const parts = [supplierFirms(industries, scales, 0, 149), supplierFirms(industries, scales, 149, 150)]
    expect(parts.flatMap((part) => [...part.uses])).toEqual([...all.uses])
    parts.flatMap((part) => [...part.profit]).forEach((profit, n) => expect(profit).toBeCloseTo(all.profit[n]!, 9))
    const one = solveSuppliers(scales[77]!, prepareIndustries(industries))
    expect(all.profit[77]).toBeCloseTo(one.profit, 10)
  })

  it.each([1.6, 0.7])('the policy function of scale switches where the optimum does (e = %d)', (exponent) => {
    const one = industry(exponent)
    const steps = sourcingPolicy(one, 0.5, 60)
    expect(steps[0]!.from).toBe(0.5)
    expect(steps.length).toBeGreaterThan(3)
    steps.forEach((step, j) => {
      const end = steps[j + 1]?.from ?? 60
      const inside = solveSuppliers((step.from + end) / 2, prepareIndustries([one]))
      expect(inside.sets[0]).toEqual([...step.set])
    })
  })
})

describe('squeeze', () => {
  const random = randomStream(3)
  it.each(['complements', 'substitutes', 'none'] as const)('agrees with the closed-form solver (%s)', (structure) => {
    for (let instance = 0; instance < 60; instance++) {
      const industry = {
        exponent: structure === 'complements' ? 1.2 + random.uniform() : 0.2 + 0.7 * random.uniform(),
        base: 0.5,
        potential: Array.from({ length: 8 }, () => random.uniform()),
        fixedCosts: Array.from({ length: 8 }, () => 0.5 * random.uniform()),
      }
      const profit = (set: Uint8Array): number => {
        const capability = industry.potential.reduce((sum, phi, i) => sum + phi * set[i]!, industry.base)
        return 1.5 * capability ** industry.exponent - industry.fixedCosts.reduce((sum, f, i) => sum + f * set[i]!, 0)
      }
      const generic = squeeze({ items: 8, structure, profit })
      expect(generic.profit).toBeCloseTo(solveSuppliers(1.5, prepareIndustries([industry])).profit, 10)
    }
  })

  it('refuses to enumerate too much', () => {
    expect(() => squeeze({ items: 30, structure: 'none', profit: () => 0 })).toThrow(/2\^30/)
  })
})
