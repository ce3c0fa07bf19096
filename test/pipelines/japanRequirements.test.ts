/** The links study on data that cannot carry it: what is lacking is named before anything is estimated. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attempt } from '../../pipelines/japan/equations.js'
import { gravityFits, optionsAbroad } from '../../pipelines/japan/gravity.js'
import { scaleOfOthers } from '../../pipelines/japan/offshoring.js'
import { requireDifferentiation, requireImportShares, requireLocated, requireOffshoring, requireTables } from '../../pipelines/japan/requirements.js'
import type { JapanTables } from '../../pipelines/japan/tables.js'
import { openDuckDb, relation, sql, type Engine, type Relation } from '../../src/engine/index.js'
import { ReshoreError } from '../../src/errors.js'

let engine: Engine
beforeAll(async () => {
  engine = await openDuckDb({ threads: 1 })
})
afterAll(() => engine.close())

const period = { from: 2005, to: 2010 }
const rows = (name: string, text: string): Relation => relation(name, { key: [] }, sql`SELECT * FROM (${unsafe(text)}) AS given`)
/** SQL of a test, written out. */
const unsafe = (text: string) => sql([text] as unknown as TemplateStringsArray)

const both = 'SELECT 2005 AS year UNION ALL SELECT 2010'
const one = 'SELECT 1 AS n'
const shares = (share: number): string => `SELECT 'C1' AS industry, ${share}e0 AS share UNION ALL SELECT 'C1', 0.5e0`
const whole: Readonly<Record<string, string>> = {
  firms: both, links: both, survey: both, purchases: both, trade: both, world_exports: both, municipalities: one, industries: one, products: one,
  countries: one, base_imports: one, input_shares: shares(0.5), import_use: shares(0.4),
}
const tables = (change: Record<string, string> = {}): JapanTables =>
  Object.fromEntries(Object.entries({ ...whole, ...change }).map(([name, text]) => [name, rows(name, text)])) as unknown as JapanTables

const failing = (name: string, message: string) => expect.objectContaining({ name, message: expect.stringContaining(message) as string, exitCode: 1 }) as Error

describe('the tables of the links study', () => {
  it('that are whole pass', async () => {
    await expect(requireTables(engine, tables(), period)).resolves.toBeUndefined()
  })

  it.each([
    ['links of one year only', { links: 'SELECT 2005 AS year' }, 'MissingYearError', 'table `links` (links_*.csv) has no row of 2010; its years are 2005'],
    ['world exports of other years', { world_exports: 'SELECT 2004 AS year' }, 'MissingYearError', 'has no row of 2005 and 2010; its years are 2004'],
    ['input shares above one', { input_shares: shares(0.6) }, 'SharesError', '`C1` sum to 1.1'],
    ['a use of imports above one', { import_use: shares(9) }, 'SharesError', '`import_use`'],
  ])('%s', async (_, change, name, message) => {
    await expect(requireTables(engine, tables(change as Record<string, string>), period)).rejects.toEqual(failing(name, message))
  })
})

describe('what the study measures', () => {
  it('differentiation that no industry has', async () => {
    await expect(requireDifferentiation(engine, rows('industries', 'SELECT CAST(NULL AS DOUBLE) AS beta UNION ALL SELECT NULL'), 'beta'))
      .rejects.toEqual(failing('DifferentiationError', 'known for none of 2 industries'))
  })

  it('imports above purchases, own shares only', async () => {
    const given = (imputed: number): Relation => rows('region_shares', `SELECT 'f1' AS firm, 0.7e0 AS share, ${imputed} AS imputed UNION ALL SELECT 'f1', 0.7e0, ${imputed}`)
    await expect(requireImportShares(engine, given(0), period)).rejects.toEqual(failing('SharesError', '1 firms import more than they purchase in 2005: `f1`'))
    await expect(requireImportShares(engine, given(1), period)).resolves.toBeUndefined()
  })

  it('no firm with a place and sales', async () => {
    await expect(requireLocated(engine, rows('located', 'SELECT 1 AS firm WHERE FALSE'), period)).rejects.toEqual(failing('EmptySampleError', 'no firm has a municipality'))
  })

  const buyer = (growth: number, before: number, starts: number): string => `SELECT ${growth}e0 AS foreign_growth, ${before} AS offshores_from, ${starts} AS starts`
  it.each([
    ['no buyers', `${buyer(0, 0, 0)} WHERE FALSE`, 'NoBuyersError'],
    ['no buyer that changes', `${buyer(0, 0, 0)} UNION ALL ${buyer(0, 1, 0)}`, 'NoVariationError'],
  ])('%s', async (_, text, name) => {
    await expect(requireOffshoring(engine, rows('buyers', text), period)).rejects.toEqual(failing(name, ''))
  })

  it.each([
    ['some start', `${buyer(1, 0, 1)} UNION ALL ${buyer(0, 0, 0)}`, []],
    ['none starts', `${buyer(1, 1, 0)} UNION ALL ${buyer(0, 0, 0)}`, [expect.stringContaining('No buyer starts')]],
    ['all start', buyer(1, 0, 1), [expect.stringContaining('Every buyer')]],
    ['all bought abroad before', buyer(1, 1, 0), [expect.stringContaining('All buyers bought abroad')]],
  ])('buyers of whom %s', async (_, text, sentences) => {
    expect(await requireOffshoring(engine, rows('buyers', text), period)).toEqual(sentences)
  })
})

describe('an equation that the rows at hand cannot identify', () => {
  it('is left out with its reason; a defect is not', () => {
    expect(attempt(() => { throw new ReshoreError('EmptySampleError', 'none is left', 'Look.') })).toEqual({ failed: 'none is left. Look.' })
    expect(() => attempt(() => { throw new TypeError('ours') })).toThrow('ours')
  })

  it('leaves no e_k: inputs count with one', async () => {
    const inputs = rows('inputs', `SELECT 'f' AS firm, 'A' AS input_industry, 0.25e0 AS foreign_growth, 0.5e0 AS z UNION ALL SELECT 'f', 'B', 0.75e0, 0.125e0`)
    const table = await engine.query(scaleOfOthers(inputs, []))
    expect([...table.getChild('others_scale')!]).toEqual([0.75, 0.25])
  })

  it('has one option abroad for each input of a surveyed buyer, beside its pairs', async () => {
    const pairs = rows('pairs', `SELECT 'b' AS buyer, 'A' AS input_industry, 's' AS supplier, 1 AS linked, 2e0 AS log_km, 5e0 AS log_size, 4e0 AS supplier_log_size, 0.5e0 AS beta, 'r' AS region
      UNION ALL SELECT 'other', 'A', 's', 0, 2e0, 5e0, 4e0, 0.5e0, 'r'`)
    const inputs = rows('inputs', `SELECT 'b' AS firm, 'A' AS input_industry, 0 AS offshores_to, 5e0 AS log_sales, 0.5e0 AS beta, 'r' AS region UNION ALL SELECT 'b', 'B', 1, 5e0, -1e0, 'r'`)
    const table = await engine.query(optionsAbroad(pairs, inputs))
    const found = table.toArray().map((row) => { const { buyer, input_industry: input, foreign_option: abroad, linked } = row.toJSON(); return `${String(buyer)} ${String(input)} ${String(abroad)} ${String(linked)}` })
    expect(found.sort()).toEqual(['b A 0 1', 'b A 1 0', 'b B 1 1'])
  })

  it('leaves the other equations of gravity', async () => {
    const pair = `SELECT CAST(i % 9 AS VARCHAR) AS buyer, CAST(i AS VARCHAR) AS supplier, CAST(i % 2 AS INTEGER) AS linked, (i * 7 % 13) / 5e0 AS log_km, (i * 5 % 11) / 7e0 AS log_size, (i * 3 % 17) / 7e0 AS supplier_log_size,
      (i % 5) / 3e0 AS beta, 'C' || (i % 3) AS input_industry, 'r' || (i % 2) AS region, 'r' || (i % 4) AS supplier_region, 1e0 AS weight FROM range(400) AS t(i)`
    const none = await engine.query(rows('none', `SELECT * FROM (${pair}) AS p WHERE FALSE`))
    const { fits, failed } = gravityFits({ pairs: await engine.query(rows('pairs', pair)), cells: none, links: none, inputs: none, quads: none, options: none })
    expect(fits.twoSided).toBeUndefined()
    expect(fits.foreign).toBeUndefined()
    expect(fits.conditional?.sample.used).toBeGreaterThan(100)
    expect(failed.map(({ what }) => what)).toEqual(expect.arrayContaining(['E1b', 'H3, imports of inputs']))
  })
})
