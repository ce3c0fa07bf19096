/** The passes in plain TypeScript: the statement of `sweepKernel.as.ts`, and what runs where WebAssembly does not. */
import type { SweepKernel, SweepTable } from './sweepTable.js'

interface Work extends Pick<SweepKernel, 'lanes' | 'columns' | 'pairs' | 'solution' | 'residual' | 'sums' | 'step' | 'factor'> {
  readonly table: SweepTable
}

/** A kernel on ordinary arrays. */
export function plainSweeps(table: SweepTable, lanes: number): SweepKernel {
  const { rows, levels } = table
  const doubles = (length: number): Float64Array => new Float64Array(length)
  const arrays = {
    lanes, columns: doubles(rows * lanes), pairs: doubles(2 * levels * lanes), solution: doubles(levels * lanes), residual: doubles(levels * lanes),
    sums: doubles(lanes), step: doubles(lanes), factor: doubles(lanes),
  }
  const work = { ...arrays, table }
  const eachLane = (pass: (work: Work, lane: number) => void) => (): void => {
    for (let lane = 0; lane < lanes; lane++) pass(work, lane)
  }
  return { ...arrays, sweep: eachLane(sweep), project: eachLane(project), finish: eachLane(finish), move: eachLane(move), turn: eachLane(turn) }
}

function sweep(work: Work, lane: number): void {
  const { table: { groups, starts, weights, own, inverse }, sums } = work
  for (let group = 0; group < groups; group++) {
    const [first, end] = [starts[group]!, starts[group + 1]!]
    let sum = 0
    for (let row = first; row < end; row++) sum += (weights ? weights[row]! : 1) * (own ? own[row]! : 1) * fittedAt(work, lane, row)
    const slope = sum * inverse[group]!
    for (let row = first; row < end; row++) {
      const rest = fittedAt(work, lane, row) - (own ? own[row]! : 1) * slope
      const scaled = (weights ? weights[row]! : 1) * rest
      sums[lane]! += scaled * rest
      scatter(work, lane, row, scaled)
    }
  }
}

function project(work: Work, lane: number): void {
  const { table: { rows, weights }, lanes, columns, sums, factor } = work
  eliminate(work, lane, factor[lane]!)
  for (let row = 0; row < rows; row++) {
    const rest = columns[row * lanes + lane]!
    const scaled = (weights ? weights[row]! : 1) * rest
    sums[lane]! += scaled * rest
    scatter(work, lane, row, scaled)
  }
}

function finish(work: Work, lane: number): void {
  const { table: { rows }, lanes, columns } = work
  for (let row = 0; row < rows; row++) columns[row * lanes + lane]! -= fittedAt(work, lane, row)
  eliminate(work, lane, 1)
}

/** columns ← columns − share (columns − M columns). */
function eliminate({ table: { groups, starts, weights, own, inverse }, lanes, columns }: Work, lane: number, share: number): void {
  for (let group = 0; group < groups; group++) {
    const [first, end] = [starts[group]!, starts[group + 1]!]
    let sum = 0
    for (let row = first; row < end; row++) sum += (weights ? weights[row]! : 1) * (own ? own[row]! : 1) * columns[row * lanes + lane]!
    for (let row = first; row < end; row++) columns[row * lanes + lane]! -= (own ? own[row]! : 1) * share * sum * inverse[group]!
  }
}

/** (Dp) at a row. */
function fittedAt({ table: { blocks, codes, values }, lanes, pairs }: Work, lane: number, row: number): number {
  let fitted = 0
  for (let entry = row * blocks; entry < (row + 1) * blocks; entry++) fitted += (values ? values[entry]! : 1) * pairs[2 * lanes * codes[entry]! + lane]!
  return fitted
}

/** q += D' of one row times `amount`. */
function scatter({ table: { blocks, codes, values }, lanes, pairs }: Work, lane: number, row: number, amount: number): void {
  for (let entry = row * blocks; entry < (row + 1) * blocks; entry++) pairs[2 * lanes * codes[entry]! + lanes + lane]! += (values ? values[entry]! : 1) * amount
}

function move({ table: { levels, diagonal }, lanes, pairs, residual, sums, step }: Work, lane: number): void {
  for (let level = 0; level < levels; level++) {
    const left = (residual[level * lanes + lane]! -= step[lane]! * pairs[(2 * level + 1) * lanes + lane]!)
    sums[lane]! += left * left * diagonal[level]!
  }
}

function turn({ table: { levels, diagonal }, lanes, pairs, solution, residual, step, factor }: Work, lane: number): void {
  for (let level = 0; level < levels; level++) {
    const at = 2 * level * lanes + lane
    solution[level * lanes + lane]! += step[lane]! * pairs[at]!
    pairs[at] = residual[level * lanes + lane]! * diagonal[level]! + factor[lane]! * pairs[at]!
    pairs[at + lanes] = 0
  }
}
