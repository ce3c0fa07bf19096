/** The standard error of a curve against its definition: increments' variance plus the delta method by finite differences in β. */
import { describe, expect, it } from 'vitest'
import { coxState } from '../../../../src/estimate/inference/cox/coxState.js'
import { survivalAlong } from '../../../../src/estimate/inference/cox/survivalCurve.js'
import { cox } from '../../../../src/estimate/models/cox.js'
import { evaluate } from '../../../../src/estimate/models/cox/partialLikelihood.js'
import { caseTable } from '../../../reference/survivalTables.js'

/** Central differences with step 1e-5. */
const differences = 1e-8

describe.each(['efron', 'breslow'] as const)('survival along a path, %s ties', (ties) => {
  const table = caseTable('yearly')!
  const fit = cox('surv(start, stop, event) ~ x + d + offset(o)', table, { ties, weights: 'w' })
  const state = coxState(fit, table)
  const path = [
    { from: 0, to: 2, at: Float64Array.of(0.3, 0) },
    { from: 2, to: 5, at: Float64Array.of(-1, 1), offset: 0.4 },
    { from: 6, to: 9, at: Float64Array.of(1.2, 0) },
  ]
  const curve = survivalAlong(state, path, { stratum: 0 })

  /** Λ along the path with everything made again at other coefficients. */
  function hazardAt(coefficients: Float64Array): Float64Array {
    const { tieWeights } = evaluate(state.data, state.kernel, coefficients)
    return survivalAlong({ ...state, coefficients, tieWeights }, path, { stratum: 0 }).cumulativeHazard
  }

  it('skips the times the path does not cover', () => {
    expect([...curve.time]).toEqual([1, 2, 3, 4, 5, 7])
  })

  it('has the standard error of the delta method', () => {
    const step = 1e-5
    const slopes = [0, 1].map((j) => {
      const shifted = (by: number) => hazardAt(fit.coefficients.map((value, k) => (k === j ? value + by : value)))
      const [up, down] = [shifted(step), shifted(-step)]
      return up.map((value, k) => (value - down[k]!) / (2 * step))
    })
    evaluate(state.data, state.kernel, fit.coefficients)
    const none = survivalAlong(state, path, { stratum: 0, vcov: new Float64Array(4) })
    curve.stdError.forEach((error, k) => {
      const [a, b] = [slopes[0]![k]!, slopes[1]![k]!]
      const [v00, v01, , v11] = state.variance as unknown as [number, number, number, number]
      const sampling = a * a * v00 + 2 * a * b * v01 + b * b * v11
      expect(Math.abs(error ** 2 - none.stdError[k]! ** 2 - sampling)).toBeLessThan(differences)
    })
  })

  it('takes any covariance of the coefficients', () => {
    const wide = survivalAlong(state, path, { stratum: 0, vcov: state.variance.map((value) => 4 * value) })
    wide.stdError.forEach((error, k) => expect(error).toBeGreaterThan(curve.stdError[k]!))
  })
})
