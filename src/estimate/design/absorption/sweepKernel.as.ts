/**
 * The passes of `sweepPlain.ts`. Coefficients and products lie in pairs (p, q), so that one cache line serves the reading of p and the
 * writing of q. `single` passes have one remaining block of plain levels; the general pass takes any number of blocks, slopes and
 * weights.
 */

let starts: usize = 0
let codes: usize = 0
let weights: usize = 0
let values: usize = 0
let own: usize = 0
let inverse: usize = 0
let pairs: usize = 0
let column: usize = 0
let blocks: i32 = 0

export function heapStart(): usize {
  return __heap_base
}

/** Where the table lies; a pointer of zero stands for ones. */
export function bind(k: i32, startsAt: usize, codesAt: usize, weightsAt: usize, valuesAt: usize, ownAt: usize, inverseAt: usize, pairsAt: usize, columnAt: usize): void {
  blocks = k
  starts = startsAt
  codes = codesAt
  weights = weightsAt
  values = valuesAt
  own = ownAt
  inverse = inverseAt
  pairs = pairsAt
  column = columnAt
}

/** q += Sp over groups [from, to). */
export function sweep(from: i32, to: i32): void {
  if (blocks == 1 && !values && !own) {
    if (weights) sweepSingle(from, to, true)
    else sweepSingle(from, to, false)
  } else sweepGeneral(from, to)
}

/** y −= Dp, y −= own effect, q += D'Wy over groups [from, to); returns the weighted sum of squares of y. */
export function project(from: i32, to: i32): f64 {
  if (blocks == 1 && !values && !own) return weights ? projectSingle(from, to, true) : projectSingle(from, to, false)
  return projectGeneral(from, to)
}

// @ts-ignore: decorator
@inline
function startOf(group: i32): usize {
  return <usize>load<i32>(starts + (<usize>group << 2))
}

// @ts-ignore: decorator
@inline
function pairOf(entry: usize): usize {
  return pairs + (<usize>load<i32>(codes + (entry << 2)) << 4)
}

// @ts-ignore: decorator
@inline
function add(cell: usize, value: f64): void {
  store<f64>(cell, load<f64>(cell) + value)
}

// @ts-ignore: decorator
@inline
function sweepSingle(from: i32, to: i32, weighted: bool): void {
  let row = startOf(from)
  for (let group = from; group < to; group++) {
    const first = row
    const end = startOf(group + 1)
    let sum: f64 = 0
    for (; row < end; row++) sum += weighted ? load<f64>(weights + (row << 3)) * load<f64>(pairOf(row)) : load<f64>(pairOf(row))
    const mean = sum * load<f64>(inverse + (<usize>group << 3))
    for (row = first; row < end; row++) {
      const pair = pairOf(row)
      const rest = load<f64>(pair) - mean
      add(pair + 8, weighted ? load<f64>(weights + (row << 3)) * rest : rest)
    }
  }
}

// @ts-ignore: decorator
@inline
function projectSingle(from: i32, to: i32, weighted: bool): f64 {
  let squares: f64 = 0
  let row = startOf(from)
  for (let group = from; group < to; group++) {
    const first = row
    const end = startOf(group + 1)
    let sum: f64 = 0
    for (; row < end; row++) {
      const cell = column + (row << 3)
      const rest = load<f64>(cell) - load<f64>(pairOf(row))
      store<f64>(cell, rest)
      sum += weighted ? load<f64>(weights + (row << 3)) * rest : rest
    }
    const mean = sum * load<f64>(inverse + (<usize>group << 3))
    for (row = first; row < end; row++) {
      const cell = column + (row << 3)
      const rest = load<f64>(cell) - mean
      store<f64>(cell, rest)
      const scaled = weighted ? load<f64>(weights + (row << 3)) * rest : rest
      squares += scaled * rest
      add(pairOf(row) + 8, scaled)
    }
  }
  return squares
}

// @ts-ignore: decorator
@inline
function weightOf(row: usize): f64 {
  return weights ? load<f64>(weights + (row << 3)) : 1
}

// @ts-ignore: decorator
@inline
function ownOf(row: usize): f64 {
  return own ? load<f64>(own + (row << 3)) : 1
}

/** Σ over the blocks of value × p at a row. */
// @ts-ignore: decorator
@inline
function fittedAt(row: usize): f64 {
  let fitted: f64 = 0
  const end = (row + 1) * <usize>blocks
  for (let entry = row * <usize>blocks; entry < end; entry++) {
    const coefficient = load<f64>(pairOf(entry))
    fitted += values ? load<f64>(values + (entry << 3)) * coefficient : coefficient
  }
  return fitted
}

/** q += value × amount for every block of a row. */
// @ts-ignore: decorator
@inline
function scatter(row: usize, amount: f64): void {
  const end = (row + 1) * <usize>blocks
  for (let entry = row * <usize>blocks; entry < end; entry++) add(pairOf(entry) + 8, values ? load<f64>(values + (entry << 3)) * amount : amount)
}

function sweepGeneral(from: i32, to: i32): void {
  let row = startOf(from)
  for (let group = from; group < to; group++) {
    const first = row
    const end = startOf(group + 1)
    let sum: f64 = 0
    for (; row < end; row++) sum += weightOf(row) * ownOf(row) * fittedAt(row)
    const slope = sum * load<f64>(inverse + (<usize>group << 3))
    for (row = first; row < end; row++) scatter(row, weightOf(row) * (fittedAt(row) - ownOf(row) * slope))
  }
}

function projectGeneral(from: i32, to: i32): f64 {
  let squares: f64 = 0
  let row = startOf(from)
  for (let group = from; group < to; group++) {
    const first = row
    const end = startOf(group + 1)
    let sum: f64 = 0
    for (; row < end; row++) {
      const cell = column + (row << 3)
      const rest = load<f64>(cell) - fittedAt(row)
      store<f64>(cell, rest)
      sum += weightOf(row) * ownOf(row) * rest
    }
    const slope = sum * load<f64>(inverse + (<usize>group << 3))
    for (row = first; row < end; row++) {
      const cell = column + (row << 3)
      const rest = load<f64>(cell) - ownOf(row) * slope
      store<f64>(cell, rest)
      const scaled = weightOf(row) * rest
      squares += scaled * rest
      scatter(row, scaled)
    }
  }
  return squares
}
