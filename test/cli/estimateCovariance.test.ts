import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../src/cli/arguments.js'
import { command } from '../../src/cli/estimate.js'
import type { EstimateDocument } from '../../src/cli/estimateResult.js'
import { createIo } from '../../src/cli/io.js'
import { dyadic, ols } from '../../src/estimate/index.js'
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
    const document = JSON.parse(await estimate(...words, '--json')) as EstimateDocument
    const fit = ols('y ~ x', await readTable(links), { vcov: dyadic('buyer', 'supplier') })
    expect(document.vcov.flat()).toEqual([...fit.vcov.matrix])
    expect(document.notes.map(({ text }) => text)).toContain('Dyadic covariance over 13 firms with the small-sample factor G/(G−1).')
    expect(await estimate(...words)).toContain('dyadic(buyer, supplier); t with 12 degrees of freedom')
  })

  it('takes --conley with its coordinates', async () => {
    const words = ['ols', '--data', quakes, '--formula', 'depth ~ mag', '--conley', '100.1756633433033', '--latitude', 'lat', '--longitude', 'long']
    const document = JSON.parse(await estimate(...words, '--json')) as EstimateDocument
    expect(document.terms.map(({ stdError }) => stdError.toFixed(4))).toEqual(['108.9005', '19.2323'])
    expect(await estimate(...words, '--kernel', 'bartlett')).toContain('conley(100.1756633433033 km, bartlett)')
    expect(document.notes.map(({ text }) => text).join(' ')).toContain('uniform kernel, small-sample factor fixest')
  })

  it.each([
    [['--dyadic', 'buyer'], '--dyadic names 1 column'],
    [['--dyadic', 'buyer,supplier', '--cluster', 'buyer'], '--dyadic and --cluster are two covariances'],
    [['--conley', '100', '--latitude', 'x'], 'a Conley covariance needs a distance and two coordinates'],
    [['--kernel', 'bartlett'], 'a Conley covariance needs a distance and two coordinates'],
    [['--latitude', 'x', '--longitude', 'y'], 'a Conley covariance needs a distance and two coordinates'],
    [['--conley', 'near', '--latitude', 'x', '--longitude', 'y'], 'near'],
  ])('refuses %j', async (words, message) => {
    await expect(estimate('ols', '--data', links, '--formula', 'y ~ x', ...words)).rejects.toThrow(message)
  })
})
