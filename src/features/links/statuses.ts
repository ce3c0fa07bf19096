/**
 * What becomes of links between two years: `continue` (in both), `drop` (only in the first), `add` (only in the second).
 *
 * Firm death is no sourcing decision, so each link says which of its firms are in the master in both years: `partner_present`
 * (the supplier, the partner of the buyer) and `both_present`. The three definitions of survival keep all links,
 * those with `partner_present`, or those with `both_present` (default wherever a definition is asked for).
 *
 * `reformed` is 1 where, among all years of the panel up to the second, the link was there, was missing in a later one, and was
 * there again; it takes three years of data to be seen. Years are those the panel has; they need not be consecutive.
 * `input_industry` is that of the supplier in the first of the two years the link is there, so that a link does not change
 * cells when its supplier changes industry; missing where the master has none.
 */
import { ReshoreError } from '../../errors.js'
import { id, relation, sql, type } from '../../engine/index.js'
import type { Relation, Sql } from '../../engine/records.js'

export type Survival = 'all' | 'partner' | 'both'

export interface Between {
  readonly from: number
  readonly to: number
}

export interface StatusOptions extends Between {
  /** Column of the firm master with the industry. Default `industry`. */
  readonly industry?: string
}

/**
 * Links of two years keyed by buyer and supplier: `status`, `reformed`, `partner_present`, `both_present`, `input_industry`, and
 * the years compared as `year_from` and `year_to`.
 *
 * @example linkStatuses(links, firms, { from: 2005, to: 2010 })
 */
export function linkStatuses(links: Relation, firms: Relation, { from, to, industry = 'industry' }: StatusOptions): Relation {
  checkBetween({ from, to })
  const key = ['buyer', 'supplier']
  const histories = linkHistories(links, { from, to })
  const present = relation('firms_of_both_years', { key: ['firm'] }, sql`
    SELECT firm, max(CASE WHEN year = ${from} THEN ${id(industry)} END) AS industry_from,
      max(CASE WHEN year = ${to} THEN ${id(industry)} END) AS industry_to,
      CASE WHEN count(DISTINCT year) = 2 THEN 1 ELSE 0 END AS present
    FROM ${firms} WHERE year IN (${from}, ${to}) GROUP BY firm`)
  return relation('link_statuses', { key }, sql`
    SELECT h.buyer, h.supplier, ${from} AS year_from, ${to} AS year_to,
      CASE WHEN h.at_from = 1 AND h.at_to = 1 THEN 'continue' WHEN h.at_from = 1 THEN 'drop' ELSE 'add' END AS status,
      CASE WHEN h.last_place - h.first_place + 1 > h.years THEN 1 ELSE 0 END AS reformed,
      coalesce(s.present, 0) AS partner_present, coalesce(s.present * n.present, 0) AS both_present,
      CASE WHEN h.at_from = 1 THEN s.industry_from ELSE s.industry_to END AS input_industry
    FROM ${histories} AS h
    LEFT JOIN ${present} AS s ON s.firm = h.supplier
    LEFT JOIN ${present} AS n ON n.firm = h.buyer`)
}

/** Links of either year, with their first and last place among the years of the panel and how many years they are there. */
function linkHistories(links: Relation, { from, to }: Between): Relation {
  const key = ['buyer', 'supplier']
  const at = (year: number): Relation => relation(`links_of_${year}`, { key }, sql`SELECT buyer, supplier FROM ${links} WHERE year = ${year}`)
  const years = relation('years', { key: ['year'] }, sql`SELECT DISTINCT year FROM ${links} WHERE year <= ${to}`)
  const numbered = relation('numbered_years', { key: ['year'] }, sql`
    SELECT year, CAST(row_number() OVER (ORDER BY year) AS ${type('int')}) AS place FROM ${years}`)
  const places = relation('places_of_years', { key: [] }, sql`
    SELECT max(CASE WHEN year = ${from} THEN place END) AS place_from, max(CASE WHEN year = ${to} THEN place END) AS place_to FROM ${numbered}`)
  const others = relation('links_of_other_years', { key }, sql`
    SELECT l.buyer, l.supplier, min(n.place) AS first_place, max(n.place) AS last_place, count(*) AS years
    FROM ${links} AS l JOIN ${numbered} AS n ON n.year = l.year
    WHERE l.year NOT IN (${from}, ${to}) GROUP BY l.buyer, l.supplier`)
  const either = relation('links_of_either_year', { key }, sql`
    SELECT coalesce(f.buyer, t.buyer) AS buyer, coalesce(f.supplier, t.supplier) AS supplier,
      CASE WHEN f.buyer IS NULL THEN 0 ELSE 1 END AS at_from, CASE WHEN t.buyer IS NULL THEN 0 ELSE 1 END AS at_to
    FROM ${at(from)} AS f FULL JOIN ${at(to)} AS t ON t.buyer = f.buyer AND t.supplier = f.supplier`)
  return relation('link_histories', { key }, sql`
    SELECT e.buyer, e.supplier, e.at_from, e.at_to, e.at_from + e.at_to + coalesce(o.years, 0) AS years,
      CASE WHEN e.at_from = 1 AND (o.first_place IS NULL OR o.first_place > y.place_from) THEN y.place_from
        ELSE coalesce(o.first_place, y.place_to) END AS first_place,
      CASE WHEN e.at_to = 1 THEN y.place_to WHEN o.last_place > y.place_from THEN o.last_place ELSE y.place_from END AS last_place
    FROM ${either} AS e CROSS JOIN ${places} AS y LEFT JOIN ${others} AS o ON o.buyer = e.buyer AND o.supplier = e.supplier`)
}

/** The condition of a survival definition on a relation with `partner_present` and `both_present`. */
export function survives(alias: string, survival: Survival): Sql {
  if (survival === 'all') return sql`TRUE`
  if (survival === 'partner') return sql`${id(alias, 'partner_present')} = 1`
  if (survival === 'both') return sql`${id(alias, 'both_present')} = 1`
  throw new ReshoreError('OptionError', `survival is \`${String(survival)}\``, "Choose 'all', 'partner' or 'both'.", 2)
}

export function checkBetween({ from, to }: Between): void {
  if (Number.isSafeInteger(from) && Number.isSafeInteger(to) && from < to) return
  throw new ReshoreError('PeriodError', `links between ${from} and ${to}`, 'Give two whole years, the earlier one first.', 2)
}
