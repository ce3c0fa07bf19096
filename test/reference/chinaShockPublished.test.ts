/**
 * The China shock of Autor, Dorn and Hanson (2013) through the command line: their Tables 2 and 3 and the Stata results in the tests of R's ShiftShareSE,
 * and its AKM and AKM0 inference (Adão, Kolesár and Morales 2019, Table 5) by a shift-share document. Skipped where the data are absent.
 * The first-stage standard errors in the comments of its test_adh.R (.1302015, .1842344, .078037, .0900049) are asserted nowhere, there or here: they
 * contradict those it does assert for the same regressions, `regress, cluster(statefip)` (.181839343, .091423724), which are below.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { sharedData } from '../sharedData.js'
import type { IvDetail } from '../../src/estimate/index.js'
import { derivedFiles, estimateFile, expectDigits, expectPrinted } from './commandLine.js'

const zones = sharedData('adh_shift_share', 'adh_reg.csv')
const published = JSON.parse(readFileSync(new URL('../../fixtures/reference/shiftShare/adh.json', import.meta.url), 'utf8')) as {
  readonly controls: string
  readonly [equation: string]: { readonly [method: string]: { readonly conf: readonly [number, number] } } | string
}
const { controls } = published

describe.skipIf(zones === undefined)('the China shock', () => {
  const weights = ['--weights', 'weights']
  const stata = ['--small-sample', 'none']
  const first = `shock ~ IV + ${controls}`
  const reduced = `d_sh_empl_mfg ~ IV + ${controls}`
  const second = `d_sh_empl_mfg ~ ${controls} | shock ~ IV`

  it.each([
    ['ols', first, [], 'IV', '0.7462433 (0.029158413)'],
    ['ols', first, ['--vcov', 'robust'], 'IV', '0.7462433 (0.171520974)'],
    ['ols', first, ['--cluster', 'statefip'], 'IV', '0.7462433 (0.181839343)'],
    ['ols', first, weights, 'IV', '0.6310409 (0.02732516)'],
    ['ols', first, [...weights, '--vcov', 'robust'], 'IV', '0.6310409 (0.087007189)'],
    ['ols', first, [...weights, '--cluster', 'statefip'], 'IV', '0.6310409 (0.091423724)'],
    ['ols', reduced, [...weights, '--vcov', 'robust'], 'IV', '-0.37633 (0.050950162)'],
    ['ols', reduced, [...weights, '--cluster', 'statefip'], 'IV', '-0.37633 (0.040030546)'],
    // ivregress: no small-sample factor of any kind.
    ['iv', second, ['--vcov', 'iid', ...stata], 'shock', '-0.3028266 (0.0390714)'],
    ['iv', second, ['--vcov', 'robust', ...stata], 'shock', '-0.3028266 (0.090163192)'],
    ['iv', second, ['--cluster', 'statefip', ...stata], 'shock', '-0.3028266 (0.100470868)'],
    ['iv', second, [...weights, '--vcov', 'iid', ...stata], 'shock', '-0.5963601 (0.053969004)'],
    ['iv', second, [...weights, '--vcov', 'robust', ...stata], 'shock', '-0.5963601 (0.095215853)'],
    ['iv', second, [...weights, '--cluster', 'statefip', ...stata], 'shock', '-0.5963601 (0.098773877)'],
    ['iv', 'd_sh_empl_mfg ~ t2 | shock ~ IV', ['--cluster', 'statefip', ...stata], 'shock', '-0.6215758 (0.1630867)'],
    ['iv', 'd_sh_empl_mfg ~ t2 | shock ~ IV', [...weights, '--cluster', 'statefip', ...stata], 'shock', '-0.7460301 (0.0680391)'],
  ] as const)('%s %s %j', async (model, formula, options, term, printed) => {
    expectPrinted(await estimateFile(model, zones!, formula, ...options), { [term]: printed })
  })

  // Autor, Dorn and Hanson (2013): Table 3, columns 1 to 6, with the first stages, whose standard errors are robust only; Table 2, columns 1 and 2.
  const demography = 'l_sh_popedu_c + l_sh_popfborn + l_sh_empl_f'
  const tasks = 'l_sh_routine33 + l_task_outsource'
  it.each([
    ['', [], '-0.746 (0.068)', '0.792'],
    ['+ l_shind_manuf_cbp', [], '-0.610 (0.094)', '0.664'],
    ['+ l_shind_manuf_cbp + i(division)', [], '-0.538 (0.091)', '0.652'],
    [`+ l_shind_manuf_cbp + i(division) + ${demography}`, [], '-0.508 (0.081)', '0.635'],
    [`+ l_shind_manuf_cbp + i(division) + ${tasks}`, [], '-0.562 (0.096)', '0.638'],
    [`+ l_shind_manuf_cbp + i(division) + ${demography} + ${tasks}`, [], '-0.596 (0.099)', '0.631'],
    ['', ['--where', 't2 == 0'], '-0.89 (0.18)', undefined],
    ['', ['--where', 't2 == 1'], '-0.72 (0.06)', undefined],
  ] as const)('two-stage least squares with t2 %s %j', async (others, options, shock, firstStage) => {
    const found = await estimateFile('iv', zones!, `d_sh_empl_mfg ~ t2 ${others} | shock ~ IV`, ...weights, '--cluster', 'statefip', ...stata, ...options)
    expectPrinted(found, { shock })
    if (firstStage) expectDigits((found.detail as unknown as IvDetail).firstStages[0]!.instruments[0]!.estimate, firstStage, 'first stage')
  })

  const { path, write } = derivedFiles()
  beforeAll(() => {
    const lines = readFileSync(zones!, 'utf8').trim().split(/\r?\n/)
    write('zones.csv', [`row,${lines[0]}`], lines.slice(1).map((line, i) => [`${i + 1},${line}`]))
    const [header, ...industries] = readFileSync(sharedData('adh_shift_share', 'adh_sic.csv')!, 'utf8').trim().split(/\r?\n/).map((line) => line.replaceAll('"', '').split(','))
    write('industries.csv', ['col', 'sic3'], industries.map((cells) => [cells[header!.indexOf('col')], Math.floor(Number(cells[header!.indexOf('sic')]) / 10)]))
  })

  it.each([
    ['firstStage', 'akm', 'ols', `shock ~ IV + ${controls}`, 'IV'],
    ['firstStage', 'akmClusters', 'ols', `shock ~ IV + ${controls}`, 'IV'],
    ['reducedForm', 'akm0Clusters', 'ols', `d_sh_empl ~ IV + ${controls}`, 'IV'],
    ['iv', 'akmClusters', 'iv', `d_sh_empl ~ ${controls} | shock ~ IV`, 'shock'],
    ['ivManufacturing', 'akm0', 'iv', `d_sh_empl_mfg ~ ${controls} | shock ~ IV`, 'shock'],
  ] as const)('%s, %s', async (equation, inference, model, formula, term) => {
    const document = {
      variable: 'IV', unit: 'row', method: inference.startsWith('akm0') ? 'akm0' : 'akm',
      shares: { file: sharedData('adh_shift_share', 'adh_w_sparse.csv'), unit: 'row', shock: 'col', share: 'share', absent: 'zero' },
      ...(inference.endsWith('Clusters') && { shocks: { file: 'industries.csv', shock: 'col', cluster: 'sic3' } }),
    }
    writeFileSync(path('design.json'), JSON.stringify(document))
    const found = await estimateFile(model, path('zones.csv'), formula, ...weights, '--shift-share', path('design.json'))
    const [low, high] = (published[equation] as { readonly [method: string]: { readonly conf: readonly [number, number] } })[inference]!.conf
    // Of both methods the standard error is the interval's length over 2z.
    expect(found.terms.find((row) => row.term === term)!.stdError).toBeCloseTo((high - low) / (2 * 1.959963984540054), 10)
  })
})
