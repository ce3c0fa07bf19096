import { describe, expect, it } from 'vitest'
import { gaussHermite } from '../../src/numerics/quadrature.js'

const MOMENT = 1e-13 // rounding of sums of up to 100 terms

describe('gaussHermite', () => {
  it('has the published 5-node rule (Abramowitz and Stegun, table 25.10)', () => {
    const { nodes, weights } = gaussHermite(5)
    const published = [
      [0, 0.9453087204829],
      [0.958572464613819, 0.3936193231522],
      [2.020182870456086, 0.01995324205905],
    ] as const
    published.forEach(([node, weight], i) => {
      expect(nodes[2 + i]).toBeCloseTo(node, 13)
      expect(weights[2 + i]).toBeCloseTo(weight, 13)
      expect(nodes[2 - i]).toBeCloseTo(-node, 13)
    })
  })

  it.each([1, 2, 3, 7, 12, 30, 31, 64, 100])('integrates the moments it should (%i nodes)', (n) => {
    const { nodes, weights } = gaussHermite(n)
    let exact = Math.sqrt(Math.PI)
    for (let degree = 0; degree <= Math.min(2 * n - 2, 20); degree += 2) {
      const sum = nodes.reduce((total, z, q) => total + weights[q]! * z ** degree, 0)
      expect(Math.abs(sum / exact - 1)).toBeLessThan(MOMENT * (1 + degree))
      exact *= (degree + 1) / 2
    }
    expect([...nodes]).toEqual([...nodes].sort((a, b) => a - b))
    expect(new Set(nodes).size).toBe(n)
  })

  it('refuses what it cannot do', () => {
    expect(() => gaussHermite(0)).toThrow(/1 to 100/)
    expect(() => gaussHermite(2.5)).toThrow(/1 to 100/)
  })
})
