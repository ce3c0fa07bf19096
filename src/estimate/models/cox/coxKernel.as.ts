/**
 * The passes over rows of the Cox partial likelihood (`plainKernel.ts` states them), two doubles at a time. Rows are packed with a
 * stride that is even; every function works on rows [from, to), so that calls in blocks reach optimised code early.
 */

export function heapStart(): usize {
  return __heap_base
}

// @ts-ignore: decorator
@inline
function f64At(base: usize, index: usize): f64 {
  return load<f64>(base + (index << 3))
}

/** r_i = w_i exp(x_i'β + o_i); a zero pointer means no weights or no offset. `beta` has `stride` elements, zeros at the end. */
export function riskOfRows(from: usize, to: usize, stride: usize, packed: usize, beta: usize, weights: usize, offset: usize, risk: usize): void {
  for (let i = from; i < to; i++) {
    const row = packed + ((i * stride) << 3)
    let sum = f64x2.splat(0)
    for (let j: usize = 0; j < stride; j += 2) {
      sum = f64x2.add(sum, f64x2.mul(v128.load(row + (j << 3)), v128.load(beta + (j << 3))))
    }
    let eta = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
    if (offset) eta += f64At(offset, i)
    store<f64>(risk + (i << 3), eta)
  }
  let i = from
  for (; i + 2 <= to; i += 2) v128.store(risk + (i << 3), exponential(v128.load(risk + (i << 3))))
  if (i < to) store<f64>(risk + (i << 3), f64x2.extract_lane(exponential(f64x2.splat(f64At(risk, i))), 0))
  if (weights) for (i = from; i < to; i++) store<f64>(risk + (i << 3), f64At(risk, i) * f64At(weights, i))
}

/** e^x: x = k ln 2 + r, a Taylor polynomial of degree 13 in |r| ≤ ½ ln 2, k into the exponent. Beyond ±708: infinity or 0. */
function exponential(x: v128): v128 {
  const k = f64x2.nearest(f64x2.mul(x, f64x2.splat(1.4426950408889634)))
  let r = f64x2.sub(x, f64x2.mul(k, f64x2.splat(0.6931471803691238)))
  r = f64x2.sub(r, f64x2.mul(k, f64x2.splat(1.9082149292705877e-10)))
  let sum = f64x2.splat(1.0 / 6227020800.0)
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 479001600.0))
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 39916800.0))
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 3628800.0))
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 362880.0))
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 40320.0))
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 5040.0))
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 720.0))
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 120.0))
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 24.0))
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 6.0))
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(0.5))
  sum = f64x2.add(f64x2.mul(f64x2.mul(sum, r), r), f64x2.add(r, f64x2.splat(1)))
  const exponent = i64x2.shl(i64x2.add(i64x2.splat(1023), toIntegers(k)), 52)
  const value = f64x2.mul(sum, exponent)
  const tooLarge = f64x2.gt(x, f64x2.splat(708))
  const tooSmall = f64x2.lt(x, f64x2.splat(-708))
  return v128.bitselect(f64x2.splat(Infinity), v128.andnot(value, tooSmall), tooLarge)
}

/** Whole numbers in doubles -> 64-bit integers, by the trick of adding 1.5·2⁵². */
// @ts-ignore: decorator
@inline
function toIntegers(k: v128): v128 {
  const magic = f64x2.splat(6755399441055744.0)
  return i64x2.sub(f64x2.add(k, magic), magic)
}

/** cell += scale · row, `stride` doubles. */
// @ts-ignore: decorator
@inline
function addScaled(cell: usize, row: usize, stride: usize, scale: f64): void {
  const factor = f64x2.splat(scale)
  for (let j: usize = 0; j < stride << 3; j += 16) {
    v128.store(cell + j, f64x2.add(v128.load(cell + j), f64x2.mul(factor, v128.load(row + j))))
  }
}

/** Adds r z at the last event time of each row, takes it away before its first. */
export function scatterRisk(from: usize, to: usize, stride: usize, packed: usize, risk: usize, last: usize, before: usize, sums: usize): void {
  for (let i = from; i < to; i++) {
    const end = load<i32>(last + (i << 2))
    if (end < 0) continue
    const row = packed + ((i * stride) << 3)
    const r = f64At(risk, i)
    addScaled(sums + ((<usize>end * stride) << 3), row, stride, r)
    const entry = load<i32>(before + (i << 2))
    if (entry >= 0) addScaled(sums + ((<usize>entry * stride) << 3), row, stride, -r)
  }
}

/** Adds r z of event rows [from, to) of the list to the slot of their tied event time. */
export function scatterDeaths(from: usize, to: usize, stride: usize, packed: usize, risk: usize, eventRows: usize, last: usize, tiedSlot: usize, deathSums: usize): void {
  for (let e = from; e < to; e++) {
    const i = <usize>load<i32>(eventRows + (e << 2))
    const slot = load<i32>(tiedSlot + (<usize>load<i32>(last + (i << 2)) << 2))
    if (slot >= 0) addScaled(deathSums + ((<usize>slot * stride) << 3), packed + ((i * stride) << 3), stride, f64At(risk, i))
  }
}

/** Sums from event time to − 1 down to `from`. */
export function suffixSums(from: usize, to: usize, stride: usize, sums: usize): void {
  const width = stride << 3
  for (let k = to - 1; k > from; k--) {
    const cell = sums + (k - 1) * width
    for (let j: usize = 0; j < width; j += 16) v128.store(cell + j, f64x2.add(v128.load(cell + j), v128.load(cell + width + j)))
  }
}

/** r_i h_i, 0 for rows never at risk. */
export function rowCoefficients(from: usize, to: usize, risk: usize, last: usize, before: usize, event: usize, cumulative: usize, deathHazard: usize, out: usize): void {
  for (let i = from; i < to; i++) {
    const end = load<i32>(last + (i << 2))
    const entry = load<i32>(before + (i << 2))
    let hazard = end < 0 ? 0 : f64At(cumulative, <usize>end)
    if (entry >= 0) hazard -= f64At(cumulative, <usize>entry)
    if (load<u8>(event + i)) hazard -= f64At(deathHazard, <usize>end)
    store<f64>(out + (i << 3), f64At(risk, i) * hazard)
  }
}

/**
 * Adds Σ c_i z_i z_i' over rows [from, to) to `total` (stride × stride, row-major, blocks on and below the diagonal): tiles of 4 × 4 in
 * registers, 2 × 4 and 2 × 2 at the edge. `scaled` has room for (to − from) × stride.
 */
export function addProducts(from: usize, to: usize, stride: usize, packed: usize, coefficients: usize, scaled: usize, total: usize): void {
  const width = stride << 3
  const first = packed + from * width
  const rows = to - from
  for (let i: usize = 0; i < rows; i++) {
    const c = f64x2.splat(f64At(coefficients, from + i))
    for (let j: usize = 0; j < width; j += 16) v128.store(scaled + i * width + j, f64x2.mul(c, v128.load(first + i * width + j)))
  }
  addTiles(rows, stride, scaled, first, total)
}

/**
 * Σ r z z' of the rows of one chunk by cell: cell c's rows order[start[c]] … order[start[c + 1] − 1] add to products[c] (stride ×
 * stride). `scaled` and `plain` have room for `tile` rows.
 */
export function cellProducts(cells: usize, order: usize, start: usize, stride: usize, packed: usize, risk: usize, scaled: usize, plain: usize, tile: usize, products: usize): void {
  const width = stride << 3
  for (let c: usize = 0; c < cells; c++) {
    const end = <usize>load<i32>(start + ((c + 1) << 2))
    for (let from = <usize>load<i32>(start + (c << 2)); from < end; from += tile) {
      const rows = min(end - from, tile)
      for (let k: usize = 0; k < rows; k++) {
        const i = <usize>load<i32>(order + ((from + k) << 2))
        const r = f64x2.splat(f64At(risk, i))
        for (let j: usize = 0; j < width; j += 16) {
          const pair = v128.load(packed + i * width + j)
          v128.store(plain + k * width + j, pair)
          v128.store(scaled + k * width + j, f64x2.mul(r, pair))
        }
      }
      addTiles(rows, stride, scaled, plain, products + c * stride * width)
    }
  }
}

/** total += left' right of `rows` rows, blocks on and below the diagonal. */
function addTiles(rows: usize, stride: usize, left: usize, right: usize, total: usize): void {
  const width = stride << 3
  const whole = stride & ~3
  for (let a: usize = 0; a < whole; a += 4) {
    for (let b: usize = 0; b <= a; b += 4) addTile(rows, width, left + (a << 3), right + (b << 3), total + a * width + (b << 3))
  }
  if (whole < stride) {
    for (let b: usize = 0; b < whole; b += 4) addWideTile(rows, width, left + (whole << 3), right + (b << 3), total + whole * width + (b << 3))
    addSmallTile(rows, width, left + (whole << 3), right + (whole << 3), total + whole * width + (whole << 3))
  }
}

function addTile(rows: usize, width: usize, left: usize, right: usize, total: usize): void {
  let a0 = f64x2.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0
  for (let i: usize = 0; i < rows; i++) {
    const r0 = v128.load(right)
    const r1 = v128.load(right, 16)
    let l = v128.load64_splat(left)
    a0 = f64x2.add(a0, f64x2.mul(l, r0))
    a1 = f64x2.add(a1, f64x2.mul(l, r1))
    l = v128.load64_splat(left, 8)
    b0 = f64x2.add(b0, f64x2.mul(l, r0))
    b1 = f64x2.add(b1, f64x2.mul(l, r1))
    l = v128.load64_splat(left, 16)
    c0 = f64x2.add(c0, f64x2.mul(l, r0))
    c1 = f64x2.add(c1, f64x2.mul(l, r1))
    l = v128.load64_splat(left, 24)
    d0 = f64x2.add(d0, f64x2.mul(l, r0))
    d1 = f64x2.add(d1, f64x2.mul(l, r1))
    left += width
    right += width
  }
  addPair(total, a0, a1)
  addPair(total + width, b0, b1)
  addPair(total + 2 * width, c0, c1)
  addPair(total + 3 * width, d0, d1)
}

/** 2 × 4. */
function addWideTile(rows: usize, width: usize, left: usize, right: usize, total: usize): void {
  let a0 = f64x2.splat(0), a1 = a0, b0 = a0, b1 = a0
  for (let i: usize = 0; i < rows; i++) {
    const r0 = v128.load(right)
    const r1 = v128.load(right, 16)
    let l = v128.load64_splat(left)
    a0 = f64x2.add(a0, f64x2.mul(l, r0))
    a1 = f64x2.add(a1, f64x2.mul(l, r1))
    l = v128.load64_splat(left, 8)
    b0 = f64x2.add(b0, f64x2.mul(l, r0))
    b1 = f64x2.add(b1, f64x2.mul(l, r1))
    left += width
    right += width
  }
  addPair(total, a0, a1)
  addPair(total + width, b0, b1)
}

/** 2 × 2. */
function addSmallTile(rows: usize, width: usize, left: usize, right: usize, total: usize): void {
  let a = f64x2.splat(0), b = a
  for (let i: usize = 0; i < rows; i++) {
    const r = v128.load(right)
    a = f64x2.add(a, f64x2.mul(v128.load64_splat(left), r))
    b = f64x2.add(b, f64x2.mul(v128.load64_splat(left, 8), r))
    left += width
    right += width
  }
  v128.store(total, f64x2.add(v128.load(total), a))
  v128.store(total + width, f64x2.add(v128.load(total + width), b))
}

// @ts-ignore: decorator
@inline
function addPair(cell: usize, low: v128, high: v128): void {
  v128.store(cell, f64x2.add(v128.load(cell), low))
  v128.store(cell, f64x2.add(v128.load(cell, 16), high), 16)
}

/**
 * Weighted score residuals of rows [from, to), written from `out` on, (to − from) × parameters. `hazardMeans` is the running sum of
 * Σ dΛ m, `deathMeans` and `spared` are per event time; all event times × parameters (see `scoreResiduals.ts`).
 */
export function scoreRows(from: usize, to: usize, stride: usize, parameters: usize, packed: usize, risk: usize, weights: usize, last: usize, before: usize, event: usize,
  cumulative: usize, deathHazard: usize, deathMeans: usize, hazardMeans: usize, spared: usize, out: usize): void {
  for (let i = from; i < to; i++) {
    const target = out + (((i - from) * parameters) << 3)
    const end = load<i32>(last + (i << 2))
    if (end < 0) {
      memory.fill(target, 0, parameters << 3)
      continue
    }
    const entry = load<i32>(before + (i << 2))
    const died = load<u8>(event + i) != 0
    const r = f64At(risk, i)
    let h = f64At(cumulative, <usize>end)
    if (entry >= 0) h -= f64At(cumulative, <usize>entry)
    if (died) h -= f64At(deathHazard, <usize>end)
    const weight = weights ? f64At(weights, i) : 1.0
    for (let j: usize = 0; j < parameters; j++) {
      const x = f64At(packed, i * stride + j)
      let g = f64At(hazardMeans, <usize>end * parameters + j)
      if (entry >= 0) g -= f64At(hazardMeans, <usize>entry * parameters + j)
      if (died) g -= f64At(spared, <usize>end * parameters + j)
      let score = r * (g - x * h)
      if (died) score += weight * (x - f64At(deathMeans, <usize>end * parameters + j))
      store<f64>(target + (j << 3), score)
    }
  }
}
