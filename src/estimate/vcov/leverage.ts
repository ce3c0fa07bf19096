/**
 * Leverages of a linear fit, h_i = w_i d_i'(D'WD)⁻d_i over regressors and absorbed effects together: that of the regressors without the
 * effects plus that of the effects. Of the effects the one with the most levels is eliminated; the indicators of the others have
 * S = E'WE − Σ_g m_g m_g'/W_g, m_g = Σ_{i∈g} w_i e_i, and with r_i = e_i − m_g/W_g h_i = w_i/W_g + w_i r_i'S⁻r_i, exactly. Checked against
 * the hat matrix with dummies and R's `hatvalues`.
 */
import { ReshoreError } from '../../errors.js'
import { unpackRows, weightedCross } from '../../numerics/crossProducts.js'
import { countingSort } from '../../numerics/countingSort.js'
import { cholesky, choleskyInverse } from '../../numerics/linearAlgebra.js'
import { workingBasis } from '../design/workingBasis.js'
import type { AbsorbedEffect, ScoreData } from '../records.js'

/** Levels of all effects but the largest: their matrix is inverted as a whole. */
const mostLevels = 2000
/** Share of an indicator that earlier ones leave, below which it is a combination of them. */
const spanned = 1e-10

/** By row of the sample; where a row stands for several equal ones, the leverage of one of them. */
export interface Leverages {
  readonly regressors: Float64Array
  readonly effects: Float64Array
}

/** Leverages of a least-squares fit. Throws a `LeverageError` for other models, for slopes of levels, and for several effects of very many levels each. */
export function leverages(scores: ScoreData): Leverages {
  const { linear, frequencies, absorbed, rows } = scores
  if (scores.family !== 'linear' || !linear || linear.instrumentTerms) {
    throw new ReshoreError('LeverageError', 'leverages are defined for least squares only', 'Use ols, or another covariance: robust, clustered.', 2)
  }
  const gram = frequencies ?? linear.weights
  const own = frequencies ? undefined : linear.weights
  return { regressors: regressorLeverages(scores, gram, own), effects: absorbed.length === 0 ? new Float64Array(rows) : effectLeverages(absorbed, rows, gram, own) }
}

function regressorLeverages({ linear, rows, parameters: k }: ScoreData, gram: Float64Array | undefined, own: Float64Array | undefined): Float64Array {
  const { regressors, terms } = linear!
  const columns = Array.from({ length: k }, (_, j) => Float64Array.from({ length: rows }, (_unused, row) => regressors[row * k + j]!))
  const { packed } = workingBasis(columns, rows, terms?.[0] === '(Intercept)' ? 'estimated' : 'none').basis
  const factor = cholesky(weightedCross(packed, gram), k)
  if (!factor) throw new ReshoreError('SingularDesignError', 'the weighted regressors are collinear', 'Look for weights that are zero but for rounding, or drop a regressor.')
  const inverse = choleskyInverse(factor)
  const working = unpackRows(packed)
  const result = new Float64Array(rows)
  for (let i = 0; i < k; i++) {
    for (let j = 0; j <= i; j++) {
      const twice = (i === j ? 1 : 2) * inverse[i * k + j]!
      const [a, b] = [working[i]!, working[j]!]
      for (let row = 0; row < rows; row++) result[row]! += twice * a[row]! * b[row]!
    }
  }
  return own ? result.map((value, row) => value * own[row]!) : result
}

/** Rows of the largest effect level by level, and the other effects' levels numbered one after the other. */
interface Eliminated {
  readonly main: AbsorbedEffect
  readonly others: readonly AbsorbedEffect[]
  /** First number of each of the others. */
  readonly offset: readonly number[]
  readonly size: number
  readonly order: Int32Array
  readonly gram: Float64Array | undefined
}

function effectLeverages(absorbed: readonly AbsorbedEffect[], rows: number, gram: Float64Array | undefined, own: Float64Array | undefined): Float64Array {
  const sloped = absorbed.find(({ slopes }) => slopes && slopes.length > 0)
  if (sloped) throw new ReshoreError('LeverageError', `leverages are not computed with slopes of \`${sloped.name}\``, 'Use robust or clustered errors.')
  const [main, ...others] = [...absorbed].sort((a, b) => b.levels - a.levels)
  const offset = others.map((_, e) => others.slice(0, e).reduce((sum, { levels }) => sum + levels, 0))
  const size = others.reduce((sum, { levels }) => sum + levels, 0)
  if (size > mostLevels) {
    throw new ReshoreError('LeverageError', `the absorbed effects beside \`${main!.name}\` have ${size} levels, and exact leverages take at most ${mostLevels}`, 'Use robust or clustered errors.')
  }
  const order = countingSort(Int32Array.from({ length: rows }, (_, row) => row), main!.codes)
  const parts = { main: main!, others, offset, size, order, gram }
  const inverse = size === 0 ? new Float64Array(0) : generalisedInverse(reducedGram(parts), size)
  const result = new Float64Array(rows)
  eachLevel(parts, (members, weight, touched, sums) => {
    const along = sums.map((_, l) => sums.reduce((total, sum, m) => total + inverse[touched[l]! * size + touched[m]!]! * sum, 0))
    const whole = sums.reduce((total, sum, l) => total + sum * along[l]!, 0) / weight ** 2
    const at = new Map(touched.map((level, l) => [level, along[l]! / weight]))
    for (const row of members) {
      const levels = others.map(({ codes }, e) => offset[e]! + codes[row]!)
      let value = 1 / weight + whole
      for (const a of levels) {
        value -= 2 * at.get(a)!
        for (const b of levels) value += inverse[a * size + b]!
      }
      result[row] = value * (own ? own[row]! : 1)
    }
  })
  return result
}

/** S over the levels of the others, and the weight of each level. */
function reducedGram(parts: Eliminated): { matrix: Float64Array; weights: Float64Array } {
  const { size, others, offset, gram, order } = parts
  const matrix = new Float64Array(size * size)
  for (const row of order) {
    const weight = gram ? gram[row]! : 1
    others.forEach((a, e) => others.forEach((b, f) => (matrix[(offset[e]! + a.codes[row]!) * size + offset[f]! + b.codes[row]!]! += weight)))
  }
  const weights = Float64Array.from({ length: size }, (_, level) => matrix[level * (size + 1)]!)
  eachLevel(parts, (_, weight, touched, sums) => {
    touched.forEach((a, l) => touched.forEach((b, m) => (matrix[a * size + b]! -= (sums[l]! * sums[m]!) / weight)))
  })
  return { matrix, weights }
}

/** Level by level of the largest effect: its rows, their weight W_g, and the elements of m_g that are not zero. */
function eachLevel({ main, others, offset, order, gram }: Eliminated, visit: (members: Int32Array, weight: number, touched: readonly number[], sums: readonly number[]) => void): void {
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && main.codes[order[to]!] === main.codes[order[from]!]) to++
    const members = order.subarray(from, to)
    const sums = new Map<number, number>()
    let whole = 0
    for (const row of members) {
      const weight = gram ? gram[row]! : 1
      whole += weight
      others.forEach(({ codes }, e) => sums.set(offset[e]! + codes[row]!, (sums.get(offset[e]! + codes[row]!) ?? 0) + weight))
    }
    visit(members, whole, [...sums.keys()], [...sums.values()])
  }
}

/** A generalised inverse of S: that of the rows and columns that earlier ones do not span, zero elsewhere. */
function generalisedInverse({ matrix, weights }: { matrix: Float64Array; weights: Float64Array }, size: number): Float64Array {
  const kept: number[] = []
  const lower: Float64Array[] = []
  for (let i = 0; i < size; i++) {
    const row = new Float64Array(kept.length + 1)
    let pivot = matrix[i * size + i]!
    for (let j = 0; j < kept.length; j++) {
      let sum = matrix[i * size + kept[j]!]!
      for (let l = 0; l < j; l++) sum -= row[l]! * lower[j]![l]!
      row[j] = sum / lower[j]![j]!
      pivot -= row[j]! ** 2
    }
    if (!(pivot > spanned * weights[i]!)) continue
    row[kept.length] = Math.sqrt(pivot)
    lower.push(row)
    kept.push(i)
  }
  const count = kept.length
  const factor = { size: count, lower: new Float64Array(count * count), scale: new Float64Array(count).fill(1), smallestPivot: spanned }
  lower.forEach((row, i) => factor.lower.set(row, i * count))
  const inverse = choleskyInverse(factor)
  const result = new Float64Array(size * size)
  kept.forEach((a, i) => kept.forEach((b, j) => (result[a * size + b] = inverse[i * count + j]!)))
  return result
}
