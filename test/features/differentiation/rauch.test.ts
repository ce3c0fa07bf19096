/** Rauch shares and standardised measures: by loops over random concordances, and on the published classification. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb, relation, sql, type Engine } from '../../../src/engine/index.js'
import { chainConcordances, differentiation, rauchShares, standardised } from '../../../src/features/index.js'
import { readTable } from '../../../src/ingest/index.js'
import { sharedData } from '../../sharedData.js'
import { rowsOf } from '../randomPanel.js'
import { registerTable } from '../tables.js'

let engine: Engine
beforeAll(async () => {
  engine = await openDuckDb({ threads: 2 })
})
afterAll(() => engine.close())

const productNames = ['0011', '0012', '0111', '6521', '7512']
const classOf = fc.constantFrom('n', 'r', 'w', '', 'n')
const randomClasses = fc.tuple(...productNames.map((product) => fc.tuple(fc.constant(product), classOf, classOf)))
const randomRows = fc.array(fc.tuple(
  fc.constantFrom(...productNames, '9999'), fc.constantFrom('E09', 'E31'), fc.constantFrom('2002', '2007'), fc.constantFrom(1.5, 2, 40, -1, null),
), { minLength: 1, maxLength: 30 })

describe('Rauch shares', () => {
  it.each(['count', 'weight'] as const)('by %s are those of loops', (weight) => fc.assert(fc.asyncProperty(randomClasses, randomRows, async (classes, rows) => {
    const table = registerTable(engine, 'classes', ['product', 'conservative', 'liberal'], classes)
    const concordance = registerTable(engine, 'concordance', ['product', 'industry', 'version', 'weight'], rows, { floats: ['weight'] })
    const found = await rowsOf(engine, rauchShares({ classes: table, concordance }, { version: '2002', weight }))
    const expected = ['E09', 'E31'].flatMap((industry) => {
      const pairs = new Map<string, number>()
      for (const [product, at, version, value] of rows) {
        if (at === industry && version === '2002') pairs.set(product, weight === 'count' ? 1 : (pairs.get(product) ?? 0) + (value ?? 0))
      }
      if (pairs.size === 0) return []
      const classOfProduct = (product: string, column: 1 | 2): string => classes.find(([name]) => name === product)?.[column] ?? ''
      const sum = (column: 1 | 2, wanted: string): number =>
        [...pairs].reduce((total, [product, value]) => total + (value > 0 && wanted.includes(classOfProduct(product, column) || '?') ? value : 0), 0)
      const share = (column: 1 | 2): number | null => (sum(column, 'nrw') === 0 ? null : sum(column, 'n') / sum(column, 'nrw'))
      const unclassified = [...pairs].filter(([product, value]) => !(value > 0) || classOfProduct(product, 1) === '' || classOfProduct(product, 2) === '')
      return [{ industry, share_conservative: share(1), share_liberal: share(2), products: pairs.size, products_unclassified: unclassified.length }]
    })
    expect(found).toEqual(expected)
  }), { numRuns: 30 }))
})

describe('differentiation', () => {
  it('has every industry, raw and standardised over industries', async () => {
    const industries = registerTable(engine, 'industries', ['industry', 'contract_intensity'], [['E09', 0.1], ['E31', 0.4], ['I55', 0.7], ['K68', null]], { floats: ['contract_intensity'] })
    const products = registerTable(engine, 'products', ['product', 'industry', 'conservative', 'liberal'], [['0011', 'E09', 'w', 'w'], ['6521', 'E31', 'n', 'n'], ['6522', 'E31', 'r', 'n']])
    const found = await rowsOf(engine, differentiation({ industries, classes: products, concordance: products }, { version: null, measures: ['contract_intensity'] }))
    expect(found.map(({ industry, share_conservative, share_liberal, products: n }) => [industry, share_conservative, share_liberal, n])).toEqual([
      ['E09', 0, 0, 1], ['E31', 0.5, 1, 2], ['I55', null, null, 0], ['K68', null, null, 0],
    ])
    const scores = found.map(({ contract_intensity_z }) => contract_intensity_z as number | null)
    expect(scores[3]).toBeNull()
    for (const [row, expected] of [-1, 0, 1].entries()) expect(scores[row]).toBeCloseTo(expected, 12)
    expect(found[1]!.share_conservative_z).toBeCloseTo(Math.SQRT1_2, 12)
  })

  it('that does not vary has no standard scores', async () => {
    const industries = registerTable(engine, 'industries', ['industry', 'x'], [['a', 2], ['b', 2]], { floats: ['x'] })
    expect((await rowsOf(engine, standardised(industries, ['x']))).map(({ x_z }) => x_z)).toEqual([null, null])
  })
})

const rauch = sharedData('rauch_classification', 'rauch_classification_rev2.csv')
const [hsToSitc, hsToIsic] = [sharedData('concordances', 'hs_sitc2.csv'), sharedData('concordances', 'hs_isic3.csv')]

describe.skipIf(rauch === undefined || hsToSitc === undefined || hsToIsic === undefined)('the published classification', () => {
  /** As text: codes keep their leading zeros. */
  const file = (path: string) => relation('file', { key: [] }, sql`SELECT * FROM read_csv(${path}, header = true, all_varchar = true)`)
  const classes = () => relation('classes', { key: ['product'] }, sql`SELECT sitc4 AS product, con AS conservative, lib AS liberal FROM ${file(rauch!)}`)

  it('has the published numbers of goods', async () => {
    const one = relation('one', { key: [] }, sql`SELECT product, 'all' AS industry FROM ${classes()}`)
    const [all] = await rowsOf(engine, rauchShares({ classes: classes(), concordance: one }, { version: null }))
    expect(all).toEqual({ industry: 'all', share_conservative: 690 / 1189, share_liberal: 650 / 1189, products: 1189, products_unclassified: 0 })
  })

  it('reaches ISIC industries through HS as a loop does', async () => {
    const chain = chainConcordances(file(hsToSitc!), file(hsToIsic!), { first: ['SITC2_4d', 'HS_6d'], second: ['HS_6d', 'ISIC3_2d'] })
    const found = await rowsOf(engine, rauchShares({ classes: classes(), concordance: chain }, { version: null }))
    const table = async (path: string, columns: readonly [string, string]) => {
      const read = await readTable(path, { columns: [...columns], missing: [''] })
      return columns.map((name) => [...read.getChild(name)!].map(String))
    }
    // `readTable` reads codes as numbers; so do both sides of this loop.
    const [sitc, hs] = await table(hsToSitc!, ['SITC2_4d', 'HS_6d'])
    const [hs2, isic] = await table(hsToIsic!, ['HS_6d', 'ISIC3_2d'])
    const [goods, conservative] = await table(rauch!, ['sitc4', 'con'])
    const industriesOf = new Map<string, Set<string>>()
    for (const [row, code] of hs2!.entries()) industriesOf.set(code, (industriesOf.get(code) ?? new Set()).add(isic![row]!))
    const classOf = new Map(goods!.map((good, row) => [good, conservative![row]!]))
    const products = new Map<string, Set<string>>()
    for (const [row, good] of sitc!.entries()) for (const industry of industriesOf.get(hs![row]!) ?? []) products.set(industry, (products.get(industry) ?? new Set()).add(good))
    expect(found.length).toBeGreaterThan(20)
    for (const { industry, share_conservative: share } of found) {
      const known = [...products.get(String(Number(industry)))!].flatMap((good) => classOf.get(good) ?? [])
      if (known.length === 0) expect(share).toBeNull()
      else expect(share).toBeCloseTo(known.filter((kind) => kind === 'n').length / known.length, 12)
    }
  })
})
