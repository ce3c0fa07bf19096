/**
 * Quads of two buyers and two suppliers of one input industry with distances of all four pairs: what the quad logit (Jochmans 2018) is estimated
 * on. Effects of buyers and suppliers leave, so that only ln distance and its interactions with the buyer's size and with differentiation stay.
 */
import { id, informativeQuads, linkDistances, relation, sql, type, type Engine, type Relation } from 'reshore'
import { rowsOf } from '../shared/words.js'
import { differentiationMeasure } from './links.js'
import { logOf, type JapanTables, type Period } from './tables.js'

/** Links that are paired, at most about: of more, every so many-th; and quads, about. */
const pairedLinks = 20_000
const wantedQuads = 12_000

/** Two rows a quad: the sums over its links (`chosen` 1) and over its cross pairs (0). */
export async function quadRows(
  engine: Engine, { tables, links, industries }: { readonly tables: JapanTables; readonly links: Relation; readonly industries: Relation }, { from, to }: Period,
): Promise<Relation> {
  const year = relation('links_to_pair', { key: ['buyer', 'supplier'] }, sql`
    SELECT buyer, supplier, input_industry, row_number() OVER (ORDER BY buyer, supplier) AS number FROM ${links} WHERE year = ${to} AND log_km IS NOT NULL`)
  const count = async (rows: Relation, of: ReturnType<typeof sql>): Promise<number> =>
    Number(rowsOf(await engine.query(relation('counted', { key: [] }, sql`SELECT CAST(${of} AS ${type('float')}) AS n FROM ${rows}`)))[0]!.n ?? 0)
  const thin = Math.max(1, Math.ceil((await count(year, sql`count(*)`)) / pairedLinks))
  const among = await engine.keep(relation('some_links', { key: ['buyer', 'supplier'] }, sql`SELECT buyer, supplier, input_industry FROM ${year} WHERE number % ${thin} = 0`))
  const sizes = relation('links_by_industry', { key: ['input_industry'] }, sql`SELECT input_industry, count(*) AS n FROM ${among} WHERE input_industry IS NOT NULL GROUP BY input_industry`)
  const every = Math.max(1, Math.ceil((await count(sizes, sql`sum(CAST(n AS ${type('float')}) * (n - 1) / 2)`)) / wantedQuads))
  const quads = await engine.keep(informativeQuads(year, { every, seed: 1, among }))
  const of = (buyer: string, supplier: string) => sql`SELECT ${to} AS year, ${id(buyer)} AS buyer, ${id(supplier)} AS supplier FROM ${quads}`
  const pairs = await engine.keep(relation('pairs_of_quads', { key: ['year', 'buyer', 'supplier'] }, sql`
    SELECT DISTINCT year, buyer, supplier FROM (${of('buyer', 'supplier')} UNION ALL ${of('other_buyer', 'other_supplier')} UNION ALL ${of('buyer', 'other_supplier')} UNION ALL ${of('other_buyer', 'supplier')}) AS p`))
  const km = linkDistances(pairs, tables)
  const joined = relation('quads_with_distances', { key: ['quad'] }, sql`
    SELECT q.quad, q.buyer, q.other_buyer, q.supplier, q.other_supplier, ${id('i', differentiationMeasure)} AS beta, ${logOf(sql`f.sales`)} AS size, ${logOf(sql`g.sales`)} AS other_size,
      a.log_km AS own, b.log_km AS other, c.log_km AS across, d.log_km AS back
    FROM ${quads} AS q
    JOIN ${km} AS a ON a.buyer = q.buyer AND a.supplier = q.supplier JOIN ${km} AS b ON b.buyer = q.other_buyer AND b.supplier = q.other_supplier
    JOIN ${km} AS c ON c.buyer = q.buyer AND c.supplier = q.other_supplier JOIN ${km} AS d ON d.buyer = q.other_buyer AND d.supplier = q.supplier
    JOIN ${tables.firms} AS f ON f.firm = q.buyer AND f.year = ${from} JOIN ${tables.firms} AS g ON g.firm = q.other_buyer AND g.year = ${from}
    JOIN ${industries} AS i ON i.industry = q.input_industry`)
  const row = (chosen: 0 | 1, first: string, second: string) => sql`
    SELECT quad, ${chosen} AS chosen, buyer, other_buyer, supplier, other_supplier, ${id(first)} + ${id(second)} AS log_km,
      (${id(first)} + ${id(second)}) * beta AS log_km_beta, ${id(first)} * size + ${id(second)} * other_size AS log_km_size FROM ${joined}`
  return relation('quad_rows', { key: ['quad', 'chosen'] }, sql`${row(1, 'own', 'other')} UNION ALL ${row(0, 'across', 'back')}`)
}
