/** The raw tables of the links study by the names of `japan.schema.json`, and what its steps share. */
import { sql, type, type Sql } from 'reshore'
import type { IngestedTables } from '../shared/ingest.js'

/** Table -> its files below the data folder. */
export const rawFiles = {
  firms: 'firms_*.csv',
  links: 'links_*.csv',
  survey: 'survey_*.csv',
  purchases: 'purchases_*.csv',
  trade: 'trade_*.csv',
  municipalities: 'municipalities.csv',
  industries: 'industries.csv',
  products: 'products.csv',
  input_shares: 'input_shares.csv',
  import_use: 'import_use.csv',
  countries: 'countries.csv',
  base_imports: 'base_imports.csv',
  world_exports: 'world_exports.csv',
} as const

export type JapanTables = IngestedTables<keyof typeof rawFiles>

/** The two years that are compared. */
export interface Period {
  readonly from: number
  readonly to: number
}

/** A sum of money that is the same bits for any order of the rows. */
export const exactSum = (value: Sql): Sql => sql`CAST(sum(CAST(${value} AS DECIMAL(38, 9))) AS ${type('float')})`

/** Natural logarithm; missing where the value is not positive. */
export const logOf = (value: Sql): Sql => sql`CASE WHEN ${value} > 0 THEN ln(CAST(${value} AS ${type('float')})) END`
