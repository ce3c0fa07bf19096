/**
 * The passes of `sweepPlain.ts` for two or four columns at once, so that a cache line brings what all of them need of a level. Of every
 * level the coefficients p of all columns lie beside their products q. `single` passes have one remaining block of plain levels; the
 * general ones take any number of blocks, slopes and weights.
 */

let starts: usize = 0
let codes: usize = 0
let weights: usize = 0
let values: usize = 0
let own: usize = 0
let inverse: usize = 0
let pairs: usize = 0
let columns: usize = 0
let sums: usize = 0
let blocks: usize = 0

export function heapStart(): usize {
  return __heap_base
}

/** Where the table lies; a pointer of zero stands for ones. */
export function bind(k: usize, startsAt: usize, codesAt: usize, weightsAt: usize, valuesAt: usize, ownAt: usize, inverseAt: usize, pairsAt: usize, columnsAt: usize, sumsAt: usize): void {
  blocks = k
  starts = startsAt
  codes = codesAt
  weights = weightsAt
  values = valuesAt
  own = ownAt
  inverse = inverseAt
  pairs = pairsAt
  columns = columnsAt
  sums = sumsAt
}

/** Two columns, and four: q += Sp over groups [from, to), sums += p'Sp by column. */
export function sweep2(from: i32, to: i32): void {
  if (blocks == 1 && !values && !own) {
    if (weights) sweepSingle(from, to, true, false)
    else sweepSingle(from, to, false, false)
  } else sweepGeneral(from, to, false)
}
export function sweep4(from: i32, to: i32): void {
  if (blocks == 1 && !values && !own) {
    if (weights) sweepSingle(from, to, true, true)
    else sweepSingle(from, to, false, true)
  } else sweepGeneral(from, to, true)
}

/** Two columns, and four: y ← My, q += D'Wy over groups [from, to), sums += y'Wy by column. */
export function project2(from: i32, to: i32): void {
  if (blocks == 1 && !values && !own && !weights) collectPlain(from, to, false)
  else collectGeneral(from, to, false)
}
export function project4(from: i32, to: i32): void {
  if (blocks == 1 && !values && !own && !weights) collectPlain(from, to, true)
  else collectGeneral(from, to, true)
}

/** Two columns, and four: y ← M(y − Dp) over groups [from, to). */
export function finish2(from: i32, to: i32): void {
  if (blocks == 1 && !values && !own && !weights) finishPlain(from, to, false)
  else finishGeneral(from, to, false)
}
export function finish4(from: i32, to: i32): void {
  if (blocks == 1 && !values && !own && !weights) finishPlain(from, to, true)
  else finishGeneral(from, to, true)
}

// @ts-ignore: decorator
@inline
function startOf(group: i32): usize {
  return <usize>load<i32>(starts + (<usize>group << 2))
}

/** Coefficients of a row's level; the products follow them. */
// @ts-ignore: decorator
@inline
function levelOf(entry: usize, wide: bool): usize {
  return pairs + (<usize>load<i32>(codes + (entry << 2)) << (wide ? 6 : 5))
}

// @ts-ignore: decorator
@inline
function addPair(cell: usize, amount: v128): void {
  v128.store(cell, f64x2.add(v128.load(cell), amount))
}

// @ts-ignore: decorator
@inline
function sweepSingle(from: i32, to: i32, weighted: bool, wide: bool): void {
  const products: usize = wide ? 32 : 16
  let total = v128.load(sums), total2 = wide ? v128.load(sums, 16) : f64x2.splat(0)
  let row = startOf(from)
  for (let group = from; group < to; group++) {
    const first = row
    const end = startOf(group + 1)
    let sum = f64x2.splat(0), sum2 = f64x2.splat(0)
    for (; row < end; row++) {
      const level = levelOf(row, wide)
      if (weighted) {
        const weight = v128.load64_splat(weights + (row << 3))
        sum = f64x2.add(sum, f64x2.mul(weight, v128.load(level)))
        if (wide) sum2 = f64x2.add(sum2, f64x2.mul(weight, v128.load(level, 16)))
      } else {
        sum = f64x2.add(sum, v128.load(level))
        if (wide) sum2 = f64x2.add(sum2, v128.load(level, 16))
      }
    }
    const share = v128.load64_splat(inverse + (<usize>group << 3))
    const mean = f64x2.mul(sum, share), mean2 = f64x2.mul(sum2, share)
    for (row = first; row < end; row++) {
      const level = levelOf(row, wide)
      const rest = f64x2.sub(v128.load(level), mean)
      const weight = weighted ? v128.load64_splat(weights + (row << 3)) : f64x2.splat(1)
      const scaled = weighted ? f64x2.mul(weight, rest) : rest
      addPair(level + products, scaled)
      total = f64x2.add(total, f64x2.mul(scaled, rest))
      if (wide) {
        const rest2 = f64x2.sub(v128.load(level, 16), mean2)
        const scaled2 = weighted ? f64x2.mul(weight, rest2) : rest2
        addPair(level + 48, scaled2)
        total2 = f64x2.add(total2, f64x2.mul(scaled2, rest2))
      }
    }
  }
  v128.store(sums, total)
  if (wide) v128.store(sums, total2, 16)
}

// @ts-ignore: decorator
@inline
function weightOf(row: usize): v128 {
  return weights ? v128.load64_splat(weights + (row << 3)) : f64x2.splat(1)
}

// @ts-ignore: decorator
@inline
function ownOf(row: usize): v128 {
  return own ? v128.load64_splat(own + (row << 3)) : f64x2.splat(1)
}

// @ts-ignore: decorator
@inline
function valueOf(entry: usize): v128 {
  return values ? v128.load64_splat(values + (entry << 3)) : f64x2.splat(1)
}

/** Σ over the blocks of value × p at a row, of two columns. */
// @ts-ignore: decorator
@inline
function fittedAt(row: usize, wide: bool, half: usize): v128 {
  let fitted = f64x2.splat(0)
  const end = (row + 1) * blocks
  for (let entry = row * blocks; entry < end; entry++) fitted = f64x2.add(fitted, f64x2.mul(valueOf(entry), v128.load(levelOf(entry, wide) + half)))
  return fitted
}

/** q += value × amount for every block of a row, of two columns. */
// @ts-ignore: decorator
@inline
function scatter(row: usize, amount: v128, wide: bool, at: usize): void {
  const end = (row + 1) * blocks
  for (let entry = row * blocks; entry < end; entry++) addPair(levelOf(entry, wide) + at, f64x2.mul(valueOf(entry), amount))
}

// @ts-ignore: decorator
@inline
function sweepGeneral(from: i32, to: i32, wide: bool): void {
  const products: usize = wide ? 32 : 16
  let total = v128.load(sums), total2 = wide ? v128.load(sums, 16) : f64x2.splat(0)
  let row = startOf(from)
  for (let group = from; group < to; group++) {
    const first = row
    const end = startOf(group + 1)
    let sum = f64x2.splat(0), sum2 = f64x2.splat(0)
    for (; row < end; row++) {
      const factor = f64x2.mul(weightOf(row), ownOf(row))
      sum = f64x2.add(sum, f64x2.mul(factor, fittedAt(row, wide, 0)))
      if (wide) sum2 = f64x2.add(sum2, f64x2.mul(factor, fittedAt(row, wide, 16)))
    }
    const share = v128.load64_splat(inverse + (<usize>group << 3))
    const slope = f64x2.mul(sum, share), slope2 = f64x2.mul(sum2, share)
    for (row = first; row < end; row++) {
      const weight = weightOf(row)
      const rest = f64x2.sub(fittedAt(row, wide, 0), f64x2.mul(ownOf(row), slope))
      const scaled = f64x2.mul(weight, rest)
      total = f64x2.add(total, f64x2.mul(scaled, rest))
      if (wide) {
        const rest2 = f64x2.sub(fittedAt(row, wide, 16), f64x2.mul(ownOf(row), slope2))
        const scaled2 = f64x2.mul(weight, rest2)
        total2 = f64x2.add(total2, f64x2.mul(scaled2, rest2))
        scatter(row, scaled2, wide, 48)
      }
      scatter(row, scaled, wide, products)
    }
  }
  v128.store(sums, total)
  if (wide) v128.store(sums, total2, 16)
}

// @ts-ignore: decorator
@inline
function collectPlain(from: i32, to: i32, wide: bool): void {
  const shift: usize = wide ? 5 : 4
  let total = v128.load(sums), total2 = wide ? v128.load(sums, 16) : f64x2.splat(0)
  let row = startOf(from)
  for (let group = from; group < to; group++) {
    const first = row
    const end = startOf(group + 1)
    let sum = f64x2.splat(0), sum2 = f64x2.splat(0)
    for (; row < end; row++) {
      sum = f64x2.add(sum, v128.load(columns + (row << shift)))
      if (wide) sum2 = f64x2.add(sum2, v128.load(columns + (row << shift), 16))
    }
    const share = v128.load64_splat(inverse + (<usize>group << 3))
    const mean = f64x2.mul(sum, share), mean2 = f64x2.mul(sum2, share)
    for (row = first; row < end; row++) {
      const cell = columns + (row << shift)
      const level = levelOf(row, wide)
      const rest = f64x2.sub(v128.load(cell), mean)
      v128.store(cell, rest)
      total = f64x2.add(total, f64x2.mul(rest, rest))
      addPair(level + (wide ? 32 : 16), rest)
      if (wide) {
        const rest2 = f64x2.sub(v128.load(cell, 16), mean2)
        v128.store(cell, rest2, 16)
        total2 = f64x2.add(total2, f64x2.mul(rest2, rest2))
        addPair(level + 48, rest2)
      }
    }
  }
  v128.store(sums, total)
  if (wide) v128.store(sums, total2, 16)
}

// @ts-ignore: decorator
@inline
function finishPlain(from: i32, to: i32, wide: bool): void {
  const shift: usize = wide ? 5 : 4
  let row = startOf(from)
  for (let group = from; group < to; group++) {
    const first = row
    const end = startOf(group + 1)
    let sum = f64x2.splat(0), sum2 = f64x2.splat(0)
    for (; row < end; row++) {
      const cell = columns + (row << shift)
      const level = levelOf(row, wide)
      const rest = f64x2.sub(v128.load(cell), v128.load(level))
      v128.store(cell, rest)
      sum = f64x2.add(sum, rest)
      if (wide) {
        const rest2 = f64x2.sub(v128.load(cell, 16), v128.load(level, 16))
        v128.store(cell, rest2, 16)
        sum2 = f64x2.add(sum2, rest2)
      }
    }
    const share = v128.load64_splat(inverse + (<usize>group << 3))
    const mean = f64x2.mul(sum, share), mean2 = f64x2.mul(sum2, share)
    for (row = first; row < end; row++) {
      const cell = columns + (row << shift)
      v128.store(cell, f64x2.sub(v128.load(cell), mean))
      if (wide) v128.store(cell, f64x2.sub(v128.load(cell, 16), mean2), 16)
    }
  }
}

// @ts-ignore: decorator
@inline
function collectGeneral(from: i32, to: i32, wide: bool): void {
  const products: usize = wide ? 32 : 16
  const shift: usize = wide ? 5 : 4
  let total = v128.load(sums), total2 = wide ? v128.load(sums, 16) : f64x2.splat(0)
  let row = startOf(from)
  for (let group = from; group < to; group++) {
    const first = row
    const end = startOf(group + 1)
    let sum = f64x2.splat(0), sum2 = f64x2.splat(0)
    for (; row < end; row++) {
      const factor = f64x2.mul(weightOf(row), ownOf(row))
      sum = f64x2.add(sum, f64x2.mul(factor, v128.load(columns + (row << shift))))
      if (wide) sum2 = f64x2.add(sum2, f64x2.mul(factor, v128.load(columns + (row << shift), 16)))
    }
    const share = v128.load64_splat(inverse + (<usize>group << 3))
    const slope = f64x2.mul(sum, share), slope2 = f64x2.mul(sum2, share)
    for (row = first; row < end; row++) {
      const cell = columns + (row << shift)
      const weight = weightOf(row)
      const rest = f64x2.sub(v128.load(cell), f64x2.mul(ownOf(row), slope))
      v128.store(cell, rest)
      const scaled = f64x2.mul(weight, rest)
      total = f64x2.add(total, f64x2.mul(scaled, rest))
      if (wide) {
        const rest2 = f64x2.sub(v128.load(cell, 16), f64x2.mul(ownOf(row), slope2))
        v128.store(cell, rest2, 16)
        const scaled2 = f64x2.mul(weight, rest2)
        total2 = f64x2.add(total2, f64x2.mul(scaled2, rest2))
        scatter(row, scaled2, wide, 48)
      }
      scatter(row, scaled, wide, products)
    }
  }
  v128.store(sums, total)
  if (wide) v128.store(sums, total2, 16)
}

// @ts-ignore: decorator
@inline
function finishGeneral(from: i32, to: i32, wide: bool): void {
  const shift: usize = wide ? 5 : 4
  let row = startOf(from)
  for (let group = from; group < to; group++) {
    const first = row
    const end = startOf(group + 1)
    let sum = f64x2.splat(0), sum2 = f64x2.splat(0)
    for (; row < end; row++) {
      const cell = columns + (row << shift)
      const factor = f64x2.mul(weightOf(row), ownOf(row))
      const rest = f64x2.sub(v128.load(cell), fittedAt(row, wide, 0))
      v128.store(cell, rest)
      sum = f64x2.add(sum, f64x2.mul(factor, rest))
      if (wide) {
        const rest2 = f64x2.sub(v128.load(cell, 16), fittedAt(row, wide, 16))
        v128.store(cell, rest2, 16)
        sum2 = f64x2.add(sum2, f64x2.mul(factor, rest2))
      }
    }
    const share = v128.load64_splat(inverse + (<usize>group << 3))
    const slope = f64x2.mul(sum, share), slope2 = f64x2.mul(sum2, share)
    for (row = first; row < end; row++) {
      const cell = columns + (row << shift)
      v128.store(cell, f64x2.sub(v128.load(cell), f64x2.mul(ownOf(row), slope)))
      if (wide) v128.store(cell, f64x2.sub(v128.load(cell, 16), f64x2.mul(ownOf(row), slope2)), 16)
    }
  }
}

/** residual −= step q, sums += Σ residual² d by column, over levels [from, to) of two columns, and of four. */
export function move2(residual: usize, diagonal: usize, step: usize, from: i32, to: i32): void {
  moveLevels(residual, diagonal, step, from, to, false)
}
export function move4(residual: usize, diagonal: usize, step: usize, from: i32, to: i32): void {
  moveLevels(residual, diagonal, step, from, to, true)
}

/** solution += step p, p = d residual + factor p, q = 0, over levels [from, to) of two columns, and of four. */
export function turn2(solution: usize, residual: usize, diagonal: usize, step: usize, factor: usize, from: i32, to: i32): void {
  turnLevels(solution, residual, diagonal, step, factor, from, to, false)
}
export function turn4(solution: usize, residual: usize, diagonal: usize, step: usize, factor: usize, from: i32, to: i32): void {
  turnLevels(solution, residual, diagonal, step, factor, from, to, true)
}

// @ts-ignore: decorator
@inline
function moveLevels(residual: usize, diagonal: usize, step: usize, from: i32, to: i32, wide: bool): void {
  const shift: usize = wide ? 5 : 4
  const by = v128.load(step), by2 = wide ? v128.load(step, 16) : f64x2.splat(0)
  let total = v128.load(sums), total2 = wide ? v128.load(sums, 16) : f64x2.splat(0)
  for (let j = from; j < to; j++) {
    const d = v128.load64_splat(diagonal + (<usize>j << 3))
    const rest = residual + (<usize>j << shift)
    const products = pairs + (<usize>j << (shift + 1)) + (wide ? 32 : 16)
    const left = f64x2.sub(v128.load(rest), f64x2.mul(by, v128.load(products)))
    v128.store(rest, left)
    total = f64x2.add(total, f64x2.mul(f64x2.mul(left, left), d))
    if (wide) {
      const left2 = f64x2.sub(v128.load(rest, 16), f64x2.mul(by2, v128.load(products, 16)))
      v128.store(rest, left2, 16)
      total2 = f64x2.add(total2, f64x2.mul(f64x2.mul(left2, left2), d))
    }
  }
  v128.store(sums, total)
  if (wide) v128.store(sums, total2, 16)
}

// @ts-ignore: decorator
@inline
function turnLevels(solution: usize, residual: usize, diagonal: usize, step: usize, factor: usize, from: i32, to: i32, wide: bool): void {
  const shift: usize = wide ? 5 : 4
  const by = v128.load(step), by2 = wide ? v128.load(step, 16) : f64x2.splat(0)
  const share = v128.load(factor), share2 = wide ? v128.load(factor, 16) : f64x2.splat(0)
  for (let j = from; j < to; j++) {
    const d = v128.load64_splat(diagonal + (<usize>j << 3))
    const at = <usize>j << shift
    const level = pairs + (at << 1)
    const direction = v128.load(level)
    addPair(solution + at, f64x2.mul(by, direction))
    v128.store(level, f64x2.add(f64x2.mul(v128.load(residual + at), d), f64x2.mul(share, direction)))
    if (wide) {
      const direction2 = v128.load(level, 16)
      addPair(solution + at + 16, f64x2.mul(by2, direction2))
      v128.store(level, f64x2.add(f64x2.mul(v128.load(residual + at, 16), d), f64x2.mul(share2, direction2)), 16)
      v128.store(level, f64x2.splat(0), 32)
      v128.store(level, f64x2.splat(0), 48)
    } else v128.store(level, f64x2.splat(0), 16)
  }
}
