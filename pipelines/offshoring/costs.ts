/**
 * From fits to costs: entry and exit at the mean unit give sunk and fixed costs along the identified line, in units of the
 * yearly shock's scale κ; an assumed saving rate and shock size turn κ into money; what is made and bought gives the shares.
 *
 *     gain = saving rate × mean foreign cost        κ = shock share × gain × √3/π        (the sd of a logistic shock is κπ/√3)
 */
import {
  bindSpec, dynamicLogitTransitions, entryExitCosts, indexAt, inMoney, ReshoreError, separateTransitions, sourcingProblem,
  type ArrowTable, type CalibratedNumber, type Costs, type EntryExitCosts, type ExternalAssumption, type Fit, type Profile,
} from 'reshore'
import type { AnyStudy, SourcingAssumptions } from './study.js'

export interface Calibration {
  /** State dependence of the pooled logit: an upper bound where shocks persist. */
  readonly fromStateDependence: EntryExitCosts
  /** Entry logit beside the exit hazard, estimated apart: the costs the solvers use. */
  readonly fromHazard: EntryExitCosts
  readonly money: MoneyCosts
  readonly costs: Costs
  /** Yearly output at which scenarios are compared: quartiles over active units, to two digits. */
  readonly quantities: readonly [number, number, number]
}

/** Yearly gain, scale κ of the yearly shock, sunk and yearly fixed cost, in the study's currency, without an exit cost. */
export interface MoneyCosts {
  readonly gain: number
  readonly scale: number
  readonly sunk: CalibratedNumber
  readonly fixed: CalibratedNumber
}

export interface FittedSample {
  readonly fit: Fit
  readonly table: ArrowTable
}

export interface CalibrationInput {
  /** Dynamic logit of the decision. */
  readonly entry: FittedSample
  /** Complementary log-log model of the exit. */
  readonly exit: FittedSample
  /** Active firm-years with `output`, `own_cost`, `bought_cost`, `foreign_cost`. */
  readonly active: ArrowTable
}

/** The calibrated costs of a study, and the sourcing problem they make. */
export function calibrated({ sourcing, words }: AnyStudy, { entry, exit, active }: CalibrationInput): Calibration {
  const discount = sourcing.discount.value
  const profile = meanProfile(entry)
  const atEntry = indexAt(entry.fit, { ...profile, active_lag1: 0 })
  const atExit = indexAt(exit.fit, meanProfile(exit))
  const fromHazard = entryExitCosts(separateTransitions(atEntry, atExit), { discount })
  const money = moneyCosts(sourcing, fromHazard, mean(column(active, 'foreign_cost')), words.currency)
  const { locations, stages, distanceElasticity, domesticDistance, ownStageMultiple } = sourcing
  return {
    fromStateDependence: entryExitCosts(dynamicLogitTransitions(entry.fit, profile, 'active_lag1'), { discount }),
    fromHazard,
    money,
    costs: sourcingProblem({
      locations, stages, distanceElasticity, domesticDistance, ownStageMultiple, discount,
      ownShare: ownShare(active),
      sunk: money.sunk.value,
      fixed: money.fixed.value,
      assumptions: [sourcing.savingRate, sourcing.shockShare, sourcing.discount, ...relativeCosts(sourcing), ...(sourcing.others ?? [])],
    }),
    quantities: quartiles(column(active, 'output')),
  }
}

/** The point of the identified line without an exit cost, in money. */
function moneyCosts(sourcing: SourcingAssumptions, { line }: EntryExitCosts, foreignCost: number, currency: string): MoneyCosts {
  const gain = sourcing.savingRate.value * foreignCost
  const scale = (sourcing.shockShare.value * gain * Math.sqrt(3)) / Math.PI
  const point = line.find(({ exit }) => exit.value === 0)!
  const net = inMoney(point.netFixed, scale, `${currency} a year`)
  const [low, high] = net.interval
  const fixed = { ...net, value: net.value + gain, interval: [low + gain, high + gain] as const }
  return { gain, scale, sunk: inMoney(point.sunk, scale, currency), fixed }
}

/** The costs of every location but home, one number a stage. */
function relativeCosts({ locations, stages, costsFrom }: SourcingAssumptions): ExternalAssumption[] {
  const [home, ...abroad] = locations
  return stages.flatMap((stage, n) => abroad.map(({ name, relativeCosts: costs }) => ({
    name: `cost of the ${stage}, ${name}`, value: costs[n]!, unit: `${home!.name} = 1`, source: costsFrom,
  })))
}

/** Means of the design's columns: the profile of the mean unit of an estimation sample. */
export function meanProfile({ fit, table }: FittedSample): Profile {
  const { terms, columns } = bindSpec(fit.spec, table)
  return Object.fromEntries(terms.map((term, index) => [term, mean(columns[index]!)]))
}

/** Share of what is made in the unit itself in what it makes and buys. */
function ownShare(active: ArrowTable): number {
  const own = sum(column(active, 'own_cost'))
  return own / (own + sum(column(active, 'bought_cost')))
}

function column(table: ArrowTable, name: string): Float64Array {
  return Float64Array.from(table.getChild(name)!.toArray() as ArrayLike<number>)
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}

function mean(values: Float64Array): number {
  if (values.length === 0) {
    throw new ReshoreError('EmptySampleError', 'nobody is active, so there is nothing to calibrate', 'Check the activity of the panel.')
  }
  return sum(values) / values.length
}

function quartiles(values: Float64Array): [number, number, number] {
  const sorted = values.slice().sort()
  const at = (share: number): number => Number(sorted[Math.floor(share * (sorted.length - 1))]!.toPrecision(2))
  return [at(0.25), at(0.5), at(0.75)]
}
