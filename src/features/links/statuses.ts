/**
 * What becomes of links between two years: `continue` (in both), `drop` (only in the first), `add` (only in the second).
 *
 * Firm death is no sourcing decision, so each link says which of its firms are in the master in both years: `partner_present`
 * (the supplier, the partner of the buyer) and `both_present`. The three survival definitions of methods 1.7 keep all links,
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
      CASE WHEN e.place - b.place + 1 > h.years THEN 1 ELSE 0 END AS reformed,
      coalesce(s.present, 0) AS partner_present, coalesce(s.present * n.present, 0) AS both_present,
      CASE WHEN h.at_from = 1 THEN s.industry_from ELSE s.industry_to END AS input_industry
    FROM ${histories} AS h
    JOIN ${numberedYears(links)} AS b ON b.year = h.first_year
    JOIN ${numberedYears(links)} AS e ON e.year = h.last_year
    LEFT JOIN ${present} AS s ON s.firm = h.supplier
    LEFT JOIN ${present} AS n ON n.firm = h.buyer`)
}

/** Presence of the links of either year, over all years up to the second. */
function linkHistories(links: Relation, { from, to }: Between): Relation {
  const at = (year: number): Sql => sql`max(CASE WHEN l.year = ${year} THEN 1 ELSE 0 END)`
  return relation('link_histories', { key: ['buyer', 'supplier'] }, sql`
    SELECT l.buyer, l.supplier, ${at(from)} AS at_from, ${at(to)} AS at_to,
      min(l.year) AS first_year, max(l.year) AS last_year, count(*) AS years
    FROM ${links} AS l WHERE l.year <= ${to}
    GROUP BY l.buyer, l.supplier HAVING max(CASE WHEN l.year IN (${from}, ${to}) THEN 1 ELSE 0 END) = 1`)
}

function numberedYears(links: Relation): Relation {
  const years = relation('years', { key: ['year'] }, sql`SELECT DISTINCT year FROM ${links}`)
  return relation('numbered_years', { key: ['year'] }, sql`
    SELECT year, CAST(row_number() OVER (ORDER BY year) AS ${type('int')}) AS place FROM ${years}`)
}

/** The condition of a survival definition on a relation with `partner_present` and `both_present`. */
export function survives(alias: string, survival: Survival): Sql {
  if (survival === 'all') return sql`TRUE`
  if (survival === 'partner') return sql`${id(alias, 'partner_present')} = 1`
  if (survival === 'both') return sql`${id(alias, 'both_present')} = 1`
  throw new ReshoreError('BadSurvival', `survival is \`${String(survival)}\``, "Choose 'all', 'partner' or 'both'.", 2)
}

export function checkBetween({ from, to }: Between): void {
  if (Number.isSafeInteger(from) && Number.isSafeInteger(to) && from < to) return
  throw new ReshoreError('BadPeriod', `links between ${from} and ${to}`, 'Give two whole years, the earlier one first.', 2)
}
