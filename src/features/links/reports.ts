/**
 * Reports of links: yearly lists in which firms name suppliers and customers. A report says who buys from whom; what cannot be a
 * link between two firms of the master is given a reason and set aside, the first that holds:
 *
 * - `missing firm or year`: a cell of the report is empty;
 * - `unknown role`: neither `supplier` nor `customer`;
 * - `self-link`: a firm that names itself;
 * - `reporter not in the firm master`, `partner not in the firm master`: in the year of the report.
 *
 * `linkCounts` accounts for every report: those set aside by reason, those that repeat another of the same firm, role and
 * partner, and those kept.
 */
import { id, join, relation, sql } from '../../engine/index.js'
import type { Relation, Sql } from '../../engine/records.js'
import { asInteger } from '../exactMeans.js'

export interface LinkSources {
  /** One row a report. */
  readonly reports: Relation
  /** Firm master: one row a firm and year, with columns `year` and `firm`. */
  readonly firms: Relation
  /** Names of the columns of the reports. */
  readonly columns?: Partial<ReportColumns>
}

export interface ReportColumns {
  readonly year: string
  readonly reporter: string
  /** `supplier`: the partner supplies the reporter; `customer`: the partner buys from the reporter. */
  readonly role: string
  readonly partner: string
  /** Money that flows over the link; none by default. */
  readonly value?: string
}

const defaultColumns: ReportColumns = { year: 'year', reporter: 'reporter', role: 'role', partner: 'partner' }

export const reportColumns = ({ columns }: LinkSources): ReportColumns => ({ ...defaultColumns, ...columns })

/** Reports as `year`, `buyer`, `supplier`, `by_buyer`, `value` (missing where there is no such column) and `reason` (missing where kept). */
export function judgedReports(sources: LinkSources): Relation {
  const { year, reporter, role, partner, value } = reportColumns(sources)
  const known = relation('known_firms', { key: ['year', 'firm'] }, sql`SELECT DISTINCT year, firm FROM ${sources.firms}`)
  const cells = [year, reporter, role, partner].map((column) => id('r', column))
  const [at, from, as, to] = cells as [Sql, Sql, Sql, Sql]
  const isSupplier = sql`${as} = 'supplier'`
  return relation('judged_reports', { key: [] }, sql`
    SELECT ${at} AS year, CASE WHEN ${isSupplier} THEN ${from} ELSE ${to} END AS buyer,
      CASE WHEN ${isSupplier} THEN ${to} ELSE ${from} END AS supplier, CASE WHEN ${isSupplier} THEN 1 ELSE 0 END AS by_buyer,
      ${value === undefined ? sql`NULL` : id('r', value)} AS value,
      CASE WHEN ${join(cells.map((cell) => sql`${cell} IS NULL`), ' OR ')} THEN 'missing firm or year'
        WHEN ${as} NOT IN ('supplier', 'customer') THEN 'unknown role'
        WHEN ${from} = ${to} THEN 'self-link'
        WHEN f.firm IS NULL THEN 'reporter not in the firm master'
        WHEN g.firm IS NULL THEN 'partner not in the firm master' END AS reason
    FROM ${sources.reports} AS r
    LEFT JOIN ${known} AS f ON f.year = ${at} AND f.firm = ${from}
    LEFT JOIN ${known} AS g ON g.year = ${at} AND g.firm = ${to}`)
}

/**
 * Reports by year and `reason`, keyed by both: `reports` counts those set aside, those with reason `repeated report` and those
 * `kept` (which made the links of `panel`). Their sum is the number of reports. A report without a year stands under year 0.
 *
 * @example await engine.query(linkCounts({ reports, firms }, links))
 */
export function linkCounts(sources: LinkSources, panel: Relation): Relation {
  const judged = relation('reports_by_reason', { key: ['year', 'reason'] }, sql`
    SELECT coalesce(j.year, 0) AS year, coalesce(j.reason, 'kept') AS reason, count(*) AS reports
    FROM ${judgedReports(sources)} AS j GROUP BY coalesce(j.year, 0), coalesce(j.reason, 'kept')`)
  const used = relation('reports_used', { key: ['year'] }, sql`
    SELECT p.year, sum(p.reported_by_buyer + p.reported_by_supplier) AS reports FROM ${panel} AS p GROUP BY p.year`)
  return relation('link_counts', { key: ['year', 'reason'] }, sql`
    SELECT j.year, j.reason, ${asInteger(sql`CASE WHEN j.reason = 'kept' THEN u.reports ELSE j.reports END`)} AS reports
    FROM ${judged} AS j LEFT JOIN ${used} AS u ON u.year = j.year
    UNION ALL
    SELECT j.year, 'repeated report' AS reason, ${asInteger(sql`j.reports - u.reports`)} AS reports
    FROM ${judged} AS j JOIN ${used} AS u ON u.year = j.year WHERE j.reason = 'kept' AND j.reports > u.reports`)
}
