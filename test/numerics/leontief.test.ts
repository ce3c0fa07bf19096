/** The sparse solution against dense elimination, powers of the matrix, and a chain that can be done by hand. */
import fc from 'fast-check'
import { Matrix, solve } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { solveLeontief, type SparseRows } from '../../src/numerics/leontief.js'

/** Tighter than the solver's tolerance times the largest multiplier of these matrices, 1 / (1 − 0.95). */
const tolerance = 1e-10

function sparse(dense: readonly (readonly number[])[]): SparseRows {
  const cells = dense.flatMap((row, i) => row.flatMap((value, j) => (value === 0 ? [] : [{ i, j, value }])))
  const starts = Int32Array.from({ length: dense.length + 1 }, (_, row) => cells.filter(({ i }) => i < row).length)
  return { starts, columns: Int32Array.from(cells, ({ j }) => j), values: Float64Array.from(cells, ({ value }) => value) }
}

const systems = fc.integer({ min: 1, max: 8 }).chain((n) => fc.record({
  rows: fc.array(fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })), { minLength: n, maxLength: n }), { minLength: n, maxLength: n })
    .map((rows) => rows.map((row) => row.map((value) => (0.95 * value) / Math.max(1, row.reduce((sum, cell) => sum + cell, 0))))),
  direct: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: n, maxLength: n }),
}))

describe('x = s + S x', () => {
  it('is solved as by elimination', () => fc.assert(fc.property(systems, ({ rows, direct }) => {
    const { values, converged } = solveLeontief(sparse(rows), Float64Array.from(direct))
    const expected = solve(Matrix.eye(rows.length).sub(new Matrix(rows as number[][])), Matrix.columnVector(direct)).to1DArray()
    expect(converged).toBe(true)
    for (const [row, value] of expected.entries()) expect(Math.abs(values[row]! - value)).toBeLessThan(tolerance * Math.max(1, ...expected))
  })))

  it('adds up along a chain', () => {
    const { values } = solveLeontief(sparse([[0, 0.5, 0], [0, 0, 0.5], [0, 0, 0]]), Float64Array.of(0, 0.1, 0.8))
    expect([...values]).toEqual([0.25, 0.5, 0.8])
  })

  it('says when nothing settles', () => {
    expect(solveLeontief(sparse([[0, 1], [1, 0]]), Float64Array.of(1, 1), { maxIterations: 50 })).toMatchObject({ converged: false, iterations: 50 })
    expect(solveLeontief(sparse([[1]]), Float64Array.of(1))).toMatchObject({ converged: false })
  })
})
