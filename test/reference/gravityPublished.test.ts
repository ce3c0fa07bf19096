/**
 * Published gravity tables through the command line, from the files as they are: fixest's walkthrough and page on standard errors, Santos Silva and
 * Tenreyro (2006, Tables 3 and 5), the Advanced Guide to Trade Policy Analysis (Yotov et al. 2016, Tables 1 to 3, with the digits of the
 * tradepolicy book), ppmlhdfe's example, the gravity package. Skipped where the data are absent.
 */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { EstimateDocument } from '../../src/cli/estimateResult.js'
import type { FurtherResults } from '../../src/cli/furtherResults.js'
import { sharedData } from '../sharedData.js'
import { derivedFiles, estimateFile, expectDigits, expectPrinted } from './commandLine.js'

const trade = sharedData('gravity_fixest_trade', 'trade.csv')
describe.skipIf(trade === undefined)('fixest on European trade', () => {
  const both = ['--cluster', 'Origin,Destination']

  it.each([
    ['', '-1.029 (0.1580)', '0.05511', '0.18502'],
    ['| Year', '-1.029 (0.1581)', '0.05711', '0.18833'],
    ['| Year + Destination', '-1.226 (0.2045)', '0.16420', '0.35826'],
    ['| Year + Destination + Origin', '-1.518 (0.1282)', '0.38479', '0.59312'],
    ['| Origin + Destination + Product + Year', '-1.528 (0.1307)', '0.61202', '0.76403'],
  ])('Poisson %s', async (effects, distance, squaredCorrelation, pseudoRSquared) => {
    const found = await estimateFile('ppml', trade!, `Euros ~ log(dist_km) ${effects}`, ...both)
    expectPrinted(found, { 'log(dist_km)': distance })
    const detail = found.detail as { squaredCorrelation: number; pseudoRSquared: number }
    expectDigits(detail.squaredCorrelation, squaredCorrelation, 'squared correlation')
    expectDigits(detail.pseudoRSquared, pseudoRSquared, 'pseudo R²')
  })

  it.each([
    [both, '-2.16988 (0.171367)', 4.6802e-9],
    [[...both, '--small-sample', 'none'], '-2.16988 (0.165494)', 2.9764e-9],
  ])('least squares, %j', async (options, distance, pValue) => {
    const found = await estimateFile('ols', trade!, 'log(Euros) ~ log(dist_km) | Destination + Origin + Product + Year', ...options)
    expectPrinted(found, { 'log(dist_km)': distance })
    expect(Math.abs(found.terms[0]!.pValue / pValue - 1)).toBeLessThan(1e-4)
  })
})

const logOfGravity = sharedData('gravity_log_of_gravity', 'log_of_gravity.csv')
describe.skipIf(logOfGravity === undefined)('the log of gravity', () => {
  const traditional = ['lypex', 'lypim', 'lyex', 'lyim', 'ldist', 'border', 'comlang', 'colony', 'landl_ex', 'landl_im', 'lremot_ex', 'lremot_im', 'comfrt_wto', 'open_wto']
  const bilateral = ['ldist', 'border', 'comlang', 'colony', 'comfrt_wto']
  const positive = ['--where', 'trade > 0']

  it.each([
    ['ols', 'log(trade)', traditional, '', [], '0.938 (0.012), 0.798 (0.012), 0.207 (0.017), 0.106 (0.018), -1.166 (0.034), 0.314 (0.127), 0.678 (0.067), 0.397 (0.070), -0.062 (0.062), -0.665 (0.060), 0.467 (0.079), -0.205 (0.085), 0.491 (0.097), -0.170 (0.053)'],
    ['ols', 'log(1 + trade)', traditional, '', [], '1.128 (0.011), 0.866 (0.012), 0.277 (0.018), 0.217 (0.018), -1.151 (0.040), -0.241 (0.201), 0.742 (0.067), 0.392 (0.070), 0.106 (0.054), -0.278 (0.055), 0.526 (0.087), -0.109 (0.091), 1.289 (0.124), 0.739 (0.050)'],
    ['ppml', 'trade', traditional, '', positive, '0.721 (0.027), 0.732 (0.028), 0.154 (0.053), 0.133 (0.044), -0.776 (0.055), 0.202 (0.105), 0.752 (0.134), 0.019 (0.150), -0.873 (0.157), -0.704 (0.141), 0.647 (0.135), 0.549 (0.120), 0.179 (0.090), -0.139 (0.133)'],
    ['ols', 'log(trade)', bilateral, '| s1_im + s2_ex', [], '-1.347 (0.031), 0.174 (0.130), 0.406 (0.068), 0.666 (0.070), 0.310 (0.098)'],
    ['ols', 'log1p(trade)', bilateral, '| s1_im + s2_ex', [], '-1.332 (0.036), -0.399 (0.189), 0.550 (0.066), 0.693 (0.067), 0.174 (0.138)'],
    ['ppml', 'trade', bilateral, '| s1_im + s2_ex', positive, '-0.770 (0.042), 0.352 (0.090), 0.418 (0.094), 0.038 (0.134), 0.374 (0.076)'],
  ] as const)('%s of %s on %j %s %j', async (model, outcome, regressors, effects, options, column) => {
    const rows = column.split(', ')
    const found = await estimateFile(model, logOfGravity!, `${outcome} ~ ${regressors.join(' + ')} ${effects}`, '--vcov', 'robust', ...options)
    // Four coefficients of the column without zeros are one unit off in print: Newton's optimum is that of R's glm.
    expectPrinted(found, Object.fromEntries(regressors.map((name, j) => [name, rows[j]!])), 1)
  })

  it.each([['ols', 'log(trade)', [], '0.000'], ['ols', 'log(1 + trade)', [], '0.000'], ['ppml', 'trade', positive, '0.941'], ['ppml', 'trade', [], '0.331']] as const)('RESET of %s, %s %j', async (model, outcome, options, pValue) => {
    const { reset } = (await estimateFile(model, logOfGravity!, `${outcome} ~ ${traditional.join(' + ')}`, '--vcov', 'robust', '--reset', ...options)) as EstimateDocument & FurtherResults
    expectDigits(reset!.pValue, pValue, 'p value of RESET', 1)
  })
})

const agreements = sharedData('gravity_ppmlhdfe_fta', 'example_trade_fta.csv')
it.skipIf(agreements === undefined)('ppmlhdfe: total trade with three effects, clustered by pair', async () => {
  const found = await estimateFile('ppml', agreements!, 'trade ~ fta | isoimp^year + isoexp^year + isoimp^isoexp', '--where', "category == 'TOTAL'", '--cluster', 'isoimp^isoexp', '--small-sample', 'stata')
  expectPrinted(found, { fta: '0.1924455 (0.0419527)' })
  expect(found.observations).toBe(5950)
  expectDigits((found.detail as { deviance: number }).deviance, '377332502.3', 'deviance')
})

const zeros = sharedData('gravity_cepii_2006', 'gravity_zeros.csv')
it.skipIf(zeros === undefined)('the gravity package: Poisson without zeros', async () => {
  const found = await estimateFile('ppml', zeros!, 'flow ~ log(distw) + rta + comcur + contig', '--where', 'flow > 0')
  expect(found.observations).toBe(17088)
  expectPrinted(found, { '(Intercept)': '5.76232', 'log(distw)': '0.02428', rta: '1.26582', comcur: '1.10604', contig: '1.75821' })
})

const applications = sharedData('gravity_agtpa', 'agtpa_applications.csv')
describe.skipIf(applications === undefined)('Advanced Guide to Trade Policy Analysis', () => {
  const { path, write } = derivedFiles()
  const gravity = 'log(dist) + cntg + lang + clny'
  const international = ['--where', 'exporter != importer']
  const clustered = ['--cluster', 'pair_id', '--small-sample', 'stata']
  const estimate = (model: string, formula: string, ...options: readonly string[]) => estimateFile(model, path('years.csv'), formula, ...clustered, ...options)
  const years = [1986, 1990, 1994, 1998, 2002, 2006]

  beforeAll(() => {
    const [header, ...lines] = readFileSync(applications!, 'utf8').trim().split(/\r?\n/).map((line) => line.replaceAll('"', '').split(','))
    const at = (row: readonly string[], name: string): string => row[header!.indexOf(name)]!
    const rows = lines.filter((row) => years.includes(Number(at(row, 'year'))))
    const sums = (key: (row: readonly string[]) => string, value: (row: readonly string[]) => number): ((row: readonly string[]) => number) => {
      const totals = new Map<string, number>()
      for (const row of rows) totals.set(key(row), (totals.get(key(row)) ?? 0) + value(row))
      return (row) => totals.get(key(row))!
    }
    const flow = (row: readonly string[]): number => Number(at(row, 'trade'))
    const output = sums((row) => at(row, 'exporter') + at(row, 'year'), flow)
    const expenditure = sums((row) => at(row, 'importer') + at(row, 'year'), flow)
    const pair = sums((row) => at(row, 'pair_id'), flow)
    write('years.csv', [...header!, 'output', 'expenditure', 'pair_trade', 'abroad', 'home', 'intra_pair', 'foreign_pair'], rows.map((row) => {
      const home = at(row, 'exporter') === at(row, 'importer')
      return [...row, output(row), expenditure(row), pair(row), home ? 0 : 1, home ? 1 : 0, home ? at(row, 'exporter') : 'inter', home ? 'intra' : at(row, 'pair_id')]
    }))
  })

  const distances = (values: readonly string[]): Record<string, string> => Object.fromEntries(years.map((year, j) => [`year::${year}:log(dist)`, values[j]!]))
  const intra = (values: readonly string[]): Record<string, string> => Object.fromEntries(years.map((year, j) => [`year::${year}:I(log(dist) * abroad)`, values[j]!]))
  const byYear = 'i(year):I(log(dist) * abroad) + cntg + lang + clny'
  const effects = '| exporter^year + importer^year'
  const traded = ['--where', 'pair_trade > 0']

  it.each([
    ['traditional', 'ols', `log(trade) ~ ${gravity} + log(output) + log(expenditure)`, international,
      { '(Intercept)': '-11.2831 (0.2958)', 'log(dist)': '-1.0016 (0.0273)', cntg: '0.5738 (0.1847)', lang: '0.8015 (0.0821)', clny: '0.7349 (0.1442)', 'log(output)': '1.1902 (0.0095)', 'log(expenditure)': '0.9076 (0.0099)' }],
    // Standard errors of the Guide itself: those of the tradepolicy book leave n − K out.
    ['effects', 'ols', `log(trade) ~ ${gravity} ${effects}`, international, { 'log(dist)': '-1.216 (0.038)', cntg: '0.223 (0.203)', lang: '0.661 (0.082)', clny: '0.670 (0.149)' }],
    ['effects, Poisson', 'ppml', `trade ~ ${gravity} ${effects}`, international, { 'log(dist)': '-0.8409 (0.0317)', cntg: '0.4374 (0.0832)', lang: '0.2475 (0.0765)', clny: '-0.2225 (0.1162)' }],
    ['distance puzzle', 'ols', `log(trade) ~ i(year):log(dist) + cntg + lang + clny ${effects}`, international, distances(['-1.1685', '-1.1551', '-1.2106', '-1.2481', '-1.2413', '-1.2613'])],
    ['distance puzzle, Poisson', 'ppml', `trade ~ i(year):log(dist) + cntg + lang + clny ${effects}`, international,
      { ...distances(['-0.8593 (0.0370)', '-0.8341 (0.0377)', '-0.8348 (0.0351)', '-0.8469 (0.0354)', '-0.8484 (0.0316)', '-0.8356 (0.0312)']), clny: '-0.2223 (0.1163)' }],
    ['internal distance', 'ppml', `trade ~ ${byYear} + I(log(dist) * home) ${effects}`, [],
      { ...intra(['-0.9797 (0.0720)', '-0.9399 (0.0731)', '-0.9150 (0.0720)', '-0.8868 (0.0710)', '-0.8839 (0.0706)', '-0.8722 (0.0713)']), 'I(log(dist) * home)': '-0.4884 (0.1007)', lang: '0.3373 (0.1682)' }],
    ['home bias', 'ppml', `trade ~ ${byYear} + I(log(dist) * home) + home ${effects}`, [], { ...intra(['-0.8570 (0.0627)', '-0.8189 (0.0633)', '-0.7958 (0.0635)', '-0.7699 (0.0630)', '-0.7666 (0.0626)', '-0.7544 (0.0622)']), 'I(log(dist) * home)': '-0.6024 (0.1092)', home: '1.6890 (0.5737)', clny: '0.0269 (0.1248)' }],
    ['country-specific home bias', 'ppml', `trade ~ ${byYear} + intra_pair ${effects}`, [],
      { ...intra(['-0.9100 (0.0323)', '-0.8790 (0.0321)', '-0.8598 (0.0318)', '-0.8329 (0.0317)', '-0.8292 (0.0320)', '-0.8105 (0.0320)']), 'intra_pair::AUS': '-1.0409 (0.5066)', 'intra_pair::USA': '-3.4131 (0.4803)', 'intra_pair::inter': '1.3019 (0.5628)' }],
    ['agreements and domestic trade', 'ppml', `trade ~ ${gravity} + rta ${effects} + intra_pair`, [], { 'log(dist)': '-0.8003 (0.0303)', cntg: '0.3932 (0.0789)', rta: '0.4085 (0.0688)' }],
    ['pair effects', 'ppml', `trade ~ rta ${effects} + foreign_pair`, traded, { rta: '0.5572 (0.1022)' }],
    ['pair effects, pairs that never trade found', 'ppml', `trade ~ rta ${effects} + foreign_pair`, [], { rta: '0.5572 (0.1022)' }],
    ['a lead', 'ppml', `trade ~ rta + rta_lead4 ${effects} + foreign_pair`, traded, { rta: '0.5200 (0.0859)', rta_lead4: '0.0774 (0.0921)' }],
    ['lags', 'ppml', `trade ~ rta + rta_lag4 + rta_lag8 + rta_lag12 ${effects} + foreign_pair`, traded, { rta: '0.2914 (0.0892)', rta_lag4: '0.4135 (0.0672)', rta_lag8: '0.1687 (0.0431)', rta_lag12: '0.1189 (0.0301)' }],
    ['globalisation', 'ppml', `trade ~ rta + rta_lag4 + rta_lag8 + rta_lag12 + i(year, abroad, ref = 2006) ${effects} + foreign_pair`, traded,
      { rta: '0.1157 (0.0867)', rta_lag4: '0.2877 (0.0617)', rta_lag12: '0.0024 (0.0291)', 'year::1986:abroad': '-0.7056 (0.0478)', 'year::2002:abroad': '-0.1409 (0.0169)' }],
  ] as const)('%s', async (_, model, formula, options, rows) => {
    expectPrinted(await estimate(model, formula, ...options), rows as Record<string, string>)
  })

  it.each([['', '0.993 (0.094)'], ['+ i(year, I(exporter != importer), ref = 2006)', '0.475 (0.109)']])('total effect of agreements %s', async (globalisation, total) => {
    const effect = 'rta + rta_lag4 + rta_lag8 + rta_lag12'
    const { lincom } = (await estimate('ppml', `trade ~ ${effect} ${globalisation} ${effects} + foreign_pair`, ...traded, '--lincom', effect)) as EstimateDocument & FurtherResults
    expectPrinted({ terms: lincom!.rows }, { [effect]: total })
  })
})
