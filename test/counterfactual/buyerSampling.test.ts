/** Buyers weighed anew: the variance of a systematic sample, and nothing where all buyers are there. */
import { describe, expect, it } from 'vitest'
import { resampledWeights } from '../../src/counterfactual/buyerSampling.js'
import { randomStream } from '../../src/numerics/random.js'

const replications = 4000
/** Three standard errors of a variance over the replications, of sums with the kurtosis of a normal one, and some more. */
const tolerance = 3 * Math.sqrt(3 / replications)

describe('weights of a draw', () => {
  const stream = randomStream(5, 'outcomes')
  const [n, share] = [41, 0.2]
  const size = Float64Array.from({ length: n }, () => stream.exponential())
  const outcomes = size.map((value) => value + stream.normal())
  const weights = new Float64Array(n).fill(1 / share)
  const sumOf = (of: Float64Array): number => of.reduce((sum, weight, i) => sum + weight * outcomes[i]!, 0)

  it('give sums the variance that differences of neighbours have', () => {
    const sums = Array.from({ length: replications }, (_, draw) => sumOf(resampledWeights(weights, size, 1, draw)))
    const centre = sums.reduce((sum, value) => sum + value, 0) / replications
    const found = sums.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (replications - 1)
    const ordered = [...outcomes.keys()].sort((a, b) => size[a]! - size[b]!).map((i) => outcomes[i]!)
    // N²(1 − n/N) s²/n of every stratum.
    const strata = Array.from({ length: 20 }, (_, h) => ordered.slice(2 * h, h === 19 ? undefined : 2 * h + 2))
    const expected = strata.reduce((sum, own) => {
      const mean = own.reduce((total, value) => total + value, 0) / own.length
      const variance = own.reduce((total, value) => total + (value - mean) ** 2, 0) / (own.length - 1)
      return sum + (own.length / share ** 2) * (1 - share) * variance
    }, 0)
    expect(Math.abs(centre - sumOf(weights)) / Math.sqrt(expected / replications)).toBeLessThan(4)
    expect(Math.abs(found / expected - 1)).toBeLessThan(tolerance)
  })

  it('are never negative, add up, and leave those who stand for themselves', () => {
    const mixed = weights.map((weight, i) => (i < 5 ? 1 : weight))
    for (let draw = 0; draw < 200; draw++) {
      const drawn = resampledWeights(mixed, size, 9, draw)
      expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0)
      expect([...drawn.subarray(0, 5)]).toEqual([1, 1, 1, 1, 1])
      expect(drawn.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(5 + 36 / share, 8)
    }
  })

  it('are the same where all buyers are there, or one alone is sampled', () => {
    expect(resampledWeights(new Float64Array(3).fill(1), size, 1, 0)).toEqual(new Float64Array(3).fill(1))
    expect(resampledWeights(Float64Array.of(1, 4), size, 1, 0)).toEqual(Float64Array.of(1, 4))
  })
})
