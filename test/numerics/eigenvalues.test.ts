/** Eigenvalues against ml-matrix, and matrices whose eigenvalues are known. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { eigenvalues, symmetricEigenvalues } from '../../src/numerics/eigenvalues.js'
import { randomStream } from '../../src/numerics/random.js'

const draw = (n: number, seed: number): Float64Array => {
  const stream = randomStream(seed, 'eigenvalues')
  return Float64Array.from({ length: n * n }, () => stream.normal())
}

describe('symmetric eigenvalues', () => {
  it.each([1, 2, 3, 10, 41])('of %d rows', (n) => {
    const a = draw(n, n)
    const symmetric = a.map((value, cell) => value + a[(cell % n) * n + Math.floor(cell / n)]!)
    const wanted = new EigenvalueDecomposition(Matrix.from1DArray(n, n, symmetric), { assumeSymmetric: true }).realEigenvalues.sort((p, q) => p - q)
    symmetricEigenvalues(symmetric, n).forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 11))
  })

  it('of diagonal, block and repeated ones', () => {
    expect(Array.from(symmetricEigenvalues(Float64Array.of(3, 0, 0, 0, 1, 0, 0, 0, 2), 3))).toEqual([1, 2, 3])
    const blocks = symmetricEigenvalues(Float64Array.of(2, 1, 0, 0, 1, 2, 0, 0, 0, 0, 5, 0, 0, 0, 0, 5), 4)
    ;[1, 3, 5, 5].forEach((value, i) => expect(blocks[i]).toBeCloseTo(value, 14))
    const ones = symmetricEigenvalues(new Float64Array(36).fill(1), 6)
    ;[0, 0, 0, 0, 0, 6].forEach((value, i) => expect(ones[i]).toBeCloseTo(value, 14))
  })
})

describe('general eigenvalues', () => {
  it.each([1, 2, 3, 4, 12, 40])('of %d rows', (n) => {
    const a = draw(n, 100 + n)
    const found = eigenvalues(a, n)
    const other = new EigenvalueDecomposition(Matrix.from1DArray(n, n, a))
    for (let i = 0; i < n; i++) {
      const [re, im] = [other.realEigenvalues[i]!, other.imaginaryEigenvalues[i]!]
      const nearest = Math.min(...Array.from(found.real, (value, j) => Math.hypot(value - re, found.imaginary[j]! - im)))
      expect(nearest).toBeLessThan(1e-10)
    }
    expect(found.real.reduce((sum, value) => sum + value, 0)).toBeCloseTo(Array.from({ length: n }, (_, i) => a[i * (n + 1)]!).reduce((sum, value) => sum + value, 0), 10)
  })

  it('are the roots of a companion matrix in units far apart', () => {
    // (t − 1)(t − 1e-3)(t − 1e3)(t² + 1)
    const cubic = [1, -(1 + 1e-3 + 1e3), 1e-3 + 1e3 + 1, -1]
    const polynomial = [cubic[0]!, cubic[1]!, cubic[2]! + cubic[0]!, cubic[3]! + cubic[1]!, cubic[2]!, cubic[3]!]
    const n = 5
    const a = new Float64Array(n * n)
    for (let i = 0; i < n - 1; i++) a[i * n + i + 1] = 1
    for (let j = 0; j < n; j++) a[(n - 1) * n + j] = -polynomial[n - j]!
    const { real, imaginary } = eigenvalues(a, n)
    const roots = Array.from(real, (value, i) => [value, imaginary[i]!] as const)
    for (const wanted of [1e-3, 1, 1e3]) expect(Math.min(...roots.map(([re, im]) => Math.hypot(re / wanted - 1, im)))).toBeLessThan(1e-9)
    expect(Math.min(...roots.map(([re, im]) => Math.hypot(re, im - 1)))).toBeLessThan(1e-10)
  })
})
