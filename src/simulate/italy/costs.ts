/**
 * Money of the survey given the choices: subcontracting costs by place, turnover and profit. None of it feeds back into
 * choices except the foreign share, which the exit hazard has already used and which the recorded costs reproduce.
 *
 * Turnover is value added plus subcontracting plus materials, so the accounts add up; the survey has no firm above 7.5 million
 * EUR, and what would pass it is cut from materials first and from subcontracting then (the foreign share stays).
 */
import { randomStream, type RandomStream } from '../../numerics/random.js'
import { turnoverLimit, weightedIndex } from './accounts.js'
import type { Choices } from './choices.js'
import { destinations, yearCount } from './parameters.js'
import type { Population } from './population.js'

/** EUR by firm-year; `foreign` by firm-year-destination. */
export interface Costs {
  readonly italian: Float64Array
  readonly foreign: Float64Array
  readonly turnover: Float64Array
  readonly profit: Float64Array
}

const destinationShares = [
  [0.55, 0.12, 0.25, 0.08],
  [0.65, 0.06, 0.22, 0.07],
] as const
/** Of subcontracting cost, EUR per square root of employees, and of materials, per EUR of value added. */
const subcontractingLevel = [310e3, 153e3] as const
const materialsLevel = [2.4, 3.6] as const
const secondShare = 0.3

/** Costs of every firm-year, also of those the survey does not observe. */
export function drawCosts(population: Population, choices: Choices, seed: number): Costs {
  const cells = population.firms * yearCount
  const costs: Costs = {
    italian: new Float64Array(cells),
    foreign: new Float64Array(cells * destinations.length),
    turnover: new Float64Array(cells),
    profit: new Float64Array(cells),
  }
  for (let firm = 0; firm < population.firms; firm++) {
    drawFirmCosts(costs, population, choices, firm, randomStream(seed, 'survey', 'costs', firm))
  }
  return costs
}

function drawFirmCosts(costs: Costs, population: Population, choices: Choices, firm: number, stream: RandomStream): void {
  const sector = population.sector[firm]! as 0 | 1
  const buysAtHome = stream.uniform() < 0.55
  let places = drawDestinations(sector, stream)
  for (let at = firm * yearCount; at < (firm + 1) * yearCount; at++) {
    const active = choices.active[at] === 1
    const continues = at > firm * yearCount && choices.active[at - 1] === 1
    if (!continues || stream.uniform() < 0.08) places = drawDestinations(sector, stream)
    const employees = population.employees[at]!
    const abroad = subcontractingLevel[sector] * Math.sqrt(employees) * lognormal(stream, 0.6)
    const home = buysAtHome ? 12e3 * employees * lognormal(stream, 0.7) : 0
    const wanted = active ? abroad : home
    const materials = materialsLevel[sector] * population.valueAdded[at]! * lognormal(stream, 0.4)
    const room = turnoverLimit - 1 - population.valueAdded[at]!
    const kept = Math.min(materials, Math.max(0.1 * materials, room - wanted))
    const cost = Math.min(wanted, room - kept)
    spreadCost(costs, at, cost, active ? population.foreignShare[at]! : 0, places)
    costs.turnover[at] = population.valueAdded[at]! + Math.round(cost) + Math.floor(kept)
    const amount = Math.max(1, Math.round((Math.abs(population.roi[at]!) / 100) * 0.5 * costs.turnover[at]!))
    costs.profit[at] = population.profitable[at] === 1 ? amount : -amount
  }
}

interface Places {
  readonly first: number
  /** Another destination, or the same. */
  readonly second: number
}

function drawDestinations(sector: 0 | 1, stream: RandomStream): Places {
  const first = weightedIndex(destinationShares[sector], stream)
  return { first, second: stream.uniform() < 0.2 ? weightedIndex(destinationShares[sector], stream) : first }
}

/** Whole euros: the foreign part over one or two destinations, the rest in Italy. */
function spreadCost(costs: Costs, at: number, cost: number, foreignShare: number, { first, second }: Places): void {
  const total = Math.round(cost)
  const foreign = foreignShare === 0 ? 0 : Math.max(2, Math.round(total * foreignShare))
  const elsewhere = first === second ? 0 : Math.max(1, Math.round(secondShare * foreign))
  costs.italian[at] = Math.max(0, total - foreign)
  if (foreign === 0) return
  costs.foreign[at * destinations.length + second] = elsewhere
  costs.foreign[at * destinations.length + first] = foreign - elsewhere
}

/** Mean 1. */
const lognormal = (stream: RandomStream, sd: number): number => Math.exp(sd * stream.normal() - (sd * sd) / 2)
