import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../src/cli/arguments.js'
import { command } from '../../src/cli/estimate.js'
import { createIo } from '../../src/cli/io.js'
import type { IvDetail } from '../../src/estimate/index.js'

const links = fileURLToPath(new URL('../../fixtures/reference/iv/links.csv', import.meta.url))

async function estimate(...words: string[]): Promise<string> {
  let printed = ''
  const { command: parsed, json } = parseCommandLine(['iv', '--data', links, ...words], command)
  await command.run(parsed as Parameters<typeof command.run>[0], createIo({ json, quiet: true, stdout: { write: (text: string) => (printed += text) }, stderr: { write: () => undefined } }))
  return printed
}

describe('reshore estimate iv', () => {
  it('holds the diagnostics under plain names, without anything that is not a number', async () => {
    const text = await estimate('--formula', 'y ~ w1 | firm | x1 ~ z1 + z2', '--cluster', 'region', '--json')
    const { detail, terms } = JSON.parse(text) as { detail: IvDetail; terms: { term: string }[] }
    expect(terms.map(({ term }) => term)).toEqual(['w1', 'x1'])
    expect(Object.keys(detail)).toEqual(['rSquared', 'adjustedRSquared', 'withinRSquared', 'sigma', 'degreesOfFreedom', 'absorbedParameters', 'method', 'kappa', 'endogenous', 'instruments',
      'covariance', 'firstStages', 'reducedForm', 'craggDonald', 'andersonLm', 'kleibergenPaap', 'effectiveF', 'andersonRubin', 'conditional', 'wuHausman', 'sargan', 'hansenJ'])
    expect(detail.covariance).toBe('cluster(region)')
    expect(detail.andersonRubin!.confidenceSet!.shape).toBe('bounded')
    expect(text).not.toContain('null}')
  })

  it('prints them', async () => {
    const text = await estimate('--formula', 'y ~ w1 | x1 + x2 ~ z1 + z2 + z3', '--method', 'fuller', '--fuller', '4', '--vcov', 'robust')
    expect(text).toMatch(/method +Fuller\(4\), kappa 0\.98/)
    expect(text).toMatch(/first stage +x1 on z1 0\.59\d+ \(0\.0\d+\), .* beside \(Intercept\) \d\.\d+ \(0\.\d+\), w1 -?0\.\d+ \(0\.\d+\) +F\(3, 355\) .* conditional F\(2, 355\)/)
    expect(text).toMatch(/weak instruments +Cragg–Donald F 9\.27.*Kleibergen–Paap F .*\(robust\)/)
    expect(text).toMatch(/overidentification +Sargan χ²\(1\) .* Hansen J χ²\(1\)/)
    expect(await estimate('--formula', 'y ~ 1 | x1 ~ z1')).toMatch(/Anderson–Rubin +all zero: F\(1, 358\) .* 95% set \[.*\] \(bounded\)/)
  })

  it('prints the tests that keep their power', async () => {
    const text = await estimate('--formula', 'y ~ w1 | x1 ~ z1 + z2 + z3', '--vcov', 'robust')
    expect(text).toMatch(/conditional +CLR \d+\.\d+ \(p .*\) +95% set \[.*\] \(bounded\)/)
    expect(text).toMatch(/Kleibergen K +χ²\(1\) .* 95% set \[/)
    expect(await estimate('--formula', 'y ~ w1 | x1 ~ z1')).not.toContain('CLR')
  })

  it.each([
    [['--formula', 'y ~ w1'], 'iv needs instruments'],
    [['--formula', 'y ~ w1 | x1 ~ z1', '--fuller', '4'], 'a Fuller constant with method 2sls'],
    [['--formula', 'y ~ w1 | x1 ~ z1', '--method', 'gmm'], 'two-step GMM with weights for iid errors'],
    [['--formula', 'y ~ w1 | x1 ~ z1', '--method', 'jive'], 'jive'],
  ])('refuses %j', async (words, message) => {
    await expect(async () => estimate(...words)).rejects.toMatchObject({ message: expect.stringContaining(message), exitCode: 2 })
  })
})
