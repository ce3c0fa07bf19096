/** The clustering pipeline at a small size: the same files on one and two threads, and the numbers of its worked example. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fileHashes, reshore, temporaryFolder } from './cli.js'

const run = (folder: string, ...more: string[]) => reshore(['run', 'pipelines/clustering.ts', '--set', 'firms=100', '--out', folder, '--quiet', ...more])

describe('pipelines/clustering.ts', () => {
  it('gives the same bytes on one and two threads, and holds the paper\'s first figure', async () => {
    const [one, two] = [temporaryFolder(), temporaryFolder()]
    expect(await run(one, '--threads', '1')).toMatchObject({ code: 0, stderr: '' })
    expect(await run(two, '--threads', '2')).toMatchObject({ code: 0, stderr: '' })
    expect(fileHashes(two)).toEqual(fileHashes(one))
    const figure = readFileSync(join(one, 'figures/example-path.csv'), 'utf8')
    expect(figure).toContain('0.5')
    expect(figure).toContain('1.5')
    expect(readFileSync(join(one, 'tables/example-liberalisation.csv'), 'utf8')).toContain('1-2-3')
  }, 240_000)

  it('refuses a reading of the draws that is none', async () => {
    const { code, stderr } = await run(temporaryFolder(), '--set', 'reading=costs')
    expect(code).toBe(2)
    expect(stderr).toContain('draws.reading')
  })
})
