/** Simulated flows: the planted coefficients come back by PPML and not by least squares on logarithms; same options, same bytes. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cluster, ols, tidy, type ArrowTable } from '../../src/estimate/index.js'
import { ppml } from '../../src/estimate/models/ppml.js'
import { readTable } from '../../src/ingest/index.js'
import { simulateGravity, type GravityTruth } from '../../src/simulate/index.js'

const folder = mkdtempSync(join(tmpdir(), 'reshore-gravity-'))
afterAll(() => rmSync(folder, { recursive: true }))

let truth: GravityTruth
let flows: ArrowTable
beforeAll(async () => {
  truth = await simulateGravity({ firms: 70, links: 9000, seed: 4, out: folder })
  flows = await readTable(join(folder, 'flows.csv'))
})

/** Standard errors between the estimate and the planted coefficient. */
function distance(rows: ReturnType<typeof tidy>, name: string): number {
  const row = rows.find(({ term }) => term === name)!
  return Math.abs(row.estimate - truth.coefficients[name]!) / row.stdError
}

describe('simulated flows', () => {
  it('give back what all pairs share, beside effects of firms by year', () => {
    const rows = tidy(ppml('value ~ log(distance) + contiguous + language | seller^year + buyer^year', flows, { vcov: cluster('seller', 'buyer') }))
    for (const term of ['log(distance)', 'contiguous', 'language']) expect(distance(rows, term), term).toBeLessThan(3)
  })

  it('give back the effect of agreements beside effects of pairs only', () => {
    const within = tidy(ppml('value ~ agreement | seller^year + buyer^year + seller^buyer', flows, { vcov: cluster('seller', 'buyer') }))
    expect(distance(within, 'agreement')).toBeLessThan(3)
    const across = tidy(ppml('value ~ log(distance) + agreement | seller^year + buyer^year', flows))
    expect(across.find(({ term }) => term === 'agreement')!.estimate).toBeGreaterThan(truth.coefficients.agreement! + 0.1)
  })

  it('mislead least squares on logarithms of what is positive', () => {
    const rows = tidy(ols('log(value) ~ log(distance) | seller^year + buyer^year', flows))
    expect(distance(rows, 'log(distance)')).toBeGreaterThan(5)
  })

  it('are as many as asked, and the same for the same options', async () => {
    expect(Math.abs(truth.links / 9000 - 1)).toBeLessThan(0.03)
    expect(flows.numRows).toBe(truth.rows['flows.csv'])
    const again = join(folder, 'again')
    await simulateGravity({ firms: 70, links: 9000, seed: 4, out: again })
    for (const name of ['flows.csv', 'truth.json']) expect(readFileSync(join(again, name)).equals(readFileSync(join(folder, name)))).toBe(true)
  })
})
