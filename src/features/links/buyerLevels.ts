/**
 * Buyers year by year, over all input industries or by each: how many suppliers they have, how far and how concentrated, and
 * what these are like (docs/link-features.md).
 *
 * - `links` (number), `log_links`; `links_located`: those with a distance.
 * - `mean_log_km`, `median_log_km`, `share_within_25km`: over located links. `share_same_municipality`: over links with both
 *   municipalities known. `location_hhi`: Σ of squared shares of suppliers' municipalities, from 1/number to 1, over known ones.
 * - `mean_x` for each column `x` asked for, by default the supplier's log size and log productivity: over links with a value.
 *
 * Missing-value rule: a mean or share over no links is missing. Links whose input industry is unknown form a cell of their own,
 * with a missing `input_industry`, so that cells add up to the buyer. Units: links; logs of kilometres; shares from 0 to 1.
 */
import { id, join, relation, sql } from '../../engine/index.js'
import type { Relation } from '../../engine/records.js'
import { asFloat, asInteger, exactMean, exactShare } from '../exactMeans.js'
import { columnsOf, sequence } from '../panel.js'
import { survives, type Survival } from './statuses.js'

export interface CellOptions {
  /** `input_industry`: a row a buyer and industry. Default: a row a buyer. */
  readonly by?: 'input_industry'
  /** Columns of the link table to average. Default: the supplier's log size and log productivity. */
  readonly means?: readonly string[]
}

export interface LevelOptions extends CellOptions {
  /** Which links count, for a link table with statuses. Default `all`. */
  readonly survival?: Survival
}

export const supplierTraits = ['supplier_log_size', 'supplier_log_productivity'] as const

/**
 * Levels keyed by buyer, year and, where asked for, input industry.
 *
 * @example buyerLevels(table, { by: 'input_industry', means: ['supplier_log_size', 'share_conservative_z'] })
 */
export function buyerLevels(table: Relation, { by, means = supplierTraits, survival = 'all' }: LevelOptions = {}): Relation {
  const key = ['buyer', ...(by === undefined ? [] : [by]), 'year']
  const counted = sql`FROM ${table} AS l WHERE ${survives('l', survival)}`
  const cells = relation('buyer_cells', { key }, sql`
    SELECT ${columnsOf('l', key)}, ${asInteger(sql`count(*)`)} AS links, ${asInteger(sql`count(l.km)`)} AS links_located,
      ${exactMean(sql`l.log_km`)} AS mean_log_km, percentile_cont(0.5) WITHIN GROUP (ORDER BY l.log_km) AS median_log_km,
      ${exactShare(sql`l.km <= 25`)} AS share_within_25km,
      ${exactShare(sql`l.same_municipality = 1`)} AS share_same_municipality
      ${sequence(means.map((column) => sql`, ${exactMean(id('l', column))} AS ${id(`mean_${column}`)}`))}
    ${counted} GROUP BY ${columnsOf('l', key)}`)
  const shares = relation('links_by_location', { key: [...key, 'supplier_municipality'] }, sql`
    SELECT ${columnsOf('l', key)}, count(*) AS links ${counted} AND l.supplier_municipality IS NOT NULL
    GROUP BY ${columnsOf('l', [...key, 'supplier_municipality'])}`)
  const concentration = relation('location_concentration', { key }, sql`
    SELECT ${columnsOf('s', key)}, ${asFloat(sql`sum(s.links * s.links)`)} / ${asFloat(sql`sum(s.links) * sum(s.links)`)} AS location_hhi
    FROM ${shares} AS s GROUP BY ${columnsOf('s', key)}`)
  const same = key.map((column) => sql`h.${id(column)} IS NOT DISTINCT FROM c.${id(column)}`)
  return relation('buyer_levels', { key }, sql`
    SELECT c.*, ln(${asFloat(sql`c.links`)}) AS log_links, h.location_hhi
    FROM ${cells} AS c LEFT JOIN ${concentration} AS h ON ${join(same, ' AND ')}`)
}
