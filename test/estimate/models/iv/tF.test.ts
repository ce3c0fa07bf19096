import { describe, expect, it } from 'vitest'
import { cluster, iid, iv, robust, stdErrors, weakInstruments } from '../../../../src/estimate/index.js'
import { tFCriticalValue, tFInference } from '../../../../src/estimate/models/iv/tF.js'
import { normalDensity } from '../../../../src/numerics/distributions.js'
import { makeColumns, makeTable } from './sample.js'

/** Lee, McCrary, Moreira and Porter (2022), 5 %, at √F = 2.0, 2.1, …, 10.3, as the R package ivDiag holds them: rounded up. */
const published = [
  18.66, 9.74, 7.37, 6.18, 5.43, 4.92, 4.54, 4.25, 4.01, 3.82, 3.65, 3.51, 3.39, 3.29, 3.19, 3.11, 3.03, 2.97, 2.91, 2.85, 2.8, 2.75, 2.71, 2.67, 2.63, 2.6, 2.57, 2.54,
  2.51, 2.48, 2.46, 2.43, 2.41, 2.39, 2.37, 2.35, 2.33, 2.32, 2.3, 2.29, 2.27, 2.26, 2.24, 2.23, 2.22, 2.21, 2.2, 2.19, 2.17, 2.16, 2.16, 2.15, 2.14, 2.13, 2.12, 2.11,
  2.1, 2.1, 2.09, 2.08, 2.08, 2.07, 2.06, 2.06, 2.05, 2.04, 2.04, 2.03, 2.03, 2.02, 2.02, 2.01, 2.01, 2, 2, 1.99, 1.99, 1.99, 1.98, 1.98, 1.97, 1.97, 1.97, 1.96,
]
/** P(|t| > c(F)) for √F ~ N(centre, 1) and correlation ρ of the reduced form's t and the first stage's, by a grid over both. */
function size(centre: number, correlation: number): number {
  const step = correlation === 1 ? 5e-4 : 0.02
  let total = 0
  for (let ar = -6; ar <= 6; ar += step) {
    const noise = Math.sqrt(1 - correlation ** 2)
    for (let e = noise === 0 ? 0 : -6; e <= 6; e += step) {
      const f = centre + correlation * ar + noise * e
      const t = Math.abs(ar) / Math.sqrt(1 - (2 * correlation * ar) / f + (ar / f) ** 2)
      if (t > tFCriticalValue(f * f)) total += normalDensity(ar) * step * (noise === 0 ? 1 : normalDensity(e) * step)
      if (noise === 0) break
    }
  }
  return total
}

describe('tF critical values', () => {
  it('are the published ones, rounded up', () => {
    expect(published.map((_, i) => Math.ceil(100 * tFCriticalValue((2 + i / 10) ** 2)) / 100)).toEqual(published)
    expect(tFCriticalValue(10)).toBeCloseTo(3.43, 2)
    expect(tFCriticalValue(104.6)).toBeGreaterThan(1.96)
    expect(tFCriticalValue(104.7)).toBeCloseTo(1.959964, 6)
    expect(tFCriticalValue(3.84)).toBe(Infinity)
    expect(tFCriticalValue(3.8416)).toBeGreaterThan(300)
  })

  it('fall without a jump', () => {
    let before = tFCriticalValue(3.9)
    for (let root = 1.98; root < 11; root += 1e-3) {
      const value = tFCriticalValue(root * root)
      expect(value).toBeLessThanOrEqual(before)
      if (root > 2.2) expect(before - value).toBeLessThan(0.02)
      before = value
    }
  })

  it.each([0.05, 0.2, 0.7, 1.5, 3, 5, 8])('reject one in twenty times at the worst correlation, centre %d', (centre) => {
    expect(Math.abs(size(centre, 1) - 0.05)).toBeLessThan(5e-4)
  })

  it.each([[0.3, 0.5], [1, 0.9], [2, 0.5], [4, 0.95], [10, 0.8], [10, 1], [30, 1]])('reject no more often elsewhere: centre %d, correlation %d', (centre, correlation) => {
    expect(size(centre, correlation)).toBeLessThan(0.0505)
  })
})

describe('tF of a fit', () => {
  const table = makeTable(makeColumns(2))

  it.each([['iid', iid()], ['robust', robust()], ['cluster', cluster('firm')]] as const)('takes the fit\'s standard error and first stage, %s', (_, vcov) => {
    for (const options of [{ vcov }, { vcov, weights: 'weight' }, { vcov, weights: 'copies', weighting: 'frequency' }] as const) {
      const fit = iv('y ~ w | year | x1 ~ z1', table, options)
      const f = fit.detail.firstStages[0]!.waldF!.statistic
      const wanted = tFInference(fit.coefficients[1]!, stdErrors(fit)[1]!, f)
      const { tF } = fit.detail
      expect(tF!.f).toBeCloseTo(f, 9)
      expect(tF!.criticalValue).toBeCloseTo(wanted.criticalValue!, 9)
      expect(tF!.stdError).toBeCloseTo(wanted.stdError!, 9)
      expect(tF!.confidenceInterval[1]).toBeCloseTo(fit.coefficients[1]! + stdErrors(fit)[1]! * tFCriticalValue(f), 9)
      expect(weakInstruments(fit, table, vcov).tF!.stdError).toBeCloseTo(tF!.stdError!, 8)
    }
  })

  it('has no interval below 3.84, and is for one instrument and the estimate p_y / P', () => {
    const weak = iv('y ~ 1 | x1 ~ w', makeTable(makeColumns(0, 12))).detail
    expect(weak.tF!.f < 3.84 ? weak.tF!.confidenceInterval : [null, null]).toEqual([null, null])
    expect(tFInference(1, 1, 3.8)).toEqual({ f: 3.8, criticalValue: null, stdError: null, confidenceInterval: [null, null] })
    expect(iv('y ~ 1 | x1 ~ z1 + z2', table).detail.tF).toBeUndefined()
    expect(iv('y ~ 1 | x1 + x2 ~ z1 + z2', table).detail.tF).toBeUndefined()
    expect(iv('y ~ 1 | x1 ~ z1', table, { method: 'liml' }).detail.tF).toEqual(iv('y ~ 1 | x1 ~ z1', table).detail.tF)
    expect(iv('y ~ 1 | x1 ~ z1', table, { method: 'fuller' }).detail.tF).toBeUndefined()
  })
})
