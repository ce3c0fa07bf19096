import { describe, expect, it } from 'vitest'
import { quantileTable, tableQuantile } from '../../src/numerics/quantileTable.js'
import { randomStream } from '../../src/numerics/random.js'

/** What the table's doc block promises. */
const TABLE_TOLERANCE = 1e-6

const shape = 4.12
const quantiles = {
  cost: { lower: (v: number) => (-Math.log(v)) ** (-1 / shape), upper: (v: number) => (-Math.log1p(-v)) ** (-1 / shape) },
  efficiency: { lower: (v: number) => (-Math.log(v)) ** (1 / shape), upper: (v: number) => (-Math.log1p(-v)) ** (1 / shape) },
}

describe('quantile table', () => {
  it.each(['cost', 'efficiency'] as const)('is within its tolerance of the %s quantile, far into both tails', (reading) => {
    const { lower, upper } = quantiles[reading]
    const table = quantileTable(lower, upper)
    const words = randomStream(1, 'words')
    const check = (word: number): void => {
      const v = (2 * (word & 0x7fffffff) + 1) / 2 ** 33
      const exact = word >>> 31 === 0 ? lower(v) : upper(v)
      expect(Math.abs(tableQuantile(table, word | 0) / exact - 1)).toBeLessThan(TABLE_TOLERANCE)
    }
    for (let i = 0; i < 20_000; i++) check(words.integer(2 ** 32))
    for (const half of [0, 2 ** 31]) for (let bit = 0; bit < 31; bit++) for (const near of [-1, 0, 1]) check(half + Math.max(0, 2 ** bit + near))
  })

  it('rises with the distance from the lower end and falls with that from the upper', () => {
    const table = quantileTable(quantiles.cost.lower, quantiles.cost.upper)
    const words = [0, 1, 2, 3, 1000, 1001, 2 ** 20, 2 ** 30, 2 ** 31 - 1]
    const rising = words.map((word) => tableQuantile(table, word))
    const falling = words.map((word) => tableQuantile(table, word + 2 ** 31))
    for (let i = 1; i < words.length; i++) {
      expect(rising[i]!).toBeGreaterThan(rising[i - 1]!)
      expect(falling[i]!).toBeLessThan(falling[i - 1]!)
    }
  })
})
