import { describe, expect, it } from 'vitest'
import { crossWith, indexLikelihood, linearIndex, packRows, repackRows, repeatedRows, weightedCross } from '../../src/numerics/crossProducts.js'
import { maximise } from '../../src/numerics/newton.js'
import { randomStream } from '../../src/numerics/random.js'

/** The kernels add in different orders. */
const rounding = 1e-12
const random = randomStream(2, 'cross-products')
const columnsOf = (rows: number, k: number): Float64Array[] => Array.from({ length: k }, () => Float64Array.from({ length: rows }, () => random.normal()))
const gap = (a: Float64Array, b: Float64Array): number => Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / Math.max(...b.map(Math.abs))

// Blocks that end in the middle, whole blocks, several chunks; every remainder of the tiles of four and three.
describe.each([[1, 1], [255, 2], [256, 3], [257, 4], [4096, 5], [4097, 6], [9000, 7], [9000, 8], [500, 13], [300, 0]])('%i rows, %i columns', (rows, k) => {
  const columns = columnsOf(rows, k)
  const weights = Float64Array.from({ length: rows }, () => random.uniform())
  const centre = Float64Array.from({ length: k }, () => random.normal())
  const scale = Float64Array.from({ length: k }, () => 1 + random.uniform())
  const packed = { wasm: packRows(columns, rows, centre, scale), plain: packRows(columns, rows, centre, scale, 'plain') }
  const value = (row: number, column: number): number => (columns[column]![row]! - centre[column]!) / scale[column]!
  const b = Float64Array.from({ length: k }, () => random.normal())

  it.each(['wasm', 'plain'] as const)('%s: sums over rows as double loops do', (kind) => {
    const product = new Float64Array(k * k)
    const cross = new Float64Array(k)
    const index = new Float64Array(rows)
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < k; i++) {
        for (let j = 0; j < k; j++) product[i * k + j]! += weights[row]! * value(row, i) * value(row, j)
        cross[i]! += weights[row]! * value(row, i)
        index[row]! += b[i]! * value(row, i)
      }
    }
    if (k > 0) {
      expect(gap(weightedCross(packed[kind], weights), product)).toBeLessThan(rounding)
      expect(gap(crossWith(packed[kind], weights), cross)).toBeLessThan(rounding)
    }
    if (k > 0) expect(gap(linearIndex(packed[kind], b), index)).toBeLessThan(rounding)
    else expect(linearIndex(packed[kind], b)).toEqual(index)
  })

  it('adds up value, gradient and information of a likelihood alike', () => {
    const squares = (kind: 'wasm' | 'plain') => indexLikelihood(packed[kind], b, (index, from, size, derivative, curvature) => {
      let value = 0
      for (let i = 0; i < size; i++) {
        value -= 0.5 * weights[from + i]! * index[i]! ** 2
        derivative[i] = -weights[from + i]! * index[i]!
        curvature[i] = weights[from + i]!
      }
      return value
    })
    const [wasm, plain] = [squares('wasm'), squares('plain')]
    expect(Math.abs(wasm.value - plain.value)).toBeLessThanOrEqual(rounding * Math.abs(plain.value))
    if (k === 0) return
    expect(gap(wasm.gradient, plain.gradient)).toBeLessThan(rounding)
    expect(gap(wasm.information, weightedCross(packed.plain, weights))).toBeLessThan(rounding)
  })
})

describe('designs whose rows repeat', () => {
  const [rows, k] = [9000, 40]
  const category = Int32Array.from({ length: rows }, () => Math.floor(60 * random.uniform()))
  const table = columnsOf(60, k)
  const columns = table.map((values) => Float64Array.from(category, (of) => values[of]!))
  const weights = Float64Array.from({ length: rows }, () => random.uniform())
  const direct = (source: readonly Float64Array[]): { product: Float64Array; cross: Float64Array } => ({
    product: Float64Array.from({ length: k * k }, (_, cell) => source[Math.floor(cell / k)]!.reduce((sum, value, row) => sum + weights[row]! * value * source[cell % k]![row]!, 0)),
    cross: Float64Array.from(source, (column) => column.reduce((sum, value, row) => sum + weights[row]! * value, 0)),
  })

  it('are summed over the distinct ones', () => {
    const packed = packRows(columns, rows)
    expect(repeatedRows(packed)!.distinct.first.length).toBe(60)
    const { product, cross } = direct(columns)
    expect(gap(weightedCross(packed, weights), product)).toBeLessThan(rounding)
    expect(gap(crossWith(packed, weights), cross)).toBeLessThan(rounding)
    const b = Float64Array.from({ length: k }, () => random.normal())
    expect(gap(linearIndex(packed, b), Float64Array.from(category, (of) => table.reduce((sum, values, j) => sum + b[j]! * values[of]!, 0)))).toBeLessThan(rounding)
    expect(gap(weightedCross(packed), weightedCross(packed, new Float64Array(rows).fill(1)))).toBeLessThan(rounding)
  })

  it('are looked for again once other columns are packed', () => {
    const packed = packRows(columns, rows)
    weightedCross(packed)
    const others = columns.map((column, j) => column.map((value, row) => (row === 7 && j === 3 ? value + 1e-9 : value)))
    repackRows(packed, others)
    expect(repeatedRows(packed)!.distinct.first.length).toBe(61)
    expect(gap(weightedCross(packed, weights), direct(others).product)).toBeLessThan(rounding)
    repackRows(packed, columnsOf(rows, k))
    expect(repeatedRows(packed)).toBeUndefined()
  })
})

describe('maximise', () => {
  it('finds the top of a quartic from far away, halving steps', () => {
    const optimum = maximise((at) => {
      const x = at[0]!
      return { value: -Math.log(Math.cosh(x - 3)), gradient: Float64Array.of(-Math.tanh(x - 3)), information: Float64Array.of(1 / Math.cosh(x - 3) ** 2) }
    }, Float64Array.of(-2))
    expect(optimum.convergence.converged).toBe(true)
    expect(optimum.parameters[0]).toBeCloseTo(3, 12)
  })

  it('says why it stopped', () => {
    const flat = maximise((at) => ({ value: at[0]!, gradient: Float64Array.of(1), information: Float64Array.of(1e-6) }), Float64Array.of(0), { maximumIterations: 5 })
    expect(flat.convergence).toMatchObject({ converged: false, reason: 'maximum iterations', iterations: 5 })
    const broken = maximise(() => ({ value: NaN, gradient: Float64Array.of(0), information: Float64Array.of(1) }), Float64Array.of(0))
    expect(broken.convergence.reason).toBe('not finite')
  })
})
