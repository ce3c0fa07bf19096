import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { relation, sql, type Relation } from '../../src/engine/index.js'
import { definePipeline } from '../../src/pipeline/define.js'
import { runPipeline } from '../../src/pipeline/run.js'

const folder = mkdtempSync(join(tmpdir(), 'reshore-test-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('frees what a step kept in memory once its outputs are written', async () => {
  let held: Relation | undefined
  let later: Promise<unknown> | undefined
  const pipeline = definePipeline({
    name: 'kept',
    description: '',
    steps({ step }) {
      const first = step('first', {
        stage: 'features',
        async run(_, { engine }) {
          held = await engine.keep(relation('held', { key: ['n'] }, sql`SELECT CAST(1 AS INTEGER) AS n`))
          expect((await engine.query(held)).numRows).toBe(1)
          return { rows: held }
        },
      })
      step('second', {
        stage: 'estimate',
        inputs: { first },
        async run({ first: { rows } }, { engine }) {
          later = engine.query(held!).catch((error: unknown) => error)
          await later
          return { count: (await engine.query(rows)).numRows }
        },
      })
    },
  })
  await runPipeline({ pipeline, file: join(folder, 'kept.ts'), code: [] }, { out: join(folder, 'run') })
  expect(await later).toBeInstanceOf(Error)
})
