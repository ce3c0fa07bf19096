/** Records of the counterfactual stage. Types only; any stage may import them. */

/**
 * One change of one kind of cost, by label. `factor` multiplies, `add` adds; give one of them. Left-out labels mean "all".
 * For iceberg costs a trade factor scales what is above one: τ' = 1 + factor (τ − 1).
 */
export type ScenarioChange =
  | { readonly cost: 'trade'; readonly from?: string; readonly to?: string; readonly factor?: number; readonly add?: number }
  | { readonly cost: 'wage'; readonly location?: string; readonly stage?: string; readonly factor?: number; readonly add?: number }
  | { readonly cost: 'fixed'; readonly location?: string; readonly stage?: string; readonly factor?: number; readonly add?: number }

/** The scenario document. `both: true` on a trade change with `from` and `to` would be two changes: write both. */
export interface Scenario {
  readonly name: string
  readonly description?: string
  readonly changes: readonly ScenarioChange[]
}

/** Base and scenario side by side on one interval of quantity: discrete outcomes are shown, never averaged. */
export interface ChainInterval {
  readonly from: number
  readonly to: number | null
  /** Location of every stage, upstream first. */
  readonly base: readonly string[]
  readonly scenario: readonly string[]
  /** Stages whose location differs. */
  readonly moved: readonly string[]
}

export interface ChainCostChange {
  readonly quantity: number
  readonly base: { readonly chain: readonly string[]; readonly cost: number }
  readonly scenario: { readonly chain: readonly string[]; readonly cost: number }
  /** scenario cost / base cost − 1. */
  readonly relativeChange: number
}

export interface ChainChanges {
  readonly kind: 'chain'
  readonly scenario: Scenario
  readonly intervals: readonly ChainInterval[]
  readonly costs: readonly ChainCostChange[]
}

/** One allocation of the tree before and after, at today's trade costs (τ = 1). */
export interface TreeChanges {
  readonly kind: 'tree'
  readonly scenario: Scenario
  readonly stages: readonly string[]
  readonly base: { readonly location: readonly string[]; readonly cost: number }
  readonly after: { readonly location: readonly string[]; readonly cost: number }
  readonly moved: readonly string[]
  readonly relativeChange: number
  /** Multiples of trade costs at which the allocation changes, in base and scenario. */
  readonly breakpoints: { readonly base: readonly number[]; readonly after: readonly number[] }
}

export type Changes = ChainChanges | TreeChanges

/**
 * What a participation scenario changes. `entryCost` and `gain` are factors on the sunk entry cost and on the yearly gain per unit of the shock's
 * scale; `spillover` scales the effect of neighbours (0 removes it).
 */
export interface ParticipationScenario {
  readonly name: string
  readonly entryCost?: number
  readonly spillover?: number
  /** Added to the yearly flow gain, in units of κ (a trade-cost shock lowers it). */
  readonly gainShift?: number
}

/** Median and 5–95 % interval over the kept draws. */
export interface DrawInterval {
  readonly median: number
  readonly interval: readonly [number, number]
}

export interface ParticipationPath {
  /** Share of units active, base and scenario, and their difference draw by draw, one entry a period. */
  readonly base: readonly DrawInterval[]
  readonly scenario: readonly DrawInterval[]
  readonly change: readonly DrawInterval[]
}

export interface ParticipationChanges extends ParticipationPath {
  readonly kind: 'participation'
  readonly name: string
  readonly entries: ParticipationPath
  readonly exits: ParticipationPath
  /** Mean duration implied by the exit hazards, in periods. */
  readonly duration: { readonly base: DrawInterval; readonly scenario: DrawInterval }
  /** Change of the number of active units in the last period, by area, and the share of draws in which it falls, stays, rises. */
  readonly areas: readonly { readonly area: number; readonly units: number; readonly change: DrawInterval; readonly falls: number; readonly stays: number; readonly rises: number }[]
  readonly draws: { readonly asked: number; readonly kept: number; readonly discarded: readonly { readonly reason: string; readonly draws: number }[] }
}

/**
 * What a supplier scenario changes: the share of the growth of foreign export supply that is taken back, and the share by which the
 * elasticities of potential and fixed costs to distance fall.
 */
export interface SupplierScenario {
  readonly name: string
  readonly supply?: number
  readonly distance?: number
}

/** Weighted sums over buyers. */
export interface SupplierMeasures<T> {
  /** Domestic links: all, of inputs whose suppliers are substitutes, and of complements. */
  readonly links: T
  readonly substitutes: T
  readonly complements: T
  readonly added: T
  readonly dropped: T
  /** Mean ln km of links. */
  readonly logKm: T
  readonly revenue: T
  /** Inputs bought abroad. */
  readonly imported: T
  /** Growth of ln revenue through each input industry, weighted by sales. */
  readonly through: readonly T[]
}

/** Over the kept draws: levels of today's plan, changes re-solved, and changes by the closed form. */
export interface SupplierChanges {
  readonly kind: 'suppliers'
  readonly name: string
  readonly base: SupplierMeasures<DrawInterval>
  readonly solved: SupplierMeasures<DrawInterval>
  readonly closed: SupplierMeasures<DrawInterval>
  /** Share of draws with a buyer's most frequent changes of suppliers, mean over buyers; share of buyers with the same in every draw. */
  readonly modal: number
  readonly certain: number
  /** Share of buyers and draws in which candidates beyond those drawn would have paid. */
  readonly beyond: number
  readonly draws: { readonly asked: number; readonly kept: number; readonly discarded: readonly { readonly reason: string; readonly draws: number }[] }
}
