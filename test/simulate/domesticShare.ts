/** What the planted model says of purchases, from its own arrays. */
import type { Links } from '../../src/simulate/japan/links.js'
import { regionCount, type Offshoring } from '../../src/simulate/japan/offshoring.js'
import { inHouse, slots } from '../../src/simulate/japan/parameters.js'

/** χ of what firm `n` buys at home of an input, in-house production included: 1 where nothing is bought abroad. */
export function domesticShare({ capability }: Links, { row, potential }: Offshoring, n: number, year: number, slot: number): number {
  if (row[n]! < 0) return 1
  const from = ((2 * row[n]! + year) * slots + slot) * regionCount
  let abroad = 0
  for (let r = from; r < from + regionCount; r++) abroad += potential[r]!
  return 1 - abroad / Math.max(inHouse, capability[(2 * n + year) * slots + slot]!)
}
