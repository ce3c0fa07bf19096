/** Estimates, standard errors, log-likelihoods and tests against R (lm, glm, sandwich, survival, lmtest) and pyfixest. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cluster, feLogit, iid, logit, ols, probit, robust, withVcov } from '../../src/estimate/index.js'
import type { ArrowTable, Fit, VcovEstimator } from '../../src/estimate/records.js'
import { sharedData } from '../sharedData.js'
import { csvTable } from './csvTable.js'

/** The package promises 1e-8; the references themselves carry 15 digits. */
const relative = 1e-8
const folder = new URL('../../fixtures/reference/estimate/', import.meta.url)
const load = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))

interface Case {
  readonly name: string
  readonly model: 'ols' | 'logit' | 'probit' | 'fe-logit'
  readonly data: string
  readonly formula: string
  readonly weights?: string | null
  readonly weighting?: 'precision' | 'frequency' | null
  readonly terms: readonly string[]
  readonly used?: number
  readonly estimate: readonly number[]
  readonly logLikelihood: number
  readonly iid: readonly number[]
  readonly cluster: readonly string[]
  readonly [key: string]: unknown
}

const tables = new Map<string, ArrowTable | undefined>()
function tableOf(data: string): ArrowTable | undefined {
  if (!tables.has(data)) {
    const path = data === 'firms.csv' ? new URL(data, folder).pathname : sharedData(...data.split('/'))
    tables.set(data, path === undefined ? undefined : csvTable(path))
  }
  return tables.get(data)
}

const stdErrors = (fit: Fit): number[] => fit.terms.map((_, j) => Math.sqrt(fit.vcov.matrix[j * fit.terms.length + j]!))

function expectClose(actual: readonly number[] | Float64Array, wanted: readonly (number | null)[], what: string): void {
  expect(actual.length, what).toBe(wanted.length)
  const gap = wanted.map((value, i) => (value === null ? 0 : Math.abs(actual[i]! - value) / Math.abs(value)))
  expect(Math.max(...gap), `${what}: ${Array.from(actual).join(' ')} for ${wanted.join(' ')}`).toBeLessThan(relative)
}

function estimate({ model, formula, weights, weighting }: Case, table: ArrowTable, vcov: VcovEstimator): Fit {
  const options = { vcov, ...(weights ? { weights } : {}), ...(weighting ? { weighting } : {}) }
  switch (model) {
    case 'ols': return ols(formula, table, options)
    case 'logit': return logit(formula, table, options)
    case 'probit': return probit(formula, table, options)
    case 'fe-logit': return feLogit(formula, table, options)
  }
}

const { cases } = load('reference_R.json') as { cases: Case[] }

describe.each(cases.map((wanted) => [`${wanted.model}: ${wanted.name}`, wanted] as const))('R, %s', (_, wanted) => {
  const table = tableOf(wanted.data)
  const clusters = (wanted.cluster ?? []) as [string, string]

  it.skipIf(table === undefined)('estimate, iid, log-likelihood', () => {
    // Clustering leaves out rows without a cluster: the reference left them out as well.
    const fit = withVcov(estimate(wanted, table!, wanted.cluster ? cluster(...clusters) : iid()), iid(), table!)
    expect(fit.terms).toEqual(wanted.terms)
    expectClose(fit.coefficients, wanted.estimate, 'estimate')
    expectClose(stdErrors(fit), wanted.iid, 'iid')
    expectClose([fit.logLikelihood!], [wanted.logLikelihood], 'log-likelihood')
    if (typeof wanted.nullLogLikelihood === 'number' && fit.kind === 'fe-logit') {
      expectClose([(fit as Fit<'fe-logit'>).detail.nullLogLikelihood], [wanted.nullLogLikelihood], 'null log-likelihood')
    }
    if (fit.kind === 'ols') {
      const { rSquared, adjustedRSquared, sigma } = (fit as Fit<'ols'>).detail
      expectClose([rSquared, adjustedRSquared, sigma], [wanted.rSquared, wanted.adjustedRSquared, wanted.sigma] as number[], 'fit statistics')
    }
  })

  it.skipIf(table === undefined || wanted.cluster === undefined)('robust and clustered', () => {
    const fit = estimate(wanted, table!, cluster(...clusters))
    const [one] = clusters
    const at = (vcov: VcovEstimator): number[] => stdErrors(withVcov(fit, vcov, table!))
    expectClose(at(robust({ smallSample: 'none' })), wanted.hc0 as number[], 'HC0')
    if (fit.kind === 'ols') expectClose(at(robust()), wanted.hc1 as number[], 'HC1')
    else expectClose(at(robust()), wanted.hc0 as number[], 'robust')
    // Frequency weights repeat rows: R counts them as clustered rows as well.
    expectClose(at(cluster(one, { smallSample: 'none' })), wanted.oneWay as number[], 'one-way')
    expectClose(at(cluster(one)), wanted.oneWayHC1 as number[], 'one-way, fixest factor')
    expectClose(at(cluster(one, { smallSample: 'stata' })), (fit.kind === 'ols' ? wanted.oneWayHC1 : wanted.oneWayCadjust) as number[], 'one-way, Stata factor')
    const twoWay = wanted.twoWay as (number | null)[]
    if (!twoWay.includes(null)) expectClose(at(cluster(...clusters, { smallSample: 'none' })), twoWay, 'two-way')
  })
})

interface FixestCase {
  readonly name: string
  readonly data: string
  readonly formula: string
  readonly weights: string | null
  readonly cluster: readonly [string, string]
  readonly used: number
  readonly estimate: readonly number[]
  readonly se: Readonly<Record<'iid' | 'robust' | 'oneWay' | 'twoWay', readonly (number | null)[]>>
}

describe.each((load('reference_python.json') as { cases: FixestCase[] }).cases.map((wanted) => [wanted.name, wanted] as const))('pyfixest, %s', (_, wanted) => {
  const table = tableOf(wanted.data)

  it.skipIf(table === undefined)('estimate and standard errors', () => {
    const [one] = wanted.cluster
    const fit = ols(wanted.formula, table!, { vcov: cluster(...wanted.cluster), ...(wanted.weights ? { weights: wanted.weights } : {}) })
    expect(fit.sample.used).toBe(wanted.used)
    expectClose(fit.coefficients, wanted.estimate, 'estimate')
    const at = (vcov: VcovEstimator): number[] => stdErrors(withVcov(fit, vcov, table!))
    expectClose(at(iid()), wanted.se.iid, 'iid')
    expectClose(at(robust()), wanted.se.robust, 'robust')
    expectClose(at(cluster(one)), wanted.se.oneWay, 'one-way')
    if (!wanted.se.twoWay.includes(null)) expectClose(stdErrors(fit), wanted.se.twoWay, 'two-way')
  })
})

describe.each((load('reference_python.json') as { precise: (Case & { cluster: string; hc0: number[]; oneWay: number[] })[] }).precise.map((wanted) => [`${wanted.model}: ${wanted.name}`, wanted] as const))('60 digits, %s', (_, wanted) => {
  it('estimate and standard errors', () => {
    const table = tableOf('firms.csv')!
    const fit = estimate(wanted, table, iid())
    const at = (vcov: VcovEstimator): number[] => stdErrors(withVcov(fit, vcov, table))
    expectClose(fit.coefficients, wanted.estimate, 'estimate')
    expectClose(stdErrors(fit), wanted.iid, 'iid')
    expectClose(at(robust({ smallSample: 'none' })), wanted.hc0, 'HC0')
    expectClose(at(cluster(wanted.cluster as unknown as string, { smallSample: 'none' })), wanted.oneWay, 'one-way')
  })
})
