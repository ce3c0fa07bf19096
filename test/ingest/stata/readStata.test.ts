/** Stata files of haven, foreign and pandas: every value as pandas (and haven, by check.R) reads it, in every format and byte order. */
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DataType, type Vector } from 'apache-arrow'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb } from '../../../src/engine/index.js'
import { isReshoreError } from '../../../src/errors.js'
import { byteDictionary } from '../../../src/ingest/stata/byteDictionary.js'
import { defineSchema, ingest, readStata, readTable, type StataFile } from '../../../src/ingest/index.js'

const reference = resolve(dirname(fileURLToPath(import.meta.url)), '../../../fixtures/reference/stata')
const files = readdirSync(reference).filter((name) => name.endsWith('.dta'))

interface Expected {
  readonly values: Readonly<Record<string, readonly (string | number)[]>>
  readonly label: string
  readonly labels: Readonly<Record<string, string>>
  readonly valueLabels: Readonly<Record<string, Readonly<Record<string, string>>>>
}
const expected = JSON.parse(readFileSync(join(reference, 'expected.json'), 'utf8')) as Record<string, Expected>

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reshore-stata-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string): string => join(reference, name)
const millisecondsTo1970 = 3653 * 86_400_000

/** Values as Stata keeps them: dates as days or milliseconds since 1960, missing as null. */
function values({ table, columns }: StataFile, name: string): unknown[] {
  const column = table.getChild(name)! as Vector
  const { format } = columns.find((known) => known.name === name)!
  return Array.from({ length: column.length }, (_, row) => {
    const value = column.get(row) as unknown
    if (value === null || !DataType.isDate(column.type)) return value
    const milliseconds = Number(value) + millisecondsTo1970
    return format.startsWith('%tc') ? milliseconds : milliseconds / 86_400_000
  })
}

const isMissing = (value: string | number): boolean => value === '' || (typeof value === 'string' && /^\.[a-z]?$/.test(value))

describe.each(files)('%s', (name) => {
  const { values: wanted, label, labels, valueLabels } = expected[name]!
  const read = readStata(file(name))

  it('has the values, missing values by code, and labels that pandas reads', () => {
    expect(read.table.schema.fields.map((field) => field.name)).toEqual(Object.keys(wanted))
    for (const [column, cells] of Object.entries(wanted)) {
      expect(values(read, column), column).toEqual(cells.map((cell) => (isMissing(cell) ? null : cell)))
      const codes = cells.filter(isMissing).map((code) => (code === '' ? '""' : String(code)))
      const counts = Object.fromEntries([...new Set(codes)].map((code) => [code, codes.filter((other) => other === code).length]))
      expect(read.columns.find((known) => known.name === column)!.missing, column).toEqual(counts)
    }
    expect(read.label).toBe(label)
    expect(Object.fromEntries(read.columns.filter((column) => column.label !== '').map((column) => [column.name, column.label]))).toEqual(labels)
    const sets = read.columns.flatMap(({ valueLabelName, valueLabels: set }) => {
      const entries = set?.map(({ value, label: text }) => [value === '.a' ? '2147483622' : String(value), text] as const)
      return entries === undefined ? [] : [[valueLabelName!, Object.fromEntries(entries)] as const]
    })
    expect(Object.fromEntries(sets)).toEqual(valueLabels)
  })
})

// Formats up to 115 close with their value labels, and nothing says how many sets there are: without them the file looks whole.
it.each([
  ['foreign113.dta', 1, 1], ['haven114.dta', 1, 2], ['foreign115.dta', 1, 1], ['haven117.dta', 1, 0], ['pandas118_big.dta', 5, 0], ['haven119.dta', 5, 0],
])('%s cut at any byte is not whole, and says so', (name, step, silent) => {
  const bytes = readFileSync(file(name))
  const path = join(folder, `cut-${name}`)
  writeFileSync(path, bytes)
  let whole = 0
  for (let length = bytes.length - 1; length >= 0; length -= step) {
    truncateSync(path, length)
    try {
      const { notes } = readStata(path)
      expect(notes.join(), String(length)).toContain('which the file does not have; a file of this format that ends early looks the same')
      whole++
    } catch (error) {
      expect(error, String(length)).toMatchObject({ name: 'StataFileError', exitCode: 1 })
      expect((error as Error).message).toMatch(/ends at byte|is empty|byte 0: this is no Stata file/)
    }
  }
  expect(whole).toBe(silent)
})

describe('types', () => {
  it('are integers, doubles, dates, text; times of day and periods stay numbers with their unit', () => {
    const { table, columns, notes, release, byteOrder } = readStata(file('pandas118_big.dta'))
    const types = Object.fromEntries(table.schema.fields.map(({ name, type }) => [name, String(type)]))
    expect(types).toMatchObject({
      b: 'Int32', i: 'Int32', l: 'Int32', f: 'Float64', d: 'Float64', day: 'Date32<DAY>', whole: 'Date32<DAY>', clock: 'Float64', month: 'Int32',
      quarter: 'Int32', year: 'Int32', firm: 'Dictionary<Int32, Utf8>', story: 'Dictionary<Int32, Utf8>',
    })
    expect(Object.fromEntries(columns.flatMap(({ name, unit }) => (unit === undefined ? [] : [[name, unit]])))).toEqual({
      clock: 'milliseconds since 1960-01-01', month: 'months since 1960m1', quarter: 'quarters since 1960q1', year: 'years',
    })
    expect(notes).toEqual(['Column `clock` has times that are no whole days: it stays a number, milliseconds since 1960-01-01.'])
    expect([release, byteOrder]).toEqual([118, 'big'])
  })

  it('keep the bits of every double and float', () => {
    const { table } = readStata(file('missing_little.dta'))
    expect([table.getChild('d')!.get(27), table.getChild('f')!.get(27)]).toEqual([8.988465674311579e307, 1.7014117331926443e38])
  })
})

describe('value labels', () => {
  it('become text on request where every value has one of its own, and stay numbers with a note where not', () => {
    const read = readStata(file('haven118.dta'), { labels: 'text' })
    expect(values(read, 'sector')).toEqual(['clothing', 'footwear', 'clothing', null, 'footwear'])
    expect(values(read, 'part')).toEqual([1, 2, 3, 1, 2])
    expect(read.notes).toContain('Column `part` stays a number: its value 3 has no label.')
    expect(read.columns.find(({ name }) => name === 'sector')!.valueLabels).toContainEqual({ value: '.a', label: 'refused' })
  })

  it('stay numbers where two values share a label', () => {
    const path = join(folder, 'twins.dta')
    writeFileSync(path, Buffer.from(readFileSync(file('foreign113.dta')).toString('latin1').replace('footwear', 'clothing'), 'latin1'))
    const read = readStata(path, { labels: 'text' })
    expect(values(read, 'sector')).toEqual([1, 2, 1, null, 2])
    expect(read.notes).toContain('Column `sector` stays a number: two of its values have the label `clothing`.')
  })
})

describe('encodings', () => {
  it('are said for older formats, with a hint where the text is UTF-8', () => {
    const assumed = readStata(file('haven117.dta'), { columns: ['province'] })
    expect(values(assumed, 'province')[0]).toBe('ForlÃ¬-Cesena')
    expect(assumed.notes).toEqual(['The text of column `province` looks like UTF-8, but was read as windows-1252: say --encoding utf-8.'])
    const said = readStata(file('haven117.dta'), { encoding: 'utf-8' })
    expect(values(said, 'province')[0]).toBe('Forlì-Cesena')
    expect([said.columns[3]!.label, said.notes.filter((note) => note.includes('UTF-8'))]).toEqual(["Quota dell'export, città", []])
  })

  it('that do not fit are an error with row and column; labels show the bytes', () => {
    expect(() => readStata(file('pandas114_little.dta'), { encoding: 'utf-8' })).toThrow('row 1: column `place` holds bytes that are not utf-8')
    const { columns } = readStata(file('pandas114_little.dta'), { encoding: 'utf-8', columns: ['f'] })
    expect(columns[0]!.label).toBe('Citt\\xe0')
  })
})

describe('the dictionary of bytes', () => {
  it('codes texts as a map of them would', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 4 }), { maxLength: 3000, size: 'max' }), (texts) => {
        const [dictionary, known] = [byteDictionary(), new Map<string, number>()]
        for (const text of texts) {
          const key = Buffer.from(text).toString('latin1')
          if (!known.has(key)) known.set(key, known.size)
          const padded = Uint8Array.of(7, ...text, 9)
          expect(dictionary.code(padded, 1, padded.length - 1)).toBe(known.get(key))
        }
        expect(dictionary.size).toBe(known.size)
        for (const [key, code] of known) expect(dictionary.bytes(code).toString('latin1')).toBe(key)
      }),
      { numRuns: 30 },
    )
  })
})

describe('damage', () => {
  const damaged = (name: string, change: (bytes: Buffer) => Buffer | void): string => {
    const bytes = readFileSync(file(name))
    const path = join(folder, 'damaged.dta')
    writeFileSync(path, change(bytes) ?? bytes)
    return path
  }

  it.each([
    ['format 105', 'StataReleaseError', 'has Stata format 105', 'haven113.dta', (bytes: Buffer) => void bytes.writeUInt8(105, 0)],
    ['format 121', 'StataReleaseError', 'has Stata format 121', 'haven118.dta', (bytes: Buffer) => void bytes.write('121', 28)],
    ['text', 'StataFileError', 'byte 0: this is no Stata file', 'haven118.dta', () => Buffer.from('firm,year\n1,2005\n')],
    ['a tag', 'StataFileError', 'expected `</map><variable_types>`, found `</mop>', 'haven118.dta', (bytes: Buffer) => void bytes.write('</mop>', bytes.indexOf('</map>'))],
    ['the byte order', 'StataFileError', 'the byte order is `XSF`', 'haven118.dta', (bytes: Buffer) => void bytes.write('X', 52)],
    ['a storage type', 'StataFileError', 'variable 1, `firm`, has an unknown storage type', 'haven113.dta', (bytes: Buffer) => void bytes.writeUInt8(250, 109)],
    ['the number of rows', 'StataFileError', 'within the data, 2000000005 rows', 'haven113.dta', (bytes: Buffer) => void bytes.writeInt32LE(2000000005, 6)],
    ['a negative number of rows', 'StataFileError', 'byte 6: the number of rows is -5', 'haven113.dta', (bytes: Buffer) => void bytes.writeInt32LE(-5, 6)],
    ['a reference', 'StataFileError', 'row 1 of `story` refers to a long string', 'pandas118_little.dta', (bytes: Buffer) => void bytes.writeUInt8(77, bytes.indexOf('GSO') + 3)],
    ['the count of labels', 'StataFileError', 'cannot hold 1000 value labels', 'foreign113.dta', (bytes: Buffer) => void bytes.writeInt32LE(1000, bytes.indexOf('clothing') - 24)],
    ['a long string that is no text', 'SeamTypeError', 'holds bytes that are no text', 'pandas118_little.dta', (bytes: Buffer) => void bytes.writeUInt8(129, bytes.indexOf('GSO') + 15)],
  ])('to %s is named', (_, error, message, name, change) => {
    const path = damaged(name, change)
    expect(() => readStata(path)).toThrow(expect.objectContaining({ name: error, message: expect.stringContaining(message) as string }))
  })

  it('of any single byte gives a table or a named error', () => {
    for (const name of ['pandas114_big.dta', 'pandas117_little.dta']) {
      const bytes = readFileSync(file(name))
      const path = damaged(name, () => undefined)
      const opened = openSync(path, 'r+')
      for (let at = 0; at < bytes.length; at += 3) {
        writeSync(opened, Buffer.of(bytes[at]! ^ 0xff), 0, 1, at)
        try {
          readStata(path)
        } catch (error) {
          if (!isReshoreError(error)) throw new Error(`${name}, byte ${at}`, { cause: error })
        }
        writeSync(opened, bytes, at, 1, at)
      }
      closeSync(opened)
    }
  })

  it('without a file, or without the columns, is named as for other formats', () => {
    expect(() => readStata(join(folder, 'absent.dta'))).toThrow(expect.objectContaining({ name: 'FileError' }))
    expect(() => readStata(file('foreign115.dta'), { columns: ['wage'] })).toThrow('has none of the columns wage')
  })
})

describe('readTable and ingest', () => {
  it('read the columns asked for and hand on the notes', async () => {
    const notes: string[] = []
    const table = await readTable(file('haven118.dta'), { columns: ['wage', 'sector'], note: (text) => notes.push(text) })
    expect(table.schema.fields.map(({ name }) => name)).toEqual(['sector', 'wage'])
    expect(notes).toEqual([
      'Column `sector` has extended missing values, all read as missing (rows): .a in 1.',
      'Column `wage` has extended missing values, all read as missing (rows): . in 1, .b in 1, .z in 1.',
    ])
    await expect(readTable('x.csv', { stata: { labels: 'text' } })).rejects.toMatchObject({ name: 'FormatError' })
  })

  it('judge the rows by a schema, ids kept as doubles without a point', async () => {
    const engine = await openDuckDb({})
    try {
      const schema = defineSchema({ tables: { firms: {
        files: 'haven118.dta', labels: 'text',
        columns: { id: { from: 'large', type: 'string' }, sector: { type: 'category', values: ['clothing', 'footwear'] }, opened: { type: 'date' }, wage: { type: 'float', range: [0, null] } },
      } } })
      const { tables, summaries, quarantine } = await ingest(engine, schema, [file('haven118.dta')], { folder, maxBad: 1 })
      const rows = (await engine.query(tables.firms!)).toArray().map((row) => ({ ...row }))
      expect(rows.map(({ id, sector }) => [id, sector])).toEqual([['2147483620', 'clothing'], ['-2147483647', 'footwear'], ['0', 'clothing'], ['7', 'footwear']])
      expect(quarantine).toMatchObject([{ line: 4, column: 'wage', reason: 'out of range' }])
      expect(summaries[0]!.files[0]!.encoding).toBe('utf-8')
      expect(summaries[0]!.notes.some((note) => note.includes('extended missing values'))).toBe(true)
    } finally {
      await engine.close()
    }
  })
})
