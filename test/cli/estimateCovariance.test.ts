import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../src/cli/arguments.js'
import { command } from '../../src/cli/estimate.js'
import type { EstimateDocument } from '../../src/cli/estimateResult.js'
import { createIo } from '../../src/cli/io.js'
import { conley, driscollKraay, dyadic, hc2, hc3, iv, neweyWest, ols, shiftShare } from '../../src/estimate/index.js'
import { readTable } from '../../src/ingest/index.js'

const quakes = fileURLToPath(new URL('../../fixtures/reference/conley/quakes.csv', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'reshore-covariance-'))
afterAll(() => rmSync(folder, { recursive: true }))

const links = join(folder, 'links.csv')
writeFileSync(links, `buyer,supplier,y,x\n${Array.from({ length: 80 }, (_, i) => `f${(i * 7) % 13},f${(i * i) % 11},${Math.sin(3 * i) + (i % 13)},${Math.cos(i * i)}`).join('\n')}\n`)

async function estimate(...words: string[]): Promise<string> {
  let printed = ''
  const { command: parsed, json, quiet } = parseCommandLine(words, command)
  await command.run(parsed as Parameters<typeof command.run>[0], createIo({ json, quiet, stdout: { write: (text: string) => (printed += text) }, stderr: { write: () => '' } }))
  return printed
}

describe('reshore estimate, covariances of links and places', () => {
  it('takes --dyadic buyer,supplier', async () => {
    const words = ['ols', '--data', links, '--formula', 'y ~ x', '--dyadic', 'buyer,supplier']
    const result = JSON.parse(await estimate(...words, '--json')) as EstimateDocument
    const fit = ols('y ~ x', await readTable(links), { vcov: dyadic('buyer', 'supplier') })
    expect(result.vcov.flat()).toEqual([...fit.vcov.matrix])
    expect(result.notes.map(({ text }) => text)).toContain('Dyadic covariance over 13 firms with the small-sample factor G/(G−1).')
    expect(await estimate(...words)).toContain('dyadic(buyer, supplier); t with 12 degrees of freedom')
  })

  it('takes --conley with its coordinates', async () => {
    const words = ['ols', '--data', quakes, '--formula', 'depth ~ mag', '--conley', '100.1756633433033', '--latitude', 'lat', '--longitude', 'long']
    const result = JSON.parse(await estimate(...words, '--json')) as EstimateDocument
    expect(result.terms.map(({ stdError }) => stdError.toFixed(4))).toEqual(['108.9005', '19.2323'])
    expect(await estimate(...words, '--kernel', 'bartlett')).toContain('conley(100.1756633433033 km, bartlett)')
    expect(result.notes.map(({ text }) => text).join(' ')).toContain('uniform kernel, small-sample factor fixest')
  })

  const panel = fileURLToPath(new URL('../../fixtures/reference/covariances/panel.csv', import.meta.url))
  const years = { period: 'year', lags: 2 }
  it.each([
    [['--vcov', 'newey-west', '--time', 'year', '--group', 'firm', '--lags', '2'], neweyWest({ ...years, unit: 'firm' }), 'neweyWest(firm, year, 2 lags); t with 4 degrees'],
    [['--vcov', 'newey-west', '--time', 'series', '--small-sample', 'none'], neweyWest({ period: 'series', smallSample: 'none' }), 'neweyWest(series, 4 lags); t with 364 degrees'],
    [['--vcov', 'driscoll-kraay', '--time', 'year'], driscollKraay({ period: 'year' }), 'driscollKraay(year, 1 lag); t with 4 degrees'],
    [['--vcov', 'hc2'], hc2(), 'hc2; t with'],
    [['--vcov', 'hc3'], hc3(), 'hc3; t with'],
    [['--conley', '150', '--latitude', 'region', '--longitude', 'copies', '--time', 'year'], conley({ latitude: 'region', longitude: 'copies', kilometres: 150, period: 'year' }), 'conley(150 km, uniform)'],
    [['--conley', '150', '--latitude', 'region', '--longitude', 'copies', '--time', 'year', '--group', 'firm', '--lags', '2'],
      conley({ latitude: 'region', longitude: 'copies', kilometres: 150, unit: 'firm', ...years }), 'conley(150 km, uniform, 2 lags)'],
  ])('takes %j', async (flags, vcov, text) => {
    const words = ['ols', '--data', panel, '--formula', 'y ~ x1 + x2', ...flags]
    const result = JSON.parse(await estimate(...words, '--json')) as EstimateDocument
    expect(result.vcov.flat()).toEqual([...ols('y ~ x1 + x2', await readTable(panel), { vcov }).vcov.matrix])
    expect(await estimate(...words)).toContain(text)
  })

  it('takes covariances over time for instruments', async () => {
    const result = JSON.parse(await estimate('iv', '--data', panel, '--formula', 'y ~ x1 | x2 ~ exposure', '--vcov', 'driscoll-kraay', '--time', 'year', '--lags', '2', '--json')) as EstimateDocument
    const fit = iv('y ~ x1 | x2 ~ exposure', await readTable(panel), { vcov: driscollKraay(years) })
    expect(result.detail).toMatchObject({ covariance: 'driscollKraay(year, 2 lags)', effectiveF: { statistic: fit.detail.effectiveF!.statistic } })
  })

  const units = join(folder, 'units.csv')
  const document = { variable: 'z', unit: ['firm', 'year'], shares: { file: 'shares.csv', unit: ['firm', 'year'], shock: 'product', share: 'share' }, shocks: { file: 'shocks.csv', shock: 'product', cluster: 'sector' } }
  const design = (name: string, changes: object = {}): string => {
    writeFileSync(join(folder, name), JSON.stringify({ ...document, ...changes }))
    return join(folder, name)
  }
  const wave = (a: number): number => Math.abs(Math.sin(a)) / 6
  writeFileSync(units, `firm,year,y,z\n${Array.from({ length: 40 }, (_, i) => `f${i >> 1},${2000 + (i % 2)},${Math.sin(5 * i)},${Array.from({ length: 6 }, (_, s) => wave(7 * i + s * s) * Math.cos(s)).reduce((a, b) => a + b)}`).join('\n')}\n`)
  writeFileSync(join(folder, 'shares.csv'), `firm,year,product,share\n${Array.from({ length: 40 }, (_, i) => Array.from({ length: 6 }, (_unused, s) => `f${i >> 1},${2000 + (i % 2)},p${s},${wave(7 * i + s * s)}`).join('\n')).join('\n')}\n`)
  writeFileSync(join(folder, 'shocks.csv'), `product,sector\n${Array.from({ length: 6 }, (_, s) => `p${s},${s % 3}`).join('\n')}\n`)

  it('takes --shift-share with a document that names shares and shocks beside it', async () => {
    const words = ['ols', '--data', units, '--formula', 'y ~ z', '--shift-share', design('design.json')]
    const result = JSON.parse(await estimate(...words, '--json')) as EstimateDocument
    const table = await readTable(units)
    const shares = { table: await readTable(join(folder, 'shares.csv')), unit: ['firm', 'year'], shock: 'product', share: 'share' }
    const shocks = { table: await readTable(join(folder, 'shocks.csv')), shock: 'product', cluster: 'sector' }
    const fit = ols('y ~ z', table, { vcov: shiftShare({ variable: 'z', unit: ['firm', 'year'], shares, shocks }) })
    expect(result.vcov.flat()).toEqual([...fit.vcov.matrix])
    expect(result.notes.map(({ text }) => text).join(' ')).toContain('over 6 shocks in 3 clusters of `sector`')
    expect(await estimate(...words)).toContain('shiftShare(z, akm); normal')
  })

  it.each([
    [{ extra: 1 }, 'shift-share problem, extra: is not a key of this document'],
    [{ method: 'akm2' }, 'shift-share problem, method'],
    [{ shares: { file: 'shares.csv', unit: 'firm', shock: 'product', share: 'share' } }, 'the unit of the shares has 1 column and the unit 2'],
    [{ shares: { file: 'none.csv', unit: ['firm', 'year'], shock: 'product', share: 'share' } }, 'none.csv'],
  ])('refuses the document with %j', async (changes, message) => {
    await expect(estimate('ols', '--data', units, '--formula', 'y ~ z', '--shift-share', design('wrong.json', changes))).rejects.toThrow(message)
  })

  it.each([
    [['--dyadic', 'buyer'], '--dyadic names 1 column'],
    [['--dyadic', 'buyer,supplier', '--cluster', 'buyer'], '--dyadic and --cluster are two covariances'],
    [['--conley', '100', '--latitude', 'x'], 'a Conley covariance needs a distance and two coordinates'],
    [['--shift-share', 'none.json'], 'cannot read the shift-share document none.json'],
    [['--shift-share', 'none.json', '--small-sample', 'none'], '--small-sample without'],
    [['--shift-share', 'none.json', '--vcov', 'robust'], '--shift-share and --vcov robust are two covariances'],
    [['--kernel', 'bartlett'], 'a Conley covariance needs a distance and two coordinates'],
    [['--latitude', 'x', '--longitude', 'y'], 'a Conley covariance needs a distance and two coordinates'],
    [['--vcov', 'newey-west'], '--vcov newey-west needs the column of the period'],
    [['--vcov', 'driscoll-kraay', '--time', 'x', '--group', 'buyer'], 'ols takes no --group'],
    [['--vcov', 'robust', '--time', 'x'], '--time without --dynamic or a covariance over time'],
    [['--cluster', 'buyer', '--group', 'buyer'], 'ols takes no --group'],
    [['--vcov', 'robust', '--lags', '2'], '--lags without a covariance over time'],
    [['--vcov', 'newey-west', '--time', 'x', '--lags', '-1'], '--lags is `-1`'],
    [['--conley', '100', '--latitude', 'x', '--longitude', 'y', '--time', 'x', '--lags', '2'], '--conley with --lags needs period and unit'],
    [['--vcov', 'hc3', '--small-sample', 'none'], '--small-sample with --vcov hc3'],
    [['--bw', '3'], 'unknown option --bw'],
    [['--conley', 'near', '--latitude', 'x', '--longitude', 'y'], 'near'],
  ])('refuses %j', async (words, message) => {
    await expect(estimate('ols', '--data', links, '--formula', 'y ~ x', ...words)).rejects.toThrow(message)
  })
})
