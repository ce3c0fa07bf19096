/** What the panel holds before any model: activity by year and by area, and who is in the entry sample. Counts only. */
import { byDestination, id, join, relation, sql, type Engine, type FlowStep, type Panel, type Relation } from 'reshore'
import type { AnyStudy } from './study.js'

/** Units, active units, starts and stops by year. */
export function activityByYear(rows: Relation): Relation {
  const changes = (before: number, now: number) => sql`
      CAST(sum(CASE WHEN active_lag1 = ${before} AND active = ${now} THEN 1 WHEN active_lag1 IS NOT NULL THEN 0 END) AS INTEGER)`
  return relation('by_year', { key: ['year'] }, sql`
    SELECT year, CAST(count(*) AS INTEGER) AS units, CAST(sum(active) AS INTEGER) AS active,
      ${changes(0, 1)} AS starts, ${changes(1, 0)} AS stops
    FROM ${rows} GROUP BY year`)
}

/** Distinct units and distinct units ever active by area, with its place where the panel knows it. */
export function activityByArea(rows: Relation, withPlaces: boolean): Relation {
  const place = withPlaces ? sql`min(latitude) AS latitude, min(longitude) AS longitude,` : sql``
  return relation('by_area', { key: ['area'] }, sql`
    SELECT area, ${place} CAST(count(DISTINCT firm) AS INTEGER) AS units,
      CAST(count(DISTINCT CASE WHEN active = 1 THEN firm END) AS INTEGER) AS active
    FROM ${rows} WHERE area IS NOT NULL GROUP BY area`)
}

/** Active units by destination and year, from one money column a destination. */
export function activityByDestination(rows: Panel, destinations: Readonly<Record<string, string>>): Relation {
  return relation('by_destination', { key: ['destination', 'year'] }, sql`
    SELECT destination, year, CAST(sum(active) AS INTEGER) AS active
    FROM ${byDestination(rows, destinations).rows} GROUP BY destination, year`)
}

/** The money columns of active units, where all are known. */
export function activeMoney(rows: Relation): Relation {
  const money = ['output', 'own_cost', 'bought_cost', 'foreign_cost'].map((name) => id(name))
  const known = money.map((name) => sql`${name} IS NOT NULL`)
  return relation('active', { key: ['firm', 'year'] }, sql`
    SELECT firm, year, ${money} FROM ${rows} WHERE active = 1 AND ${join(known, ' AND ')}`)
}

/** Rows of the panel, why some are not among the decisions (each under the first reason that holds), and the years at risk. */
export async function sampleFlow(
  engine: Engine,
  { rows, sample, spells }: { readonly rows: Relation; readonly sample: Relation; readonly spells: Relation },
  study: AnyStudy,
): Promise<FlowStep[]> {
  const { firstYear, words, entry, rowsOf } = study
  const unit = `${words.unit}-years`
  const table = await engine.query(
    relation(
      'reasons',
      { key: ['reason'] },
      sql`
    SELECT reason, CAST(count(*) AS INTEGER) AS n FROM (
      SELECT CASE WHEN r.year = ${firstYear} THEN ${`${firstYear} gives the initial condition and the first lags`}
                  WHEN r.active IS NULL THEN 'activity unknown'
                  WHEN r.active_initial IS NULL THEN ${`not observed in ${firstYear}`}
                  WHEN r.active_lag1 IS NULL THEN 'not observed in the year before'
                  WHEN ${join(
                    entry.lagged.map((name) => sql`${id('r', `${name}_lag1`)} IS NULL`),
                    ' OR ',
                  )} THEN 'a covariate of the year before is missing'
                  ELSE ${`no variation within its ${entry.factors.join(' or ')}`} END AS reason
      FROM ${rows} AS r LEFT JOIN ${sample} AS s ON s.firm = r.firm AND s.year = r.year WHERE s.firm IS NULL) GROUP BY reason`,
    ),
  )
  const dropped = table.toArray().map((row) => ({ reason: String(row.reason), rows: Number(row.n) }))
  return [
    { id: 'panel', label: 'panel', kind: 'table', from: [rowsOf], rows: await countOf(engine, rows), dropped: [], unit },
    {
      id: 'entry-sample',
      label: 'decisions',
      kind: 'sample',
      from: ['panel'],
      rows: await countOf(engine, sample),
      dropped,
      unit,
    },
    {
      id: 'spell-periods',
      label: 'years at risk',
      kind: 'sample',
      from: ['panel'],
      rows: await countOf(engine, spells),
      dropped: [],
      unit,
      remark: 'one row a year of a spell whose start is observed, while the next year is known',
    },
  ]
}

async function countOf(engine: Engine, rows: Relation): Promise<number> {
  const table = await engine.query(relation('count', { key: [] }, sql`SELECT CAST(count(*) AS INTEGER) AS n FROM ${rows}`))
  return Number(table.get(0)!.n)
}
