/** The suppliers of one buyer among many candidates: those of the exact solver, and what must hold with hundreds of them. */
import { describe, expect, it } from 'vitest'
import { randomStream } from '../../src/numerics/random.js'
import { chooseSuppliers, prepareIndustries, solveSuppliers } from '../../src/sourcing/index.js'

describe('chooseSuppliers', () => {
  it('takes the suppliers that the exact solver takes', () => {
    const stream = randomStream(12, 'choose')
    for (let problem = 0; problem < 150; problem++) {
      const exponents = [0.3 + stream.uniform(), 0.3 + 0.6 * stream.uniform(), 1.1 + 0.5 * stream.uniform()]
      const bases = exponents.map(() => 0.5 + stream.uniform())
      const counts = exponents.map(() => stream.integer(6))
      const start = Int32Array.from([0, counts[0]!, counts[0]! + counts[1]!, counts[0]! + counts[1]! + counts[2]!])
      // Suppliers as large as the base, so that bounds do not meet by themselves.
      const potential = Float64Array.from({ length: start[3]! }, () => 0.4 * stream.uniform())
      const cost = potential.map((phi) => 2 * phi * stream.exponential())
      const [taken, capability] = [new Uint8Array(start[3]!), new Float64Array(3)]
      chooseSuppliers(2, exponents, bases, { start, potential, cost }, taken, capability)
      const plan = solveSuppliers(2, prepareIndustries(exponents.map((exponent, k) => ({
        exponent, base: bases[k]!, potential: [...potential.subarray(start[k], start[k + 1])], fixedCosts: [...cost.subarray(start[k], start[k + 1])],
      }))))
      plan.sets.forEach((set, k) => expect([...taken.subarray(start[k], start[k + 1])].flatMap((is, i) => (is === 1 ? [i] : []))).toEqual(set))
      capability.forEach((theta, k) => expect(theta).toBeCloseTo(plan.capability[k]!, 12))
    }
  })

  it('takes them with one large candidate an industry among many small ones, which the bounds alone leave open', () => {
    const stream = randomStream(13, 'choose')
    let abroad = 0
    for (let problem = 0; problem < 60; problem++) {
      const exponents = [0.4, 1.4]
      const start = Int32Array.of(0, 15, 30)
      const potential = Float64Array.from({ length: 30 }, (_, j) => (j % 15 === 0 ? 0.5 : 0.02 * stream.uniform()))
      const cost = potential.map((phi, j) => exponents[j < 15 ? 0 : 1]! * phi * (0.5 + 1.2 * stream.uniform()))
      const [taken, capability] = [new Uint8Array(30), new Float64Array(2)]
      chooseSuppliers(1, exponents, [0.7, 0.7], { start, potential, cost }, taken, capability)
      const plan = solveSuppliers(1, prepareIndustries(exponents.map((exponent, k) => ({
        exponent, base: 0.7, potential: [...potential.subarray(start[k], start[k + 1])], fixedCosts: [...cost.subarray(start[k], start[k + 1])],
      }))))
      plan.sets.forEach((set, k) => expect([...taken.subarray(start[k], start[k + 1])].flatMap((is, i) => (is === 1 ? [i] : []))).toEqual(set))
      abroad += taken[0]! + taken[15]!
    }
    expect(abroad).toBeGreaterThan(10)
    expect(abroad).toBeLessThan(110)
  })
})
