/** Average partial effects and transition quantities: closed forms, numerical derivatives, and refusals. */
import { Dictionary, Float64, Int32, Table, Utf8, vectorFromArray } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { averagePartialEffects, cloglog, dynamicPanel, feLogit, logit, parseFormula, probit, reCloglog, reLogit, reProbit, transitionQuantities } from '../../src/estimate/index.js'
import { responseOf } from '../../src/estimate/inference/response.js'
import { randomStream } from '../../src/numerics/random.js'
import type { ArrowTable, Fit } from '../../src/estimate/records.js'

const random = randomStream(8)
const ids = Array.from({ length: 1200 }, (_, i) => Math.floor(i / 6))
const effects = Array.from({ length: 200 }, () => 0.9 * random.normal())
const x = ids.map(() => random.normal())
const d = ids.map(() => (random.uniform() < 0.4 ? 1 : 0))
const region = ids.map(() => ['a', 'b', 'c'][random.integer(3)]!)
const year = ids.map((_, i) => i % 6)
const y = ids.map((id, i) => (-0.5 + 0.8 * x[i]! + 0.5 * d[i]! + (region[i] === 'c' ? 0.6 : 0) + effects[id]! + random.logistic() > 0 ? 1 : 0))
const numbers = (values: readonly number[]) => vectorFromArray([...values], new Float64())
const table = new Table({ id: numbers(ids), x: numbers(x), d: numbers(d), year: numbers(year), y: numbers(y), region: vectorFromArray(region, new Dictionary(new Utf8(), new Int32())) }) as ArrowTable
const formula = 'y ~ x + I(x^2) + d + region'
const fits: Record<string, Fit> = {
  logit: logit(formula, table),
  probit: probit(formula, table),
  cloglog: cloglog(formula, table),
  're-logit': reLogit(formula, table, { group: 'id' }),
  're-probit': reProbit(formula, table, { group: 'id' }),
  're-cloglog': reCloglog(formula, table, { group: 'id' }),
}

/** Probability averaged over the effect by a trapezium, written apart from the code under test. */
function probability(kind: string, index: number, sigma: number): number {
  const plain = (eta: number): number => {
    if (kind.endsWith('-logit') || kind === 'logit') return 1 / (1 + Math.exp(-eta))
    if (kind.endsWith('cloglog')) return 1 - Math.exp(-Math.exp(eta))
    const step = (eta + 9) / 20_000
    let sum = 0
    for (let i = 0; i < 20_000; i++) sum += step * Math.exp(-0.5 * (-9 + (i + 0.5) * step) ** 2)
    return sum / Math.sqrt(2 * Math.PI)
  }
  if (!kind.startsWith('re-')) return plain(index)
  if (kind === 're-probit') return plain(index / Math.sqrt(1 + sigma * sigma))
  let sum = 0
  for (let v = -9; v <= 9; v += 0.01) sum += 0.01 * plain(index + sigma * v) * Math.exp(-0.5 * v * v)
  return sum / Math.sqrt(2 * Math.PI)
}

describe.each(Object.keys(fits))('average partial effects of %s', (kind) => {
  const fit = fits[kind]!
  const sigma = 'sigma_u' in fit.detail ? fit.detail.sigma_u : 0
  const b = Object.fromEntries(fit.terms.map((term, j) => [term, fit.coefficients[j]!]))
  const indexAt = (xi: number, di: number, r: string): number =>
    b['(Intercept)']! + b.x! * xi + b['I(x^2)']! * xi * xi + b.d! * di + (r === 'a' ? 0 : b[`region::${r}`]!)
  const some = Array.from({ length: 60 }, (_, i) => i * 20)

  it('are mean differences of 0/1 variables and levels, and derivatives through every term of a variable', () => {
    const few = new Table({
      x: numbers(some.map((i) => x[i]!)), d: numbers(some.map((i) => d[i]!)), y: numbers(some.map((i) => y[i]!)),
      region: vectorFromArray(some.map((i) => region[i]!), new Dictionary(new Utf8(), new Int32())),
    }) as ArrowTable
    const found = averagePartialEffects({ ...fit, scores: undefined }, few)
    const mean = (value: (i: number) => number): number => some.reduce((sum, i) => sum + value(i), 0) / some.length
    const P = (i: number, xi = x[i]!, di = d[i]!, r = region[i]!) => probability(kind, indexAt(xi, di, r), sigma)
    const expected: Record<string, number> = {
      'x dP/dx': mean((i) => (P(i, x[i]! + 0.02) - P(i, x[i]! - 0.02)) / 0.04),
      'd 1 - 0': mean((i) => P(i, x[i]!, 1) - P(i, x[i]!, 0)),
      'region b - a': mean((i) => P(i, x[i]!, d[i]!, 'b') - P(i, x[i]!, d[i]!, 'a')),
      'region c - a': mean((i) => P(i, x[i]!, d[i]!, 'c') - P(i, x[i]!, d[i]!, 'a')),
    }
    expect(found.map(({ variable, contrast }) => `${variable} ${contrast}`).sort()).toEqual(Object.keys(expected).sort())
    // The oracle's step of 0.02 and its grid of 1e-3 bound the comparison.
    for (const effect of found) expect(Math.abs(effect.estimate - expected[`${effect.variable} ${effect.contrast}`]!)).toBeLessThan(1e-3)
  })

  it('have delta-method errors equal to numerical differentiation in the parameters', () => {
    const effect = averagePartialEffects(fit, table, ['d'])[0]!
    const matrix = fit.vcov.joint ?? fit.vcov.matrix
    const p = Math.sqrt(matrix.length)
    const at = (j: number, h: number): number => {
      const coefficients = fit.coefficients.map((value, k) => (k === j ? value + h : value))
      const detail = j === fit.terms.length ? { ...fit.detail, sigma_u: sigma * Math.exp(h) } : fit.detail
      return averagePartialEffects({ ...fit, coefficients, detail } as Fit, table, ['d'])[0]!.estimate
    }
    const gradient = Array.from({ length: p }, (_, j) => (at(j, 1e-5) - at(j, -1e-5)) / 2e-5)
    const variance = gradient.reduce((sum, gi, i) => sum + gradient.reduce((inner, gj, j) => inner + gi * matrix[i * p + j]! * gj, 0), 0)
    expect(Math.abs(effect.stdError / Math.sqrt(variance) - 1)).toBeLessThan(1e-6)
    expect(effect.stdErrorSampling).toBeGreaterThan(effect.stdError)
  })

  it('have responses whose derivatives are derivatives', () => {
    const response = responseOf(fit)
    const at = (index: number) => {
      const out = { probability: 0, slope: 0, curvature: 0, bySigma: 0, slopeBySigma: 0 }
      response(index, out)
      return out
    }
    for (const index of [-3, -0.4, 1.1]) {
      const difference = (pick: (out: ReturnType<typeof at>) => number) => (pick(at(index + 1e-5)) - pick(at(index - 1e-5))) / 2e-5
      expect(at(index).slope).toBeCloseTo(difference((out) => out.probability), 8)
      expect(at(index).curvature).toBeCloseTo(difference((out) => out.slope), 8)
      expect(at(index).slopeBySigma).toBeCloseTo(difference((out) => out.bySigma), 8)
    }
  })
})

describe('averages over a wide random effect', () => {
  it.each(['re-logit', 're-cloglog'])('have twelve digits (%s)', (kind) => {
    for (const sigma of [0.3, 1, 3, 5]) {
      const response = responseOf({ kind, detail: { sigma_u: sigma } } as Fit)
      const out = { probability: 0, slope: 0, curvature: 0, bySigma: 0, slopeBySigma: 0 }
      for (const index of [-8, -1, 0.5, 4]) {
        response(index, out)
        expect(out.probability).toBeCloseTo(probability(kind, index, sigma), 12)
      }
    }
  })
})

describe('refusals', () => {
  it('a conditional logit identifies no probability', () => {
    const fit = feLogit('y ~ x | id', table)
    expect(() => averagePartialEffects(fit, table)).toThrow(/not identified by a fe-logit/)
  })

  it('a variable the fit does not read, and a lag that is no term', () => {
    expect(() => averagePartialEffects(fits.logit!, table, ['year'])).toThrow(/does not read `year`/)
    expect(() => transitionQuantities(fits.logit!, table, 'lag_y')).toThrow(/not a term/)
  })

  it('a variable that is compared has no derivative, and the others keep theirs', () => {
    const fit = logit("y ~ x + d + I(year > 3 & region != 'b')", table)
    expect(averagePartialEffects(fit, table).map(({ variable }) => variable)).toEqual(['x', 'd'])
    expect(() => averagePartialEffects(fit, table, ['year'])).toThrow(/enters through a comparison/)
  })
})

describe('transition quantities', () => {
  it('are those of the two-state chain', () => {
    const spec = { ...parseFormula('y ~ x'), group: 'id' }
    const { spec: dynamic, table: data } = dynamicPanel(spec, table, { initial: 'wooldridge', time: 'year' })
    const fit = reProbit(dynamic, data, { group: 'id' })
    const { entry, stay, persistence, duration, prevalence } = transitionQuantities(fit, data, 'lag_y')
    const lag = averagePartialEffects(fit, data, ['lag_y'])[0]!
    expect(persistence.estimate).toBeCloseTo(lag.estimate, 12)
    expect(persistence.stdError).toBeCloseTo(lag.stdError, 8)
    expect(duration.estimate).toBeCloseTo(1 / (1 - stay.estimate), 12)
    expect(duration.stdError).toBeCloseTo(stay.stdError / (1 - stay.estimate) ** 2, 7)
    expect(prevalence.estimate).toBeCloseTo(entry.estimate / (1 - stay.estimate + entry.estimate), 12)
  })
})
