/**
 * Samples of pairs and cells with known weights (E1, E4). All pairs of a buyer with suppliers of the industries it buys from are far
 * too many; those with a link are all kept, of the others every m-th is, where the count starts anew for every buyer and input
 * industry at a place that moves on from buyer to buyer. A row without a link so stands for m: `weight`. The odds of a link are m
 * times as high in the sample for every row, which moves the intercept of a logit and nothing else.
 *
 * - a pair: a buyer and a supplier of the second year;
 * - a cell: a buyer and all `suppliers` of an industry in a municipality, at the distance of that municipality.
 */
import { id, linkDistances, relation, sql, type, type Engine, type Relation, type Sql } from 'reshore'
import { differentiationMeasure } from './links.js'
import { requireLocated } from './requirements.js'
import { logOf, type JapanTables, type Period } from './tables.js'

export interface SampleSources {
  readonly tables: JapanTables
  readonly links: Relation
  readonly statuses: Relation
  readonly industries: Relation
}

export interface SampleSize {
  /** Rows without a link, about; and rows with one, at most about: beyond, every so many-th buyer is taken. */
  readonly rows: number
  /** Where the counting starts. */
  readonly seed: number
}

/** A relation of combinations, and what a row without a link stands for. */
export interface Sample {
  readonly rows: Relation
  readonly every: number
  /** Every so many-th buyer. */
  readonly everyBuyer: number
}

/** Pairs of buyer and supplier in the second year, keyed by both: `linked` 0/1. */
export async function pairSample(engine: Engine, sources: SampleSources, period: Period, size: SampleSize): Promise<Sample> {
  const firms = await engine.keep(located(sources.tables, period))
  await requireLocated(engine, firms, period)
  const linked = relation('linked', { key: ['buyer', 'supplier'] }, sql`SELECT buyer, supplier FROM ${sources.links} WHERE year = ${period.to}`)
  const everyBuyer = Math.max(1, Math.ceil((await countOf(engine, sql`SELECT count(*) AS n FROM ${linked}`)) / size.rows))
  const open = await engine.keep(openings(everyNth(firms, everyBuyer), sources.tables, period))
  const targets = await engine.keep(relation('targets', { key: ['input_industry', 'place'] }, sql`
    SELECT industry AS input_industry, firm AS supplier, region AS supplier_region, log_size AS supplier_log_size, ${placeIn(sql`industry`, sql`firm`)}
    FROM ${firms}`))
  const every = await stepOf(engine, open, targets, size.rows)
  const key = ['year', 'buyer', 'supplier']
  const pairs = await engine.keep(relation('pairs', { key }, sql`
    SELECT ${period.to} AS year, o.buyer, o.industry, o.region, o.log_size, o.log_scale, o.input_industry, t.supplier, t.supplier_region,
      t.supplier_log_size, CASE WHEN l.buyer IS NULL THEN 0 ELSE 1 END AS linked
    FROM ${open} AS o JOIN ${targets} AS t ON t.input_industry = o.input_industry
    JOIN ${linked} AS l ON l.buyer = o.buyer AND l.supplier = t.supplier
    UNION ALL
    SELECT ${period.to} AS year, o.buyer, o.industry, o.region, o.log_size, o.log_scale, o.input_industry, t.supplier, t.supplier_region,
      t.supplier_log_size, 0 AS linked
    FROM ${open} AS o JOIN ${targets} AS t ON t.input_industry = o.input_industry AND ${falls(every, size.seed)}
    LEFT JOIN ${linked} AS l ON l.buyer = o.buyer AND l.supplier = t.supplier
    WHERE l.buyer IS NULL AND o.buyer <> t.supplier`))
  const km = linkDistances(pairs, sources.tables)
  return {
    every, everyBuyer,
    rows: relation('pair_sample', { key: ['buyer', 'supplier'] }, sql`
      SELECT p.buyer, p.supplier, p.industry, p.region, p.log_size, p.log_scale, p.input_industry, p.supplier_region, p.supplier_log_size, p.linked,
        d.log_km, ${id('i', differentiationMeasure)} AS beta, ${weights(sql`p.linked = 1`, every)}
      FROM ${pairs} AS p JOIN ${km} AS d ON d.buyer = p.buyer AND d.supplier = p.supplier
      LEFT JOIN ${sources.industries} AS i ON i.industry = p.input_industry`),
  }
}

/**
 * Cells of buyer, input industry and municipality, keyed by the three: `links` of the second year, `added` 0/1 where a link between
 * firms present in both years is new. `buyers` (a relation with `firm`) narrows to some buyers.
 */
export async function cellSample(
  engine: Engine, sources: SampleSources, period: Period, size: SampleSize, buyers?: Relation,
): Promise<Sample> {
  const firms = await engine.keep(located(sources.tables, period))
  const chosen = buyers === undefined ? firms : relation('chosen', { key: ['firm'] }, sql`
    SELECT f.* FROM ${firms} AS f JOIN ${buyers} AS b ON b.firm = f.firm`)
  const key = ['buyer', 'input_industry', 'municipality']
  const counts = await engine.keep(relation('cell_links', { key }, sql`
    SELECT l.buyer, s.industry AS input_industry, s.municipality, CAST(count(*) AS ${type('int')}) AS links,
      CAST(max(CASE WHEN t.status = 'add' AND t.both_present = 1 THEN 1 ELSE 0 END) AS ${type('int')}) AS added
    FROM ${sources.links} AS l JOIN ${chosen} AS b ON b.firm = l.buyer JOIN ${firms} AS s ON s.firm = l.supplier
    JOIN ${sources.statuses} AS t ON t.buyer = l.buyer AND t.supplier = l.supplier
    WHERE l.year = ${period.to} GROUP BY l.buyer, s.industry, s.municipality`))
  const everyBuyer = Math.max(1, Math.ceil((await countOf(engine, sql`SELECT count(*) AS n FROM ${counts}`)) / size.rows))
  const open = await engine.keep(openings(everyNth(chosen, everyBuyer), sources.tables, period))
  const targets = await engine.keep(relation('target_cells', { key: ['input_industry', 'place'] }, sql`
    SELECT c.*, ${placeIn(sql`input_industry`, sql`municipality`)} FROM (
      SELECT industry AS input_industry, municipality, min(region) AS supplier_region, min(firm) AS supplier,
        CAST(count(*) AS ${type('int')}) AS suppliers
      FROM ${firms} GROUP BY industry, municipality) AS c`))
  const every = await stepOf(engine, open, targets, size.rows)
  const columns = sql`${period.to} AS year, o.buyer, o.industry, o.region, o.log_size, o.input_industry, t.municipality,
      t.supplier_region, t.supplier, t.suppliers`
  const cells = await engine.keep(relation('cells', { key: ['year', ...key] }, sql`
    SELECT ${columns}, c.links, c.added
    FROM ${open} AS o JOIN ${targets} AS t ON t.input_industry = o.input_industry
    JOIN ${counts} AS c ON c.buyer = o.buyer AND c.input_industry = t.input_industry AND c.municipality = t.municipality
    UNION ALL
    SELECT ${columns}, 0 AS links, 0 AS added
    FROM ${open} AS o JOIN ${targets} AS t ON t.input_industry = o.input_industry AND ${falls(every, size.seed)}
    LEFT JOIN ${counts} AS c ON c.buyer = o.buyer AND c.input_industry = t.input_industry AND c.municipality = t.municipality
    WHERE c.buyer IS NULL AND NOT (o.buyer = t.supplier AND t.suppliers = 1)`))
  const km = linkDistances(cells, sources.tables)
  return {
    every, everyBuyer,
    rows: relation('cell_sample', { key }, sql`
      SELECT c.buyer, c.input_industry, c.municipality, c.industry, c.region, c.log_size, c.supplier_region, c.links, c.added,
        ln(CAST(c.suppliers AS ${type('float')})) AS log_suppliers, d.log_km, ${id('i', differentiationMeasure)} AS beta,
        ${weights(sql`c.links > 0`, every)}
      FROM ${cells} AS c JOIN ${km} AS d ON d.buyer = c.buyer AND d.supplier = c.supplier
      LEFT JOIN ${sources.industries} AS i ON i.industry = c.input_industry`),
  }
}

/** Firms of the second year with the size (sales) they had in the first and their place, numbered in the order of their ids. */
function located({ firms, municipalities }: JapanTables, { from, to }: Period): Relation {
  return relation('located_firms', { key: ['firm'] }, sql`
    SELECT b.firm, b.industry, b.municipality, g.region, ${logOf(sql`a.sales`)} AS log_size, ${logOf(sql`b.sales`)} AS log_sales, row_number() OVER (ORDER BY b.firm) AS number
    FROM ${firms} AS b
    JOIN ${firms} AS a ON a.firm = b.firm AND a.year = ${from}
    JOIN ${municipalities} AS g ON g.municipality = b.municipality
    WHERE b.year = ${to} AND a.sales > 0`)
}

const everyNth = (firms: Relation, every: number): Relation =>
  relation('some_buyers', { key: ['firm'] }, sql`SELECT * FROM ${firms} WHERE number % ${every} = 0`)

/**
 * Each buyer with each industry it buys from, by the input shares of its own; `log_scale` = ln (sales × share of the input bought at
 * home) of the second year: what a link is worth to the buyer. Firms without purchases in the survey are taken to buy at home.
 */
const openings = (buyers: Relation, { input_shares: shares, purchases }: JapanTables, { to }: Period): Relation =>
  relation('openings', { key: ['buyer', 'input_industry'] }, sql`
    SELECT b.firm AS buyer, b.number, b.industry, b.region, b.log_size, h.input_industry,
      b.log_sales + coalesce(${logOf(sql`p.domestic / nullif(p.domestic + p.imported, 0)`)}, 0e0) AS log_scale
    FROM ${buyers} AS b JOIN ${shares} AS h ON h.industry = b.industry
    LEFT JOIN ${purchases} AS p ON p.firm = b.firm AND p.input_industry = h.input_industry AND p.year = ${to}
    WHERE h.share > 0`)

const placeIn = (group: Sql, order: Sql): Sql => sql`row_number() OVER (PARTITION BY ${group} ORDER BY ${order}) AS place`

/** The count of a buyer starts so far from that of the one before; a prime, so that all starts come up. */
const stride = 7919

/** Whether a target is one of every `every` of an opening; an equality, so that the engine can join by it. */
const falls = (every: number, seed: number): Sql => sql`t.place % ${every} = (o.number * ${stride} + ${seed}) % ${every}`

const weights = (known: Sql, every: number): Sql => sql`CASE WHEN ${known} THEN 1 ELSE ${every} END AS weight`

/** m: combinations of openings and targets over the rows wanted. */
async function stepOf(engine: Engine, open: Relation, targets: Relation, rows: number): Promise<number> {
  const combinations = await countOf(engine, sql`
    SELECT sum(o.n * t.n) AS n FROM (SELECT input_industry, count(*) AS n FROM ${open} GROUP BY input_industry) AS o
    JOIN (SELECT input_industry, count(*) AS n FROM ${targets} GROUP BY input_industry) AS t ON t.input_industry = o.input_industry`)
  return Math.max(1, Math.ceil(combinations / rows))
}

async function countOf(engine: Engine, query: Sql): Promise<number> {
  const table = await engine.query(relation('count', { key: [] }, sql`SELECT CAST(n AS ${type('float')}) AS n FROM (${query}) AS c`))
  return Number(table.getChild('n')!.get(0) ?? 0)
}
