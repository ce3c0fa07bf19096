/**
 * Instrumental variables against printed numbers: Card (1995) in Wooldridge's textbook, as ivreg2 and ivmodel print it; Mroz (1987), the
 * fertility and openness examples of the same textbook; Autor, Dorn and Hanson (2013); Acemoglu, Johnson and Robinson (2001), Table 4; the cigarette examples of AER and
 * of Stock and Watson (12.9–12.16). Skipped where the data are absent. Stata's example of rents in the states (`hsng2`, census of 1980) stands in
 * fixtures/reference/iv/housing.csv.
 */
import { tableFromArrays } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { cluster, iid, iv, ols, robust, tidy } from '../../src/estimate/index.js'
import type { ArrowTable, Fit } from '../../src/estimate/records.js'
import { sharedData } from '../sharedData.js'
import { csvTable } from './csvTable.js'

const present = sharedData('iv_2sls', 'card.csv') !== undefined

/** A data set; with `column`, the rows where that column is `value`. */
function load(name: string, column?: string, value?: number): ArrowTable {
  const table = csvTable(sharedData('iv_2sls', `${name}.csv`)!)
  if (column === undefined) return table
  const kept = Array.from({ length: table.numRows }, (_, row) => row).filter((row) => table.getChild(column)!.get(row) === value)
  const numeric = table.schema.fields.map(({ name: field }) => field).filter((field) => typeof table.getChild(field)!.get(kept[0]!) !== 'string')
  return tableFromArrays(Object.fromEntries(numeric.map((field) => [field, Float64Array.from(kept, (row) => (table.getChild(field)!.get(row) as number | null) ?? NaN)]))) as unknown as ArrowTable
}

/** Estimate and standard error as printed, with as many decimals. */
function expectRow(fit: Fit, term: string, estimate: string, stdError: string): void {
  const row = tidy(fit).find((one) => one.term === term)!
  const printed = (value: number, like: string): string => value.toFixed(like.split('.')[1]!.length)
  expect([printed(row.estimate, estimate), printed(row.stdError, stdError)]).toEqual([estimate, stdError])
}

describe.skipIf(!present)('published instrumental variables', () => {
  const regions = Array.from({ length: 8 }, (_, i) => `reg66${i + 2}`).join(' + ')
  const wages = `lwage ~ exper + expersq + black + smsa + south + smsa66 + ${regions}`

  it('Card: the return to schooling by college proximity', () => {
    const card = load('card')
    expectRow(ols(`${wages} + educ`, card), 'educ', '0.07469', '0.00350')
    const fit = iv(`${wages} | educ ~ nearc4`, card)
    expectRow(fit, 'educ', '0.13150', '0.05496')
    const { firstStages, wuHausman, andersonRubin, effectiveF } = fit.detail
    expect(firstStages[0]!.instruments[0]!.estimate.toFixed(7)).toBe('0.3198989')
    expect(firstStages[0]!.f.statistic).toBeCloseTo(13.26, 2)
    expect(wuHausman!.statistic).toBeCloseTo(1.17, 2)
    expect(effectiveF!.criticalValues[1]!.value).toBeCloseTo(23.11, 2)
    // ivmodel's Anderson–Rubin interval.
    const [low, high] = andersonRubin!.confidenceSetF!.intervals[0]!
    expect([low!.toFixed(4), high!.toFixed(4)]).toEqual(['0.0248', '0.2848'])
  })

  it('Card: robust rank tests and overidentification as ivreg2 prints them', () => {
    const card = load('card')
    const fit = iv(`${wages} | educ ~ nearc4`, card, { vcov: robust() })
    expectRow(fit, 'educ', '0.1315038', '0.0541436')
    expect(fit.detail.kleibergenPaap!.lm.statistic).toBeCloseTo(14.03, 2)
    expect(fit.detail.kleibergenPaap!.waldF).toBeCloseTo(14.14, 2)
    expect(fit.detail.andersonRubin!.f.statistic).toBeCloseTo(5.76, 2)
    const two = iv(`${wages} | educ ~ nearc2 + nearc4`, card).detail
    expect(two.andersonLm.statistic).toBeCloseTo(15.79, 2)
    expect(two.craggDonald.statistic).toBeCloseTo(7.89, 2)
    expect(two.sargan!.statistic).toBeCloseTo(1.25, 2)
    expect(two.sargan!.pValue).toBeCloseTo(0.2639, 4)
    expect(two.andersonRubin!.f.statistic).toBeCloseTo(5.24, 2)
  })

  it('Mroz: wages of working women', () => {
    const fit = iv('lwage ~ exper + expersq | educ ~ motheduc + fatheduc', load('mroz', 'inlf', 1))
    expectRow(fit, 'educ', '0.06140', '0.03144')
    expect(fit.detail.firstStages[0]!.f.statistic).toBeCloseTo(55.4, 2)
    expect(fit.detail.sargan!.statistic).toBeCloseTo(0.378, 3)
    expect(fit.detail.wuHausman!.statistic).toBeCloseTo(2.79, 2)
  })

  it('fertility in Botswana, openness and inflation', () => {
    const fertility = iv('children ~ age + agesq | educ ~ frsthalf', load('fertil2'))
    expectRow(fertility, 'educ', '-0.1715', '0.0532')
    const openness = iv('inf ~ lpcinc | open ~ lland', load('openness'))
    expectRow(openness, 'open', '-0.337', '0.144')
    expect(openness.detail.firstStages[0]!.instruments[0]!.estimate).toBeCloseTo(-7.57, 2)
  })

  it('colonial origins', () => {
    const base = load('ajr5', 'baseco', 1)
    const fit = iv('logpgp95 ~ 1 | avexpr ~ logem4', base)
    expect(fit.sample.used).toBe(64)
    expectRow(fit, 'avexpr', '0.94', '0.16')
    expectRow(iv('logpgp95 ~ lat_abst | avexpr ~ logem4', base), 'avexpr', '1.00', '0.22')
    const [first] = fit.detail.firstStages[0]!.instruments
    expect([first!.estimate.toFixed(2), first!.stdError.toFixed(2)]).toEqual(['-0.61', '0.13'])
  })

  it('the China shock: Autor, Dorn and Hanson (2013), Table 3, column 6', () => {
    const controls = 't2 + l_shind_manuf_cbp + l_sh_popedu_c + l_sh_popfborn + l_sh_empl_f + l_sh_routine33 + l_task_outsource + i(division)'
    // Stata's ivregress has no small-sample factor.
    const vcov = cluster('statefip', { smallSample: 'none' })
    const fit = iv(`d_sh_empl_mfg ~ ${controls} | shock ~ IV`, csvTable(sharedData('adh_shift_share', 'adh_reg.csv')!), { vcov, weights: 'weights' })
    expectRow(fit, 'shock', '-0.596', '0.099')
    expect(fit.detail.firstStages[0]!.instruments[0]!.estimate).toBeCloseTo(0.631, 3)
  })

  it('demand for cigarettes', () => {
    const states = load('cigarettessw', 'year', 1995)
    const income = 'log(income/population/cpi)'
    const price = 'log(price/cpi)'
    const tax = 'I((taxs - tax) / cpi)'
    const options = { vcov: robust() }
    expectRow(iv(`log(packs) ~ 1 | ${price} ~ ${tax}`, states, options), price, '-1.084', '0.319')
    expectRow(iv(`log(packs) ~ ${income} | ${price} ~ ${tax}`, states, options), price, '-1.143', '0.372')
    const both = `log(packs) ~ ${income} | ${price} ~ ${tax} + I(tax / cpi)`
    expectRow(iv(both, states, options), price, '-1.277', '0.250')
    const { firstStages, wuHausman, sargan } = iv(both, states).detail
    expect(firstStages[0]!.f.statistic).toBeCloseTo(244.734, 3)
    expect(wuHausman!.statistic).toBeCloseTo(3.068, 3)
    expect(sargan!.statistic).toBeCloseTo(0.333, 3)
  })
})

describe('rents in the states', () => {
  const states = csvTable(new URL('../../fixtures/reference/iv/housing.csv', import.meta.url).pathname)

  it('as ivregress prints them', () => {
    const fit = iv('rent ~ pcturban | hsngval ~ faminc + i(region)', states, { vcov: iid({ smallSample: 'none' }) })
    expectRow(fit, 'hsngval', '0.0022398', '0.0003284')
    expectRow(fit, 'pcturban', '0.081516', '0.298765')
    expectRow(fit, '(Intercept)', '120.7065', '15.2284')
  })

  it('by two-step GMM, as ivregress prints them', () => {
    const fit = iv('rent ~ pcturban | hsngval ~ faminc + i(region)', states, { method: 'gmm', vcov: robust({ smallSample: 'none' }) })
    expectRow(fit, 'hsngval', '0.0014643', '0.0004473')
    expectRow(fit, 'pcturban', '0.7615482', '0.2895105')
    expectRow(fit, '(Intercept)', '112.1227', '10.8023')
    const t = (one: Fit, term: string): number => tidy(one).find((row) => row.term === term)!.statistic
    const small = iv('rent ~ pcturban | hsngval ~ faminc + i(region)', states, { method: 'gmm', vcov: robust() })
    expect([t(small, 'hsngval'), t(small, 'pcturban')].map((value) => value.toFixed(7))).toEqual(['3.1741831', '2.5503339'])
    const clustered = iv('rent ~ pcturban | hsngval ~ faminc + i(region)', states, { method: 'gmm', vcov: cluster('division', { smallSample: 'none' }) })
    expectRow(clustered, 'hsngval', '0.0019272', '0.0003533')
    expect(t(clustered, 'pcturban').toFixed(7)).toBe('1.6686360')
  })

  it('and the conditional likelihood ratio, as near as a simulated p value comes', () => {
    // `ivregress ..., vce(robust)` and `estat weakrobust` print .0253; an interval of .0005 to .0025 for t and of .0002 to .0028 for CLR.
    const stata = 0.0253
    const fit = iv('rent ~ pcturban | hsngval ~ i(region)', states, { vcov: robust({ smallSample: 'none' }) })
    const { pValue, confidenceSet: { intervals } } = fit.detail.conditional!.clr
    const truncated = (value: number): number => Math.floor(1e4 * value) / 1e4
    expect(intervals[0]!.map((end) => truncated(end!))).toEqual([0.0002, 0.0028])
    const { estimate, stdError } = tidy(fit).find(({ term }) => term === 'hsngval')!
    expect([estimate - 1.96 * stdError, estimate + 1.96 * stdError].map(truncated)).toEqual([0.0005, 0.0025])
    expect(pValue).toBeCloseTo(0.02595, 5)
    // One standard error of 10,000 draws, by which Stata's weakiv takes p values where errors are not homoskedastic.
    expect(Math.abs(pValue - stata)).toBeLessThan(Math.sqrt((pValue * (1 - pValue)) / 10_000))
    // Neither the small-sample factor nor the homoskedastic form is behind it.
    expect(iv('rent ~ pcturban | hsngval ~ i(region)', states, { vcov: robust() }).detail.conditional!.clr.pValue).toBeCloseTo(0.0358, 4)
    expect(iv('rent ~ pcturban | hsngval ~ i(region)', states, { vcov: iid() }).detail.conditional!.clr.pValue).toBeLessThan(0.003)
  })
})
