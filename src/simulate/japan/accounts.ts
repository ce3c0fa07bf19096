/**
 * Money of the simulated firms: revenue r = σ A Π Θ_k^{e_k}, purchases of input k γ_k (1 − 1/σ) r, a share χ of them from each
 * source, and the value of a link, χ_s of them. All in million yen. Domestic purchases include what the firm makes itself, at cost.
 */
import { costShare, industries, inHouse, medianSales, slots, years, type Planted } from './parameters.js'
import { randomStream } from '../../numerics/index.js'
import type { Links, YearLinks } from './links.js'
import { regionCount, type Offshoring } from './offshoring.js'
import type { Firms } from './population.js'

export interface Accounts {
  /** r, firms × years; 0 where the firm is not there. */
  readonly sales: Float64Array
  /** Exports by region of the world, as rows of `Offshoring` × years × regions. */
  readonly exports: Float64Array
}

/** Returns sales and exports; one surveyed firm in three exports, more of large ones. */
export function keepAccounts(
  { inputs }: Planted, firms: Firms, { capability }: Links, { row, potential }: Offshoring, seed: number,
): Accounts {
  const sales = new Float64Array(2 * firms.count)
  const exports = new Float64Array(potential.length / slots)
  const stream = randomStream(seed, 'japan', 'exports')
  for (let n = 0; n < firms.count; n++) {
    const { inputs: bought } = industries[firms.industry[n]!]!
    for (let year = 0; year < years.length; year++) {
      if (firms.present[2 * n + year] === 0) continue
      let profit = Math.exp(firms.logScale[2 * n + year]!)
      bought.forEach((k, slot) => (profit *= capability[(2 * n + year) * slots + slot]! ** inputs[k]!.exponent))
      sales[2 * n + year] = medianSales * profit
    }
    if (row[n]! < 0) continue
    const exporter = stream.uniform() < 1 / (1 + Math.exp(2.2 - 0.8 * firms.logScale[2 * n]!))
    for (let region = 0; region < regionCount; region++) {
      const share = 0.25 * stream.uniform() * (stream.uniform() < 0.5 ? 1 : 0)
      for (let year = 0; year < years.length; year++) {
        if (exporter) exports[(2 * row[n]! + year) * regionCount + region] = share * sales[2 * n + year]!
      }
    }
  }
  return { sales, exports }
}

/** Spending of a firm on one unit of χ in a slot. */
function slotSpending(planted: Planted, firms: Firms, { sales }: Accounts, n: number, year: number, slot: number): number {
  const k = industries[firms.industry[n]!]!.inputs[slot]!
  return costShare(planted, k) * (1 - 1 / planted.demandElasticity) * sales[2 * n + year]!
}

/** Imports of a firm and slot by region of the world, and domestic purchases: million yen. */
export function slotPurchases(
  planted: Planted, firms: Firms, accounts: Accounts, { capability }: Links, { row, potential }: Offshoring, n: number, year: number, slot: number,
): { readonly domestic: number; readonly imported: readonly number[] } {
  const spending = slotSpending(planted, firms, accounts, n, year, slot)
  const theta = capability[(2 * n + year) * slots + slot]!
  const from = ((2 * row[n]! + year) * slots + slot) * regionCount
  const imported = Array.from({ length: regionCount }, (_, region) => (row[n]! < 0 ? 0 : (spending * potential[from + region]!) / theta))
  return { domestic: spending - imported.reduce((sum, value) => sum + value, 0), imported }
}

/** Values of the links of a year before anybody reports them. */
export function linkValues(
  planted: Planted, firms: Firms, accounts: Accounts, { capability }: Links, { buyer, slot, potential }: YearLinks, year: number,
): Float64Array {
  return Float64Array.from(buyer, (n, link) => {
    const theta = capability[(2 * n + year) * slots + slot[link]!]!
    return (slotSpending(planted, firms, accounts, n, year, slot[link]!) * potential[link]!) / theta
  })
}

/** χ of what is bought at home, in-house production included: 1 where nothing is bought abroad. */
export function domesticShare({ capability }: Links, { row, potential }: Offshoring, n: number, year: number, slot: number): number {
  if (row[n]! < 0) return 1
  const from = ((2 * row[n]! + year) * slots + slot) * regionCount
  let abroad = 0
  for (let r = from; r < from + regionCount; r++) abroad += potential[r]!
  return 1 - abroad / Math.max(inHouse, capability[(2 * n + year) * slots + slot]!)
}
