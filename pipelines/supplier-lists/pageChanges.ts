/** Who stays, leaves and comes: links between lists, by what factories make and by country, cohorts and a map. */
import { dataTable, relation, sql, type Engine, type FigureModel, type PageSection } from 'reshore'
import { rowsOf, type Row } from '../shared/words.js'
import type { Entries } from './entries.js'
import type { Links } from './links.js'

/** Links between a list and the next. */
export interface Interval {
  readonly from: string
  readonly to: string
  readonly months: number
  readonly before: number
  readonly continued: number
  readonly dropped: number
  /** Of the dropped, those another brand still lists. */
  readonly elsewhere: number
  readonly added: number
  /** Of the added, those that were on an earlier list. */
  readonly reformed: number
}

export interface ChangeFacts {
  readonly intervals: readonly Interval[]
  readonly byLine: readonly Row[]
  readonly byCountry: readonly Row[]
  readonly cohorts: readonly Row[]
}

/** A column of numbers of units. */
export const counted = (key: string, label: string) => ({ key, label, role: 'count', format: 'integer' }) as const

const cases = (condition: ReturnType<typeof sql>) => sql`CAST(sum(CASE WHEN ${condition} THEN 1 ELSE 0 END) AS INTEGER)`
const byStatus = sql`${cases(sql`s.status = 'continue'`)} AS continued, ${cases(sql`s.status = 'drop'`)} AS dropped,
      ${cases(sql`s.status = 'add'`)} AS added`

export async function changeFacts(engine: Engine, { statuses, byCountry, cohorts }: Links, { dates }: Entries): Promise<ChangeFacts> {
  const changes = await engine.query(relation('changes', { key: ['year_from'] }, sql`
    SELECT s.year_from, ${byStatus}, ${cases(sql`s.status = 'add' AND s.reformed = 1`)} AS reformed,
      ${cases(sql`s.status = 'drop' AND s.partner_present = 1`)} AS elsewhere
    FROM ${statuses} AS s GROUP BY s.year_from`))
  const byLine = await engine.query(relation('changes_by_line', { key: ['line', 'year_from'] }, sql`
    SELECT s.line, s.year_from, ${byStatus} FROM ${statuses} AS s GROUP BY s.line, s.year_from`))
  return {
    intervals: rowsOf(changes).map((row, index) => {
      const [from, to] = [dates[index]!, dates[index + 1]!]
      const [continued, dropped] = [Number(row.continued), Number(row.dropped)]
      return {
        from: from.date, to: to.date, months: to.months - from.months, before: continued + dropped, continued, dropped,
        elsewhere: Number(row.elsewhere), added: Number(row.added), reformed: Number(row.reformed),
      }
    }),
    byLine: rowsOf(byLine), byCountry: rowsOf(await engine.query(byCountry)), cohorts: rowsOf(await engine.query(cohorts)),
  }
}

export function changeSection({ dates }: Entries, facts: ChangeFacts): PageSection {
  const names = facts.intervals.map(({ from, to }) => `${from} to ${to}`)
  const lines = facts.byLine.map((row) => ({ ...row, interval: names[Number(row.year_from) - dates[0]!.wave]! }))
  return {
    id: 'changes', title: 'Who stays, leaves and comes',
    blocks: [
      statusTable(facts.intervals, names),
      dataTable('lines', 'Links by what the factory makes', lines, {
        columns: [
          { key: 'line', label: 'Makes', role: 'label' }, { key: 'interval', label: 'Lists', role: 'label' },
          counted('continued', 'Continued'), counted('dropped', 'Dropped'), counted('added', 'Added'),
        ],
        unitName: 'factories',
        notes: ['A list may also grow because it covers more: many added of one kind at once may be listed for the first time, not new.'],
      }),
      cohortFigure(dates, facts.cohorts),
      countryMap(facts.byCountry, dates.at(-1)!.date),
      dataTable('countries', 'Factories by country', facts.byCountry.map(({ name, first, continued, dropped, added, last }) =>
        ({ name: name!, first: first!, continued: continued!, dropped: dropped!, added: added!, last: last! })), {
        columns: [
          { key: 'name', label: 'Country', role: 'label' }, counted('first', dates[0]!.date), counted('continued', 'Continued'),
          counted('dropped', 'Dropped'), counted('added', 'Added'), counted('last', dates.at(-1)!.date),
        ],
        unitName: 'factories', notes: ['Continued, dropped and added over all intervals.'],
      }),
    ],
  }
}

function statusTable(intervals: readonly Interval[], names: readonly string[]) {
  const rows = intervals.map((row, index) => ({ ...row, interval: names[index]!, share: row.dropped / row.before }))
  return dataTable('statuses', 'Links between lists', rows, {
    columns: [
      { key: 'interval', label: 'Lists', role: 'label' }, { key: 'months', label: 'Months', role: 'label' }, counted('before', 'Before'),
      counted('continued', 'Continued'), counted('dropped', 'Dropped'), counted('elsewhere', 'for other brands'),
      counted('added', 'Added'), counted('reformed', 'come back'),
      { key: 'share', label: 'Dropped, share', format: { percent: 1 }, follows: 'dropped' },
    ],
    unitName: 'factories',
    notes: ['Dropped factories that another brand still lists, and added ones that were on an earlier list, are in the columns beside.'],
  })
}

function cohortFigure(dates: Entries['dates'], cohorts: readonly Row[]): FigureModel {
  const on = (cohort: number, wave: number): number => Number(cohorts.find((row) => row.cohort === cohort && row.wave === wave)?.factories ?? 0)
  const series = dates.slice(0, -1).filter(({ wave }) => on(wave, wave) > 0).map(({ wave, date, months }) => {
    const later = dates.filter((list) => list.wave >= wave)
    const still = later.map((list) => on(wave, list.wave))
    return { name: `first listed ${date}`, x: later.map((list) => list.months - months), y: still.map((n) => n / still[0]!), units: still }
  })
  return {
    kind: 'lines', id: 'cohorts', title: 'Share still on the list',
    caption: 'Factories by the list they are first on: the share on later lists, those that come back included.',
    x: { label: 'months since first listed' }, y: { label: 'share on the list', format: { percent: 0 }, domain: [0, 1] },
    series, unitName: 'factories',
  }
}

function countryMap(byCountry: readonly Row[], date: string): FigureModel {
  const places = byCountry.map(({ name, numeric, last }) =>
    ({ name: String(name), country: String(numeric), value: Number(last), units: Number(last) }))
  return {
    kind: 'map', geography: 'countries', id: 'map', title: `Factories by country, ${date}`, valueLabel: 'factories', format: 'integer',
    unitName: 'factories', places,
  }
}
