/** What is shown of a masked count table must leave every hidden small count open. Enumerates all tables that show the same. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hideCounts } from '../../../src/report/masking/complementary.js'
import type { Hidden } from '../../../src/report/masking/complementary.js'

const minCell = 4

interface Case {
  readonly counts: number[][]
  readonly totalRow: boolean
  readonly totalColumn: boolean
}

function withMargins(inner: readonly (readonly number[])[], totalRow: boolean, totalColumn: boolean): Case {
  const rows = inner.map((row) => (totalColumn ? [...row, row.reduce((a, b) => a + b, 0)] : [...row]))
  const sums = rows[0]!.map((_, column) => rows.reduce((sum, row) => sum + row[column]!, 0))
  return { counts: totalRow ? [...rows, sums] : rows, totalRow, totalColumn }
}

/** Values each inner cell takes over all tables of counts that agree with everything shown. */
function possibleValues({ counts, totalRow, totalColumn }: Case, hidden: readonly (readonly Hidden[])[]): Set<number>[][] {
  const rows = counts.length - (totalRow ? 1 : 0)
  const columns = counts[0]!.length - (totalColumn ? 1 : 0)
  const values = counts.slice(0, rows).map((line) => line.slice(0, columns).map(() => new Set<number>()))
  const most = Math.max(...counts.slice(0, rows).flatMap((line) => line.slice(0, columns))) + 3
  const unknown = counts
    .slice(0, rows)
    .flatMap((line, row) => line.slice(0, columns).flatMap((_, column) => (hidden[row]![column] ? [[row, column] as const] : [])))
  const trial = counts.slice(0, rows).map((line) => line.slice(0, columns))
  const lineAgrees = (sum: number, shown: number | undefined): boolean => shown === undefined || sum === shown
  const agrees = (): boolean =>
    (!totalColumn ||
      trial.every((line, row) =>
        lineAgrees(
          line.reduce((a, b) => a + b, 0),
          hidden[row]![columns] ? undefined : counts[row]![columns],
        ),
      )) &&
    (!totalRow ||
      trial[0]!.every((_, column) =>
        lineAgrees(
          trial.reduce((sum, line) => sum + line[column]!, 0),
          hidden[rows]![column] ? undefined : counts[rows]![column],
        ),
      ))
  const place = (index: number): void => {
    if (index === unknown.length) {
      if (agrees())
        for (const [row, line] of trial.entries()) for (const [column, value] of line.entries()) values[row]![column]!.add(value)
      return
    }
    const [row, column] = unknown[index]!
    for (let value = 0; value <= most; value++) {
      trial[row]![column] = value
      place(index + 1)
    }
  }
  place(0)
  return values
}

const cases = fc.tuple(
  fc.array(fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 2, maxLength: 2 }), { minLength: 2, maxLength: 3 }),
  fc.boolean(),
  fc.boolean(),
)

describe('complementary masking', () => {
  it('hides every small count and leaves each of them open', () => {
    fc.assert(
      fc.property(cases, ([inner, totalRow, totalColumn]) => {
        const grid = withMargins(inner, totalRow, totalColumn)
        const hidden = hideCounts(grid, minCell)
        const values = possibleValues(grid, hidden)
        for (const [row, line] of inner.entries()) {
          for (const [column, count] of line.entries()) {
            if (count > 0 && count < minCell) expect(hidden[row]![column]).toBe('primary')
            if (hidden[row]![column] === 'primary') expect(values[row]![column]!.size).toBeGreaterThan(1)
          }
        }
      }),
      { numRuns: 150 },
    )
  })
  it('hides nothing where nothing is small', () => {
    expect(
      hideCounts(
        withMargins(
          [
            [4, 9],
            [8, 5],
          ],
          true,
          true,
        ),
        minCell,
      ).flat(),
    ).toEqual(Array(9).fill(undefined))
  })
  it('needs no second cell without margins', () => {
    expect(
      hideCounts(
        withMargins(
          [
            [1, 9],
            [8, 5],
          ],
          false,
          false,
        ),
        minCell,
      ),
    ).toEqual([
      ['primary', undefined],
      [undefined, undefined],
    ])
  })
  it('finds the hidden cell that joins two closed groups: two hidden cells a line are not enough', () => {
    const inner = [
      [1, 1, 9, 9, 9],
      [1, 1, 2, 9, 9],
      [9, 9, 9, 1, 1],
      [9, 9, 2, 1, 1],
    ]
    const hidden = hideCounts(withMargins(inner, true, true), 3)
    expect(hidden[1]![2]).toBe('primary')
    expect(hidden.flat().filter((mark) => mark === 'secondary').length).toBeGreaterThan(0)
  })
  it('never lets the hidden cells of a line add up to a small count', () => {
    const grid = withMargins(
      [
        [1, 20],
        [1, 30],
        [9, 40],
      ],
      true,
      false,
    )
    expect(hideCounts(grid, 5).map(([mark]) => mark)).toEqual(['primary', 'primary', 'secondary', undefined])
  })
})
