/**
 * Records of the sourcing solvers: problems as the command line reads them (`reshore solve KIND --problem FILE.json`) and
 * plans as it prints them. Types only; any stage may import them. Countries and nodes are 0-based.
 */

/** Stage and edge technologies with fixed costs. */
export type Technology = 'cobb-douglas' | 'leontief' | { readonly ces: number }

/** A production tree: node 0 is most downstream. Give `order` and `length` (complete tree, breadth first) or `parents`. */
export interface TreeProblem {
  readonly order?: number
  readonly length?: number
  /** parents[0] = −1; every other entry names an earlier or later node. Following parents ends at node 0. */
  readonly parents?: readonly number[]
  /** [node][country], cost of the node's own stage per unit of final good. */
  readonly costs: readonly (readonly number[])[]
  /** T [from][to] of one unit at τ = 1; the diagonal, the cost within a country, is usually zero. */
  readonly tradeCosts: readonly (readonly number[])[]
  readonly form: 'specific' | 'iceberg'
  /** null: node 0 may be made anywhere; otherwise it is made in this country. */
  readonly destination: number | null
  /** From node 0's country to the market; scaled by τ like `tradeCosts`. */
  readonly finalShipping?: readonly number[]
  readonly tau: number | readonly number[] | 'path'
  readonly fixedCosts?: readonly (readonly number[])[]
  /** With fixed costs: how parts combine, and with it how trade costs enter (additive: x + τT; others: x(1 + τT)). */
  readonly technology?: 'additive' | Technology
  /** Own share α of a Cobb–Douglas, CES or Leontief node; the rest is split equally over its children. */
  readonly valueAdded?: number
}

export interface TreeSolution {
  readonly tau: number
  /** Country by node. Ties go to the lower transport quantity, then to the smallest country. */
  readonly location: readonly number[]
  /** productionCost + τ·transportQuantity, in both forms. */
  readonly cost: number
  /** Sum of the nodes' own costs where they are made. */
  readonly productionCost: number
  /** Σ T over shipments (specific); Σ T·(cost of what is shipped) (iceberg). */
  readonly transportQuantity: number
}

/** Result for one τ or a list of τ. */
export interface TreePlan {
  readonly solutions: readonly TreeSolution[]
}

export interface TreePathSegment {
  readonly from: number
  /** null: no upper end. */
  readonly to: number | null
  readonly location: readonly number[]
  readonly productionCost: number
  readonly transportQuantity: number
}

/** Result for `tau: 'path'`, from τ = 0 up. */
export interface TreePath {
  readonly breakpoints: readonly number[]
  readonly segments: readonly TreePathSegment[]
  /** Nodes made in one country at two values of τ and elsewhere in between. */
  readonly reshored: readonly number[]
}

/** Segments of a lower envelope of cost over quantity. */
export interface TreeEnvelope {
  readonly segments: readonly {
    readonly location: readonly number[]
    readonly marginalCost: number
    readonly fixedCost: number
    readonly from: number
    readonly to: number | null
  }[]
}

/** A value chain with increasing returns: stage 0 is most upstream. */
export interface ChainProblem {
  /** α[n]; valueAdded[0] = 1. */
  readonly valueAdded: readonly number[]
  /** [n][i] */
  readonly unitCosts: readonly (readonly number[])[]
  /** [i][j], or [n][i][j] with additive costs. */
  readonly tradeCosts: readonly (readonly number[])[] | readonly (readonly (readonly number[])[])[]
  readonly tradeForm: 'iceberg' | 'additive'
  readonly fixedCosts: readonly (readonly number[])[]
  readonly finalShipping?: readonly number[]
  readonly technology: Technology
  readonly fixedCostsPaid: 'stage' | 'country'
}

export interface ChainSegment {
  /** Country of each stage, upstream first. */
  readonly chain: readonly number[]
  readonly marginalCost: number
  readonly fixedCost: number
  readonly from: number
  readonly to: number | null
}

/** The lower envelope from q → 0 to q → ∞. */
export interface ChainPlan {
  readonly segments: readonly ChainSegment[]
}

/**
 * Many chain problems of one size as typed arrays, problem-major: P problems, N stages, J countries. They share technology and
 * value added.
 */
export interface ChainBatch {
  readonly problems: number
  readonly stages: number
  readonly countries: number
  readonly technology: Technology
  readonly tradeForm: ChainProblem['tradeForm']
  readonly fixedCostsPaid: ChainProblem['fixedCostsPaid']
  /** [n], first entry 1. */
  readonly valueAdded: Float64Array
  /** [(p·N + n)·J + i] */
  readonly unitCosts: Float64Array
  /** [(p·J + i)·J + j]; with `tradeByStage` [((p·(N−1) + n)·J + i)·J + j]. */
  readonly tradeCosts: Float64Array
  /** True when every edge has its own additive trade costs. */
  readonly tradeByStage?: boolean
  /** [(p·N + n)·J + i] */
  readonly fixedCosts: Float64Array
  /** [p·J + i] */
  readonly finalShipping?: Float64Array
}

/** Envelopes of problems `from` to `to` of a batch: the segments of problem p are `first[p − from]` to `first[p − from + 1]`. */
export interface ChainBatchPlan {
  readonly from: number
  readonly to: number
  /** [p − from], length to − from + 1. */
  readonly first: Int32Array
  /** [segment·N + n]: country of stage n. */
  readonly chains: Int32Array
  /** [segment] */
  readonly marginalCost: Float64Array
  readonly fixedCost: Float64Array
  /** Quantity from which the segment is cheapest; it ends where the next one starts, the last of a problem never. */
  readonly quantity: Float64Array
}

export interface SuppliersProblem {
  readonly scale: number | readonly number[]
  readonly industries: readonly {
    readonly exponent: number
    readonly base: number
    readonly potential: readonly number[]
    readonly fixedCosts: readonly number[]
  }[]
}

export interface SuppliersPlan {
  readonly profit: number
  readonly sets: readonly (readonly number[])[]
  readonly capability: readonly number[]
  readonly exact: true
  readonly nodes: number
}

/** Result for a list of scales, one entry a firm. */
export interface SuppliersFirms {
  readonly firms: readonly Pick<SuppliersPlan, 'profit' | 'sets' | 'capability'>[]
}

/** Candidates of one buyer as typed arrays, input industry after input industry. */
export interface SupplierCandidates {
  /** Those of industry k: [start[k], start[k + 1]). */
  readonly start: Int32Array
  readonly potential: Float64Array
  readonly cost: Float64Array
}

/** Distribution of firm productivity θ. */
export type Distribution =
  | { readonly pareto: { readonly shape: number; readonly minimum: number } }
  /** Mean and standard deviation of ln θ. */
  | { readonly lognormal: { readonly mean: number; readonly sd: number } }
  | { readonly truncatedPareto: { readonly shape: number; readonly minimum: number; readonly maximum: number } }
  /** A firm table; weights default to 1. */
  | { readonly empirical: { readonly productivity: readonly number[]; readonly weights?: readonly number[] } }

/** Industry with selection and offshoring. Costs are in Northern labour; give `sigma` or `alpha`, σ = 1/(1−α). */
export interface SelectionProblem {
  readonly sigma?: number
  readonly alpha?: number
  /** Curvature of sector demand, 0 < μ < α. */
  readonly mu: number
  readonly deathRate: number
  readonly entryCost: number
  readonly domesticCost: number
  /** Above `domesticCost`. */
  readonly offshoringCost: number
  /** z: share of tasks that can be done in the South. */
  readonly intensity: number
  /** ω = w_N / w_S, at least 1. */
  readonly wageGap: number
  readonly distribution: Distribution
  /** L; default 1. Scales masses and revenue, no ratio. */
  readonly population?: number
  /** w_N; default 1. */
  readonly wage?: number
}

/** How active firms produce: none, some or all offshore. */
export type SelectionRegime = 'none' | 'mixed' | 'all'

export interface SelectionPlan {
  readonly regime: SelectionRegime
  readonly cutoffs: {
    readonly autarky: number
    /** Least productivity of an active firm with offshoring. */
    readonly active: number
    /** Least productivity of an offshoring firm; null when none offshores. */
    readonly offshoring: number | null
  }
  readonly masses: {
    readonly autarky: number
    readonly total: number
    readonly domestic: number
    readonly offshoring: number
    readonly entrantsAutarky: number
    readonly entrants: number
  }
  /** Averages θ̃; `total` counts the lower costs of offshorers, null where there are no such firms. */
  readonly productivities: {
    readonly autarky: number
    readonly total: number
    readonly domestic: number | null
    readonly offshoring: number | null
  }
  readonly prices: { readonly autarky: number; readonly offshoring: number }
  readonly revenues: { readonly autarky: number; readonly offshoring: number }
  /** With offshoring relative to autarky, unless the name says otherwise. */
  readonly ratios: {
    /** Δ = θ_d / θ*. */
    readonly cutoff: number
    /** P_o / P. */
    readonly price: number
    /** R_o / R, also of consumer surplus. */
    readonly revenue: number
    /** M_t / M. */
    readonly variety: number
    readonly productivity: number
    readonly entrants: number
    /** Offshorers among active firms. */
    readonly offshoringFirms: number
    /** λ_o: offshorers in revenue. */
    readonly offshoringRevenue: number
  }
  /** Left over of free entry, the price index and the labour market, relative to their size. */
  readonly residuals: { readonly freeEntry: number; readonly price: number; readonly revenue: number }
  readonly notes: readonly string[]
}

/**
 * Entry and exit with local spillovers. All amounts are in one money unit. A unit that participates earns
 * `gain − fixed + effect[i] + spillover · N` a period, N = other units of its area that participated the period before.
 */
export interface ParticipationProblem {
  /** Entry cost with the exit cost added (only their sum is identified). */
  readonly sunk: number
  readonly fixed: number
  readonly gain: number
  /** B in (0, 1). */
  readonly discount: number
  /** κ > 0, scale of the logistic shocks. */
  readonly scale: number
  readonly spillover: number
  readonly units: {
    readonly effect: ArrayLike<number>
    /** Area code of each unit, 0-based. */
    readonly area: ArrayLike<number>
    /** 0 or 1: state before the first period. */
    readonly initial: ArrayLike<number>
  }
  readonly periods: number
  readonly seed: number
}

/** One entry a period, from the first simulated one. */
export interface ParticipationCounts {
  readonly active: readonly number[]
  readonly share: readonly number[]
  readonly entries: readonly number[]
  readonly exits: readonly number[]
}

export interface ParticipationPlan extends ParticipationCounts {
  readonly units: number
  readonly areas: readonly (ParticipationCounts & { readonly area: number; readonly units: number })[]
  /** Spells that began in the simulation, in periods. A mean over no spell is null. */
  readonly durations: {
    readonly spells: number
    readonly completed: number
    readonly meanCompleted: number | null
    /** 1 / mean exit hazard over active unit-periods. */
    readonly expected: number | null
  }
}
