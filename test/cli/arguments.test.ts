import { describe, expect, it } from 'vitest'
import { countOption, listOption, numberOption, parseCommandLine, suggestion } from '../../src/cli/arguments.js'
import { defineCommand } from '../../src/cli/command.js'
import { failure } from '../failure.js'

const command = defineCommand({
  name: 'estimate',
  summary: '',
  positionals: ['MODEL'],
  options: {
    formula: { summary: '', value: 'TEXT' },
    ties: { summary: '', value: 'RULE', choices: ['efron', 'breslow'] },
    set: { summary: '', value: 'KEY=VALUE', multiple: true },
    frequency: { summary: '' },
  },
  otherOptions: { absorb: 'Write effects after | in the formula.' },
  async run() {},
})
const parse = (...words: string[]) => parseCommandLine(words, command)

describe('parseCommandLine', () => {
  it('gives flags, values, repeated values and positionals', () => {
    const { command: parsed, json } = parse('cox', '--formula', 'y ~ x', '--set', 'a=1', '--set=b=-2', '--frequency', '--json')
    expect(parsed.positionals).toEqual(['cox'])
    expect(parsed.options).toMatchObject({ formula: 'y ~ x', set: ['a=1', 'b=-2'], frequency: true, ties: undefined })
    expect(json).toBe(true)
  })

  it('takes values that begin with a minus or a tilde', () => {
    expect(parse('cox', '--formula', '-1 ~ x').command.options.formula).toBe('-1 ~ x')
  })

  it.each([
    [['cox', '--fromula', 'y ~ x'], 'unknown option --fromula', 'Did you mean --formula?'],
    [['cox', '--toString'], 'unknown option --toString', ''],
    [['cox', '--absorb', 'firm'], 'unknown option --absorb', 'after | in the formula'],
    [['cox', '--formula'], '--formula needs a value', '--formula TEXT'],
    [['cox', '--formula', '--json'], '--formula needs a value', '--formula TEXT'],
    [['cox', '--frequency=yes'], '--frequency takes no value', 'alone'],
    [['cox', '--formula', 'a', '--formula', 'b'], '--formula is given twice', 'once'],
    [['cox', '--ties', 'efrom'], '--ties is `efrom`', 'Did you mean efron? Allowed: efron, breslow.'],
    [[], 'estimate needs MODEL', 'reshore estimate MODEL'],
    [['cox', 'logit'], 'does not know what to do with `logit`', 'reshore estimate MODEL'],
  ])('%j is wrong usage', (words, message, remedy) => {
    const error = failure(() => parse(...words))
    expect(error).toMatchObject({
      name: 'UsageError',
      exitCode: 2,
      message: expect.stringContaining(message),
      remedy: expect.stringContaining(remedy),
    })
  })

  it('asks for no positionals when help is wanted', () => {
    expect(parse('--help').help).toBe(true)
    expect(parse('-h').help).toBe(true)
  })
})

describe('option values', () => {
  it('are read or refused', () => {
    expect(countOption('threads', '2', 1)).toBe(2)
    expect(countOption('threads', undefined, 1)).toBeUndefined()
    expect(numberOption('discount', '0.95')).toBe(0.95)
    expect(listOption('cluster', 'firm, year')).toEqual(['firm', 'year'])
    for (const text of ['0', '1.5', '-1', 'two', '']) expect(failure(() => countOption('threads', text, 1)).exitCode).toBe(2)
    for (const text of ['', 'x', 'Infinity']) expect(failure(() => numberOption('discount', text)).exitCode).toBe(2)
    expect(failure(() => listOption('cluster', 'firm,,year')).exitCode).toBe(2)
  })
})

describe('suggestion', () => {
  it('names the closest word and keeps quiet when none is close', () => {
    expect(suggestion('estmate', ['ingest', 'estimate'])).toBe('Did you mean estimate?')
    expect(suggestion('zzzzzz', ['ingest', 'estimate'])).toBe('')
  })
})
