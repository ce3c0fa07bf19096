/** Records of the simulate stage: what a synthetic data set says about itself. Types only; any stage may import them. */

/** A line planted to be refused, so that a test can check that quarantine finds exactly these. */
export interface PlantedDirt {
  readonly file: string
  /** 1-based line of the file; the header is line 1. */
  readonly line: number
  readonly kind: DirtKind
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
