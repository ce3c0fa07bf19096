/** What an offshoring study needs of its data before it estimates anything: the year that gives the initial condition, and rows to estimate on. */
import { relation, ReshoreError, sql, type Engine, type FlowStep, type Relation } from 'reshore'
import type { AnyStudy } from './study.js'

/** The study's first year is there; a sentence about other years that are not. */
export async function requireYears(engine: Engine, firms: Relation, { firstYear, lastYear, rowsOf, words }: AnyStudy): Promise<string[]> {
  const table = await engine.query(relation('years', { key: ['year'] }, sql`SELECT year FROM ${firms} GROUP BY year`))
  const found = new Set([...table.getChild('year')!].map(Number))
  if (!found.has(firstYear)) {
    throw new ReshoreError('MissingYearError', `table \`${rowsOf}\` has no row of ${firstYear}; its years are ${[...found].join(', ')}`,
      `Put the rows of ${firstYear} into the data folder: that year gives the initial condition of every ${words.unit} and the first lags.`)
  }
  const lacking = Array.from({ length: lastYear - firstYear + 1 }, (_, index) => firstYear + index).filter((year) => !found.has(year))
  if (lacking.length === 0) return []
  return [`Table \`${rowsOf}\` has no row of ${lacking.join(', ')}: a year after a gap has no year before, and spells that meet it are censored.`]
}

/** Decisions and years at risk, by the stops of `sampleFlow`. */
export function requireSamples(stops: readonly FlowStep[], { words: { units, activity } }: AnyStudy): void {
  const rowsOf = (id: string): FlowStep => stops.find((stop) => stop.id === id)!
  const decisions = rowsOf('entry-sample')
  if (decisions.rows === 0) {
    const reasons = decisions.dropped.map(({ reason, rows }) => `${rows} ${reason}`).join(', ')
    throw new ReshoreError('EmptySampleError', `no decision of ${units} about ${activity} is left: ${reasons}`,
      'Look at the columns of the raw files that these reasons name, and at their quarantine files.')
  }
  if (rowsOf('spell-periods').rows === 0) {
    throw new ReshoreError('EmptySampleError', `no spell of ${activity} has an observed start and a known next year`,
      `The study needs ${units} that start in a year after the first and are seen again the year after.`)
  }
}
