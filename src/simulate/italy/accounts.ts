/**
 * Companies above 7.5 million EUR, the source of outward foreign investment: yearly turnover, employees and subsidiaries by
 * destination. Being an investor is a two-state chain that starts at its long-run share, so that the number of investors, the
 * years they stay and their subsidiaries match Table 1 at full size; smaller surveys have proportionally fewer companies.
 */
import { randomStream, type RandomStream } from '../../numerics/random.js'
import { destinations, publishedFirms, yearCount } from './parameters.js'
import { provinces } from './territory.js'

/** Arrays by company, by company-year, and by company-year-destination (`companyYear * 4 + destination`). */
export interface Companies {
  readonly count: number
  readonly sector: Uint8Array
  readonly province: Uint8Array
  readonly turnover: Float64Array
  readonly employees: Int32Array
  readonly subsidiaries: Int32Array
}

/** By sector, from Table 1: companies are twice the investors, and `stop` gives the published years as an investor. */
const sectorFacts = [
  { companies: 644, stop: 0.15, turnover: 41.63e6, employees: 168, subsidiaries: 2.31, shares: [0.6, 0.04, 0.26, 0.1] },
  { companies: 210, stop: 0.115, turnover: 45.11e6, employees: 165, subsidiaries: 2.68, shares: [0.66, 0.02, 0.24, 0.08] },
] as const

/** Smallest turnover of a company of the accounts file, EUR: larger than any firm of the survey. */
export const turnoverLimit = 7.5e6

/** The companies that go with a survey of `firms`. */
export function drawCompanies(firms: number, seed: number, label = 'survey'): Companies {
  const scaled = (published: number): number => Math.max(1, Math.round((published * firms) / publishedFirms))
  const sectorOf = sectorFacts.flatMap(({ companies }, sector) => Array<number>(scaled(companies)).fill(sector))
  const count = sectorOf.length
  const companies: Companies = {
    count,
    sector: Uint8Array.from(sectorOf),
    province: new Uint8Array(count),
    turnover: new Float64Array(count * yearCount),
    employees: new Int32Array(count * yearCount),
    subsidiaries: new Int32Array(count * yearCount * destinations.length),
  }
  for (let company = 0; company < count; company++) drawCompany(companies, company, randomStream(seed, label, 'company', company))
  return companies
}

function drawCompany(companies: Companies, company: number, stream: RandomStream): void {
  const facts = sectorFacts[companies.sector[company]!]!
  companies.province[company] = weightedIndex(provinces.map((province) => province.weight), stream)
  const size = stream.normal()
  let invests = stream.uniform() < 0.5
  const held = subsidiaryCounts(facts, stream)
  for (let year = 0; year < yearCount; year++) {
    const at = company * yearCount + year
    companies.turnover[at] = Math.round(turnoverLimit + (facts.turnover - turnoverLimit) * lognormal(size + 0.15 * stream.normal(), 0.7))
    companies.employees[at] = Math.max(15, Math.round(facts.employees * lognormal(0.8 * size + 0.5 * stream.normal(), 0.6)))
    if (year > 0 && stream.uniform() < facts.stop) invests = !invests
    if (invests) companies.subsidiaries.set(held, at * destinations.length)
  }
}

/** Mean 1 for standard normal `z`. */
const lognormal = (z: number, sd: number): number => Math.exp(sd * z - (sd * sd) / 2)

/** One subsidiary and a Poisson number of others, each in a destination of its own draw. */
function subsidiaryCounts(facts: (typeof sectorFacts)[number], stream: RandomStream): number[] {
  const counts = destinations.map(() => 0)
  for (let left = 1 + stream.poisson(facts.subsidiaries - 1); left > 0; left--) {
    const where = weightedIndex(facts.shares, stream)
    counts[where] = counts[where]! + 1
  }
  return counts
}

/** An index drawn with probability proportional to its weight. */
export function weightedIndex(weights: readonly number[], stream: RandomStream): number {
  let left = stream.uniform() * weights.reduce((sum, weight) => sum + weight, 0)
  return Math.max(0, weights.findIndex((weight) => (left -= weight) < 0))
}

/** Companies that own at least one foreign subsidiary, at `province * yearCount + year`. */
export function investorCounts(companies: Companies): Int32Array {
  const counts = new Int32Array(provinces.length * yearCount)
  for (let company = 0; company < companies.count; company++) {
    for (let year = 0; year < yearCount; year++) {
      if (!ownsSubsidiaries(companies, company * yearCount + year)) continue
      const cell = companies.province[company]! * yearCount + year
      counts[cell] = counts[cell]! + 1
    }
  }
  return counts
}

/** True where a company-year has a foreign subsidiary. */
export function ownsSubsidiaries(companies: Companies, companyYear: number): boolean {
  const first = companyYear * destinations.length
  return companies.subsidiaries.subarray(first, first + destinations.length).some((held) => held > 0)
}
