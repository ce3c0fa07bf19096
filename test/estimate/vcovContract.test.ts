/** Every covariance is one kind of value, whether it needs two roles of a firm, coordinates, or shocks and exposures. */
import { tableFromArrays } from 'apache-arrow'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { cluster, conley, driscollKraay, dyadic, groupMeat, hc2, hc3, iid, neweyWest, ols, robust, sandwich, shiftShare, withVcov } from '../../src/estimate/index.js'
import type { ArrowTable, Mask, ScoreData, Vcov, VcovEstimator } from '../../src/estimate/records.js'

describe('the covariance contract', () => {
  it('holds every covariance as the same kind of value', () => {
    expectTypeOf(iid).returns.toEqualTypeOf<VcovEstimator>()
    expectTypeOf(robust).returns.toEqualTypeOf<VcovEstimator>()
    expectTypeOf(cluster).returns.toEqualTypeOf<VcovEstimator>()
    expectTypeOf(dyadic).returns.toEqualTypeOf<VcovEstimator>()
    expectTypeOf(conley).returns.toEqualTypeOf<VcovEstimator>()
    expectTypeOf(hc2).returns.toEqualTypeOf<VcovEstimator>()
    expectTypeOf(hc3).returns.toEqualTypeOf<VcovEstimator>()
    expectTypeOf(neweyWest).returns.toEqualTypeOf<VcovEstimator>()
    expectTypeOf(driscollKraay).returns.toEqualTypeOf<VcovEstimator>()
    expectTypeOf(shiftShare).returns.toEqualTypeOf<VcovEstimator>()
    expectTypeOf<VcovEstimator['bind']>().toEqualTypeOf<(table: ArrowTable, used: Mask) => (scores: ScoreData) => Vcov>()
    // Shift-share needs what is partialled out, the instruments among it.
    expectTypeOf<ScoreData['linear']>().toEqualTypeOf<undefined | {
      readonly residuals: Float64Array
      readonly regressors: Float64Array
      readonly instruments?: Float64Array
      readonly weights?: Float64Array
      readonly terms?: readonly string[]
      readonly instrumentTerms?: readonly string[]
    }>()
  })

  const rows = 60
  const table = tableFromArrays({
    y: Float64Array.from({ length: rows }, (_, i) => Math.sin(7 * i)),
    x: Float64Array.from({ length: rows }, (_, i) => Math.cos(3 * i * i)),
    firm: Int32Array.from({ length: rows }, (_, i) => i % 9),
  }) as ArrowTable

  /** Sums scores over groups made outside the package, as a covariance of one's own would. */
  const byParity: VcovEstimator = {
    label: 'parity',
    columns: ['firm'],
    bind: (bound) => (scores) => {
      const firm = bound.getChild('firm')!
      const codes = Int32Array.from(scores.unit, (row) => (firm.get(row) as number) % 2)
      return { matrix: sandwich(scores, groupMeat(scores, codes, 2)), label: 'parity', degreesOfFreedom: Infinity, notes: [] }
    },
  }

  it('lets a covariance from elsewhere enter an estimator and a finished fit', () => {
    const given = ols('y ~ x', table, { vcov: byParity })
    expect(given.vcov.label).toBe('parity')
    expect(withVcov(ols('y ~ x', table), byParity, table).vcov).toEqual(given.vcov)
  })
})
