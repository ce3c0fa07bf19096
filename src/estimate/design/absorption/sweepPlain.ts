/** The sweeps in plain TypeScript: the statement of `sweepKernel.as.ts`, and what runs where WebAssembly does not. */
import type { SweepKernel, SweepTable, TableShape } from './sweepTable.js'

/** A kernel on ordinary arrays. */
export function plainSweeps(shape: TableShape): SweepKernel {
  const { rows, groups, blocks, levels } = shape
  const table: SweepTable = {
    ...shape,
    starts: new Int32Array(groups + 1),
    codes: new Int32Array(rows * blocks),
    ...(shape.weighted && { weights: new Float64Array(rows) }),
    ...(shape.sloped && { values: new Float64Array(rows * blocks) }),
    ...(shape.ownSlope && { own: new Float64Array(rows) }),
    inverse: new Float64Array(groups),
    pairs: new Float64Array(2 * levels),
    column: new Float64Array(rows),
  }
  return { table, sweep: (to) => sweep(table, to), project: () => project(table) }
}

function sweep(table: SweepTable, to: number): void {
  const { starts, weights, own, inverse } = table
  for (let group = 0; group < to; group++) {
    const [first, end] = [starts[group]!, starts[group + 1]!]
    let sum = 0
    for (let row = first; row < end; row++) sum += (weights ? weights[row]! : 1) * (own ? own[row]! : 1) * fittedAt(table, row)
    const slope = sum * inverse[group]!
    for (let row = first; row < end; row++) scatter(table, row, (weights ? weights[row]! : 1) * (fittedAt(table, row) - (own ? own[row]! : 1) * slope))
  }
}

function project(table: SweepTable): number {
  const { groups, starts, weights, own, inverse, column } = table
  let squares = 0
  for (let group = 0; group < groups; group++) {
    const [first, end] = [starts[group]!, starts[group + 1]!]
    let sum = 0
    for (let row = first; row < end; row++) {
      column[row]! -= fittedAt(table, row)
      sum += (weights ? weights[row]! : 1) * (own ? own[row]! : 1) * column[row]!
    }
    const slope = sum * inverse[group]!
    for (let row = first; row < end; row++) {
      const rest = (column[row]! -= (own ? own[row]! : 1) * slope)
      const scaled = (weights ? weights[row]! : 1) * rest
      squares += scaled * rest
      scatter(table, row, scaled)
    }
  }
  return squares
}

/** (Dp) at a row. */
function fittedAt({ blocks, codes, values, pairs }: SweepTable, row: number): number {
  let fitted = 0
  for (let entry = row * blocks; entry < (row + 1) * blocks; entry++) fitted += (values ? values[entry]! : 1) * pairs[2 * codes[entry]!]!
  return fitted
}

/** q += D' of one row times `amount`. */
function scatter({ blocks, codes, values, pairs }: SweepTable, row: number, amount: number): void {
  for (let entry = row * blocks; entry < (row + 1) * blocks; entry++) pairs[2 * codes[entry]! + 1]! += (values ? values[entry]! : 1) * amount
}
