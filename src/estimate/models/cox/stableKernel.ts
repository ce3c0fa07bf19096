/**
 * The passes of `plainKernel.ts` without differences of running sums, for data in which rows of very different risk enter late: there such a
 * difference keeps no digits. A row's range of event times is cut into at most 2 log₂ K nodes of a binary tree; sums over risk sets
 * add up the nodes above an event time, sums over a row's event times the nodes its range is cut into. Slower, and exact to rounding.
 */
import type { CoxData } from './coxData.js'
import { addScaled, riskOfRows, scatterDeaths, scoreRows, weightedProducts } from './plainKernel.js'
import type { CoxKernel, RiskSums } from './partialLikelihood.js'
import { firstTimes, type RiskSets } from './riskSets.js'

/** Largest sum over a later risk set relative to the present one at which running sums still have eleven digits. */
const tolerableRatio = 1e5

/** Whether running sums over these risk sets lose digits: rows enter late and some risk set is far smaller than a later one. */
export function losesDigits({ risk, stride, parameters }: CoxData, { sums }: RiskSums): boolean {
  if (!risk.before.some((before) => before >= 0)) return false
  for (let s = 0; s < risk.strata; s++) {
    let largest = 0
    for (let k = risk.offsets[s + 1]! - 1; k >= risk.offsets[s]!; k--) {
      const sum = sums[k * stride + parameters]!
      if (!(sum > 0) || largest > tolerableRatio * sum) return true
      largest = Math.max(largest, sum)
    }
  }
  return false
}

/** The kernel on trees of event times. */
export function stableKernel(data: CoxData): CoxKernel {
  const { rows, parameters: p, stride, packed, risk, event } = data
  const times = risk.times.length
  const first = firstTimes(risk)
  const riskSums = { risk: new Float64Array(rows), sums: new Float64Array(times * stride), deathSums: new Float64Array(data.tiedCount * stride) }
  const coefficients = new Float64Array(rows)
  return {
    riskSums,
    offset: data.offset,
    sumRisk(beta) {
      riskOfRows(data, beta, riskSums.risk)
      const tree = new Float64Array(2 * times * stride)
      for (let i = 0; i < rows; i++) {
        forNodes(risk, first, i, (node) => addScaled(tree, node * stride, packed, i * stride, stride, riskSums.risk[i]!))
      }
      for (let at = 2 * stride; at < tree.length; at++) tree[at]! += tree[(Math.floor(at / stride) >> 1) * stride + (at % stride)]!
      riskSums.sums.set(tree.subarray(times * stride))
      scatterDeaths(data, riskSums)
    },
    rowProducts(hazard, deathHazard) {
      const tree = sumTree(hazard, 1)
      for (let i = 0; i < rows; i++) {
        let sum = 0
        forNodes(risk, first, i, (node) => (sum += tree[node]!))
        coefficients[i] = riskSums.risk[i]! * (event[i] === 1 ? sum - deathHazard[risk.last[i]!]! : sum)
      }
      return weightedProducts(packed, coefficients, stride)
    },
    sumProducts: (second) => weightedProducts(riskSums.sums, second, stride),
    scoreRows(hazard, deathHazard, means) {
      const [hazardTree, meanTree] = [sumTree(hazard, 1), sumTree(means.hazard, p)]
      return scoreRows(data, riskSums.risk, deathHazard, means, (i, _last, _before, mean) => {
        let sum = 0
        mean.fill(0)
        forNodes(risk, first, i, (node) => {
          sum += hazardTree[node]!
          for (let j = 0; j < p; j++) mean[j]! += meanTree[node * p + j]!
        })
        return sum
      })
    },
  }
}

/** Calls `visit` for the nodes whose leaves are exactly the event times row i is at risk at; leaf k is node K + k. */
function forNodes({ last, times }: RiskSets, first: Int32Array, i: number, visit: (node: number) => void): void {
  if (last[i]! < 0) return
  for (let left = times.length + first[i]!, right = times.length + last[i]! + 1; left < right; left >>= 1, right >>= 1) {
    if (left & 1) visit(left++)
    if (right & 1) visit(--right)
  }
}

/** Nodes as sums of their leaves, `width` numbers a node. */
function sumTree(leaves: Float64Array, width: number): Float64Array {
  const tree = new Float64Array(2 * leaves.length)
  tree.set(leaves, leaves.length)
  for (let node = leaves.length / width - 1; node > 0; node--) {
    for (let j = 0; j < width; j++) tree[node * width + j] = tree[2 * node * width + j]! + tree[(2 * node + 1) * width + j]!
  }
  return tree
}
