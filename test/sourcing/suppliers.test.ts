/** Supplier sets: worked cases, comparative statics of the model, and what a bad document is told. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSuppliersProblem, solveSuppliersProblem } from '../../src/sourcing/index.js'
import type { SuppliersFirms, SuppliersPlan } from '../../src/sourcing/records.js'

const complements = { exponent: 1.59, base: 1, potential: [0.5, 0.4, 0.3], fixedCosts: [1, 1, 1] }
const substitutes = { exponent: 0.6, base: 1, potential: [0.5, 0.4, 0.3], fixedCosts: [0.1, 0.2, 0.3] }
const plan = (scale: number, ...industries: (typeof complements)[]) => solveSuppliersProblem({ scale, industries }) as SuppliersPlan

describe('supplier sets', () => {
  it('nest in the scale of a firm whose sources are complements', () => {
    const sets = [0.5, 1, 1.5, 2, 3, 5].map((scale) => plan(scale, complements).sets[0]!)
    sets.slice(1).forEach((set, i) => expect(set).toEqual(expect.arrayContaining([...sets[i]!])))
    expect(sets[0]).toEqual([])
    expect(sets.at(-1)).toEqual([0, 1, 2])
  })

  it('raise every capability when a potential rises and sources are complements', () => {
    const numbers = (low: number) => fc.array(fc.double({ min: low, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 })
    const industry = fc.record({ exponent: fc.double({ min: 1, max: 1.8, noNaN: true }), base: fc.constant(0.8), potential: numbers(0.05), fixedCosts: numbers(0.01) })
    fc.assert(
      fc.property(industry, industry, fc.double({ min: 0.1, max: 3, noNaN: true }), (first, second, scale) => {
        const before = plan(scale, first, second)
        const better = { ...first, potential: first.potential.map((phi, i) => (i === 2 ? phi * 1.5 : phi)) }
        const after = plan(scale, better, second)
        after.capability.forEach((theta, k) => expect(theta).toBeGreaterThanOrEqual(before.capability[k]! - 1e-12))
      }),
      { numRuns: 300, seed: 21 },
    )
  })

  it('may lower the capability of a substitutes industry when one of its potentials rises', () => {
    // The better source displaces the other and its fixed cost: the comparative static of complements does not carry over to e < 1.
    const industry = { exponent: 0.4, base: 0.5, potential: [0.55, 0.7], fixedCosts: [0.1625, 0.225] }
    const better = { ...industry, potential: [0.55, 1.05] }
    expect(plan(1, industry)).toMatchObject({ sets: [[0, 1]], capability: [1.75] })
    expect(plan(1, better)).toMatchObject({ sets: [[1]], capability: [1.55] })
  })

  it('answer firms in bulk as one by one', () => {
    const scales = [0.3, 1, 2.5]
    const { firms } = solveSuppliersProblem({ scale: scales, industries: [complements, substitutes] }) as SuppliersFirms
    firms.forEach((firm, i) => expect(plan(scales[i]!, complements, substitutes)).toMatchObject(firm))
  })

  it('take free sources always, useless ones never', () => {
    const industry = { exponent: 0.7, base: 0.5, potential: [0.2, 0, 0.1], fixedCosts: [0, 0, 99] }
    expect(plan(1, industry).sets).toEqual([[0]])
  })
})

describe('readSuppliersProblem', () => {
  const good = { scale: 2, industries: [complements] }
  it.each([
    [{ ...good, scale: 0 }, /scale/],
    [{ ...good, scale: [] }, /scale/],
    [{ ...good, industries: [] }, /industries/],
    [{ scale: 2, industries: [{ ...complements, potential: [1, -1, 1] }] }, /industries\[0\]\.potential\[1\]/],
    [{ scale: 2, industries: [{ ...complements, fixedCosts: [1] }] }, /industries\[0\]\.fixedCosts: has 1 entries where potential asks for 3/],
    [{ scale: 2, industries: [{ ...complements, exponent: null }] }, /industries\[0\]\.exponent/],
    [{ ...good, budget: 3 }, /budget/],
  ])('names what is wrong (%#)', (document, message) => {
    expect(() => readSuppliersProblem(document)).toThrow(message)
  })
})
