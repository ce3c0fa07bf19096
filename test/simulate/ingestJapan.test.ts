/**
 * Simulated links through their schema: what is set aside and repaired is exactly what was planted, and the tables are those of the
 * survey without dirt but for the municipalities left out and the partners that no firm is.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { id, openDuckDb, relation, sql, type Engine, type Relation } from '../../src/engine/index.js'
import { ingest, readSchema, type Ingested } from '../../src/ingest/index.js'
import { simulateJapan, type JapanDirtKind, type JapanTruth } from '../../src/simulate/index.js'

const reasons: Readonly<Partial<Record<JapanDirtKind, string>>> = {
  'self-link': 'not different',
  'duplicate-key': 'duplicate key',
  'unknown-industry': 'unknown foreign key',
}
const schema = readSchema('pipelines/japan.schema.json')
const folder = mkdtempSync(join(tmpdir(), 'reshore-japan-ingest-'))
const options = { firms: 1000, links: 6000, seed: 8 } as const
let engine: Engine
let truth: JapanTruth
let [read, clean]: (Ingested | undefined)[] = []
beforeAll(async () => {
  engine = await openDuckDb({ threads: 2 })
  truth = await simulateJapan({ ...options, out: join(folder, 'dirty') })
  await simulateJapan({ ...options, values: true, dirt: false, out: join(folder, 'clean') })
  read = await ingest(engine, schema, join(folder, 'dirty'), { folder })
  clean = await ingest(engine, schema, join(folder, 'clean'), { folder })
})
afterAll(async () => {
  await engine.close()
  rmSync(folder, { recursive: true })
})

const count = async (from: Relation, condition = sql`TRUE`): Promise<number> => {
  const table = await engine.query(relation('n', { key: [] }, sql`SELECT CAST(count(*) AS DOUBLE) AS n FROM ${from} WHERE ${condition}`))
  return Number(table.getChild('n')!.get(0))
}
const planted = (kind: JapanDirtKind): number => truth.dirt.filter((dirt) => dirt.kind === kind).length

describe('raw links through the schema', () => {
  it('lose exactly the planted lines', () => {
    const wanted = truth.dirt.flatMap(({ file, line, kind }) => (reasons[kind] === undefined ? [] : [`${file}:${line} ${reasons[kind]}`]))
    expect(read!.quarantine.map(({ file, line, reason }) => `${file}:${line} ${reason}`).sort()).toEqual(wanted.sort())
    expect(clean!.quarantine).toEqual([])
  })

  it('have exactly the planted full-width numbers repaired', () => {
    const repaired = read!.summaries.flatMap(({ repaired: own }) => own.flatMap(({ file, column, cells }) => Array<string>(cells).fill(`${file} ${column}`)))
    const wanted = truth.dirt.filter(({ kind }) => kind === 'full-width-digits').map(({ file, column }) => `${file} ${column}`)
    expect(repaired.sort()).toEqual(wanted.sort())
  })

  it('keep every good row, municipalities missing where planted, partners outside the master to be counted later', async () => {
    const { firms, links } = read!.tables
    expect(await count(firms!, sql`municipality IS NULL`)).toBe(planted('missing-municipality'))
    const absent = sql`NOT EXISTS (SELECT 1 FROM ${firms!} AS f WHERE f.year = l.year AND f.firm = l.partner)`
    expect(await count(relation('l', { key: [] }, sql`SELECT * FROM ${links!} AS l WHERE ${absent}`))).toBe(planted('absent-partner'))
    const rows = Object.entries(truth.rows).reduce((sum, [, n]) => sum + n, 0)
    expect(read!.summaries.reduce((sum, { kept }) => sum + kept, 0)).toBe(rows + planted('absent-partner'))
  })

  it('are the clean tables otherwise', async () => {
    for (const [name, table] of Object.entries(clean!.tables)) {
      const columns = schema.tables.find((own) => own.name === name)!.columns.map((column) => column.name)
      const compared = columns.filter((column) => !['municipality', 'value'].includes(column) || name === 'municipalities').map((column) => id(column))
      const lost = relation('lost', { key: [] }, sql`SELECT ${compared} FROM ${table} EXCEPT SELECT ${compared} FROM ${read!.tables[name]!}`)
      expect(await count(lost), name).toBe(0)
    }
  })

  it('say that a file without values has none', () => {
    const { notes } = read!.summaries.find(({ table }) => table === 'links')!
    expect(notes).toContain('links_2005.csv: there is no column `value`: `value` is missing in every row.')
    expect(clean!.summaries.flatMap(({ notes: own }) => own)).toEqual([])
  })
})
