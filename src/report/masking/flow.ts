/**
 * `--min-cell` for the flow of rows. Stops hang together: what comes to a stop remains or is dropped there, and what remains
 * comes to the next. A count of 1 to N−1 dropped rows could therefore be had from the stops around it. The balances of all
 * stops are one linear system; hidden counts are its unknowns, and a sum of hidden counts is known exactly when it lies in the
 * row space of the system restricted to them. While a small sum is known, the cheapest further count is hidden (drops before
 * stops). Raw files are shown together, because what a single file lost is small as a rule.
 */
import type { FlowStep } from '../page/records.js'
import { isSmall } from './complementary.js'
import type { Hidden } from './complementary.js'

/** A count of the flow: what remains at a stop, or one reason there. */
interface Count {
  readonly step: number
  /** −1: what remains; otherwise the index of the reason. */
  readonly reason: number
  readonly rows: number
}

export interface MaskedFlow {
  readonly flow: readonly FlowStep[]
  readonly primary: number
  readonly secondary: number
}

/** A remaining count is worth more to a reader than any reason. */
const remainingCost = 1e9
const tolerance = 1e-9

/** The flow with its small counts hidden, and further ones where balances would give them away. */
export function maskFlow(flow: readonly FlowStep[], minCell: number): MaskedFlow {
  const steps = filesTogether(flow)
  const counts = steps.flatMap((step, index): Count[] => [
    ...(step.rows === null ? [] : [{ step: index, reason: -1, rows: step.rows }]),
    ...step.dropped.flatMap(({ rows }, reason) => (rows === null ? [] : [{ step: index, reason, rows }])),
  ])
  const balances = balancesOf(steps, counts)
  const hidden: Hidden[] = counts.map(({ rows }) => (isSmall(rows, minCell) ? 'primary' : undefined))
  for (
    let known = smallKnownSum(counts, balances, hidden, minCell);
    known !== undefined;
    known = smallKnownSum(counts, balances, hidden, minCell)
  ) {
    const next = cheapestCover(known, counts, balances, hidden)
    if (next === undefined) break
    hidden[next] = 'secondary'
  }
  const shown = (step: number, reason: number): number | null => {
    const at = counts.findIndex((count) => count.step === step && count.reason === reason)
    return at < 0 || hidden[at] !== undefined ? null : counts[at]!.rows
  }
  return {
    flow: steps.map((step, index) => ({
      ...step,
      rows: shown(index, -1),
      dropped: step.dropped.map(({ reason }, at) => ({ reason, rows: shown(index, at) })),
    })),
    primary: hidden.filter((mark) => mark === 'primary').length,
    secondary: hidden.filter((mark) => mark === 'secondary').length,
  }
}

/** All raw files as one stop. Stops that come from only some of them say so and have no balance. */
function filesTogether(flow: readonly FlowStep[]): FlowStep[] {
  const files = flow.filter(({ kind }) => kind === 'file')
  if (files.length < 2) return [...flow]
  const ids = new Set(files.map(({ id }) => id))
  const reasons = [...new Set(files.flatMap(({ dropped }) => dropped.map(({ reason }) => reason)))]
  const sum = (values: readonly (number | null)[]): number | null =>
    values.reduce<number | null>((total, value) => (total === null || value === null ? null : total + value), 0)
  const all: FlowStep = {
    id: files[0]!.id,
    label: `${files.length} raw files`,
    kind: 'file',
    from: [],
    unit: files[0]!.unit,
    rows: sum(files.map(({ rows }) => rows)),
    dropped: reasons.map((reason) => ({
      reason,
      rows: sum(files.flatMap(({ dropped }) => dropped.filter((drop) => drop.reason === reason).map(({ rows }) => rows))),
    })),
  }
  const others = flow
    .filter(({ kind }) => kind !== 'file')
    .map((step): FlowStep => {
      const some = step.from.filter((id) => ids.has(id)).length
      if (some === 0) return step
      const from = [all.id, ...step.from.filter((id) => !ids.has(id))]
      return some === files.length ? { ...step, from } : { ...step, from, remark: step.remark ?? `from ${some} of the files` }
    })
  return [all, ...others]
}

/** One row of coefficients a stop that balances: +1 for what comes, −1 for what remains or is dropped. */
function balancesOf(steps: readonly FlowStep[], counts: readonly Count[]): number[][] {
  return steps.flatMap((step, index) => {
    if (step.from.length === 0 || step.remark !== undefined) return []
    const sources = step.from.map((id) => steps.findIndex((candidate) => candidate.id === id))
    const row = counts.map(
      (count) => (count.reason === -1 && sources.includes(count.step) ? 1 : 0) - (count.step === index ? 1 : 0),
    )
    const balance = counts.reduce((sum, count, at) => sum + row[at]! * count.rows, 0)
    return balance === 0 ? [row] : []
  })
}

/** Indicator of the hidden reasons of a stop whose sum is below N and known; undefined when there is none. */
function smallKnownSum(
  counts: readonly Count[],
  balances: readonly (readonly number[])[],
  hidden: readonly Hidden[],
  minCell: number,
): number[] | undefined {
  const groups = [...new Set(counts.map(({ step }) => step))].map((step) =>
    counts.map((count, at) => (count.step === step && count.reason >= 0 && hidden[at] !== undefined ? 1 : 0)),
  )
  const singles = counts.map((_, at) => counts.map((__, other) => (other === at && hidden[at] === 'primary' ? 1 : 0)))
  return [...groups, ...singles].find(
    (sum) =>
      isSmall(
        counts.reduce((total, count, at) => total + sum[at]! * count.rows, 0),
        minCell,
      ) && isKnown(sum, balances, hidden),
  )
}

/** True when a combination of hidden counts follows from what is shown. */
function isKnown(sum: readonly number[], balances: readonly (readonly number[])[], hidden: readonly Hidden[]): boolean {
  const unknowns = [...hidden.keys()].filter((at) => hidden[at] !== undefined)
  const restricted = balances.map((row) => unknowns.map((at) => row[at]!))
  return rank([...restricted, unknowns.map((at) => sum[at]!)]) === rank(restricted)
}

function rank(rows: readonly (readonly number[])[]): number {
  const matrix = rows.map((row) => [...row])
  let found = 0
  for (let column = 0; column < (matrix[0]?.length ?? 0); column++) {
    const pivot = matrix.findIndex((row, index) => index >= found && Math.abs(row[column]!) > tolerance)
    if (pivot < 0) continue
    ;[matrix[found], matrix[pivot]] = [matrix[pivot]!, matrix[found]!]
    for (const row of matrix.slice(found + 1)) {
      const factor = row[column]! / matrix[found]![column]!
      for (let at = column; at < row.length; at++) row[at]! -= factor * matrix[found]![at]!
    }
    found++
  }
  return found
}

/** The cheapest shown count that leaves the sum open once hidden; where no single one does, the cheapest of its balances. */
function cheapestCover(
  sum: readonly number[],
  counts: readonly Count[],
  balances: readonly (readonly number[])[],
  hidden: readonly Hidden[],
): number | undefined {
  const cost = (at: number): number => counts[at]!.rows + (counts[at]!.reason === -1 ? remainingCost : 0)
  const shown = [...counts.keys()]
    .filter((at) => hidden[at] === undefined && counts[at]!.rows > 0)
    .sort((a, b) => cost(a) - cost(b))
  const enough = shown.find(
    (at) =>
      !isKnown(
        sum,
        balances,
        hidden.map((mark, other) => (other === at ? 'secondary' : mark)),
      ),
  )
  if (enough !== undefined) return enough
  const near = balances.filter((row) => row.some((value, at) => value !== 0 && hidden[at] !== undefined))
  return shown.find((at) => near.some((row) => row[at] !== 0))
}
