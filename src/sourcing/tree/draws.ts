/**
 * Random stage costs of many firms. Every firm has its own stream, started from the seed and the firm's number alone, so that its
 * costs depend neither on how the firms are cut into ranges nor on who works on them.
 *
 * Shape θ. Reading 'cost': the cost a itself is Fréchet, P(a ≤ x) = exp(−x^−θ), so a = E^(−1/θ) with E exponential. Reading
 * 'efficiency': 1/a is Fréchet, so a = E^(1/θ). Tyazhelnikov's text says the first; his reported numbers fit the second.
 */
import { quantileTable, tableQuantile } from '../../numerics/quantileTable.js'
import { randomStream } from '../../numerics/random.js'

export interface FrechetCosts {
  readonly seed: number
  /** θ > 0 */
  readonly shape: number
  readonly reading: 'cost' | 'efficiency'
}

/** What a kernel needs to draw: two words that stand for the seed, and the table of quantiles. */
export interface DrawPlan {
  readonly key: readonly [number, number]
  readonly table: Float64Array
}

/** Rounds thrown away after a stream is started; as many as the generator's author advises. */
const discardedRounds = 12

/** Firms are numbered in one 32-bit word. */
export const mostFirms = 2 ** 32

export function planDraws({ seed, shape, reading }: FrechetCosts): DrawPlan {
  const words = randomStream(seed, 'tree costs')
  const power = (reading === 'cost' ? -1 : 1) / shape
  const table = quantileTable((v) => (-Math.log(v)) ** power, (v) => (-Math.log1p(-v)) ** power)
  return { key: [words.integer(2 ** 32), words.integer(2 ** 32)], table }
}

/**
 * Fills `costs` with one firm's draws, in stream order.
 *
 * The stream is sfc32 (as in numerics/random) with state (seed, seed, firm, 1).
 */
export function drawFirm({ key, table }: DrawPlan, firm: number, costs: Float64Array): void {
  let a = key[0] | 0
  let b = key[1] | 0
  let c = firm | 0
  let d = 1
  for (let i = -discardedRounds; i < costs.length; i++) {
    const word = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + word) | 0
    if (i >= 0) costs[i] = tableQuantile(table, word)
  }
}
