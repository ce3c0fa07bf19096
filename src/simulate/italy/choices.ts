/**
 * The endogenous half of the survey: who buys stages abroad in which year. The initial state is drawn first, then the firm
 * effect given it and the firm's covariate means, then the panel year by year:
 *
 *     y_it = 1{ β0 + β1 y_i,2005 + β2 y_i,t−1 + γ'x_i,t−1 + δ'x̄_i + b n_p,t−1 + u_i + ε_it > 0 },   u_i ~ N(0, σ²),
 *
 * where n_p,t−1 counts the other active firms of the province among those the survey observed the year before: each year's
 * counts come from the choices just simulated, so the spillover feeds back. x̄ is the mean of the lagged covariates over the
 * firm's own rows of the equation. See `exits.ts` for how active firms leave.
 */
import erfc from '@stdlib/math-base-special-erfc'
import { randomStream } from '../../numerics/random.js'
import type { ExitHazard, OutcomeEquation } from '../records.js'
import { exitIndex, type BaselineHazards } from './exits.js'
import { yearCount, type Exits, type Link } from './parameters.js'
import type { Population } from './population.js'
import { provinces } from './territory.js'

/** What the choices need besides equation and hazard; fixed while the intercept is solved. */
export interface ChoiceSetting {
  readonly population: Population
  readonly link: Link
  readonly exits: Exits
  /** Companies with foreign investment by province and year, at `province * yearCount + year`. */
  readonly fdiCompanies: Int32Array
  readonly migrantFirms: Int32Array
  /** Standard normal of each firm's effect. */
  readonly effect: Float64Array
  /** Uniforms behind each year's choice, by firm-year. */
  readonly shock: Float64Array
  /** 1 where the firm is active in 2005. */
  readonly initial: Uint8Array
  readonly baseline: BaselineHazards
}

export interface Choices {
  /** By firm-year, also in the years a firm does not answer. */
  readonly active: Uint8Array
  /** Share active among the rows of the outcome equation. */
  readonly prevalence: number
}

/** Yearly rate of return in the `hazard` variant at the covariates below. */
const baseReturnRate = 0.23
const baseCovariates = {
  foreignShare: 60, supplier: 0.3, profits: 0.72, wagePerEmployee: 20, roi: 4.5, employees: 14, offshoringNeighbours: 15,
}

type ChoiceInputs = Pick<ChoiceSetting, 'effect' | 'shock' | 'initial'>

/** Initial states and the draws behind effects and choices, the same for any equation; `prevalence` is that of 2005. */
export function drawChoiceInputs(population: Population, prevalence: number, seed: number, label: string): ChoiceInputs {
  const effect = new Float64Array(population.firms)
  const shock = new Float64Array(population.firms * yearCount)
  for (let firm = 0; firm < population.firms; firm++) {
    const stream = randomStream(seed, label, 'choice', firm)
    effect[firm] = stream.normal()
    for (let year = 0; year < yearCount; year++) shock[firm * yearCount + year] = stream.uniform()
  }
  return { effect, shock, initial: initialStates(population, shock, prevalence) }
}

/** Choices of all firms in all years under `equation` (and `hazard`, where returns follow it). */
export function simulateChoices(setting: ChoiceSetting, equation: OutcomeEquation, hazard: ExitHazard): Choices {
  const { population, fdiCompanies } = setting
  const active = new Uint8Array(population.firms * yearCount)
  for (let firm = 0; firm < population.firms; firm++) active[firm * yearCount] = setting.initial[firm]!
  const constant = firmConstants(setting, equation)
  const leave = setting.exits === 'dynamic' ? thinnedReturn(setting) : hazardReturn(setting, hazard)
  const probability = setting.link === 'probit' ? normalCdf : logisticCdf
  const started = new Int32Array(population.firms)
  for (let year = 1; year < yearCount; year++) {
    const counts = provinceCounts(population, active, year - 1)
    for (let firm = 0; firm < population.firms; firm++) {
      const before = firm * yearCount + year - 1
      const province = population.province[firm]!
      const wasActive = active[before]!
      const neighbours = counts[province]! - (population.observed[before]! & wasActive)
      const index = constant[firm]! + equation.lag * wasActive + covariateIndex(equation, population, before)
        + equation.fdiNeighbours * fdiCompanies[province * yearCount + year - 1]! + equation.offshoringNeighbours * neighbours
      const uniform = setting.shock[before + 1]!
      const stays = probability(index)
      active[before + 1] = (wasActive === 1 ? uniform >= leave(firm, before, stays, neighbours, started[firm]!) : uniform < stays) ? 1 : 0
      if (wasActive === 0 && active[before + 1] === 1) started[firm] = neighbours
    }
  }
  return { active, prevalence: rowPrevalence(population, active) }
}

const normalCdf = (index: number): number => erfc(-index * Math.SQRT1_2) / 2
const logisticCdf = (index: number): number => 1 / (1 + Math.exp(-index))

/** Active firms the survey observed, by province, in year index `year`. */
export function provinceCounts(population: Population, active: Uint8Array, year: number): Int32Array {
  const counts = new Int32Array(provinces.length)
  for (let firm = 0; firm < population.firms; firm++) {
    const at = firm * yearCount + year
    counts[population.province[firm]!] = counts[population.province[firm]!]! + (population.observed[at]! & active[at]!)
  }
  return counts
}

/** Probability to leave in the `dynamic` variant: Table 2's, spread over the exit-only covariates as Table 3 says. */
function thinnedReturn({ population, baseline }: ChoiceSetting): ReturnRule {
  return (firm, before, stays) => {
    const level = baseline[population.sector[firm]! as 0 | 1](stays)
    return -Math.expm1(-level * Math.exp(exitIndex(exitCovariates(population, before))))
  }
}

type ReturnRule = (firm: number, before: number, stays: number, neighbours: number, neighboursAtStart: number) => number

/** Probability to leave in the `hazard` variant: all of Table 3, with the neighbours of the year before the start. */
function hazardReturn({ population, migrantFirms }: ChoiceSetting, hazard: ExitHazard): ReturnRule {
  const base = Object.entries(baseCovariates).reduce((sum, [name, value]) => sum + hazard[name]! * value, 0)
  const level = Math.log(-Math.log1p(-baseReturnRate)) - base
  return (firm, before, _stays, _neighbours, neighboursAtStart) => {
    const index = level + exitIndex(exitCovariates(population, before)) + hazard.supplier! * population.supplier[firm]!
      + hazard.employees! * population.employees[before]! + hazard.offshoringNeighbours! * neighboursAtStart
      + hazard.exportShare! * 100 * population.exportShare[before]! + hazard.migrantFirms! * migrantFirms[population.province[firm]!]!
    return -Math.expm1(-Math.exp(index))
  }
}

function exitCovariates(population: Population, at: number): Parameters<typeof exitIndex>[0] {
  return {
    foreignShare: population.foreignShare[at]!,
    profitable: population.profitable[at] === 1,
    roi: population.roi[at]!,
    wagePerEmployee: population.wageBill[at]! / population.employees[at]! / 1000,
  }
}

/** γ'x of the time-varying covariates of Table 2 at firm-year `at`. */
function covariateIndex(equation: OutcomeEquation, population: Population, at: number): number {
  return equation.exportShare * population.exportShare[at]! + equation.marketExtension * population.marketExtension[at]!
    + equation.credit * population.credit[at]! + equation.valueAddedPerEmployee * valueAddedPerEmployee(population, at)
    + equation.employees * population.employees[at]!
}

/** Thousand EUR. */
function valueAddedPerEmployee(population: Population, at: number): number {
  return population.valueAdded[at]! / population.employees[at]! / 1000
}

/** What does not change over a firm's years: intercept, initial state, dummies, means and the firm effect. */
function firmConstants({ population, effect, initial }: ChoiceSetting, equation: OutcomeEquation): Float64Array {
  const region = provinces.map((province) => equation.region[province.region]!)
  return Float64Array.from({ length: population.firms }, (_, firm) =>
    equation.intercept + equation.initial * initial[firm]! + equation.supplier * population.supplier[firm]!
    + equation.district * population.district[firm]! + equation.footwear * population.sector[firm]! + region[population.province[firm]!]!
    + meanIndex(equation, population, firm) + equation.sigma * effect[firm]!)
}

/** δ'x̄ over the rows of the equation: years whose next year is observed as well. */
function meanIndex(equation: OutcomeEquation, population: Population, firm: number): number {
  let rows = 0
  let sum = 0
  for (let at = firm * yearCount; at < (firm + 1) * yearCount - 1; at++) {
    if (population.observed[at] === 0 || population.observed[at + 1] === 0) continue
    rows++
    sum += equation.means.exportShare * population.exportShare[at]! + equation.means.marketExtension * population.marketExtension[at]!
      + equation.means.credit * population.credit[at]! + equation.means.employees * population.employees[at]!
      + equation.means.valueAddedPerEmployee * valueAddedPerEmployee(population, at)
  }
  return sum / rows
}

/** Who is active in 2005: a logit in market extension, size and export share with the wanted prevalence on average. */
function initialStates(population: Population, shock: Float64Array, prevalence: number): Uint8Array {
  const relative = Float64Array.from({ length: population.firms }, (_, firm) => {
    const at = firm * yearCount
    return 0.35 * population.marketExtension[at]! + 0.5 * Math.log(population.employees[at]!) + 0.5 * population.exportShare[at]!
  })
  const share = (level: number): number => relative.reduce((sum, index) => sum + logisticCdf(level + index), 0) / population.firms
  const level = bisect((guess) => share(guess) - prevalence, -20, 20, 40)
  return Uint8Array.from(relative, (index, firm) => (shock[firm * yearCount]! < logisticCdf(level + index) ? 1 : 0))
}

/** The root of an increasing function. */
export function bisect(increasing: (value: number) => number, from: number, to: number, steps: number): number {
  let [low, high] = [from, to]
  for (let step = 0; step < steps; step++) {
    const middle = (low + high) / 2
    if (increasing(middle) < 0) low = middle
    else high = middle
  }
  return (low + high) / 2
}

function rowPrevalence(population: Population, active: Uint8Array): number {
  let rows = 0
  let sum = 0
  for (let at = 0; at < active.length; at++) {
    if (at % yearCount === 0 || population.observed[at] === 0 || population.observed[at - 1] === 0) continue
    rows++
    sum += active[at]!
  }
  return sum / rows
}
