/**
 * What each side reports of the links of a year: its largest partners by value, at most 24 in each role. Where both sides could
 * report a link, a firm with no more partners than the list holds sometimes leaves it out; so a link is lost only where it is
 * beyond the list of both. Each side's figure of the value has its own noise of mean one.
 */
import { randomStream } from '../../numerics/index.js'
import { partnerCap, silentReports, valueNoise } from './parameters.js'
import type { YearLinks } from './links.js'

export interface Reports {
  /** Place in the buyer's list of suppliers, 1 to 24; 0 where the buyer does not report the link. */
  readonly buyerRank: Uint8Array
  readonly supplierRank: Uint8Array
  /** Value in the figures of either side; the truth is without noise. */
  readonly buyerValue: Float64Array
  readonly supplierValue: Float64Array
  /** Links of every firm in either role, the largest first. */
  readonly byBuyer: LinkLists
  readonly bySupplier: LinkLists
}

export interface LinkLists {
  readonly order: Int32Array
  /** Links of firm n: order[start[n]] to order[start[n + 1] − 1]. */
  readonly start: Int32Array
}

/** Returns the reports of the links of a year; `values` are the true ones. */
export function drawReports(links: YearLinks, values: Float64Array, firms: number, year: number, seed: number): Reports {
  const count = links.buyer.length
  const order = Int32Array.from({ length: count }, (_, link) => link)
  const buyers = grouped(links.buyer, order, firms)
  const suppliers = grouped(links.supplier, order, firms)
  const byValue = (a: number, b: number): number => values[b]! - values[a]! || a - b
  const buyerRank = ranks(buyers, byValue, count)
  const supplierRank = ranks(suppliers, byValue, count)
  const stream = randomStream(seed, 'japan', 'reports', year)
  const few = ({ start }: LinkLists, firm: number): boolean => start[firm + 1]! - start[firm]! <= partnerCap
  for (let link = 0; link < count; link++) {
    const draw = stream.uniform()
    if (buyerRank[link] === 0 || supplierRank[link] === 0) continue
    if (draw < silentReports && few(buyers, links.buyer[link]!)) buyerRank[link] = 0
    else if (draw > 1 - silentReports && few(suppliers, links.supplier[link]!)) supplierRank[link] = 0
  }
  closeRanks(buyers, buyerRank)
  closeRanks(suppliers, supplierRank)
  const noise = (value: number): number => value * Math.exp(valueNoise * stream.normal() - valueNoise ** 2 / 2)
  return {
    buyerRank, supplierRank, buyerValue: values.map(noise), supplierValue: values.map(noise), byBuyer: buyers, bySupplier: suppliers,
  }
}

function grouped(firm: Int32Array, links: Int32Array, firms: number): LinkLists {
  const start = new Int32Array(firms + 1)
  for (const n of firm) start[n + 1]!++
  for (let n = 0; n < firms; n++) start[n + 1]! += start[n]!
  const next = start.slice()
  const order = new Int32Array(links.length)
  for (const link of links) order[next[firm[link]!]!++] = link
  return { order, start }
}

/** Sorts every firm's links by value and ranks the first ones. */
function ranks({ order, start }: LinkLists, byValue: (a: number, b: number) => number, count: number): Uint8Array {
  const rank = new Uint8Array(count)
  for (let n = 0; n + 1 < start.length; n++) {
    const own = order.subarray(start[n]!, start[n + 1]!)
    if (own.length > 1) own.sort(byValue)
    for (let place = 0; place < Math.min(partnerCap, own.length); place++) rank[own[place]!] = place + 1
  }
  return rank
}

/** Numbers the reported links of every firm from one on. */
function closeRanks({ order, start }: LinkLists, rank: Uint8Array): void {
  for (let n = 0; n + 1 < start.length; n++) {
    let place = 0
    for (let i = start[n]!; i < start[n + 1]!; i++) if (rank[order[i]!]! > 0) rank[order[i]!] = ++place
  }
}
