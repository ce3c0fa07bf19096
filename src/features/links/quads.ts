/**
 * Quads of two buyers i, k and two suppliers j, l that say something of who links with whom given the effects of all four (Jochmans 2018): i–j and
 * k–l are linked, i–l and k–j are not. They are found by pairs of links, whose cross pairs are looked up; of n links of a group the pairs at every
 * `every`-th distance in the order of ids are tried, so that a pair of links has the same chance 1/every, and a quad stands for `every`.
 *
 * A logit of which two pairs are linked, conditional on the quad (`fe-logit`, one row for the links and one for the cross pairs), on sums of a
 * covariate over the two pairs of a row, is the quad logit. A link without a group is left out. A firm is never its own supplier. Checked against
 * enumeration in test/features/links/quads.test.ts.
 */
import { relation, sql, type } from '../../engine/index.js'
import type { Relation } from '../../engine/records.js'

export interface QuadOptions {
  /** One distance between links in so many. Default 1: all pairs of links. */
  readonly every?: number
  /** Where the counting starts. Default 0. */
  readonly seed?: number
  /** The links that are paired, some of all. Default all. */
  readonly among?: Relation
}

/**
 * Quads keyed by their four firms, `quad` their number from 1: links i–j (`buyer`, `supplier`) and k–l (`other_buyer`, `other_supplier`), `weight`.
 *
 * @param links with `buyer`, `supplier` and `input_industry`, one row a link: only links of one industry are paired
 */
export function informativeQuads(links: Relation, { every = 1, seed = 0, among = links }: QuadOptions = {}): Relation {
  const placed = relation('placed_links', { key: ['buyer', 'supplier'] }, sql`
    SELECT buyer, supplier, input_industry, row_number() OVER (PARTITION BY input_industry ORDER BY buyer, supplier) - 1 AS place,
      count(*) OVER (PARTITION BY input_industry) AS n
    FROM ${among} WHERE input_industry IS NOT NULL`)
  // Distances 1 to ⌊n/2⌋ name every unordered pair once, but for n/2 itself, which does so twice: there the earlier link counts.
  const tried = relation('tried_pairs', { key: ['input_industry', 'place', 'apart'] }, sql`
    SELECT p.input_industry, p.buyer, p.supplier, p.place, p.n, d.apart
    FROM ${placed} AS p JOIN (SELECT a.input_industry, a.place AS apart FROM ${placed} AS a WHERE a.place >= 1 AND 2 * a.place <= a.n
      AND a.place % ${every} = ${seed} % ${every}) AS d ON d.input_industry = p.input_industry
    WHERE NOT (2 * d.apart = p.n AND 2 * p.place >= p.n)`)
  return relation('informative_quads', { key: ['buyer', 'supplier', 'other_buyer', 'other_supplier'] }, sql`
    SELECT CAST(row_number() OVER (ORDER BY q.buyer, q.supplier, q.other_buyer, q.other_supplier) AS ${type('int')}) AS quad, q.*, ${every} AS weight
    FROM (SELECT t.input_industry, t.buyer, t.supplier, o.buyer AS other_buyer, o.supplier AS other_supplier
      FROM ${tried} AS t JOIN ${placed} AS o ON o.input_industry = t.input_industry AND o.place = (t.place + t.apart) % t.n
      WHERE o.buyer <> t.buyer AND o.supplier <> t.supplier) AS q
    LEFT JOIN ${links} AS a ON a.buyer = q.buyer AND a.supplier = q.other_supplier
    LEFT JOIN ${links} AS b ON b.buyer = q.other_buyer AND b.supplier = q.supplier
    WHERE a.buyer IS NULL AND b.buyer IS NULL AND q.buyer <> q.other_supplier AND q.other_buyer <> q.supplier`)
}
