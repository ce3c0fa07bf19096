/**
 * The large raw files: firms, links, survey, purchases and trade of a year, as a data room would hold them: Shift_JIS, commas,
 * CRLF, money in million yen. Written as a stream, whatever their length.
 */
import iconv from 'iconv-lite'
import { writeBlockFile, type BlockFile } from '../blockFile.js'
import type { JapanDirtKind } from '../records.js'
import { slotPurchases, type Accounts } from './accounts.js'
import { planDirt, type NoteDirt } from './dirt.js'
import { gazetteer } from './gazetteer.js'
import type { Links } from './links.js'
import { regionCount, type Offshoring } from './offshoring.js'
import { industries, slots, years, type Planted } from './parameters.js'
import type { Firms } from './population.js'
import type { LinkLists, Reports } from './reports.js'
import { worldRegions } from './world.js'
import { randomStream } from '../../numerics/index.js'

/** What the yearly files are written from. */
export interface JapanSurvey {
  readonly settings: { readonly seed: number; readonly values: boolean; readonly dirt: boolean }
  readonly planted: Planted
  readonly firms: Firms
  readonly offshoring: Offshoring
  readonly links: Links
  readonly accounts: Accounts
}

/** Codes are 9 digits, scattered so that their order says nothing; a multiplier without factors 2 and 5 hits each once. */
export function firmCode(firm: number): number {
  // In two parts, so that no product leaves the exact integers.
  const [high, low] = [Math.floor(firm / 65_536), firm % 65_536]
  return (((high * codeStep) % codes) * 65_536 + low * codeStep + 20_051_003) % codes
}

const codes = 1_000_000_000
const codeStep = 481_366_271

/** A code no firm has, for partners outside the master. */
const strangerCode = (firms: Firms, index: number): number => firmCode(firms.count + index)

/** A written file with its rows, those added as dirt left out. */
export interface WrittenFile {
  readonly name: string
  readonly rows: number
}

/** The firms there in a year. */
export function writeFirms(folder: string, survey: JapanSurvey, year: number, note: NoteDirt): WrittenFile {
  const { firms, accounts, settings } = survey
  const name = `firms_${years[year]}.csv`
  const kinds: readonly JapanDirtKind[] = ['full-width-digits', 'missing-municipality', 'unknown-industry', 'missing-municipality', 'duplicate-key']
  const plan = planDirt(name, countPresent(firms, year), kinds, settings.dirt, settings.seed)
  const names = companyNames()
  const { municipalities } = gazetteer()
  let rows = 0
  writeBlockFile(folder, name, ['firm', 'name', 'municipality', 'industry', 'employees', 'sales', 'founded'], (file) => {
    const line = (n: number, kind?: JapanDirtKind): void => {
      file.padded(firmCode(n), 9)
      file.bytes(names[(n * 2_654_435) % names.length]!)
      file.ascii(kind === 'missing-municipality' ? '' : municipalities[firms.municipality[n]!]!.code)
      file.ascii(kind === 'unknown-industry' ? 'Z999' : industries[firms.industry[n]!]!.code)
      file.number(firms.employees[2 * n + year]!, 0, kind === 'full-width-digits')
      file.number(accounts.sales[2 * n + year]!, 3)
      file.number(firms.founded[n]!, 0)
      file.endLine()
    }
    for (let n = 0; n < firms.count; n++) {
      if (firms.present[2 * n + year] === 0) continue
      const kind = plan.at(rows++)
      const isAdded = kind === 'unknown-industry' || kind === 'duplicate-key'
      line(n, isAdded ? undefined : kind)
      if (isAdded) line(n, kind)
      if (kind !== undefined) note({ file: name, line: file.lines(), kind, column: firmColumn[kind] ?? null })
    }
  })
  return { name, rows }
}

const firmColumn: Partial<Record<JapanDirtKind, string>> = {
  'full-width-digits': 'employees', 'missing-municipality': 'municipality', 'unknown-industry': 'industry',
}

/** Both roles of every firm: its suppliers, then its customers, the largest first. */
export function writeLinks(folder: string, survey: JapanSurvey, reports: Reports, year: number, note: NoteDirt): WrittenFile {
  const { firms, links, settings } = survey
  const name = `links_${years[year]}.csv`
  const { buyer, supplier } = links.years[year]!
  const { buyerRank, supplierRank, buyerValue, supplierValue, byBuyer, bySupplier } = reports
  const reported = buyerRank.reduce((sum, rank, link) => sum + (rank > 0 ? 1 : 0) + (supplierRank[link]! > 0 ? 1 : 0), 0)
  const plan = planDirt(name, reported, ['self-link', 'duplicate-key', 'absent-partner', 'full-width-digits'], settings.dirt, settings.seed)
  let rows = 0
  const header = ['reporter', 'role', 'partner', 'rank', ...(settings.values ? ['value'] : [])]
  writeBlockFile(folder, name, header, (file) => {
    const line = (reporter: number, role: string, partner: number, rank: number, value: number, wide: boolean): void => {
      file.padded(reporter, 9)
      file.ascii(role)
      file.padded(partner, 9)
      file.number(rank, 0, wide)
      if (settings.values) file.number(value, 9)
      file.endLine()
    }
    const list = (n: number, { order, start }: LinkLists, role: 'supplier' | 'customer'): void => {
      const [partners, rank, value] = role === 'supplier' ? [supplier, buyerRank, buyerValue] : [buyer, supplierRank, supplierValue]
      for (let i = start[n]!; i < start[n + 1]!; i++) {
        const link = order[i]!
        if (rank[link] === 0) continue
        const kind = plan.at(rows++)
        line(firmCode(n), role, firmCode(partners[link]!), rank[link]!, value[link]!, kind === 'full-width-digits')
        if (kind === 'self-link') line(firmCode(n), role, firmCode(n), rank[link]!, value[link]!, false)
        if (kind === 'duplicate-key') line(firmCode(n), role, firmCode(partners[link]!), rank[link]!, value[link]!, false)
        if (kind === 'absent-partner') line(firmCode(n), role, strangerCode(firms, rows), rank[link]!, value[link]!, false)
        if (kind !== undefined) note({ file: name, line: file.lines(), kind, column: linkColumn[kind] ?? null })
      }
    }
    for (let n = 0; n < firms.count; n++) {
      list(n, byBuyer, 'supplier')
      list(n, bySupplier, 'customer')
    }
  })
  return { name, rows }
}

const linkColumn: Partial<Record<JapanDirtKind, string>> = { 'self-link': 'partner', 'absent-partner': 'partner', 'full-width-digits': 'rank' }

/** The Basic Survey with purchases by input industry and trade by region of the world. */
export function writeSurvey(folder: string, survey: JapanSurvey, year: number, note: NoteDirt): readonly WrittenFile[] {
  const { planted, firms, offshoring, accounts, settings } = survey
  const members = Int32Array.from({ length: firms.count }, (_, n) => n).filter((n) => firms.surveyed[n] === 1 && firms.present[2 * n + year] === 1)
  const books = (n: number): ReturnType<typeof slotPurchases>[] =>
    Array.from({ length: slots }, (_, slot) => slotPurchases(survey, { firm: n, year, slot }))
  const foreign = (n: number): readonly number[] => {
    const bought = books(n)
    return worldRegions.map((_, region) => bought.reduce((sum, { imported }) => sum + imported[region]!, 0))
  }
  const sold = (n: number, region: number): number =>
    offshoring.row[n]! < 0 ? 0 : accounts.exports[(2 * offshoring.row[n]! + year) * regionCount + region]!
  const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
  const name = `survey_${years[year]}.csv`
  const plan = planDirt(name, members.length, ['full-width-digits'], settings.dirt, settings.seed)
  const stream = randomStream(settings.seed, 'japan', 'survey', year)
  const columns = ['firm', 'employees', 'sales', 'value_added', 'capital', 'wages', 'research', 'exports', 'imports', 'purchases']
  writeBlockFile(folder, name, columns, (file) => members.forEach((n, row) => {
    const sales = accounts.sales[2 * n + year]!
    const purchases = total(books(n).map(({ domestic, imported }) => domestic + total(imported)))
    const added = sales - 0.75 * purchases
    const kind = plan.at(row)
    file.padded(firmCode(n), 9)
    file.number(firms.employees[2 * n + year]!, 0)
    file.number(sales, 3, kind !== undefined)
    file.number(added, 3)
    file.number(0.4 * sales * Math.exp(0.5 * stream.normal()), 3)
    file.number(added * (0.4 + 0.2 * stream.uniform()), 3)
    file.number(stream.uniform() < 0.35 ? (0.03 * sales) / planted.demandElasticity * stream.exponential() : 0, 3)
    file.number(total(worldRegions.map((_, region) => sold(n, region))), 3)
    file.number(total(foreign(n)), 3)
    file.number(purchases, 3)
    file.endLine()
    if (kind !== undefined) note({ file: name, line: file.lines(), kind, column: 'sales' })
  }))
  const purchasesName = `purchases_${years[year]}.csv`
  writeBlockFile(folder, purchasesName, ['firm', 'input_industry', 'domestic', 'imported'], (file) => members.forEach((n) => {
    books(n).forEach(({ domestic, imported }, slot) => {
      file.padded(firmCode(n), 9)
      file.ascii(industries[industries[firms.industry[n]!]!.inputs[slot]!]!.code)
      file.number(domestic, 3)
      file.number(total(imported), 3)
      file.endLine()
    })
  }))
  const tradeName = `trade_${years[year]}.csv`
  let trade = 0
  writeBlockFile(folder, tradeName, ['firm', 'region', 'exports', 'imports'], (file) => members.forEach((n) => {
    foreign(n).forEach((imports, region) => {
      if (imports === 0 && sold(n, region) === 0) return
      trade++
      tradeLine(file, n, region, sold(n, region), imports)
    })
  }))
  return [{ name, rows: members.length }, { name: purchasesName, rows: slots * members.length }, { name: tradeName, rows: trade }]
}

function tradeLine(file: BlockFile, n: number, region: number, exports: number, imports: number): void {
  file.padded(firmCode(n), 9)
  file.ascii(worldRegions[region]!)
  file.number(exports, 3)
  file.number(imports, 3)
  file.endLine()
}

function countPresent({ count, present }: Firms, year: number): number {
  let sum = 0
  for (let n = 0; n < count; n++) sum += present[2 * n + year]!
  return sum
}

/** Names of companies in Shift_JIS: a front part, a trade and a legal form. */
function companyNames(): Uint8Array[] {
  const fronts = ['大和', '東洋', '日進', '三栄', '富士', '中央', '昭和', '共立', '新星', '旭', '太陽', '北斗', '丸一', '協和', '光洋', '山水']
  const trades = ['金属', '化学', '電機', '精工', '紡織', '製紙', '樹脂', '機工', '商事', '産業', '製作所', '食品', '建材', '技研', '工業', '物産', '鋼業']
  return fronts.flatMap((front) => trades.flatMap((trade) =>
    [`株式会社${front}${trade}`, `${front}${trade}株式会社`, `有限会社${front}${trade}`].map((text) => iconv.encode(text, 'shift_jis'))))
}
