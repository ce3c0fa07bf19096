/** Total foreign exposure and upstreamness from relations: by hand, against powers of the matrix, and beside published values. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb, relation, sql, type Engine } from '../../src/engine/index.js'
import { directShares, networkShares } from '../../src/features/index.js'
import { readTable } from '../../src/ingest/index.js'
import { networkExposure, upstreamness } from '../../src/pipeline/index.js'
import { rowsOf } from '../features/randomPanel.js'
import { registerTable } from '../features/tables.js'
import { sharedData } from '../sharedData.js'

let engine: Engine
beforeAll(async () => {
  engine = await openDuckDb({ threads: 2 })
})
afterAll(() => engine.close())

const links = () => registerTable(engine, 'links', ['year', 'buyer', 'supplier', 'value'], [
  [2005, 'a', 'b', 30], [2005, 'a', 'c', 20], [2005, 'b', 'c', 90], [2005, 'd', 'a', null], [2005, 'd', 'b', null], [2005, 'e', 'a', 10], [2010, 'a', 'd', 5],
], { floats: ['value'] })
const purchases = () => registerTable(engine, 'survey', ['year', 'firm', 'purchases', 'imports'], [
  [2005, 'a', 100, 10], [2005, 'b', 100, 40], [2005, 'c', 50, 80], [2005, 'd', 10, 5], [2010, 'a', 1, 1],
], { floats: ['purchases', 'imports'] })

describe('shares of the network', () => {
  it('are values over purchases, at most what is not imported; equal where there is no value', async () => {
    const sources = { links: links(), purchases: purchases() }
    expect(await rowsOf(engine, networkShares(sources, { year: 2005, weights: 'value' }))).toEqual([
      { buyer: 'a', supplier: 'b', share: 0.3 }, { buyer: 'a', supplier: 'c', share: 0.2 }, { buyer: 'b', supplier: 'c', share: 0.6 },
      { buyer: 'd', supplier: 'a', share: 0.25 }, { buyer: 'd', supplier: 'b', share: 0.25 },
    ])
    const equal = await rowsOf(engine, networkShares(sources, { year: 2005, weights: 'equal' }))
    expect(equal.map(({ share }) => share)).toEqual([0.45, 0.45, 0.6, 0.25, 0.25])
    expect(await rowsOf(engine, directShares(sources, { year: 2005, weights: 'value' }))).toEqual([
      { firm: 'a', share: 0.1 }, { firm: 'b', share: 0.4 }, { firm: 'c', share: 1 }, { firm: 'd', share: 0.5 },
    ])
  })
})

describe('total foreign exposure', () => {
  it('is direct exposure and that of suppliers', async () => {
    const sources = { links: links(), purchases: purchases() }
    const options = { year: 2005, weights: 'value' } as const
    const { rows, firms, links: edges } = await networkExposure(engine, networkShares(sources, options), directShares(sources, options))
    expect({ firms, edges }).toEqual({ firms: 4, edges: 5 })
    const found = await rowsOf(engine, rows)
    // c imports all it buys: b is exposed by .4 + .6 · 1, a by .1 + .3 · 1 + .2 · 1, d by .5 + .25 · .6 + .25 · 1.
    for (const [row, [firm, direct, total]] of ([['a', 0.1, 0.6], ['b', 0.4, 1], ['c', 1, 1], ['d', 0.5, 0.9]] as const).entries()) {
      expect(found[row]).toMatchObject({ firm, direct })
      expect(found[row]!.total).toBeCloseTo(total, 12)
      expect(found[row]!.indirect).toBeCloseTo(total - direct, 12)
    }
  })

  it('of shares that are none is an error', async () => {
    const shares = relation('shares', { key: ['buyer', 'supplier'] }, sql`SELECT 'a' AS buyer, 'b' AS supplier, 0.8e0 AS share`)
    const direct = (share: number) => relation('direct', { key: ['firm'] }, sql`SELECT 'a' AS firm, CAST(${share} AS DOUBLE) AS share`)
    await expect(networkExposure(engine, shares, direct(0.3))).rejects.toMatchObject({ name: 'SharesError', message: expect.stringContaining('`a`') as string })
    const circle = relation('circle', { key: ['buyer', 'supplier'] }, sql`
      SELECT 'a' AS buyer, 'b' AS supplier, 1e0 AS share UNION ALL SELECT 'b', 'a', 1e0`)
    await expect(networkExposure(engine, circle, relation('direct', { key: ['firm'] }, sql`SELECT 'c' AS firm, 1e0 AS share`))).resolves.toMatchObject({ firms: 3 })
    const fed = relation('fed', { key: ['firm'] }, sql`SELECT 'a' AS firm, 1e-7 AS share`)
    await expect(networkExposure(engine, circle, fed)).rejects.toMatchObject({ name: 'NetworkError' })
  })
})

const wiod = sharedData('wiod_2011')
const published = sharedData('upstreamness_wiod', 'upstream.csv')

describe.skipIf(wiod === undefined || published === undefined)('upstreamness of industries in 2011', () => {
  // Domestic flows over output less exports: the world table is not among the data, so values agree only roughly.
  it.each(['USA', 'JPN', 'CHN', 'ITA'])('of %s is near the published one', async (country) => {
    const flows = engine.register(await readTable(`${wiod}/wiod2011_${country}_domestic_35x35.csv`), { key: ['row'], name: 'flows' })
    const industries = Array.from({ length: 35 }, (_, index) => `c${index + 1}`)
    const column = (name: string) => ({ parts: [`"${name}"`] })
    const uses = industries.map((using) => sql`SELECT row AS industry, ${using} AS using_industry,
      ${column(using)} / (gross_output - exports_intermediate - exports_final) AS share FROM ${flows} WHERE ${column(using)} > 0`)
    const { rows } = await upstreamness(engine, relation('uses', { key: ['industry', 'using_industry'] }, uses.reduce((all, next) => sql`${all} UNION ALL ${next}`)))
    const found = new Map((await rowsOf(engine, rows)).map(({ industry, upstreamness: value }) => [industry as string, value as number]))
    const reference = await readTable(published!, { columns: ['YEAR', 'ISO3C', 'WIOT2013_n', 'GVC_Ui'] })
    const pairs = (reference.toArray() as Record<string, unknown>[]).filter((row) => row.YEAR === 2011 && row.ISO3C === country && row.GVC_Ui !== null)
      .flatMap((row) => (found.has(`c${String(row.WIOT2013_n)}`) ? [[found.get(`c${String(row.WIOT2013_n)}`)!, Number(row.GVC_Ui)] as const] : []))
    expect(pairs.length).toBeGreaterThan(30)
    expect(correlation(pairs)).toBeGreaterThan(0.95)
  })
})

function correlation(pairs: readonly (readonly [number, number])[]): number {
  const mean = (index: 0 | 1): number => pairs.reduce((sum, pair) => sum + pair[index], 0) / pairs.length
  const [x, y] = [mean(0), mean(1)]
  const product = (a: 0 | 1, b: 0 | 1): number => pairs.reduce((sum, pair) => sum + (pair[a] - (a === 0 ? x : y)) * (pair[b] - (b === 0 ? x : y)), 0)
  return product(0, 1) / Math.sqrt(product(0, 0) * product(1, 1))
}
