/**
 * Moments of the published sample beside those of a simulated survey. Firm counts of Table 1 are yearly averages over the
 * waves; at another size or prevalence than the published one the count targets are scaled with it.
 */
import type { ItalyTruth, Target } from '../records.js'
import { ownsSubsidiaries, type Companies } from './accounts.js'
import type { Choices } from './choices.js'
import type { Costs } from './costs.js'
import { destinations, publishedFirms, publishedPrevalence, publishedRows, sectors, yearCount } from './parameters.js'
import type { Population } from './population.js'

export interface SurveyPanel {
  readonly population: Population
  readonly choices: Choices
  readonly costs: Costs
  readonly companies: Companies
}

/** Table 1 by sector: what active firms look like, and investors. */
const table1 = [
  { firms: 486, years: 3.02, turnover: 2333955, employees: 12.23, exports: 18.35, foreign: 684464, italian: 324555, district: 22 },
  { firms: 255, years: 2.81, turnover: 2886648, employees: 17.23, exports: 36, foreign: 293064, italian: 275670, district: 47 },
] as const
const publishedActive = 741
const investors = [
  { active: 322, years: 3.86, turnover: 41626846, employees: 168, subsidiaries: 2.31 },
  { active: 105, years: 4.11, turnover: 45109899, employees: 165, subsidiaries: 2.68 },
] as const

/** Target and realised value of every moment, in the order of the published tables. */
export function compareTargets(panel: SurveyPanel, prevalence: number): Target[] {
  const { population, choices } = panel
  const scale = population.firms / publishedFirms
  return [
    { name: 'firms', target: population.firms, realised: population.firms },
    { name: 'rows of the outcome equation', target: Math.round(publishedRows * scale), realised: equationRows(population) },
    { name: 'prevalence, %', target: 100 * prevalence, realised: 100 * choices.prevalence },
    ...sectors.flatMap((_, sector) => activeTargets(panel, sector)),
    ...sectors.flatMap((_, sector) => investorTargets(panel.companies, sector, scale)),
  ]
}

function activeTargets({ population, choices, costs }: SurveyPanel, sector: number): Target[] {
  const target = table1[sector]!
  const sums = { years: 0, turnover: 0, employees: 0, exports: 0, foreign: 0, italian: 0, district: 0 }
  let rows = 0
  let allRows = 0
  let everActive = 0
  for (let firm = 0; firm < population.firms; firm++) {
    let years = 0
    for (let at = firm * yearCount + 1; at < (firm + 1) * yearCount; at++) {
      if ((population.observed[at]! & choices.active[at]!) === 0) continue
      allRows++
      if (population.sector[firm] !== sector) continue
      years++
      rows++
      sums.turnover += costs.turnover[at]!
      sums.employees += population.employees[at]!
      sums.exports += 100 * population.exportShare[at]!
      sums.foreign += overDestinations(costs.foreign, at)
      sums.italian += costs.italian[at]!
      sums.district += 100 * population.district[firm]!
    }
    sums.years += years
    if (years > 0) everActive++
  }
  const name = `${sectors[sector]} offshoring`
  return [
    { name: `${name}: share of active firms, %`, target: (100 * target.firms) / publishedActive, realised: (100 * rows) / allRows },
    { name: `${name}: years active`, target: target.years, realised: sums.years / everActive },
    { name: `${name}: turnover, EUR`, target: target.turnover, realised: sums.turnover / rows },
    { name: `${name}: employees`, target: target.employees, realised: sums.employees / rows },
    { name: `${name}: export share, %`, target: target.exports, realised: sums.exports / rows },
    { name: `${name}: foreign subcontracting, EUR`, target: target.foreign, realised: sums.foreign / rows },
    { name: `${name}: Italian subcontracting, EUR`, target: target.italian, realised: sums.italian / rows },
    { name: `${name}: in a district, %`, target: target.district, realised: sums.district / rows },
  ]
}

/** Over 2007-2012, as Table 1. */
function investorTargets(companies: Companies, sector: number, scale: number): Target[] {
  const target = investors[sector]!
  const sums = { turnover: 0, employees: 0, subsidiaries: 0 }
  let rows = 0
  let everActive = 0
  for (let company = 0; company < companies.count; company++) {
    if (companies.sector[company] !== sector) continue
    const before = rows
    for (let at = company * yearCount + 2; at < (company + 1) * yearCount; at++) {
      if (!ownsSubsidiaries(companies, at)) continue
      rows++
      sums.turnover += companies.turnover[at]!
      sums.employees += companies.employees[at]!
      sums.subsidiaries += overDestinations(companies.subsidiaries, at)
    }
    if (rows > before) everActive++
  }
  const name = `${sectors[sector]} investors`
  return [
    { name: `${name}: companies a year`, target: target.active * scale, realised: rows / (yearCount - 2) },
    { name: `${name}: years active`, target: target.years, realised: rows / everActive },
    { name: `${name}: turnover, EUR`, target: target.turnover, realised: sums.turnover / rows },
    { name: `${name}: employees`, target: target.employees, realised: sums.employees / rows },
    { name: `${name}: subsidiaries`, target: target.subsidiaries, realised: sums.subsidiaries / rows },
  ]
}

function overDestinations(values: Float64Array | Int32Array, at: number): number {
  let sum = 0
  for (let place = 0; place < destinations.length; place++) sum += values[at * destinations.length + place]!
  return sum
}

/** Firm-years whose year before is observed as well. */
function equationRows(population: Population): number {
  let rows = 0
  for (let at = 0; at < population.observed.length; at++) {
    if (at % yearCount > 0) rows += population.observed[at]! & population.observed[at - 1]!
  }
  return rows
}

/** Targets as aligned lines of text. */
export function targetTable(targets: ItalyTruth['targets']): string {
  const number = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 2 : 0 })
  const rows = [['moment', 'target', 'realised'], ...targets.map(({ name, target, realised }) => [name, number(target), number(realised)])]
  const width = Math.max(...rows.map(([name]) => name!.length))
  return rows.map(([name, ...numbers]) => [name!.padEnd(width), ...numbers.map((text) => text.padStart(12))].join('  ')).join('\n')
}

/** Prevalence the published sample has. */
export const defaultPrevalence = Math.round(1000 * publishedPrevalence) / 1000
