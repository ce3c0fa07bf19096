/** The same stages on real plants: only a schema, a column map, words and assumptions differ from the Italian pipeline. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../../src/pipeline/index.js'
import { sharedData } from '../sharedData.js'
import { reshore, root, temporaryFolder } from './cli.js'

const data = sharedData('chile_enia_import_export')
const patience = 300_000

describe.skipIf(data === undefined)('Chilean plants', () => {
  it(
    'go through all stages',
    async () => {
      const folder = join(temporaryFolder(), 'chile')
      const { code, stderr } = await reshore([
        'run',
        join(root, 'pipelines/chile.ts'),
        '--data',
        data!,
        '--out',
        folder,
        '--min-cell',
        '5',
      ])
      expect([code, stderr]).toEqual([0, expect.stringContaining('page (9/9): done')])
      const record = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as RunRecord
      const rows = Object.fromEntries(
        record.flow.map(({ id, rows: kept, dropped }) => [id, [kept, dropped.reduce((sum, drop) => sum + drop.rows!, 0)]]),
      )
      // Counted in the file: 3,183 plants in five years; 228 plant-years whose year before lacks employment or value added.
      expect(rows).toMatchObject({ plants: [15915, 0], 'entry-sample': [12504, 3183 + 228] })
      const table = readFileSync(join(folder, 'tables/by-year.csv'), 'utf8')
      // Starts and stops counted from the raw file with pandas 2.
      for (const line of ['1993,3183,910,172,122', '1994,3183,986,169,93', '1995,3183,896,98,188', '1996,3183,924,157,129'])
        expect(table).toContain(line)
    },
    patience,
  )

  it('need a data folder', async () => {
    const { code, stderr } = await reshore(['run', join(root, 'pipelines/chile.ts'), '--out', join(temporaryFolder(), 'chile')])
    expect([code, stderr]).toEqual([2, expect.stringContaining('Give it with --data DIR.')])
  })
})
