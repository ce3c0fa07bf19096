/** `reshore estimate cox | cox-frailty | cloglog | re-cloglog`, as a user runs it. */
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../src/cli/arguments.js'
import { command } from '../../src/cli/estimate.js'
import type { EstimateDocument } from '../../src/cli/estimateResult.js'
import { createIo } from '../../src/cli/io.js'
import type { CoxDetail, CoxFrailtyDetail, RandomEffectsDetail } from '../../src/estimate/records.js'

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/reference/survival/${name}`, import.meta.url))

async function estimate(...words: string[]): Promise<string> {
  let stdout = ''
  const output = { write: (text: string) => (stdout += text) }
  const { command: parsed, json, quiet } = parseCommandLine(words, command)
  await command.run(parsed as Parameters<typeof command.run>[0], createIo({ json, quiet, stdout: output, stderr: { write: () => true } }))
  return stdout
}

const document = async (...words: string[]): Promise<EstimateDocument> => JSON.parse(await estimate(...words, '--json')) as EstimateDocument
const spells = ['--data', fixture('yearly.csv'), '--formula', 'surv(start,stop,event) ~ x + sector + strata(d)']

describe('reshore estimate, hazard models', () => {
  it('prints a Cox model with its ties, events, tests, baseline hazard and twin', async () => {
    const result = await document('cox', ...spells, '--ties', 'efron', '--cluster', 'firm')
    expect(result.formula).toBe('surv(start, stop, event) ~ x + sector + strata(d)')
    expect(result.terms.map(({ term }) => term)).toEqual(['x', 'sector::footwear'])
    const detail = result.detail as CoxDetail
    expect(detail).toMatchObject({ ties: 'efron', events: 244, strata: 2 })
    expect(detail.likelihoodRatioTest.statistic).toBeCloseTo(2 * (result.logLikelihood! - detail.nullLogLikelihood), 10)
    expect(detail.baseline.map(({ stratum }) => stratum)).toEqual(['0', '1'])
    expect(detail.baseline[0]!.time).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(detail.schoenfeld!.tests.map(({ term }) => term)).toEqual(['x', 'sector', 'GLOBAL'])
    expect(detail.twin!.length).toBe(2)
  })

  it('says the same in words', async () => {
    const text = await estimate('cox', ...spells, '--ties', 'breslow')
    for (const words of ['244 in 2 strata   244 tied, by Breslow', 'all zero', 'proportional', 'GLOBAL χ²(2)', 'concordance', 'grouped time', 'hazard ratio']) expect(text).toContain(words)
  })

  it('takes weights, and refuses what it has no use for', async () => {
    const plain = await document('cox', ...spells)
    expect((await document('cox', ...spells, '--weights', 'w')).terms[0]!.estimate).not.toBe(plain.terms[0]!.estimate)
    await expect(document('cox', ...spells, '--nodes', '12')).rejects.toMatchObject({ exitCode: 2 })
    await expect(document('cox', ...spells, '--weights', 'w', '--frequency')).rejects.toMatchObject({ name: 'UnsupportedError', exitCode: 2 })
  })

  it('prints frailty models with their scale', async () => {
    const discrete = ['--data', fixture('frailPeriods.csv'), '--formula', 'y ~ x + d + t', '--group', 'group']
    const { detail } = await document('re-cloglog', ...discrete)
    expect((detail as RandomEffectsDetail).sigma_u).toBeGreaterThan(0.9)
    expect((await document('cloglog', ...discrete.slice(0, 4))).terms.length).toBe(4)
    await expect(document('cox-frailty', ...spells, '--group', 'd')).rejects.toMatchObject({ name: 'BoundaryError' })
    const shared = await document('cox-frailty', '--data', fixture('yearly.csv'), '--formula', 'surv(start, stop, event) ~ x', '--group', 'sector')
    expect((shared.detail as CoxFrailtyDetail).theta).toBeGreaterThan(0)
  })
})
