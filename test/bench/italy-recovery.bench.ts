/**
 * Recovery of the planted outcome equation: 100 simulated surveys of 4,000 firms, each estimated by random effects with the survey's own
 * initial condition and means; how often does each 95 % interval cover its planted value? `npm run bench -- italy-recovery` prints the
 * tables kept in docs/recovery.md.
 *
 * Firms of a region in which nobody is active in any year are left out of that replication: the region predicts their outcome perfectly.
 * RECOVERY_REPLICATIONS and RECOVERY_LINK (probit, logit) narrow the run; RECOVERY_FIRMS sets another size, and RECOVERY_REGIONS=known takes
 * the planted region effects as given, in the offset, where they are not estimated beside the neighbours' past choices.
 */
import { Table, makeVector, vectorFromArray } from 'apache-arrow'
import { parseFormula, reLogit, reProbit } from '../../src/estimate/index.js'
import type { ArrowTable } from '../../src/estimate/records.js'
import { drawItaly, type ItalySurvey } from '../../src/simulate/index.js'
import { yearCount } from '../../src/simulate/italy/parameters.js'
import { provinceCounts } from '../../src/simulate/italy/choices.js'
import { investorCounts } from '../../src/simulate/italy/accounts.js'
import { provinces } from '../../src/simulate/italy/territory.js'
import { printTable } from './table.js'

const REPLICATIONS = Number(process.env.RECOVERY_REPLICATIONS ?? 100)
const FIRMS = Number(process.env.RECOVERY_FIRMS ?? 4000)
const KNOWN_REGIONS = process.env.RECOVERY_REGIONS === 'known'
/** σ_u = 3 needs more nodes than σ_u = .5. */
const NODES = { probit: 12, logit: 24 } as const

export function run(): void {
  for (const link of ['probit', 'logit'] as const) {
    if (process.env.RECOVERY_LINK === undefined || process.env.RECOVERY_LINK === link) recover(link)
  }
}

function recover(link: 'probit' | 'logit'): void {
  const covered = new Map<string, Coverage>()
  let failed = 0
  for (let replication = 1; replication <= REPLICATIONS; replication++) {
    const survey = drawItaly({ firms: FIRMS, seed: 1000 + replication, link, dirt: false })
    const planted = plantedTerms(survey)
    const fit = estimate(link, survey)
    if (fit === undefined) {
      failed++
      continue
    }
    fit.terms.forEach((term, j) => add(covered, term, planted[term]!, fit.coefficients[j]!, Math.sqrt(fit.vcov.matrix[j * fit.terms.length + j]!)))
    add(covered, 'ln(sigma_u)', Math.log(survey.outcome.sigma), Math.log(fit.detail.sigma_u), fit.detail.sigma_u_stdError / fit.detail.sigma_u)
  }
  const kept = REPLICATIONS - failed
  const rows = [...covered].map(([term, { times, planted, sum, square, errors, inside }]) => ({
    cells: [term, (planted / times).toFixed(4), (sum / times).toFixed(4), (errors / times).toFixed(4), Math.sqrt(square / times).toFixed(4), `${inside} of ${times}`],
    inside: inside / times,
  }))
  const coverages = rows.map(({ inside }) => inside)
  printTable(
    `re-${link}, ${FIRMS.toLocaleString('en')} firms, ${KNOWN_REGIONS ? 'region effects known, ' : ''}${kept} of ${REPLICATIONS} replications${failed > 0 ? ` (${failed} with sigma_u at the boundary)` : ''}: mean coverage ${(100 * coverages.reduce((a, b) => a + b, 0) / coverages.length).toFixed(1)} %, lowest ${(100 * Math.min(...coverages)).toFixed(0)} %, highest ${(100 * Math.max(...coverages)).toFixed(0)} %`,
    ['term', 'planted', 'mean estimate', 'mean std. error', 'RMSE', 'intervals that cover'],
    rows.map(({ cells }) => cells),
  )
}

interface Coverage {
  times: number
  planted: number
  sum: number
  square: number
  errors: number
  inside: number
}

function add(covered: Map<string, Coverage>, term: string, planted: number, estimate: number, error: number): void {
  const entry = covered.get(term) ?? { times: 0, planted: 0, sum: 0, square: 0, errors: 0, inside: 0 }
  entry.times++
  entry.planted += planted
  entry.sum += estimate
  entry.square += (estimate - planted) ** 2
  entry.errors += error
  if (Math.abs(estimate - planted) <= 1.959964 * error) entry.inside++
  covered.set(term, entry)
}

const varying = ['exportShare', 'marketExtension', 'credit', 'valueAddedPerEmployee', 'employees'] as const

function estimate(link: 'probit' | 'logit', survey: ItalySurvey) {
  const means = varying.map((name) => `mean_${name}`)
  const formula = `y ~ initial + lag + ${varying.join(' + ')} + supplier + district + fdiNeighbours + offshoringNeighbours + footwear + ${KNOWN_REGIONS ? '' : 'i(region) + '}${means.join(' + ')}`
  const spec = { ...parseFormula(formula), ...(KNOWN_REGIONS && { offset: 'regionEffect' }) }
  const options = { group: 'firm', nodes: NODES[link], nodeCheck: 'off', scores: 'drop' } as const
  try {
    return link === 'logit' ? reLogit(spec, panelTable(survey), options) : reProbit(spec, panelTable(survey), options)
  } catch (error) {
    if (error instanceof Error && error.name === 'BoundaryError') return undefined
    throw error
  }
}

/** Planted value by term of the fit; regions relative to the first one in sorted order. */
function plantedTerms({ outcome }: ItalySurvey): Record<string, number> {
  const regions = Object.keys(outcome.region).sort()
  const reference = outcome.region[regions[0]!]!
  return {
    '(Intercept)': outcome.intercept + (KNOWN_REGIONS ? 0 : reference),
    initial: outcome.initial, lag: outcome.lag, supplier: outcome.supplier, district: outcome.district,
    fdiNeighbours: outcome.fdiNeighbours, offshoringNeighbours: outcome.offshoringNeighbours, footwear: outcome.footwear,
    ...Object.fromEntries(varying.map((name) => [name, outcome[name]])),
    ...Object.fromEntries(varying.map((name) => [`mean_${name}`, outcome.means[name]])),
    ...Object.fromEntries(regions.slice(1).map((name) => [`region::${name}`, outcome.region[name]! - reference])),
  }
}

/** Rows of the outcome equation: firm-years observed together with the year before. */
function panelTable({ population, choices, companies, outcome }: ItalySurvey): ArrowTable {
  const idle = KNOWN_REGIONS ? new Set<string>() : idleRegions(population, choices.active)
  const at: number[] = []
  for (let firm = 0; firm < population.firms; firm++) {
    if (idle.has(provinces[population.province[firm]!]!.region)) continue
    for (let year = 1; year < yearCount; year++) {
      const now = firm * yearCount + year
      if (population.observed[now]! & population.observed[now - 1]!) at.push(now)
    }
  }
  const counts = Array.from({ length: yearCount }, (_, year) => provinceCounts(population, choices.active, year))
  const investors = investorCounts(companies)
  const firmOf = (now: number): number => Math.floor(now / yearCount)
  const lagged = {
    exportShare: (before: number) => population.exportShare[before]!,
    marketExtension: (before: number) => population.marketExtension[before]!,
    credit: (before: number) => population.credit[before]!,
    valueAddedPerEmployee: (before: number) => population.valueAdded[before]! / population.employees[before]! / 1000,
    employees: (before: number) => population.employees[before]!,
  }
  const column = (value: (now: number, firm: number) => number): Float64Array => Float64Array.from(at, (now) => value(now, firmOf(now)))
  const columns: Record<string, Float64Array> = {
    firm: column((_, firm) => firm),
    y: column((now) => choices.active[now]!),
    lag: column((now) => choices.active[now - 1]!),
    initial: column((_, firm) => choices.active[firm * yearCount]!),
    supplier: column((_, firm) => population.supplier[firm]!),
    district: column((_, firm) => population.district[firm]!),
    footwear: column((_, firm) => population.sector[firm]!),
    fdiNeighbours: column((now, firm) => investors[population.province[firm]! * yearCount + (now % yearCount) - 1]!),
    offshoringNeighbours: column((now, firm) => counts[(now % yearCount) - 1]![population.province[firm]!]! - (population.observed[now - 1]! & choices.active[now - 1]!)),
  }
  for (const name of varying) {
    columns[name] = column((now) => lagged[name](now - 1))
    columns[`mean_${name}`] = firmMeans(columns.firm!, columns[name]!)
  }
  columns.regionEffect = column((_, firm) => outcome.region[provinces[population.province[firm]!]!.region]!)
  const regions = at.map((now) => provinces[population.province[firmOf(now)]!]!.region)
  return new Table({ ...Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, makeVector(values)])), region: vectorFromArray(regions) }) as ArrowTable
}

/** Regions without an active firm in any row of the equation. */
function idleRegions(population: ItalySurvey['population'], active: Uint8Array): Set<string> {
  const idle = new Set(provinces.map(({ region }) => region))
  for (let firm = 0; firm < population.firms; firm++) {
    for (let now = firm * yearCount + 1; now < (firm + 1) * yearCount; now++) {
      if (population.observed[now]! & population.observed[now - 1]! & active[now]!) idle.delete(provinces[population.province[firm]!]!.region)
    }
  }
  return idle
}

function firmMeans(firm: Float64Array, values: Float64Array): Float64Array {
  const sums = new Map<number, [number, number]>()
  firm.forEach((code, i) => {
    const entry = sums.get(code) ?? [0, 0]
    sums.set(code, [entry[0] + values[i]!, entry[1] + 1])
  })
  return firm.map((code) => sums.get(code)![0] / sums.get(code)![1])
}
