import { describe, expect, it } from 'vitest'
import { formatNumber } from '../../../src/report/index.js'
import { decimalsFor } from '../../../src/report/tables/numbers.js'

describe('numbers', () => {
  it.each([
    [117505, undefined, '117,505'],
    [-0.0123456, undefined, '−0.01235'],
    [0.5, undefined, '0.5000'],
    [1.2345e-9, undefined, '1.235×10⁻⁹'],
    [3e17, 'integer', '3.00×10¹⁷'],
    [-1234.5, { decimals: 2 }, '−1,234.50'],
    [-0.0004, { decimals: 3 }, '0.000'],
    [999.96, { significant: 3 }, '1,000'],
    [99.96, { significant: 3 }, '100'],
    [0.1234, { percent: 1 }, '12.3 %'],
    [2007, 'year', '2007'],
    [0.0000001, 'p-value', '< 0.001'],
    [0.0494, 'p-value', '0.049'],
    [1536, 'bytes', '1.5 KiB'],
    [12, 'bytes', '12 B'],
    [-Infinity, { decimals: 1 }, '−∞'],
  ] as const)('%d as %o is %s', (value, format, text) => expect(formatNumber(value, format)).toBe(text))

  it('refuses what is not a number', () => expect(() => formatNumber(NaN)).toThrow('not a number'))

  it.each([
    [0.527, 0.039, 3],
    [0.00112, 0.00031, 5],
    [684464, 12300, 0],
    [2.5, 0.5, 3],
    [1, 1e-12, 8],
    [1, 0, 3],
  ])('estimate %d with standard error %d takes %d decimals', (estimate, stdError, decimals) =>
    expect(decimalsFor(estimate, stdError)).toBe(decimals),
  )
})
