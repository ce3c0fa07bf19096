/**
 * Money of the simulated firms: revenue r = σ A Π Θ_k^{e_k}, purchases of input k γ_k (1 − 1/σ) r, a share χ of them from each
 * source, and the value of a link, χ_s of them. All in million yen. Domestic purchases include what the firm makes itself, at cost.
 */
import { costShare, industries, medianSales, slots, years, type Planted } from './parameters.js'
import { randomStream } from '../../numerics/index.js'
import type { Links } from './links.js'
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

/** What the money of a firm follows from. */
export interface Economy {
  readonly planted: Planted
  readonly firms: Firms
  readonly links: Links
  readonly offshoring: Offshoring
  readonly accounts: Accounts
}

/** An input of a firm in a year, all as positions. */
export interface FirmInput {
  readonly firm: number
  readonly year: number
  readonly slot: number
}

/** Imports of a firm and slot by region of the world, and domestic purchases: million yen. */
export function slotPurchases(economy: Economy, at: FirmInput): { readonly domestic: number; readonly imported: readonly number[] } {
  const { row, potential } = economy.offshoring
  const spending = slotSpending(economy, at)
  const theta = capabilityOf(economy, at)
  const from = ((2 * row[at.firm]! + at.year) * slots + at.slot) * regionCount
  const imported = Array.from({ length: regionCount }, (_, region) => (row[at.firm]! < 0 ? 0 : (spending * potential[from + region]!) / theta))
  return { domestic: spending - imported.reduce((sum, value) => sum + value, 0), imported }
}

/** Values of the links of a year before anybody reports them. */
export function linkValues(economy: Economy, year: number): Float64Array {
  const { buyer, slot, potential } = economy.links.years[year]!
  return Float64Array.from(buyer, (firm, link) => {
    const at = { firm, year, slot: slot[link]! }
    return (slotSpending(economy, at) * potential[link]!) / capabilityOf(economy, at)
  })
}

/** Spending of a firm on one unit of χ in a slot. */
function slotSpending({ planted, firms, accounts }: Economy, { firm, year, slot }: FirmInput): number {
  const k = industries[firms.industry[firm]!]!.inputs[slot]!
  return costShare(planted, k) * (1 - 1 / planted.demandElasticity) * accounts.sales[2 * firm + year]!
}

/** Θ. */
function capabilityOf({ links }: Economy, { firm, year, slot }: FirmInput): number {
  return links.capability[(2 * firm + year) * slots + slot]!
}
