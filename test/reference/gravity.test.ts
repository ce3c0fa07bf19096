/**
 * Published gravity results: fixest's walkthrough on European trade, Santos Silva and Tenreyro (2006, Tables 3 and 5), the Advanced Guide to
 * Trade Policy Analysis (Yotov et al. 2016, Table 3) and ppmlhdfe's example. Skipped where the data are absent.
 */
import { describe, expect, it } from 'vitest'
import { cluster, coef, ols, ppml, robust, stdErrors, withVcov } from '../../src/estimate/index.js'
import type { ArrowTable, Fit, VcovEstimator } from '../../src/estimate/records.js'
import { sharedData } from '../sharedData.js'
import { csvTable } from './csvTable.js'

const tables = new Map<string, ArrowTable>()
function load(path: string): ArrowTable {
  if (!tables.has(path)) tables.set(path, csvTable(path))
  return tables.get(path)!
}

/** Estimates and standard errors agree to one unit of the last digit published. */
function expectPublished(fit: Fit, published: Readonly<Record<string, readonly [estimate: number, stdError: number]>>, digits: number): void {
  for (const [term, [estimate, stdError]] of Object.entries(published)) {
    const at = fit.terms.indexOf(term)
    expect(Math.abs(coef(fit)[term]! - estimate), `${term}: ${coef(fit)[term]} for ${estimate}`).toBeLessThan(10 ** -digits)
    expect(Math.abs(stdErrors(fit)[at]! - stdError), `error of ${term}: ${stdErrors(fit)[at]} for ${stdError}`).toBeLessThan(10 ** -digits)
  }
}

const trade = sharedData('gravity_fixest_trade', 'trade.csv')
describe.skipIf(trade === undefined)('fixest walkthrough', () => {
  const at = (fit: Fit, vcov: VcovEstimator): number => stdErrors(withVcov(fit, vcov, load(trade!)))[fit.terms.indexOf('log(dist_km)')]!

  it('Poisson with four effects', () => {
    const fit = ppml('Euros ~ log(dist_km) | Origin + Destination + Product + Year', load(trade!))
    expect(coef(fit)['log(dist_km)']).toBeCloseTo(-1.52787, 5)
    expect([at(fit, cluster('Origin')), at(fit, cluster('Origin', 'Destination')), at(fit, cluster('Product'))].map((value) => value.toFixed(6))).toEqual(['0.115678', '0.130734', '0.098294'])
    expect(fit.detail.squaredCorrelation).toBeCloseTo(0.612021, 6)
    expect(fit.detail.adjustedPseudoRSquared).toBeCloseTo(0.764032, 6)
  })

  it('Poisson without effects', () => {
    const fit = ppml('Euros ~ log(dist_km)', load(trade!))
    expect(coef(fit)['(Intercept)']).toBeCloseTo(24.70889, 5)
    expect(coef(fit)['log(dist_km)']).toBeCloseTo(-1.02896, 5)
    // fixest's weights are one iteration old here: 2e-5.
    expect(at(fit, cluster('Origin', 'Destination'))).toBeCloseTo(0.158022, 4)
    expect(at(fit, cluster('Product'))).toBeCloseTo(0.045954, 4)
  })

  it('least squares of the logarithm', () => {
    const fit = ols('log(Euros) ~ log(dist_km) | Origin + Destination + Product + Year', load(trade!))
    expect(coef(fit)['log(dist_km)']).toBeCloseTo(-2.16988, 5)
    expect(at(fit, cluster('Destination', 'Origin'))).toBeCloseTo(0.171367, 6)
    expect(fit.detail.adjustedRSquared).toBeCloseTo(0.705139, 6)
    expect(fit.detail.withinRSquared).toBeCloseTo(0.219322, 6)
  })
})

const logOfGravity = sharedData('gravity_log_of_gravity', 'log_of_gravity.csv')
describe.skipIf(logOfGravity === undefined)('the log of gravity', () => {
  it('traditional gravity equation', () => {
    const formula = 'trade ~ lypex + lypim + lyex + lyim + ldist + border + comlang + colony + landl_ex + landl_im + lremot_ex + lremot_im + comfrt_wto + open_wto'
    expectPublished(ppml(formula, load(logOfGravity!), { vcov: robust() }), {
      lypex: [0.733, 0.027], lypim: [0.741, 0.027], lyex: [0.157, 0.053], lyim: [0.135, 0.045], ldist: [-0.784, 0.055], border: [0.193, 0.104], comlang: [0.746, 0.135],
      colony: [0.025, 0.150], landl_ex: [-0.863, 0.157], landl_im: [-0.696, 0.141], lremot_ex: [0.660, 0.134], lremot_im: [0.561, 0.118], comfrt_wto: [0.181, 0.088], open_wto: [-0.107, 0.131],
    }, 3)
  })

  it('with exporter and importer effects', () => {
    expectPublished(ppml('trade ~ ldist + border + comlang + colony + comfrt_wto | s1_im + s2_ex', load(logOfGravity!), { vcov: robust() }), {
      ldist: [-0.750, 0.041], border: [0.370, 0.091], comlang: [0.383, 0.093], colony: [0.079, 0.134], comfrt_wto: [0.376, 0.077],
    }, 3)
  })
})

const applications = sharedData('gravity_agtpa', 'agtpa_applications.csv')
describe.skipIf(applications === undefined)('Advanced Guide to Trade Policy Analysis', () => {
  it('trade agreements in gravity', () => {
    const international = csvTable(applications!, (cell) => cell('exporter') !== cell('importer') && (Number(cell('year')) - 1986) % 4 === 0)
    const fit = ppml('trade ~ log(dist) + cntg + lang + clny + rta | exporter^year + importer^year', international, { vcov: cluster('pair_id', { smallSample: 'stata' }) })
    expectPublished(fit, { 'log(dist)': [-0.822, 0.031], cntg: [0.416, 0.083], lang: [0.250, 0.077], clny: [-0.205, 0.114], rta: [0.191, 0.066] }, 3)
  })
})

const agreements = sharedData('gravity_ppmlhdfe_fta', 'example_trade_fta.csv')
it.skipIf(agreements === undefined)('ppmlhdfe, three effects', () => {
  const fit = ppml('trade ~ fta | isoexp^year + isoimp^year + isoexp^isoimp', load(agreements!))
  expect(coef(fit).fta).toBeCloseTo(0.1924455, 6)
})
