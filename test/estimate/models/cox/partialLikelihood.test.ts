/** The two passes against the definition: value, derivatives, score residuals, and the maximum's invariances. */
import { describe, expect, it } from 'vitest'
import { packCoxData } from '../../../../src/estimate/models/cox/coxData.js'
import { evaluate } from '../../../../src/estimate/models/cox/partialLikelihood.js'
import { plainKernel } from '../../../../src/estimate/models/cox/plainKernel.js'
import { riskCells } from '../../../../src/estimate/models/cox/riskCells.js'
import { riskSets } from '../../../../src/estimate/models/cox/riskSets.js'
import { scoreResiduals } from '../../../../src/estimate/models/cox/scoreResiduals.js'
import { prepareCox, solveCox, type CoxInput } from '../../../../src/estimate/models/cox/solveCox.js'
import { losesDigits, stableKernel } from '../../../../src/estimate/models/cox/stableKernel.js'
import { coxMemory, wasmKernel } from '../../../../src/estimate/models/cox/wasmKernel.js'
import { naiveLogLikelihood, naiveScores, randomCase, type NaiveInput, type RandomCase } from './naiveCox.js'

/** Sums in another order. */
const rounding = 11
/** Central differences with step 1e-5 of a function of size 100. */
const differences = 1e-6
/** Two maxima, each within 1e-10 standard errors. */
const sameMaximum = 9
/** Two orders of summation and two exponentials, per row. */
const sameSums = 1e-15

const shapes: RandomCase[] = [
  { rows: 60, parameters: 2, horizon: 1000, strata: 1, entry: false, weighted: false, shifted: false, ties: 'efron' },
  { rows: 80, parameters: 3, horizon: 6, strata: 1, entry: true, weighted: false, shifted: false, ties: 'efron' },
  { rows: 80, parameters: 3, horizon: 6, strata: 3, entry: true, weighted: true, shifted: true, ties: 'efron' },
  { rows: 80, parameters: 3, horizon: 6, strata: 3, entry: true, weighted: true, shifted: true, ties: 'breslow' },
  { rows: 50, parameters: 1, horizon: 3, strata: 1, entry: false, weighted: true, shifted: false, ties: 'efron' },
]

function atBeta(input: NaiveInput, beta: readonly number[]) {
  const data = packCoxData({ ...input, event: input.survival.event, risk: riskSets(input.survival) })
  const kernel = plainKernel(data)
  const at = evaluate(data, kernel, Float64Array.from(beta))
  return { ...at, scores: scoreResiduals(data, kernel, at.tieWeights) }
}

/** The centred likelihood differs from the naive one by nothing but the offset's centring, which cancels. */
describe.each(shapes.map((shape, index) => ({ index, shape })))('partial likelihood, case $index', ({ index, shape }) => {
  const input = randomCase(index + 1, shape)
  const beta = [0.4, -0.7, 0.2].slice(0, shape.parameters)
  const found = atBeta(input, beta)

  it('has the value of the double loop', () => {
    expect(found.value).toBeCloseTo(naiveLogLikelihood(input, beta), rounding - 1)
  })

  it('has the gradient and information of finite differences', () => {
    const step = 1e-5
    const shifted = (j: number, by: number) => beta.map((value, k) => (k === j ? value + by : value))
    for (let j = 0; j < shape.parameters; j++) {
      const slope = (naiveLogLikelihood(input, shifted(j, step)) - naiveLogLikelihood(input, shifted(j, -step))) / (2 * step)
      expect(Math.abs(found.gradient[j]! - slope)).toBeLessThan(differences)
      const [up, down] = [atBeta(input, shifted(j, step)).gradient, atBeta(input, shifted(j, -step)).gradient]
      for (let k = 0; k < shape.parameters; k++) {
        const curvature = -(up[k]! - down[k]!) / (2 * step)
        expect(Math.abs(found.information[j * shape.parameters + k]! - curvature)).toBeLessThan(differences)
      }
    }
  })

  it('has the score residuals of the double loop, which sum to the gradient', () => {
    const naive = naiveScores(input, beta).flat()
    found.scores.forEach((score, e) => expect(score).toBeCloseTo(naive[e]!, rounding))
    found.gradient.forEach((slope, j) => {
      const total = found.scores.reduce((sum, score, e) => (e % shape.parameters === j ? sum + score : sum), 0)
      expect(total).toBeCloseTo(slope, rounding)
    })
  })
})

/** Largest relative difference. */
const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((most, value, e) => Math.max(most, Math.abs(value - b[e]!) / (1 + Math.abs(value))), 0)

describe('the WebAssembly kernel', () => {
  const large: RandomCase = { rows: 9000, parameters: 6, horizon: 40, strata: 2, entry: true, weighted: true, shifted: true, ties: 'efron' }
  /** More rows than a chunk of cells has, and few ranges. */
  const tied: RandomCase[] = [
    { rows: 20000, parameters: 5, horizon: 6, strata: 1, entry: true, weighted: false, shifted: false, ties: 'efron' },
    { rows: 20000, parameters: 2, horizon: 4, strata: 2, entry: true, weighted: true, shifted: true, ties: 'efron' },
    { rows: 3000, parameters: 3, horizon: 5, strata: 1, entry: false, weighted: true, shifted: false, ties: 'breslow' },
  ]

  function compare(shape: RandomCase, beta: Float64Array, byCell: boolean): void {
    const input = randomCase(21, shape)
    const risk = riskSets(input.survival)
    const cells = byCell ? riskCells(risk, input.survival.event) : undefined
    expect(cells !== undefined).toBe(byCell)
    const memory = coxMemory(risk, shape.parameters, cells)
    expect(memory).toBeDefined()
    const rows = { ...input, event: input.survival.event, risk }
    const [plain, fast] = [packCoxData(rows), packCoxData(rows, memory)]
    const [plainRun, fastRun] = [plainKernel(plain), wasmKernel(fast, memory!, cells)]
    const [wanted, found] = [evaluate(plain, plainRun, beta), evaluate(fast, fastRun, beta)]
    const tolerance = sameSums * shape.rows
    expect(worst([found.value], [wanted.value])).toBeLessThan(tolerance)
    expect(worst(found.gradient, wanted.gradient)).toBeLessThan(tolerance)
    expect(worst(found.information, wanted.information)).toBeLessThan(tolerance)
    expect(worst(scoreResiduals(fast, fastRun, found.tieWeights), scoreResiduals(plain, plainRun, wanted.tieWeights))).toBeLessThan(tolerance)
  }

  const slopes = (shape: RandomCase): Float64Array => Float64Array.from({ length: shape.parameters }, (_, j) => 0.3 - 0.2 * j)

  it.each([...shapes, large])('does what the plain one does: $rows rows, $parameters parameters, $ties', (shape) => compare(shape, slopes(shape), false))

  it.each(tied)('and so does the one by cells: $rows rows, $parameters parameters, $ties', (shape) => compare(shape, slopes(shape), true))

  it.each(tied)('also at zero, where no exponential is taken: $rows rows', (shape) => {
    compare(shape, new Float64Array(shape.parameters), true)
    compare(shape, new Float64Array(shape.parameters), false)
  })

  it('has no cells where they would hold few rows', () => {
    const { survival } = randomCase(21, large)
    expect(riskCells(riskSets(survival), survival.event)).toBeUndefined()
  })

  it.each([...shapes, large])('and so does the one on trees: $rows rows, $parameters parameters, $ties', (shape) => {
    const input = randomCase(23, shape)
    const data = packCoxData({ ...input, event: input.survival.event, risk: riskSets(input.survival) })
    const [plain, stable] = [plainKernel(data), stableKernel(data)]
    const [wanted, found] = [evaluate(data, plain, slopes(shape)), evaluate(data, stable, slopes(shape))]
    const tolerance = sameSums * shape.rows
    expect(worst([found.value], [wanted.value])).toBeLessThan(tolerance)
    expect(worst(found.information, wanted.information)).toBeLessThan(tolerance)
    expect(worst(scoreResiduals(data, stable, found.tieWeights), scoreResiduals(data, plain, wanted.tieWeights))).toBeLessThan(tolerance)
  })

  it('carries overflow to where the line search sees it', () => {
    const input = randomCase(22, large)
    const { data, kernel } = prepareCox(input, riskSets(input.survival))
    expect(evaluate(data, kernel, new Float64Array(6).fill(800)).value).not.toBeGreaterThan(-1e300)
  })
})

const terms = ['x', 'd', 'z']
const solved = (input: NaiveInput) => solveCox({ terms, ...input } satisfies CoxInput)
const rowsOf = (input: NaiveInput, rows: readonly number[]): NaiveInput => {
  const pick = (column: Float64Array) => Float64Array.from(rows, (i) => column[i]!)
  return {
    ...input,
    columns: input.columns.map(pick),
    weights: input.weights && pick(input.weights),
    offset: input.offset && pick(input.offset),
    survival: {
      ...input.survival, start: pick(input.survival.start), stop: pick(input.survival.stop),
      event: Uint8Array.from(rows, (i) => input.survival.event[i]!), strata: Int32Array.from(rows, (i) => input.survival.strata[i]!),
    },
  }
}

function expectSame(a: ReturnType<typeof solved>, b: ReturnType<typeof solved>): void {
  expect(a.logLikelihood).toBeCloseTo(b.logLikelihood, sameMaximum)
  a.coefficients.forEach((value, j) => expect(value).toBeCloseTo(b.coefficients[j]!, sameMaximum))
  a.variance.forEach((value, e) => expect(value).toBeCloseTo(b.variance[e]!, sameMaximum))
}

describe('risk sets', () => {
  it.each(shapes.map((shape) => ({ shape })))('are the same on whole times, which are looked up, and on halves, which are searched: $shape.rows rows', ({ shape }) => {
    const { survival } = randomCase(31, { ...shape, rows: 4000, horizon: Math.min(20, shape.horizon) })
    const half = (times: Float64Array) => times.map((time) => time / 2)
    const [whole, halves] = [riskSets(survival), riskSets({ ...survival, start: half(survival.start), stop: half(survival.stop) })]
    expect({ ...whole, times: half(whole.times) }).toEqual(halves)
  })
})

describe('the maximum', () => {
  const shape: RandomCase = { rows: 150, parameters: 3, horizon: 8, strata: 2, entry: true, weighted: true, shifted: true, ties: 'efron' }

  it('does not depend on the order of the rows', () => {
    const input = randomCase(11, shape)
    const reversed = [...input.survival.stop.keys()].reverse()
    expectSame(solved(input), solved(rowsOf(input, reversed)))
  })

  it('is unchanged when a row is cut in two at any time', () => {
    const input = randomCase(12, shape)
    const whole = solved(input)
    const n = input.survival.stop.length
    const doubled = rowsOf(input, [...Array(n).keys(), ...Array(n).keys()])
    for (let i = 0; i < n; i++) {
      const cut = (input.survival.start[i]! + input.survival.stop[i]!) / 2
      doubled.survival.stop[i] = cut
      doubled.survival.event[i] = 0
      doubled.survival.start[n + i] = cut
    }
    expectSame(whole, solved(doubled))
  })

  it('counts weight 2 as the row twice under Breslow', () => {
    const input = { ...randomCase(13, { ...shape, ties: 'breslow' }), weights: new Float64Array(150).fill(2) }
    const twice = rowsOf({ ...input, weights: undefined }, [...Array(150).keys(), ...Array(150).keys()])
    expectSame(solved(input), solved(twice))
  })

  it('moves with the units of a covariate and not with its origin', () => {
    const input = randomCase(14, shape)
    const other = { ...input, columns: input.columns.map((column, j) => (j === 0 ? column.map((x) => 1000 * x - 5) : column)) }
    const [a, b] = [solved(input), solved(other)]
    expect(b.coefficients[0]! * 1000).toBeCloseTo(a.coefficients[0]!, sameMaximum)
    expect(b.coefficients[1]!).toBeCloseTo(a.coefficients[1]!, sameMaximum)
    expect(b.logLikelihood).toBeCloseTo(a.logLikelihood, sameMaximum)
  })
})

describe('rows of very different risk that enter late', () => {
  const input = randomCase(18, { rows: 300, parameters: 1, horizon: 400, strata: 2, entry: true, weighted: false, shifted: false, ties: 'efron' })
  const wide = { ...input, columns: [input.columns[0]!.map((value) => 12 * value)] }
  wide.survival.event.fill(1)
  // Events in the order of the hazard e^x, so that the coefficient is near 1 and risks range over e^40.
  wide.columns[0]!.forEach((x, i) => (wide.survival.stop[i] = wide.survival.start[i]! + 400 * Math.exp(-0.05 * x) * (1 + (i % 7))))
  const found = solveCox({ ...wide, terms: ['x'] })

  it('make running sums useless, which is noticed', () => {
    const { data, kernel } = prepareCox(wide, riskSets(wide.survival))
    evaluate(data, kernel, Float64Array.of(1))
    expect(losesDigits(data, kernel.riskSums)).toBe(true)
  })

  it('still have the maximum of the double loop', () => {
    const at = (by: number) => naiveLogLikelihood(wide, [found.coefficients[0]! + by])
    const step = 1e-4
    const slope = (at(step) - at(-step)) / (2 * step)
    expect(Math.abs(slope * found.variance[0]!)).toBeLessThan(differences * Math.sqrt(found.variance[0]!))
    expect(found.logLikelihood).toBeCloseTo(at(0), 9)
  })
})

describe('covariates the data cannot tell apart', () => {
  const input = randomCase(15, { rows: 100, parameters: 2, horizon: 8, strata: 3, entry: true, weighted: false, shifted: false, ties: 'efron' })

  it('finds a column that never varies within a stratum', () => {
    const constant = Float64Array.from(input.survival.strata, (s) => 2 * s)
    const found = solveCox({ ...input, terms, columns: [constant, ...input.columns] })
    expect(found.unidentified.map(({ index }) => index)).toEqual([0])
    expect(found.kept).toEqual([1, 2])
  })

  it('says which terms a combination is made of', () => {
    const sum = input.columns[0]!.map((x, i) => 2 * x - input.columns[1]![i]!)
    const [found] = solveCox({ ...input, terms, columns: [...input.columns, sum] }).unidentified
    expect(found!.index).toBe(2)
    expect(found!.with.map(({ coefficient }) => Math.round(coefficient * 1e6) / 1e6)).toEqual([2, -1])
  })
})

describe('what cannot be estimated is named', () => {
  const input = randomCase(16, { rows: 60, parameters: 2, horizon: 5, strata: 1, entry: true, weighted: false, shifted: false, ties: 'efron' })
  const attempt = (change: Partial<NaiveInput['survival']>, columns = input.columns) => () =>
    solveCox({ ...input, terms: terms.slice(0, columns.length), columns, survival: { ...input.survival, ...change } })

  it('no events', () => {
    expect(attempt({ event: new Uint8Array(60) })).toThrow(expect.objectContaining({ name: 'NoEventsError' }))
  })

  it('a row that stops when it starts', () => {
    const stop = input.survival.stop.slice()
    stop[4] = input.survival.start[4]!
    expect(attempt({ stop })).toThrow(expect.objectContaining({ name: 'IntervalError', message: expect.stringContaining('row 5') }))
  })

  it('a combination that orders every event, and not a rare level that merely has few', () => {
    const [x, event] = [input.columns[0]!, input.survival.event]
    const pair = [x.map((value, i) => value + 9 * event[i]!), x]
    expect(attempt({}, pair)).toThrow(expect.objectContaining({ name: 'MonotoneLikelihoodError', message: expect.stringMatching(/`x`, `d`/) }))
    const large = randomCase(17, { rows: 20000, parameters: 1, horizon: 50, strata: 1, entry: true, weighted: false, shifted: false, ties: 'efron' })
    const rare = Float64Array.from(large.survival.event, (flag, i) => (i < 40 ? 1 - flag : 0))
    rare[large.survival.event.indexOf(1)] = 1
    const { coefficients } = solveCox({ ...large, terms: ['x', 'd'], columns: [large.columns[0]!, rare] })
    expect(coefficients[1]!).toBeLessThan(-1)
  })

  it('a covariate that orders every event', () => {
    const treated = Float64Array.from(input.survival.event)
    const run = attempt({}, [input.columns[0]!, treated])
    expect(run).toThrow(expect.objectContaining({ name: 'MonotoneLikelihoodError', message: expect.stringContaining('`d`') }))
  })
})
