/** The increasing-returns pipeline at a small size: the same files twice, and the numbers its figures are known by. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fileHashes, reshore, temporaryFolder } from './cli.js'

const run = (folder: string, ...more: string[]) =>
  reshore(['run', 'pipelines/increasing-returns.ts', '--set', 'instances=5', '--set', 'draws=200', '--set', 'quantities=40', '--out', folder, '--quiet', ...more])

describe('pipelines/increasing-returns.ts', () => {
  it('gives the same bytes on one and two threads, with kinks at 10 and about 20', async () => {
    const [one, two] = [temporaryFolder(), temporaryFolder()]
    expect(await run(one, '--threads', '1')).toMatchObject({ code: 0, stderr: '' })
    expect(await run(two, '--threads', '2')).toMatchObject({ code: 0, stderr: '' })
    expect(fileHashes(two)).toEqual(fileHashes(one))
    const from = readFileSync(join(one, 'figures/cost-envelope.csv'), 'utf8').split('\n')
    expect(from.filter((line) => line.includes('with fixed costs'))).toHaveLength(3)
    expect(from.some((line) => line.includes(',10,') || line.includes(',9.99999999999999') || line.includes(',10.0000000000000'))).toBe(true)
    const iterations = readFileSync(join(one, 'tables/iterations.csv'), 'utf8').trim().split('\n').slice(1)
    const kept = (minimised: string) => new Set(iterations.filter((line) => line.startsWith(minimised) && line.endsWith('yes')).map((line) => line.split(',')[2]))
    expect(kept('marginal cost').size).toBe(3)
    expect(kept('fixed cost')).toEqual(kept('marginal cost'))
  })
})
