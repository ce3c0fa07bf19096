/** What is shown of a masked flow must leave every small count open: checked by counting the flows that show the same. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FlowStep } from '../../../src/report/index.js'
import { maskFlow } from '../../../src/report/masking/flow.js'

const minCell = 4

/** A chain of stops with a branch at the end, balanced. */
function chain(start: number, drops: readonly (readonly number[])[]): FlowStep[] {
  let rows = start
  const steps: FlowStep[] = [{ id: 's0', label: 'file', kind: 'file', from: [], rows, dropped: [] }]
  for (const [index, dropped] of drops.entries()) {
    rows -= dropped.reduce((sum, count) => sum + count, 0)
    steps.push({
      id: `s${index + 1}`,
      label: `stop ${index + 1}`,
      kind: 'table',
      from: [`s${index}`],
      rows,
      dropped: dropped.map((count, reason) => ({ reason: `r${reason}`, rows: count })),
    })
  }
  return steps
}

/** For each dropped count, the values it takes over all balanced flows that agree with what is shown. */
function possibleDrops(shown: readonly FlowStep[], most: number): Set<number>[][] {
  const found = shown.map(({ dropped }) => dropped.map(() => new Set<number>()))
  const walk = (step: number, before: number, path: readonly (readonly number[])[]): void => {
    if (step === shown.length) {
      for (const [index, values] of path.entries()) for (const [at, value] of values.entries()) found[index + 1]![at]!.add(value)
      return
    }
    const { rows, dropped } = shown[step]!
    const fill = (at: number, values: readonly number[]): void => {
      if (at === dropped.length) {
        const left = before - values.reduce((sum, value) => sum + value, 0)
        if (left >= 0 && (rows === null || rows === left)) walk(step + 1, left, [...path, values])
        return
      }
      const known = dropped[at]!.rows
      for (let value = known ?? 0; value <= (known ?? most); value++) fill(at + 1, [...values, value])
    }
    fill(0, [])
  }
  const start = shown[0]!.rows
  for (let rows = start ?? 0; rows <= (start ?? 80); rows++) walk(1, rows, [])
  return found
}

describe('--min-cell on the flow', () => {
  it('hides every small count and leaves each of them open', () => {
    const drops = fc.array(fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 2 }), {
      minLength: 2,
      maxLength: 2,
    })
    fc.assert(
      fc.property(drops, (dropped) => {
        const flow = chain(60, dropped)
        const { flow: shown } = maskFlow(flow, minCell)
        const values = possibleDrops(shown, 11)
        for (const [step, counts] of dropped.entries()) {
          for (const [at, count] of counts.entries()) {
            if (count === 0 || count >= minCell) continue
            expect(shown[step + 1]!.dropped[at]!.rows).toBeNull()
            expect(values[step + 1]![at]!.size).toBeGreaterThan(1)
          }
        }
      }),
      { numRuns: 200 },
    )
  })
  it('prefers to hide another reason of the same stop', () => {
    const { flow, primary, secondary } = maskFlow(chain(100, [[2, 9]]), minCell)
    expect(flow[1]).toMatchObject({ rows: 89, dropped: [{ rows: null }, { rows: null }] })
    expect({ primary, secondary }).toEqual({ primary: 1, secondary: 1 })
  })
  it('hides the count before where a stop has one small reason only', () => {
    const { flow } = maskFlow(chain(100, [[2], [9, 12]]), minCell)
    expect(flow).toMatchObject([
      { rows: null },
      { rows: 98, dropped: [{ rows: null }] },
      { rows: 77, dropped: [{ rows: 9 }, { rows: 12 }] },
    ])
  })
  it('hides further where the count before follows from its own balance', () => {
    const { flow } = maskFlow(chain(100, [[30, 20], [2]]), minCell)
    expect(flow[2]!.dropped[0]!.rows).toBeNull()
    expect(
      flow.flatMap(({ rows, dropped }) => [rows, ...dropped.map((drop) => drop.rows)]).filter((rows) => rows === null).length,
    ).toBeGreaterThanOrEqual(2)
  })
  it('shows raw files together', () => {
    const file = (id: string, rows: number): FlowStep => ({
      id,
      label: id,
      kind: 'file',
      from: [],
      rows,
      dropped: [{ reason: 'bad', rows: 3 }],
    })
    const { flow } = maskFlow(
      [file('a', 50), file('b', 60), { id: 't', label: 't', kind: 'table', from: ['a', 'b'], rows: 110, dropped: [] }],
      minCell,
    )
    expect(flow).toMatchObject([
      { label: '2 raw files', rows: 110, dropped: [{ reason: 'bad', rows: 6 }] },
      { from: ['a'], rows: 110 },
    ])
  })
})
