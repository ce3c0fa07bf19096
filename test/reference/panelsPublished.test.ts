/**
 * Firm, worker, spell and instrument data through the command line, from the files as they are: Grunfeld's investments on fixest's page on
 * standard errors; R (AER, sandwich, survival; fixtures/reference/published/reference.R) for the others. Skipped where the data are absent.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { sharedData } from '../sharedData.js'
import { estimateFile, expectPrinted } from './commandLine.js'

/** R's ties between correlated regressors and its stopping rules leave about this. */
const relative = 1e-7

interface Rows { readonly estimate: readonly number[]; readonly stdError: readonly number[]; readonly wuHausman?: readonly [number, number, number]; readonly concordance?: readonly [number, number] }
const reference = JSON.parse(readFileSync(new URL('../../fixtures/reference/published/reference_R.json', import.meta.url), 'utf8')) as Record<string, Rows>

const grunfeld = sharedData('firm_panels_misc', 'grunfeld.csv')
describe.skipIf(grunfeld === undefined)('Grunfeld, ten firms', () => {
  const ten = ['--where', "firm != 'American Steel'"]

  it.each([
    ['invest ~ capital', [], { '(Intercept)': '14.2362 (15.63927)', capital: '0.47722 (0.0383394)' }],
    ['invest ~ capital', ['--vcov', 'robust'], { '(Intercept)': '14.2362 (17.05558)', capital: '0.47722 (0.06633144)' }],
    ['invest ~ capital | firm + year', [], { capital: '0.4138 (0.02597821)' }],
    // As feols and Stata's xtreg; lm with dummies counts nested effects; plm has no factor.
    ['invest ~ capital | firm + year', ['--cluster', 'firm'], { capital: '0.4138 (0.06328129)' }],
    ['invest ~ capital + i(firm) + factor(year)', ['--cluster', 'firm'], { capital: '0.4138 (0.06493478)' }],
    ['invest ~ capital | firm + year', ['--cluster', 'firm', '--small-sample', 'none'], { capital: '0.4138 (0.05693726)' }],
  ] as const)('%s %j', async (formula, options, rows) => {
    expectPrinted(await estimateFile('ols', grunfeld!, formula, ...ten, ...options), rows as Record<string, string>)
  })
})

const regions = Array.from({ length: 8 }, (_, i) => `reg66${i + 2}`).join(' + ')
const hazard = 'Surv(spell, censor1) ~ age + ui + reprate + disrate + logwage + tenure'

describe.each([
  ['unemploymentEfron', 'cox', 'duration_econ/unempdur.csv', hazard, [], undefined],
  ['unemploymentBreslow', 'cox', 'duration_econ/unempdur.csv', hazard, ['--ties', 'breslow'], undefined],
  ['unemploymentStrata', 'cox', 'duration_econ/unempdur.csv', 'surv(spell, censor1) ~ age + strata(ui) + reprate*tenure + logwage', ['--vcov', 'robust'], ['age', 'reprate', 'tenure', 'logwage', 'reprate:tenure']],
  // Censoring is coded 1.
  ['recidivism', 'cox', 'duration_econ/recid.csv', 'Surv(durat, 1 - cens) ~ workprg + priors + tserved + felon + alcohol + drugs + black + married + educ + age', [], undefined],
  // Of the package survival's vignette and help pages.
  ['pbcDeaths', 'cox', 'cox_survival/pbc.csv', 'Surv(time, status == 2) ~ age + edema + log(bili) + log(protime) + log(albumin)', [], undefined],
  ['lung', 'cox', 'cox_survival/cancer.csv', 'Surv(time, status) ~ age*sex + strata(ph.ecog)', ['--ties', 'breslow'], undefined],
  ['heart', 'cox', 'cox_survival/heart.csv', 'Surv(start, stop, event) ~ (age + surgery + year)*transplant', [], undefined],
  ['bladder', 'cox', 'cox_survival/bladder2.csv', 'Surv(start, stop, event) ~ rx + size + number + strata(enum)', ['--cluster', 'id'], undefined],
  ['colon', 'cox', 'cox_survival/colon.csv', 'Surv(time, status) ~ rx + node4 + extent + surg + obstruct + strata(etype)', ['--cluster', 'id'], undefined],
  ['swiss', 'probit', 'binary_choice/swisslabor.csv', 'participation ~ income + age + I(age^2) + education + youngkids + oldkids + foreign', [], undefined],
  ['males', 'ols', 'panel_union_wage/males.csv', 'wage ~ exper + I(exper^2) + union + ethn', ['--cluster', 'nr'], undefined],
  ['plants', 'ols', 'chile_prodest/chilean.csv', 'Y ~ sX + fX1 + fX2 | idvar + timevar', [], undefined],
  ['colombia', 'ols', 'colombia_plants_gnr/colombian.csv', 'RGO ~ L + K + RI', ['--vcov', 'robust'], undefined],
  ['uk', 'ols', 'firm_panels_misc/empluk.csv', 'log(emp) ~ log(wage) + log(capital) + log(output) + i(firm) + i(year)', ['--cluster', 'firm'], ['log(wage)', 'log(capital)', 'log(output)']],
  ['enia', 'logit', 'chile_enia_import_export/chile_enia_1992_1996.csv', 'import ~ export + lnl + lnk + i(ciiu_3d) + i(year)', ['--cluster', 'id', '--small-sample', 'stata'], ['(Intercept)', 'export', 'lnl', 'lnk']],
  // Age less schooling less six is experience: instruments and endogenous regressors are dependent.
  ['cardAge', 'iv', 'iv_2sls/card.csv', `lwage ~ black + smsa + south + smsa66 + ${regions} | educ + exper + I(exper^2) ~ nearc4 + age + I(age^2)`, [], ['educ', 'exper', 'I(exper^2)']],
  ['college', 'iv', 'iv_2sls/collegedistance.csv', 'log(wage) ~ unemp + ethnicity + gender + urban | education ~ distance', [], undefined],
  ['htv', 'iv', 'iv_2sls/htv.csv', 'lwage ~ exper + I(exper^2) + ne18 + nc18 + south18 + urban18 + ne + nc + south + urban | educ ~ ctuit', [], undefined],
] as const)('R, %s', (name, model, file, formula, options, terms) => {
  const path = sharedData(...file.split('/'))

  it.skipIf(path === undefined)(formula, async () => {
    const found = await estimateFile(model, path!, formula, ...options)
    const { estimate, stdError, wuHausman, concordance } = reference[name]!
    const rows = terms === undefined ? found.terms : terms.map((term) => found.terms.find((row) => row.term === term)!)
    expect(rows.length).toBe(estimate.length)
    rows.forEach((row, j) => {
      // Correlations of R's columns bound what it can tell apart.
      expect(Math.abs(row.estimate - estimate[j]!), row.term).toBeLessThan(relative * Math.max(Math.abs(estimate[j]!), stdError[j]!))
      expect(Math.abs(row.stdError / stdError[j]! - 1), row.term).toBeLessThan(relative)
    })
    if (concordance) {
      const detail = found.detail as unknown as { readonly concordance: { readonly concordance: number; readonly stdError: number } }
      expect(Math.abs(detail.concordance.concordance - concordance[0])).toBeLessThan(relative)
      expect(Math.abs(detail.concordance.stdError / concordance[1] - 1)).toBeLessThan(relative)
    }
    if (wuHausman) {
      const test = (found.detail as unknown as { readonly wuHausman: { readonly statistic: number; readonly degrees: readonly number[] } }).wuHausman
      expect(test.degrees).toEqual(wuHausman.slice(0, 2))
      expect(Math.abs(test.statistic / wuHausman[2] - 1)).toBeLessThan(relative)
    }
  })
})
