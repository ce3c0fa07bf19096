/** Records of the calibration stage: what coefficients become before a solver may use them. Types only. */
import type { ChainProblem, TreeProblem } from '../sourcing/records.js'

/** A number from outside the data. Every one is printed with the result. */
export interface ExternalAssumption {
  readonly name: string
  readonly value: number
  /** Values the sensitivity grid runs over, low to high. */
  readonly range?: readonly [number, number]
  readonly unit: string
  /** Where it comes from, in one sentence. */
  readonly source: string
}

/** A calibrated number with its delta-method interval. */
export interface CalibratedNumber {
  readonly value: number
  readonly stdError: number
  /** 95 % interval. */
  readonly interval: readonly [number, number]
  /** 'κ' (scale of the logistic shock), 'EUR', 'EUR a year', … */
  readonly unit: string
}

/** One admissible split of the identified sum: exit cost paid x, sunk entry cost s, per-period fixed cost net of gain f − π. */
export interface CostPoint {
  readonly label: string
  readonly exit: CalibratedNumber
  readonly sunk: CalibratedNumber
  readonly netFixed: CalibratedNumber
}

/**
 * What entry and exit identify (methods of Dixit 1989 and Das, Roberts and Tybout 2007 in logistic form): the sum s + x, and
 * (s, f − π) along a line in x. Never three separate point estimates.
 */
export interface EntryExitCosts {
  readonly entryProbability: number
  readonly exitHazard: number
  readonly discount: number
  /** s + x, in units of κ. */
  readonly sunkPlusExit: CalibratedNumber
  /** From x = −(s + x) (all of it recovered as scrap value) over x = 0 to x = s + x. */
  readonly line: readonly CostPoint[]
  readonly notes: readonly string[]
}

/** κ in money: transitory and permanent variation of the saving bound it. */
export interface MoneyScale {
  readonly transitory: CalibratedNumber
  readonly permanent: CalibratedNumber
}

export interface SourcingLocation {
  readonly name: string
  /** Degrees, of its main city. */
  readonly latitude: number
  readonly longitude: number
  /** Unit cost of the subcontracted stage and of the own stage relative to home. */
  readonly relativeCosts: readonly [number, number]
}

/** COSTS: labelled problems for the solvers, with everything assumed on the way. */
export interface Costs {
  readonly locations: readonly string[]
  readonly stages: readonly string[]
  readonly chain: ChainProblem
  readonly tree: TreeProblem
  readonly assumptions: readonly ExternalAssumption[]
}
