/** Data files as tables: types of plain CSV columns by the documented rule, files of other software, errors with their line. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DataType, Dictionary, Int32, makeData, makeVector, Table as ArrowTable, tableToIPC, Utf8, vectorFromArray, type Table, type Vector } from 'apache-arrow'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readTable, type ReadTableOptions } from '../../src/ingest/index.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reshore-table-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function write(content: string | Buffer, extension = 'csv'): string {
  const path = join(folder, `file-${++files}.${extension}`)
  writeFileSync(path, content)
  return path
}

const read = (content: string | Buffer, options?: ReadTableOptions, extension?: string): Promise<Table> => readTable(write(content, extension), options)

/** `float`, `bool`, `text`, `int` or `date` by name, in the order of the columns. */
function kinds(table: Table): Record<string, string> {
  const kind = (type: DataType): string =>
    DataType.isDictionary(type) ? 'text' : DataType.isFloat(type) ? 'float' : DataType.isBool(type) ? 'bool' : DataType.isInt(type) ? 'int' : 'date'
  return Object.fromEntries(table.schema.fields.map(({ name, type }) => [name, kind(type)]))
}

/** Dates as days since 1970. */
function values(table: Table, name: string): unknown[] {
  const column = table.getChild(name)! as Vector
  const all = Array.from({ length: column.length }, (_, row) => column.get(row) as unknown)
  return DataType.isDate(column.type) ? all.map((value) => (value === null ? null : Number(value) / 86_400_000)) : all
}

describe('types of plain CSV', () => {
  it('are numbers, booleans and text, with missing cells', async () => {
    const table = await read('i,x,s,b,e\n1,0.5,Torino,TRUE,\n,-1e3,"Forlì, Cesena",false,\n+3,.5,,,\n')
    expect(kinds(table)).toEqual({ i: 'float', x: 'float', s: 'text', b: 'bool', e: 'float' })
    expect(values(table, 'i')).toEqual([1, null, 3])
    expect(values(table, 'x')).toEqual([0.5, -1000, 0.5])
    expect(values(table, 's')).toEqual(['Torino', 'Forlì, Cesena', null])
    expect(values(table, 'b')).toEqual([true, false, null])
    expect(values(table, 'e')).toEqual([null, null, null])
  })

  it('take NA, . and NaN as missing in numbers and booleans, and as codes in text', async () => {
    const table = await read('x,b,province\n1,TRUE,NA\nNA,NA,TO\n.,FALSE,.\nNaN,.,NaN\n')
    expect(kinds(table)).toEqual({ x: 'float', b: 'bool', province: 'text' })
    expect(values(table, 'x')).toEqual([1, null, null, null])
    expect(values(table, 'b')).toEqual([true, null, false, null])
    expect(values(table, 'province')).toEqual(['NA', 'TO', '.', 'NaN'])
  })

  it('take codes that are beyond numbers', async () => {
    for (const line of ['1e999', '9007199254740993', '-1e999']) {
      const options = { missing: ['1e999', '-1e999', '9007199254740993'] }
      for (const text of [`x,y\n1,2\n${line},3\n`, `x,y\n1,"2\n"\n${line},3\n`]) expect(values(await read(text, options), 'x')).toEqual([1, null])
    }
  })

  it('take the missing codes a user gives, in every column, instead of NA and .', async () => {
    const table = await read('x,y,s\n1,NA,-99\n-99,2,none\nnone,3,a\n', { missing: ['-99', 'none'] })
    expect(kinds(table)).toEqual({ x: 'float', y: 'text', s: 'text' })
    expect(values(table, 'x')).toEqual([1, null, null])
    expect(values(table, 'y')).toEqual(['NA', '2', '3'])
    expect(values(table, 's')).toEqual([null, null, 'a'])
  })

  it.each([
    ['1_000', 'text'], ['0x1F', 'text'], ['1,5', 'text'], ['12%', 'text'], ['1e', 'text'], ['T', 'text'],
    ['0123', 'float'], [' 12 ', 'float'], ['1.', 'float'], ['-1E+05', 'float'], ['9007199254740993', 'text'], ['90071992547409920', 'float'],
    ['9007199254740993.5', 'float'], ['-90279949703478820', 'float'], ['123456789012345678', 'text'], ['2001-05-01', 'text'], ['True', 'bool'],
  ])('reads the cell %o as %s', async (cell, kind) => {
    expect(kinds(await read(`x,y\n"${cell}",1\n`))).toMatchObject({ x: kind })
  })

  it('are decided by the whole file, not by its beginning', async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `${i},${i},${i % 2 === 0},,,${i}`)
    rows[25_000] = '0.5,Torino,maybe,Napoli,7,9007199254740993'
    const table = await read(`number,text,flag,late,lateNumber,id\n${rows.join('\n')}\n`)
    expect(kinds(table)).toEqual({ number: 'float', text: 'text', flag: 'text', late: 'text', lateNumber: 'float', id: 'text' })
    expect([table.getChild('number')!.get(25_000), table.getChild('text')!.get(24_999), table.getChild('lateNumber')!.nullCount]).toEqual([0.5, '24999', 29_999])
  })

  it('keep every double exactly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 50 }), async (numbers) => {
        expect(values(await read(`x,y\n${numbers.map((number) => `${number},1`).join('\n')}\n`), 'x')).toEqual(numbers.map((number) => number + 0))
      }),
      { numRuns: 60 },
    )
  })

  it('take a decimal comma in files with semicolons', async () => {
    const table = await read('x;y;z\n0,981;0.5;1.234,5\n117;1,5;2\n')
    expect(kinds(table)).toEqual({ x: 'float', y: 'text', z: 'text' })
    expect(values(table, 'x')).toEqual([0.981, 117])
  })

  it('refuse infinite values of the columns that are read, by header and line', async () => {
    const path = write('x,y\nInf,1\n2,2\n')
    await expect(readTable(path)).rejects.toMatchObject({ name: 'NotFiniteError', message: expect.stringContaining('column `x`: `Inf` in line 2 of ') as string })
    const late = write('a;größe\n"two\nlines";1,5\n\nb;-1e999\n')
    await expect(readTable(late)).rejects.toMatchObject({ message: expect.stringContaining('column `größe`: `-1e999` in line 5 of ') as string })
    expect(values(await readTable(path, { columns: ['y'] }), 'y')).toEqual([1, 2])
  })
})

describe('columns that are text because of a few cells', () => {
  const reason = (table: Table, name: string): string | undefined => table.schema.fields.find((field) => field.name === name)!.metadata.get('textBecause')
  const numbers = (odd: string, at = 40): string => `n,x\n${Array.from({ length: 60 }, (_, i) => `${i},${i === at ? odd : i / 7}`).join('\n')}\n`

  it.each(['#N/A', 'N/A', 'null', '-', '€3', '1 234', '−1.5', '１２', '1e', '12%'])('say which and where: %s', async (odd) => {
    const table = await read(numbers(odd))
    expect([reason(table, 'x'), reason(table, 'n')]).toEqual([expect.stringMatching(`^\`${odd}\` in line 42 of file-\\d+\\.csv is no number$`), undefined])
  })

  it('count lines as the file has them, whatever reads it', async () => {
    const lines = numbers('"#N/A"').split('\n')
    const broken = [lines[0], '99,"a\nb"', '', ...lines.slice(1)].join('\n')
    expect(reason(await read(broken), 'x')).toMatch(/^`a\nb` in line 2 /)
    const twoLines = lines.slice(1, -1).map((line) => `${line},"a\nb"`)
    expect(reason(await read(`n,x,t\r\n${twoLines.join('\r\n')}\r\n`), 'x')).toMatch(/^`#N\/A` in line 82 /)
    expect(reason(await read('a;b\n1;0,5\n2;1,5\n3;2.5\n4;0,2\n5;0,3\n6;1,1\n7;1,2\n8;1,3\n9;1,4\n10;9,5\n11;7,5\n'), 'b')).toMatch(/^`2\.5` in line 4 /)
  })

  it('are told where all odd texts stand for missing, however many the numbers', async () => {
    expect(reason(await read('treated\n0\n1\n#N/A\n1\n'), 'treated')).toMatch(/^`#N\/A` in line 4 /)
    expect(reason(await read('bool\nTRUE\nFALSE\nnull\n'), 'bool')).toMatch(/ is no true or false$/)
  })

  it('are no columns of names, of codes with letters, or of ids that doubles would round', async () => {
    const table = await read(`name,code,id\n${Array.from({ length: 40 }, (_, i) => `N${i},${i % 3 === 0 ? 'C' : ''}${i},9007199254740993${10 + i}`).join('\n')}\n`)
    expect(kinds(table)).toEqual({ name: 'text', code: 'text', id: 'text' })
    for (const name of ['name', 'code', 'id']) expect(reason(table, name)).toBeUndefined()
  })
})

describe('CSV files', () => {
  it('have names that are kept apart, whatever their case', async () => {
    const table = await read('\uFEFF"",Year,year,x,x,"a ""b"""\r\n1,2,3,4,5,6\r\n')
    expect(table.schema.fields.map(({ name }) => name)).toEqual(['column1', 'Year', 'year', 'x', 'x.1', 'a "b"'])
    expect(table.schema.fields.map(({ name }) => values(table, name)[0])).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('may hold line breaks, delimiters and doubled quotes in quotes', async () => {
    const table = await read('s,n\n"two\nlines, ""quoted""",1\nplain "inside",2\n')
    expect(values(table, 's')).toEqual(['two\nlines, "quoted"', 'plain "inside"'])
  })

  it.each(['\t', '|', ';'])('are split at %o where the header is', async (delimiter) => {
    expect(values(await read(['a', 'b, c'].join(delimiter) + '\n' + ['1', '2'].join(delimiter) + '\n'), 'b, c')).toEqual([2])
  })

  it('may mix line ends', async () => {
    const table = await read('s,n\r\n"two\nlines",1\na,2\r\nb,3\n')
    expect([values(table, 's'), values(table, 'n')]).toEqual([['two\nlines', 'a', 'b'], [1, 2, 3]])
  })

  it('may have only a header', async () => {
    const table = await read('a,b\n')
    expect([table.numRows, table.numCols]).toEqual([0, 2])
  })

  it('may have pattern characters in their names', async () => {
    const path = join(folder, 'panel [2005] *.csv')
    writeFileSync(path, 'a\n1\n')
    expect((await readTable(path)).numRows).toBe(1)
  })

  it.each([
    ['a,b\n1,"x\ny"\n1,2,3\n', 'CsvError', 'line 4: 3 cells where 2 are expected: 1,2,3'],
    ['a,b\n1,"x\n2,y\n', 'CsvError', 'line 2: a quote does not close before the next delimiter: 1,"x'],
    ['a,b\n1,2\n\n1\n', 'CsvError', 'line 4: 1 cells where 2 are expected: 1'],
    ['', 'EmptyFileError', 'is empty'],
    [Buffer.from('a,b\nForl\xec,1\n', 'latin1'), 'EncodingError', 'line 2: byte 0xec is not UTF-8'],
    [Buffer.from('\uFEFFa,b\n1,2\n', 'utf16le'), 'EncodingError', 'UTF-16'],
  ])('that are broken say where: %o', async (content, name, message) => {
    await expect(read(content)).rejects.toMatchObject({ name, message: expect.stringContaining(message) as string })
  })

  it('that are absent, unknown or without the columns asked for are named', async () => {
    await expect(readTable(join(folder, 'absent.csv'))).rejects.toMatchObject({ name: 'FileError' })
    await expect(readTable(write('', 'xlsx'))).rejects.toMatchObject({ name: 'FormatError', exitCode: 2 })
    await expect(readTable(write('', 'parquet'), { missing: ['-99'] })).rejects.toMatchObject({ name: 'FormatError', exitCode: 2, remedy: expect.stringContaining('--missing') })
    await expect(readTable(write('a,b\n1,2\n'), { columns: ['c'] })).rejects.toMatchObject({ name: 'MissingColumnError' })
  })
})

describe('files of other software', () => {
  const reference = resolve(dirname(fileURLToPath(import.meta.url)), '../../fixtures/reference/arrow')
  const expected = (JSON.parse(readFileSync(join(reference, 'expected.json'), 'utf8')) as { columns: Record<string, unknown[]> }).columns
  const names = ['default.feather', 'lz4.arrow', 'lz4.arrows', 'zstd.arrow', 'zstd.arrows', 'uncompressed.arrow', 'uncompressed.arrows', 'table.parquet']

  it.each(names)('%s gives the values it was written with', async (name) => {
    const table = await readTable(join(reference, name))
    expect(kinds(table)).toEqual({ firm: 'text', year: 'int', turnover: 'float', share: 'float', employees: 'int', big: 'float', active: 'bool',
      province: 'text', sector: 'text', opened: 'date', moment: 'date' })
    for (const [column, wanted] of Object.entries(expected)) expect(values(table, column)).toEqual(wanted)
  })

  it('is cut to the columns asked for', async () => {
    for (const name of ['lz4.arrow', 'table.parquet']) {
      const table = await readTable(join(reference, name), { columns: ['year', 'firm', 'absent'] })
      expect(table.schema.fields.map((field) => field.name)).toEqual(['firm', 'year'])
    }
  })

  it.each([
    ['codes without a text', [0, 7, 1], ['a', 'b'], 'FileError'],
    ['negative codes', [0, -1, 1], ['a', 'b'], 'FileError'],
    ['a missing text in its dictionary', [0, 1, 0], ['a', null], 'SeamTypeError'],
  ])('is refused by name with %s', async (_, codes, texts, name) => {
    const type = new Dictionary(new Utf8(), new Int32(), 0)
    const data = makeData({ type, length: codes.length, nullCount: 0, data: Int32Array.from(codes), dictionary: vectorFromArray(texts, new Utf8()) })
    await expect(read(Buffer.from(tableToIPC(new ArrowTable({ s: makeVector(data) }), 'file')), {}, 'arrow')).rejects.toMatchObject({ name })
  })

  it('is refused by name with texts beyond their bytes', async () => {
    for (const offsets of [[0, 1, 900], [0, 2, 1]]) {
      const data = makeData({ type: new Utf8(), length: 2, nullCount: 0, valueOffsets: Int32Array.from(offsets), data: Buffer.from('ab') })
      await expect(read(Buffer.from(tableToIPC(new ArrowTable({ s: makeVector(data) }), 'file')), {}, 'arrow')).rejects.toMatchObject({ name: 'FileError' })
    }
  })

  it.each([['lz4.arrow', 'arrow'], ['table.parquet', 'parquet']])('is refused by name when %s is cut short', async (name, extension) => {
    const whole = readFileSync(join(reference, name))
    await expect(readTable(write(whole.subarray(0, whole.length / 2), extension))).rejects.toMatchObject({ name: 'FileError' })
  })
})
