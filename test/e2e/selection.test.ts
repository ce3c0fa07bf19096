/** The selection pipeline: the same files on one and two threads, and the numbers of the paper's figure. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fileHashes, reshore, temporaryFolder } from './cli.js'

describe('pipelines/selection.ts', () => {
  it('gives the same bytes twice and the thresholds of Figure 1', async () => {
    const [one, two] = [temporaryFolder(), temporaryFolder()]
    const run = (folder: string, threads: string) => reshore(['run', 'pipelines/selection.ts', '--set', 'points=20', '--out', folder, '--threads', threads, '--quiet'])
    expect(await run(one, '1')).toMatchObject({ code: 0, stderr: '' })
    expect(await run(two, '2')).toMatchObject({ code: 0, stderr: '' })
    expect(fileHashes(two)).toEqual(fileHashes(one))
    const thresholds = readFileSync(join(one, 'tables/thresholds.txt'), 'utf8')
    for (const number of ['0.1127', '0.3288', '12.4', '0.0711', '0.2074', '36.4']) expect(thresholds).toContain(number)
  })
})
