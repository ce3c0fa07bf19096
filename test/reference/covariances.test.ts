/** HC2, HC3, Newey–West and Driscoll–Kraay against R sandwich (no factor) and pyfixest (fixest's factors) on one balanced panel. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { driscollKraay, hc2, hc3, iv, neweyWest, ols, tidy, withVcov } from '../../src/estimate/index.js'
import type { Fit, VcovEstimator } from '../../src/estimate/records.js'
import { csvTable } from './csvTable.js'

/** The references carry 15 digits; dummies cost the peers a few. */
const statisticDigits = 1e-9
const folder = new URL('../../fixtures/reference/covariances/', import.meta.url)
const load = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as T
const panel = csvTable(new URL('panel.csv', folder).pathname)

function expectErrors(fit: Fit, vcov: VcovEstimator, terms: readonly string[], wanted: readonly number[]): void {
  const rows = tidy(withVcov(fit, vcov, panel))
  const found = terms.map((term) => rows.find((row) => row.term === (term === 'Intercept' ? '(Intercept)' : term))!.stdError)
  found.forEach((value, j) => expect(Math.abs(value / wanted[j]! - 1), `${terms[j]}: ${value} for ${wanted[j]}`).toBeLessThan(statisticDigits))
}

interface SandwichCase {
  readonly formula: string
  readonly weights: string
  readonly terms: readonly string[]
  readonly hc2: readonly number[]
  readonly hc3: readonly number[]
  /** By lag, from 0. */
  readonly neweyWest: readonly (readonly number[])[]
  readonly driscollKraay: readonly (readonly number[])[]
  readonly series: readonly (readonly number[])[]
}

describe.each(load<SandwichCase[]>('sandwich.json').map((wanted) => [`${wanted.formula} ${wanted.weights}`, wanted] as const))('sandwich, %s', (_, wanted) => {
  const { formula, weights, terms } = wanted
  const fit = ols(formula, panel, weights === '' ? {} : { weights })
  const bare = { period: 'year', smallSample: 'none' } as const

  it('HC2 and HC3', () => {
    expectErrors(fit, hc2(), terms, wanted.hc2)
    expectErrors(fit, hc3(), terms, wanted.hc3)
  })

  it.each([0, 1, 2, 3])('Newey–West and Driscoll–Kraay, lag %d', (lags) => {
    expectErrors(fit, neweyWest({ ...bare, unit: 'firm', lags }), terms, wanted.neweyWest[lags]!)
    expectErrors(fit, driscollKraay({ ...bare, lags }), terms, wanted.driscollKraay[lags]!)
    expectErrors(fit, neweyWest({ ...bare, period: 'series', lags }), terms, wanted.series[lags]!)
  })
})

interface PyfixestCase {
  readonly kind: 'NW' | 'DK' | 'HC2' | 'HC3'
  readonly terms: readonly string[]
  readonly se: readonly number[]
}

const pyfixest = load<{ serial: (PyfixestCase & { formula: string; lags: number; p: readonly number[] })[]; leverage: (PyfixestCase & { weights: string | null })[] }>('pyfixest.json')

describe('pyfixest', () => {
  it.each(pyfixest.serial.map((wanted) => [wanted.formula, wanted.kind, wanted.lags, wanted] as const))('%s, %s, lag %d', (formula, kind, lags, { terms, se, p }) => {
    const vcov = kind === 'NW' ? neweyWest({ unit: 'firm', period: 'year', lags }) : driscollKraay({ period: 'year', lags })
    const fit = formula.includes('| x2 ~') ? iv(formula, panel, { vcov }) : ols(formula, panel, { vcov })
    expectErrors(fit, vcov, terms, se)
    const rows = tidy(fit)
    terms.forEach((term, j) => expect(rows.find((row) => row.term === (term === 'Intercept' ? '(Intercept)' : term))!.pValue).toBeCloseTo(p[j]!, 9))
  })

  it.each(pyfixest.leverage.map((wanted) => [wanted.kind, wanted.weights, wanted] as const))('%s, weights %s', (kind, weights, { terms, se }) => {
    expectErrors(ols('y ~ x1 + x2', panel, weights === null ? {} : { weights }), kind === 'HC2' ? hc2() : hc3(), terms, se)
  })
})
