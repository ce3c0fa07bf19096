/**
 * Shares of a buyer's purchases from each of its suppliers in one year: the matrix S of total foreign exposure, s + S s + S² s + …
 * (docs/link-features.md). With values, value / purchases; a buyer whose values exceed its purchases has them scaled to its purchases less
 * imports, and one without values in the data splits these equally, as all do with `weights: 'equal'`.
 *
 * Missing-value rule: a buyer has a row of shares where its purchases of the year are positive; a link without a value beside
 * others that have one has none. Imports above purchases count as all purchases. Unit: shares from 0 to 1 that, with the import
 * share, sum to at most one.
 */
import { ReshoreError } from '../../errors.js'
import { relation, sql } from '../../engine/index.js'
import type { Relation } from '../../engine/records.js'
import { asFloat, exactSum } from '../exactMeans.js'

export interface NetworkSources {
  /** Keyed by year, buyer and supplier, with `value` for `weights: 'value'`. */
  readonly links: Relation
  /** `year`, `firm`, `purchases`, `imports`, in the unit of the values. */
  readonly purchases: Relation
}

export interface NetworkOptions {
  readonly year: number
  readonly weights: 'value' | 'equal'
}

/** Purchases and imports of the year as they enter shares. */
function spending({ purchases }: NetworkSources, { year }: NetworkOptions): Relation {
  return relation('spending', { key: ['firm'] }, sql`
    SELECT p.firm, ${asFloat(sql`p.purchases`)} AS purchases,
      ${asFloat(sql`CASE WHEN p.imports IS NULL OR p.imports < 0 THEN 0 WHEN p.imports > p.purchases THEN p.purchases ELSE p.imports END`)} AS imports
    FROM ${purchases} AS p WHERE p.year = ${year} AND p.purchases > 0`)
}

/**
 * `share`, keyed by buyer and supplier.
 *
 * @example networkShares({ links, purchases: survey }, { year: 2005, weights: 'value' })
 */
export function networkShares(sources: NetworkSources, options: NetworkOptions): Relation {
  const { year, weights } = options
  if (weights !== 'value' && weights !== 'equal') {
    throw new ReshoreError('OptionError', `weights is \`${String(weights)}\``, "Choose 'value' or 'equal'.", 2)
  }
  const value = weights === 'value' ? sql`CASE WHEN l.value > 0 THEN l.value END` : sql`NULL`
  const rows = relation('purchases_over_links', { key: ['buyer', 'supplier'] }, sql`
    SELECT l.buyer, l.supplier, ${asFloat(value)} AS value FROM ${sources.links} AS l WHERE l.year = ${year}`)
  const totals = relation('purchases_from_suppliers', { key: ['buyer'] }, sql`
    SELECT r.buyer, count(*) AS links, coalesce(${exactSum(sql`r.value`)}, 0e0) AS value FROM ${rows} AS r GROUP BY r.buyer`)
  const home = sql`(s.purchases - s.imports)`
  return relation('network_shares', { key: ['buyer', 'supplier'] }, sql`
    SELECT r.buyer, r.supplier,
      CASE WHEN t.value = 0 THEN ${home} / t.links / s.purchases
        WHEN t.value > ${home} THEN r.value / t.value * ${home} / s.purchases
        ELSE r.value / s.purchases END AS share
    FROM ${rows} AS r JOIN ${totals} AS t ON t.buyer = r.buyer JOIN ${spending(sources, options)} AS s ON s.firm = r.buyer
    WHERE t.value = 0 OR r.value IS NOT NULL`)
}

/** Imports over purchases, keyed by firm: `share`, from 0 to 1. */
export function directShares(sources: NetworkSources, options: NetworkOptions): Relation {
  return relation('direct_shares', { key: ['firm'] }, sql`SELECT s.firm, s.imports / s.purchases AS share FROM ${spending(sources, options)} AS s`)
}
