/**
 * Random chain problems. The draws of de Gortari (2020) are not published; these give his mean number of optimal chains within
 * about 10 percent on every row of his Table 1: value added ½, unit costs U(1, 2), symmetric iceberg costs U(1, 2) and none at home,
 * fixed costs U(0, 1).
 */
import { randomStream } from '../../numerics/random.js'
import type { ChainBatch } from '../records.js'

export interface ChainDraws {
  readonly seed: number
  readonly stages: number
  readonly countries: number
}

/**
 * Problems `from` ≤ p < `to` of the endless sequence of a seed: Cobb–Douglas, iceberg, fixed costs paid per stage. Problem p
 * has its own random stream, so that any way of cutting the range gives the same problems.
 *
 * @example drawChains({ seed: 1, stages: 4, countries: 4 }, 0, 1000)
 */
export function drawChains({ seed, stages, countries }: ChainDraws, from: number, to: number): ChainBatch {
  const problems = to - from
  const unitCosts = new Float64Array(problems * stages * countries)
  const fixedCosts = new Float64Array(unitCosts.length)
  const tradeCosts = new Float64Array(problems * countries * countries)
  for (let p = 0; p < problems; p++) {
    const { uniform } = randomStream(seed, 'chain', from + p)
    for (let k = p * stages * countries, end = k + stages * countries; k < end; k++) unitCosts[k] = 1 + uniform()
    for (let k = p * stages * countries, end = k + stages * countries; k < end; k++) fixedCosts[k] = uniform()
    const matrix = tradeCosts.subarray(p * countries * countries, (p + 1) * countries * countries)
    for (let i = 0; i < countries; i++) {
      matrix[i * countries + i] = 1
      for (let j = 0; j < i; j++) matrix[i * countries + j] = matrix[j * countries + i] = 1 + uniform()
    }
  }
  const valueAdded = Float64Array.from({ length: stages }, (_, n) => (n === 0 ? 1 : 0.5))
  return {
    problems, stages, countries, technology: 'cobb-douglas', tradeForm: 'iceberg', fixedCostsPaid: 'stage',
    valueAdded, unitCosts, tradeCosts, fixedCosts,
  }
}
