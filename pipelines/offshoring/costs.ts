/**
 * From fits to costs: entry and exit at the mean unit give sunk and fixed costs along the identified line, in units of the
 * yearly shock's scale κ; an assumed saving rate and shock size turn κ into money; what is bought and made at home gives the shares.
 *
 *     gain  π = saving rate × mean foreign cost          κ = shock share × π × √3/π̂        (sd of a logistic shock is κ π̂/√3)
 */
import {
  bindSpec, dynamicLogitTransitions, entryExitCosts, indexAt, inMoney, separateTransitions, sourcingProblem, ReshoreError,
  type ArrowTable, type CalibratedNumber, type Costs, type EntryExitCosts, type ExternalAssumption, type Fit, type Profile,
} from 'reshore'
import type { AnyStudy, SourcingAssumptions } from './study.js'

export interface Calibration {
  /** State dependence of the pooled logit: an upper bound where shocks persist. */
  readonly fromStateDependence: EntryExitCosts
  /** Entry logit beside the exit hazard, estimated apart. */
  readonly fromHazard?: EntryExitCosts
  readonly money: { readonly gain: number; readonly scale: number; readonly sunk: CalibratedNumber; readonly fixed: CalibratedNumber }
  readonly costs: Costs
  /** Yearly output at which scenarios are compared: quartiles over active units, to two digits. */
  readonly quantities: readonly [number, number, number]
}

export interface CalibrationInput {
  readonly entry: { readonly fit: Fit; readonly table: ArrowTable }
  readonly exit?: { readonly fit: Fit; readonly table: ArrowTable }
  /** Active firm-years with `output`, `own_cost`, `bought_cost`, `foreign_cost`. */
  readonly active: ArrowTable
}

/** The calibrated costs of a study, and the sourcing problem they make. */
export function calibrated(study: AnyStudy, { entry, exit, active }: CalibrationInput): Calibration {
  const { sourcing, words: { currency } } = study
  const discount = sourcing.discount.value
  const profile = meanProfile(entry.fit, entry.table)
  const pooled = entryExitCosts(dynamicLogitTransitions(entry.fit, profile, 'active_lag1'), { discount })
  const atEntry = indexAt(entry.fit, { ...profile, active_lag1: 0 })
  const hazard = exit === undefined ? undefined : entryExitCosts(separateTransitions(atEntry, indexAt(exit.fit, meanProfile(exit.fit, exit.table))), { discount })
  const used = (hazard ?? pooled).line.find(({ exit: paid }) => paid.value === 0)!
  const gain = sourcing.savingRate.value * mean(column(active, 'foreign_cost'))
  const scale = sourcing.shockShare.value * gain * Math.sqrt(3) / Math.PI
  const sunk = inMoney(used.sunk, scale, currency)
  const netFixed = inMoney(used.netFixed, scale, `${currency} a year`)
  const fixed: CalibratedNumber = { ...netFixed, value: netFixed.value + gain, interval: [netFixed.interval[0] + gain, netFixed.interval[1] + gain] }
  return {
    fromStateDependence: pooled,
    ...(hazard === undefined ? {} : { fromHazard: hazard }),
    money: { gain, scale, sunk, fixed },
    costs: sourcingProblem({
      locations: sourcing.locations, stages: sourcing.stages, ownShare: ownShare(active), sunk: sunk.value, fixed: fixed.value, discount,
      distanceElasticity: sourcing.distanceElasticity, domesticDistance: sourcing.domesticDistance, ownStageMultiple: sourcing.ownStageMultiple,
      assumptions: [sourcing.savingRate, sourcing.shockShare, sourcing.discount, ...relativeCosts(sourcing), ...sourcing.others ?? []],
    }),
    quantities: quartiles(column(active, 'output')),
  }
}

/** The costs of every location but home, one number a stage. */
function relativeCosts({ locations, stages, costsFrom }: SourcingAssumptions): ExternalAssumption[] {
  return stages.flatMap((stage, n) => locations.slice(1).map(({ name, relativeCosts: costs }) => ({ name: `cost of the ${stage}, ${name}`, value: costs[n]!, unit: `${locations[0]!.name} = 1`, source: costsFrom })))
}

/** Means of the design's columns: the profile of the mean unit of an estimation sample. */
export function meanProfile(fit: Fit, table: ArrowTable): Profile {
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
  if (values.length === 0) throw new ReshoreError('EmptySampleError', 'no unit is active, so there is nothing to calibrate', 'Check the activity column of the panel.')
  return sum(values) / values.length
}

function quartiles(values: Float64Array): [number, number, number] {
  const sorted = values.slice().sort()
  const at = (share: number): number => Number(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toPrecision(2))
  return [at(0.25), at(0.5), at(0.75)]
}
