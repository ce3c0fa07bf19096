/**
 * The pass of `layers.ts` with two doubles a vector. Dropped nodes and the padding of a row carry an infinite weight, so that
 * whole rows can be read as they stand; where few nodes are kept the loops run over the list of kept nodes instead.
 * Arrays are addresses in linear memory; rows of f64 arrays are `stride` long, a multiple of four.
 */

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

function weigh(dense: bool, row: usize, stride: i32, kept: i32, node: usize, fixed: usize, nodes: usize, weight: usize, u: f64, v: f64): void {
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

function relaxEach(here: usize, stride: i32, senders: i32, receivers: i32, nodes: usize, matrix: usize, weight: usize, forward: usize, scale: f64): void {
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

function reachEach(here: usize, stride: i32, senders: i32, receivers: i32, nodes: usize, matrix: usize, weight: usize, onward: usize, scale: f64): void {
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
