/** What the scenarios read of buyers and links, as arrays. */
import { relation, sql, type, type ArrowTable, type Relation } from 'reshore'
import type { ScenarioInputs } from './scenarios.js'
import type { Period } from './tables.js'

/** Buyers by input industry with the links of known distance and the sales of the second year. */
export const exposedInputs = (inputs: Relation, table: Relation, { to }: Period): Relation =>
  relation('exposed_inputs', { key: ['firm', 'input_industry'] }, sql`
    SELECT i.firm, i.input_industry, coalesce(l.links, 0e0) AS links, i.home_share, coalesce(i.supply, 0e0) AS supply, exp(i.log_sales + i.revenue_growth) AS sales
    FROM ${inputs} AS i LEFT JOIN (SELECT buyer, input_industry, CAST(count(*) AS ${type('float')}) AS links
      FROM ${table} WHERE year = ${to} AND log_km IS NOT NULL GROUP BY buyer, input_industry) AS l ON l.buyer = i.firm AND l.input_industry = i.input_industry
    WHERE i.revenue_growth IS NOT NULL`)

const stepsPerLog = 20

/** Links of the second year by input industry and ln distance in steps of a twentieth. */
export const linksByDistance = (table: Relation, { to }: Period): Relation =>
  relation('links_by_log_distance', { key: ['input_industry', 'place'] }, sql`
    SELECT input_industry, CAST(round(log_km * ${stepsPerLog}) AS ${type('int')}) AS place, CAST(count(*) AS ${type('float')}) AS links
    FROM ${table} WHERE year = ${to} AND log_km IS NOT NULL AND input_industry IS NOT NULL GROUP BY input_industry, round(log_km * ${stepsPerLog})`)

/** Both as typed arrays, with one list of industries. */
export function scenarioRows(rows: ArrowTable, distances: ArrowTable): Pick<ScenarioInputs, 'rows' | 'distances' | 'industries'> {
  const industries: string[] = []
  const known = new Map<string, number>()
  const codes = (table: ArrowTable, column: string, list?: string[]): Int32Array => {
    const seen = list === undefined ? new Map<string, number>() : known
    return Int32Array.from({ length: table.numRows }, (_, row) => {
      const name = String(table.getChild(column)!.get(row))
      if (!seen.has(name)) {
        seen.set(name, seen.size)
        list?.push(name)
      }
      return seen.get(name)!
    })
  }
  const numbers = (table: ArrowTable, column: string): Float64Array =>
    Float64Array.from({ length: table.numRows }, (_, row) => Number(table.getChild(column)!.get(row)))
  return {
    rows: {
      buyer: codes(rows, 'firm'), industry: codes(rows, 'input_industry', industries), links: numbers(rows, 'links'),
      home: numbers(rows, 'home_share'), supply: numbers(rows, 'supply'), sales: numbers(rows, 'sales'),
    },
    distances: {
      industry: codes(distances, 'input_industry', industries), logKm: numbers(distances, 'place').map((place) => place / stepsPerLog),
      links: numbers(distances, 'links'),
    },
    industries,
  }
}
