/** Σ w_i a_i b_i, in chunks of 4096 rows. */
export function weightedDot(a: Float64Array, b: Float64Array, weights?: Float64Array): number {
  let total = 0
  for (let from = 0; from < a.length; from += 4096) {
    const to = Math.min(from + 4096, a.length)
    let partial = 0
    if (weights) for (let row = from; row < to; row++) partial += weights[row]! * a[row]! * b[row]!
    else for (let row = from; row < to; row++) partial += a[row]! * b[row]!
    total += partial
  }
  return total
}
