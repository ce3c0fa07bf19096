/** The random-effects likelihood against dense quadrature, its own finite differences, and closed forms. */
import { describe, expect, it } from 'vitest'
import { gaussHermite } from '../../src/numerics/quadrature.js'
import { randomStream, type RandomStream } from '../../src/numerics/random.js'
import { addLikelihood, type HessianKind, type LikelihoodSums, type PanelRows, type RowScores } from '../../src/estimate/models/randomEffects/likelihood.js'
import { links, type Link } from '../../src/estimate/models/randomEffects/link.js'
import { panelObjective } from '../../src/estimate/models/randomEffects/objective.js'

const DENSE = 1e-10 // 40 adaptive nodes against a 4,001-point trapezium, which is exact to rounding for these integrands
const KERNEL = 1e-9 // sums of order 100 in another order, differenced scores among them
const DIFFERENCE = 1e-7 // central differences of a log likelihood of order 100

/** Latent errors whose distribution is the link. */
const errors: Record<Link, (random: RandomStream) => number> = {
  logit: (random) => random.logistic(), probit: (random) => random.normal(), cloglog: (random) => -Math.log(random.exponential()),
}

/** 30 groups of 1 to 7 rows, two columns and an intercept. */
function panel(link: Link): PanelRows {
  const random = randomStream(4, link)
  const sizes = Array.from({ length: 30 }, () => 1 + random.integer(7))
  const start = Int32Array.from([0, ...sizes.map((_, i) => sizes.slice(0, i + 1).reduce((a, b) => a + b, 0))])
  const rows = start.at(-1)!
  const x = new Float64Array(rows * 3)
  const outcome = new Float64Array(rows)
  sizes.forEach((size, i) => {
    const effect = 1.2 * random.normal()
    for (let t = start[i]!; t < start[i]! + size; t++) {
      x.set([1, random.normal(), random.uniform()], t * 3)
      const latent = -0.4 + 0.8 * x[t * 3 + 1]! - 0.5 * x[t * 3 + 2]! + effect + errors[link](random)
      outcome[t] = latent > 0 ? 1 : 0
    }
  })
  return { columns: 3, x, outcome, start }
}

function evaluate(rows: PanelRows, link: Link, nodes: number, parameters: Float64Array, hessian: HessianKind = 'held'): LikelihoodSums & RowScores {
  const p = rows.columns + 1
  const groups = rows.start.length - 1
  const sums: LikelihoodSums = { value: 0, gradient: new Float64Array(p), hessian: new Float64Array(p * p) }
  const scores: RowScores = { index: new Float64Array(rows.outcome.length), logSigma: new Float64Array(groups) }
  const posterior = { mode: new Float64Array(groups), scale: new Float64Array(groups) }
  addLikelihood(rows, links[link], gaussHermite(nodes), parameters, posterior, { from: 0, to: groups }, sums, { hessian, rows: scores })
  return { ...sums, ...scores }
}

/** ln of the integral over u of every group, by a trapezium over ±12 σ. */
function dense(rows: PanelRows, link: Link, parameters: Float64Array): number {
  const sigma = Math.exp(parameters[rows.columns]!)
  const out = { logProbability: 0, residual: 0, weight: 0, weightSlope: 0 }
  const points = 4001
  let total = 0
  for (let i = 0; i + 1 < rows.start.length; i++) {
    let sum = 0
    for (let k = 0; k < points; k++) {
      const u = sigma * (-12 + (24 * k) / (points - 1))
      let log = -0.5 * (u / sigma) ** 2
      for (let t = rows.start[i]!; t < rows.start[i + 1]!; t++) {
        const eta = parameters.slice(0, rows.columns).reduce((index, b, j) => index + b * rows.x[t * rows.columns + j]!, 0)
        links[link](rows.outcome[t]!, eta + u, out)
        log += out.logProbability
      }
      sum += Math.exp(log)
    }
    total += Math.log((sum * 24) / (points - 1) / Math.sqrt(2 * Math.PI))
  }
  return total
}

const at = Float64Array.of(-0.3, 0.7, -0.2, Math.log(1.1))

describe.each(['logit', 'probit', 'cloglog'] as const)('random-effects %s likelihood', (link) => {
  const rows = panel(link)

  it('equals dense quadrature', () => {
    expect(Math.abs(evaluate(rows, link, 40, at).value / dense(rows, link, at) - 1)).toBeLessThan(DENSE)
  })

  it.each([1, 3, 12])('has the gradient of the quadrature objective itself (%i nodes)', (nodes) => {
    const { gradient } = evaluate(rows, link, nodes, at)
    gradient.forEach((slope, j) => {
      const shifted = (h: number) => evaluate(rows, link, nodes, at.map((value, k) => (k === j ? value + h : value))).value
      const numeric = (8 * (shifted(1e-4) - shifted(-1e-4)) - (shifted(2e-4) - shifted(-2e-4))) / 12e-4
      expect(Math.abs(slope - numeric)).toBeLessThan(DIFFERENCE)
    })
  })

  it('has the Hessian of the integral', () => {
    const { hessian } = evaluate(rows, link, 40, at)
    for (let j = 0; j < 4; j++) {
      const shifted = (h: number) => evaluate(rows, link, 40, at.map((value, k) => (k === j ? value + h : value))).gradient
      const [up, down] = [shifted(1e-5), shifted(-1e-5)]
      for (let k = j; k < 4; k++) expect(Math.abs(hessian[k * 4 + j]! - (up[k]! - down[k]!) / 2e-5)).toBeLessThan(1e-5)
    }
  })

  it.each([3, 12])('has the Hessian of the quadrature objective itself when nodes move (%i nodes)', (nodes) => {
    const { hessian } = evaluate(rows, link, nodes, at, 'moving')
    for (let j = 0; j < 4; j++) {
      const shifted = (h: number) => evaluate(rows, link, nodes, at.map((value, k) => (k === j ? value + h : value))).gradient
      const [up, down] = [shifted(1e-5), shifted(-1e-5)]
      for (let k = j; k < 4; k++) expect(Math.abs(hessian[k * 4 + j]! - (up[k]! - down[k]!) / 2e-5)).toBeLessThan(1e-6)
    }
  })

  it('has row scores that add up to the gradient', () => {
    const { gradient, index, logSigma } = evaluate(rows, link, 12, at)
    for (let j = 0; j < 3; j++) {
      expect(index.reduce((sum, score, t) => sum + score * rows.x[t * 3 + j]!, 0)).toBeCloseTo(gradient[j]!, 10)
    }
    expect(logSigma.reduce((sum, score) => sum + score, 0)).toBeCloseTo(gradient[3]!, 10)
  })

  it('is the pooled likelihood when the effect has no variance', () => {
    const small = Float64Array.of(-0.3, 0.7, -0.2, Math.log(1e-5))
    const out = { logProbability: 0, residual: 0, weight: 0, weightSlope: 0 }
    let pooled = 0
    rows.outcome.forEach((y, t) => {
      links[link](y, -0.3 + 0.7 * rows.x[t * 3 + 1]! - 0.2 * rows.x[t * 3 + 2]!, out)
      pooled += out.logProbability
    })
    expect(evaluate(rows, link, 12, small).value).toBeCloseTo(pooled, 7)
  })
})

/** Six rows of one group, three events among rows that rarely have one: full Newton steps to the mode swing between 0 and 4 σ. */
const swinging: PanelRows = { columns: 1, x: new Float64Array(6).fill(1), outcome: Float64Array.of(0, 0, 0, 1, 1, 1), start: Int32Array.of(0, 6) }
const swingingAt = Float64Array.of(-7, Math.log(3))

describe('a group whose full Newton steps swing past its mode without end', () => {
  it.each(['logit', 'probit', 'cloglog'] as const)('has its mode found all the same (%s)', (link) => {
    const wanted = dense(swinging, link, swingingAt)
    expect(Math.abs(evaluate(swinging, link, 40, swingingAt).value / wanted - 1)).toBeLessThan(DENSE)
  })

  it('and by the kernel', () => {
    const { value } = panelObjective(swinging, 'logit', [gaussHermite(40)]).evaluate(swingingAt, 'none')
    expect(Math.abs(value / dense(swinging, 'logit', swingingAt) - 1)).toBeLessThan(DENSE)
  })
})

describe('logit kernel', () => {
  const cases = [1, 11, 12].flatMap((nodes) => (['held', 'moving'] as const).map((kind) => ({ nodes, kind })))
  it.each(cases)('adds what the plain likelihood adds ($nodes nodes $kind, with and without an offset)', ({ nodes, kind }) => {
    const rows = panel('logit')
    for (const panelRows of [rows, { ...rows, offset: rows.outcome.map((_, t) => 0.1 * (t % 5)) }]) {
      const plain = evaluate(panelRows, 'logit', nodes, at, kind)
      const kernel = panelObjective(panelRows, 'logit', [gaussHermite(7), gaussHermite(nodes)])
      const sums = kernel.evaluate(at, kind, 1)
      const close = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).forEach((value, i) => expect(Math.abs(value - b[i]!)).toBeLessThan(KERNEL))
      close([sums.value], [plain.value])
      close(sums.gradient, plain.gradient)
      close(sums.hessian, plain.hessian)
      close(kernel.rows().index, plain.index)
      close(kernel.rows().logSigma, plain.logSigma)
    }
  })

  it('leaves an index it cannot multiply out to the plain likelihood', () => {
    const rows = panel('logit')
    const far = Float64Array.of(900, 0, 0, 0)
    expect(panelObjective(rows, 'logit', [gaussHermite(12)]).evaluate(far, 'held').value).toBeCloseTo(evaluate(rows, 'logit', 12, far).value, 8)
  })
})

describe('threads', () => {
  it.each(['logit', 'probit'] as const)('give the same bits in any number (%s)', (link) => {
    const rows = panel(link)
    const results = [1, 2, 3].map((threads) => {
      const objective = panelObjective(rows, link, [gaussHermite(12), gaussHermite(24)], { threads })
      // Helpers join on the way.
      const evaluations = Array.from({ length: 60 }, (_, run) => objective.evaluate(at.map((value) => value + 0.01 * (run % 7)), run % 2 ? 'moving' : 'held', run % 2))
      objective.close()
      return { evaluations, rows: objective.rows(), posterior: objective.posterior() }
    })
    expect(results[1]).toEqual(results[0])
    expect(results[2]).toEqual(results[0])
  })
})

describe('links', () => {
  it.each(['logit', 'probit'] as const)('have the derivatives of their log probability (%s)', (link) => {
    const out = { logProbability: 0, residual: 0, weight: 0, weightSlope: 0 }
    const value = (y: number, x: number) => {
      links[link](y, x, out)
      return { ...out }
    }
    for (const y of [0, 1]) {
      for (const x of [-40, -8, -2, -0.1, 0, 0.7, 3, 9, 40]) {
        const h = 1e-4
        const { residual, weight, weightSlope } = value(y, x)
        const difference = (pick: (v: typeof out) => number) => (pick(value(y, x + h)) - pick(value(y, x - h))) / (2 * h)
        expect(Math.abs(residual - difference((v) => v.logProbability))).toBeLessThan(1e-6 * (1 + Math.abs(residual)))
        expect(Math.abs(weight + difference((v) => v.residual))).toBeLessThan(1e-6)
        expect(Math.abs(weightSlope - difference((v) => v.weight))).toBeLessThan(1e-6)
      }
    }
  })
})
