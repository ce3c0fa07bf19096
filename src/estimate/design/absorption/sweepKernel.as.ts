//asc --enable threads --importMemory --sharedMemory --maximumMemory 65536
/**
 * The passes of `sweepPlain.ts` for two or four columns at once, so that a cache line brings what all of them need of a level. Of every
 * level the coefficients p of all columns lie beside their products q. Passes come in four kinds: one remaining block of plain levels without
 * and with weights, any number of such blocks with weights, and all else.
 */

let starts: usize = 0
let codes: usize = 0
let weights: usize = 0
let values: usize = 0
let own: usize = 0
let inverse: usize = 0
let blocks: usize = 0
let pairs: usize = 0
let columns: usize = 0
let sums: usize = 0
let factor: usize = 0

const plain: i32 = 0
const weighted: i32 = 1
const crossed: i32 = 2
const general: i32 = 3

export function heapStart(): usize {
  return __heap_base
}

/** Where the table lies; a pointer of zero stands for ones. */
export function bindTable(k: usize, startsAt: usize, codesAt: usize, weightsAt: usize, valuesAt: usize, ownAt: usize, inverseAt: usize): void {
  blocks = k
  starts = startsAt
  codes = codesAt
  weights = weightsAt
  values = valuesAt
  own = ownAt
  inverse = inverseAt
}

/** Where the columns at work lie. */
export function bindColumns(pairsAt: usize, columnsAt: usize, sumsAt: usize, factorAt: usize): void {
  pairs = pairsAt
  columns = columnsAt
  sums = sumsAt
  factor = factorAt
}

// Each kind has functions of its own: in one function the optimiser folds their equal loops into one that asks for the kind at every row.

/** q += Sp over groups [from, to), sums += p'Sp by column: plain, weighted, crossed and general, of two columns and of four. */
export function plainSweep2(from: i32, to: i32): void {
  sweep(from, to, plain, false)
}
export function plainSweep4(from: i32, to: i32): void {
  sweep(from, to, plain, true)
}
export function weightedSweep2(from: i32, to: i32): void {
  sweep(from, to, weighted, false)
}
export function weightedSweep4(from: i32, to: i32): void {
  sweep(from, to, weighted, true)
}
export function crossedSweep2(from: i32, to: i32): void {
  sweep(from, to, crossed, false)
}
export function crossedSweep4(from: i32, to: i32): void {
  sweep(from, to, crossed, true)
}
export function generalSweep2(from: i32, to: i32): void {
  sweep(from, to, general, false)
}
export function generalSweep4(from: i32, to: i32): void {
  sweep(from, to, general, true)
}

/** y ← y − factor (y − My), q += D'Wy over groups [from, to), sums += y'Wy by column: plain, weighted, crossed and general, of two columns and of four. */
export function plainProject2(from: i32, to: i32): void {
  project(from, to, plain, false)
}
export function plainProject4(from: i32, to: i32): void {
  project(from, to, plain, true)
}
export function weightedProject2(from: i32, to: i32): void {
  project(from, to, weighted, false)
}
export function weightedProject4(from: i32, to: i32): void {
  project(from, to, weighted, true)
}
export function crossedProject2(from: i32, to: i32): void {
  project(from, to, crossed, false)
}
export function crossedProject4(from: i32, to: i32): void {
  project(from, to, crossed, true)
}
export function generalProject2(from: i32, to: i32): void {
  project(from, to, general, false)
}
export function generalProject4(from: i32, to: i32): void {
  project(from, to, general, true)
}

/** y ← M(y − Dp) over groups [from, to): plain, weighted, crossed and general, of two columns and of four. */
export function plainFinish2(from: i32, to: i32): void {
  finish(from, to, plain, false)
}
export function plainFinish4(from: i32, to: i32): void {
  finish(from, to, plain, true)
}
export function weightedFinish2(from: i32, to: i32): void {
  finish(from, to, weighted, false)
}
export function weightedFinish4(from: i32, to: i32): void {
  finish(from, to, weighted, true)
}
export function crossedFinish2(from: i32, to: i32): void {
  finish(from, to, crossed, false)
}
export function crossedFinish4(from: i32, to: i32): void {
  finish(from, to, crossed, true)
}
export function generalFinish2(from: i32, to: i32): void {
  finish(from, to, general, false)
}
export function generalFinish4(from: i32, to: i32): void {
  finish(from, to, general, true)
}

/** residual −= step q, sums += Σ residual² d by column, over levels [from, to) of two columns, and of four. */
export function move2(residual: usize, diagonal: usize, step: usize, from: i32, to: i32): void {
  moveLevels(residual, diagonal, step, from, to, false)
}
export function move4(residual: usize, diagonal: usize, step: usize, from: i32, to: i32): void {
  moveLevels(residual, diagonal, step, from, to, true)
}

/** solution += step p, p = d residual + factor p, q = 0, over levels [from, to) of two columns, and of four. */
export function turn2(solution: usize, residual: usize, diagonal: usize, step: usize, from: i32, to: i32): void {
  turnLevels(solution, residual, diagonal, step, from, to, false)
}
export function turn4(solution: usize, residual: usize, diagonal: usize, step: usize, from: i32, to: i32): void {
  turnLevels(solution, residual, diagonal, step, from, to, true)
}

// @ts-ignore: decorator
@inline
function startOf(group: i32): usize {
  return <usize>load<i32>(starts + (<usize>group << 2))
}

/** Coefficients of an entry's level; the products follow them. */
// @ts-ignore: decorator
@inline
function levelOf(entry: usize, wide: bool): usize {
  return pairs + (<usize>load<i32>(codes + (entry << 2)) << (wide ? 6 : 5))
}

/** Where the only level of a row lies; passes over several blocks look every level up. */
// @ts-ignore: decorator
@inline
function onlyLevel(row: usize, kind: i32, wide: bool): usize {
  return kind >= crossed ? 0 : levelOf(row, wide)
}

// @ts-ignore: decorator
@inline
function addTo(cell: usize, amount: v128): void {
  v128.store(cell, f64x2.add(v128.load(cell), amount))
}

// @ts-ignore: decorator
@inline
function timesValue(entry: usize, amount: v128, kind: i32): v128 {
  if (kind != general || !values) return amount
  return f64x2.mul(v128.load64_splat(values + (entry << 3)), amount)
}

// @ts-ignore: decorator
@inline
function timesWeight(row: usize, amount: v128, kind: i32): v128 {
  if (kind == plain || (kind == general && !weights)) return amount
  return f64x2.mul(v128.load64_splat(weights + (row << 3)), amount)
}

// @ts-ignore: decorator
@inline
function timesOwn(row: usize, amount: v128, kind: i32): v128 {
  if (kind != general || !own) return amount
  return f64x2.mul(v128.load64_splat(own + (row << 3)), amount)
}

/** Σ over the blocks of value × p at a row, of two columns. */
// @ts-ignore: decorator
@inline
function fittedAt(row: usize, level: usize, kind: i32, wide: bool, half: usize): v128 {
  if (kind < crossed) return v128.load(level + half)
  let fitted = f64x2.splat(0)
  const end = (row + 1) * blocks
  for (let entry = row * blocks; entry < end; entry++) fitted = f64x2.add(fitted, timesValue(entry, v128.load(levelOf(entry, wide) + half), kind))
  return fitted
}

/** q += value × amount for every block of a row, of two columns. */
// @ts-ignore: decorator
@inline
function scatter(row: usize, level: usize, amount: v128, kind: i32, wide: bool, half: usize): void {
  const products = half + <usize>(wide ? 32 : 16)
  if (kind < crossed) addTo(level + products, amount)
  else {
    const end = (row + 1) * blocks
    for (let entry = row * blocks; entry < end; entry++) addTo(levelOf(entry, wide) + products, timesValue(entry, amount, kind))
  }
}

// @ts-ignore: decorator
@inline
function sweep(from: i32, to: i32, kind: i32, wide: bool): void {
  let total = v128.load(sums), total2 = wide ? v128.load(sums, 16) : f64x2.splat(0)
  let row = startOf(from)
  for (let group = from; group < to; group++) {
    const first = row
    const end = startOf(group + 1)
    let sum = f64x2.splat(0), sum2 = f64x2.splat(0)
    for (; row < end; row++) {
      const level = onlyLevel(row, kind, wide)
      sum = f64x2.add(sum, timesWeight(row, timesOwn(row, fittedAt(row, level, kind, wide, 0), kind), kind))
      if (wide) sum2 = f64x2.add(sum2, timesWeight(row, timesOwn(row, fittedAt(row, level, kind, wide, 16), kind), kind))
    }
    const share = v128.load64_splat(inverse + (<usize>group << 3))
    const slope = f64x2.mul(sum, share), slope2 = f64x2.mul(sum2, share)
    for (row = first; row < end; row++) {
      const level = onlyLevel(row, kind, wide)
      const rest = f64x2.sub(fittedAt(row, level, kind, wide, 0), timesOwn(row, slope, kind))
      const scaled = timesWeight(row, rest, kind)
      total = f64x2.add(total, f64x2.mul(scaled, rest))
      if (wide) {
        const rest2 = f64x2.sub(fittedAt(row, level, kind, wide, 16), timesOwn(row, slope2, kind))
        const scaled2 = timesWeight(row, rest2, kind)
        total2 = f64x2.add(total2, f64x2.mul(scaled2, rest2))
        scatter(row, level, scaled2, kind, wide, 16)
      }
      scatter(row, level, scaled, kind, wide, 0)
    }
  }
  v128.store(sums, total)
  if (wide) v128.store(sums, total2, 16)
}

// @ts-ignore: decorator
@inline
function project(from: i32, to: i32, kind: i32, wide: bool): void {
  const shift: usize = wide ? 5 : 4
  const by = v128.load(factor), by2 = wide ? v128.load(factor, 16) : f64x2.splat(0)
  let total = v128.load(sums), total2 = wide ? v128.load(sums, 16) : f64x2.splat(0)
  let row = startOf(from)
  for (let group = from; group < to; group++) {
    const first = row
    const end = startOf(group + 1)
    let sum = f64x2.splat(0), sum2 = f64x2.splat(0)
    for (; row < end; row++) {
      const cell = columns + (row << shift)
      sum = f64x2.add(sum, timesWeight(row, timesOwn(row, v128.load(cell), kind), kind))
      if (wide) sum2 = f64x2.add(sum2, timesWeight(row, timesOwn(row, v128.load(cell, 16), kind), kind))
    }
    const share = v128.load64_splat(inverse + (<usize>group << 3))
    const slope = f64x2.mul(by, f64x2.mul(sum, share)), slope2 = f64x2.mul(by2, f64x2.mul(sum2, share))
    for (row = first; row < end; row++) {
      const cell = columns + (row << shift)
      const level = onlyLevel(row, kind, wide)
      const rest = f64x2.sub(v128.load(cell), timesOwn(row, slope, kind))
      v128.store(cell, rest)
      const scaled = timesWeight(row, rest, kind)
      total = f64x2.add(total, f64x2.mul(scaled, rest))
      if (wide) {
        const rest2 = f64x2.sub(v128.load(cell, 16), timesOwn(row, slope2, kind))
        v128.store(cell, rest2, 16)
        const scaled2 = timesWeight(row, rest2, kind)
        total2 = f64x2.add(total2, f64x2.mul(scaled2, rest2))
        scatter(row, level, scaled2, kind, wide, 16)
      }
      scatter(row, level, scaled, kind, wide, 0)
    }
  }
  v128.store(sums, total)
  if (wide) v128.store(sums, total2, 16)
}

// @ts-ignore: decorator
@inline
function finish(from: i32, to: i32, kind: i32, wide: bool): void {
  const shift: usize = wide ? 5 : 4
  let row = startOf(from)
  for (let group = from; group < to; group++) {
    const first = row
    const end = startOf(group + 1)
    let sum = f64x2.splat(0), sum2 = f64x2.splat(0)
    for (; row < end; row++) {
      const cell = columns + (row << shift)
      const level = onlyLevel(row, kind, wide)
      const rest = f64x2.sub(v128.load(cell), fittedAt(row, level, kind, wide, 0))
      v128.store(cell, rest)
      sum = f64x2.add(sum, timesWeight(row, timesOwn(row, rest, kind), kind))
      if (wide) {
        const rest2 = f64x2.sub(v128.load(cell, 16), fittedAt(row, level, kind, wide, 16))
        v128.store(cell, rest2, 16)
        sum2 = f64x2.add(sum2, timesWeight(row, timesOwn(row, rest2, kind), kind))
      }
    }
    const share = v128.load64_splat(inverse + (<usize>group << 3))
    const slope = f64x2.mul(sum, share), slope2 = f64x2.mul(sum2, share)
    for (row = first; row < end; row++) {
      const cell = columns + (row << shift)
      v128.store(cell, f64x2.sub(v128.load(cell), timesOwn(row, slope, kind)))
      if (wide) v128.store(cell, f64x2.sub(v128.load(cell, 16), timesOwn(row, slope2, kind)), 16)
    }
  }
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
function turnLevels(solution: usize, residual: usize, diagonal: usize, step: usize, from: i32, to: i32, wide: bool): void {
  const shift: usize = wide ? 5 : 4
  const by = v128.load(step), by2 = wide ? v128.load(step, 16) : f64x2.splat(0)
  const share = v128.load(factor), share2 = wide ? v128.load(factor, 16) : f64x2.splat(0)
  for (let j = from; j < to; j++) {
    const d = v128.load64_splat(diagonal + (<usize>j << 3))
    const at = <usize>j << shift
    const level = pairs + (at << 1)
    const direction = v128.load(level)
    addTo(solution + at, f64x2.mul(by, direction))
    v128.store(level, f64x2.add(f64x2.mul(v128.load(residual + at), d), f64x2.mul(share, direction)))
    if (wide) {
      const direction2 = v128.load(level, 16)
      addTo(solution + at + 16, f64x2.mul(by2, direction2))
      v128.store(level, f64x2.add(f64x2.mul(v128.load(residual + at, 16), d), f64x2.mul(share2, direction2)), 16)
      v128.store(level, f64x2.splat(0), 32)
      v128.store(level, f64x2.splat(0), 48)
    } else v128.store(level, f64x2.splat(0), 16)
  }
}
