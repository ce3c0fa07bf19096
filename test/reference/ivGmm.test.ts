/** Two-step GMM against linearmodels, with and without absorbed effects and weights. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cluster, iv, robust } from '../../src/estimate/index.js'
import { csvTable } from './csvTable.js'

/** What the package promises. */
const coefficientDigits = 1e-8
const statisticDigits = 1e-6
const folder = new URL('../../fixtures/reference/iv/', import.meta.url)
const links = csvTable(new URL('links.csv', folder).pathname)
interface Case { formula: string; weights: string | null; kind: 'robust' | 'clustered'; terms: string[]; estimate: number[]; se: number[] | null; j: number | null }
const { cases } = JSON.parse(readFileSync(new URL('gmm.json', folder), 'utf8')) as { cases: Case[] }

describe('linearmodels', () => {
  it.each(cases.map((wanted) => [wanted.formula, wanted.kind, wanted.weights, wanted] as const))('%s, %s, weights %s', (formula, kind, weights, { terms, estimate, se, j }) => {
    const vcov = kind === 'robust' ? robust({ smallSample: 'none' }) : cluster('region', { smallSample: 'none' })
    const fit = iv(formula, links, { method: 'gmm', vcov, ...(weights !== null && { weights }) })
    terms.forEach((term, a) => {
      const at = fit.terms.indexOf(term)
      expect(Math.abs(fit.coefficients[at]! / estimate[a]! - 1), term).toBeLessThan(coefficientDigits)
      if (se) expect(Math.abs(Math.sqrt(fit.vcov.matrix[at * (fit.terms.length + 1)]!) / se[a]! - 1), term).toBeLessThan(statisticDigits)
    })
    if (j === null) expect(fit.detail.hansenJ).toBeUndefined()
    else expect(Math.abs(fit.detail.hansenJ!.statistic / j - 1)).toBeLessThan(statisticDigits)
  })
})
