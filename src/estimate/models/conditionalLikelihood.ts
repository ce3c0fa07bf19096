/**
 * Likelihood of which rows of a group hold its s successes, given that there are s: with y* any vector of s ones,
 * ℓ = Σ_t y_t η_t − ln D(T, s), D(T, s) = Σ_{y*} e^{Σ y*_t η_t} (Chamberlain 1980).
 *
 * The recursion of Gail, Lubin and Rubinstein (1981), D(t, k) = D(t−1, k) + e^{η_t} D(t−1, k−1), is carried out in logarithms and
 * for conditional means and covariances rather than raw moments: a row joins with probability
 * π = e^{η_t} D(t−1, k−1)/D(t, k), and mixing two distributions of Σ y* x with weights 1 − π and π gives the next mean
 * and covariance as sums of positive terms. Nothing overflows or cancels, however large the group.
 */

/** Rows sorted by group. */
export interface GroupedRows {
  /** Group g holds the sorted rows [start[g], start[g + 1]). */
  readonly start: Int32Array
  /** Sorted position -> row of the design. */
  readonly order: Int32Array
}

/** Counting sort of rows by group code; within a group rows keep their order. */
export function groupRows(codes: Int32Array, levels: number): GroupedRows {
  const start = new Int32Array(levels + 1)
  for (const code of codes) start[code + 1]!++
  for (let level = 0; level < levels; level++) start[level + 1]! += start[level]!
  const next = start.slice()
  const order = new Int32Array(codes.length)
  for (let row = 0; row < codes.length; row++) order[next[codes[row]!]!++] = row
  return { start, order }
}

/** ln(e^a + e^b). */
export function logSum(a: number, b: number): number {
  if (a === -Infinity) return b
  if (b === -Infinity) return a
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b))
}

/**
 * Adds the moments of one group to sums: E Σ y* x to `mean` (k) and the lower triangle of its covariance to `covariance` (k × k), for the
 * rows [from, to) of indices η and row-major regressors, given s successes. Returns ln D(T, s).
 */
export type AddMoments = (index: Float64Array, regressors: Float64Array, from: number, to: number, successes: number, mean: Float64Array, covariance: Float64Array) => number

/**
 * An `AddMoments` with room for groups of at most `largest` rows and k regressors. It works with the fewer of successes and failures: the
 * sum over failures is the total less the sum over successes.
 */
export function momentAdder(k: number, largest: number): AddMoments {
  const states = Math.floor(largest / 2) + 1
  const chain: Chain = { k, log: new Float64Array(states), mean: new Float64Array(states * k), covariance: new Float64Array(states * k * k), shift: new Float64Array(k) }
  return (index, regressors, from, to, successes, mean, covariance) => {
    const flipped = 2 * successes > to - from
    const chosen = flipped ? to - from - successes : successes
    let logDenominator = runChain(chain, index, regressors, from, to, chosen, flipped ? -1 : 1)
    const sign = flipped ? -1 : 1
    for (let j = 0, at = chosen * k; j < k; j++, at++) mean[j]! += sign * chain.mean[at]!
    for (let cell = 0, at = chosen * k * k; cell < k * k; cell++, at++) covariance[cell]! += chain.covariance[at]!
    if (!flipped) return logDenominator
    for (let t = from; t < to; t++) {
      logDenominator += index[t]!
      for (let j = 0; j < k; j++) mean[j]! += regressors[t * k + j]!
    }
    return logDenominator
  }
}

/** States c = 0, 1, …: ln D, mean and covariance of the sum over c rows chosen among those seen. */
interface Chain {
  readonly k: number
  readonly log: Float64Array
  readonly mean: Float64Array
  readonly covariance: Float64Array
  readonly shift: Float64Array
}

function runChain(chain: Chain, index: Float64Array, regressors: Float64Array, from: number, to: number, chosen: number, sign: number): number {
  const { k, log } = chain
  log.fill(-Infinity, 0, chosen + 1)
  log[0] = 0
  chain.mean.fill(0, 0, (chosen + 1) * k)
  chain.covariance.fill(0, 0, (chosen + 1) * k * k)
  for (let t = from; t < to; t++) {
    // Only states from which `chosen` can still be reached, highest first so that (t−1, c−1) is still there.
    for (let c = Math.min(t - from + 1, chosen), last = Math.max(1, chosen - (to - t - 1)); c >= last; c--) {
      const joined = sign * index[t]! + log[c - 1]!
      const either = logSum(log[c]!, joined)
      log[c] = either
      mix(chain, regressors, t * k, c, Math.exp(joined - either))
    }
  }
  return log[chosen]!
}

/** State c becomes itself with probability 1 − join, and state c − 1 plus row x with probability join. */
function mix({ k, mean, covariance, shift }: Chain, regressors: Float64Array, x: number, c: number, join: number): void {
  const stay = 1 - join
  const to = c * k
  const from = to - k
  for (let j = 0; j < k; j++) {
    shift[j] = mean[from + j]! + regressors[x + j]! - mean[to + j]!
    mean[to + j]! += join * shift[j]!
  }
  const cell = c * k * k
  const below = cell - k * k
  for (let i = 0; i < k; i++) {
    const spread = join * stay * shift[i]!
    for (let at = i * k, end = at + i, j = 0; at <= end; at++, j++) {
      covariance[cell + at] = stay * covariance[cell + at]! + join * covariance[below + at]! + spread * shift[j]!
    }
  }
}

/** P(y_t = 1 | s successes) of every row of a group, from the recursion run forwards and backwards. */
export function conditionalProbabilities(index: Float64Array, successes: number): Float64Array {
  const rows = index.length
  const width = successes + 1
  const forward = new Float64Array((rows + 1) * width).fill(-Infinity)
  const backward = new Float64Array((rows + 1) * width).fill(-Infinity)
  forward[0] = 0
  backward[rows * width] = 0
  for (let t = 0; t < rows; t++) {
    const back = rows - 1 - t
    for (let c = 0; c < width; c++) {
      forward[(t + 1) * width + c] = logSum(forward[t * width + c]!, c > 0 ? index[t]! + forward[t * width + c - 1]! : -Infinity)
      backward[back * width + c] = logSum(backward[(back + 1) * width + c]!, c > 0 ? index[back]! + backward[(back + 1) * width + c - 1]! : -Infinity)
    }
  }
  const denominator = forward[rows * width + successes]!
  return index.map((value, t) => {
    let others = -Infinity
    for (let c = 0; c < successes; c++) others = logSum(others, forward[t * width + c]! + backward[(t + 1) * width + successes - 1 - c]!)
    return Math.exp(value + others - denominator)
  })
}

/** ln of the number of ways to choose `chosen` of `rows`: the denominator where every index is zero. */
export function logChoices(rows: number, chosen: number): number {
  let total = 0
  for (let i = 1; i <= Math.min(chosen, rows - chosen); i++) total += Math.log((rows - i + 1) / i)
  return total
}
