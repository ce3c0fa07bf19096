import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../src/cli/arguments.js'
import { createIo } from '../../src/cli/io.js'
import { command } from '../../src/cli/simulate.js'

const out = mkdtempSync(join(tmpdir(), 'reshore-simulate-'))
afterAll(() => rmSync(out, { recursive: true }))

/** What the command prints on standard output, given the words after its name. */
async function simulate(...words: string[]): Promise<string> {
  const printed = { stdout: '', stderr: '' }
  const output = (name: keyof typeof printed) => ({ write: (text: string) => (printed[name] += text) })
  const { command: parsed, json, quiet } = parseCommandLine(words, command)
  await command.run(parsed as Parameters<typeof command.run>[0], createIo({ json, quiet, stdout: output('stdout'), stderr: output('stderr') }))
  return printed.stdout
}

describe('reshore simulate', () => {
  it('writes a survey and prints its truth', async () => {
    const truth = JSON.parse(await simulate('italy', '--out', out, '--firms', '200', '--seed', '3', '--json'))
    expect(truth.outcome.lag).toBe(2.531)
    expect(JSON.parse(readFileSync(join(out, 'truth.json'), 'utf8')).targets).toEqual(truth.targets)
    expect(existsSync(join(out, 'survey_2012.csv'))).toBe(true)
  })

  it('writes links and prints their truth', async () => {
    const words = ['japan', '--out', join(out, 'japan'), '--links', '3000', '--seed', '3', '--values']
    const truth = JSON.parse(await simulate(...words, '--json'))
    expect(truth.parameters.kappa).toBe(0.9)
    expect(readFileSync(join(out, 'japan', 'links_2010.csv'), 'latin1')).toMatch(/^reporter,role,partner,rank,value\r\n/)
    expect(JSON.parse(readFileSync(join(out, 'japan', 'truth.json'), 'utf8')).reports).toEqual(truth.reports)
    expect(await simulate(...words)).toContain(`2005: ${truth.reports[0].links} links, `)
    const other = JSON.parse(await simulate(...words, '--setting', 'opening', '--exponent', '1.2', '--json'))
    expect([other.setting, other.parameters.kappa]).toEqual(['opening', 1.3])
    expect(new Set(other.industries.map(({ exponent }: { exponent: number }) => exponent))).toEqual(new Set([1.2]))
  })

  it.each([
    [['japan', '--out', out, '--exits', 'hazard'], 'which survey has which option'],
    [['italy', '--out', out, '--values'], 'which survey has which option'],
    [['gravity', '--out', out, '--clean'], 'which survey has which option'],
    [['gravity', '--out', out, '--firms', '20', '--links', '3'], '5 to 95 %'],
    [['gravity', '--out', out, '--firms', '100000'], 'from 10 to 2000'],
    [['japan', '--out', out, '--firms', '20'], 'at least 500'],
    [['japan', '--out', out, '--setting', 'closing'], 'baseline, opening'],
    [['japan', '--out', out, '--exponent', '2'], 'at most 1.5'],
    [['gravity', '--out', out, '--exponent', '1'], 'which survey has which option'],
    [['japan', '--out', out, '--firms', '1000', '--links', '300'], 'a half to twenty links a firm'],
    [['itly', '--out', out], 'Did you mean italy?'],
    [['italy'], '--out DIR'],
    [['italy', '--out', out, '--firms', 'many'], 'whole number'],
    [['italy', '--out', out, '--prevalence', '2'], 'between 0.001 and 0.5'],
    [['italy', '--out', out, '--link', 'tobit'], 'probit, logit'],
  ])('answers %j with a remedy', async (words, remedy) => {
    const failure = await simulate(...words).catch((error: unknown) => error)
    expect(failure).toMatchObject({ exitCode: 2, remedy: expect.stringContaining(remedy) })
  })
})
