/**
 * Solution of x = s + S x for a sparse non-negative S with rows that sum to less than one (input shares of firms or
 * industries): x = (I − S)^-1 s = s + S s + S² s + …, as in total foreign exposure (Dhyne, Kikkawa, Mogstad and Tintelnot 2021)
 * and upstreamness (Antràs, Chor, Fally and Hillberry 2012). Gauss–Seidel in the order of rows, until no value changes by more
 * than the tolerance relative to the largest value. Checked against dense elimination.
 */

/** Rows of S one after the other: row i has the columns `columns[starts[i]]` … `columns[starts[i + 1] − 1]`. */
export interface SparseRows {
  readonly starts: Int32Array
  readonly columns: Int32Array
  readonly values: Float64Array
}

export interface LeontiefSolution {
  readonly values: Float64Array
  readonly converged: boolean
  readonly iterations: number
  /** Largest change in the last iteration, relative to the largest value. */
  readonly change: number
}

/** x with x = direct + shares · x. */
export function solveLeontief(
  { starts, columns, values: shares }: SparseRows, direct: Float64Array, { tolerance = 1e-13, maxIterations = 10_000 } = {},
): LeontiefSolution {
  const values = direct.slice()
  let [iterations, change] = [0, Infinity]
  while (change > tolerance && iterations < maxIterations) {
    iterations++
    let [moved, largest] = [0, 0]
    for (let row = 0; row < direct.length; row++) {
      let sum = direct[row]!
      let own = 0
      for (let at = starts[row]!; at < starts[row + 1]!; at++) {
        if (columns[at] === row) own += shares[at]!
        else sum += shares[at]! * values[columns[at]!]!
      }
      const next = sum / (1 - own)
      moved = Math.max(moved, Math.abs(next - values[row]!))
      largest = Math.max(largest, Math.abs(next))
      values[row] = next
    }
    change = largest === 0 ? 0 : moved / largest
    if (!Number.isFinite(change)) break
  }
  return { values, converged: change <= tolerance, iterations, change }
}
