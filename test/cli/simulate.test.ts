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

  it.each([
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
