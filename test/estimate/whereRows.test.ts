import { DateDay, Table, tableFromArrays, vectorFromArray } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { isReshoreError } from '../../src/errors.js'
import { conditionColumns, whereRows } from '../../src/estimate/index.js'
import type { ArrowTable } from '../../src/estimate/records.js'
import { randomStream } from '../../src/numerics/random.js'

const given = tableFromArrays({
  id: Int32Array.of(1, 2, 3, 4, 5, 6),
  x: Float64Array.of(1, 2, NaN, 4, 5, 6),
  year: Int32Array.of(1995, 1995, 2000, 2000, 2005, 2005),
  home: ['IT', 'IT', 'DE', null, 'FR', 'FR'],
  away: ['IT', 'DE', 'DE', 'IT', 'IT', 'FR'],
  flag: [true, false, true, false, true, false],
  said: ['2020-01-15', '2020-02-01', '2020-02-15', null, '2021-01-01', '2019-12-31'],
})
const day = vectorFromArray(['2020-01-15', '2020-02-01', '2020-02-15', null, '2021-01-01', '2019-12-31'].map((text) => (text === null ? null : new Date(text))), new DateDay())
const table = given.assign(new Table({ day })) as unknown as ArrowTable
const ids = (text: string): number[] => Array.from(whereRows(table, text).getChild('id')!, Number)

describe('whereRows', () => {
  it.each([
    ['year == 1995', [1, 2]],
    ['year = 1995', [1, 2]],
    ['year != 1995', [3, 4, 5, 6]],
    ['year <> 1995 && x >= 5', [5, 6]],
    ['x > 1', [2, 4, 5, 6]],
    ['!(x > 1)', [1]],
    ['not x > 1 or id = 3', [1, 3]],
    ['x < 2 | x > 5', [1, 6]],
    ['x < 2 || x > 5 & year == 2005', [1, 6]],
    ['(x < 2 | x > 5) and year == 2005', [6]],
    ['(x + 1) * 2 > 10', [5, 6]],
    ['(year - 1995)/5 == 1', [3, 4]],
    ['log(x) > 1.5', [5, 6]],
    ["home == 'IT'", [1, 2]],
    ["'IT' == home", [1, 2]],
    ['home != away', [2, 5]],
    ["home in ('IT', 'FR') & away == 'IT'", [1, 5]],
    ["home not in ('IT', 'FR')", [3]],
    ['year in (1995, 2005)', [1, 2, 5, 6]],
    ["year %in% c(1995, 2005) & home %in% c('IT')", [1, 2]],
    ['(x > 2) + (year > 1995) == 2', [4, 5, 6]],
    ['flag', [1, 3, 5]],
    ['!flag & x > 2', [4, 6]],
    ['flag or not (id - 1 > 0)', [1, 3, 5]],
    ['(flag) and (year == 1995)', [1]],
    ['flag == true', [1, 3, 5]],
    ['flag == FALSE & x > 2', [4, 6]],
    ['`id` >= 6', [6]],
    ["said >= '2020-02-01'", [2, 3, 5]],
    ["day >= '2020-02-01' & day < '2021'", [2, 3]],
    ["'2020-02' <= day", [2, 3, 5]],
    ["day == '2020-02-15' | said == '2019-12-31'", [3, 6]],
    ['day <= said', [1, 2, 3, 5, 6]],
  ] as const)('%s', (text, wanted) => expect(ids(text)).toEqual(wanted))

  it('keeps values, missing ones and types of all columns', () => {
    const kept = whereRows(table, 'id in (3, 4)')
    expect(Array.from(kept.getChild('x')!)).toEqual([NaN, 4])
    expect(Array.from(kept.getChild('home')!)).toEqual(['DE', null])
    expect(Array.from(kept.getChild('flag')!)).toEqual([true, false])
  })

  it('names the columns it reads', () => {
    expect(conditionColumns("log(x) > 1 | (home != away & !(home in ('IT')))")).toEqual(['x', 'home', 'away'])
  })

  it('`&` binds before `|`, and double negation changes nothing, on random conditions', () => {
    const random = randomStream(3, 'conditions')
    const one = (): string => `${['x', 'id', 'year - 1994'][random.integer(3)]} ${['<', '<=', '>', '>=', '==', '!='][random.integer(6)]} ${random.integer(7)}`
    const read = (text: string): number[] => {
      try {
        return ids(text)
      } catch (error) {
        if (isReshoreError(error) && error.name === 'EmptySampleError') return []
        throw error
      }
    }
    for (let trial = 0; trial < 200; trial++) {
      const [a, b, c] = [one(), one(), one()]
      expect(read(`${a} | ${b} & ${c}`)).toEqual(read(`(${a}) | ((${b}) & (${c}))`))
      expect(read(`!(!(${a} & ${b}))`)).toEqual(read(`${a} & ${b}`))
      expect(read(`!(${a} | ${b})`)).toEqual(read(`!(${a}) & !(${b})`))
    }
  })

  it.each([
    ["year == '1995'", 'ColumnTypeError', "'1995' is a text and `year` is a number", 2],
    ['home == 3', 'ColumnTypeError', '`home` is a text', 2],
    ["home < 'IT'", 'FormulaError', "texts compared with `<`, of which 'DE' is no date", 2],
    ["day > 'March'", 'FormulaError', "of which 'March' is no date", 2],
    ["said > '2020-13-01'", 'FormulaError', "of which '2020-13-01' is no date", 2],
    ['yaer == 1995', 'MissingColumnError', 'no column `yaer`', 2],
    ['year == 1995 year', 'FormulaError', 'unexpected `year` in the condition, column 14', 2],
    ['year == 1995 &', 'FormulaError', 'a column or a number expected, found the end', 2],
    ['x %in% 3', 'FormulaError', '`(` expected after in', 2],
    ['year', 'ColumnTypeError', '`year` is 1995 where 0 or 1 is needed', 2],
    ['home & flag', 'ColumnTypeError', '`home` is a text where true or false is needed', 2],
    ["'IT'", 'FormulaError', 'a comparison expected', 2],
    ['x % 3 == 1', 'FormulaError', 'cannot read `%` in the condition', 2],
    ['year == 1990', 'EmptySampleError', 'none of 6 rows satisfies `year == 1990`', 1],
  ])('%s is an error', (text, name, message, exitCode) => {
    expect.assertions(3)
    try {
      ids(text)
    } catch (error) {
      expect(error).toMatchObject({ name, exitCode })
      expect((error as Error).message).toContain(message)
      expect((error as { remedy?: string }).remedy!.length).toBeGreaterThan(10)
    }
  })
})
