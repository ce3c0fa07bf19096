/**
 * What offshoring does to the suppliers of a buyer, own input and other inputs apart: tables of E2 (number of suppliers), E3 (a link of
 * 2005 is dropped) and E4 (suppliers added) from simulated links. Only links between firms that are there in both years count.
 *
 *     Δ ln t_nk = [(e_k − 1) Δ ln Θ_k + Σ_{l≠k} e_l Δ ln Θ_l + Δ ln A]/κ,     −Δ ln χ_dom,l for Δ ln Θ_l
 *
 * The other inputs enter as one sum with weights e_l: with equal weights what is left of those with high e_l moves with the own input,
 * whose regions of the world they share, and hides the sign of e_k − 1. Exposure is that of the model to export supply g_R:
 *
 *     ln[χ_dom + (1 − χ_dom) Σ_R s_R exp g_R]  of an input that is imported;   Σ_R s_R (exp g_R − 1), alone and × ln sales, of one that is not
 */
import type { ArrowTable } from '../../src/estimate/records.js'
import { reportsOf, type JapanDraw } from '../../src/simulate/index.js'
import { slots } from '../../src/simulate/japan/parameters.js'
import { channels, columnsOf, inputOf, logKm, toTable, type Channel, type Columns } from './japanTables.js'

export interface ChangeTables {
  /**
   * A buyer and input: `growth` of suppliers over the mean of both years, share `added` of the suppliers of either year, weights. Those of
   * before stand for the candidates within reach, so that buyers of any size count alike.
   */
  readonly buyers: ArrowTable
  /** A link of 2005: dropped or not. */
  readonly links: ArrowTable
}

/** Chance rules the growth of few suppliers, shocks of the firm that of many: weights rise with suppliers, then stay. */
const evenSize = 10
const rising = (size: number): number => size / (1 + size / evenSize)

const exposures = ['imported', 'new', 'new_size'] as const
const before = ['share', 'importer'] as const
export const ownInstruments = exposures.map((name) => `own_${name}`)
export const otherInstruments = exposures.map((name) => `other_${name}`)
export const controls = [...before.flatMap((name) => [`own_${name}`, `other_${name}`]), 'log_sales']
const firmColumns = ['own_fall', 'other_fall', ...ownInstruments, ...otherInstruments, ...controls]
/** Own terms once more, times e_k − 1. */
const slopeOf = (name: string): string => `${name}_slope`
export const ownSlopes = ['own_fall', ...ownInstruments].map(slopeOf)

/**
 * Returns the tables of the inputs that `takes` holds for.
 *
 * @param weights e_l by which other inputs count, by input: estimates
 */
export function changeTables(draw: JapanDraw, weights: readonly number[], takes: (exponent: number) => boolean): ChangeTables {
  const [old, recent] = [reportedPairs(draw, 0), reportedPairs(draw, 1)]
  const every = [...firmColumns, ...ownSlopes]
  const buyers = columnsOf(['buyer', 'industry', 'growth', 'both_weight', 'added', 'either_weight', ...every])
  const links = columnsOf(['buyer', 'supplier', 'industry', 'drop', 'log_km', ...every])
  for (const [n, channel] of channels(draw)) {
    const size = Math.log(draw.accounts.sales[2 * n]!)
    for (let slot = 0; slot < slots; slot++) {
      const k = inputOf(draw, n, slot)
      const { exponent } = draw.planted.inputs[k]!
      if (!takes(exponent)) continue
      const values = firmValues(channel, slot, size, (place) => weights[inputOf(draw, n, place)]!, exponent)
      const [from, to] = [old.get(n * slots + slot) ?? [], recent.get(n * slots + slot) ?? []]
      const added = to.filter((s) => !from.includes(s)).length
      const [both, either] = [from.length + to.length, from.length + added]
      push(buyers, every, values, {
        buyer: n, industry: k,
        growth: (2 * (to.length - from.length)) / Math.max(1, both), both_weight: rising(both),
        added: added / Math.max(1, either), either_weight: rising(either),
      })
      for (const s of from) push(links, every, values, { buyer: n, supplier: s, industry: k, drop: to.includes(s) ? 0 : 1, log_km: logKm(draw, n, s) })
    }
  }
  return { buyers: toTable(buyers), links: toTable(links) }
}

function push(columns: Columns, names: readonly string[], values: readonly number[], row: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(row)) columns[name]!.push(value)
  names.forEach((name, i) => columns[name]!.push(values[i]!))
}

/** In the order of `firmColumns`, then of `ownSlopes`. */
function firmValues(channel: readonly Channel[], slot: number, size: number, weight: (slot: number) => number, exponent: number): number[] {
  const others = (part: (one: Channel) => number): number =>
    channel.reduce((sum, one, place) => (place === slot ? sum : sum + weight(place) * part(one)), 0)
  const importer = ({ importShare }: Channel): number => (importShare > 0 ? 1 : 0)
  const newcomer = (one: Channel): number => (1 - importer(one)) * one.foreignGrowth
  const parts = [(one: Channel) => Math.log1p(one.importShare * one.foreignGrowth), newcomer, (one: Channel) => newcomer(one) * (size - typicalSize)]
  const own = channel[slot]!
  const ownExposures = parts.map((part) => part(own))
  const levels = [(one: Channel) => one.importShare, importer]
  return [
    own.fall, others(({ fall }) => fall), ...ownExposures, ...parts.map((part) => others(part)),
    ...levels.flatMap((part) => [part(own), others(part)]), size,
    ...[own.fall, ...ownExposures].map((value) => value * (exponent - 1)),
  ]
}

/** ln sales of about the mean surveyed buyer, so that interactions are read there. */
const typicalSize = 6

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
