/**
 * Estimation tables of simulated links: what an applied researcher would build from the raw files, here from the arrays of `drawJapan`.
 * Only what the files hold is used: reported links, places, sales, purchases, trade, import use, world exports.
 */
import { Table, makeVector } from 'apache-arrow'
import { iv, robust } from '../../src/estimate/index.js'
import type { ArrowTable, Fit } from '../../src/estimate/records.js'
import { randomStream } from '../../src/numerics/index.js'
import { reportsOf, type JapanDraw } from '../../src/simulate/index.js'
import { domesticShare } from '../simulate/domesticShare.js'
import { gazetteer } from '../../src/simulate/japan/gazetteer.js'
import { industries, inputCount, slots } from '../../src/simulate/japan/parameters.js'
import { firstAbove } from '../../src/simulate/japan/population.js'
import { regionCount } from '../../src/simulate/japan/offshoring.js'
import { world } from '../../src/simulate/japan/world.js'

/** Controls drawn for every link, about. */
const controlsPerLink = 2

export type Columns = Record<string, number[]>

/** Column of an input industry's own slope. */
export const own = (name: string, k: number): string => `${name}_${k}`

/** The slopes of all input industries, as a formula has them. */
export const sumOf = (name: string): string => Array.from({ length: inputCount }, (_, k) => own(name, k)).join(' + ')

export const toTable = (columns: Columns): ArrowTable =>
  new Table(Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, makeVector(Float64Array.from(values))]))) as ArrowTable

/** Empty columns by name. */
export const columnsOf = (names: readonly string[]): Columns => Object.fromEntries(names.map((name) => [name, []]))

/** The table with every column in `spread` once for each input industry: its value in rows of that `input`, zero elsewhere. */
function toSpreadTable(columns: Columns, spread: readonly string[]): ArrowTable {
  const input = columns.input!
  const made: Record<string, Float64Array> = Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, Float64Array.from(values)]))
  for (const name of spread) {
    const slopes = Array.from({ length: inputCount }, () => new Float64Array(input.length))
    input.forEach((k, row) => (slopes[k]![row] = columns[name]![row]!))
    slopes.forEach((values, k) => (made[own(name, k)] = values))
  }
  return new Table(Object.fromEntries(Object.entries(made).map(([name, values]) => [name, makeVector(values)]))) as ArrowTable
}

/** ln km between two firms. */
export function logKm({ firms }: JapanDraw, n: number, s: number): number {
  const { municipalities, logDistance } = gazetteer()
  return logDistance[firms.municipality[n]! * municipalities.length + firms.municipality[s]!]!
}

export const inputOf = ({ firms }: JapanDraw, n: number, slot: number): number => industries[firms.industry[n]!]!.inputs[slot]!

/** ln of sales times the domestic share of purchases: scale of a buyer in an input. */
function logReach({ links, offshoring, accounts }: JapanDraw, n: number, slot: number): number {
  return Math.log(accounts.sales[2 * n]! * domesticShare(links, offshoring, n, 0, slot))
}

/** Reported links of 2005, their value over the buyer's sales, and pairs that are none, sampled with known probability. */
export function linkTables(draw: JapanDraw): { readonly links: ArrowTable; readonly choices: ArrowTable } {
  const { firms, links: { years: [{ buyer, supplier, slot }] }, accounts } = draw
  const reports = reportsOf(draw, 0)
  const links = columnsOf(['share', 'cell', 'buyer', 'supplier', 'input', 'log_km', 'log_sales'])
  const choices = columnsOf(['linked', 'buyer', 'supplier', 'reach', 'correction', 'input', 'industry', 'log_km', 'log_sales'])
  const linked = new Set<number>()
  const push = (y: 0 | 1, n: number, s: number, place: number, probability: number): void => {
    choices.linked!.push(y)
    choices.buyer!.push(n)
    choices.supplier!.push(s)
    choices.reach!.push(logReach(draw, n, place))
    choices.correction!.push(-Math.log(probability))
    choices.input!.push(inputOf(draw, n, place))
    choices.industry!.push(1)
    choices.log_km!.push(logKm(draw, n, s))
    choices.log_sales!.push(Math.log(accounts.sales[2 * s]!))
  }
  buyer.forEach((n, link) => {
    const [byBuyer, bySupplier] = [reports.buyerRank[link]! > 0, reports.supplierRank[link]! > 0]
    if (!byBuyer && !bySupplier) return
    const s = supplier[link]!
    linked.add(n * firms.count + s)
    links.share!.push((byBuyer ? reports.buyerValue[link]! : reports.supplierValue[link]!) / accounts.sales[2 * n]!)
    links.cell!.push(n * slots + slot[link]!)
    links.buyer!.push(n)
    links.supplier!.push(s)
    links.input!.push(inputOf(draw, n, slot[link]!))
    links.log_km!.push(logKm(draw, n, s))
    links.log_sales!.push(Math.log(accounts.sales[2 * s]!))
  })
  const controls = controlSample(draw, linked.size)
  buyer.forEach((n, link) => {
    if (linked.has(n * firms.count + supplier[link]!)) push(1, n, supplier[link]!, slot[link]!, controls.probability(n, supplier[link]!))
  })
  controls.draw((n, s, place) => {
    if (!linked.has(n * firms.count + s)) push(0, n, s, place, controls.probability(n, s))
  })
  return { links: toSpreadTable(links, ['log_km', 'log_sales']), choices: toSpreadTable(choices, ['industry', 'log_km', 'log_sales']) }
}

interface ControlSample {
  /** With which a pair that is not linked is drawn. */
  probability(n: number, s: number): number
  draw(found: (n: number, s: number, place: number) => void): void
}

/** Pairs of a buyer and a supplier of its inputs, each drawn with probability 1 − exp(−c × sales / km) apart from the others. */
function controlSample(draw: JapanDraw, links: number): ControlSample {
  const { firms, accounts, settings } = draw
  const { municipalities, logDistance } = gazetteer()
  const places = municipalities.length
  const members = Array.from({ length: inputCount * places }, (): number[] => [])
  for (let s = 0; s < firms.before; s++) {
    if (firms.industry[s]! < inputCount) members[firms.industry[s]! * places + firms.municipality[s]!]!.push(s)
  }
  const nearby = new Float64Array(places * inputCount * places)
  for (let from = 0; from < places; from++) {
    for (let k = 0; k < inputCount; k++) {
      let sum = 0
      for (let m = 0; m < places; m++) {
        sum += members[k * places + m]!.length * Math.exp(-logDistance[from * places + m]!)
        nearby[(from * inputCount + k) * places + m] = sum
      }
    }
  }
  const total = (n: number, place: number): number => nearby[(firms.municipality[n]! * inputCount + inputOf(draw, n, place) + 1) * places - 1]!
  let all = 0
  for (let n = 0; n < firms.before; n++) for (let place = 0; place < slots; place++) all += accounts.sales[2 * n]! * total(n, place)
  const rate = (controlsPerLink * links) / all
  const probability = (n: number, s: number): number => -Math.expm1(-rate * accounts.sales[2 * n]! * Math.exp(-logKm(draw, n, s)))
  return { probability, draw: drawPairs }

  function drawPairs(found: (n: number, s: number, place: number) => void): void {
    const stream = randomStream(settings.seed, 'bench', 'controls')
    for (let n = 0; n < firms.before; n++) {
      for (let place = 0; place < slots; place++) {
        const seen = new Set<number>([n])
        const from = (firms.municipality[n]! * inputCount + inputOf(draw, n, place)) * places
        const sum = nearby[from + places - 1]!
        for (let left = stream.poisson(rate * accounts.sales[2 * n]! * sum); left > 0; left--) {
          const m = firstAbove(nearby, stream.uniform() * sum, from, from + places - 1) - from
          const candidates = members[inputOf(draw, n, place) * places + m]!
          const s = candidates[stream.integer(candidates.length)]!
          if (seen.has(s)) continue
          seen.add(s)
          found(n, s, place)
        }
      }
    }
  }
}

/** What offshoring does to a firm and slot between the years, and what export supply would have it do. */
export interface Channel {
  /** −Δ ln χ of domestic purchases. */
  readonly fall: number
  /** Shift-share: import shares by region before × import use × growth of exports. */
  readonly supply: number
  /** The same for an input that is bought abroad before, zero for others: importers follow export supply more closely. */
  readonly importerSupply: number
  /** 1 − χ of 2005. */
  readonly importShare: number
  /** Σ_R s_R (exp g_R − 1) of the input: export supply of the firm's regions. */
  readonly foreignGrowth: number
}

/** Firms of the Basic Survey there in both years with the channel of each slot. */
export function channels(draw: JapanDraw): ReadonlyMap<number, readonly Channel[]> {
  const { firms, offshoring, links } = draw
  const { products, importUse, shocks } = world(draw.planted)
  const shares = regionShares(draw)
  const use = (g: number, k: number): number =>
    products.reduce((sum, { input }, p) => sum + (input === k ? importUse[g * products.length + p]! : 0), 0)
  const found = new Map<number, readonly Channel[]>()
  for (let n = 0; n < firms.before; n++) {
    if (offshoring.row[n]! < 0 || firms.present[2 * n + 1] === 0) continue
    const g = firms.industry[n]!
    found.set(n, Array.from({ length: slots }, (_, slot) => {
      const supplies = (of: (shock: number) => number): number =>
        shares(n).reduce((sum, share, region) => sum + share * of(shocks[(g * slots + slot) * regionCount + region]!), 0)
      const before = domesticShare(links, offshoring, n, 0, slot)
      const fall = Math.log(before / domesticShare(links, offshoring, n, 1, slot))
      const supply = use(g, inputOf(draw, n, slot)) * supplies((shock) => shock)
      return { fall, supply, importerSupply: before < 1 ? supply : 0, importShare: 1 - before, foreignGrowth: supplies(Math.expm1) }
    }))
  }
  return found
}

/** Shares of the regions of the world in imports of 2005: the firm's own, or for firms that do not import those of all importers. */
function regionShares({ firms, offshoring: { row, potential }, links: { capability }, accounts }: JapanDraw): (n: number) => readonly number[] {
  const importsOf = (n: number): number[] => Array.from({ length: regionCount }, (_, region) => {
    let sum = 0
    for (let slot = 0; slot < slots; slot++) {
      sum += (accounts.sales[2 * n]! * potential[(2 * row[n]! * slots + slot) * regionCount + region]!) / capability[2 * n * slots + slot]!
    }
    return sum
  })
  const all = new Array<number>(regionCount).fill(0)
  for (let n = 0; n < firms.before; n++) {
    if (row[n]! < 0) continue
    const imports = importsOf(n)
    const total = imports.reduce((a, b) => a + b, 0)
    if (total > 0) imports.forEach((value, region) => (all[region]! += value / total))
  }
  const importers = all.reduce((a, b) => a + b, 0)
  return (n) => {
    const imports = importsOf(n)
    const total = imports.reduce((a, b) => a + b, 0)
    return total > 0 ? imports.map((value) => value / total) : all.map((value) => value / importers)
  }
}

/** E5: changes of ln sales of firms of the Basic Survey, the planted channel, −Δ ln χ and the instruments by input and summed. */
export function scaleTable(draw: JapanDraw): ArrowTable {
  const { accounts } = draw
  const sums = ['growth', 'channel', 'fall', 'supply', 'importer_supply']
  const columns = columnsOf([...sums, ...sums.slice(2).flatMap((name) => Array.from({ length: inputCount }, (_, k) => own(name, k)))])
  for (const [n, channel] of channels(draw)) {
    const total = (part: (own: Channel, slot: number) => number): number => channel.reduce((sum, own, slot) => sum + part(own, slot), 0)
    columns.growth!.push(Math.log(accounts.sales[2 * n + 1]! / accounts.sales[2 * n]!))
    columns.channel!.push(total(({ fall }, slot) => fall * draw.planted.inputs[inputOf(draw, n, slot)]!.exponent))
    columns.fall!.push(total(({ fall }) => fall))
    columns.supply!.push(total(({ supply }) => supply))
    columns.importer_supply!.push(total(({ importerSupply }) => importerSupply))
    draw.planted.inputs.forEach((_, k) => {
      const slot = channel.findIndex((__, place) => inputOf(draw, n, place) === k)
      columns[own('fall', k)]!.push(slot < 0 ? 0 : channel[slot]!.fall)
      columns[own('supply', k)]!.push(slot < 0 ? 0 : channel[slot]!.supply)
      columns[own('importer_supply', k)]!.push(slot < 0 ? 0 : channel[slot]!.importerSupply)
    })
  }
  return toTable(columns)
}

/** E5 by input of a `scaleTable`: e_k is the coefficient of `own('fall', k)`. */
export function exponentsOf(table: ArrowTable): Fit {
  return iv(`growth ~ 1 | ${sumOf('fall')} ~ ${sumOf('supply')} + ${sumOf('importer_supply')}`, table, { vcov: robust() })
}
