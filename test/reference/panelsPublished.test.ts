/**
 * Firm, worker, spell and instrument data through the command line, from the files as they are: Grunfeld's investments on fixest's page on
 * standard errors and in plm; Stata's manual; Wooldridge's Introductory Econometrics; R (AER, sandwich, survival; fixtures/reference/published/reference.R) for the others. Skipped where the data are absent.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { sharedData } from '../sharedData.js'
import type { EstimateDocument } from '../../src/cli/estimateResult.js'
import type { FurtherResults } from '../../src/cli/furtherResults.js'
import { estimateFile, expectDigits, expectPrinted } from './commandLine.js'

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
    // Baltagi's textbook, plm's vignette.
    ['invest ~ value + capital | firm', [], { value: '0.110124 (0.011857)', capital: '0.310065 (0.017355)' }],
    ['invest ~ capital | firm + year', ['--cluster', 'firm', '--small-sample', 'none'], { capital: '0.4138 (0.05693726)' }],
  ] as const)('%s %j', async (formula, options, rows) => {
    expectPrinted(await estimateFile('ols', grunfeld!, formula, ...ten, ...options), rows as Record<string, string>)
  })
})

const women = sharedData('panel_union_wage', 'nlswork.csv')
describe.skipIf(women === undefined)('Stata manual on the NLS young women', () => {
  it('xtreg, fe: the Longitudinal-Data manual', async () => {
    const formula = 'ln_wage ~ grade + age + age^2 + ttl_exp + ttl_exp^2 + tenure + tenure^2 + i(race) + not_smsa + south | idcode'
    const found = await estimateFile('ols', women!, formula)
    expectPrinted(found, {
      age: '0.0359987 (0.0033864)', 'I(age^2)': '-0.000723 (0.0000533)', ttl_exp: '0.0334668 (0.0029653)', 'I(ttl_exp^2)': '0.0002163 (0.0001277)',
      tenure: '0.0357539 (0.0018487)', 'I(tenure^2)': '-0.0019701 (0.000125)', not_smsa: '-0.0890108 (0.0095316)', south: '-0.0606309 (0.0109319)',
    })
    expect(found.observations).toBe(28_091)
    const detail = found.detail as { readonly withinRSquared: number; readonly sigma: number }
    expectDigits(detail.withinRSquared, '0.1727', 'within R²')
    expectDigits(detail.sigma, '0.29068923', 'sigma_e')
    expect(found.wald!.degrees).toEqual([8, 23_386])
    expectDigits(found.wald!.statistic, '610.12', 'F')
  })

  it('xtivreg, fe', async () => {
    const found = await estimateFile('iv', women!, 'ln_wage ~ age + age^2 + not_smsa | idcode | tenure ~ union + south')
    expectPrinted(found, { tenure: '0.2403531 (0.0373419)', age: '0.0118437 (0.0090032)', 'I(age^2)': '-0.0012145 (0.0001968)', not_smsa: '-0.0167178 (0.0339236)' })
    expect(found.observations).toBe(19_007)
  })
})

const men = sharedData('panel_union_wage', 'wagepan.csv')
it.skipIf(men === undefined)('Wooldridge, wages of young men within the person', async () => {
  const found = await estimateFile('ols', men!, 'lwage ~ expersq + married + union + d81 + d82 + d83 + d84 + d85 + d86 + d87 | nr')
  expectPrinted(found, { expersq: '-0.0051855 (0.0007044)', married: '0.0466804 (0.0183104)', union: '0.0800019 (0.0193103)', d81: '0.1511912 (0.0219489)' })
})

const couples = sharedData('binary_choice', 'mroz.csv')
describe.skipIf(couples === undefined)('Wooldridge, labour force participation of married women', () => {
  const regressors = 'nwifeinc + educ + exper + expersq + age + kidslt6 + kidsge6'

  it.each([
    // Table 17.1; the probit's standard errors there are from the observed information, two of them one unit away.
    ['ols', ['--vcov', 'robust'], '0.586 (0.152), -0.0034 (0.0015), 0.038 (0.007), 0.039 (0.006), -0.00060 (0.00019), -0.016 (0.002), -0.262 (0.032), 0.013 (0.014)', undefined],
    ['logit', [], '0.425 (0.860), -0.021 (0.008), 0.221 (0.043), 0.206 (0.032), -0.0032 (0.0010), -0.088 (0.015), -1.443 (0.204), 0.060 (0.075)', '-401.77'],
    ['probit', [], '0.270, -0.012 (0.005), 0.131 (0.025), 0.123 (0.019), -0.0019 (0.0006), -0.053 (0.008), -0.868, 0.036', '-401.30'],
  ] as const)('%s', async (model, options, column, logLikelihood) => {
    const found = await estimateFile(model, couples!, `inlf ~ ${regressors}`, ...options)
    const rows = column.split(', ')
    expectPrinted(found, Object.fromEntries(['(Intercept)', ...regressors.split(' + ')].map((term, j) => [term, rows[j]!])))
    if (logLikelihood) expectDigits(found.logLikelihood!, logLikelihood, 'log-likelihood')
    if (model === 'logit') expect(found.aic).toBeCloseTo(16 - 2 * found.logLikelihood!, 10)
  })

  it('average partial effects of the logit: Table 17.2', async () => {
    const { margins } = (await estimateFile('logit', couples!, 'inlf ~ nwifeinc + educ + exper + exper^2 + age + kidslt6 + kidsge6', '--margins')) as EstimateDocument & FurtherResults
    const rows = { nwifeinc: '-0.0038 (0.0015)', educ: '0.0395 (0.0073)', exper: '0.0254 (0.0022)', age: '-0.0157 (0.0024)', kidslt6: '-0.2578 (0.0319)', kidsge6: '0.0107 (0.0133)' }
    expectPrinted({ terms: margins!.map(({ variable, estimate, stdError }) => ({ term: variable, estimate, stdError })) }, rows)
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
