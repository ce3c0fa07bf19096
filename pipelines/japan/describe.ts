/** What the links are before any model: by year, by what became of them, by distance, differentiation and place. Counts only. */
import { id, relation, sql, type, type Flow, type Relation, type Sql, type Step } from 'reshore'
import type { buyerStep } from './buyers.js'
import { differentiationMeasure, linkMeans, type linkStep } from './links.js'
import { exactSum, type JapanTables, type Period } from './tables.js'

export interface DescribeInputs {
  readonly tables: Step<JapanTables>
  readonly links: ReturnType<typeof linkStep>
  readonly buyers: ReturnType<typeof buyerStep>
}

export function describeStep({ step }: Flow, inputs: DescribeInputs, period: Period) {
  return step('describe', {
    stage: 'features',
    inputs: { ...inputs },
    options: { ...period },
    run: ({ tables, links, buyers }, { options }) => ({
      byYear: linksByYear(links.links),
      byStatus: pairsByStatus(links.statuses),
      byDistance: linksByBin(links.table),
      byDifferentiation: linksByThird(links.table),
      places: linksByPrefecture(links.table, tables.municipalities, options),
      moves: decompositions(buyers.changes),
    }),
  })
}

const count = (condition: Sql): Sql => sql`CAST(sum(CASE WHEN ${condition} THEN 1 ELSE 0 END) AS ${type('int')})`
const all = sql`CAST(count(*) AS ${type('int')})`

/** Links of a year by who reports them, and those of firms whose list is full. */
const linksByYear = (links: Relation): Relation =>
  relation('links_by_year', { key: ['year'] }, sql`
    SELECT year, ${all} AS links, ${count(sql`reported_by_buyer = 1 AND reported_by_supplier = 1`)} AS both_sides,
      ${count(sql`reported_by_buyer = 1 AND reported_by_supplier = 0`)} AS buyer_only,
      ${count(sql`reported_by_buyer = 0 AND reported_by_supplier = 1`)} AS supplier_only,
      ${count(sql`buyer_at_cap = 1 OR supplier_at_cap = 1`)} AS at_cap
    FROM ${links} GROUP BY year`)

/** Links of either year by what became of them, under the three definitions of survival. */
const pairsByStatus = (statuses: Relation): Relation =>
  relation('pairs_by_status', { key: ['status'] }, sql`
    SELECT status, ${all} AS links, ${count(sql`partner_present = 1`)} AS partner_present, ${count(sql`both_present = 1`)} AS both_present,
      ${count(sql`reformed = 1`)} AS reformed
    FROM ${statuses} GROUP BY status`)

/** Links of a year by distance bin and status, with firms there in both years or not. */
const linksByBin = (table: Relation): Relation =>
  relation('links_by_bin', { key: ['year', 'distance_bin', 'status'] }, sql`
    SELECT year, distance_bin, status, ${all} AS links, ${count(sql`both_present = 1`)} AS lasting
    FROM ${table} WHERE distance_bin IS NOT NULL GROUP BY year, distance_bin, status`)

/** Links between firms of both years by third of the differentiation of the input industry and status; a third is of links. */
function linksByThird(table: Relation): Relation {
  const beta = id('l', differentiationMeasure)
  const industries = relation('links_of_industries', { key: ['beta'] }, sql`
    SELECT ${beta} AS beta, count(*) AS n FROM ${table} AS l WHERE ${beta} IS NOT NULL GROUP BY ${beta}`)
  const ranked = relation('ranked', { key: ['beta'] }, sql`
    SELECT beta, (sum(n) OVER (ORDER BY beta) - n / 2) / CAST(sum(n) OVER () AS ${type('float')}) AS place FROM ${industries}`)
  return relation('links_by_third', { key: ['third', 'status'] }, sql`
    SELECT CASE WHEN r.place <= ${1 / 3} THEN 'least' WHEN r.place <= ${2 / 3} THEN 'middle' ELSE 'most' END AS third, l.status, ${all} AS links
    FROM (SELECT DISTINCT buyer, supplier, status, both_present, ${id(differentiationMeasure)} AS beta FROM ${table}) AS l
    JOIN ${ranked} AS r ON r.beta = l.beta WHERE l.both_present = 1 GROUP BY third, l.status`)
}

/** Links of the second year by the prefecture of the supplier, with the middle of its municipalities. */
const linksByPrefecture = (table: Relation, municipalities: Relation, { to }: Period): Relation =>
  relation('links_by_prefecture', { key: ['prefecture'] }, sql`
    SELECT g.prefecture, min(g.latitude) AS latitude, min(g.longitude) AS longitude, ${all} AS links, ${count(sql`l.status = 'add'`)} AS added
    FROM ${table} AS l
    JOIN (SELECT m.municipality, m.prefecture, c.latitude, c.longitude FROM ${municipalities} AS m
      JOIN (SELECT prefecture, ${exactSum(sql`latitude`)} / count(*) AS latitude, ${exactSum(sql`longitude`)} / count(*) AS longitude
        FROM ${municipalities} GROUP BY prefecture) AS c ON c.prefecture = m.prefecture) AS g ON g.municipality = l.supplier_municipality
    WHERE l.year = ${to} GROUP BY g.prefecture`)

/** Mean over buyers of the change in what their links are like and of its three parts. */
function decompositions(changes: Relation): Relation {
  const mean = (column: string): Sql => sql`${exactSum(id(column))} / nullif(count(${id(column)}), 0)`
  const parts = linkMeans.map((column) => sql`
    SELECT ${column} AS measure, CAST(count(${id(`${column}_by_adding`)}) AS ${type('int')}) AS buyers,
      ${mean(`${column}_change`)} AS change, ${mean(`${column}_by_adding`)} AS by_adding, ${mean(`${column}_by_dropping`)} AS by_dropping,
      ${mean(`${column}_by_moving`)} AS by_moving
    FROM ${changes} WHERE ${id(`${column}_by_adding`)} IS NOT NULL`)
  return relation('moves', { key: ['measure'] }, parts.reduce((before, next) => sql`${before} UNION ALL ${next}`))
}
