/**
 * The raw survey through its schema: quarantine is exactly the planted dirt, and the tables are exactly those of the clean
 * survey. The shipped survey and a fresh one, through both CSV readers.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb, type Engine } from '../../src/engine/index.js'
import { ingest, readSchema, type Ingested } from '../../src/ingest/index.js'
import { simulateItaly, type DirtKind, type ItalyTruth } from '../../src/simulate/index.js'

const reasons: Readonly<Record<DirtKind, string>> = {
  'duplicate-key': 'duplicate key',
  'unparsable-cell': 'unparsable cell',
  'negative-count': 'out of range',
  'unknown-province': 'unknown foreign key',
  'wrong-column-count': 'wrong column count',
  'undecodable-byte': 'undecodable byte',
}
const schema = readSchema('pipelines/italy.schema.json')
const folder = mkdtempSync(join(tmpdir(), 'reshore-dirt-'))
let engine: Engine
beforeAll(async () => {
  engine = await openDuckDb({ threads: 2 })
})
afterAll(async () => {
  await engine.close()
  rmSync(folder, { recursive: true })
})

const byPlace = (rows: readonly { readonly file: string; readonly line: number; readonly reason: string }[]): string[] =>
  rows.map(({ file, line, reason }) => `${file}:${line} ${reason}`).sort()

const quarantined = ({ quarantine }: Ingested): string[] => byPlace(quarantine)

const planted = ({ dirt }: ItalyTruth): string[] => byPlace(dirt.map(({ file, line, kind }) => ({ file, line, reason: reasons[kind] })))

const [dirty, clean] = [join(folder, 'dirty'), join(folder, 'clean')]
beforeAll(async () => {
  const options = { firms: 1500, seed: 5, link: 'logit', prevalence: 0.1 } as const
  await simulateItaly({ ...options, out: dirty })
  await simulateItaly({ ...options, dirt: false, out: clean })
})

describe.each(['bulk', 'stream'] as const)('the raw survey through the %s reader', (reader) => {
  it('loses exactly the planted lines of the shipped files', async () => {
    const truth = JSON.parse(readFileSync('fixtures/data/italy/truth.json', 'utf8')) as ItalyTruth
    const read = await ingest(engine, schema, 'fixtures/data/italy', { folder: join(folder, `shipped-${reader}`), reader })
    expect(quarantined(read)).toEqual(planted(truth))
    const rows = Object.values(truth.rows).reduce((sum, count) => sum + count, 0)
    expect(read.summaries.reduce((sum, { kept }) => sum + kept, 0)).toBe(rows)
    const survey = read.summaries.find(({ table }) => table === 'survey')!
    expect(survey.panel).toMatchObject({ units: truth.firms, first: 2005, last: 2012, gaps: { missing: truth.missingYears.length }, duplicates: { rows: 0 } })
  })

  it('leaves the tables of the clean survey', async () => {
    const [withDirt, without] = [await ingest(engine, schema, dirty, { folder, reader }), await ingest(engine, schema, clean, { folder, reader })]
    expect(without.quarantine).toEqual([])
    for (const name of ['survey', 'accounts', 'areas']) {
      const [found, wanted] = [join(folder, 'found.parquet'), join(folder, 'wanted.parquet')]
      await engine.materialise(withDirt.tables[name]!, found)
      await engine.materialise(without.tables[name]!, wanted)
      expect(readFileSync(found).equals(readFileSync(wanted)), name).toBe(true)
    }
  })
})
