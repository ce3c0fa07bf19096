//asc --optimizeLevel 3 --enable threads --importMemory --sharedMemory --maximumMemory 65536
/**
 * The random-effects logit of likelihood.ts over a range of groups, with SIMD. Two things make it fast: the logit factorises, so that
 * 1 + e^{−(η+u)} = 1 + e^{−η} e^{−u} needs one exponential a row and one a node instead of one a row and node, and one logarithm of a
 * product a node; and the Hessian is X'(A X) with the small matrix A of each group, in register tiles.
 *
 * All addresses are bytes in this module's memory, which it shares with the same module on other threads; rows of x are `stride` (even)
 * doubles, padded with zeros.
 */

const ROOT2: f64 = 1.4142135623730951
/** Beyond this index the products of factors could overflow: the caller takes the plain path. */
const LARGEST_INDEX: f64 = 250
/** Step of the differences of scores. */
const STEP: f64 = 1e-4

/** Where the kernel's own tables end. */
export function heapStart(): usize {
  return __heap_base
}

@inline
function get(base: usize, index: i32): f64 {
  return load<f64>(base + (<usize>index << 3))
}

@inline
function set(base: usize, index: i32, value: f64): void {
  store<f64>(base + (<usize>index << 3), value)
}

@inline
function horizontal(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1)
}

// Scratch of one group; rows of the small matrices are largest + 1 wide.
let eta: usize = 0
let inverse: usize = 0 // D = e^{−η}
let modeWeight: usize = 0
let modeSlope: usize = 0
let score: usize = 0
let border: usize = 0
let node: usize = 0 // u_q
let factor: usize = 0 // V = e^{−u}
let log: usize = 0
let pi: usize = 0
let slope: usize = 0
let square: usize = 0
let residual: usize = 0
let curvature: usize = 0
let difference: usize = 0
let product: usize = 0
let span: i32 = 0
// The group's mode and scale, its score of ln σ and the corner of its curvature.
let mode: f64 = 0
let scale: f64 = 0
let scoreSigma: f64 = 0
let corner: f64 = 0

function layOut(scratch: usize, largest: i32, nodes: i32): void {
  span = largest + 1
  eta = scratch
  inverse = eta + 8 * largest
  modeWeight = inverse + 8 * largest
  modeSlope = modeWeight + 8 * largest
  score = modeSlope + 8 * largest
  border = score + 8 * largest
  node = border + 8 * largest
  factor = node + 8 * nodes
  log = factor + 8 * nodes
  pi = log + 8 * nodes
  slope = pi + 8 * nodes
  square = slope + 8 * nodes
  residual = square + 8 * nodes
  curvature = residual + 8 * largest * nodes
  difference = curvature + 8 * span * span
  product = difference + 8 * span * span
}

/**
 * Adds groups [from, to) to gradient (stride + 2 doubles: β padded, then d/d ln σ) and hessian ((stride + 2) × (stride + 2), lower
 * triangle by pairs of columns; row `stride` is ln σ). `kind` 0: no Hessian, 1: nodes held, 2: nodes moving. Returns the log likelihood
 * of the range, or NaN where an index is too large.
 */
export function accumulate(
  x: usize, outcome: usize, offset: usize, start: usize, from: i32, to: i32, stride: i32,
  beta: usize, sigma: f64, z: usize, logWeight: usize, nodes: i32,
  modes: usize, scales: usize, scratch: usize, gradient: usize, hessian: usize, kind: i32,
  rowScore: usize, groupScore: usize, largest: i32,
): f64 {
  layOut(scratch, largest, nodes)
  let total: f64 = 0
  for (let i = from; i < to; i++) {
    const first = load<i32>(start + (<usize>i << 2))
    const size = load<i32>(start + (<usize>(i + 1) << 2)) - first
    const y = outcome + (<usize>first << 3)
    const rows = x + 8 * <usize>(first * stride)
    for (let t = 0; t < size; t++) {
      const row = rows + 8 * <usize>(t * stride)
      let sum = f64x2.splat(0)
      for (let j = 0; j < stride; j += 2) {
        const at = <usize>j << 3
        sum = f64x2.add(sum, f64x2.mul(v128.load(row + at), v128.load(beta + at)))
      }
      let index = horizontal(sum)
      if (offset) index += get(offset, first + t)
      if (!(Math.abs(index) <= LARGEST_INDEX)) return NaN
      set(eta, t, index)
      set(inverse, t, Math.exp(-index))
    }
    mode = get(modes, i)
    const value = solveGroup(y, size, sigma, z, logWeight, nodes, kind)
    if (isNaN(value)) return NaN
    total += value
    set(modes, i, mode)
    set(scales, i, scale)

    for (let t = 0; t < size; t++) {
      if (rowScore) set(rowScore, first + t, get(score, t))
      const row = rows + 8 * <usize>(t * stride)
      const s = f64x2.splat(get(score, t))
      for (let j = 0; j < stride; j += 2) {
        const at = <usize>j << 3
        v128.store(gradient + at, f64x2.add(v128.load(gradient + at), f64x2.mul(s, v128.load(row + at))))
      }
    }
    set(gradient, stride, get(gradient, stride) + scoreSigma)
    if (groupScore) set(groupScore, i, scoreSigma)

    if (kind == 0) continue
    if (kind == 2 && !differenceScores(y, size, sigma, z, logWeight, nodes)) return NaN
    addCurvature(rows, size, stride, hessian)
  }
  return total
}

/** ℓ_i at the group's η and this σ; fills score, scoreSigma and, for kind 1, the curvature with nodes held. NaN: an index is too large. */
function solveGroup(y: usize, size: i32, sigma: f64, z: usize, logWeight: usize, nodes: i32, kind: i32): f64 {
  const precision = 1 / (sigma * sigma)
  let zeros: f64 = 0 // outcomes that are zero, and Σ η over them
  let zeroIndex: f64 = 0
  for (let t = 0; t < size; t++) {
    if (get(y, t) != 0) continue
    zeros += 1
    zeroIndex += get(eta, t)
  }
  findMode(size, <f64>size - zeros, sigma)
  if (!(Math.abs(mode) <= LARGEST_INDEX)) return NaN

  for (let q = 0; q < nodes; q++) {
    const at = mode + ROOT2 * scale * get(z, q)
    if (!(Math.abs(at) <= LARGEST_INDEX)) return NaN
    set(node, q, at)
    set(factor, q, Math.exp(-at))
    set(log, q, get(logWeight, q) - 0.5 * at * at * precision - zeroIndex - zeros * at)
    set(square, q, at * at * precision)
  }
  const top = visitNodes(y, size, precision, nodes)
  let mass: f64 = 0
  for (let q = 0; q < nodes; q++) {
    const value = Math.exp(get(log, q) - top)
    set(pi, q, value)
    mass += value
  }
  fillScores(y, size, precision, z, nodes, mass, kind)
  return top + Math.log(mass) + Math.log(scale) + 0.34657359027997264 - Math.log(sigma) - 0.9189385332046727 // ½ ln 2, ½ ln 2π
}

/** Newton's method on the log integrand from the last mode, within a bracket (see likelihood.ts); leaves weights and their slopes at the mode. */
function findMode(size: i32, ones: f64, sigma: f64): void {
  const precision = 1 / (sigma * sigma)
  let low: f64 = -Infinity
  let high: f64 = Infinity
  let last: f64 = Infinity
  let u = mode
  for (let iteration = 0; iteration < 100; iteration++) {
    const v = Math.exp(-u)
    let first = ones - u * precision
    let second = precision
    for (let t = 0; t < size; t++) {
      const p = 1 / (1 + get(inverse, t) * v)
      const w = p * (1 - p)
      first -= p
      second += w
      set(modeWeight, t, w)
      set(modeSlope, t, w * (1 - 2 * p))
    }
    scale = 1 / Math.sqrt(second)
    const step = Math.max(-4 * sigma, Math.min(4 * sigma, first / second))
    if (Math.abs(step) <= 1e-13 * (Math.abs(u) + scale)) break
    if (first > 0) low = u
    else high = u
    const swings = high - low < Infinity && (Math.abs(step) > 0.5 * last || u + step <= low || u + step >= high)
    const next = swings ? 0.5 * (low + high) : u + step
    last = Math.abs(next - u)
    u = next
  }
  mode = u
}

/** Residuals at every row and node, the slope of the log integrand and its value: log P = −Σ_{y=0} (η + u) − ln Π (1 + D V). Returns the largest value. */
function visitNodes(y: usize, size: i32, precision: f64, nodes: i32): f64 {
  const one = f64x2.splat(1)
  let top: f64 = -Infinity
  for (let q = 0; q < nodes; q += 2) {
    const at = <usize>q << 3
    const v = v128.load(factor + at)
    let factors = one
    let sum = f64x2.splat(0)
    let logs = f64x2.splat(0)
    for (let t = 0; t < size; t++) {
      const denominator = f64x2.add(one, f64x2.mul(f64x2.splat(get(inverse, t)), v))
      factors = f64x2.mul(factors, denominator)
      // Factors are below e^{500}; the product is emptied before a second large one could overflow it.
      if (f64x2.extract_lane(factors, 0) > 1e80 || f64x2.extract_lane(factors, 1) > 1e80) {
        logs = f64x2.add(logs, f64x2(Math.log(f64x2.extract_lane(factors, 0)), Math.log(f64x2.extract_lane(factors, 1))))
        factors = one
      }
      const r = f64x2.sub(f64x2.splat(get(y, t)), f64x2.div(one, denominator))
      v128.store(residual + 8 * <usize>(t * nodes + q), r)
      sum = f64x2.add(sum, r)
    }
    v128.store(slope + at, f64x2.sub(sum, f64x2.mul(f64x2.splat(precision), v128.load(node + at))))
    const a = get(log, q) - f64x2.extract_lane(logs, 0) - Math.log(f64x2.extract_lane(factors, 0))
    const b = get(log, q + 1) - f64x2.extract_lane(logs, 1) - Math.log(f64x2.extract_lane(factors, 1))
    set(log, q, a)
    set(log, q + 1, b)
    top = Math.max(top, Math.max(a, b))
  }
  return top
}

/** Posterior means and, for kind 1, covariances of (r_1 … r_T, u²/σ²); then the terms of moving nodes in the scores. */
function fillScores(y: usize, size: i32, precision: f64, z: usize, nodes: i32, mass: f64, kind: i32): void {
  let squareMean: f64 = 0
  let squareSecond: f64 = 0
  let slopeMean: f64 = 0
  let slopeNode: f64 = 0
  for (let q = 0; q < nodes; q++) {
    const weight = get(pi, q) / mass
    set(pi, q, weight)
    const v = get(square, q)
    squareMean += weight * v
    squareSecond += weight * v * v
    slopeMean += weight * get(slope, q)
    slopeNode += weight * get(slope, q) * get(z, q)
  }
  corner = squareSecond - squareMean * squareMean - 2 * squareMean
  for (let t = 0; t < size; t++) {
    const rowT = residual + 8 * <usize>(t * nodes)
    let mean = f64x2.splat(0)
    for (let q = 0; q < nodes; q += 2) {
      const at = <usize>q << 3
      mean = f64x2.add(mean, f64x2.mul(v128.load(pi + at), v128.load(rowT + at)))
    }
    set(score, t, horizontal(mean))
    if (kind == 1) fillCurvatureRow(t, get(y, t), nodes, squareMean)
  }
  const byScale = 1 / scale + ROOT2 * slopeNode
  const halfCube = 0.5 * scale * scale * scale
  let third: f64 = 0
  for (let t = 0; t < size; t++) third -= get(modeSlope, t)
  for (let t = 0; t < size; t++) {
    const shift = -scale * scale * get(modeWeight, t)
    set(score, t, get(score, t) + slopeMean * shift + byScale * halfCube * (third * shift - get(modeSlope, t)))
  }
  const shift = 2 * scale * scale * mode * precision
  scoreSigma = squareMean - 1 + slopeMean * shift + byScale * halfCube * (third * shift + 2 * precision)
}

/** Row t of Cov_π(r) − diag E_π(w) and its entry of the border; scores up to t still hold posterior means. */
function fillCurvatureRow(t: i32, y: f64, nodes: i32, squareMean: f64): void {
  const rowT = residual + 8 * <usize>(t * nodes)
  const one = f64x2.splat(1)
  let cross = f64x2.splat(0)
  let weights = f64x2.splat(0)
  for (let q = 0; q < nodes; q += 2) {
    const at = <usize>q << 3
    const weighted = f64x2.mul(v128.load(pi + at), v128.load(rowT + at))
    cross = f64x2.add(cross, f64x2.mul(weighted, v128.load(square + at)))
    const p = f64x2.sub(f64x2.splat(y), v128.load(rowT + at))
    weights = f64x2.add(weights, f64x2.mul(v128.load(pi + at), f64x2.mul(p, f64x2.sub(one, p))))
  }
  const mean = get(score, t)
  set(border, t, horizontal(cross) - mean * squareMean)
  for (let k = 0; k <= t; k++) {
    const rowK = residual + 8 * <usize>(k * nodes)
    let both = f64x2.splat(0)
    for (let q = 0; q < nodes; q += 2) {
      const at = <usize>q << 3
      both = f64x2.add(both, f64x2.mul(f64x2.mul(v128.load(pi + at), v128.load(rowT + at)), v128.load(rowK + at)))
    }
    let value = horizontal(both) - mean * get(score, k)
    if (k == t) value -= horizontal(weights)
    set(curvature, t * span + k, value)
    set(curvature, k * span + t, value)
  }
}

/** Curvature, border and corner as central differences of the group's scores; false where an index is too large. */
function differenceScores(y: usize, size: i32, sigma: f64, z: usize, logWeight: usize, nodes: i32): bool {
  const base = mode
  const width = scale
  const share = 1 / (2 * STEP)
  for (let direction = 0; direction <= size; direction++) {
    for (let sign: f64 = 1; sign >= -1; sign -= 2) {
      const step = sign * STEP
      const before = direction < size ? get(eta, direction) : 0
      const factorBefore = direction < size ? get(inverse, direction) : 0
      if (direction < size) {
        set(eta, direction, before + step)
        set(inverse, direction, factorBefore * Math.exp(-step))
      }
      mode = base
      const value = solveGroup(y, size, direction < size ? sigma : sigma * Math.exp(step), z, logWeight, nodes, 0)
      if (isNaN(value)) return false
      if (direction < size) {
        set(eta, direction, before)
        set(inverse, direction, factorBefore)
      }
      for (let t = 0; t <= size; t++) {
        const at = direction * span + t
        const change = sign * share * (t < size ? get(score, t) : scoreSigma)
        set(difference, at, sign > 0 ? change : get(difference, at) + change)
      }
    }
  }
  mode = base
  scale = width
  for (let t = 0; t < size; t++) {
    for (let k = 0; k < size; k++) set(curvature, t * span + k, 0.5 * (get(difference, t * span + k) + get(difference, k * span + t)))
    set(border, t, 0.5 * (get(difference, t * span + size) + get(difference, size * span + t)))
  }
  corner = get(difference, size * span + size)
  return true
}

/** hessian += X'(A X), lower triangle, two rows by two columns at a time, and the border of ln σ. */
function addCurvature(x: usize, size: i32, stride: i32, hessian: usize): void {
  for (let t = 0; t < size; t++) {
    const target = product + 8 * <usize>(t * stride)
    for (let j = 0; j < stride; j += 2) {
      const at = <usize>j << 3
      let sum = f64x2.splat(0)
      for (let k = 0; k < size; k++) {
        sum = f64x2.add(sum, f64x2.mul(f64x2.splat(get(curvature, t * span + k)), v128.load(x + 8 * <usize>(k * stride) + at)))
      }
      v128.store(target + at, sum)
    }
  }
  const rowBytes = <usize>stride << 3
  const width = <usize>(stride + 2) << 3
  for (let j = 0; j < stride; j += 2) {
    for (let l = 0; l <= j; l += 2) {
      const target = hessian + <usize>j * width + (<usize>l << 3)
      let upper = v128.load(target)
      let lower = v128.load(target + width)
      let left = x + (<usize>j << 3)
      let right = product + (<usize>l << 3)
      for (let t = 0; t < size; t++) {
        const pair = v128.load(right)
        upper = f64x2.add(upper, f64x2.mul(v128.load64_splat(left), pair))
        lower = f64x2.add(lower, f64x2.mul(v128.load64_splat(left, 8), pair))
        left += rowBytes
        right += rowBytes
      }
      v128.store(target, upper)
      v128.store(target + width, lower)
    }
  }
  const borderRow = hessian + <usize>stride * width
  for (let t = 0; t < size; t++) {
    const row = x + <usize>t * rowBytes
    const b = f64x2.splat(get(border, t))
    for (let j = 0; j < stride; j += 2) {
      const at = <usize>j << 3
      v128.store(borderRow + at, f64x2.add(v128.load(borderRow + at), f64x2.mul(b, v128.load(row + at))))
    }
  }
  set(borderRow, stride, get(borderRow, stride) + corner)
}
