/**
 * Buyers between two years, over all input industries or by each: links added and dropped, and the exact decomposition of the
 * change in the mean of what links are like, by default log distance and the supplier's traits.
 *
 * - `links_from`, `links_to`, `links_continued`, `links_added`, `links_dropped` (numbers; from = continued + dropped, to =
 *   continued + added) and `log_links_from`, `log_links_to`, `log_links_change`.
 * - `add_rate` = added / from, `drop_rate` = dropped / from, `link_growth` = 2 (to − from) / (to + from), from −2 to 2.
 * - for each column x: `x_from` and `x_to` (means of the two years), `x_change`; means of the dropped (`x_dropped`, in the first
 *   year), of the added (`x_added`, in the second) and of the continuing in both (`x_kept_from`, `x_kept_to`); and
 *
 *       x_change = x_by_adding + x_by_dropping + x_by_moving
 *       x_by_adding   =  a/N_to   (x_added   − x_kept_to)
 *       x_by_dropping = −d/N_from (x_dropped − x_kept_from)
 *       x_by_moving   =  x_kept_to − x_kept_from            (0 where firms stay where they are)
 *
 *   with counts a, d, N over the links that have a value of x. Without movers this is the published identity.
 *
 * Missing-value rule: links without a value of x leave its means; a mean over no links is missing; the terms are missing where
 * no continuing link has a value in both roles (there is nothing to compare with) or a year has no link; rates are missing
 * where the first year has no link. Links whose input industry is unknown form a cell of their own.
 */
import { ReshoreError } from '../../errors.js'
import { id, join, relation, sql } from '../../engine/index.js'
import type { Engine, Relation, Sql } from '../../engine/records.js'
import { asFloat, asInteger, decimalSum, ratio } from '../exactMeans.js'
import { columnsOf, sequence } from '../panel.js'
import { supplierTraits, type CellOptions } from './buyerLevels.js'
import { checkBetween, survives, type Between, type Survival } from './statuses.js'

export interface ChangeOptions extends CellOptions, Between {
  /** Which links count. Default `both`: firm death is no sourcing decision. */
  readonly survival?: Survival
}

const defaultMeans = ['log_km', ...supplierTraits]

/** Groups of links whose means enter the decomposition: links are summed by year and status first, then put together. */
type Group = 'from' | 'to' | 'added' | 'dropped' | 'kept_from' | 'kept_to'
const groups: readonly Group[] = ['from', 'to', 'added', 'dropped', 'kept_from', 'kept_to']

/**
 * Changes keyed by buyer and, where asked for, input industry, from a link table with statuses.
 *
 * @example buyerChanges(table, { from: 2005, to: 2010, means: ['log_km', 'share_conservative'] })
 */
export function buyerChanges(table: Relation, options: ChangeOptions): Relation {
  const { from, to, by, means = defaultMeans, survival = 'both' } = options
  checkBetween(options)
  const key = ['buyer', ...(by === undefined ? [] : [by])]
  const parts = relation('change_parts', { key: [...key, 'year', 'status'] }, sql`
    SELECT ${columnsOf('l', [...key, 'year', 'status'])}, count(*) AS links
      ${sequence(means.map((column) => sql`, count(${id('l', column)}) AS ${id(`${column} n`)}, ${decimalSum(id('l', column))} AS ${id(`${column} sum`)}`))}
    FROM ${table} AS l WHERE ${survives('l', survival)} AND l.year IN (${from}, ${to}) GROUP BY ${columnsOf('l', [...key, 'year', 'status'])}`)
  const condition = groupConditions(from, to)
  const total = (group: Group, value: Sql): Sql => sql`sum(CASE WHEN ${condition[group]} THEN ${value} END)`
  const sums = means.flatMap((column) => groups.flatMap((group) => [
    sql`coalesce(${total(group, id('p', `${column} n`))}, 0) AS ${id(`${column} ${group} n`)}`,
    sql`${asFloat(total(group, id('p', `${column} sum`)))} AS ${id(`${column} ${group} sum`)}`,
  ]))
  const counts = (['from', 'to', 'added', 'dropped', 'kept_from'] as const).map((group) =>
    sql`${asInteger(sql`coalesce(${total(group, sql`p.links`)}, 0)`)} AS ${id(`links_${group === 'kept_from' ? 'continued' : group}`)}`)
  const cells = relation('change_sums', { key }, sql`
    SELECT ${columnsOf('p', key)}, ${[...counts, ...sums]} FROM ${parts} AS p GROUP BY ${columnsOf('p', key)}`)
  const averages = means.flatMap((column) => groups.map((group) =>
    sql`${id('c', `${column} ${group} sum`)} / nullif(${id('c', `${column} ${group} n`)}, 0) AS ${id(`${column}_${group}`)}`))
  const averaged = relation('change_means', { key }, sql`SELECT c.*, ${averages} FROM ${cells} AS c`)
  return relation('buyer_changes', { key }, sql`
    SELECT ${columnsOf('c', key)}, ${countColumns}, ${means.flatMap(decomposition)} FROM ${averaged} AS c`)
}

function groupConditions(from: number, to: number): Record<Group, Sql> {
  return {
    from: sql`p.year = ${from}`, to: sql`p.year = ${to}`,
    added: sql`p.year = ${to} AND p.status = 'add'`, dropped: sql`p.year = ${from} AND p.status = 'drop'`,
    kept_from: sql`p.year = ${from} AND p.status = 'continue'`, kept_to: sql`p.year = ${to} AND p.status = 'continue'`,
  }
}

const logCount = (column: string): Sql => sql`ln(${asFloat(sql`nullif(${id('c', column)}, 0)`)})`

const countColumns = sql`c.links_from, c.links_to, c.links_continued, c.links_added, c.links_dropped,
      ${logCount('links_from')} AS log_links_from, ${logCount('links_to')} AS log_links_to,
      ${logCount('links_to')} - ${logCount('links_from')} AS log_links_change,
      ${ratio(sql`c.links_added`, sql`c.links_from`)} AS add_rate, ${ratio(sql`c.links_dropped`, sql`c.links_from`)} AS drop_rate,
      ${ratio(sql`2 * (c.links_to - c.links_from)`, sql`c.links_to + c.links_from`)} AS link_growth`

/** Means of the groups, the change and its three terms. A group without links weighs nothing, whatever its mean. */
function decomposition(column: string): readonly Sql[] {
  const mean = (group: Group): Sql => id('c', `${column}_${group}`)
  const count = (group: Group): Sql => id('c', `${column} ${group} n`)
  const complete = sql`${count('kept_from')} > 0 AND ${count('kept_to')} > 0`
  const weighed = (group: Group, all: Group, kept: Group): Sql => sql`
      CASE WHEN ${count(group)} = 0 THEN 0e0 ELSE ${ratio(count(group), count(all))} * (${mean(group)} - ${mean(kept)}) END`
  const term = (value: Sql, name: string): Sql => sql`CASE WHEN ${complete} THEN ${value} END AS ${id(`${column}_by_${name}`)}`
  return [
    ...groups.map(mean), sql`${mean('to')} - ${mean('from')} AS ${id(`${column}_change`)}`,
    term(weighed('added', 'to', 'kept_to'), 'adding'),
    term(sql`-(${weighed('dropped', 'from', 'kept_from')})`, 'dropping'),
    term(sql`${mean('kept_to')} - ${mean('kept_from')}`, 'moving'),
  ]
}

export interface DecompositionCheck {
  readonly column: string
  /** Cells whose change is decomposed, and cells with a change that has nothing to compare with. */
  readonly decomposed: number
  readonly undecomposed: number
  /** Largest |change − sum of the terms|, relative to the larger of 1 and the means. */
  readonly largest: number
}

const tolerance = 1e-9

/**
 * Checks that the terms of every cell add up to the change, to 1e-9; otherwise a `DecompositionError`. To be run with every
 * table of changes that is published.
 *
 * @example const checks = await checkDecomposition(engine, changes, ['log_km'])
 */
export async function checkDecomposition(
  engine: Engine, changes: Relation, columns: readonly string[] = defaultMeans,
): Promise<readonly DecompositionCheck[]> {
  const facts = columns.flatMap((column, index) => {
    const part = (name: string): Sql => id('c', `${column}_${name}`)
    const rest = sql`abs(${part('change')} - (${part('by_adding')} + ${part('by_dropping')} + ${part('by_moving')}))`
    const scale = sql`CASE WHEN abs(${part('from')}) > 1 OR abs(${part('to')}) > 1
      THEN CASE WHEN abs(${part('from')}) > abs(${part('to')}) THEN abs(${part('from')}) ELSE abs(${part('to')}) END ELSE 1e0 END`
    return [
      sql`${asInteger(sql`count(${rest})`)} AS ${id(`decomposed ${index}`)}`,
      sql`${asInteger(sql`count(${part('change')})`)} AS ${id(`changed ${index}`)}`,
      sql`coalesce(max(${rest} / (${scale})), 0e0) AS ${id(`largest ${index}`)}`,
    ]
  })
  const found = await engine.query(relation('decomposition_check', { key: [] }, sql`SELECT ${join(facts)} FROM ${changes} AS c`))
  const fact = (name: string, index: number): number => Number(found.getChild(`${name} ${index}`)!.get(0))
  const checks = columns.map((column, index) => ({
    column, decomposed: fact('decomposed', index), undecomposed: fact('changed', index) - fact('decomposed', index),
    largest: fact('largest', index),
  }))
  const broken = checks.find(({ largest }) => largest > tolerance)
  if (broken === undefined) return checks
  throw new ReshoreError(
    'DecompositionError',
    `the terms of \`${broken.column}\` miss the change by up to ${broken.largest.toPrecision(3)} in \`${changes.name}\``,
    'Make the changes from one link table: statuses and links must come from the same panel.',
  )
}
