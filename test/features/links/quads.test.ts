/** Informative quads against enumeration of two buyers and two suppliers; samples of them partition all. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDuckDb, relation, sql, type Engine, type Relation } from '../../../src/engine/index.js'
import { informativeQuads } from '../../../src/features/index.js'
import { randomStream } from '../../../src/numerics/random.js'
import { rowsOf } from '../randomPanel.js'

let engine: Engine
beforeAll(async () => {
  engine = await openDuckDb({ threads: 2 })
})
afterAll(() => engine.close())

interface Link { readonly buyer: string; readonly supplier: string; readonly industry: string }

/** Links within two industries, an odd and an even number of them; some firms are buyers and suppliers. */
function drawnLinks(seed: number): Link[] {
  const stream = randomStream(seed, 'quads')
  return ['f0', 'f1', 'f2', 'f3', 'b4', 'b5'].flatMap((buyer) => ['f1', 'f2', 's3', 's4', 's5', 's6', 's7', 's8'].flatMap((supplier, s) =>
    (buyer !== supplier && stream.uniform() < 0.35 ? [{ buyer, supplier, industry: s % 2 === 0 ? 'even' : 'odd' }] : [])))
}

const relationOf = (links: readonly Link[]): Relation => relation('links', { key: ['buyer', 'supplier'] },
  links.map(({ buyer, supplier, industry }) => sql`SELECT ${buyer} AS buyer, ${supplier} AS supplier, ${industry} AS input_industry`).reduce((before, next) => sql`${before} UNION ALL ${next}`))

/** A quad by its two links, whichever comes first. */
const nameOf = (one: string, other: string): string => [one, other].sort().join(' | ')

async function found(links: readonly Link[], options?: Parameters<typeof informativeQuads>[1]): Promise<string[]> {
  const rows = await rowsOf(engine, informativeQuads(relationOf(links), options))
  expect(rows.map(({ quad }) => Number(quad)).sort((a, b) => a - b)).toEqual(rows.map((_, r) => r + 1))
  expect(rows.every(({ weight }) => Number(weight) === (options?.every ?? 1))).toBe(true)
  return rows.map((row) => nameOf(`${String(row.buyer)}>${String(row.supplier)}`, `${String(row.other_buyer)}>${String(row.other_supplier)}`)).sort()
}

it('are those of enumeration, each once, and samples of them partition all', async () => {
  for (const seed of [1, 2, 3, 4]) {
    const links = drawnLinks(seed)
    const isLinked = (buyer: string, supplier: string): boolean => links.some((link) => link.buyer === buyer && link.supplier === supplier)
    const expected = links.flatMap((a, r) => links.slice(r + 1).flatMap((b) => {
      const informative = a.industry === b.industry && a.buyer !== b.buyer && a.supplier !== b.supplier && a.buyer !== b.supplier && b.buyer !== a.supplier &&
        !isLinked(a.buyer, b.supplier) && !isLinked(b.buyer, a.supplier)
      return informative ? [nameOf(`${a.buyer}>${a.supplier}`, `${b.buyer}>${b.supplier}`)] : []
    })).sort()
    expect(expected.length).toBeGreaterThan(5)
    expect(await found(links)).toEqual(expected)
    const parts = [await found(links, { every: 3, seed: 0 }), await found(links, { every: 3, seed: 1 }), await found(links, { every: 3, seed: 2 })]
    expect(parts.flat().sort()).toEqual(expected)
  }
})
