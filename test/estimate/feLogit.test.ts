import { tableFromArrays } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { conditionalProbabilities, logChoices, momentAdder } from '../../src/estimate/models/conditionalLikelihood.js'
import { cluster, feLogit, robust, stdErrors, withVcov } from '../../src/estimate/index.js'
import type { ArrowTable } from '../../src/estimate/records.js'
import { randomStream } from '../../src/numerics/random.js'

const rounding = 1e-12
const random = randomStream(3, 'fe-logit')

/** Every way to choose `successes` of the rows, with its weight e^{Σ η}. */
function enumerate(index: Float64Array, successes: number): { chosen: number[]; weight: number }[] {
  const rows = index.length
  return Array.from({ length: 2 ** rows }, (_, set) => Array.from({ length: rows }, (_unused, t) => t).filter((t) => (set >> t) & 1))
    .filter((chosen) => chosen.length === successes)
    .map((chosen) => ({ chosen, weight: Math.exp(chosen.reduce((sum, t) => sum + index[t]!, 0)) }))
}

describe.each([[5, 2], [7, 3], [8, 6], [4, 1], [6, 5]])('a group of %i rows with %i successes', (rows, successes) => {
  const k = 3
  const index = Float64Array.from({ length: rows }, () => 2 * random.normal())
  const regressors = Float64Array.from({ length: rows * k }, () => random.normal())
  const ways = enumerate(index, successes)
  const total = ways.reduce((sum, { weight }) => sum + weight, 0)
  const addMoments = momentAdder(k, rows)
  // What is left of an earlier group must not matter.
  addMoments(index.map((value) => 3 - value), regressors.map((value) => 1e6 * value), 0, rows, 1, new Float64Array(k), new Float64Array(k * k))
  const moments = { mean: new Float64Array(k), covariance: new Float64Array(k * k) }
  const logDenominator = addMoments(index, regressors, 0, rows, successes, moments.mean, moments.covariance)
  const sums = ways.map(({ chosen, weight }) => ({ share: weight / total, sum: Array.from({ length: k }, (_, j) => chosen.reduce((s, t) => s + regressors[t * k + j]!, 0)) }))
  const mean = Array.from({ length: k }, (_, j) => sums.reduce((s, { share, sum }) => s + share * sum[j]!, 0))

  it('has the moments of enumeration', () => {
    expect(logDenominator).toBeCloseTo(Math.log(total), 11)
    mean.forEach((value, j) => expect(moments.mean[j]).toBeCloseTo(value, 11))
    for (let i = 0; i < k; i++) {
      for (let j = 0; j <= i; j++) {
        const covariance = sums.reduce((s, { share, sum }) => s + share * (sum[i]! - mean[i]!) * (sum[j]! - mean[j]!), 0)
        expect(moments.covariance[i * k + j]).toBeCloseTo(covariance, 11)
      }
    }
  })

  it('has the conditional probabilities of enumeration', () => {
    conditionalProbabilities(index, successes).forEach((value, t) => {
      expect(value).toBeCloseTo(ways.filter(({ chosen }) => chosen.includes(t)).reduce((s, { weight }) => s + weight / total, 0), 12)
    })
  })
})

it('large groups neither overflow nor lose digits', () => {
  const index = Float64Array.from({ length: 3000 }, () => 0.25)
  const none = new Float64Array(0)
  expect(momentAdder(0, 3000)(index, none, 0, 3000, 1200, none, none)).toBeCloseTo(300 + logChoices(3000, 1200), 8)
})

describe('feLogit', () => {
  const rows = 240
  const firm = Int32Array.from({ length: rows }, (_, i) => Math.floor(i / 4))
  const x = Float64Array.from({ length: rows }, () => random.normal())
  const z = Float64Array.from({ length: rows }, () => random.normal())
  const b = Float64Array.from({ length: rows }, (_, i) => (x[i]! + (firm[i]! % 5) - 2 + random.logistic() > 0 ? 1 : 0))
  const constant = Float64Array.from(firm, (value) => value * 3)
  const half = Int32Array.from({ length: rows }, (_, i) => (i % 4 < 2 ? 0 : 1))
  const table = tableFromArrays({ firm, x, z, b, constant, half }) as ArrowTable
  const fit = feLogit('b ~ x + z + constant | firm', table)

  it('counts the groups that never change and names what does not vary within groups', () => {
    const takes = (code: number, value: number): boolean => firm.some((other, i) => other === code && b[i] === value)
    const changing = [...new Set(firm)].filter((code) => takes(code, 0) && takes(code, 1)).length
    expect(fit.sample.groups).toBe(changing)
    expect(fit.sample.dropped).toEqual([{ reason: 'in groups of `firm` whose outcome never changes', rows: rows - 4 * changing }])
    expect(fit.terms).toEqual(['x', 'z'])
    expect(fit.collinear).toEqual([{ term: 'constant', with: ['firm'] }])
  })

  it('is the same with --group', () => {
    expect(feLogit('b ~ x + z', table, { group: 'firm' }).coefficients).toEqual(fit.coefficients)
  })

  it('for pairs equals a logit of differences', () => {
    const pairs = tableFromArrays({ firm: Int32Array.from({ length: rows }, (_, i) => i >> 1), x, z, b }) as ArrowTable
    const conditional = feLogit('b ~ x + z | firm', pairs)
    let score = [0, 0]
    for (let i = 0; i < rows; i += 2) {
      if (b[i] === b[i + 1]) continue
      const dx = x[i]! - x[i + 1]!
      const dz = z[i]! - z[i + 1]!
      const p = 1 / (1 + Math.exp(-(dx * conditional.coefficients[0]! + dz * conditional.coefficients[1]!)))
      score = [score[0]! + (b[i]! - p) * dx, score[1]! + (b[i]! - p) * dz]
    }
    expect(Math.hypot(...score)).toBeLessThan(1e-10)
  })

  it('takes a group as one draw: robust is cluster by group, and clusters may not split groups', () => {
    const byGroup = stdErrors(withVcov(fit, cluster('firm'), table))
    stdErrors(withVcov(fit, robust(), table)).forEach((value, j) => expect(Math.abs(value / byGroup[j]! - 1)).toBeLessThan(rounding))
    expect(() => withVcov(fit, cluster('half'), table)).toThrow('clusters of `half` split groups of `firm`')
  })

  it('names a regressor that decides within groups', () => {
    const decides = tableFromArrays({ firm, x, b, sure: b.map((value, i) => (value === 1 && i % 3 === 0 ? 1 : 0)) }) as ArrowTable
    expect(() => feLogit('b ~ x + sure | firm', decides)).toThrow('`sure` predicts `b` perfectly in')
    const dropped = feLogit('b ~ x + sure | firm', decides, { separation: 'drop' })
    expect(dropped.terms).toEqual(['x'])
  })
})
