import { describe, expect, it } from 'vitest'
import { dynamicLogitTransitions, entryExitCosts, indexAt, separateTransitions } from '../../src/calibrate/index.js'
import type { Fit } from '../../src/estimate/records.js'

const fit = {
  kind: 'logit',
  terms: ['(Intercept)', 'size', 'lag_y'],
  coefficients: Float64Array.of(-3, 0.2, 2.5),
  vcov: { matrix: Float64Array.of(0.04, 0.001, -0.002, 0.001, 0.01, 0.003, -0.002, 0.003, 0.02), label: 'iid', degreesOfFreedom: Infinity, notes: [] },
} as unknown as Fit

describe('transitions', () => {
  it('give the state dependence coefficient and its standard error as s + x', () => {
    const logits = dynamicLogitTransitions(fit, { size: 1.3 }, 'lag_y')
    const { sunkPlusExit } = entryExitCosts(logits, { discount: 0.95 })
    expect(sunkPlusExit.value).toBeCloseTo(2.5, 10)
    expect(sunkPlusExit.stdError).toBeCloseTo(Math.sqrt(0.02), 9)
    expect(logits.entry).toBeCloseTo(-3 + 0.26, 12)
  })

  it('put a cloglog index on the logit scale with its variance', () => {
    const { stay, covariance } = separateTransitions({ index: -2, variance: 0.01 }, { index: -1, variance: 0.04 })
    const toStay = (eta: number): number => Math.log(Math.exp(-Math.exp(eta)) / (1 - Math.exp(-Math.exp(eta))))
    const slope = (toStay(-1 + 1e-6) - toStay(-1 - 1e-6)) / 2e-6
    expect(stay).toBeCloseTo(toStay(-1), 12)
    expect(covariance[3]).toBeCloseTo(slope ** 2 * 0.04, 8)
  })

  it('refuse an incomplete profile and another link', () => {
    expect(() => indexAt(fit, { lag_y: 0 })).toThrow(/no value for size/)
    expect(() => dynamicLogitTransitions({ ...fit, kind: 'probit' } as Fit, { size: 1 }, 'lag_y')).toThrow(/probit fit/)
  })
})
