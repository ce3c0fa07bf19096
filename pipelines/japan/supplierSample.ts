/**
 * A sample of the surveyed buyers with its inputs and its links of the second year, as the solver of supplier sets reads them: the largest by
 * sales all, of the others one in m neighbours in the order of their sales. Few large buyers have much of all sales and links: a sample that leaves
 * them to chance says little.
 */
import { relation, sql, type, type ArrowTable, type Engine, type Relation, type SupplierSample } from 'reshore'
import { rowsOf } from '../shared/words.js'
import { exactSum, type Period } from './tables.js'

export interface SampledBuyers {
  readonly sample: SupplierSample
  /** Names of the codes of industries. */
  readonly industries: readonly string[]
  /** Buyers that are taken all, and one in how many of the others is. */
  readonly largest: number
  readonly every: number
  /** Buyers there are. */
  readonly population: number
}

/** Of the buyers wanted, one in so many is one of the largest. */
const shareOfLargest = 4

/** Among m neighbours in the order of sales the one taken moves on by so many from one m to the next, so that not all are the larger or the smaller ones; a prime. */
const stride = 7919

/** About `wanted` buyers; `start` says where the counting of the smaller ones begins. */
export async function sampledBuyers(
  engine: Engine, { inputs, links }: { readonly inputs: Relation; readonly links: Relation }, { to }: Pick<Period, 'to'>, wanted: number, start: number,
): Promise<SampledBuyers> {
  const all = relation('buyers_by_size', { key: ['firm'] }, sql`
    SELECT firm, row_number() OVER (ORDER BY sales DESC, firm) AS number
    FROM (SELECT firm, max(log_sales + revenue_growth) AS sales FROM ${inputs} WHERE revenue_growth IS NOT NULL GROUP BY firm) AS b`)
  const [{ n: population }] = rowsOf(await engine.query(relation('buyer_count', { key: [] }, sql`SELECT CAST(count(*) AS ${type('float')}) AS n FROM ${all}`))) as [{ n: number }]
  const largest = Math.min(population, Math.floor(wanted / shareOfLargest))
  const every = Math.max(1, Math.ceil((population - largest) / Math.max(1, wanted - largest)))
  const chosen = relation('chosen_buyers', { key: ['firm'] }, sql`
    SELECT firm, number FROM ${all} WHERE number <= ${largest} OR ((number - ${largest}) + ${stride} * floor((number - ${largest} - 1) / ${every})) % ${every} = ${start % every}`)
  const rows = await engine.query(relation('chosen_inputs', { key: ['firm', 'input_industry'] }, sql`
    SELECT i.firm, i.input_industry, 1e0 - i.home_share AS abroad, coalesce(i.supply, 0e0) AS supply, exp(i.log_sales + i.revenue_growth) AS sales, CASE WHEN c.number <= ${largest} THEN 1 ELSE 0 END AS large, CAST(c.number AS ${type('int')}) AS number
    FROM ${inputs} AS i JOIN ${chosen} AS c ON c.firm = i.firm WHERE i.revenue_growth IS NOT NULL`))
  const near = await engine.query(relation('chosen_links', { key: ['firm', 'input_industry', 'supplier'] }, sql`
    SELECT l.buyer AS firm, l.input_industry, l.supplier, l.log_km FROM ${links} AS l JOIN ${chosen} AS c ON c.firm = l.buyer
    WHERE l.year = ${to} AND l.log_km IS NOT NULL AND l.input_industry IS NOT NULL`))
  return { ...arranged(rows, near, population - largest), largest, every, population }
}

/** A buyer that buys an input abroad alone has a little at home, so that what it would do without is defined. */
const mostAbroad = 0.99

/** Both tables are in the order of firm and input industry; each buyer that is not one of the largest stands for as many of the `smaller` ones. */
function arranged(rows: ArrowTable, links: ArrowTable, smaller: number): Omit<SampledBuyers, 'largest' | 'every' | 'population'> {
  const text = (table: ArrowTable, column: string): string[] => Array.from({ length: table.numRows }, (_, row) => String(table.getChild(column)!.get(row)))
  const number = (table: ArrowTable, column: string): Float64Array => Float64Array.from({ length: table.numRows }, (_, row) => Number(table.getChild(column)!.get(row)))
  const [firm, input, linkFirm, linkInput] = [text(rows, 'firm'), text(rows, 'input_industry'), text(links, 'firm'), text(links, 'input_industry')]
  const industries = [...new Set(input)].sort()
  const code = new Map(industries.map((industry, k) => [industry, k] as const))
  const place = new Map(firm.map((own, row) => [`${own}\n${input[row]!}`, row] as const))
  const byRow: number[][] = firm.map(() => [])
  const logKm = number(links, 'log_km')
  linkFirm.forEach((own, link) => byRow[place.get(`${own}\n${linkInput[link]!}`) ?? -1]?.push(logKm[link]!))
  const starts = firm.flatMap((own, row) => (own === firm[row - 1] ? [] : [row]))
  const [sales, large, numbers] = [number(rows, 'sales'), number(rows, 'large'), number(rows, 'number')]
  const standsFor = smaller / starts.filter((row) => large[row] === 0).length
  const firstLink = new Int32Array(firm.length + 1)
  byRow.forEach((own, row) => (firstLink[row + 1] = firstLink[row]! + own.length))
  return {
    industries,
    sample: {
      firstInput: Int32Array.of(...starts, firm.length), weight: Float64Array.from(starts, (row) => (large[row] === 1 ? 1 : standsFor)), sales: Float64Array.from(starts, (row) => sales[row]!), number: Int32Array.from(starts, (row) => numbers[row]!),
      industry: Int32Array.from(input, (name) => code.get(name)!), foreign: number(rows, 'abroad').map((share) => Math.min(mostAbroad, Math.max(0, share))),
      supply: number(rows, 'supply'), firstLink, logKm: Float64Array.from(byRow.flat()),
    },
  }
}

/** Values of links over purchases at home of the surveyed buyers, by input industry. */
export async function listedShares(
  engine: Engine, { table, links, purchases, buyers }: { readonly table: Relation; readonly links: Relation; readonly purchases: Relation; readonly buyers: Relation }, { to }: Period,
): Promise<ReadonlyMap<string, number>> {
  const found = await engine.query(relation('listed_shares', { key: ['input_industry'] }, sql`
    SELECT v.input_industry, v.value / p.domestic AS share
    FROM (SELECT t.input_industry, ${exactSum(sql`l.value`)} AS value FROM ${table} AS t
      JOIN ${links} AS l ON l.year = t.year AND l.buyer = t.buyer AND l.supplier = t.supplier JOIN ${buyers} AS b ON b.firm = t.buyer
      WHERE t.year = ${to} AND l.value IS NOT NULL GROUP BY t.input_industry) AS v
    JOIN (SELECT q.input_industry, ${exactSum(sql`q.domestic`)} AS domestic FROM ${purchases} AS q JOIN ${buyers} AS b ON b.firm = q.firm
      WHERE q.year = ${to} GROUP BY q.input_industry) AS p ON p.input_industry = v.input_industry WHERE p.domestic > 0`))
  return new Map(rowsOf(found).map(({ input_industry: industry, share }) => [String(industry), Math.min(0.9, Number(share))] as const))
}
