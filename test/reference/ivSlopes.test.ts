/** Slopes by group in instrumental variables, and first stages in full: linearmodels with dummies, and least squares of the regressors. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cluster, iid, iv, ols, robust, stdErrors, waldTest, weakInstruments, withVcov, type VcovEstimator } from '../../src/estimate/index.js'
import type { IvMethod } from '../../src/estimate/models/iv/records.js'
import { csvTable } from './csvTable.js'

const coefficientTolerance = 1e-8
const errorTolerance = 1e-6
const folder = new URL('../../fixtures/reference/iv/', import.meta.url)
const links = csvTable(new URL('links.csv', folder).pathname)
const none = { smallSample: 'none' } as const

interface Case {
  readonly formula: string
  readonly terms: readonly string[]
  readonly fits: Readonly<Record<'2sls' | 'liml', { readonly estimate: readonly number[]; readonly hc0: readonly number[]; readonly region: readonly number[] }>>
  readonly firstStage: { readonly terms: readonly string[]; readonly estimate: readonly number[]; readonly hc0: readonly number[] }
}
const { cases } = JSON.parse(readFileSync(new URL('slopes.json', folder), 'utf8')) as { cases: readonly Case[] }

function expectClose(actual: ArrayLike<number>, wanted: ArrayLike<number>, relative: number): void {
  expect(actual.length).toBe(wanted.length)
  for (let i = 0; i < wanted.length; i++) expect(Math.abs(actual[i]! / wanted[i]! - 1), `${actual[i]} for ${wanted[i]}`).toBeLessThan(relative)
}

describe.each(cases.map((one) => [one.formula, one] as const))('%s', (formula, { terms, fits, firstStage }) => {
  it.each(['2sls', 'liml'] as const)('%s as linearmodels with dummies', (method: IvMethod & keyof typeof fits) => {
    const fit = iv(formula, links, { method, vcov: robust(none), singletons: 'keep' })
    expect(fit.terms).toEqual(terms)
    expectClose(fit.coefficients, fits[method].estimate, coefficientTolerance)
    expectClose(stdErrors(fit), fits[method].hc0, errorTolerance)
    expectClose(stdErrors(withVcov(fit, cluster('region', none), links)), fits[method].region, errorTolerance)
  })

  it('has the whole first stage', () => {
    const [stage] = iv(formula, links, { vcov: robust(none), singletons: 'keep' }).detail.firstStages
    expect(stage!.terms.map(({ term }) => term)).toEqual(firstStage.terms)
    expectClose(stage!.terms.map(({ estimate }) => estimate), firstStage.estimate, coefficientTolerance)
    expectClose(stage!.terms.map(({ stdError }) => stdError), firstStage.hc0, errorTolerance)
  })

  it('has the diagnostics of a fit with dummies', () => {
    const dummies = formula.replace(/ \| (.+) \|/, (_, effects: string) => ` + ${effects.split(' + ').map(spelled).join(' + ')} |`)
    const [absorbed, written] = [iv(formula, links, { vcov: robust(none), singletons: 'keep' }).detail, iv(dummies, links, { vcov: robust(none) }).detail]
    for (const key of ['effectiveF', 'andersonRubin', 'hansenJ', 'kleibergenPaap'] as const) expect(statistics(absorbed[key])).toEqual(statistics(written[key]))
  })
})

/** `firm[x]` as regressors. */
function spelled(effect: string): string {
  const [, group, slope] = /^(\w+)(?:\[+(\w+)\]+)?$/.exec(effect)!
  if (!slope) return `i(${group})`
  return effect.includes('[[') ? `${slope} + i(${group}):${slope}` : `i(${group}) + ${slope} + i(${group}):${slope}`
}

/** Numbers that do not depend on how absorbed levels are counted. */
function statistics(record: object | undefined): string {
  return JSON.stringify(record, (key, value: unknown) => (key === 'f' || key === 'confidenceSetF' ? undefined : typeof value === 'number' ? Number(value.toPrecision(7)) : value))
}

describe('the first stage in full', () => {
  const covariances: readonly (readonly [string, VcovEstimator])[] = [['iid', iid()], ['robust', robust()], ['region', cluster('region')], ['two ways', cluster('region', 'year')]]
  it.each(covariances)('is least squares of each endogenous regressor, %s', (name, vcov) => {
    for (const [effects, weights] of [['', undefined], [' | firm', undefined], [' | firm + year', 'weight']] as const) {
      const options = { vcov, ...(weights && { weights }) }
      const fit = iv(`y ~ w1 + w2${effects} | x1 + x2 ~ z1 + z2 + z3`, links, options)
      for (const { endogenous, terms, instruments } of fit.detail.firstStages) {
        const first = ols(`${endogenous} ~ w1 + w2 + z1 + z2 + z3${effects}`, links, options)
        expect(terms.map(({ term }) => term)).toEqual(first.terms)
        expectClose(terms.map(({ estimate }) => estimate), first.coefficients, coefficientTolerance)
        expectClose(terms.map(({ stdError }) => stdError), stdErrors(first), errorTolerance)
        // Negative two-way variances are repaired for all equations together there.
        if (name !== 'two ways') expectClose(instruments.map(({ stdError }) => stdError), terms.slice(-3).map(({ stdError }) => stdError), errorTolerance)
      }
    }
  })

  it('comes under another covariance', () => {
    const [stage] = weakInstruments(iv('y ~ w1 | firm | x1 ~ z1 + z2', links), links, cluster('region')).firstStages
    expectClose(stage!.terms.map(({ stdError }) => stdError), stdErrors(ols('x1 ~ w1 + z1 + z2 | firm', links, { vcov: cluster('region') })), errorTolerance)
  })
})

describe('instruments that are indicators of many groups', () => {
  it.each([['robust', robust()], ['region', cluster('region')], ['two ways', cluster('region', 'sector')]] as const)('have the first-stage F of a joint test, %s', (_, vcov) => {
    // No regressor but the constant and sectors: rows repeat, and are summed by group.
    const fit = iv('y ~ i(sector) | x1 ~ i(firm)', links, { vcov })
    const { instruments, firstStages } = fit.detail
    expect(instruments.length).toBeGreaterThan(32)
    const first = ols('x1 ~ i(sector) + i(firm)', links, { vcov })
    expectClose(firstStages[0]!.terms.map(({ stdError }) => stdError), stdErrors(first), errorTolerance)
    if (firstStages[0]!.waldF) expectClose([firstStages[0]!.waldF.statistic], [waldTest(first, instruments).statistic], errorTolerance)
  })
})
