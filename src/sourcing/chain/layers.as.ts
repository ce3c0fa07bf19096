/**
 * The pass of `layers.ts` with two doubles a vector. Dropped nodes and the padding of a row carry an infinite weight, so that
 * whole rows can be read as they stand; where few nodes are kept the loops run over the list of kept nodes instead.
 * Arrays are addresses in linear memory; rows of f64 arrays are `stride` long, a multiple of four.
 */

/**
 * Replaces `length` positive normal doubles (an even number) by their natural logarithms: fdlibm's polynomial, below one unit in the last
 * place. x = 2^k·(1 + f) with 1 + f in [√½, √2).
 */
export function takeLogs(values: usize, length: i32): void {
  const one = f64x2.splat(1)
  const half = f64x2.splat(0.5)
  const two = f64x2.splat(2)
  const below = i64x2.splat(0x3fe6a09e00000000)
  // Adding an integer to the bits of 1.5·2^52 makes it a double.
  const integer = i64x2.splat(0x4338000000000000)
  const offset = f64x2.splat(6755399441055744)
  for (let at = values, end = values + (<usize>length << 3); at < end; at += 16) {
    const x = v128.load(at)
    const k = i64x2.shr_s(i64x2.sub(x, below), 52)
    const f = f64x2.sub(i64x2.sub(x, i64x2.shl(k, 52)), one)
    const exponent = f64x2.sub(i64x2.add(k, integer), offset)
    const s = f64x2.div(f, f64x2.add(two, f))
    const z = f64x2.mul(s, s)
    const w = f64x2.mul(z, z)
    const even = f64x2.mul(w, polynomial(w, 0.3999999999940941908, 0.2222219843214978396, 0.1531383769920937332, 0))
    const odd = f64x2.mul(z, polynomial(w, 0.6666666666666735130, 0.2857142874366239149, 0.1818357216161805012, 0.1479819860511658591))
    const square = f64x2.mul(half, f64x2.mul(f, f))
    const low = f64x2.mul(exponent, f64x2.splat(1.90821492927058770002e-10))
    const high = f64x2.mul(exponent, f64x2.splat(6.93147180369123816490e-01))
    const tail = f64x2.add(f64x2.mul(s, f64x2.add(square, f64x2.add(odd, even))), low)
    v128.store(at, f64x2.add(f64x2.add(f64x2.sub(tail, square), f), high))
  }
}

// @ts-ignore: decorator
@inline
function polynomial(w: v128, a: f64, b: f64, c: f64, d: f64): v128 {
  const inner = f64x2.add(f64x2.splat(c), f64x2.mul(w, f64x2.splat(d)))
  return f64x2.add(f64x2.splat(a), f64x2.mul(w, f64x2.add(f64x2.splat(b), f64x2.mul(w, inner))))
}

/** Kept nodes below this share of a row are visited one by one. */
const SPARSE_SHARE: i32 = 4

export function heapStart(): usize {
  return __heap_base
}

export function shortestPaths(
  stages: i32, stride: i32, edgeStride: i32, node: usize, fixed: usize, edge: usize, edgeScale: usize,
  count: usize, nodes: usize, weight: usize, forward: usize, onward: usize, u: f64, v: f64,
): f64 {
  const row = <usize>stride << 3
  for (let n = 0; n < stages; n++) {
    const at = <usize>n * row
    weigh(isDense(count, n, stride), at, stride, load<i32>(count + (<usize>n << 2)), node, fixed, nodes, weight, u, v)
  }
  copyKept(count, nodes, weight, forward, 0, stride)
  for (let n = 0; n < stages - 1; n++) {
    const scale = u * load<f64>(edgeScale + (<usize>n << 3))
    const matrix = edge + (<usize>(n * edgeStride) << 3)
    const here = <usize>n * row
    const senders = load<i32>(count + (<usize>n << 2))
    const receivers = load<i32>(count + (<usize>(n + 1) << 2))
    if (isDense(count, n + 1, stride)) relaxRows(here, stride, senders, nodes, matrix, weight, forward, scale)
    else relaxEach(here, stride, senders, receivers, nodes, matrix, weight, forward, scale)
  }
  copyKept(count, nodes, weight, onward, stages - 1, stride)
  for (let n = stages - 2; n >= 0; n--) {
    const scale = u * load<f64>(edgeScale + (<usize>n << 3))
    const matrix = edge + (<usize>(n * edgeStride) << 3)
    const here = <usize>n * row
    const senders = load<i32>(count + (<usize>n << 2))
    const receivers = load<i32>(count + (<usize>(n + 1) << 2))
    if (isDense(count, n, stride)) fillInfinity(onward + here, stride)
    if (isDense(count, n + 1, stride)) reachRows(here, stride, senders, nodes, matrix, weight, onward, scale)
    else reachEach(here, stride, senders, receivers, nodes, matrix, weight, onward, scale)
  }
  let best = Infinity
  const last = stages - 1
  const lastRow = <usize>last * row
  const lastNodes = nodes + (<usize>(last * stride) << 2)
  for (let k = 0, kept = load<i32>(count + (<usize>last << 2)); k < kept; k++) {
    const length = load<f64>(forward + lastRow + (<usize>load<i32>(lastNodes + (<usize>k << 2)) << 3))
    if (length < best) best = length
  }
  return best
}

// @ts-ignore: decorator
@inline
function isDense(count: usize, n: i32, stride: i32): bool {
  return load<i32>(count + (<usize>n << 2)) * SPARSE_SHARE >= stride
}

// @ts-ignore: decorator
@inline
function fillInfinity(row: usize, stride: i32): void {
  const infinite = f64x2.splat(Infinity)
  for (let j = 0; j < stride; j += 2) v128.store(row + (<usize>j << 3), infinite)
}

function weigh(
  dense: bool, row: usize, stride: i32, kept: i32, node: usize, fixed: usize, nodes: usize, weight: usize, u: f64, v: f64,
): void {
  if (dense) fillInfinity(weight + row, stride)
  const list = nodes + (row >> 1)
  for (let k = 0; k < kept; k++) {
    const at = row + (<usize>load<i32>(list + (<usize>k << 2)) << 3)
    store<f64>(weight + at, u * load<f64>(node + at) + v * load<f64>(fixed + at))
  }
}

/** Weights of stage n become lengths, where a path starts (stage 0, forward) or ends (last stage, onward). */
function copyKept(count: usize, nodes: usize, weight: usize, lengths: usize, n: i32, stride: i32): void {
  const row = <usize>(n * stride) << 3
  if (isDense(count, n, stride)) {
    memory.copy(lengths + row, weight + row, <usize>stride << 3)
    return
  }
  const list = nodes + (row >> 1)
  for (let k = 0, kept = load<i32>(count + (<usize>n << 2)); k < kept; k++) {
    const at = row + (<usize>load<i32>(list + (<usize>k << 2)) << 3)
    store<f64>(lengths + at, load<f64>(weight + at))
  }
}

/** Forward lengths of four receivers at a time over all senders. */
function relaxRows(here: usize, stride: i32, senders: i32, nodes: usize, matrix: usize, weight: usize, forward: usize, scale: f64): void {
  const row = <usize>stride << 3
  const next = here + row
  const list = nodes + (here >> 1)
  const scales = f64x2.splat(scale)
  for (let offset: usize = 0; offset < row; offset += 32) {
    let first = f64x2.splat(Infinity)
    let second = first
    for (let s = 0; s < senders; s++) {
      const i = <usize>load<i32>(list + (<usize>s << 2))
      const reached = v128.load64_splat(forward + here + (i << 3))
      const from = matrix + i * row + offset
      first = f64x2.pmin(first, f64x2.add(reached, f64x2.mul(scales, v128.load(from))))
      second = f64x2.pmin(second, f64x2.add(reached, f64x2.mul(scales, v128.load(from, 16))))
    }
    v128.store(forward + next + offset, f64x2.add(first, v128.load(weight + next + offset)))
    v128.store(forward + next + offset, f64x2.add(second, v128.load(weight + next + offset, 16)), 16)
  }
}

function relaxEach(
  here: usize, stride: i32, senders: i32, receivers: i32, nodes: usize, matrix: usize, weight: usize, forward: usize, scale: f64,
): void {
  const row = <usize>stride << 3
  const next = here + row
  const list = nodes + (here >> 1)
  const nextList = nodes + (next >> 1)
  for (let k = 0; k < receivers; k++) {
    const j = <usize>load<i32>(nextList + (<usize>k << 2)) << 3
    let best = Infinity
    for (let s = 0; s < senders; s++) {
      const i = <usize>load<i32>(list + (<usize>s << 2))
      const length = load<f64>(forward + here + (i << 3)) + scale * load<f64>(matrix + i * row + j)
      if (length < best) best = length
    }
    store<f64>(forward + next + j, best + load<f64>(weight + next + j))
  }
}

/** Onward lengths of each sender over all receivers, four at a time. */
function reachRows(here: usize, stride: i32, senders: i32, nodes: usize, matrix: usize, weight: usize, onward: usize, scale: f64): void {
  const row = <usize>stride << 3
  const next = onward + here + row
  const list = nodes + (here >> 1)
  const scales = f64x2.splat(scale)
  for (let s = 0; s < senders; s++) {
    const i = <usize>load<i32>(list + (<usize>s << 2))
    const from = matrix + i * row
    let first = f64x2.splat(Infinity)
    let second = first
    for (let offset: usize = 0; offset < row; offset += 32) {
      first = f64x2.pmin(first, f64x2.add(v128.load(next + offset), f64x2.mul(scales, v128.load(from + offset))))
      second = f64x2.pmin(second, f64x2.add(v128.load(next + offset, 16), f64x2.mul(scales, v128.load(from + offset, 16))))
    }
    const both = f64x2.pmin(first, second)
    const best = min(f64x2.extract_lane(both, 0), f64x2.extract_lane(both, 1))
    store<f64>(onward + here + (i << 3), best + load<f64>(weight + here + (i << 3)))
  }
}

function reachEach(
  here: usize, stride: i32, senders: i32, receivers: i32, nodes: usize, matrix: usize, weight: usize, onward: usize, scale: f64,
): void {
  const row = <usize>stride << 3
  const next = here + row
  const list = nodes + (here >> 1)
  const nextList = nodes + (next >> 1)
  for (let s = 0; s < senders; s++) {
    const i = <usize>load<i32>(list + (<usize>s << 2))
    const from = matrix + i * row
    let best = Infinity
    for (let k = 0; k < receivers; k++) {
      const j = <usize>load<i32>(nextList + (<usize>k << 2)) << 3
      const length = load<f64>(onward + next + j) + scale * load<f64>(from + j)
      if (length < best) best = length
    }
    store<f64>(onward + here + (i << 3), best + load<f64>(weight + here + (i << 3)))
  }
}
