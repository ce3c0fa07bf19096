/**
 * Import shares of firms by country and product in a base year, from imports by broad region:
 *
 *     s_ncp = s_nR(c) · m_cp / m_R(c)p · ω_g(n)p
 *
 * s_nR the firm's imports from region R over its purchases, m the country's imports of each product, ω the use of imported
 * products in the firm's industry. A firm without imports gets the region shares of its industry: imports of the industry's
 * surveyed firms over their purchases (`imputed` 1).
 *
 * Missing-value rule: a firm has shares where it is in the survey of the base year with positive purchases. Shares are
 * incomplete by construction: domestic purchases, regions or products without base imports, and industries without import use
 * give none; `exposure` reports the sum of those used. Unit: shares of purchases, from 0 to 1.
 */
import { relation, sql } from '../../engine/index.js'
import type { Relation } from '../../engine/records.js'
import { asFloat, exactSum } from '../exactMeans.js'

export interface RegionSources {
  /** `year`, `firm`, `purchases`: the surveyed firms. */
  readonly survey: Relation
  /** `year`, `firm`, `region`, `imports`. */
  readonly trade: Relation
  /** `year`, `firm`, `industry`. */
  readonly firms: Relation
}

export interface ShareSources extends RegionSources {
  /** `country`, `region`. */
  readonly countries: Relation
  /** `country`, `product`, `imports` in the base period. */
  readonly baseImports: Relation
  /** `industry`, `product`, `share`: ω. */
  readonly importUse: Relation
}

export interface BaseYear {
  readonly year: number
}

/**
 * Shares of purchases imported from each region, keyed by firm and region: `share`, and `imputed` 1 where they are the industry's.
 *
 * @example regionShares({ survey, trade, firms }, { year: 2005 })
 */
export function regionShares({ survey, trade, firms }: RegionSources, { year }: BaseYear): Relation {
  const buyers = relation('surveyed_firms', { key: ['firm'] }, sql`
    SELECT s.firm, f.industry, s.purchases FROM ${survey} AS s
    LEFT JOIN ${firms} AS f ON f.year = s.year AND f.firm = s.firm WHERE s.year = ${year} AND s.purchases > 0`)
  const imports = relation('imports_by_region', { key: ['firm', 'region'] }, sql`
    SELECT t.firm, b.industry, t.region, ${exactSum(sql`t.imports`)} AS imports FROM ${trade} AS t JOIN ${buyers} AS b ON b.firm = t.firm
    WHERE t.year = ${year} AND t.imports > 0 GROUP BY t.firm, b.industry, t.region`)
  const purchases = relation('purchases_by_industry', { key: ['industry'] }, sql`
    SELECT b.industry, ${exactSum(sql`b.purchases`)} AS purchases FROM ${buyers} AS b GROUP BY b.industry`)
  const byIndustry = relation('region_shares_by_industry', { key: ['industry', 'region'] }, sql`
    SELECT i.industry, i.region, ${exactSum(sql`i.imports`)} / p.purchases AS share
    FROM ${imports} AS i JOIN ${purchases} AS p ON p.industry = i.industry GROUP BY i.industry, i.region, p.purchases`)
  const importers = relation('importers', { key: ['firm'] }, sql`SELECT DISTINCT firm FROM ${imports}`)
  return relation('region_shares', { key: ['firm', 'region'] }, sql`
    SELECT b.firm, b.industry, i.region, i.imports / ${asFloat(sql`b.purchases`)} AS share, 0 AS imputed
    FROM ${buyers} AS b JOIN ${imports} AS i ON i.firm = b.firm
    UNION ALL
    SELECT b.firm, b.industry, g.region, g.share, 1 AS imputed
    FROM ${buyers} AS b JOIN ${byIndustry} AS g ON g.industry = b.industry
    LEFT JOIN ${importers} AS n ON n.firm = b.firm WHERE n.firm IS NULL`)
}

/**
 * Shares keyed by firm, country and product: `share`, and `imputed` 1 for a firm that does not import itself.
 *
 * @example const shares = importShares({ survey, trade, firms, countries, baseImports, importUse }, { year: 2005 })
 */
export function importShares(sources: ShareSources, base: BaseYear): Relation {
  const flows = relation('base_flows', { key: ['country', 'product'] }, sql`
    SELECT m.country, c.region, m.product, ${asFloat(sql`m.imports`)} AS imports
    FROM ${sources.baseImports} AS m JOIN ${sources.countries} AS c ON c.country = m.country WHERE m.imports > 0`)
  const totals = relation('region_flows', { key: ['region', 'product'] }, sql`
    SELECT f.region, f.product, ${exactSum(sql`f.imports`)} AS imports FROM ${flows} AS f GROUP BY f.region, f.product`)
  const completed = relation('industry_flows', { key: ['industry', 'country', 'product'] }, sql`
    SELECT u.industry, f.region, f.country, f.product, f.imports / t.imports * ${asFloat(sql`u.share`)} AS share
    FROM ${flows} AS f JOIN ${totals} AS t ON t.region = f.region AND t.product = f.product
    JOIN ${sources.importUse} AS u ON u.product = f.product WHERE u.share > 0`)
  return relation('import_shares', { key: ['firm', 'country', 'product'] }, sql`
    SELECT r.firm, w.country, w.product, r.share * w.share AS share, r.imputed
    FROM ${regionShares(sources, base)} AS r JOIN ${completed} AS w ON w.industry = r.industry AND w.region = r.region`)
}
