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
