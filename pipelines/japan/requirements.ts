/**
 * What the study needs of its data before it makes anything of them: rows of both years, shares that are shares,
 * measures that vary. What is lacking is an error that names the table, and what to do; what only costs some equations is a sentence.
 */
import { checkShares, id, relation, ReshoreError, sql, type, type Engine, type Relation, type Sql } from 'reshore'
import { rowsOf, type Row } from '../shared/words.js'
import { rawFiles, type JapanTables, type Period } from './tables.js'

/** Rows of every year the study compares; shares of an industry that sum to one at most. */
export async function requireTables(engine: Engine, tables: JapanTables, { from, to }: Period): Promise<void> {
  const yearly = { firms: [from, to], links: [from, to], survey: [from, to], purchases: [from, to], trade: [from], world_exports: [from, to] } as const
  for (const [table, years] of Object.entries(yearly)) await requireYears(engine, tables, table as keyof typeof yearly, years)
  for (const table of ['input_shares', 'import_use'] as const) await checkShares(engine, tables[table], 'industry')
}

async function requireYears(engine: Engine, tables: JapanTables, table: keyof typeof rawFiles, years: readonly number[]): Promise<void> {
  const found = rowsOf(await engine.query(relation('years', { key: ['year'] }, sql`SELECT year FROM ${tables[table]} GROUP BY year`))).map(({ year }) => Number(year))
  const lacking = years.filter((year) => !found.includes(year))
  if (lacking.length === 0) return
  throw new ReshoreError('MissingYearError', `table \`${table}\` (${rawFiles[table]}) has no row of ${lacking.join(' and ')}; its years are ${found.sort((a, b) => a - b).join(', ')}`,
    'Put the rows of that year into the data folder, or choose the two years with --set from=YEAR --set to=YEAR.')
}

/** Differentiation that can be told apart: it is standardised over industries. */
export async function requireDifferentiation(engine: Engine, industries: Relation, measure: string): Promise<void> {
  const { n, known } = await facts(engine, sql`SELECT ${int(sql`count(*)`)} AS n, ${int(sql`count(${id(measure)})`)} AS known FROM ${industries}`)
  if (Number(known) > 0) return
  throw new ReshoreError('DifferentiationError', `differentiation (\`${measure}\`) is known for none of ${n} industries: fewer than two have classified products, or all have the same share`,
    'Look at the classes (`conservative`), weights and industries of products.csv: the measure needs two industries that differ.')
}

/** Imports of a firm are part of its purchases. */
export async function requireImportShares(engine: Engine, regionShares: Relation, { from }: Period): Promise<void> {
  const above = rowsOf(await engine.query(relation('above_one', { key: ['firm'] }, sql`
    SELECT firm FROM ${regionShares} WHERE imputed = 0 GROUP BY firm HAVING sum(CAST(share AS DECIMAL(38, 12))) > 1.000001`)))
  if (above.length === 0) return
  const shown = above.slice(0, 5).map(({ firm }) => `\`${firm}\``).join(', ')
  throw new ReshoreError('SharesError', `${above.length} firms import more than they purchase in ${from}: ${shown}${above.length > 5 ? ', …' : ''}`,
    'Shares of purchases sum to one at most: correct `imports` of the trade file or `purchases` of the survey, in one unit, or leave these firms out.')
}

/** Firms whose links can be explained: place, size and industry known in both years. */
export async function requireLocated(engine: Engine, located: Relation, { from, to }: Period): Promise<void> {
  const { n } = await facts(engine, sql`SELECT ${int(sql`count(*)`)} AS n FROM ${located}`)
  if (n !== 0) return
  throw new ReshoreError('EmptySampleError', `no firm has a municipality of the gazetteer and positive sales in ${from} and ${to}`,
    'Look at `municipality` and `sales` of the firm files, and at the codes of municipalities.csv.')
}

/** Buyers that change what they buy abroad; sentences about what none of them does. */
export async function requireOffshoring(engine: Engine, buyers: Relation, { from, to }: Period): Promise<string[]> {
  const count = (condition: Sql): Sql => sql`${int(sql`count(CASE WHEN ${condition} THEN 1 END)`)}`
  const { n, moving, able, starting } = await facts(engine, sql`
    SELECT ${int(sql`count(*)`)} AS n, ${count(sql`foreign_growth <> 0`)} AS moving, ${count(sql`offshores_from = 0`)} AS able, ${count(sql`starts = 1`)} AS starting FROM ${buyers}`)
  if (n === 0) {
    throw new ReshoreError('NoBuyersError', `no firm is in the survey and in the firm master of both ${from} and ${to} with purchases`,
      'Look at whether the ids of survey, firms and purchases agree (leading zeros), and at the years.')
  }
  if (moving === 0) {
    throw new ReshoreError('NoVariationError', `none of ${n} buyers changes the share it buys abroad between ${from} and ${to}`,
      'Look at `imported` of the purchases files: the study is of buyers that start, or change, buying abroad.')
  }
  if (able === 0) return ['All buyers bought abroad in the first year: the equations of starting have no rows.']
  if (starting === 0) return ['No buyer starts to buy abroad: the equations of starting have no estimate.']
  return starting === able ? ['Every buyer that did not buy abroad starts to: the equations of starting have no estimate.'] : []
}

const int = (value: Sql): Sql => sql`CAST(${value} AS ${type('int')})`

async function facts(engine: Engine, query: Sql): Promise<Row> {
  return rowsOf(await engine.query(relation('facts', { key: [] }, query)))[0]!
}
