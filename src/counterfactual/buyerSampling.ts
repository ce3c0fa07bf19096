/**
 * Which buyers are in a sample, as part of the uncertainty: weights of a bootstrap of buyers drawn without replacement in the order of their
 * size. Neighbours in that order are strata of two (three at the end), in each of which one buyer less is drawn again (Rao and Wu 1988):
 *
 *     w*_i = w_i [1 − λ_i + λ_i n_h m_i/(n_h − 1)],     λ_i = √(1 − 1/w_i),
 *
 * n_h the buyers of the stratum, m_i how often i is drawn of n_h − 1. Weighted sums then have the variance of a systematic sample as
 * differences of neighbours say it, with its finite-population correction: a buyer that stands for itself keeps its weight. Checked in
 * test/counterfactual/buyerSampling.test.ts.
 */
import { randomStream } from '../numerics/random.js'

/**
 * Returns the weights of one draw, from its own stream, never negative.
 *
 * @param weights one over the share that is sampled, at least one
 * @param size what the buyers were ordered by
 */
export function resampledWeights(weights: Float64Array, size: Float64Array, seed: number, draw: number): Float64Array {
  const sampled = [...weights.keys()].filter((i) => weights[i]! > 1).sort((a, b) => size[a]! - size[b]! || a - b)
  const result = weights.slice()
  if (sampled.length < 2) return result
  const stream = randomStream(seed, 'buyers', draw)
  for (let from = 0, to = 0; from < sampled.length; from = to) {
    to = sampled.length - from === 3 ? from + 3 : from + 2
    const stratum = sampled.slice(from, to)
    const times = new Int32Array(stratum.length)
    for (let i = 1; i < stratum.length; i++) times[stream.integer(stratum.length)]!++
    stratum.forEach((buyer, i) => {
      const moved = Math.sqrt(1 - 1 / weights[buyer]!)
      result[buyer]! *= 1 - moved + (moved * stratum.length * times[i]!) / (stratum.length - 1)
    })
  }
  return result
}
