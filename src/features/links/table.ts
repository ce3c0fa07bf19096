/**
 * The link table: links of one or several years with what is known of them, from which all buyer measures are made.
 *
 * - `km`, `log_km`, `distance_bin`, `same_municipality` as in `linkDistances`; `supplier_municipality`.
 * - `input_industry`: with statuses that of the status (it does not change between the years), else the supplier's in the year.
 * - `supplier_log_size`: log of a column of the master (employees); `supplier_log_productivity`: log of output (sales) over it.
 * - measures of the input industry (differentiation), under their own names.
 * - with statuses: `status`, `reformed`, `partner_present`, `both_present`, and only the two years they compare.
 *
 * Missing-value rule: what is missing in the master, or not positive before a logarithm, is missing here; a link whose input
 * industry the table of industries lacks has missing measures (`checkIndustries` names such codes).
 */
import { ReshoreError } from '../../errors.js'
import { id, relation, sql } from '../../engine/index.js'
import type { Engine, Relation, Sql } from '../../engine/records.js'
import { distanceColumns, sameMunicipalityFlag } from '../distance/linkDistances.js'
import { kilometres } from '../distance/kilometres.js'
import { firmPlaces, type PlaceOptions, type PlaceSources } from '../distance/places.js'
import { logOf, asFloat } from '../exactMeans.js'
import { lackingCodes, named, type LackingCode } from '../lackingCodes.js'
import { columnsOf } from '../panel.js'

export interface LinkTableSources extends PlaceSources {
  /** Keyed by year, buyer and supplier: the rows of the table, where there are no statuses. */
  readonly links?: Relation
  /** The rows of the table are then the links of the two years they compare. */
  readonly statuses?: Relation
  /** One row an `industry`, with the measures. */
  readonly industries?: Relation
}

export interface LinkTableOptions extends PlaceOptions {
  /** Columns of `industries` carried to the link by its input industry. */
  readonly measures?: readonly string[]
  /** Columns of the master. Defaults `industry`, `employees`, `sales`. */
  readonly industry?: string
  readonly size?: string
  readonly output?: string
}

/** Columns that come from statuses. */
const statusColumns = ['status', 'reformed', 'partner_present', 'both_present', 'input_industry']

/**
 * Links keyed by year, buyer and supplier with their traits.
 *
 * @example linkTable({ links, statuses, firms, municipalities, industries }, { measures: ['share_conservative_z'] })
 */
export function linkTable(sources: LinkTableSources, options: LinkTableOptions = {}): Relation {
  const { statuses, industries } = sources
  const { measures = [], industry = 'industry', size = 'employees', output = 'sales' } = options
  if (measures.length > 0 && industries === undefined) {
    throw new ReshoreError('MissingTableError', `measures ${measures.join(', ')} without industries`, 'Pass the table of industries.', 2)
  }
  const traits = [
    sql`${id('f', industry)} AS industry`, sql`${logOf(id('f', size))} AS log_size`,
    sql`${logOf(sql`${asFloat(id('f', output))} / nullif(${id('f', size)}, 0)`)} AS log_productivity`,
  ]
  const key = ['year', 'buyer', 'supplier']
  const measured = relation('measured_links', { key }, sql`
    SELECT ${columnsOf('l', key)}, ${kilometres('b', 's')} AS km, ${sameMunicipalityFlag('b', 's')} AS same_municipality,
      s.municipality AS supplier_municipality, s.log_size AS supplier_log_size, s.log_productivity AS supplier_log_productivity,
      ${statuses === undefined ? sql`s.industry AS input_industry` : columnsOf('l', statusColumns)}
    FROM ${tableRows(sources)} AS l
    LEFT JOIN ${firmPlaces(sources, options)} AS b ON b.year = l.year AND b.firm = l.buyer
    LEFT JOIN ${firmPlaces(sources, options, traits)} AS s ON s.year = l.year AND s.firm = l.supplier`)
  const carried = ['input_industry', 'supplier_municipality', 'supplier_log_size', 'supplier_log_productivity']
  const known = statuses === undefined ? carried : [...carried, ...statusColumns.filter((column) => column !== 'input_industry')]
  return relation('link_table', { key }, sql`
    SELECT ${columnsOf('m', key)}, ${distanceColumns('m')}, ${columnsOf('m', known)}
      ${measures.length === 0 ? sql`` : sql`, ${columnsOf('i', measures)}`}
    FROM ${measured} AS m
    ${measures.length === 0 ? sql`` : sql`LEFT JOIN ${industries!} AS i ON i.industry = m.input_industry`}`)
}

/** Links with their status, a row a year; or the links as they are. */
function tableRows({ links, statuses }: LinkTableSources): Relation {
  if (statuses !== undefined) {
    const at = (year: 'year_from' | 'year_to', missing: string): Sql => sql`
    SELECT ${id('t', year)} AS year, ${columnsOf('t', ['buyer', 'supplier', ...statusColumns])} FROM ${statuses} AS t WHERE t.status <> ${missing}`
    return relation('links_of_years', { key: ['year', 'buyer', 'supplier'] }, sql`${at('year_from', 'add')} UNION ALL ${at('year_to', 'drop')}`)
  }
  if (links !== undefined) return links
  throw new ReshoreError('MissingTableError', 'a link table of no links', 'Pass links or statuses.', 2)
}

/**
 * Industry codes in a column that the table of industries lacks. By default any is an `UnknownIndustryError` that names the most
 * frequent; with `lacking: 'count'` they are only returned.
 *
 * @example await checkIndustries(engine, firms, 'industry', industries)
 */
export async function checkIndustries(
  engine: Engine, rows: Relation, column: string, industries: Relation, { lacking = 'error' }: { readonly lacking?: 'error' | 'count' } = {},
): Promise<readonly LackingCode[]> {
  const known = relation('known_industries', { key: ['code'] }, sql`SELECT industry AS code FROM ${industries}`)
  const found = await lackingCodes(engine, { rows, column, known })
  if (found.length === 0 || lacking === 'count') return found
  throw new ReshoreError(
    'UnknownIndustryError',
    `column \`${column}\` of \`${rows.name}\` has ${found.length} industries that \`${industries.name}\` lacks: ${named(found)}`,
    "Add them to the table of industries, correct the codes, or pass lacking: 'count' to leave what depends on them missing.",
  )
}
