//asc --optimizeLevel 3
/**
 * The random-effects logit of likelihood.ts over a range of groups, with SIMD. Two things make it fast: the logit factorises, so that
 * 1 + e^{−(η+u)} = 1 + e^{−η} e^{−u} needs one exponential a row and one a node instead of one a row and node, and one logarithm of a
 * product a node; and the Hessian is X'(A X) with the small matrix A of each group, in register tiles.
 *
 * All addresses are bytes in this module's memory; rows of x are `stride` (even) doubles, padded with zeros.
 */

const ROOT2: f64 = 1.4142135623730951
/** Beyond this index the products of factors could overflow: the caller takes the plain path. */
const LARGEST_INDEX: f64 = 250

/** A block of memory, 16-byte aligned, never freed. */
export function allocate(bytes: i32): usize {
  return heap.alloc(<usize>bytes)
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

/** Bytes of scratch for groups of up to `largest` rows. */
export function scratchBytes(largest: i32, nodes: i32, stride: i32): i32 {
  return 8 * (6 * largest + largest * nodes + (largest + 1) * (largest + 1) + largest * stride + 6 * nodes + 64)
}

/**
 * Adds groups [from, to) to gradient (stride + 2 doubles: β padded, then d/d ln σ) and hessian ((stride + 2) × (stride + 2), lower
 * triangle by pairs of columns; row `stride` is ln σ). Returns the log likelihood of the range, or NaN where an index is too large.
 */
export function accumulate(
  x: usize, outcome: usize, offset: usize, start: usize, from: i32, to: i32, stride: i32,
  beta: usize, sigma: f64, z: usize, logWeight: usize, nodes: i32,
  mode: usize, scale: usize, scratch: usize, gradient: usize, hessian: usize, withHessian: bool,
  rowScore: usize, groupScore: usize, largest: i32,
): f64 {
  const eta = scratch
  const inverse = eta + 8 * largest // D = e^{−η}
  const modeWeight = inverse + 8 * largest
  const modeSlope = modeWeight + 8 * largest
  const score = modeSlope + 8 * largest
  const border = score + 8 * largest
  const node = border + 8 * largest // u_q
  const factor = node + 8 * nodes // V = e^{−u}
  const log = factor + 8 * nodes
  const pi = log + 8 * nodes
  const slope = pi + 8 * nodes
  const square = slope + 8 * nodes
  // Odd group sizes would leave these unaligned for pairs only by 8 bytes, which wasm loads allow.
  const residual = square + 8 * nodes
  const curvature = residual + 8 * largest * nodes
  const product = curvature + 8 * (largest + 1) * (largest + 1)

  const precision = 1 / (sigma * sigma)
  const constant = 0.34657359027997264 - Math.log(sigma) - 0.9189385332046727 // ½ ln 2 − ln σ − ½ ln 2π
  let total: f64 = 0
  for (let i = from; i < to; i++) {
    const first = load<i32>(start + (<usize>i << 2))
    const size = load<i32>(start + (<usize>(i + 1) << 2)) - first
    let zeros: f64 = 0 // number of outcomes that are zero
    let zeroIndex: f64 = 0 // Σ η over them
    for (let t = 0; t < size; t++) {
      const row = x + 8 * <usize>((first + t) * stride)
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
      if (get(outcome, first + t) == 0) {
        zeros += 1
        zeroIndex += index
      }
    }

    // Mode of the log integrand by Newton's method from the last mode.
    let u = get(mode, i)
    let width: f64 = 1
    for (let iteration = 0; iteration < 100; iteration++) {
      const v = Math.exp(-u)
      let first1 = <f64>size - zeros - u * precision
      let second = precision
      for (let t = 0; t < size; t++) {
        const p = 1 / (1 + get(inverse, t) * v)
        const w = p * (1 - p)
        first1 -= p
        second += w
        set(modeWeight, t, w)
        set(modeSlope, t, w * (1 - 2 * p))
      }
      width = 1 / Math.sqrt(second)
      const step = first1 / second
      if (Math.abs(step) <= 1e-13 * (Math.abs(u) + width)) break
      u += Math.max(-4 * sigma, Math.min(4 * sigma, step))
    }
    if (!(Math.abs(u) <= LARGEST_INDEX)) return NaN
    set(mode, i, u)
    set(scale, i, width)

    // Likelihood at every node: log P = −Σ_{y=0} (η + u) − ln Π (1 + D V).
    for (let q = 0; q < nodes; q++) {
      const at = u + ROOT2 * width * get(z, q)
      if (!(Math.abs(at) <= LARGEST_INDEX)) return NaN
      set(node, q, at)
      set(factor, q, Math.exp(-at))
      set(log, q, get(logWeight, q) - 0.5 * at * at * precision - zeroIndex - zeros * at)
      set(square, q, at * at * precision)
    }
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
        // Factors are below e^{250 + |u|}; the product is emptied before a second large one could overflow it.
        if (f64x2.extract_lane(factors, 0) > 1e80 || f64x2.extract_lane(factors, 1) > 1e80) {
          logs = f64x2.add(logs, f64x2(Math.log(f64x2.extract_lane(factors, 0)), Math.log(f64x2.extract_lane(factors, 1))))
          factors = one
        }
        const r = f64x2.sub(f64x2.splat(get(outcome, first + t)), f64x2.div(one, denominator))
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
    let mass: f64 = 0
    for (let q = 0; q < nodes; q++) {
      const value = Math.exp(get(log, q) - top)
      set(pi, q, value)
      mass += value
    }
    total += top + Math.log(mass) + Math.log(width) + constant

    // Posterior moments.
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
    const span = largest + 1
    for (let t = 0; t < size; t++) {
      const rowT = residual + 8 * <usize>(t * nodes)
      let mean = f64x2.splat(0)
      let cross = f64x2.splat(0)
      let weights = f64x2.splat(0)
      const y = f64x2.splat(get(outcome, first + t))
      for (let q = 0; q < nodes; q += 2) {
        const at = <usize>q << 3
        const weighted = f64x2.mul(v128.load(pi + at), v128.load(rowT + at))
        mean = f64x2.add(mean, weighted)
        cross = f64x2.add(cross, f64x2.mul(weighted, v128.load(square + at)))
        const p = f64x2.sub(y, v128.load(rowT + at))
        weights = f64x2.add(weights, f64x2.mul(v128.load(pi + at), f64x2.mul(p, f64x2.sub(one, p))))
      }
      const meanT = horizontal(mean)
      set(score, t, meanT)
      set(border, t, horizontal(cross) - meanT * squareMean)
      if (withHessian) {
        for (let k = 0; k <= t; k++) {
          const rowK = residual + 8 * <usize>(k * nodes)
          let both = f64x2.splat(0)
          for (let q = 0; q < nodes; q += 2) {
            const at = <usize>q << 3
            both = f64x2.add(both, f64x2.mul(f64x2.mul(v128.load(pi + at), v128.load(rowT + at)), v128.load(rowK + at)))
          }
          let value = horizontal(both) - meanT * get(score, k)
          if (k == t) value -= horizontal(weights)
          set(curvature, t * span + k, value)
          set(curvature, k * span + t, value)
        }
      }
    }

    // X'(A X) and the border of ln σ, before the scores take the terms of moving nodes.
    if (withHessian) {
      addCurvature(x + 8 * <usize>(first * stride), size, stride, curvature, span, product, hessian)
      const borderRow = hessian + 8 * <usize>(stride * (stride + 2))
      for (let t = 0; t < size; t++) {
        const row = x + 8 * <usize>((first + t) * stride)
        const b = f64x2.splat(get(border, t))
        for (let j = 0; j < stride; j += 2) {
          const at = <usize>j << 3
          v128.store(borderRow + at, f64x2.add(v128.load(borderRow + at), f64x2.mul(b, v128.load(row + at))))
        }
      }
      const corner = stride * (stride + 2) + stride
      set(hessian, corner, get(hessian, corner) + squareSecond - squareMean * squareMean - 2 * squareMean)
    }

    const byScale = 1 / width + ROOT2 * slopeNode
    const halfCube = 0.5 * width * width * width
    let third: f64 = 0
    for (let t = 0; t < size; t++) third -= get(modeSlope, t)
    for (let t = 0; t < size; t++) {
      const shift = -width * width * get(modeWeight, t)
      const value = get(score, t) + slopeMean * shift + byScale * halfCube * (third * shift - get(modeSlope, t))
      if (rowScore) set(rowScore, first + t, value)
      const row = x + 8 * <usize>((first + t) * stride)
      const s = f64x2.splat(value)
      for (let j = 0; j < stride; j += 2) {
        const at = <usize>j << 3
        v128.store(gradient + at, f64x2.add(v128.load(gradient + at), f64x2.mul(s, v128.load(row + at))))
      }
    }
    const shift = 2 * width * width * u * precision
    const scoreSigma = squareMean - 1 + slopeMean * shift + byScale * halfCube * (third * shift + 2 * precision)
    set(gradient, stride, get(gradient, stride) + scoreSigma)
    if (groupScore) set(groupScore, i, scoreSigma)
  }
  return total
}

/** hessian += X'(A X), lower triangle, two rows by two columns at a time. */
function addCurvature(x: usize, size: i32, stride: i32, curvature: usize, span: i32, product: usize, hessian: usize): void {
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
}
