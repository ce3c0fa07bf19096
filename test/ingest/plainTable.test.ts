/**
 * The kernel for plain CSV held to the engine, which states the rules: where the kernel gives a table, it is the engine's, bit for bit, for any
 * size of block and number of threads; doubles are those of `Number`. What the kernel may not take is tested in `readTable.test.ts`.
 */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DataType, type Table } from 'apache-arrow'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb, type Engine } from '../../src/engine/index.js'
import type { CellRules } from '../../src/ingest/cellKinds.js'
import { readCsvHeader } from '../../src/ingest/csvHeader.js'
import { csvTable, position } from '../../src/ingest/csvTable.js'
import { plainTable, type PlainOptions } from '../../src/ingest/plain/plainTable.js'
import { sharedData } from '../sharedData.js'

let folder: string
let engine: Engine
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reshore-plain-'))
  engine = await openDuckDb({ threads: 2 })
})
afterAll(async () => {
  await engine.close()
  rmSync(folder, { recursive: true })
})

let files = 0
function write(content: string): string {
  const path = join(folder, `file-${++files}.csv`)
  writeFileSync(path, content)
  return path
}

const plainRules = (delimiter: string): CellRules => ({ missing: [], missingInNumbers: ['NA', '.'], decimalComma: delimiter === ';' })

function byKernel(path: string, options: Partial<PlainOptions> = {}): Table | undefined {
  const header = readCsvHeader(path)
  return plainTable(path, { header, columns: header.names.map((_, index) => index), rules: plainRules(header.delimiter), threads: 1, ...options })
}

async function byEngine(path: string, rules?: CellRules): Promise<Table> {
  const header = readCsvHeader(path)
  return csvTable(engine, path, header, header.names.map((_, index) => position(index)), rules ?? plainRules(header.delimiter))
}

/** Everything that makes a column: type, texts, and cells with their bits. */
function contents(table: Table): unknown {
  return table.schema.fields.map(({ type, nullable }, index) => {
    const column = table.getChildAt(index)!
    const [data] = column.data
    const texts = DataType.isDictionary(type) ? data!.dictionary!.toArray() : undefined
    const cells = Array.from({ length: table.numRows }, (_, row) => {
      const value = column.get(row) as unknown
      return typeof value === 'number' && Object.is(value, -0) ? '-0' : value
    })
    return { type: String(type), nullable, missing: column.nullCount, texts: texts && [...(texts as Iterable<string>)], cells }
  })
}

/** True where the kernel took the file. */
async function agree(path: string, options: Partial<PlainOptions> = {}): Promise<boolean> {
  const table = byKernel(path, options)
  if (table !== undefined) expect(contents(table)).toEqual(contents(await byEngine(path, options.rules)))
  return table !== undefined
}

const digits = (maxLength: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 0, maxLength })
const numberText = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.integer().map(String),
  fc.tuple(fc.constantFrom('', '-', '+'), digits(12), fc.constantFrom('', '.'), digits(24), fc.constantFrom('', '', '', 'e', 'E-', 'e+'), digits(3)).map((parts) => parts.join('')),
)
const oddNumber = fc.constantFrom('NaN', 'nan', '-NaN', 'NA', '.', ' 12 ', '1e400', '1e-400', '4.9e-324', '2.47e-324', '1_000', '0x1F', 'Infinity', '9007199254740993', '\t3', '3\t', '١', '1e', '-', '+-1', '1,5', '1.5.2', '-.', '00')
const word = fc.oneof(fc.constantFrom('Torino', 'TO', 'Forlì', '東京', 'NA', '.', ' x ', 'a long text of more than sixteen bytes', ''), fc.string({ maxLength: 12 }))
const bool = fc.constantFrom('TRUE', 'false', 'True', 'true', 'FALSE', '', 'NA', ' true')
const clean = fc.constantFrom(numberText, word, bool, fc.constant(''))

const cellsOf = (rows: number) => fc.tuple(clean, fc.integer({ min: 0, max: 4 })).chain(([kind, dirt]) =>
  fc.array(fc.oneof({ weight: 60, arbitrary: kind }, { weight: dirt, arbitrary: oddNumber }, { weight: dirt, arbitrary: word }), { minLength: rows, maxLength: rows }))

interface Csv {
  readonly text: string
  readonly blockBytes: number
}

const csv = fc.record({ columns: fc.integer({ min: 1, max: 4 }), rows: fc.integer({ min: 0, max: 40 }) }).chain(({ columns, rows }) =>
  fc.record({
    columns: fc.tuple(...Array.from({ length: columns }, () => cellsOf(rows))), delimiter: fc.constantFrom(',', ';', '\t'), lineEnd: fc.constantFrom('\n', '\n', '\r\n'),
    mark: fc.boolean(), quoting: fc.constantFrom('needed', 'needed', 'all', 'never'), end: fc.constantFrom('', 'end', 'end', 'blank', 'trailing'), blockBytes: fc.constantFrom(64, 100, 256, 1 << 16),
    damage: fc.option(fc.record({ at: fc.nat(), text: fc.constantFrom('\n', '\r', '"', ',', '\0', 'é', ' "') }), { freq: 6 }),
  })).map(({ columns, delimiter, lineEnd, mark, quoting, end, blockBytes, damage }): Csv => {
    const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`
    const shown = (cell: string): string =>
      quoting === 'all' || (quoting === 'needed' && /[",;\t\r\n]/.test(cell)) ? quoted(cell) : cell
    const rows = Array.from({ length: columns[0]!.length }, (_, row) => columns.map((cells) => shown(cells[row]!)).join(delimiter) + (end === 'trailing' && row % 3 === 0 ? delimiter : ''))
    let text = [columns.map((_, index) => `c${index}`).join(delimiter), ...rows].join(lineEnd) + (end === '' ? '' : lineEnd) + (end === 'blank' ? lineEnd + lineEnd : '')
    if (damage !== null) text = text.slice(0, damage.at % text.length) + damage.text + text.slice(damage.at % text.length)
    return { text: (mark ? '\uFEFF' : '') + text, blockBytes }
  })

describe('plain CSV by the kernel', () => {
  it('is what the engine makes of it, dirt and all', async () => {
    let [taken, all] = [0, 0]
    await fc.assert(fc.asyncProperty(csv, async ({ text, blockBytes }) => {
      all++
      const path = write(text)
      try {
        readCsvHeader(path)
      } catch {
        return
      }
      if (await agree(path, { blockBytes })) taken++
    }), { numRuns: Number(process.env.PLAIN_RUNS ?? 400) })
    expect(taken).toBeGreaterThan(all / 10)
  }, 600_000)

  it('reads quotes and two kinds of line ends as the engine does', async () => {
    expect(await agree(write('c0,c1\r\n"","00000.000000000e0"\n"         ","-1.0022068445661891e+29"\n\n\n'), { blockBytes: 64 })).toBe(true)
  })

  it('leaves blank lines of a single column to the engine', () => {
    expect([byKernel(write('c\n1\n\n2\n')), byKernel(write('c\r\n1\r\n\r\n'))]).toEqual([undefined, undefined])
    expect(byKernel(write('c,d\n1,2\n\n\n'))!.numRows).toBe(1)
  })

  it('takes the codes for missing that a user gives', async () => {
    const path = write('x,s,b\n-99,-99,true\n -99 ,a,-99\n"-99",none,"none"\n3,NA,false\n')
    const rules = { missing: ['-99', 'none'], missingInNumbers: [], decimalComma: false }
    expect(await agree(path, { rules })).toBe(true)
    expect(byKernel(path, { rules })!.toArray().map((row) => ({ ...row }))).toEqual([
      { x: null, s: null, b: true }, { x: null, s: 'a', b: null }, { x: null, s: null, b: null }, { x: 3, s: 'NA', b: false }])
  })
})

describe('doubles', () => {
  const doubles = (texts: readonly string[]): Float64Array => byKernel(write(`x,y\n${texts.map((text) => `${text},1`).join('\n')}\n`))!.getChildAt(0)!.toArray() as Float64Array
  const same = (texts: readonly string[]): void => {
    const found = doubles(texts)
    for (const [row, text] of texts.entries()) if (!Object.is(found[row], Number(text))) expect.fail(`${text} is read as ${found[row]}`)
  }

  it('are the nearest, as Number gives them', () => {
    const bits = fc.bigInt({ min: 0n, max: 0xffefffffffffffffn }).map((word) => new Float64Array(BigUint64Array.of(word).buffer)[0]!).filter(Number.isFinite)
    const written = fc.tuple(bits, fc.integer({ min: 1, max: 21 })).map(([value, places]) => (places > 20 ? String(value) : value.toExponential(places - 1)))
    const fixed = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 19n }), fc.integer({ min: 0, max: 24 })).map(([integer, places]) => {
      const text = String(integer).padStart(places + 1, '0')
      return `${text.slice(0, text.length - places)}.${text.slice(text.length - places)}`
    })
    fc.assert(fc.property(fc.array(fc.oneof(written, fixed), { minLength: 1, maxLength: 200 }), (texts) => same(['0', ...texts.filter((text) => Number.isFinite(Number(text)))])), { numRuns: 300 })
  })

  it('are rounded to even halfway between two', () => {
    const halves = Array.from({ length: 400 }, (_, i) => String((2n ** 53n + BigInt(2 * i + 1)) * (i % 2 === 0 ? 1n : 5n)) + (i % 2 === 0 ? '.0' : 'e-1'))
    const tiny = ['4.9e-324', '4.94065645841246544e-324', '7.4e-324', '2.2250738585072011e-308', '2.2250738585072014e-308', '2.225073858507201e-308', '1.7976931348623157e308', '8.98846567431158e307']
    const near = ['9007199254740992.5', '9007199254740993.5', '0.500000000000000166533453693773481063544750213623046875', '1.00000000000000011102230246251565404', '5e-20', '67.64521000000000001']
    same([...halves, ...tiny, ...near, '-0', '0.0', '-0.0e5', '1.', '.5', '-.5', '+3', '1E5', '123456789012345678.5', '0.00000000000000000000001234567'])
  })
})

describe('large files', () => {
  const lines = (rows: number): string =>
    Array.from({ length: rows }, (_, i) => `${i},${(i * 0.37).toFixed(i % 7)},R${(i * 7919) % 997},${i % 11 === 0 ? '' : i % 2 === 0},firm-${i % 9001}`).join('\n')

  it('give the same table for any number of threads', async () => {
    const path = write(`i,x,region,active,firm\n${lines(60_000)}\n`)
    const one = contents(byKernel(path)!)
    for (const threads of [2, 3]) expect(contents(byKernel(path, { threads, threadsFrom: 0, blockBytes: 8192 })!)).toEqual(one)
    expect(one).toEqual(contents(await byEngine(path)))
    const inSharedMemory = byKernel(path, { threads: 2, threadsFrom: 0, blockBytes: 8192 })!
    expect(contents(await engine.query(engine.register(inSharedMemory)))).toEqual(one)
  })

  it('may have more rows than their first lines promise', () => {
    const path = write(`a,b\n${Array.from({ length: 2000 }, () => `${'1'.repeat(40)}.5,${'x'.repeat(200)}`).join('\n')}\n${'1,y\n'.repeat(300_000)}`)
    expect(byKernel(path, { blockBytes: 8192 })!.numRows).toBe(302_000)
  })
})

describe('public files', () => {
  const shared = sharedData()
  const csvs = shared === undefined ? [] : readdirSync(shared, { recursive: true }).map(String).filter((name) => /\.(csv|tsv|txt)$/i.test(name) && statSync(join(shared!, name)).size < 3e5)

  it.skipIf(csvs.length === 0)('are read as the engine reads them', async () => {
    const taken: string[] = []
    for (const name of csvs) {
      const path = join(shared!, name)
      try {
        readCsvHeader(path)
      } catch {
        continue
      }
      if (await agree(path)) taken.push(name)
    }
    expect(taken.length).toBeGreaterThan(csvs.length / 2)
  }, 600_000)
})
