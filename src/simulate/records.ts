/** Records of the simulate stage: what a synthetic data set says about itself. Types only; any stage may import them. */

/** A line planted to be refused or repaired, so that a test can check that quarantine finds exactly these. */
export interface PlantedDirt<Kind extends string = DirtKind> {
  readonly file: string
  /** 1-based line of the file; the header is line 1. */
  readonly line: number
  readonly kind: Kind
  /** Column of the raw file that is at fault, null where the whole line is. */
  readonly column: string | null
}

export type DirtKind =
  | 'duplicate-key'
  | 'unparsable-cell'
  | 'negative-count'
  | 'unknown-province'
  | 'wrong-column-count'
  | 'undecodable-byte'

/** A moment of the published data beside the one of the simulated data. */
export interface Target {
  readonly name: string
  readonly target: number
  readonly realised: number
}

/** Planted coefficients of the outcome equation of Table 2; covariates are those of the year before. */
export interface OutcomeEquation {
  readonly intercept: number
  readonly initial: number
  readonly lag: number
  readonly exportShare: number
  readonly marketExtension: number
  readonly credit: number
  readonly valueAddedPerEmployee: number
  readonly employees: number
  readonly supplier: number
  readonly district: number
  readonly fdiNeighbours: number
  readonly offshoringNeighbours: number
  readonly footwear: number
  readonly region: Readonly<Record<string, number>>
  /** Effects of the firm's means of the lagged covariates over its rows of the equation. */
  readonly means: Readonly<Record<'exportShare' | 'marketExtension' | 'credit' | 'valueAddedPerEmployee' | 'employees', number>>
  /** Standard deviation of the firm effect given initial state and means. */
  readonly sigma: number
}

/** Planted logarithms of hazard ratios of the return, by covariate of the last year active. */
export type ExitHazard = Readonly<Record<string, number>>

/** `truth.json` of `reshore simulate italy`. */
export interface ItalyTruth {
  readonly survey: 'italy'
  readonly seed: number
  readonly firms: number
  readonly years: readonly number[]
  readonly link: 'probit' | 'logit'
  readonly exits: 'dynamic' | 'hazard'
  /** Share of active firm-years for which the intercept was solved. */
  readonly prevalence: number
  readonly outcome: OutcomeEquation
  readonly exit: ExitHazard
  /** What holds where, in sentences. */
  readonly notes: readonly string[]
  /** Rows of each raw file without its planted dirt. */
  readonly rows: Readonly<Record<string, number>>
  readonly dirt: readonly PlantedDirt[]
  /** Firm-years that are missing between two years that are there. */
  readonly missingYears: readonly { readonly firm: string; readonly year: number }[]
  readonly targets: readonly Target[]
}

/**
 * Dirt of the simulated links. Lines of the first four kinds are added to the file; full-width digits and a missing municipality stand in
 * good lines.
 */
export type JapanDirtKind = 'self-link' | 'duplicate-key' | 'absent-partner' | 'unknown-industry' | 'full-width-digits' | 'missing-municipality'

/** What is planted in an industry of intermediates. */
export interface PlantedIndustry {
  readonly industry: string
  /** e_k. */
  readonly exponent: number
  /** η_k, ψ_k: elasticities of potential and fixed cost to distance. */
  readonly potentialElasticity: number
  readonly fixedElasticity: number
  /** θ_k, β_k, γ_k. */
  readonly shape: number
  readonly differentiation: number
  readonly costShare: number
  /** θ_k/(σ − 1): elasticity of a supplier's potential to its scale. */
  readonly supplierElasticity: number
}

/** Links of one year and who reports them. */
export interface ReportCounts {
  readonly year: number
  readonly links: number
  readonly byBoth: number
  readonly byBuyer: number
  readonly bySupplier: number
  /** Beyond the lists of both sides: in no file. */
  readonly lost: number
}

/** `truth.json` of `reshore simulate japan`. */
export interface JapanTruth {
  readonly survey: 'japan'
  /** Where it is not the baseline. */
  readonly setting?: 'opening'
  readonly seed: number
  readonly firms: number
  readonly links: number
  readonly years: readonly number[]
  readonly values: boolean
  readonly industries: readonly PlantedIndustry[]
  readonly parameters: Readonly<Record<string, number>>
  readonly reports: readonly ReportCounts[]
  /** Links of 2005 and 2010 by what became of them, before they are reported. */
  readonly changes: { readonly continue: number; readonly add: number; readonly drop: number }
  /** Firms of the Basic Survey there in both years, by foreign sourcing. */
  readonly offshoring: { readonly never: number; readonly start: number; readonly stop: number; readonly both: number }
  /** What holds where, in sentences. */
  readonly notes: readonly string[]
  /** Rows of each raw file without the lines that were added as dirt. */
  readonly rows: Readonly<Record<string, number>>
  readonly dirt: readonly PlantedDirt<JapanDirtKind>[]
}

/** `truth.json` of `reshore simulate gravity`. */
export interface GravityTruth {
  readonly survey: 'gravity'
  readonly seed: number
  readonly firms: number
  /** Positive flows. */
  readonly links: number
  readonly years: readonly number[]
  /** By term of the formula. */
  readonly coefficients: Readonly<Record<string, number>>
  readonly notes: readonly string[]
  readonly rows: Readonly<Record<string, number>>
  readonly dirt: readonly []
}
