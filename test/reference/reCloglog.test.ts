/** Gaussian frailty in discrete time against the marginal likelihood maximised in R (fixtures/reference/survival/reCloglog.R). */
import { describe, expect, it } from 'vitest'
import { cloglog } from '../../src/estimate/models/cloglog.js'
import { reCloglog } from '../../src/estimate/models/reCloglog.js'
import { expectClose, fixture, readColumns, readReference, toTable } from './survivalTables.js'

/** R's derivatives are differences; 30 adaptive nodes are exact beyond that. */
const relative = 1e-7
/** glmer stops early. */
const loose = 5e-3

interface Reference {
  readonly formula: string
  readonly group: string
  readonly coefficients: number[]
  readonly sigma: number
  readonly logLikelihood: number
  readonly stdErrors: number[]
  readonly glmer: { readonly coefficients: number[]; readonly sigma: number }
}

describe('re-cloglog', () => {
  const wanted = readReference<Reference>('reCloglog.json')
  const table = toTable(readColumns(fixture('frailPeriods.csv')))
  const fit = reCloglog(wanted.formula, table, { group: wanted.group, nodes: 30 })

  it('has the maximum of the integrated likelihood', () => {
    expectClose(fit.coefficients, wanted.coefficients, relative)
    expectClose([fit.detail.sigma_u, fit.logLikelihood!], [wanted.sigma, wanted.logLikelihood], relative)
  })

  it('has standard errors from its curvature', () => {
    expectClose(fit.terms.map((_, j) => Math.sqrt(fit.vcov.matrix[j * (fit.terms.length + 1)]!)), wanted.stdErrors.slice(0, fit.terms.length), 10 * relative)
    expect(fit.detail.sigma_u_stdError / fit.detail.sigma_u).toBeCloseTo(wanted.stdErrors.at(-1)!, 6)
  })

  it('is near glmer and above the pooled model', () => {
    expectClose([...fit.coefficients, fit.detail.sigma_u], [...wanted.glmer.coefficients, wanted.glmer.sigma], loose)
    const pooled = cloglog(wanted.formula, table)
    expect(fit.detail.boundaryTest.pooledLogLikelihood).toBeCloseTo(pooled.logLikelihood!, 9)
    expect(fit.detail.rho).toBeCloseTo(wanted.sigma ** 2 / (wanted.sigma ** 2 + Math.PI ** 2 / 6), 6)
  })
})
