/**
 * What offshoring does to the suppliers of a buyer, own input and other inputs apart: tables of E2 (number of suppliers), E3 (a link of
 * 2005 is dropped) and E4 (suppliers added) from simulated links. Only links between firms that are there in both years count.
 */
import type { ArrowTable } from '../../src/estimate/records.js'
import { reportsOf, type JapanDraw } from '../../src/simulate/index.js'
import { inputs, slots } from '../../src/simulate/japan/parameters.js'
import { channels, columnsOf, inputOf, logKm, toTable, type Columns } from './japanTables.js'

/** Tables of the inputs with e_k below one, and of those above. */
export interface ChangeTables {
  /** A buyer and input: growth of suppliers over the mean of both years, the share of added ones among all of them, weights. */
  readonly buyers: ArrowTable
  /** A link of 2005: dropped or not. */
  readonly links: ArrowTable
}

/** Chance rules the growth of few suppliers, shocks of the firm that of many: weights rise with suppliers, then stay. */
const evenSize = 10

const channelColumns = [
  'own_fall', 'own_supply', 'own_importer', 'own_before', 'other_fall', 'other_supply', 'other_importer', 'other_before', 'log_sales',
]

/** Returns the tables of the inputs on either side of one. */
export function changeTables(draw: JapanDraw): { readonly below: ChangeTables; readonly above: ChangeTables } {
  const firms = channels(draw)
  const [before, after] = [reportedPairs(draw, 0), reportedPairs(draw, 1)]
  const sides = [0, 1].map(() => ({
    buyers: columnsOf(['buyer', 'industry', 'growth', 'added', 'weight', ...channelColumns]),
    links: columnsOf(['buyer', 'supplier', 'industry', 'drop', 'log_km', ...channelColumns]),
  }))
  for (const [n, own] of firms) {
    for (let slot = 0; slot < slots; slot++) {
      const k = inputOf(draw, n, slot)
      const [old, recent] = [before.get(n * slots + slot) ?? [], after.get(n * slots + slot) ?? []]
      if (old.length + recent.length === 0) continue
      const others = own.filter((_, other) => other !== slot)
      const sum = (part: (channel: (typeof own)[number]) => number): number => others.reduce((total, channel) => total + part(channel), 0)
      const values = [
        own[slot]!.fall, own[slot]!.supply, own[slot]!.importerSupply, own[slot]!.importShare,
        sum(({ fall }) => fall), sum(({ supply }) => supply), sum(({ importerSupply }) => importerSupply), sum(({ importShare }) => importShare),
        Math.log(draw.accounts.sales[2 * n]!),
      ]
      const { buyers, links } = sides[inputs[k]!.exponent > 1 ? 1 : 0]!
      const added = recent.filter((s) => !old.includes(s)).length
      const size = old.length + recent.length
      const growth = (2 * (recent.length - old.length)) / size
      push(buyers, { buyer: n, industry: k, growth, added: added / (old.length + added), weight: size / (1 + size / evenSize) }, values)
      for (const s of old) push(links, { buyer: n, supplier: s, industry: k, drop: recent.includes(s) ? 0 : 1, log_km: logKm(draw, n, s) }, values)
    }
  }
  const [below, above] = sides.map(({ buyers, links }) => ({ buyers: toTable(buyers), links: toTable(links) }))
  return { below: below!, above: above! }
}

function push(columns: Columns, row: Readonly<Record<string, number>>, channel: readonly number[]): void {
  for (const [name, value] of Object.entries(row)) columns[name]!.push(value)
  channelColumns.forEach((name, i) => columns[name]!.push(channel[i]!))
}

/** Reported suppliers of every buyer and slot that, as the buyer, are there in both years. */
function reportedPairs(draw: JapanDraw, year: number): ReadonlyMap<number, readonly number[]> {
  const { firms, links } = draw
  const { buyer, supplier, slot } = links.years[year]!
  const { buyerRank, supplierRank } = reportsOf(draw, year)
  const stays = (n: number): boolean => (firms.present[2 * n]! & firms.present[2 * n + 1]!) === 1
  const pairs = new Map<number, number[]>()
  buyer.forEach((n, link) => {
    if ((buyerRank[link] === 0 && supplierRank[link] === 0) || !stays(n) || !stays(supplier[link]!)) return
    const key = n * slots + slot[link]!
    const own = pairs.get(key)
    if (own === undefined) pairs.set(key, [supplier[link]!])
    else own.push(supplier[link]!)
  })
  return pairs
}
