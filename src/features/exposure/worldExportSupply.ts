/**
 * The world-export-supply instrument, shares and shocks kept apart so that inference can be by shock:
 *
 *     Z_n = Σ_cp s_ncp g_cp ,   g_cp = ln X_cp,to − ln X_cp,from
 *
 * X the exports of country c in product p to the world without the country under study. Missing-value rule: a shock is missing
 * where leave-out exports of either year are missing or not positive; such shares do not enter Z and are counted apart. A unit
 * none of whose shares meets a shock has a missing Z. Units: log points; shares as given.
 */
import { ReshoreError } from '../../errors.js'
import { id, relation, sql } from '../../engine/index.js'
import type { Engine, Relation, Sql } from '../../engine/records.js'
import { asFloat, asInteger, exactSum, logOf } from '../exactMeans.js'
import { checkBetween, type Between } from '../links/statuses.js'

export interface ShockOptions extends Between {
  /** Column with the exports to leave out, or null to leave nothing out. Default `to_japan`. */
  readonly leaveOut?: string | null
}

/**
 * Shocks keyed by country and product, from `country`, `product`, `year`, `exports` and the exports to leave out; `log_exports_from` is where they
 * started, for tests of balance.
 *
 * @example const shocks = exportShocks(worldExports, { from: 2005, to: 2010 })
 */
export function exportShocks(worldExports: Relation, { from, to, leaveOut = 'to_japan' }: ShockOptions): Relation {
  checkBetween({ from, to })
  const rest = leaveOut === null ? sql`w.exports` : sql`w.exports - ${id('w', leaveOut)}`
  const at = (year: number): Sql => sql`max(CASE WHEN w.year = ${year} THEN ${logOf(rest)} END)`
  return relation('export_shocks', { key: ['country', 'product'] }, sql`
    SELECT w.country, w.product, ${at(to)} - ${at(from)} AS shock, ${at(from)} AS log_exports_from FROM ${worldExports} AS w
    WHERE w.year IN (${from}, ${to}) GROUP BY w.country, w.product`)
}

/**
 * Exposure keyed by `unit` (default `firm`): `wes` (Z), `share_sum` (of the shares that meet a shock: the control for incomplete
 * shares), `share_total` (of all shares) and `shocks` (how many it meets).
 *
 * @example exposure(shares, shocks)
 */
export function exposure(shares: Relation, shocks: Relation, { unit = 'firm' }: { readonly unit?: string } = {}): Relation {
  const met = sql`CASE WHEN g.shock IS NOT NULL THEN s.share END`
  return relation('exposure', { key: [unit] }, sql`
    SELECT ${id('s', unit)}, ${exactSum(sql`s.share * g.shock`)} AS wes, coalesce(${exactSum(met)}, 0e0) AS share_sum,
      ${exactSum(sql`s.share`)} AS share_total, ${asInteger(sql`count(${met})`)} AS shocks
    FROM ${shares} AS s LEFT JOIN ${shocks} AS g ON g.country = s.country AND g.product = s.product GROUP BY ${id('s', unit)}`)
}

export interface ShareCheck {
  readonly units: number
  /** Largest sum of a unit. */
  readonly largest: number
  /** Units whose shares sum to less than one by more than rounding: their exposure is incomplete. */
  readonly incomplete: number
}

/** Shares written with a few decimals may miss one by so much. */
const rounding = 1e-6

/**
 * Sums of shares by unit. Sums above one (by more than 1e-6) and negative shares are a `SharesError` that names the worst unit.
 *
 * @example await checkShares(engine, inputShares, 'industry')
 */
export async function checkShares(engine: Engine, shares: Relation, unit: string): Promise<ShareCheck> {
  const sums = relation('share_sums', { key: ['unit'] }, sql`
    SELECT CAST(${id('s', unit)} AS VARCHAR) AS unit, ${exactSum(sql`s.share`)} AS total, ${asFloat(sql`min(s.share)`)} AS smallest
    FROM ${shares} AS s WHERE ${id('s', unit)} IS NOT NULL GROUP BY ${id('s', unit)}`)
  const bad = sql`u.total > ${1 + rounding} OR u.smallest < 0`
  const facts = await engine.query(relation('share_check', { key: [] }, sql`
    SELECT ${asInteger(sql`count(*)`)} AS units, coalesce(max(u.total), 0e0) AS largest,
      ${asInteger(sql`count(CASE WHEN u.total < ${1 - rounding} THEN 1 END)`)} AS incomplete,
      ${asInteger(sql`count(CASE WHEN ${bad} THEN 1 END)`)} AS bad
    FROM ${sums} AS u`))
  const fact = (name: string): number => Number(facts.getChild(name)!.get(0))
  if (fact('bad') === 0) return { units: fact('units'), largest: fact('largest'), incomplete: fact('incomplete') }
  const worst = await engine.query(relation('worst_shares', { key: [] }, sql`
    SELECT u.unit, u.total, u.smallest FROM ${sums} AS u WHERE ${bad} ORDER BY u.total DESC, u.unit LIMIT 1`))
  const [name, total, smallest] = ['unit', 'total', 'smallest'].map((column) => worst.getChild(column)!.get(0) as string | number)
  const what = Number(smallest) < 0 ? `has a negative share, ${smallest}` : `sum to ${total}`
  throw new ReshoreError(
    'SharesError',
    `shares of ${fact('bad')} of ${fact('units')} units in \`${shares.name}\` are no shares: those of \`${name}\` ${what}`,
    'Divide by the total that contains all parts (purchases, not imports), remove duplicate rows, or correct the table.',
  )
}
