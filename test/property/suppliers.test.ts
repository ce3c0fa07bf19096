/** Supplier sets against enumeration of every set, on random small instances that mix complements and substitutes. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SuppliersProblem } from '../../src/sourcing/records.js'
import { prepareIndustries, solveSuppliers } from '../../src/sourcing/suppliers/solve.js'
import { orderIndustry, substitutesEnvelope, switchPoint } from '../../src/sourcing/suppliers/envelope.js'

const PROFIT = 1e-11 // relative: the solver adds potentials in another order than the enumeration

const exponents = fc.oneof(fc.double({ min: 0.1, max: 0.99, noNaN: true }), fc.double({ min: 1, max: 2.2, noNaN: true }), fc.constant(1))
const positive = fc.double({ min: 0.01, max: 2, noNaN: true })

function industries(maximum: number, sources: number): fc.Arbitrary<SuppliersProblem['industries']> {
  const industry = fc.integer({ min: 0, max: sources }).chain((n) =>
    fc.record({
      exponent: exponents,
      base: fc.oneof(fc.constant(0), positive),
      potential: fc.array(fc.oneof(fc.constant(0), positive), { minLength: n, maxLength: n }),
      fixedCosts: fc.array(fc.oneof(fc.constant(0), positive), { minLength: n, maxLength: n }),
    }),
  )
  return fc.array(industry, { minLength: 1, maxLength: maximum })
}

/** Profit of every combination of sets, one industry after the other. */
function bruteForce(scale: number, all: SuppliersProblem['industries']): number {
  const descend = (k: number, product: number, cost: number): number => {
    if (k === all.length) return scale * product - cost
    const { exponent, base, potential, fixedCosts } = all[k]!
    let best = -Infinity
    for (let set = 0; set < 1 << potential.length; set++) {
      let capability = base
      let fixed = cost
      for (let i = 0; i < potential.length; i++) {
        if (((set >> i) & 1) === 0) continue
        capability += potential[i]!
        fixed += fixedCosts[i]!
      }
      best = Math.max(best, descend(k + 1, product * capability ** exponent, fixed))
    }
    return best
  }
  return descend(0, 1, 0)
}

function profitOfSets(scale: number, all: SuppliersProblem['industries'], sets: readonly (readonly number[])[]): number {
  let product = scale
  let cost = 0
  all.forEach((industry, k) => {
    product *= sets[k]!.reduce((sum, i) => sum + industry.potential[i]!, industry.base) ** industry.exponent
    cost += sets[k]!.reduce((sum, i) => sum + industry.fixedCosts[i]!, 0)
  })
  return product - cost
}

describe('supplier sets', () => {
  it('equal brute force for one industry', () => {
    fc.assert(fc.property(fc.double({ min: 0.05, max: 5, noNaN: true }), industries(1, 9), matches), { numRuns: 1000, seed: 11 })
  })

  it('equal brute force for up to three industries mixing complements and substitutes', () => {
    fc.assert(fc.property(fc.double({ min: 0.05, max: 5, noNaN: true }), industries(3, 4), matches), { numRuns: 1000, seed: 12 })
  })

  function matches(scale: number, all: SuppliersProblem['industries']): void {
    const plan = solveSuppliers(scale, prepareIndustries(all))
    const best = bruteForce(scale, all)
    const tolerance = PROFIT * (1 + Math.abs(best) + all.flatMap((k) => k.fixedCosts).reduce((sum, f) => sum + f, 0))
    expect(Math.abs(plan.profit - best)).toBeLessThanOrEqual(tolerance)
    expect(Math.abs(profitOfSets(scale, all, plan.sets) - plan.profit)).toBeLessThanOrEqual(tolerance)
  }

  it('of a substitutes industry: the envelope holds every optimum between two scales', () => {
    fc.assert(
      fc.property(industries(1, 7), fc.double({ min: 0.1, max: 0.9, noNaN: true }), (all, exponent) => {
        const industry = { ...all[0]!, exponent }
        const { envelope } = substitutesEnvelope(orderIndustry(industry), 0.01, 20)
        for (const a of [0.01, 0.1, 0.5, 1, 3, 7, 20]) {
          const best = Math.max(...envelope.map((candidate) => a * candidate.gain - candidate.cost))
          expect(Math.abs(best - bruteForce(a, [industry]))).toBeLessThan(1e-10 * (1 + Math.abs(best)))
        }
        const points = envelope.slice(1).map((candidate, j) => switchPoint(envelope[j]!, candidate))
        expect(points).toEqual([...points].sort((x, y) => x - y))
      }),
      { numRuns: 300, seed: 13 },
    )
  })
})
