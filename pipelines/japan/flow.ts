/** Rows on their way from the link files to the links, buyers and samples of the equations: what is kept, what leaves and why. */
import { relation, sql, type, type Engine, type Fit, type FlowStep, type Relation, type Sql } from 'reshore'
import { rowsOf } from '../shared/words.js'
import type { Period } from './tables.js'

export interface LinkSteps {
  /** Reports by year and reason (`linkCounts`). */
  readonly counts: Relation
  readonly links: Relation
  readonly statuses: Relation
}

/** Reports, links of a year, links of either year, and those whose firms are there in both. */
export async function linkFlow(engine: Engine, { counts, links, statuses }: LinkSteps): Promise<FlowStep[]> {
  const reasons = await countsBy(engine, sql`reason`, sql`sum(reports)`, counts)
  const present = await countsBy(engine, sql`CASE WHEN both_present = 1 THEN 'both' ELSE 'lost' END`, sql`count(*)`, statuses)
  const pairs = total(present)
  return [
    {
      id: 'reports', label: 'reports that name two firms', kind: 'table', from: ['links'], unit: 'reports', rows: reasons.get('kept') ?? 0,
      dropped: [...reasons].flatMap(([reason, rows]) => (reason === 'kept' ? [] : [{ reason, rows }])),
    },
    {
      id: 'link-years', label: 'links by year', kind: 'table', from: ['reports'], unit: 'links', rows: await rowCount(engine, links), dropped: [],
      remark: 'one row per buyer, supplier and year, whichever side reports it',
    },
    {
      id: 'pairs', label: 'links of either year', kind: 'table', from: ['link-years'], unit: 'links', rows: pairs, dropped: [],
      remark: 'one row per buyer and supplier',
    },
    {
      id: 'lasting-pairs', label: 'links between firms of both years', kind: 'sample', from: ['pairs'], unit: 'links', rows: present.get('both') ?? 0,
      dropped: [{ reason: 'a firm is not in the master in both years', rows: present.get('lost') ?? 0 }].filter(({ rows }) => rows > 0),
    },
  ]
}

/** Firms of the Basic Survey in the first year, and why some are not among the buyers. */
export async function buyerFlow(engine: Engine, { survey, buyers }: { readonly survey: Relation; readonly buyers: Relation }, { from, to }: Period): Promise<FlowStep[]> {
  const later = relation('later', { key: ['firm'] }, sql`SELECT firm FROM ${survey} WHERE year = ${to}`)
  const first = relation('first', { key: ['firm'] }, sql`
    SELECT a.firm, CASE WHEN n.firm IS NOT NULL THEN 'kept' WHEN b.firm IS NULL THEN ${`not in the survey of ${to}`}
      ELSE 'not in the firm master of both years, or without purchases' END AS reason
    FROM ${survey} AS a LEFT JOIN ${later} AS b ON b.firm = a.firm LEFT JOIN ${buyers} AS n ON n.firm = a.firm WHERE a.year = ${from}`)
  const reasons = await countsBy(engine, sql`reason`, sql`count(*)`, first)
  const earlier = await countsBy(engine, sql`CASE WHEN year = ${from} THEN 'kept' ELSE ${`year other than ${from}: gives the change only`} END`, sql`count(*)`, survey)
  const dropped = [...earlier, ...reasons].flatMap(([reason, rows]) => (reason === 'kept' ? [] : [{ reason, rows }]))
  return [{ id: 'buyers', label: 'buyers of the survey', kind: 'table', from: ['survey'], unit: 'firms', rows: reasons.get('kept') ?? 0, dropped }]
}

/** A sample that a step made from another. */
export function sampleStop(id: string, label: string, from: string, rows: number, remark: string, unit = 'rows'): FlowStep {
  return { id, label, kind: 'sample', from: [from], unit, rows, dropped: [], remark }
}

/** What a fit used of a sample of so many rows: those outside its own sample leave first; without a fit, all. */
export function fitStop(id: string, label: string, { from, rows }: { readonly from: string; readonly rows: number }, fit: Fit | undefined): FlowStep {
  if (fit === undefined) return { id, label, kind: 'result', from: [from], rows: 0, dropped: [{ reason: 'the equation has no estimate', rows }] }
  const { sample } = fit
  const outside = rows - sample.read
  const dropped = [...(outside > 0 ? [{ reason: 'outside the sample of the equation', rows: outside }] : []), ...sample.dropped]
  return { id, label, kind: 'result', from: [from], rows: sample.used, dropped }
}

export async function rowCount(engine: Engine, rows: Relation): Promise<number> {
  return total(await countsBy(engine, sql`'all'`, sql`count(*)`, rows))
}

async function countsBy(engine: Engine, group: Sql, count: Sql, rows: Relation): Promise<Map<string, number>> {
  const table = await engine.query(relation('counts', { key: ['reason'] }, sql`
    SELECT g.label AS reason, CAST(${count} AS ${type('int')}) AS n FROM (SELECT r.*, ${group} AS label FROM ${rows} AS r) AS g GROUP BY g.label`))
  return new Map(rowsOf(table).map(({ reason, n }) => [String(reason), Number(n)]))
}

const total = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((sum, n) => sum + n, 0)
