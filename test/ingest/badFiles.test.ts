/** Files as data rooms hand them over: each is read, set aside line by line, or refused by a name that says what it is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb, type Engine } from '../../src/engine/index.js'
import { defineSchema, ingest, type SchemaDocument } from '../../src/ingest/index.js'

let engine: Engine
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reshore-bad-files-'))
  engine = await openDuckDb({ threads: 1 })
})
afterAll(async () => {
  await engine.close()
  rmSync(folder, { recursive: true })
})

const schema: SchemaDocument = {
  encoding: 'shift_jis',
  tables: { firms: { files: 'firms_{year}.csv', key: ['year', 'firm'], columns: { year: { from: '{year}', type: 'int' }, firm: { type: 'string' }, name: { type: 'string' } } } },
}

/** Reads one file of the given bytes. */
async function read(name: string, bytes: Uint8Array | string, document: SchemaDocument = schema, maxBad = 1) {
  const source = mkdtempSync(join(folder, 'raw-'))
  writeFileSync(join(source, name), bytes)
  return ingest(engine, defineSchema(document), source, { folder: source, maxBad })
}

const header = 'firm,name\r\n'
const names = ['東京商工', '株式会社山水建材', '有限会社昭和商事', 'ﾔﾏﾄ工業']
const rows = Array.from({ length: 40 }, (_, i) => `${i},${names[i % 4]!}\r\n`)
const sjis = (text: string): Buffer => iconv.encode(text, 'shift_jis')

describe('several encodings', () => {
  it('in one file: lines of UTF-8 among Shift_JIS do not come through as other letters', async () => {
    const isUtf8 = (i: number): boolean => i % 10 === 3
    const bytes = Buffer.concat([Buffer.from(header), ...rows.map((row, i) => (isUtf8(i) ? Buffer.from(row) : sjis(row)))])
    const { summaries: [summary], quarantine } = await read('firms_2005.csv', bytes)
    expect(summary).toMatchObject({ read: 40, kept: 36, reasons: [{ reason: 'undecodable byte', rows: 4 }] })
    expect(quarantine.map(({ line }) => line)).toEqual([5, 15, 25, 35])
    expect(quarantine[0]).toMatchObject({ column: null, detail: expect.stringContaining('the line is UTF-8 in a file of shift_jis') as string, text: '3,ﾔﾏﾄ工業' })
  })

  it('in one file: lines of UTF-8 among Windows-1252', async () => {
    const bytes = Buffer.concat([Buffer.from('firm,name\n1,Forl\xec\n', 'latin1'), Buffer.from('2,Forlì\n'), Buffer.from('3,caf\xe9\xae\n4,PERCH\xc9\n', 'latin1')])
    const { summaries: [summary], quarantine } = await read('firms_2005.csv', bytes, { ...schema, encoding: 'windows-1252' })
    expect([summary!.kept, quarantine.map(({ line }) => line)]).toEqual([3, [3]])
  })

  it('half of each: the error says that the file mixes them', async () => {
    const bytes = Buffer.concat([Buffer.from(header), ...rows.map((row, i) => (i % 4 ? Buffer.from(row) : sjis(row)))])
    await expect(read('firms_2005.csv', bytes, schema, 0.01)).rejects.toMatchObject({ name: 'EncodingError', message: expect.stringMatching(/mixes encodings: 30 of 41 lines are UTF-8/) as string })
  })

  it('EUC-JP read as Shift_JIS, most of whose lines would be half-width kana, is named', async () => {
    const bytes = iconv.encode(header + rows.map((row) => row.replace('ﾔﾏﾄ', '大和')).join(''), 'euc-jp')
    await expect(read('firms_2005.csv', bytes)).rejects.toMatchObject({ name: 'EncodingError', remedy: expect.stringContaining('It could be euc-jp') as string })
  })

  it('half-width kana in Shift_JIS are letters', async () => {
    const { summaries: [summary] } = await read('firms_2005.csv', sjis(header + '1,ｶﾌﾞｼｷｶﾞｲｼｬﾔﾏﾄ\r\n2,ﾃｱﾃｱ\r\n'))
    expect(summary).toMatchObject({ kept: 2, quarantined: 0 })
  })

  it('the mark of UTF-8 before Shift_JIS', async () => {
    await expect(read('firms_2005.csv', Buffer.concat([Buffer.from('\uFEFF'), sjis(header + rows.join(''))])))
      .rejects.toMatchObject({ name: 'EncodingError', message: expect.stringContaining('byte order mark of UTF-8') as string })
  })
})

describe('files that are no text', () => {
  it.each([
    ['a workbook', [0x50, 0x4b, 0x03, 0x04, 0x14], 'an Excel workbook or a zip archive'], ['a compressed file', [0x1f, 0x8b, 0x08, 0x00], 'compressed by gzip'],
    ['a Parquet file', [0x50, 0x41, 0x52, 0x31], 'a Parquet file'],
  ])('%s with the name of a table', async (_, bytes, what) => {
    await expect(read('firms_2005.csv', Uint8Array.from(bytes))).rejects.toMatchObject({ name: 'FormatError', message: expect.stringContaining(what) as string })
  })
})

describe('names and ends of files', () => {
  it('a copy whose name says no year is refused at once, not row by row', async () => {
    await expect(read('firms_2005 (1).csv', sjis(header + rows.join('')))).rejects.toMatchObject({
      name: 'FileNameError', message: 'firms_2005 (1).csv: {year} is `2005 (1)`, no whole number for `year`' })
  })

  it('a file that ends within a row says so', async () => {
    const { summaries: [summary] } = await read('firms_2005.csv', sjis(`${header}1,大和\r\n2`))
    expect(summary).toMatchObject({ kept: 1, quarantined: 1, notes: ['firms_2005.csv: the file ends within line 3, which is set aside: it may not be whole.'] })
    const whole = await read('firms_2005.csv', sjis(`${header}1,大和\r\n2,商工`))
    expect(whole.summaries[0]).toMatchObject({ kept: 2, notes: [] })
  })

  it('above the share of bad rows, the example is one of the most frequent reason', async () => {
    const text = `${header}1,a\r\n1,b\r\n${Array.from({ length: 5 }, (_, i) => `${i + 2},c,d\r\n`).join('')}`
    await expect(read('firms_2005.csv', text, schema, 0.1)).rejects.toMatchObject({
      name: 'TooManyBadRowsError', message: expect.stringContaining('the first wrong column count in firms_2005.csv, line 4') as string })
  })
})
