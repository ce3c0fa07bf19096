/** Instrumental variables against R (AER, sandwich), linearmodels and pyfixest, and against published results. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cluster, iid, iv, ols, robust, withVcov, type IvOptions } from '../../src/estimate/index.js'
import type { Fit, VcovEstimator } from '../../src/estimate/records.js'
import { csvTable } from './csvTable.js'

/** What the package promises; the references carry 15 digits. */
const coefficientDigits = 1e-8
const statisticDigits = 1e-6
const folder = new URL('../../fixtures/reference/iv/', import.meta.url)
const load = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as T
const links = csvTable(new URL('links.csv', folder).pathname)
const none = { smallSample: 'none' } as const

function expectClose(actual: readonly number[], wanted: readonly (number | null)[], relative: number, what: string): void {
  expect(actual.length, what).toBe(wanted.length)
  // Null is a two-way variance that was negative in the reference; here the whole matrix is repaired then.
  if (wanted.includes(null)) return
  const gap = Math.max(...(wanted as readonly number[]).map((value, i) => Math.abs(actual[i]! - value) / Math.abs(value)))
  expect(gap, `${what}: ${actual.join(' ')} for ${wanted.join(' ')}`).toBeLessThan(relative)
}

const at = (fit: Fit, terms: readonly string[]): number[] => terms.map((term) => fit.coefficients[fit.terms.indexOf(term)]!)
const errorsAt = (fit: Fit, terms: readonly string[]): number[] => terms.map((term) => Math.sqrt(fit.vcov.matrix[fit.terms.indexOf(term) * (fit.terms.length + 1)]!))
const estimate = (formula: string, weights: string | null | undefined, options: IvOptions = {}): Fit<'iv'> => iv(formula, links, { ...options, ...(weights ? { weights } : {}) })

interface RCase {
  readonly formula: string
  readonly weights: string | null
  readonly terms: readonly string[]
  readonly [key: string]: unknown
}

interface RDiagnostics {
  readonly weak: number | readonly number[]
  readonly wuHausman: number
  readonly wuHausmanDegrees: readonly number[]
  readonly sargan: number | null
}

const list = (value: number | readonly number[]): readonly number[] => (typeof value === 'number' ? [value] : value)

describe.each(load<{ cases: RCase[] }>('reference_R.json').cases.map((wanted) => [`${wanted.formula}${wanted.weights ? ', weights' : ''}`, wanted] as const))('AER, %s', (_, wanted) => {
  const numbers = (key: string): readonly number[] => wanted[key] as readonly number[]

  it('estimates, covariances and fit', () => {
    const fit = estimate(wanted.formula, wanted.weights)
    const under = (vcov: VcovEstimator): number[] => errorsAt(withVcov(fit, vcov, links), wanted.terms)
    expectClose(at(fit, wanted.terms), numbers('estimate'), coefficientDigits, 'estimate')
    expectClose(errorsAt(fit, wanted.terms), numbers('iid'), statisticDigits, 'iid')
    expectClose(under(robust()), numbers('hc1'), statisticDigits, 'HC1')
    expectClose(under(robust(none)), numbers('hc0'), statisticDigits, 'HC0')
    expectClose(under(cluster('region', 'year', none)), numbers('twoWay'), statisticDigits, 'two-way')
    expectClose([fit.detail.sigma], [wanted.sigma as number], statisticDigits, 'sigma')
    // AER measures weighted totals from the unweighted mean of the fitted values: its R² is comparable without weights.
    if (!wanted.weights) expectClose([fit.detail.rSquared, fit.detail.adjustedRSquared], [wanted.rSquared, wanted.adjustedRSquared] as number[], statisticDigits, 'R²')
    // fixest's factor leaves effects that are nested in the cluster out of K; without any it is sandwich's.
    if (!wanted.formula.includes('firm')) expectClose(under(cluster('region')), numbers('oneWay'), statisticDigits, 'one-way')
  })

  it('diagnostics', () => {
    const { firstStages, wuHausman, sargan } = estimate(wanted.formula, wanted.weights).detail
    const { weak, ...tests } = wanted.diagnostics as RDiagnostics
    expectClose(firstStages.map(({ f }) => f.statistic), list(weak), statisticDigits, 'first stages')
    expectClose([wuHausman!.statistic, ...wuHausman!.degrees], [tests.wuHausman, ...tests.wuHausmanDegrees], statisticDigits, 'Wu–Hausman')
    if (tests.sargan === null) expect(sargan).toBeUndefined()
    else expectClose([sargan!.statistic], [tests.sargan], statisticDigits, 'Sargan')
  })

  it.skipIf(!wanted.robustDiagnostics || Object.keys(wanted.robustDiagnostics as object).length === 0)('robust diagnostics', () => {
    const { firstStages, wuHausman } = estimate(wanted.formula, wanted.weights, { vcov: robust() }).detail
    const { weak, ...tests } = wanted.robustDiagnostics as RDiagnostics
    expectClose(firstStages.map(({ waldF }) => waldF!.statistic), list(weak), statisticDigits, 'first stages')
    expectClose([wuHausman!.statistic], [tests.wuHausman], statisticDigits, 'Wu–Hausman')
  })
})

interface PythonCase {
  readonly formula: string
  readonly weights: string | null
  readonly terms: readonly string[]
  readonly fits: Readonly<Record<'2sls' | 'liml' | 'fuller', { readonly kappa: number; readonly [key: string]: number | readonly number[] }>>
  readonly partialRSquared: readonly number[]
  readonly shea: readonly number[]
  readonly firstStageF: readonly number[]
  readonly wuHausman: number
  readonly conditionalF: Readonly<Record<'iid' | 'hc0' | 'oneWay', readonly number[]>>
  readonly craggDonald: number
  readonly andersonLm: number
  readonly rank: Readonly<Record<'LM' | 'Wald', { readonly hc0: number; readonly oneWay: number }>>
  readonly sargan?: number
  readonly hansenJ?: { readonly hc0: number; readonly oneWay: number }
}

interface AbsorbedCase {
  readonly formula: string
  readonly weights: string | null
  readonly terms: readonly string[]
  readonly estimate: readonly number[]
  readonly se: Readonly<Record<'iid' | 'robust' | 'oneWay' | 'twoWay', readonly number[]>>
  readonly effectiveF: Readonly<Record<string, number>>
}

const python = load<{ cases: PythonCase[]; absorbed: AbsorbedCase[]; leastSquares: Omit<AbsorbedCase, 'effectiveF'>[] }>('reference_python.json')

describe.each(python.cases.map((wanted) => [`${wanted.formula}${wanted.weights ? ', weights' : ''}`, wanted] as const))('linearmodels, %s', (_, wanted) => {
  const { formula, weights, terms } = wanted

  it.each(['2sls', 'liml', 'fuller'] as const)('%s', (method) => {
    const fit = estimate(formula, weights, { method, ...(method === 'fuller' && { fuller: 4 }) })
    const expected = wanted.fits[method]
    const numbers = (key: string): readonly number[] => expected[key] as readonly number[]
    const under = (vcov: VcovEstimator): number[] => errorsAt(withVcov(fit, vcov, links), terms)
    expectClose(at(fit, terms), numbers('estimate'), coefficientDigits, 'estimate')
    expectClose([fit.detail.kappa], [expected.kappa], coefficientDigits, 'kappa')
    expectClose(errorsAt(fit, terms), numbers('iid'), statisticDigits, 'iid')
    expectClose(under(robust()), numbers('robust'), statisticDigits, 'robust')
    expectClose(under(robust(none)), numbers('hc0'), statisticDigits, 'HC0')
    expectClose(under(cluster('region', none)), numbers('oneWay'), statisticDigits, 'one-way')
    expectClose(under(cluster('region', 'year', none)), numbers('twoWay'), statisticDigits, 'two-way')
  })

  it('diagnostics', () => {
    const plain = estimate(formula, weights).detail
    expectClose(plain.firstStages.map(({ partialRSquared }) => partialRSquared), wanted.partialRSquared, statisticDigits, 'partial R²')
    expectClose(plain.firstStages.map(({ sheaPartialRSquared }) => sheaPartialRSquared), wanted.shea, statisticDigits, 'Shea')
    expectClose(plain.firstStages.map(({ f }) => f.statistic), wanted.firstStageF, statisticDigits, 'first stages')
    expectClose(plain.firstStages.map(({ sandersonWindmeijer }) => sandersonWindmeijer!.statistic), wanted.conditionalF.iid, statisticDigits, 'Sanderson–Windmeijer')
    expectClose([plain.craggDonald.statistic, plain.andersonLm.statistic], [wanted.craggDonald, wanted.andersonLm], statisticDigits, 'Cragg–Donald, Anderson')
    expectClose([plain.kleibergenPaap!.waldF, plain.kleibergenPaap!.lm.statistic], [wanted.craggDonald, wanted.andersonLm], statisticDigits, 'rank tests under iid errors')
    expectClose([plain.wuHausman!.statistic], [wanted.wuHausman], statisticDigits, 'Wu–Hausman')
    if (wanted.sargan) expectClose([plain.sargan!.statistic], [wanted.sargan], statisticDigits, 'Sargan')
    const instruments = plain.instruments.length
    for (const [key, vcov] of [['hc0', robust(none)], ['oneWay', cluster('region', none)]] as const) {
      const detail = estimate(formula, weights, { vcov }).detail
      expectClose(detail.firstStages.map(({ sandersonWindmeijer }) => sandersonWindmeijer!.statistic), wanted.conditionalF[key], statisticDigits, `Sanderson–Windmeijer ${key}`)
      expectClose([detail.kleibergenPaap!.waldF * instruments, detail.kleibergenPaap!.lm.statistic], [wanted.rank.Wald[key], wanted.rank.LM[key]], statisticDigits, `Kleibergen–Paap ${key}`)
      if (wanted.hansenJ) expectClose([detail.hansenJ!.statistic], [wanted.hansenJ[key]], statisticDigits, `Hansen ${key}`)
    }
  })
})

describe.each(python.absorbed.map((wanted) => [`${wanted.formula}${wanted.weights ? ', weights' : ''}`, wanted] as const))('pyfixest, %s', (_, { formula, weights, terms, estimate: coefficients, se, effectiveF }) => {
  it('estimate, standard errors and effective F', () => {
    const fit = estimate(formula, weights)
    expectClose(at(fit, terms), coefficients, coefficientDigits, 'estimate')
    for (const [key, vcov] of [['iid', iid()], ['robust', robust()], ['oneWay', cluster('firm')], ['twoWay', cluster('firm', 'year')]] as const) {
      const under = estimate(formula, weights, { vcov })
      expectClose(errorsAt(under, terms), se[key], statisticDigits, key)
      if (effectiveF[key] !== undefined) expectClose([under.detail.effectiveF!.statistic], [effectiveF[key]], statisticDigits, `effective F ${key}`)
    }
  })
})

describe.each(python.leastSquares.map((wanted) => [`${wanted.formula}${wanted.weights ? ', weights' : ''}`, wanted] as const))('pyfixest least squares, %s', (_, { formula, weights, terms, estimate: coefficients, se }) => {
  it('estimate and standard errors', () => {
    const fit = ols(formula, links, weights ? { weights } : {})
    expectClose(at(fit, terms), coefficients, coefficientDigits, 'estimate')
    for (const [key, vcov] of [['iid', iid()], ['robust', robust()], ['oneWay', cluster('firm')], ['twoWay', cluster('firm', 'year')]] as const) {
      expectClose(errorsAt(withVcov(fit, vcov, links), terms), se[key], statisticDigits, key)
    }
  })
})
