/** The rows of the lists, spelt alike: countries by their code, cities without accents, brands and kinds in one case. */
import { Dictionary, Int32, Table, Utf8, vectorFromArray } from 'apache-arrow'
import { normalAddress, relation, ReshoreError, sql, type ArrowTable, type Engine, type Flow, type Relation, type Step } from 'reshore'
import type { IngestedTables } from '../shared/ingest.js'

export type Tables = IngestedTables<'lists' | 'countries'>

/** A list: its number, its date, and months since the first. */
export interface ListDate {
  readonly wave: number
  readonly date: string
  readonly months: number
}

export interface Entries {
  /** Keyed by wave and row. `of_buyer`: 1 where the buyer is among the brands. */
  readonly entries: Relation
  readonly dates: readonly ListDate[]
  readonly buyer: string
  /** Rows by list and brands as written there. */
  readonly brands: readonly { readonly wave: number; readonly brands: string; readonly rows: number }[]
}

export function entriesStep({ step }: Flow, inputs: { readonly tables: Step<Tables>; readonly buyer: string }): Step<Entries> {
  return step('entries', {
    stage: 'features',
    inputs: { tables: inputs.tables },
    options: { buyer: inputs.buyer },
    async run({ tables }, { engine, options, flow, note }): Promise<Entries> {
      const { lists, countries } = tables
      const dates = await listDates(engine, lists)
      const brands = await brandCounts(engine, lists)
      const buyer = options.buyer === '' ? firstBrand(brands) : options.buyer.toUpperCase()
      const trap = otherBrands(brands, buyer, dates)
      if (trap !== undefined) note(trap)
      const codes = countryCodes(await texts(engine, lists, 'country'), await engine.query(countries))
      const cities = new Map((await texts(engine, lists, 'city')).map((city) => [city, normalAddress(city).join(' ')]))
      const [coded, named] = [lookUp(engine, 'country_codes', codes), lookUp(engine, 'city_names', cities)]
      const columns = sql`l.wave, l.factory_name, l.factory_type, l.product_type, l.brands, l.supplier_group, l.address, l.city,
        l.postal_code, l.country, l.total_workers`
      const distinct = relation('distinct_entries', { key: ['wave'] }, sql`SELECT DISTINCT ${columns} FROM ${lists} AS l`)
      const [read, rows] = [await count(engine, lists), await count(engine, distinct)]
      const dropped = read === rows ? [] : [{ reason: 'equal to another row of its list', rows: read - rows }]
      flow({ id: 'entries', label: 'rows told apart', kind: 'table', from: ['lists'], rows, dropped })
      if (read > rows) note(`Rows equal to another row of the same list in all that is read: ${read - rows}. Each such row is taken once.`)
      const numbered = relation('numbered_entries', { key: ['wave', 'row'] }, sql`
        SELECT ${columns}, CAST(row_number() OVER (PARTITION BY l.wave ORDER BY ${columns}) AS INTEGER) AS row FROM ${distinct} AS l`)
      const entries = relation('entries', { key: ['wave', 'row'] }, sql`
        SELECT n.wave, n.row, n.factory_name, n.address, n.city, n.postal_code, k.value AS country, nullif(c.value, '') AS city_name,
          CASE WHEN upper(n.factory_type) LIKE 'MATERIALS%' THEN 'materials' ELSE lower(n.product_type) END AS line,
          CASE WHEN upper(n.supplier_group) LIKE 'NO GROUP%' THEN NULL ELSE upper(n.supplier_group) END AS supplier_group,
          CASE WHEN n.total_workers > 0 THEN n.total_workers END AS workers,
          CASE WHEN ${sql`',' || replace(upper(n.brands), ' ', '') || ','`} LIKE ${`%,${buyer.replaceAll(' ', '')},%`} THEN 1 ELSE 0 END AS of_buyer
        FROM ${numbered} AS n
        JOIN ${coded} AS k ON k.text = n.country
        LEFT JOIN ${named} AS c ON c.text = n.city`)
      return { entries, dates, buyer, brands }
    },
  })
}

async function listDates(engine: Engine, lists: Relation): Promise<readonly ListDate[]> {
  const file = sql`list_name || '_20' || list_date || '.csv'`
  const table = await engine.query(relation('list_dates', { key: ['wave'] }, sql`
    SELECT wave, CAST(min(as_of) AS VARCHAR) AS first, CAST(max(as_of) AS VARCHAR) AS last, min(${file}) AS file, max(${file}) AS other
    FROM ${lists} GROUP BY wave`))
  const rows = table.toArray().map((row) =>
    ({ wave: Number(row.wave), first: String(row.first), last: String(row.last), file: String(row.file), other: String(row.other) }))
  const copied = rows.find(({ file, other }) => file !== other)
  if (copied !== undefined) {
    throw new ReshoreError('RepeatedListError', `list ${copied.wave} is in two files, ${copied.file} and ${copied.other}: its factories would count twice`,
      'Take the copy out of the folder, put the parts of a list into one file, or number the lists anew.')
  }
  const months = (date: string): number => 12 * Number(date.slice(0, 4)) + Number(date.slice(5, 7))
  rows.forEach(({ wave, first, last }, index) => {
    const problem = first !== last ? `list ${wave} has two dates, ${first} and ${last}`
      : wave !== rows[0]!.wave + index ? `list ${wave} follows list ${rows[index - 1]!.wave}`
      : index > 0 && months(first) <= months(rows[index - 1]!.first) ? `list ${wave} is not later than the one before` : undefined
    if (problem !== undefined) throw new ReshoreError('ListOrderError', problem, 'Number the lists 1, 2, 3, … by date, one date a list.')
  })
  if (rows.length < 2) throw new ReshoreError('ListOrderError', 'there is one list only', 'Give at least two lists of different dates.')
  return rows.map(({ wave, first }) => ({ wave, date: first.slice(0, 7), months: months(first) - months(rows[0]!.first) }))
}

/** Rows of a relation. */
export async function count(engine: Engine, rows: Relation): Promise<number> {
  const table = await engine.query(relation('count', { key: [] }, sql`SELECT CAST(count(*) AS INTEGER) AS n FROM ${rows}`))
  return Number(table.getChild('n')!.get(0))
}

async function brandCounts(engine: Engine, lists: Relation): Promise<Entries['brands']> {
  const table = await engine.query(relation('brand_counts', { key: ['wave', 'brands'] }, sql`
    SELECT wave, upper(brands) AS brands, CAST(count(*) AS INTEGER) AS entries FROM ${lists} GROUP BY wave, upper(brands)`))
  return table.toArray().map((row) => ({ wave: Number(row.wave), brands: String(row.brands), rows: Number(row.entries) }))
}

const brandsIn = (cell: string): readonly string[] => cell.split(',').map((brand) => brand.trim())

/** The brand with most rows on the first list. */
function firstBrand(counts: Entries['brands']): string {
  const rows = new Map<string, number>()
  for (const { brands, rows: n } of counts.filter(({ wave }) => wave === counts[0]!.wave)) {
    for (const brand of brandsIn(brands)) rows.set(brand, (rows.get(brand) ?? 0) + n)
  }
  return [...rows].reduce((best, other) => (other[1] > best[1] ? other : best))[0]
}

/** A list exported for one brand beside lists of all would count every factory of the others as new. */
function otherBrands(counts: Entries['brands'], buyer: string, dates: readonly ListDate[]): string | undefined {
  const others = dates.map(({ wave }) =>
    counts.filter(({ wave: at, brands }) => at === wave && !brandsIn(brands).includes(buyer)).reduce((sum, { rows }) => sum + rows, 0))
  if (dates.some(({ wave }) => !counts.some(({ wave: at, brands }) => at === wave && brandsIn(brands).includes(buyer)))) {
    const known = [...new Set(counts.flatMap(({ brands }) => brandsIn(brands)))].sort()
    throw new ReshoreError('UnknownBuyerError', `brand \`${buyer}\` is not on every list`, `The lists have ${known.join(', ')}: --set buyer=BRAND.`)
  }
  if (others.every((rows) => rows === 0) || others.every((rows) => rows > 0)) return undefined
  const without = dates.filter((_, index) => others[index] === 0).map(({ date }) => date).join(', ')
  return `The list of ${without} has rows of ${buyer} only, other lists have rows of other brands: only rows of ${buyer} are compared.`
}

async function texts(engine: Engine, lists: Relation, column: 'country' | 'city'): Promise<readonly string[]> {
  const chosen = column === 'country' ? sql`country` : sql`city`
  const table = await engine.query(relation('texts', { key: ['text'] }, sql`
    SELECT DISTINCT ${chosen} AS text FROM ${lists} WHERE ${chosen} IS NOT NULL`))
  return [...table.getChild('text')!].map(String)
}

/** Letters only, so that case, points and accents do not matter. */
const plain = (text: string): string => text.normalize('NFKD').replace(/[^\p{L}]/gu, '').toUpperCase()

function countryCodes(spellings: readonly string[], countries: ArrowTable): ReadonlyMap<string, string> {
  const codeOf = new Map<string, string>()
  for (const row of countries.toArray()) {
    const known = [String(row.name), ...(row.spellings === null ? [] : String(row.spellings).split('|')), String(row.country)]
    for (const spelling of known) codeOf.set(plain(spelling), String(row.country))
  }
  const lost = spellings.filter((spelling) => !codeOf.has(plain(spelling)))
  if (lost.length > 0) {
    throw new ReshoreError(
      'UnknownCountryError',
      `the gazetteer has no country spelt ${lost.map((spelling) => `\`${spelling}\``).join(', ')}`,
      'Add the spelling to a copy of pipelines/supplier-lists/countries.csv and name it: --set countries=FILE.',
    )
  }
  return new Map(spellings.map((spelling) => [spelling, codeOf.get(plain(spelling))!]))
}

function lookUp(engine: Engine, name: string, values: ReadonlyMap<string, string>): Relation {
  const text = (column: readonly string[], id: number) => vectorFromArray(column, new Dictionary(new Utf8(), new Int32(), id))
  return engine.register(new Table({ text: text([...values.keys()], 0), value: text([...values.values()], 1) }), { key: ['text'], name })
}
