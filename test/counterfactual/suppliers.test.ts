/** Supplier sets over draws: today's plan is what is observed, small suppliers move by the closed form, large ones by the exact solver. */
import { describe, expect, it } from 'vitest'
import { calibrateBuyer, buyerRoom, supplierElasticities, supplierShocks, type SupplierSample } from '../../src/calibrate/index.js'
import { supplierChanges, supplierOutcomes, type SupplierExperiment, type SupplierTotals } from '../../src/counterfactual/index.js'
import { randomStream } from '../../src/numerics/random.js'
import { prepareIndustries, solveSuppliers } from '../../src/sourcing/index.js'

const exponents = [0.4, 0.8, 1, 1.4]
const industries = exponents.length
const [kappa, distance, response] = [0.9, 1.3, 0.8]
const coefficients = {
  exponent: Int32Array.of(0, 1, 2, 3), size: new Int32Array(4).fill(4), km: new Int32Array(4).fill(5), value: new Int32Array(4).fill(-1), response: 6,
}
const values = Float64Array.of(...exponents, 1 / kappa, -distance / kappa, response)

/** Buyers with three inputs, some bought abroad, and links at distances of 1 to 1000 km. */
function drawnSample(buyers: number, links: number, seed = 1): SupplierSample {
  const stream = randomStream(seed)
  const rows = 3 * buyers
  const counts = Array.from({ length: rows }, () => stream.poisson(links))
  const firstLink = new Int32Array(rows + 1)
  counts.forEach((count, row) => (firstLink[row + 1] = firstLink[row]! + count))
  return {
    firstInput: Int32Array.from({ length: buyers + 1 }, (_, n) => 3 * n),
    weight: new Float64Array(buyers).fill(2), sales: Float64Array.from({ length: buyers }, () => Math.exp(stream.normal())),
    industry: Int32Array.from({ length: rows }, (_, row) => (row % 3 + Math.floor(row / 3)) % industries),
    foreign: Float64Array.from({ length: rows }, () => (stream.uniform() < 0.4 ? 0.1 + 0.5 * stream.uniform() : 0)),
    supply: Float64Array.from({ length: rows }, () => 0.5 * stream.uniform()),
    firstLink, logKm: Float64Array.from({ length: firstLink.at(-1)! }, () => 6.9 * stream.uniform()),
  }
}

const scenarios = [{ name: 'still', supply: 1 }, { name: 'nearer', distance: 0.1 }, { name: 'same' }]

function experimentOf(sample: SupplierSample, listed: number, covariance = new Float64Array(49), foreignDispersion = 1000): SupplierExperiment {
  return {
    sample, distribution: { values, covariance }, coefficients, complements: Uint8Array.of(0, 0, 0, 1), scenarios, seed: 3,
    // A dispersion of 1000: fixed costs of foreign sources are next to nothing, so that they stay.
    assumed: { listed: new Float64Array(4).fill(listed), potentialShare: 0.5, foreignDispersion },
  }
}

const at = (experiment: SupplierExperiment) => {
  const [outcome] = supplierOutcomes(experiment, -1, 0)
  if (!('base' in outcome!)) throw new Error(outcome!.discarded)
  return outcome
}

const linksOf = ({ links: [substitutes, complements] }: SupplierTotals): number => substitutes + complements

describe('the calibrated problem', () => {
  const sample = drawnSample(40, 3)
  const by = supplierElasticities(coefficients, values, { listed: new Float64Array(4), potentialShare: 0.25, foreignDispersion: 1 })

  it('has the shares of purchases as shares of capability, and elasticities that add up', () => {
    if (typeof by === 'string') throw new Error(by)
    expect([by.potential[0], by.fixed[0]]).toEqual([expect.closeTo(0.25 * distance, 12), expect.closeTo(0.75 * distance, 12)])
    const shocks = supplierShocks(sample, 5)
    const room = buyerRoom(sample, shocks)
    for (let n = 0; n < 40; n++) {
      calibrateBuyer(sample, shocks, n, by, { listed: new Float64Array(4).fill(0.3), potentialShare: 0.25, foreignDispersion: 1 }, room)
      const { candidates: { start, potential, cost }, bases, linked, link } = room
      for (let slot = 0; slot < 3; slot++) {
        const row = sample.firstInput[n]! + slot
        const today = Array.from({ length: start[slot + 1]! - start[slot]! }, (_, i) => start[slot]! + i).filter((c) => linked[c] === 1)
        expect(bases[slot]! + today.reduce((sum, c) => sum + potential[c]!, 0)).toBeCloseTo(1, 12)
        const e = by.exponent[sample.industry[row]!]!
        const suppliers = today.filter((c) => link[c]! >= 0)
        expect(suppliers).toHaveLength(sample.firstLink[row + 1]! - sample.firstLink[row]!)
        // Potentials fall with distance by η; nobody costs more than it earns.
        suppliers.slice(1).forEach((c) => {
          const [near, far] = [link[suppliers[0]!]!, link[c]!]
          expect(Math.log(potential[suppliers[0]!]! / potential[c]!)).toBeCloseTo(-0.25 * distance * (sample.logKm[near]! - sample.logKm[far]!), 10)
        })
        for (const c of today) expect(cost[c]!).toBeLessThanOrEqual((1 - (1 - potential[c]!) ** e) * (1 + 1e-9))
      }
    }
  })

  it('says why coefficients are inadmissible', () => {
    const assumed = { listed: new Float64Array(4), potentialShare: 0.5, foreignDispersion: 1 }
    expect(supplierElasticities(coefficients, values.map((value, j) => (j === 1 ? -0.1 : value)), assumed)).toMatch(/an e /)
    expect(supplierElasticities(coefficients, values.map((value, j) => (j === 4 ? 0 : value)), assumed)).toMatch(/κ/)
  })
})

describe('supplier sets', () => {
  it('are today what is observed, and stay where nothing changes', () => {
    const sample = drawnSample(300, 4)
    const { base, scenarios: [, , same] } = at(experimentOf(sample, 0.01))
    expect(linksOf(base)).toBe(2 * sample.firstLink.at(-1)!)
    expect([base.added, base.dropped, base.imported]).toEqual([0, 0, 2 * sample.foreign.filter((share) => share > 0).length])
    expect(same!.solved).toEqual(base)
    expect(same!.plans.every((plan) => plan === 0)).toBe(true)
    expect(linksOf(same!.closed)).toBeCloseTo(linksOf(base), 8)
  })

  it('of small suppliers move by the odds of the closed form, and revenue with them', () => {
    const sample = drawnSample(3000, 8)
    const { base, scenarios: [still, nearer] } = at(experimentOf(sample, 1e-4))
    for (const [{ solved, closed, beyond }, tolerance] of [[still!, 0.006], [nearer!, 0.012]] as const) {
      expect(beyond).toBe(0)
      for (const side of [0, 1] as const) {
        const [moved, expected] = [solved.links[side] / base.links[side], closed.links[side] / base.links[side]]
        // 18,000 links of complements, 54,000 of substitutes: links that come or go are Poisson, a twentieth to a third of all.
        expect([Math.abs(moved - expected) < tolerance, moved, expected]).toEqual([true, moved, expected])
      }
      expect(solved.logKm / linksOf(solved)).toBeCloseTo(closed.logKm / linksOf(closed), 1)
      expect(Math.abs(solved.revenue / closed.revenue - 1)).toBeLessThan(1e-3)
      solved.through.forEach((sum, k) => expect(Math.abs(sum - closed.through[k]!) / base.revenue).toBeLessThan(1e-3))
    }
    expect(linksOf(nearer!.solved)).toBeGreaterThan(1.3 * linksOf(base))
    expect(still!.solved.revenue).toBeLessThan(base.revenue)
  })

  it('with e = 1 and one input do not depend on how large suppliers are', () => {
    const sample: SupplierSample = { ...oneInput(drawnSample(1200, 8, 2), 2), foreign: new Float64Array(1200) }
    const small = at(experimentOf(sample, 1e-4))
    const large = at(experimentOf(sample, 0.6))
    expect(linksOf(large.base)).toBe(linksOf(small.base))
    expect(linksOf(large.scenarios[1]!.solved)).toBe(linksOf(small.scenarios[1]!.solved))
    const { solved, closed } = large.scenarios[1]!
    expect(Math.abs(linksOf(solved) / linksOf(closed) - 1)).toBeLessThan(0.02)
    // Revenue is what the closed form leaves out: suppliers that are a large part of capability.
    expect(solved.revenue).toBeGreaterThan(1.1 * closed.revenue)
  })

  it('are those of the exact solver when suppliers are large, and follow monotone comparative statics', () => {
    for (const [k, sign] of [[0, 1], [3, -1]] as const) {
      const sample = oneInput(drawnSample(60, 5, 4), k)
      const experiment = { ...experimentOf(sample, 0.5), scenarios: [{ name: 'still', supply: 1 }] }
      const { base, scenarios: [still] } = at(experiment)
      // Foreign potential falls: substitutes come, complements go.
      expect(Math.sign(linksOf(still!.solved) - linksOf(base))).toBe(sign)
      expect(sign > 0 ? still!.solved.dropped : still!.solved.added).toBe(0)
      const by = supplierElasticities(coefficients, values, experiment.assumed)
      if (typeof by === 'string') throw new Error(by)
      const shocks = supplierShocks(sample, experiment.seed)
      const room = buyerRoom(sample, shocks)
      let links = 0
      for (let n = 0; n < 60; n++) {
        calibrateBuyer(sample, shocks, n, by, experiment.assumed, room)
        const { candidates: { start, potential, cost }, link } = room
        const abroad = Math.exp(-response * sample.supply[n]!)
        const plan = solveSuppliers(1, prepareIndustries([{
          exponent: exponents[k]!, base: room.bases[0]!, fixedCosts: [...cost.subarray(0, start[1])],
          potential: [...potential.subarray(0, start[1])].map((phi, c) => (link[c]! < 0 ? phi * abroad : phi)),
        }]))
        links += 2 * plan.sets[0]!.filter((c) => link[c]! >= 0).length
      }
      expect(linksOf(still!.solved)).toBe(links)
    }
  })

  it('over draws give the spread of the draws, the same from any range, and count what is discarded', () => {
    const sample = drawnSample(50, 4)
    const covariance = new Float64Array(49)
    covariance[0] = 0.3 ** 2
    covariance[4 * 7 + 4] = 0.01 ** 2
    covariance[6 * 7 + 6] = 0.1 ** 2
    const experiment = experimentOf(sample, 0.1, covariance, 1)
    const all = supplierOutcomes(experiment, 0, 60)
    expect([...supplierOutcomes(experiment, 0, 25), ...supplierOutcomes(experiment, 25, 60)]).toEqual(all)
    const [still] = supplierChanges([...all].reverse(), scenarios, sample.weight)
    const below = all.filter((one) => 'discarded' in one).length
    expect(below).toBeGreaterThan(0)
    expect(still!.draws).toEqual({ asked: 60, kept: 60 - below, discarded: [{ reason: 'an e not above zero', draws: below }] })
    for (const side of [still!.solved, still!.closed]) {
      expect(side.revenue.interval[0]).toBeLessThan(side.revenue.median)
      expect(side.revenue.median).toBeLessThan(side.revenue.interval[1])
      expect(side.links.median).toBeCloseTo(side.substitutes.median + side.complements.median, -1)
    }
    expect(still!.modal).toBeGreaterThan(still!.certain)
    expect(still!.modal).toBeLessThan(1)
    expect(() => supplierChanges(all.filter((one) => 'discarded' in one), scenarios, sample.weight)).toThrow(/discarded/)
  })

  it('say where candidates beyond those drawn would have paid', () => {
    const experiment = { ...experimentOf(drawnSample(50, 4), 0.01), scenarios: [{ name: 'much nearer', distance: 0.9 }] }
    expect(at(experiment).scenarios[0]!.beyond).toBeGreaterThan(25)
  })
})

/** The first input of every buyer, of industry k. */
function oneInput(sample: SupplierSample, k: number): SupplierSample {
  const buyers = sample.weight.length
  const first = Array.from({ length: buyers }, (_, n) => sample.firstInput[n]!)
  const firstLink = new Int32Array(buyers + 1)
  const logKm: number[] = []
  first.forEach((row, n) => {
    logKm.push(...sample.logKm.subarray(sample.firstLink[row], sample.firstLink[row + 1]))
    firstLink[n + 1] = logKm.length
  })
  return {
    ...sample, firstInput: Int32Array.from({ length: buyers + 1 }, (_, n) => n), industry: new Int32Array(buyers).fill(k),
    foreign: Float64Array.from(first, (row) => sample.foreign[row]!), supply: Float64Array.from(first, (row) => sample.supply[row]!),
    firstLink, logKm: Float64Array.from(logKm),
  }
}
