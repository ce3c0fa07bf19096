/** Raw files to tables: a dirty fixture through both readers, every reason, every format; nothing lost, nothing silent. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DataType, tableFromArrays, tableToIPC, type Table } from 'apache-arrow'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb, relation, sql, type Engine } from '../../src/engine/index.js'
import { defineSchema, ingest, readSchema, type Ingested, type IngestOptions, type SchemaDocument } from '../../src/ingest/index.js'

const fixture = resolve(dirname(fileURLToPath(import.meta.url)), '../../fixtures/data/ingest')
let folder: string
let engine: Engine
let cases = 0

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reshore-ingest-'))
  engine = await openDuckDb({ threads: 2 })
})
afterAll(async () => {
  await engine.close()
  rmSync(folder, { recursive: true })
})

/** Files in a folder of their own, ingested. */
async function run(files: Record<string, string | Buffer>, schema: SchemaDocument, options: Partial<IngestOptions> = {}): Promise<Ingested & { out: string }> {
  const [raw, out] = [join(folder, `raw-${++cases}`), join(folder, `out-${cases}`)]
  mkdirSync(raw)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(raw, name), content)
  return { ...(await ingest(engine, defineSchema(schema), raw, { folder: out, maxBad: 1, ...options })), out }
}

async function rowsOf(ingested: Ingested, table: string): Promise<unknown[][]> {
  const rows: Table = await engine.query(ingested.tables[table]!)
  const day = rows.schema.fields.map(({ type }) => DataType.isDate(type))
  return Array.from({ length: rows.numRows }, (_, row) => rows.schema.fields.map((_, column) => {
    const value: unknown = rows.getChildAt(column)!.get(row)
    return day[column] && value !== null ? new Date(Number(value)).toISOString().slice(0, 10) : value
  }))
}

const reasonsOf = ({ quarantine }: Ingested): unknown[] => quarantine.map(({ line, column, reason }) => [line, column, reason])

/** Rows read are rows kept and rows set aside, by file and in total. */
function expectAccounted({ summaries, quarantine }: Ingested): void {
  for (const { table, read, kept, quarantined, reasons, files } of summaries) {
    expect(kept + quarantined).toBe(read)
    expect(reasons.reduce((sum, { rows }) => sum + rows, 0)).toBe(quarantined)
    expect(quarantine.filter((row) => row.table === table)).toHaveLength(quarantined)
    for (const file of files) expect(file.kept + file.quarantined).toBe(file.read)
    expect(files.reduce((sum, file) => sum + file.read, 0)).toBe(read)
  }
}

describe('the dirty fixture', () => {
  const expected = JSON.parse(readFileSync(join(fixture, 'expected.json'), 'utf8')) as { rows: unknown[][]; quarantine: unknown[] }

  it.each(['bulk', 'stream', 'auto'] as const)('gives the same table and quarantine through the %s reader', async (reader) => {
    const out = join(folder, `fixture-${reader}`)
    const result = await ingest(engine, readSchema(join(fixture, 'schema.json')), fixture, { folder: out, maxBad: 1, reader })
    expect(await rowsOf(result, 'survey')).toEqual(expected.rows)
    expect(result.quarantine).toEqual(expected.quarantine)
    expectAccounted(result)
    expect(readdirSync(out).sort()).toEqual(['areas.quarantine.csv', 'survey.quarantine.csv'])
    expect(readFileSync(join(out, 'survey.quarantine.csv'), 'utf8')).toBe(readFileSync(join(fixture, 'expected.quarantine.csv'), 'utf8'))
  })

  it('fails by name above the share of bad rows, with the quarantine written', async () => {
    const out = join(folder, 'fixture-failed')
    await expect(ingest(engine, readSchema(join(fixture, 'schema.json')), fixture, { folder: out })).rejects.toMatchObject({
      name: 'TooManyBadRowsError',
      message: expect.stringMatching(/`survey`: 15 of 22 rows are bad \(68\.2%, more than 1%\): undecodable byte 2,.*; the first \w.* in survey_2006\.csv, line \d+: /) as string,
      exitCode: 1,
    })
    expect(readFileSync(join(out, 'survey.quarantine.csv'), 'utf8').split('\n').length).toBeGreaterThan(15)
    expect(readdirSync(out).some((name) => name.startsWith('.ingest'))).toBe(false)
  })
})

const plain: SchemaDocument = {
  tables: { t: { files: '*.csv', columns: { id: { type: 'string' }, x: { type: 'float' }, s: { type: 'string' } }, key: ['id'] } },
}

describe('CSV dialects', () => {
  const expected = [['a', 1.5, 'x; "y"'], ['b', null, 'two\nlines'], ['c', -2, null]]

  it.each([
    ['commas', {}, 'id,x,s\na,1.5,"x; ""y"""\nb,,"two\nlines"\nc,-2,\n'],
    ['semicolons, found in the header', {}, 'id;x;s\na;1.5;"x; ""y"""\nb;;"two\nlines"\nc;-2;\n'],
    ['a long delimiter', { delimiter: '<|>' }, 'id<|>x<|>s\na<|>1.5<|>"x; ""y"""\nb<|><|>"two\nlines"\nc<|>-2<|>\n'],
    ['a delimiter the bulk reader refuses', { delimiter: '<|||>' }, 'id<|||>x<|||>s\na<|||>1.5<|||>"x; ""y"""\nb<|||><|||>"two\nlines"\nc<|||>-2<|||>\n'],
    ['backslash escapes', { escape: '\\' }, 'id,x,s\na,1.5,"x; \\"y\\""\nb,,"two\nlines"\nc,-2,\n'],
    ['single quotes', { quote: "'" }, "id,x,s\na,1.5,'x; \"y\"'\nb,,'two\nlines'\nc,-2,\n"],
    ['lines before the header', { skip: 2 }, 'Survey of "2006\nsource: us\nid,x,s\na,1.5,"x; ""y"""\n\nb,,"two\nlines"\nc,-2,\n'],
    ['mixed line ends', {}, 'id,x,s\r\na,1.5,"x; ""y"""\nb,,"two\nlines"\r\nc,-2,\n'],
    ['old line ends', {}, 'id,x,s\ra,1.5,"x; ""y"""\rb,,"two\nlines"\rc,-2,'],
    ['a byte order mark', {}, '\uFEFFid,x,s\na,1.5,"x; ""y"""\nb,,"two\nlines"\nc,-2,'],
  ])('with %s are read alike by both readers', async (_, dialect, text) => {
    for (const reader of ['auto', 'stream'] as const) {
      const result = await run({ 'f.csv': text }, { ...plain, ...dialect }, { reader })
      expect(await rowsOf(result, 't')).toEqual(expected)
      expect(result.quarantine).toEqual([])
    }
  })

  it('without a header name columns by position', async () => {
    const result = await run({ 'f.csv': 'a,1,2\nb,3\nc,x,4\n' }, {
      header: false, delimiter: ',', tables: { t: { files: '*.csv', columns: { id: { from: 1, type: 'string' }, n: { from: 3, type: 'int' } } } },
    })
    expect(await rowsOf(result, 't')).toEqual([['a', 2], ['c', 4]])
    expect(reasonsOf(result)).toEqual([[2, null, 'wrong column count']])
  })

  it('lose one line to a stray quote, not all that follow', async () => {
    const lines = Array.from({ length: 500 }, (_, i) => `k${i},${i},${i % 100 === 7 ? '"open' : i % 100 === 60 ? '"closed"' : 'plain'}`)
    for (const reader of ['bulk', 'stream'] as const) {
      const result = await run({ 'f.csv': `id,x,s\n${lines.join('\n')}\n` }, plain, { reader })
      expect(reasonsOf(result)).toEqual([7, 107, 207, 307, 407].map((i) => [i + 2, null, 'malformed quotes']))
      expect(result.summaries[0]).toMatchObject({ read: 500, kept: 495 })
    }
  })

  it('give the same rows and refusals through both readers, whatever is in them', async () => {
    const cell = fc.oneof(fc.constantFrom('', '1', '2.5', ' ', 'x y', 'è', '"', '""', '"q"', '"a,b"', '"a\nb"', '"a\r\nb"', ' "sp" ', '"open', 'mid"dle', '"x"junk', '=1', '\u3000'), fc.string({ maxLength: 4 }).map((text) => text.replace(/[\u0000\u001f]/g, '')))
    const record = fc.array(cell, { minLength: 1, maxLength: 4 }).map((cells) => cells.join(','))
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 25 }), fc.constantFrom('\n', '\r\n'), async (records, lineEnd) => {
        const text = ['id,x,s', ...records].join(lineEnd) + lineEnd
        const schema: SchemaDocument = { tables: { t: { files: '*.csv', delimiter: ',', columns: { id: { type: 'string' }, x: { type: 'float' }, s: { type: 'string' } } } } }
        const [auto, stream] = [await run({ 'f.csv': text }, schema), await run({ 'f.csv': text }, schema, { reader: 'stream' })]
        expectAccounted(auto)
        expect(auto.quarantine).toEqual(stream.quarantine)
        expect(await rowsOf(auto, 't')).toEqual(await rowsOf(stream, 't'))
      }),
      { numRuns: 40 },
    )
  }, 120_000)
})

describe('cells', () => {
  const one = (column: object, cells: readonly string[]): Promise<Ingested> =>
    run({ 'f.csv': `v|n\n${cells.map((cell, i) => `${cell}|${i}`).join('\n')}\n` }, { delimiter: '|', tables: { t: { files: '*', columns: { v: column as never, n: { type: 'int' } } } } })
  const kept = async (ingested: Ingested): Promise<unknown[]> => (await rowsOf(ingested, 't')).map(([value]) => value)

  it.each([
    ['float', { numbers: 'european' }, { '117.505': 117505, '0,981': 0.981, '1.234.567,8': 1234567.8, '1234567': 1234567, '-5,0': -5 }, ['117.50', '1.2345', '1,2,3', '0..981', '1e5', '1,', ',5', '12.345,']],
    ['float', { numbers: 'english' }, { '117,505': 117505, '1,234,567.8': 1234567.8, '12.5': 12.5 }, ['117,50', '1.2.3']],
    ['float', { numbers: { decimal: ',', thousands: ' ' } }, { '1 234,5': 1234.5, '12': 12 }, ['12 34', '1.5']],
    ['float', { numbers: { decimal: ',', thousands: '' } }, { '1234,5': 1234.5 }, ['1.234,5']],
    ['float', {}, { '1e-3': 0.001, ' 7 ': 7, '.5': 0.5, '5.': 5 }, ['1_000', 'inf', 'NaN', '0x1f', '1,5', '1e400']],
    ['int', {}, { '12': 12, '12.0': 12, '-2147483647': -2147483647 }, ['12.5', '2147483648', 'x']],
    ['int', { numbers: 'european', range: [0, 200000] }, { '117.505': 117505 }, ['1,5']],
    ['bool', {}, { true: true, FALSE: false, 1: true, 0: false }, ['yes', '2']],
    ['bool', { true: ['S'], false: ['N'] }, { S: true, N: false }, ['1', 's']],
    ['date', {}, { '2005-12-31': '2005-12-31' }, ['2005-02-30', '31/12/2005']],
    ['date', { format: '%d/%m/%Y', range: ['2000-01-01', null] }, { '31/12/2005': '2005-12-31' }, ['2005-12-31']],
    ['category', { values: ['a', 'b'] }, { a: 'a', b: 'b' }, []],
    ['category', { values: { 1: 'clothing', 2: 'footwear' } }, { 1: 'clothing', 2: 'footwear' }, []],
    ['string', {}, { '0123': '0123', NA: 'NA', ' Torino ': 'Torino', '　東京　': '東京', '\u00a0Roma\t': 'Roma', '\tà\u00a0': 'à', '¡x': '¡x' }, []],
  ])('of type %s %o are read or refused', async (type, rest, good, bad) => {
    const ingested = await one({ type, ...rest }, [...Object.keys(good), ...bad])
    expect(await kept(ingested)).toEqual(Object.values(good))
    expect(ingested.quarantine.map(({ reason, text }) => [reason, text.split('|')[0]])).toEqual(bad.map((cell) => ['unparsable cell', cell]))
  })

  it('may be missing by code, unless they are required', async () => {
    const optional = await one({ type: 'float', missing: ['n.d.', '-99'] }, ['n.d.', '-99', '', '3', 'NA'])
    expect(await kept(optional)).toEqual([null, null, null, 3])
    expect(reasonsOf(optional)).toEqual([[6, 'v', 'unparsable cell']])
    const required = await one({ type: 'float', missing: ['n.d.'], required: true }, ['n.d.', '', '3'])
    expect(reasonsOf(required)).toEqual([[2, 'v', 'missing required'], [3, 'v', 'missing required']])
  })

  it('must be in range and among the allowed values, ends included', async () => {
    const range = await one({ type: 'float', range: [0, 1] }, ['0', '1', '-0.1', '1.1'])
    expect(await kept(range)).toEqual([0, 1])
    expect(range.quarantine.map(({ reason, detail }) => [reason, detail])).toEqual([['out of range', 'v is `-0.1`, not in 0 … 1'], ['out of range', 'v is `1.1`, not in 0 … 1']])
    const dates = await one({ type: 'date', range: ['2000-01-01', '2000-12-31'] }, ['2000-01-01', '2001-01-01'])
    expect(reasonsOf(dates)).toEqual([[3, 'v', 'out of range']])
    const values = await one({ type: 'int', values: [1, 2] }, ['1', '2', '3'])
    expect(reasonsOf(values)).toEqual([[4, 'v', 'not an allowed value']])
  })

  it('are all named where several of a row are bad', async () => {
    const result = await run({ 'f.csv': 'a,b\nx,-1\n' }, { tables: { t: { files: '*', columns: { a: { type: 'int' }, b: { type: 'int', range: [0, null] } } } } })
    expect(result.quarantine).toEqual([{ table: 't', file: 'f.csv', line: 2, column: 'a', reason: 'unparsable cell', text: 'x,-1',
      detail: 'a is `x`, not a whole number up to 2147483647 (decimal sign `.`); b is `-1`, not in 0 … ∞' }])
  })
})

describe('tables of several files', () => {
  const schema: SchemaDocument = {
    tables: {
      firms: { files: 'firms_{year}.csv', columns: { firm: { type: 'string' }, year: { from: '{year}', type: 'int' }, area: { type: 'string' } }, key: ['firm', 'year'],
        foreignKeys: [{ columns: ['area'], table: 'areas', references: ['code'] }], panel: { unit: 'firm', time: 'year' } },
      areas: { files: 'areas.csv', columns: { code: { type: 'string' } }, key: ['code'] },
    },
  }
  const waves = (year: number, ...rows: string[]): Record<string, string> => ({ [`firms_${year}.csv`]: `firm,area\n${rows.join('\n')}\n` })

  it('take values from file names, keep the first of a key and check references', async () => {
    const files = { ...waves(2007, 'a,1', 'b,2'), ...waves(2005, 'a,1', 'a,2', 'b,9', 'b,2', 'c,'), 'areas.csv': 'code\n1\n2\n2\n' }
    const result = await run(files, schema)
    expect(await rowsOf(result, 'firms')).toEqual([['a', 2005, '1'], ['a', 2007, '1'], ['b', 2005, '2'], ['b', 2007, '2'], ['c', 2005, null]])
    expect(result.quarantine.map(({ file, line, reason, detail }) => [file, line, reason, detail])).toEqual([
      ['areas.csv', 4, 'duplicate key', 'same code as line 3'],
      ['firms_2005.csv', 3, 'duplicate key', 'same firm, year as line 2'],
      ['firms_2005.csv', 4, 'unknown foreign key', '9 is not in areas.code'],
    ])
    expectAccounted(result)
    expect(result.summaries[1]!.panel).toEqual({
      unit: ['firm'], time: 'year', rows: 5, units: 3, first: 2005, last: 2007, duplicates: { pairs: 0, rows: 0, examples: [] },
      gaps: { units: 2, missing: 2, examples: ['a between 2005 and 2007', 'b between 2005 and 2007'] }, balanced: false,
      perTime: [{ time: 2005, units: 3 }, { time: 2007, units: 2 }], perUnit: [{ times: 1, units: 1 }, { times: 2, units: 2 }],
    })
  })

  it('note a reference that cannot be checked, and columns left out', async () => {
    const result = await run({ 'firms_2005.csv': 'firm,area,extra\na,1,x\n' }, schema)
    expect(result.summaries[0]!.notes).toEqual(['area is not checked against areas: no file of that table was given.'])
    expect(result.summaries[0]!.files[0]!.ignored).toEqual(['extra'])
  })

  it('must have the columns of the schema, whatever their order', async () => {
    const result = await run({ 'firms_2005.csv': 'area,firm\n1,a\n', 'areas.csv': 'code\n1\n' }, schema)
    expect(await rowsOf(result, 'firms')).toEqual([['a', 2005, '1']])
    await expect(run({ 'firms_2005.csv': 'firm,zone\na,1\n' }, schema)).rejects.toMatchObject({ name: 'MissingColumnError', message: expect.stringContaining('firms_2005.csv has no column `area`') as string })
    await expect(run({ 'other.csv': '' }, schema)).rejects.toMatchObject({ name: 'FileError' })
  })
})

describe('encodings', () => {
  const japanese = (rows: number): string => `code,name\n${Array.from({ length: rows }, (_, i) => `${i},東京商工ソ能${i}`).join('\n')}\n`
  const schema: SchemaDocument = { encoding: 'shift_jis', tables: { t: { files: '*', columns: { code: { type: 'string' }, name: { type: 'string' } }, key: ['code'] } } }

  it('of Japan are read, and a damaged line is set aside with its bytes', async () => {
    const bytes = iconv.encode(japanese(1000), 'shift_jis')
    const at = bytes.indexOf(iconv.encode('500,', 'shift_jis')) + 4
    bytes[at] = 0xff
    const result = await run({ 'f.csv': bytes }, schema)
    expect(result.summaries[0]).toMatchObject({ read: 1000, kept: 999 })
    expect(result.quarantine).toMatchObject([{ line: 502, column: 'name', reason: 'undecodable byte', detail: `byte 0xff at offset ${at} of the file is no character of shift_jis` }])
    expect(result.quarantine[0]!.text).toMatch(/^500,\\xff/)
  })

  it('that are wrong altogether are named with one that fits', async () => {
    await expect(run({ 'f.csv': iconv.encode(japanese(50), 'shift_jis') }, { ...schema, encoding: 'utf-8' }, { maxBad: 0.01 })).rejects.toMatchObject({
      name: 'EncodingError', message: expect.stringContaining('is not utf-8: 50 of 51 lines') as string, remedy: expect.stringContaining('--encoding shift_jis') as string })
    const italian = iconv.encode('code,name\n1,Forlì\n2,così è\n3,perché\n', 'windows-1252')
    await expect(run({ 'f.csv': italian }, { ...schema, encoding: 'utf-8' }, { maxBad: 0.01 })).rejects.toMatchObject({ name: 'EncodingError', remedy: expect.stringContaining('windows-1252') as string })
    await expect(run({ 'f.csv': 'code,name\n1,Forlì\n' }, { ...schema, encoding: 'windows-1252' })).rejects.toMatchObject({ name: 'EncodingError', remedy: expect.stringContaining('utf-8') as string })
    await expect(run({ 'f.csv': 'code,name\n1,Torino\n' }, { ...schema, encoding: 'utf-16' })).rejects.toMatchObject({ name: 'EncodingError', message: expect.stringContaining('is not UTF-16') as string })
    await expect(run({ 'f.csv': iconv.encode(japanese(3), 'utf16') }, { ...schema, encoding: 'utf-8' })).rejects.toMatchObject({ name: 'EncodingError', remedy: expect.stringContaining('utf-16') as string })
  })

  it('can be given for one run, UTF-16 included', async () => {
    const result = await run({ 'f.csv': iconv.encode(japanese(3), 'utf16', { addBOM: true }) }, schema, { encoding: 'utf-16' })
    expect((await rowsOf(result, 't'))[2]).toEqual(['2', '東京商工ソ能2'])
    expect(result.summaries[0]!.files[0]!.encoding).toBe('utf-16le')
  })
})

describe('typed files', () => {
  const schema: SchemaDocument = { numbers: 'european', tables: { t: { files: '*', columns: { id: { type: 'string' }, n: { type: 'int', range: [0, null] }, x: { type: 'float' }, d: { type: 'date', format: '%d/%m/%Y' } }, key: ['id'] } } }

  it('are judged by the same schema, by row', async () => {
    const path = join(folder, 'typed.parquet')
    const rows = relation('typed', { key: ['id'] }, sql`SELECT * FROM (VALUES (${'a'}, 1, 0.1, DATE '2001-02-03'), (${'b'}, -1, 1e-7, NULL), (${'c'}, NULL, NULL, NULL)) AS v(id, n, x, d)`)
    await engine.materialise(rows, path)
    const result = await run({ 'f.parquet': readFileSync(path) }, schema)
    expect(await rowsOf(result, 't')).toEqual([['a', 1, 0.1, '2001-02-03'], ['c', null, null, null]])
    expect(result.quarantine).toMatchObject([{ line: 2, column: 'n', reason: 'out of range', text: '["b","-1","1e-07",null]' }])
  })

  it('may be Arrow', async () => {
    const table = tableFromArrays({ id: ['a', 'b', 'b'], n: Int32Array.of(1, 2, 3), x: Float64Array.of(0.5, 1, 2), d: [null, null, '2001-02-03'] })
    const result = await run({ 'f.arrow': Buffer.from(tableToIPC(table, 'file')) }, schema)
    expect(await rowsOf(result, 't')).toEqual([['a', 1, 0.5, null], ['b', 2, 1, null]])
    expect(reasonsOf(result)).toEqual([[3, null, 'duplicate key']])
  })
})

describe('schema documents', () => {
  const columns = { a: { type: 'int' as const } }
  it.each([
    [{ tables: { t: { files: 'x', columns: { a: { type: 'integer' } } } } }, 'tables.t.columns.a.type'],
    [{ tables: { t: { files: 'x', columns, keys: ['a'] } } }, 'tables.t: Unrecognized key'],
    [{ tables: { t: { files: 'x', columns, key: ['b'] } } }, 'tables.t.key: `b`'],
    [{ tables: { t: { files: 'x', columns, foreignKeys: [{ columns: ['a'], table: 'u' }] } } }, 'there is no table `u`'],
    [{ tables: { t: { files: 'x.csv', columns: { a: { from: '{year}', type: 'int' } } } } }, 'does not capture {year}'],
    [{ tables: { t: { files: 'x', columns: { a: { type: 'string', range: [0, 1] } } } } }, 'only int, float and date'],
    [{ tables: { t: { files: 'x', columns: { a: { type: 'int' }, A: { type: 'int' } } } } }, 'capitals apart'],
    [{ tables: { t: { files: 'x', columns: { a: { type: 'int', range: [2, 1] } } } } }, 'columns.a: the range ends before it begins'],
    [{ tables: { t: { files: 'x', columns: { a: { type: 'date', range: [1, 2] } } } } }, 'dates are dates'],
    [{ tables: { t: { files: 'x', columns: { a: { type: 'category' } } } } }, 'needs its values'],
    [{ tables: { t: { files: 'x', columns, header: false } } }, 'the position of the column'],
    [{ tables: { t: { files: 'x', columns, panel: { unit: 'a', time: 'b' } } } }, 'panel: `b`'],
  ])('that are wrong are named by their path: %#', (input, message) => {
    expect(() => defineSchema(input as never)).toThrow(expect.objectContaining({ name: 'SchemaError', exitCode: 2, message: expect.stringContaining(message) as string }) as Error)
  })

  it('that are no JSON are named', () => {
    writeFileSync(join(folder, 'schema.json'), '{')
    expect(() => readSchema(join(folder, 'schema.json'))).toThrow(expect.objectContaining({ name: 'SchemaError' }) as Error)
  })
})
