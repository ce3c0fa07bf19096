/** SQL as values: quoting, literals, lists, and relations rendered once in dependency order. */
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { duckDbDialect as dialect } from '../../src/engine/dialect.js'
import { renderRelation, renderSql } from '../../src/engine/render.js'
import { id, join, openDuckDb, relation, sql, type, type Relation, type Sql } from '../../src/engine/index.js'

const text = (query: Sql): string => renderSql(query, dialect, ({ name }) => name)

describe('sql', () => {
  it('quotes identifiers and binds values', () => {
    expect(text(sql`SELECT ${id('a"b')}, ${id('f', 'year')} WHERE x = ${"l'Aquila"} AND y = ${2005} AND z IS NOT ${null} AND b = ${true}`)).toBe(
      `SELECT "a""b", "f"."year" WHERE x = 'l''Aquila' AND y = 2005 AND z IS NOT NULL AND b = TRUE`,
    )
  })

  it('writes a fraction as a double and a negative number in parentheses', () => {
    expect(text(sql`${0.1} ${-1.5} ${1e21} ${-3} ${5n} ${2 ** 53}`)).toBe('0.1e0 (-1.5e0) 1e+21 (-3) 5 9007199254740992e0')
  })

  it('makes lists of arrays and joins', () => {
    expect(text(sql`(${['a', 'b']}) ${join([sql`x > ${1}`, sql`y < ${2}`], ' AND ')} CAST(z AS ${type('float')})`)).toBe(
      `('a', 'b') x > 1 AND y < 2 CAST(z AS DOUBLE)`,
    )
  })

  it.each([NaN, Infinity, 'a\u0000b'])('refuses %s', (value) => {
    expect(() => text(sql`${value}`)).toThrow(expect.objectContaining({ name: 'UnboundValueError' }) as Error)
  })

  it('gives any text and number back', async () => {
    const engine = await openDuckDb({ threads: 1 })
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.double({ noNaN: true, noDefaultInfinity: true }), async (word, number) => {
        fc.pre(!word.includes('\u0000'))
        const one = relation('one', { key: [] }, sql`SELECT ${word} AS ${id(`c${word}`)}, CAST(${number} AS DOUBLE) AS x`)
        const table = await engine.query(one)
        expect(table.schema.fields[0]!.name).toBe(`c${word}`)
        expect(table.getChildAt(0)!.get(0)).toBe(word)
        expect(table.getChildAt(1)!.get(0)).toBe(number + 0)
      }),
      { numRuns: 200 },
    )
    await engine.close()
  })
})

describe('relations', () => {
  const base = relation('base', { key: ['firm'] }, sql`SELECT 1 AS firm`)

  it('come once each, after what they read, the last in key order', () => {
    const left = relation('left', { key: ['firm'] }, sql`SELECT * FROM ${base}`)
    const right = relation('right', { key: ['firm'] }, sql`SELECT * FROM ${base}`)
    const both = relation('both', { key: ['firm', 'year'] }, sql`SELECT * FROM ${left} JOIN ${right} USING (firm)`)
    expect(renderRelation(both, dialect)).toBe(
      `WITH "base" AS (\nSELECT 1 AS firm\n),\n"left" AS (\nSELECT * FROM "base"\n),\n"right" AS (\nSELECT * FROM "base"\n),\n` +
        `"both" AS (\nSELECT * FROM "left" JOIN "right" USING (firm)\n)\nSELECT * FROM "both"\nORDER BY "firm" ASC NULLS LAST, "year" ASC NULLS LAST`,
    )
  })

  it('that say the same are one; that share a name and differ get numbers', () => {
    const make = (year: number): Relation => relation('wave', { key: ['firm'] }, sql`SELECT ${year} AS year FROM ${base}`)
    const both = relation('all', { key: [] }, sql`SELECT * FROM ${make(1)} UNION ALL SELECT * FROM ${make(1)} UNION ALL SELECT * FROM ${make(2)}`)
    const text = renderRelation(both, dialect)
    expect(text.match(/AS \(/g)).toHaveLength(4)
    expect(text).toContain('SELECT * FROM "wave" UNION ALL SELECT * FROM "wave" UNION ALL SELECT * FROM "wave_2"')
  })
})
