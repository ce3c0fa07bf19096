/**
 * Spells as rows at risk, for Cox models over start-stop intervals and for discrete-time (cloglog) hazards: the same rows.
 *
 * A row says that the unit was active in `period` and that the next period is known: it is at risk in (`start`, `stop`], with
 * `stop` the periods since the spell's origin (1 for its first), and `event` 1 where it is seen inactive next. A censored spell
 * has no row for its last period: whether it survived that one nobody knows. Inside a bridged gap there are no rows either: the
 * unit leaves the risk set and comes back. Spells kept with an earlier origin enter late: their first `start` is above 0.
 *
 * Time-varying covariates are those of `period`, the last one active before the outcome; `x_before` is the value in the period
 * before the spell's first. Missing-value rule: covariates are missing where their row is. Unit: periods.
 */
import { id, relation, sql, type } from '../engine/index.js'
import type { Relation, Sql } from '../engine/records.js'
import { columnsOf, sameValues, sequence, type Panel } from './panel.js'
import { activeRows, spells, type SpellOptions } from './spells.js'

export interface SpellPeriodOptions extends SpellOptions {
  /** Panel columns carried with the values of each period at risk. */
  readonly varying?: readonly string[]
  /** Panel columns carried with their values in the period before the spell's first, as `x_before`. */
  readonly before?: readonly string[]
}

/**
 * Rows at risk keyed by unit, `spell` and the panel's period, with `start`, `stop`, `event`, the flags `start_observed` and
 * `reentry`, and the covariates asked for. A discrete-time model takes `event ~ i(stop) + …`, Cox `surv(start, stop, event) ~ …`.
 *
 * @example spellPeriods(firms, { active: 'offshoring', varying: ['employees'], before: ['export_share'] })
 */
export function spellPeriods(of: Panel, options: SpellPeriodOptions): Relation {
  const { varying = [], before = [], ...rule } = options
  const whole = (value: Sql): Sql => sql`CAST(${value} AS ${type('int')})`
  const clock = sql`r.at_period - s.spell_origin`
  const carried = [
    ...columnsOf('v', varying).map((column) => sql`, ${column}`),
    ...before.map((column) => sql`, ${id('b', column)} AS ${id(`${column}_before`)}`),
  ]
  const row = (alias: string, at: Sql): Sql => sql`
    LEFT JOIN ${of.rows} AS ${id(alias)} ON ${sameValues(of.unit, alias, 'r')} AND ${id(alias, of.period)} = ${at}`
  const joins = [
    ...(varying.length > 0 ? [row('v', sql`r.at_period`)] : []),
    ...(before.length > 0 ? [row('b', sql`s.spell_start - 1`)] : []),
  ]
  return relation('spell_periods', { key: [...of.unit, 'spell', of.period] }, sql`
    SELECT ${columnsOf('r', of.unit)}, s.spell, r.at_period AS ${id(of.period)}, ${whole(clock)} AS ${id('start')},
      ${whole(sql`${clock} + 1`)} AS ${id('stop')}, r.ends AS event, s.start_observed, s.reentry${sequence(carried)}
    FROM ${atRisk(of, rule)} AS r
    JOIN ${spells(of, rule)} AS s ON ${sameValues([...of.unit, 'spell'], 's', 'r')}${sequence(joins)}`)
}

/** Active rows whose next period is known. */
function atRisk(of: Panel, rule: SpellOptions): Relation {
  const rows = activeRows(of, rule)
  const next = sql`lead(a.at_period) OVER (PARTITION BY ${columnsOf('a', [...of.unit, 'spell'])} ORDER BY a.at_period)`
  const followed = relation('followed_rows', { key: rows.key }, sql`SELECT a.*, ${next} AS next_active FROM ${rows} AS a`)
  return relation('rows_at_risk', { key: rows.key }, sql`
    SELECT a.* FROM ${followed} AS a WHERE a.ends = 1 OR a.next_active = a.at_period + 1`)
}
