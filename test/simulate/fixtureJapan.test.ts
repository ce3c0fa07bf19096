/** The committed links are what their own options make, and small. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { simulateJapan, type JapanTruth } from '../../src/simulate/index.js'

const fixture = 'fixtures/data/japan'
const largestFixture = 3_000_000
const out = mkdtempSync(join(tmpdir(), 'reshore-japan-fixture-'))
afterAll(() => rmSync(out, { recursive: true }))

describe('the shipped links', () => {
  it('are made by the options in their truth, byte by byte', async () => {
    const { links, firms, seed, values } = JSON.parse(readFileSync(join(fixture, 'truth.json'), 'utf8')) as JapanTruth
    await simulateJapan({ links, firms, seed, values, out })
    for (const name of readdirSync(out)) {
      expect(readFileSync(join(fixture, name)).equals(readFileSync(join(out, name))), name).toBe(true)
    }
    expect(readdirSync(fixture).length).toBe(readdirSync(out).length + 1)
  })

  it('are small', () => {
    expect(readdirSync(fixture).reduce((sum, name) => sum + statSync(join(fixture, name)).size, 0)).toBeLessThan(largestFixture)
  })
})
