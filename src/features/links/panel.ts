/**
 * The link panel: a buyer and a supplier are linked in a year if either of them reports it (lists are capped, so the union of
 * both sides is taken).
 *
 * - `reported_by_buyer`, `reported_by_supplier`: 0/1, which side names the other.
 * - `buyer_at_cap`: the buyer's list of suppliers has as many distinct partners as a list may have, so that it may have more;
 *   `supplier_at_cap` likewise for the supplier's list of customers. Partners that were set aside take a place on the list too.
 * - `value`, where the reports have one: that of the buyer's report, else of the supplier's; where a side reports a link twice,
 *   the larger. Unit: that of the reports. Missing where no report of the link has one.
 */
import { ReshoreError } from '../../errors.js'
import { id, relation, sql } from '../../engine/index.js'
import type { Relation, Sql } from '../../engine/records.js'
import { judgedReports, reportColumns, type LinkSources } from './reports.js'

export interface LinkPanelOptions {
  /** Partners a list of one role may have. Default 24. */
  readonly cap?: number
}

/**
 * Links keyed by year, buyer and supplier, with who reported them and whether lists are at the cap.
 *
 * @example const links = await engine.keep(linkPanel({ reports: tables.links, firms: tables.firms }))
 */
export function linkPanel(sources: LinkSources, { cap = 24 }: LinkPanelOptions = {}): Relation {
  if (!Number.isSafeInteger(cap) || cap < 1) {
    throw new ReshoreError('OptionError', `a cap of ${cap} partners`, 'Give the number of partners a list may have, at least 1.', 2)
  }
  const key = ['year', 'buyer', 'supplier']
  const hasValue = reportColumns(sources).value !== undefined
  const bySide = (side: number): Sql => sql`max(CASE WHEN r.by_buyer = ${side} THEN r.value END)`
  const links = relation('reported_links', { key }, sql`
    SELECT r.year, r.buyer, r.supplier, max(r.by_buyer) AS reported_by_buyer, max(1 - r.by_buyer) AS reported_by_supplier
      ${hasValue ? sql`, coalesce(${bySide(1)}, ${bySide(0)}) AS value` : sql``}
    FROM ${judgedReports(sources)} AS r WHERE r.reason IS NULL GROUP BY r.year, r.buyer, r.supplier`)
  const full = fullLists(sources, cap)
  const atCap = (alias: string, role: string, firm: string): Sql => sql`
    LEFT JOIN ${full} AS ${id(alias)}
      ON ${id(alias, 'year')} = l.year AND ${id(alias, 'reporter')} = ${id('l', firm)} AND ${id(alias, 'role')} = ${role}`
  return relation('links', { key }, sql`
    SELECT l.year, l.buyer, l.supplier, l.reported_by_buyer, l.reported_by_supplier,
      CASE WHEN b.reporter IS NULL THEN 0 ELSE 1 END AS buyer_at_cap, CASE WHEN s.reporter IS NULL THEN 0 ELSE 1 END AS supplier_at_cap
      ${hasValue ? sql`, l.value` : sql``}
    FROM ${links} AS l${atCap('b', 'supplier', 'buyer')}${atCap('s', 'customer', 'supplier')}`)
}

/** Lists with at least `cap` distinct partners. Only lists that have as many rows are looked at twice. */
function fullLists(sources: LinkSources, cap: number): Relation {
  const { year, reporter, role, partner } = reportColumns(sources)
  const long = relation('long_lists', { key: ['year', 'reporter', 'role'] }, sql`
    SELECT ${id('r', year)} AS year, ${id('r', reporter)} AS reporter, ${id('r', role)} AS role
    FROM ${sources.reports} AS r GROUP BY ${id('r', year)}, ${id('r', reporter)}, ${id('r', role)} HAVING count(*) >= ${cap}`)
  return relation('full_lists', { key: ['year', 'reporter', 'role'] }, sql`
    SELECT l.year, l.reporter, l.role
    FROM ${sources.reports} AS r
    JOIN ${long} AS l ON l.year = ${id('r', year)} AND l.reporter = ${id('r', reporter)} AND l.role = ${id('r', role)}
    GROUP BY l.year, l.reporter, l.role HAVING count(DISTINCT ${id('r', partner)}) >= ${cap}`)
}
