/** Least squares and PPML with absorbed effects, singletons kept and dropped, against pyfixest and R's glm on synthetic flows. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cluster, iid, ols, ppml, robust } from '../../src/estimate/index.js'
import type { Fit, VcovEstimator } from '../../src/estimate/records.js'
import { csvTable } from './csvTable.js'

/** What the package promises for coefficients; the references carry more. */
const coefficientTolerance = 1e-9
const errorTolerance = 1e-8
/** pyfixest's weights are one iteration old. */
const ppmlErrorTolerance = 1e-6

const folder = new URL('../../fixtures/reference/ppml/', import.meta.url)
const table = csvTable(new URL('flows.csv', folder).pathname)

interface Case {
  readonly model: 'ols' | 'ppml'
  readonly name: string
  readonly formula: string
  readonly singletons: 'keep' | 'drop'
  readonly weights?: string
  readonly offset?: string
  readonly deviance?: number
  readonly loglik?: number
  readonly pseudo_r2?: number | null
  readonly used: number
  readonly estimate: readonly number[]
  readonly se: Readonly<Record<'iid' | 'robust' | 'oneWay' | 'twoWay', readonly number[]>>
}
const { cases } = JSON.parse(readFileSync(new URL('reference_python.json', folder), 'utf8')) as { cases: Case[] }

const covariances: readonly (readonly [keyof Case['se'], VcovEstimator])[] = [
  ['iid', iid()], ['robust', robust()], ['oneWay', cluster('exporter')], ['twoWay', cluster('exporter', 'importer')],
]
const stdErrors = (fit: Fit): number[] => fit.terms.map((_, j) => Math.sqrt(fit.vcov.matrix[j * (fit.terms.length + 1)]!))

function expectClose(actual: ArrayLike<number>, expected: readonly number[], tolerance: number, what: string): void {
  expect(actual.length, what).toBe(expected.length)
  expected.forEach((value, j) => expect(Math.abs(actual[j]! / value - 1), `${what} ${j}: ${actual[j]} for ${value}`).toBeLessThan(tolerance))
}

describe.each(cases.filter(({ model }) => model === 'ols').map((wanted) => [wanted.name, wanted.singletons, wanted] as const))('pyfixest, ols with %s, singletons: %s', (_name, _rule, wanted) => {
  it.each(covariances)('%s', (name, vcov) => {
    const fit = ols(wanted.formula, table, { vcov, singletons: wanted.singletons, ...(wanted.weights && { weights: wanted.weights }) })
    expect(fit.sample.used).toBe(wanted.used)
    expectClose(fit.coefficients, wanted.estimate, coefficientTolerance, 'estimate')
    expectClose(stdErrors(fit), wanted.se[name], errorTolerance, name)
  })
})

describe.each(cases.filter(({ model }) => model === 'ppml').map((wanted) => [wanted.name, wanted] as const))('pyfixest, ppml with %s', (_name, wanted) => {
  const formula = wanted.offset === undefined ? wanted.formula : wanted.formula.replace(' |', ' + offset(log(exposure)) |')
  it.each(covariances)('%s', (name, vcov) => {
    const fit = ppml(formula, table, { vcov, ...(wanted.weights && { weights: wanted.weights }) })
    expect(fit.sample.used).toBe(wanted.used)
    expectClose(fit.coefficients, wanted.estimate, coefficientTolerance, 'estimate')
    expectClose(stdErrors(fit), wanted.se[name], ppmlErrorTolerance, name)
    expectClose([fit.detail.deviance], [wanted.deviance!], coefficientTolerance, 'deviance')
    if (wanted.weights === undefined) expectClose([fit.logLikelihood!], [wanted.loglik!], coefficientTolerance, 'log-likelihood')
  })
})

interface GlmCase {
  readonly name: string
  readonly formula: string
  readonly weights: string | null
  readonly used: number
  readonly estimate: readonly number[]
  readonly deviance: number
  readonly iid: readonly number[]
  readonly robust: readonly number[]
}
const glm = JSON.parse(readFileSync(new URL('reference_R.json', folder), 'utf8')) as { cases: GlmCase[] }

describe.each(glm.cases.map((wanted) => [wanted.name, wanted] as const))('R glm with dummies, %s', (_name, wanted) => {
  it('estimate and standard errors', () => {
    const options = wanted.weights === null ? {} : { weights: wanted.weights }
    const fit = ppml(wanted.formula, table, options)
    expect(fit.sample.used).toBe(wanted.used)
    expectClose(fit.coefficients, wanted.estimate, coefficientTolerance, 'estimate')
    expectClose([fit.detail.deviance], [wanted.deviance], coefficientTolerance, 'deviance')
    expectClose(stdErrors(fit), wanted.iid, errorTolerance, 'iid')
    expectClose(stdErrors(ppml(wanted.formula, table, { ...options, vcov: robust() })), wanted.robust, errorTolerance, 'robust')
  })
})
