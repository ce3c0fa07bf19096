/**
 * ψ₀, the level of fixed costs, solved so that the expected number of domestic links in 2005 is the wanted one: over expected
 * numbers of firms by place and industry and over the normal scales of buyer and supplier, without foreign sources. It depends on
 * the numbers of firms and links only, so surveys that differ in their seed have one truth.
 */
import { gaussHermite } from '../../numerics/index.js'
import { logistic } from '../../numerics/logistic.js'
import { gazetteer } from './gazetteer.js'
import { industries, scale, supplierElasticity, type Planted } from './parameters.js'
import { placeWeight } from './suppliers.js'

const binWidth = 0.05
const nodeCount = 40
/**
 * Firms that buy abroad have more links than the formula counts, the more the larger the largest of them: measured at 20,000 (none)
 * to 1,000,000 links (a fifth).
 */
const offshoringLinks = (links: number): number => 1 + 0.13 * Math.max(0, Math.log10(links / 20_000))

/** Returns ψ₀ for `links` expected links among `firms` firms. */
export function solveLevel(planted: Planted, firms: number, links: number): number {
  const pairs = planted.inputs.map((_, k) => pairsByIndex(planted, k))
  const expected = (level: number): number =>
    firms * firms * pairs.reduce((sum, bins, k) => sum + probabilityOfPairs(planted, bins, k, level), 0) * offshoringLinks(links)
  let [low, high] = [-60, 60]
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (expected(middle) > links) low = middle
    else high = middle
  }
  return low
}

/** Shares of pairs (buyer anywhere, supplier of industry k anywhere) by the index of their distance. */
function pairsByIndex(planted: Planted, k: number): ReadonlyMap<number, number> {
  const { municipalities, logDistance } = gazetteer()
  const buyers = industries.reduce((sum, { inputs: bought, weight }) => sum + (bought.includes(k) ? weight : 0), 0)
  const share = buyers * industries[k]!.weight
  const bins = new Map<number, number>()
  municipalities.forEach((from, i) => municipalities.forEach((to, j) => {
    const bin = Math.round(placeWeight(planted, k, logDistance[i * municipalities.length + j]!) / binWidth)
    bins.set(bin, (bins.get(bin) ?? 0) + share * from.weight * to.weight)
  }))
  return bins
}

function probabilityOfPairs(planted: Planted, bins: ReadonlyMap<number, number>, k: number, level: number): number {
  const { nodes, weights } = gaussHermite(nodeCount)
  const { inputs, noiseScale } = planted
  const { exponent } = inputs[k]!
  const deviation = (scale.deviation * Math.hypot(1, supplierElasticity(planted, k))) / noiseScale
  const constant = (Math.log(exponent) - level) / noiseScale
  let sum = 0
  for (const [bin, share] of bins) {
    for (let q = 0; q < nodeCount; q++) {
      sum += (share * weights[q]! * logistic(constant + bin * binWidth + deviation * Math.SQRT2 * nodes[q]!)) / Math.sqrt(Math.PI)
    }
  }
  return sum
}
