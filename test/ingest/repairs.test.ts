/** Numbers in full-width digits, columns that must differ, columns a file may lack. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb, type Engine } from '../../src/engine/index.js'
import { defineSchema, ingest, type Ingested, type SchemaDocument } from '../../src/ingest/index.js'

const folder = mkdtempSync(join(tmpdir(), 'reshore-repairs-'))
let engine: Engine
let cases = 0
beforeAll(async () => {
  engine = await openDuckDb({ threads: 2 })
})
afterAll(async () => {
  await engine.close()
  rmSync(folder, { recursive: true })
})

async function run(files: Readonly<Record<string, string>>, tables: SchemaDocument['tables'], dialect: Partial<SchemaDocument> = {}, reader: 'bulk' | 'stream' = 'bulk'): Promise<Ingested> {
  const raw = join(folder, `raw-${++cases}`)
  mkdirSync(raw)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(raw, name), iconv.encode(text, 'shift_jis'))
  return ingest(engine, defineSchema({ encoding: 'shift_jis', ...dialect, tables }), raw, { folder, maxBad: 1, reader })
}

async function column(read: Ingested, name: string): Promise<unknown[]> {
  return [...(await engine.query(read.tables.t!)).getChild(name)!]
}

describe('full-width numbers', () => {
  const tables: SchemaDocument['tables'] = { t: { files: 'f.csv', columns: { name: { type: 'string' }, n: { type: 'int' }, x: { type: 'float' } } } }
  const text = 'name,n,x\n１号,１２,３．５\nb,1２,－0．2５\nc,７,x１\nd,8,　９　\ne,,1.5\n'

  it.each(['bulk', 'stream'] as const)('are repaired and counted where the schema says so, through the %s reader', async (reader) => {
    const read = await run({ 'f.csv': text }, tables, { fullWidth: 'repair' }, reader)
    expect(await column(read, 'name')).toEqual(['１号', 'b', 'd', 'e'])
    expect(await column(read, 'n')).toEqual([12, 12, 8, null])
    expect(await column(read, 'x')).toEqual([3.5, -0.25, 9, 1.5])
    expect(read.quarantine).toMatchObject([{ line: 4, column: 'x', reason: 'unparsable cell' }])
    // Cells are counted as read: the row that leaves for its other cell has one too.
    expect(read.summaries[0]!.repaired).toEqual([{ file: 'f.csv', column: 'n', cells: 3 }, { file: 'f.csv', column: 'x', cells: 3 }])
  })

  it('are quarantined otherwise', async () => {
    const read = await run({ 'f.csv': text }, tables)
    expect(read.quarantine.map(({ line, reason }) => [line, reason])).toEqual([2, 3, 4, 5].map((line) => [line, 'unparsable cell']))
    expect(read.summaries[0]!.repaired).toEqual([])
  })

  it('keep to the number style', async () => {
    const read = await run({ 'f.csv': 'x\n１．２３４，５\n１．２３，５\n' }, { t: { files: 'f.csv', delimiter: ';', numbers: 'european', columns: { x: { type: 'float' } } } }, { fullWidth: 'repair' })
    expect(await column(read, 'x')).toEqual([1234.5])
    expect(read.quarantine.map(({ line }) => line)).toEqual([3])
  })
})

describe('columns that must differ', () => {
  const links: SchemaDocument['tables'] = { t: { files: 'f.csv', columns: { a: { type: 'string' }, b: { type: 'string', differsFrom: 'a' } } } }

  it('quarantine rows in which they do not; a missing cell differs', async () => {
    const read = await run({ 'f.csv': 'a,b\n1,2\n3,3\n4,\n,4\n5,5 \n' }, links)
    expect(read.quarantine).toMatchObject([
      { line: 3, column: 'b', reason: 'not different', detail: 'b is the same as a' },
      { line: 6, column: 'b', reason: 'not different' },
    ])
    expect(await column(read, 'b')).toEqual(['2', null, '4'])
    expect(read.summaries[0]!.reasons).toEqual([{ reason: 'not different', rows: 2 }])
  })
})

describe('optional columns', () => {
  const tables: SchemaDocument['tables'] = { t: { files: 'f_{year}.csv', columns: { year: { from: '{year}', type: 'int' }, a: { type: 'int' }, v: { type: 'float', optional: true } } } }

  it('are missing, and noted, where a file lacks them', async () => {
    const read = await run({ 'f_1.csv': 'a\n1\n', 'f_2.csv': 'a,v\n2,0.5\n' }, tables)
    expect(await column(read, 'v')).toEqual([null, 0.5])
    expect(read.summaries[0]!.notes).toEqual(['f_1.csv: there is no column `v`: `v` is missing in every row.'])
  })
})

it.each([
  [{ a: { type: 'string' }, b: { type: 'string', differsFrom: 'c' } }, 'columns.b.differsFrom: `c` is'],
  [{ a: { type: 'string', differsFrom: 'a' } }, 'a column does not differ from itself'],
  [{ a: { type: 'int' }, b: { type: 'string', differsFrom: 'a' } }, '`a` has another type'],
  [{ a: { type: 'int', optional: true, required: true } }, 'a column that is required cannot be lacking'],
])('schemas that contradict themselves are named by their path: %#', (columns, message) => {
  const input = { tables: { t: { files: 'f.csv', columns } } } as SchemaDocument
  expect(() => defineSchema(input)).toThrow(expect.objectContaining({ name: 'SchemaError', message: expect.stringContaining(message) as string }) as Error)
})
