/** The quarantine file: read back as it was meant, and harmless in a spreadsheet. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseString } from 'fast-csv'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { countReasons, writeQuarantine } from '../../src/ingest/quarantine.js'
import type { QuarantinedRow } from '../../src/ingest/records.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reshore-quarantine-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const row = (text: string, rest: Partial<QuarantinedRow> = {}): QuarantinedRow =>
  ({ table: 't', file: 'f.csv', line: 2, column: null, reason: 'wrong column count', text, detail: 'd', ...rest })

const read = (text: string): Promise<string[][]> => new Promise((resolve, reject) => {
  const rows: string[][] = []
  parseString<string[], string[]>(text).on('data', (cells) => rows.push(cells)).on('error', reject).on('end', () => resolve(rows))
})

it('keeps texts as they are, except that a formula gets an apostrophe', async () => {
  const texts = ['=HYPERLINK("http://x")', '+1', '-5;x', '@SUM(A1)', '\tx', 'a,"b"\r\nc', 'plain = text']
  const path = join(folder, 'q.csv')
  await writeQuarantine(path, [...texts.map((text) => row(text)), row('x', { column: '=c', detail: '-d' })])
  const rows = await read(readFileSync(path, 'utf8'))
  expect(rows[0]).toEqual(['file', 'line', 'column', 'reason', 'text', 'detail'])
  expect(rows.slice(1, -1).map((cells) => cells[4])).toEqual(["'=HYPERLINK(\"http://x\")", "'+1", "'-5;x", "'@SUM(A1)", "'\tx", 'a,"b"\r\nc', 'plain = text'])
  expect(rows.at(-1)).toEqual(['f.csv', '2', "'=c", 'wrong column count', 'x', "'-d"])
})

it('has its header also when nothing is bad, and says where it cannot be written', async () => {
  const path = join(folder, 'empty.csv')
  await writeQuarantine(path, [])
  expect(readFileSync(path, 'utf8')).toBe('file,line,column,reason,text,detail\n')
  await expect(writeQuarantine(join(path, 'q.csv'), [])).rejects.toMatchObject({ name: 'NotWritableError' })
})

it('counts reasons in the order in which they are looked for', () => {
  const rows = [row('', { reason: 'duplicate key' }), row('', { reason: 'undecodable byte' }), row('', { reason: 'duplicate key' })]
  expect(countReasons(rows)).toEqual([{ reason: 'undecodable byte', rows: 1 }, { reason: 'duplicate key', rows: 2 }])
})
