/** Σ v_i, in order. */
export function sum(values: Float64Array): number {
  let total = 0
  for (let row = 0; row < values.length; row++) total += values[row]!
  return total
}
