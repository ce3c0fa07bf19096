/** What a display format says about a number: a date, a time, or a count of periods since 1960. */

export interface TimeFormat {
  /** Units in a day, where whole days become dates. */
  readonly perDay?: number
  /** What a number counts that stays a number. */
  readonly unit: string
}

/** Days from 1960-01-01, Stata's zero, to 1970-01-01. */
export const daysTo1970 = 3653
/** Stata's calendar: the years 100 to 9999. */
export const [firstDay, lastDay] = [-679_350, 2_936_549]

const periods: Readonly<Record<string, TimeFormat>> = {
  td: { perDay: 1, unit: 'days since 1960-01-01' },
  tc: { perDay: 86_400_000, unit: 'milliseconds since 1960-01-01' },
  tC: { unit: 'milliseconds since 1960-01-01, leap seconds counted' },
  tw: { unit: 'weeks since 1960w1' },
  tm: { unit: 'months since 1960m1' },
  tq: { unit: 'quarters since 1960q1' },
  th: { unit: 'half-years since 1960h1' },
  ty: { unit: 'years' },
}

/** The meaning of a display format such as `%td`, `%-tdD_m_Y` or `%d`; undefined for plain numbers. */
export function timeFormat(format: string): TimeFormat | undefined {
  const [, kind, rest] = /^%-?(t.|d)(.*)$/.exec(format) ?? []
  if (kind === 'd') return periods.td
  if (kind === 'tb') return { unit: `business days of the calendar ${/^[^:]*/.exec(rest!)![0]}` }
  return kind === undefined ? undefined : periods[kind]
}
