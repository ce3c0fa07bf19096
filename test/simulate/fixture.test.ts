/** The committed survey is what its own options make, and the documented targets are those of the default survey. */
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { drawItaly, simulateItaly, targetTable, type ItalyTruth } from '../../src/simulate/index.js'
import { compareTargets } from '../../src/simulate/italy/targets.js'

const fixture = 'fixtures/data/italy'
const largestFixture = 2_000_000
const folders: string[] = []
afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true }))))

describe('the shipped survey', () => {
  it('is made by the options in its truth, byte by byte', async () => {
    const out = await mkdtemp(join(tmpdir(), 'reshore-fixture-'))
    folders.push(out)
    const { firms, seed, link, exits, prevalence, outcome } = JSON.parse(await readFile(join(fixture, 'truth.json'), 'utf8')) as ItalyTruth
    await simulateItaly({ firms, seed, link, exits, prevalence, spillover: outcome.offshoringNeighbours, out })
    for (const name of await readdir(out)) {
      expect((await readFile(join(fixture, name))).equals(await readFile(join(out, name))), name).toBe(true)
    }
  })

  it('is small', async () => {
    const sizes = await Promise.all((await readdir(fixture)).map(async (name) => (await stat(join(fixture, name))).size))
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(largestFixture)
  })
})

it('the documented targets are those of `reshore simulate italy`', async () => {
  const survey = drawItaly()
  const page = await readFile('docs/simulated-survey.md', 'utf8')
  expect(page.replaceAll(/^ {4}/gm, '')).toContain(targetTable(compareTargets(survey, survey.settings.prevalence)))
})
