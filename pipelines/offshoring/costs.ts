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
  /** The same problem with one assumption at the low and the high end of its range. */
  readonly ranges: readonly CostRange[]
  /** Yearly output at which scenarios are compared: quartiles over active units, to two digits. */
  readonly quantities: readonly [number, number, number]
}

export interface CostRange {
  readonly assumption: string
  readonly unit: string
  readonly range: readonly [number, number]
  readonly low: Costs
  readonly high: Costs
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
  const profile = meanProfile(entry)
  const atEntry = indexAt(entry.fit, { ...profile, active_lag1: 0 })
  const atExit = indexAt(exit.fit, meanProfile(exit))
  const stateDependence = dynamicLogitTransitions(entry.fit, profile, 'active_lag1')
  const [foreignCost, share] = [mean(column(active, 'foreign_cost')), ownShare(active)]
  const under = (assumed: SourcingAssumptions) => {
    const discount = assumed.discount.value
    const fromHazard = entryExitCosts(separateTransitions(atEntry, atExit), { discount })
    const money = moneyCosts(assumed, fromHazard, foreignCost, words.currency)
    return { fromStateDependence: entryExitCosts(stateDependence, { discount }), fromHazard, money, costs: problemOf(assumed, money, share) }
  }
  return { ...under(sourcing), ranges: costRanges(sourcing, (assumed) => under(assumed).costs), quantities: quartiles(column(active, 'output')) }
}

function problemOf(sourcing: SourcingAssumptions, { sunk, fixed }: MoneyCosts, ownShare: number): Costs {
  const { locations, stages, distanceElasticity, domesticDistance, ownStageMultiple, discount, savingRate, shockShare } = sourcing
  return sourcingProblem({
    locations, stages, distanceElasticity, domesticDistance, ownStageMultiple, discount: discount.value, ownShare,
    sunk: sunk.value,
    fixed: fixed.value,
    assumptions: [savingRate, shockShare, discount, ...relativeCosts(sourcing), ...(sourcing.others ?? [])],
  })
}

/** The sourcing problem with one assumption at the ends of its range. */
function costRanges(sourcing: SourcingAssumptions, costsUnder: (assumed: SourcingAssumptions) => Costs): CostRange[] {
  const names = ['discount', 'savingRate', 'shockShare', 'distanceElasticity', 'domesticDistance', 'ownStageMultiple'] as const
  return names.flatMap((name) => {
    const { name: assumption, unit, range } = sourcing[name]
    const at = (value: number): Costs => costsUnder({ ...sourcing, [name]: { ...sourcing[name], value } })
    return range === undefined ? [] : [{ assumption, unit, range, low: at(range[0]), high: at(range[1]) }]
  })
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
    throw new ReshoreError('EmptySampleError', 'nobody is active with known money, so there is nothing to calibrate',
      'Check output, value added and what is bought, at home and abroad, in the rows that are active.')
  }
  return sum(values) / values.length
}

function quartiles(values: Float64Array): [number, number, number] {
  const sorted = values.slice().sort()
  const at = (share: number): number => Number(sorted[Math.floor(share * (sorted.length - 1))]!.toPrecision(2))
  return [at(0.25), at(0.5), at(0.75)]
}
