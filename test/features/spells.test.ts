/** Spells and rows at risk against a plain loop over random panels with gaps, and on cases worked by hand. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb, type Engine } from '../../src/engine/index.js'
import { byDestination, spellPeriods, spells, type SpellOptions } from '../../src/features/index.js'
import { find, manyRandomRows, registerRows, rowsOf, sorted, type Row } from './randomPanel.js'

/** Of ten panels each. */
const numRuns = 8
let engine: Engine
beforeAll(async () => {
  engine = await openDuckDb({ threads: 2 })
})
afterAll(() => engine.close())

interface Spell {
  readonly firm: string
  readonly spell: number
  readonly periods: readonly number[]
  readonly ended: number
  readonly startObserved: number
  readonly origin: number
}

/** Walks a firm's years one by one. */
function walk(rows: readonly Row[], { bridge = 0, unknownStarts = 'exclude', origin }: SpellOptions): Spell[] {
  const found: Spell[] = []
  for (const firm of new Set(sorted(rows).map((row) => row.firm))) {
    const state = (year: number): number | null => find(rows, firm, year)?.active ?? null
    let running: number[] = []
    let number = 0
    let missing = 0
    const close = (ended: number): void => {
      if (running.length === 0) return
      const start = running[0]!
      const startObserved = state(start - 1) === 0 ? 1 : 0
      const since = origin === undefined ? null : find(rows, firm, start)!.since
      found.push({ firm, spell: ++number, periods: running, ended, startObserved, origin: startObserved === 1 ? start : Math.min(since ?? start, start) })
      running = []
    }
    for (let year = 2001; year <= 2008; year++) {
      const active = state(year)
      if (active === null) {
        missing++
        if (missing > bridge) close(0)
        continue
      }
      if (active === 0) close(missing === 0 ? 1 : 0)
      else running.push(year)
      missing = 0
    }
    close(0)
  }
  return found.filter(({ startObserved }) => unknownStarts === 'keep' || startObserved === 1)
}

const rules: readonly Omit<SpellOptions, 'active'>[] = [
  {}, { bridge: 1 }, { bridge: 2, unknownStarts: 'keep' }, { unknownStarts: 'keep' }, { unknownStarts: 'keep', origin: 'since' },
]

describe('spells', () => {
  it.each(rules)('are the runs a walk through the years finds, with %j', (rule) => fc.assert(fc.asyncProperty(manyRandomRows, async (rows) => {
    const options = { active: 'active', ...rule }
    const found = await rowsOf(engine, spells(registerRows(engine, rows), options))
    expect(found).toEqual(walk(rows, options).map(({ firm, spell, periods, ended, startObserved, origin }) => ({
      firm, spell, spell_start: periods[0], spell_end: periods.at(-1), spell_origin: origin, spell_years: periods.at(-1)! - origin + 1,
      ended, start_observed: startObserved, reentry: spell > 1 ? 1 : 0,
    })))
  }), { numRuns }))

  it.each(rules)('are at risk while the next period is known, with %j', (rule) => fc.assert(fc.asyncProperty(manyRandomRows, async (rows) => {
    const options = { active: 'active', ...rule }
    const found = await rowsOf(engine, spellPeriods(registerRows(engine, rows), { ...options, varying: ['x'], before: ['area'] }))
    const expected = walk(rows, options).flatMap(({ firm, spell, periods, ended, startObserved, origin }) => periods.flatMap((year, index) => {
      const last = index === periods.length - 1
      if (last ? ended === 0 : periods[index + 1] !== year + 1) return []
      return [{
        firm, spell, year, start: year - origin, stop: year - origin + 1, event: last ? 1 : 0, start_observed: startObserved, reentry: spell > 1 ? 1 : 0,
        x: find(rows, firm, year)!.x, area_before: find(rows, firm, periods[0]! - 1)?.area ?? null,
      }]
    }))
    expect(found).toEqual(expected)
  }), { numRuns }))

  it('by destination are runs of positive amounts', async () => {
    const amounts = [[2001, 0], [2002, 5], [2003, 2], [2004, 0], [2005, null], [2006, 3], [2007, 0]] as const
    const rows = amounts.map(([year, x]): Row => ({ firm: 'a', year, x, active: 1, area: null, sector: 'clothing', since: null }))
    const places = byDestination(registerRows(engine, rows), { europe: 'x', asia: 'active' })
    expect(await rowsOf(engine, spells(places, { active: 'active', unknownStarts: 'keep' }))).toMatchObject([
      { destination: 'asia', spell: 1, spell_start: 2001, spell_end: 2007, start_observed: 0, ended: 0 },
      { destination: 'europe', spell: 1, spell_start: 2002, spell_end: 2003, start_observed: 1, ended: 1, reentry: 0 },
      { destination: 'europe', spell: 2, spell_start: 2006, spell_end: 2006, start_observed: 0, ended: 1, reentry: 1 },
    ])
  })

  it.each([
    [{ bridge: -1 }, 'OptionError'],
    [{ unknownStarts: 'drop' }, 'OptionError'],
    [{ origin: 'since' }, 'OptionError'],
  ])('refuse %j', (rule, name) => {
    const firms = registerRows(engine, [{ firm: 'a', year: 2001, x: 1, active: 1, area: null, sector: 'clothing', since: null }])
    expect(() => spells(firms, { active: 'active', ...rule } as SpellOptions)).toThrow(expect.objectContaining({ name }) as Error)
  })
})
