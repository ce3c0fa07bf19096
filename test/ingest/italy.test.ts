/** The simulated survey as a data room would hold it: quarantine finds exactly the lines its truth says were planted. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDuckDb, type Engine } from '../../src/engine/index.js'
import { ingest, readSchema, type QuarantineReason } from '../../src/ingest/index.js'
import type { DirtKind, ItalyTruth } from '../../src/simulate/records.js'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const raw = join(root, 'fixtures/data/italy')
const truth = JSON.parse(readFileSync(join(raw, 'truth.json'), 'utf8')) as ItalyTruth
const reasons: Record<DirtKind, QuarantineReason> = {
  'duplicate-key': 'duplicate key',
  'unparsable-cell': 'unparsable cell',
  'negative-count': 'out of range',
  'unknown-province': 'unknown foreign key',
  'wrong-column-count': 'wrong column count',
  'undecodable-byte': 'undecodable byte',
}
const place = (a: { file: string; line: number }, b: { file: string; line: number }): number => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line)

let folder: string
let engine: Engine
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reshore-italy-'))
  engine = await openDuckDb({ threads: 2 })
})
afterAll(async () => {
  await engine.close()
  rmSync(folder, { recursive: true })
})

it.each(['auto', 'stream'] as const)('the %s reader refuses the planted lines and no other', async (reader) => {
  const { quarantine, summaries, tables } = await ingest(engine, readSchema(join(root, 'pipelines/italy.schema.json')), raw, { folder, reader })
  const found = quarantine.map(({ file, line, reason, column }) => ({ file, line, reason, column })).sort(place)
  const planted = truth.dirt.map(({ file, line, kind, column }) => ({ file, line, reason: reasons[kind], column })).sort(place)
  expect(found).toEqual(planted)
  expect(Object.fromEntries(summaries.flatMap(({ files }) => files.map(({ file, kept }) => [file, kept])))).toEqual(truth.rows)
  const survey = summaries.find(({ table }) => table === 'survey')!
  expect(survey.panel).toMatchObject({ duplicates: { pairs: 0 }, gaps: { missing: truth.missingYears.length }, first: 2005, last: 2012 })
  expect((await engine.query(tables.survey!)).numRows).toBe(survey.kept)
})

it('the same bytes come out of one and two threads', async () => {
  const written: Buffer[][] = []
  for (const threads of [1, 2, 2]) {
    const own = await openDuckDb({ threads })
    const { tables } = await ingest(own, readSchema(join(root, 'pipelines/italy.schema.json')), raw, { folder })
    const paths = Object.keys(tables).map((name) => join(folder, `${name}.parquet`))
    for (const [index, table] of Object.values(tables).entries()) await own.materialise(table, paths[index]!)
    written.push([...paths, join(folder, 'survey.quarantine.csv')].map((path) => readFileSync(path)))
    await own.close()
  }
  for (const files of written.slice(1)) expect(files.map((file, index) => file.equals(written[0]![index]!))).toEqual(files.map(() => true))
})
