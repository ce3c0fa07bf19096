/** What differs between two studies of offshoring on a firm panel: names of columns, words, and what is assumed from outside. */
import type { Assumption, ExternalAssumption, Feature, Fit, PageSection, Panel, Relation, ScenarioReport, SourcingLocation, Step } from 'reshore'
import type { Calibration } from './costs.js'
import type { IngestedTables } from '../shared/ingest.js'

/** Tables of the raw files by the names of the schema, as relations. */
export type RawTables = object

export interface Study<T extends RawTables = RawTables> {
  readonly title: string
  readonly question: string
  /** What a unit is called and what it does when it is active. */
  readonly words: {
    readonly unit: string
    readonly units: string
    readonly activity: string
    readonly area: string
    readonly currency: string
  }
  /** The first year of the panel gives the initial condition and the first lags. */
  readonly firstYear: number
  readonly lastYear: number
  /**
   * The column map: raw tables to one row per `firm` and `year` with `sector`, `area`, `active` (0/1), the money columns `output`,
   * `own_cost` (value added), `bought_cost` (all that is subcontracted or bought) and `foreign_cost` (the part from abroad), and
   * the covariates the models name; with `latitude` and `longitude` of the area where `hasPlaces`.
   */
  readonly panel: (tables: T) => Relation
  /** The raw table whose rows the panel has. */
  readonly rowsOf: keyof T & string
  readonly hasPlaces: boolean
  /** Destination -> money column of the panel, where the data know where the activity is. */
  readonly destinations?: Readonly<Record<string, string>>
  /** Features of this study besides the common ones. */
  readonly features?: (of: Panel, tables: T) => readonly Feature[]
  readonly entry: EntryModel
  readonly exit: ExitModel
  readonly sourcing: SourcingAssumptions
  /** Words for terms in tables and figures. */
  readonly labels: Readonly<Record<string, string>>
  /** Names of planted parameters -> terms of the entry and exit models, where the data are synthetic. */
  readonly planted?: { readonly entry: Readonly<Record<string, string>>; readonly exit: Readonly<Record<string, string>> }
}

/** A study whatever its raw tables are. */
export type AnyStudy = Study<never>

export interface EntryModel {
  /** Columns that enter lagged (`x_lag1`) and, for correlated random effects, as firm means of the lags (`x_lag1_mean`). */
  readonly lagged: readonly string[]
  /** Other columns: spillovers, fixed characteristics. */
  readonly others: readonly string[]
  /** Categories. A level in which everybody or nobody is active says nothing about the rest: its rows leave and are counted. */
  readonly factors: readonly string[]
}

export interface ExitModel {
  /** Columns with their value in the last year before the outcome. */
  readonly varying: readonly string[]
  /** Columns with their value in the year before the spell began (`x_before`). */
  readonly before: readonly string[]
  /** Those of `varying` that are categories. */
  readonly factors: readonly string[]
}

export interface SourcingAssumptions {
  /** Home first. */
  readonly locations: readonly SourcingLocation[]
  readonly stages: readonly [string, string]
  readonly discount: ExternalAssumption
  /** Where the relative costs of the locations come from, in one sentence. */
  readonly costsFrom: string
  /** Saving on what is bought abroad. */
  readonly savingRate: ExternalAssumption
  /** Standard deviation of the yearly shock relative to the yearly gain. */
  readonly shockShare: ExternalAssumption
  readonly distanceElasticity: ExternalAssumption
  readonly domesticDistance: ExternalAssumption
  readonly ownStageMultiple: ExternalAssumption
  /** Further numbers from outside that the column map uses. */
  readonly others?: readonly ExternalAssumption[]
}

/** What the steps of a study read besides its declaration. */
export interface StudyInputs<T extends RawTables> {
  readonly tables: Step<T & Pick<IngestedTables<never>, 'quarantine'>>
  /** A document of `pipelines/scenarios` by name, or a path ending in `.json`. */
  readonly scenario: string
  /** `truth.json` below the data folder, for synthetic data. */
  readonly truth?: string
  /** Steps of this study alone, after those of the flow and before its page; the one returned makes their part of the page. */
  readonly further?: (steps: StudySteps) => Step<PageParts>
}

/** What the steps of a study made, as further steps may read it. */
export interface StudySteps {
  readonly tables: Step<object>
  readonly firms: Step<{ readonly firms: Relation }>
  readonly features: Step<{ readonly entry: Relation; readonly spells: Relation; readonly byArea: Relation }>
  readonly entry: Step<{ readonly logit: Fit<'logit'>; readonly probit: Fit<'probit'>; readonly reProbit: Fit<'re-probit'> }>
  readonly exit: Step<{ readonly cox: Fit<'cox'>; readonly cloglog: Fit<'cloglog'> }>
  readonly costs: Step<{ readonly calibration: Calibration }>
}

/** What stands after the parts of the flow. */
export interface PageParts {
  /** A paragraph of the summary. */
  readonly summary: string
  readonly sections: readonly PageSection[]
  readonly scenarios: readonly ScenarioReport[]
  readonly assumptions: readonly Assumption[]
}
