/**
 * Lower hulls: the points that minimise x + t·y at some weight t ≥ 0, in the order in which they do so as t rises.
 *
 * Wherever a plan is judged by two numbers that add up over its parts (production cost and transport quantity, fixed cost and
 * marginal cost), the vertices of this hull are all plans that are ever best, and a hull of sums is the sum of the hulls
 * (Minkowski): it is found by merging edges by slope, never by forming pairs. Checked against all pairs in the tests.
 */

/** Vertices with x strictly rising, y strictly falling and the weights between neighbours strictly rising. */
export interface LowerHull {
  readonly x: Float64Array
  readonly y: Float64Array
}

/**
 * Indices of the points on the lower hull, from the one that is best at t → 0 (least x, then least y) to the one that is best
 * at t → ∞ (least y, then least x). Of equal points the first is taken; points inside an edge are left out. O(n log n).
 *
 * @example lowerHullIndices([0, 1, 2], [4, 1, 0]) // [0, 1, 2]: best for t in [0, 1/3), [1/3, 1), [1, ∞)
 */
export function lowerHullIndices(x: ArrayLike<number>, y: ArrayLike<number>): Int32Array {
  const order = Int32Array.from({ length: x.length }, (_, index) => index)
  order.sort((a, b) => x[a]! - x[b]! || y[a]! - y[b]! || a - b)
  const kept = new Int32Array(order.length)
  let count = 0
  for (const point of order) {
    if (count > 0 && y[point]! >= y[kept[count - 1]!]!) continue
    while (count > 1 && !isConvex(x, y, kept[count - 2]!, kept[count - 1]!, point)) count--
    kept[count++] = point
  }
  return kept.slice(0, count)
}

/** The hull of the given points. */
export function lowerHull(x: ArrayLike<number>, y: ArrayLike<number>): LowerHull {
  const kept = lowerHullIndices(x, y)
  return { x: Float64Array.from(kept, (index) => x[index]!), y: Float64Array.from(kept, (index) => y[index]!) }
}

/** The hull of all sums of a vertex of `a` and a vertex of `b`. O(|a| + |b|). */
export function sumOfHulls(a: LowerHull, b: LowerHull): LowerHull {
  const x = new Float64Array(a.x.length + b.x.length - 1)
  const y = new Float64Array(x.length)
  let i = 0
  let j = 0
  let count = 0
  for (;;) {
    x[count] = a.x[i]! + b.x[j]!
    y[count++] = a.y[i]! + b.y[j]!
    const next = weightAfter(a, i) - weightAfter(b, j)
    if (i === a.x.length - 1 && j === b.x.length - 1) break
    if (!(next > 0)) i++
    if (!(next < 0)) j++
  }
  return { x: x.slice(0, count), y: y.slice(0, count) }
}

/** The hull of the union of hulls, each moved by its own (dx, dy). */
export function hullOfUnion(hulls: readonly LowerHull[], dx: ArrayLike<number>, dy: ArrayLike<number>): LowerHull {
  const size = hulls.reduce((total, hull) => total + hull.x.length, 0)
  const x = new Float64Array(size)
  const y = new Float64Array(size)
  let count = 0
  hulls.forEach((hull, which) => {
    for (let i = 0; i < hull.x.length; i++) {
      x[count] = hull.x[i]! + dx[which]!
      y[count++] = hull.y[i]! + dy[which]!
    }
  })
  return lowerHull(x, y)
}

/**
 * Indices of the hull of points whose coordinates carry rounding errors: as `lowerHullIndices`, but a vertex stays only where it
 * differs from its neighbours by more than `rounding`, relative to their size, in x, in y and in the weight of the change. Two
 * sums of the same numbers in different orders would otherwise give two vertices.
 */
export function settledHullIndices(x: ArrayLike<number>, y: ArrayLike<number>, rounding: number): Int32Array {
  const kept: { point: number; from: number }[] = []
  for (const point of lowerHullIndices(x, y)) {
    for (;;) {
      const last = kept.at(-1)
      if (last === undefined) {
        kept.push({ point, from: 0 })
        break
      }
      const fall = y[last.point]! - y[point]!
      const rise = x[point]! - x[last.point]!
      if (fall <= rounding * Math.abs(y[last.point]!)) break
      if (rise > rounding * Math.abs(x[point]!) && rise / fall > last.from * (1 + rounding)) {
        kept.push({ point, from: rise / fall })
        break
      }
      kept.pop()
    }
  }
  return Int32Array.from(kept, ({ point }) => point)
}

/** Weights t at which the best vertex changes: entry i separates vertex i from vertex i + 1. Strictly rising. */
export function hullWeights(hull: LowerHull): Float64Array {
  return Float64Array.from({ length: hull.x.length - 1 }, (_, index) => weightAfter(hull, index))
}

/** Weight at which vertex i and the next cost the same; ∞ after the last. */
function weightAfter({ x, y }: LowerHull, i: number): number {
  return i === x.length - 1 ? Infinity : (x[i + 1]! - x[i]!) / (y[i]! - y[i + 1]!)
}

/** True when b lies strictly below the chord from a to c. */
function isConvex(x: ArrayLike<number>, y: ArrayLike<number>, a: number, b: number, c: number): boolean {
  return (x[b]! - x[a]!) * (y[b]! - y[c]!) < (x[c]! - x[b]!) * (y[a]! - y[b]!)
}
