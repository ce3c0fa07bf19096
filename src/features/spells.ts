/**
 * Spells: maximal runs of consecutive periods in which a unit is active, by firm or, over `byDestination`, by firm and
 * destination.
 *
 * - Start. A start is observed where the unit was seen inactive in the period before. A spell already running when the unit is
 *   first seen, or first seen after a gap, has an unknown start: it is left out (`exclude`, default) or kept (`keep`); kept
 *   spells count time from `origin` where the data know since when, and from the first period seen otherwise (an understatement).
 * - End. A spell ends where the unit is seen inactive in the period after (`ended` 1); at a gap, at the unit's last period or at
 *   the end of the panel it is censored (`ended` 0).
 * - Gaps. A period without a row or with a missing activity is a gap. It breaks a spell, unless at most `bridge` periods are
 *   missing between two active ones.
 * - Re-entry. `reentry` is 1 where the unit was seen active before the spell. Spells are numbered in time, left-out ones too.
 *
 * Missing-value rule: rows with a missing activity are no rows. Unit: periods.
 */
import { ReshoreError } from '../errors.js'
import { id, join, relation, sql, type } from '../engine/index.js'
import type { Relation, Sql } from '../engine/records.js'
import { columnsOf, panelKey, type Panel } from './panel.js'

export interface SpellOptions {
  /** 0/1 or boolean column. */
  readonly active: string
  /** Spells whose start is not observed. Default `exclude`. */
  readonly unknownStarts?: 'exclude' | 'keep'
  /** Column with the first period of the running activity, read at a spell's first row; only for kept unknown starts. */
  readonly origin?: string
  /** Longest gap, in periods, that does not break a spell. Default 0. */
  readonly bridge?: number
}

/**
 * One row a spell, keyed by unit and `spell` (1, 2, …): `spell_start` and `spell_end` (first and last active period),
 * `spell_origin` (time counts from here; never after the start), `spell_years` (from origin to end, both included), and the
 * flags `ended`, `start_observed` and `reentry`.
 *
 * @example spells(firms, { active: 'offshoring' })
 */
export function spells(of: Panel, options: SpellOptions): Relation {
  const { unknownStarts = 'exclude', origin } = checked(options)
  const whole = (value: Sql): Sql => sql`CAST(${value} AS ${type('int')})`
  const key = [...of.unit, 'spell']
  const since = origin === undefined ? sql`min(r.at_period)` : sql`
        CASE WHEN max(r.start_observed) = 1 THEN min(r.at_period)
          ELSE least(coalesce(max(CASE WHEN r.opens = 1 THEN r.origin END), min(r.at_period)), min(r.at_period)) END`
  const runs = relation('runs', { key }, sql`
    SELECT ${columnsOf('r', key)}, min(r.at_period) AS spell_start, max(r.at_period) AS spell_end, ${since} AS spell_origin,
      max(r.ends) AS ended, max(r.start_observed) AS start_observed
    FROM ${activeRows(of, options)} AS r GROUP BY ${columnsOf('r', key)}`)
  return relation('spells', { key }, sql`
    SELECT ${columnsOf('s', key)}, ${whole(sql`s.spell_start`)} AS spell_start, ${whole(sql`s.spell_end`)} AS spell_end,
      ${whole(sql`s.spell_origin`)} AS spell_origin, ${whole(sql`s.spell_end - s.spell_origin + 1`)} AS spell_years,
      s.ended, s.start_observed, CASE WHEN s.spell > 1 THEN 1 ELSE 0 END AS reentry
    FROM ${runs} AS s${unknownStarts === 'exclude' ? sql` WHERE s.start_observed = 1` : sql``}`)
}

/**
 * Active rows with their spell, keyed by unit and `at_period`: `spell`, and flags of the row: `opens` its spell,
 * `start_observed` (seen inactive just before), `ends` it (seen inactive just after).
 */
export function activeRows(of: Panel, options: SpellOptions): Relation {
  const { bridge = 0 } = checked(options)
  const changes = activityChanges(of, options)
  const runs = relation('activity_runs', { key: changes.key }, sql`
    SELECT a.*, CASE WHEN a.active_before = 1 AND a.at_period - a.period_before <= ${bridge + 1} THEN 0 ELSE 1 END AS opens,
      CASE WHEN a.active_before = 0 AND a.at_period - a.period_before = 1 THEN 1 ELSE 0 END AS start_observed,
      CASE WHEN a.active_after = 0 AND a.period_after - a.at_period = 1 THEN 1 ELSE 0 END AS ends
    FROM ${changes} AS a WHERE a.is_active = 1`)
  const spell = sql`sum(a.opens)
      OVER (PARTITION BY ${columnsOf('a', of.unit)} ORDER BY a.at_period ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`
  return relation('active_rows', { key: changes.key }, sql`SELECT a.*, CAST(${spell} AS ${type('int')}) AS spell FROM ${runs} AS a`)
}

/** Rows with a known activity, and the activity and period of the unit's rows before and after. */
function activityChanges(of: Panel, { active, origin }: SpellOptions): Relation {
  const key = [...of.unit, 'at_period']
  const since = origin === undefined ? sql`` : sql`, ${id('p', origin)} AS origin`
  const activity = relation('activity', { key }, sql`
    SELECT ${columnsOf('p', of.unit)}, ${id('p', of.period)} AS at_period,
      CASE WHEN CAST(${id('p', active)} AS ${type('bool')}) THEN 1 ELSE 0 END AS is_active${since}
    FROM ${of.rows} AS p WHERE ${id('p', active)} IS NOT NULL`)
  const window = sql`OVER (PARTITION BY ${columnsOf('a', of.unit)} ORDER BY a.at_period)`
  return relation('activity_changes', { key }, sql`
    SELECT a.*, lag(a.is_active) ${window} AS active_before, lag(a.at_period) ${window} AS period_before,
      lead(a.is_active) ${window} AS active_after, lead(a.at_period) ${window} AS period_after
    FROM ${activity} AS a`)
}

function checked(options: SpellOptions): SpellOptions {
  const { bridge = 0, unknownStarts = 'exclude', origin } = options
  if (!Number.isSafeInteger(bridge) || bridge < 0) {
    throw new ReshoreError('OptionError', `a bridge of ${bridge} periods`, 'Give a whole number of periods, 0 for none.', 2)
  }
  if (unknownStarts !== 'exclude' && unknownStarts !== 'keep') {
    throw new ReshoreError('OptionError', `unknownStarts is \`${String(unknownStarts)}\``, "Choose 'exclude' or 'keep'.", 2)
  }
  if (origin !== undefined && unknownStarts === 'exclude') {
    const remedy = "Set unknownStarts: 'keep', or leave the origin out."
    throw new ReshoreError('OptionError', 'an origin column without kept unknown starts would not be used', remedy, 2)
  }
  return options
}

/**
 * A panel by unit and destination from one column a destination: `destination` (the label), `amount` and `active` (1 where the
 * amount is positive; missing where it is missing).
 *
 * @example byDestination(firms, { europe: 'sub_europe', east_asia: 'sub_east_asia' })
 */
export function byDestination(of: Panel, amounts: Readonly<Record<string, string>>): Panel {
  const entries = Object.entries(amounts)
  if (entries.length === 0) {
    throw new ReshoreError('NoDestinationsError', 'no destination columns', 'Name at least one, as { label: column }.', 2)
  }
  const unit: Panel['unit'] = [...of.unit, 'destination']
  const parts = entries.map(([label, column]) => sql`
    SELECT ${columnsOf('p', panelKey(of))}, ${label} AS destination, CAST(${id('p', column)} AS ${type('float')}) AS amount,
      CASE WHEN ${id('p', column)} > 0 THEN 1 WHEN ${id('p', column)} IS NOT NULL THEN 0 END AS active
    FROM ${of.rows} AS p`)
  return { rows: relation('by_destination', { key: [...unit, of.period] }, join(parts, ' UNION ALL ')), unit, period: of.period }
}
