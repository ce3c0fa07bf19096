/** Records of the estimation stage. Types only; any stage may import them. */
import type { Table as ArrowTable } from 'apache-arrow'
import type { PackedRows } from '../numerics/crossProducts.js'
import type { ModelSpec } from './formula/records.js'
import type { IvDetail } from './models/iv/records.js'
import type { ScoreProducts } from './vcov/productScores.js'

export type { ArrowTable }
export type * from './formula/records.js'

/** One reason why rows left, with how many. */
export interface DroppedRows {
  readonly reason: string
  readonly rows: number
}

/** read = used + Σ dropped. */
export interface SampleInfo {
  readonly read: number
  readonly used: number
  readonly dropped: readonly DroppedRows[]
  /** Number of panel units, where the model has them. */
  readonly groups?: number
}

export type NoteKind = 'sample' | 'collinear' | 'separation' | 'convention' | 'convergence' | 'inference'

/** A fact the reader must know; a complete sentence. */
export interface Note {
  readonly kind: NoteKind
  readonly text: string
}

export interface CollinearTerm {
  readonly term: string
  /** Kept terms it is a linear combination of (rounded coefficients above 1e-8 only). */
  readonly with: readonly string[]
}

export interface Convergence {
  readonly converged: boolean
  readonly iterations: number
  /** Why it stopped: 'gradient', 'step', 'closed form', 'maximum iterations', … */
  readonly reason: string
  /** Largest absolute element of the last Newton step relative to the coefficient scale, where that applies. */
  readonly criterion?: number
}

/** k × k row-major covariance with the words that name it. */
export interface Vcov {
  readonly matrix: Float64Array
  readonly label: string
  /** Degrees of freedom of t and F statistics; Infinity means normal and χ². */
  readonly degreesOfFreedom: number
  readonly clusters?: readonly { readonly name: string; readonly count: number }[]
  /** Columns it read: rows where one of them is missing are not in the sample. */
  readonly columns?: readonly string[]
  readonly notes: readonly Note[]
  /** Covariance of the coefficients and the ancillary parameters behind them (ln σ_u), where the model has any; row-major. */
  readonly joint?: Float64Array
}

/**
 * What every covariance is made from. `scores` is rows × parameters row-major (∂ℓ_i/∂β for likelihoods, x_i e_i for least
 * squares); `bread` is parameters × parameters row-major, the inverse of the (expected or observed) information.
 */
export interface ScoreData {
  readonly scores: Float64Array
  /** The same scores as products, where there are many: sums over rows need not make them. */
  readonly products?: ScoreProducts
  readonly bread: Float64Array
  readonly rows: number
  readonly parameters: number
  /** Row of the estimation sample -> row of the table the sample came from. */
  readonly unit: Int32Array
  /** Fitted index of every row, absorbed effects and offset included; of models that have one. */
  readonly index?: Float64Array
  /** Whether nesting matters is decided per covariance. */
  readonly absorbed: readonly AbsorbedEffect[]
  /** How their parameters are counted; absent means 'levels'. */
  readonly effectCount?: EffectCount
  /** Present for linear models; everything is partialled out. */
  readonly linear?: {
    readonly residuals: Float64Array
    readonly regressors: Float64Array
    readonly instruments?: Float64Array
    readonly weights?: Float64Array
    /** Names of the columns of `regressors` and of `instruments`. */
    readonly terms?: readonly string[]
    readonly instrumentTerms?: readonly string[]
  }
  /** Finished model-based covariance of the coefficients (`iid`), with the factor the model itself asks for (n−k for linear models). */
  readonly modelBased: Float64Array
  /** Family conventions of small-sample factors: see docs/conventions.md. Moments, such as those of a J test, have no factor. */
  readonly family: 'linear' | 'glm' | 'survival' | 'conditional' | 'random-effects' | 'moments'
  /** Coefficients that small-sample factors count where these are not the parameters, as in several equations stacked. */
  readonly counted?: number
  /** How many of the parameters, the last ones, are not coefficients of terms (ln σ_u). */
  readonly ancillary?: number
  /** Frequency weights: a row with frequency 2 stands for two equal rows. Scores are those of one of them. */
  readonly frequencies?: Float64Array
  /** Rows of one group are one independent draw (conditional likelihoods): `robust` sums them, clusters may not split them. */
  readonly groups?: AbsorbedEffect
  /**
   * Coefficients = transform × parameters (k × k row-major), where the columns were so nearly collinear that scores and bread
   * are kept for orthogonalised ones; absent means identity. Read scores and bread through `influence` and `sandwich`.
   */
  readonly transform?: Float64Array
}

/** How parameters of absorbed effects are counted: levels less one for each effect but the first (fixest), or without what is redundant. */
export type EffectCount = 'levels' | 'exact'

export interface AbsorbedEffect {
  readonly name: string
  readonly levels: number
  readonly codes: Int32Array
  /** Columns with a slope for every level. */
  readonly slopes?: readonly { readonly name: string; readonly values: Float64Array }[]
  /** The slopes come without their intercept. */
  readonly slopesOnly?: boolean
}

/** Which rows of the table were used: one byte a row, 1 = used. */
export type Mask = Uint8Array

/** A covariance as a value: bound to a table once, applied to any fit's scores. */
export interface VcovEstimator {
  readonly label: string
  /** Columns it reads: rows where one of them is missing leave before estimation. */
  readonly columns: readonly string[]
  /** Reads `modelBased` alone: the scores need not be filled. */
  readonly modelBased?: boolean
  /** Its Anderson–Rubin tests take residuals with the null imposed. */
  readonly imposesNull?: boolean
  bind(table: ArrowTable, used: Mask): (scores: ScoreData) => Vcov
}

/** Each estimator adds its own kind with its own detail; `detail` is JSON plus typed arrays. */
export interface FitDetails {
  ols: LinearDetail
  iv: IvDetail
  ppml: PoissonDetail
  logit: BinaryDetail
  probit: BinaryDetail
  'fe-logit': ConditionalLogitDetail
  cox: CoxDetail
  'cox-frailty': CoxFrailtyDetail
  cloglog: BinaryDetail
  're-logit': RandomEffectsDetail
  're-probit': RandomEffectsDetail
  're-cloglog': RandomEffectsDetail
}

export interface LinearDetail {
  readonly rSquared: number
  readonly adjustedRSquared: number
  readonly withinRSquared?: number
  readonly sigma: number
  readonly degreesOfFreedom: number
  /** Parameters of the absorbed effects. */
  readonly absorbedParameters?: number
}

export interface PoissonDetail {
  readonly deviance: number
  /** Of the model with a constant (and the offset) only, on the same rows. */
  readonly nullLogLikelihood: number
  readonly pseudoRSquared: number
  /** With the parameters beyond the constant taken off the log-likelihood, as fixest. */
  readonly adjustedPseudoRSquared: number
  /** Of outcomes and fitted means. */
  readonly squaredCorrelation: number
  /** Rows used whose outcome is zero. */
  readonly zeros: number
  /** Parameters of the absorbed effects. */
  readonly absorbedParameters?: number
}

export interface BinaryDetail {
  readonly link: 'logit' | 'probit' | 'cloglog'
  /** Of the model with the intercept only (and the offset), on the same rows. */
  readonly nullLogLikelihood: number
  readonly pseudoRSquared: number
  readonly positives: number
}

/** `sigma_u` is the standard deviation of the random effect on the scale of the index. */
export interface RandomEffectsDetail {
  readonly link: 'logit' | 'probit' | 'cloglog'
  readonly nodes: number
  readonly sigma_u: number
  readonly sigma_u_stdError: number
  /** σ_u²/(σ_u² + σ_ε²), σ_ε² = π²/3 (logit), 1 (probit) or π²/6 (cloglog). */
  readonly rho: number
  readonly rho_stdError: number
  /** σ_u = 0 against σ_u > 0: likelihood ratio to the pooled model, p value from ½χ²₀ + ½χ²₁. */
  readonly boundaryTest: { readonly statistic: number; readonly pValue: number; readonly pooledLogLikelihood: number }
  /** The coefficient that would move most with `nodes` nodes, relative to itself. */
  readonly nodeCheck?: { readonly nodes: number; readonly worst: string; readonly relativeChange: number }
  readonly groupSize: { readonly smallest: number; readonly mean: number; readonly largest: number }
  /** Posterior mode and curvature scale of every group's effect; `row` is the table row of its first observation. */
  readonly posterior: { readonly row: Int32Array; readonly mode: Float64Array; readonly scale: Float64Array }
}

export interface ConditionalLogitDetail {
  readonly groups: number
  readonly nullLogLikelihood: number
}

export interface CoxDetail {
  readonly ties: 'efron' | 'breslow'
  readonly events: number
  /** Events that share their time and stratum with another. */
  readonly tiedEvents: number
  /** 0 without `strata(…)`. */
  readonly strata: number
  readonly nullLogLikelihood: number
  /** Tests of all coefficients at zero, model-based. */
  readonly likelihoodRatioTest: ChiSquaredTest
  readonly scoreTest: ChiSquaredTest
  readonly waldTest: ChiSquaredTest
  /** Cumulative baseline hazard at covariates and offset zero, by stratum, at event times. */
  readonly baseline: readonly { readonly stratum: string; readonly time: Float64Array; readonly hazard: Float64Array }[]
  /** Added by `coxWithTests`: score tests of proportional hazards by term and, last, `GLOBAL`. */
  readonly schoenfeld?: { readonly transform: string; readonly tests: readonly (ChiSquaredTest & { readonly term: string })[] }
  readonly concordance?: { readonly concordance: number; readonly stdError: number }
  /** The grouped-time (cloglog) model of the same rows beside Cox, where many events are tied. */
  readonly twin?: readonly TwinRow[]
}

export interface CoxFrailtyDetail {
  readonly ties: 'efron' | 'breslow'
  readonly events: number
  /** Variance of the gamma frailties, whose mean is 1. */
  readonly theta: number
  /** From the curvature of the marginal likelihood; absent where it is not concave at the maximum. */
  readonly theta_stdError?: number
  /** ℓ(β̂, ω̂) without the penalty. */
  readonly partialLogLikelihood: number
  /** θ = 0 against θ > 0: likelihood ratio to the Cox model, p value from ½χ²₀ + ½χ²₁. */
  readonly boundaryTest: { readonly statistic: number; readonly pValue: number; readonly coxLogLikelihood: number }
  /** e^ω of every group; `row` is the table row of its first observation. */
  readonly frailties: { readonly row: Int32Array; readonly value: Float64Array }
}

/** One term of a Cox model and of its grouped-time twin; e^estimate is a hazard ratio in either. */
export interface TwinRow {
  readonly term: string
  readonly cox: { readonly estimate: number; readonly stdError: number }
  readonly cloglog: { readonly estimate: number; readonly stdError: number }
  /** Difference of the estimates in Cox standard errors. */
  readonly gap: number
}

export interface TestResult {
  readonly statistic: number
  readonly distribution: 'F' | 'chi-square'
  /** Numerator degrees; for F also the denominator's. */
  readonly degrees: readonly [number] | readonly [number, number]
  readonly pValue: number
}

export interface ChiSquaredTest {
  readonly statistic: number
  readonly degreesOfFreedom: number
  readonly pValue: number
}

export type FitKind = keyof FitDetails
export type Detail<K extends FitKind> = FitDetails[K]

export interface Fit<K extends FitKind = FitKind> {
  readonly kind: K
  readonly spec: ModelSpec
  readonly terms: readonly string[]
  readonly coefficients: Float64Array
  readonly vcov: Vcov
  /** Absent when the fit was made with `scores: 'drop'`. */
  readonly scores?: ScoreData
  readonly sample: SampleInfo
  readonly logLikelihood?: number
  readonly convergence: Convergence
  readonly collinear: readonly CollinearTerm[]
  readonly notes: readonly Note[]
  readonly detail: Detail<K>
  /** What `predict` needs to rebuild design columns on new rows: levels of every factor. */
  readonly levels: Readonly<Record<string, readonly string[]>>
  readonly seconds: { readonly design: number; readonly fit: number }
}

/**
 * Spec and table bound into arrays: what every model sees. Columns have length `rows`; nothing is missing any more.
 * Made by `design/bindSpec`, thinned by `design/dropCollinear`.
 */
export interface Design {
  readonly rows: number
  readonly terms: readonly string[]
  /** One array per term, in the order of `terms`. */
  readonly columns: readonly Float64Array[]
  /** 'estimated': the first column; 'implied': absorbed or conditioned out, so that shifting a column changes nothing. */
  readonly intercept: 'estimated' | 'implied' | 'none'
  /** The same space in well-scaled columns; made by `dropCollinear`. */
  readonly basis?: WorkingBasis
  /** Absent for survival outcomes. */
  readonly outcome?: Float64Array
  readonly outcomeName?: string
  readonly survival?: SurvivalColumns
  readonly endogenous: readonly { readonly name: string; readonly values: Float64Array }[]
  readonly instruments: readonly { readonly name: string; readonly values: Float64Array }[]
  readonly absorbed: readonly AbsorbedEffect[]
  readonly effectCount?: EffectCount
  readonly group?: AbsorbedEffect
  readonly weights?: Float64Array
  readonly offset?: Float64Array
  readonly unit: Int32Array
  readonly used: Mask
  readonly sample: SampleInfo
  readonly notes: readonly Note[]
  readonly collinear: readonly CollinearTerm[]
  readonly levels: Readonly<Record<string, readonly string[]>>
}

/**
 * Well-conditioned columns that span a design, on which optimisers iterate: centred where there is an intercept, scaled to
 * unit mean square, and orthogonalised where they are nearly collinear. Coefficients = transform × working parameters.
 */
export interface WorkingBasis {
  readonly packed: PackedRows
  /** Unweighted cross-products of the working columns, k × k. */
  readonly gram: Float64Array
  /** k × k row-major; triangular. */
  readonly transform: Float64Array
  /** False where scores in the design's own columns would lose digits: `ScoreData` then keeps those of the working columns. */
  readonly benign: boolean
}

/** `start` is −Infinity where the row has no entry time. `strata` codes are 0 when there are none. */
export interface SurvivalColumns {
  readonly start: Float64Array
  readonly stop: Float64Array
  readonly event: Uint8Array
  readonly strata: Int32Array
  readonly strataLevels: readonly string[]
  readonly hasStart: boolean
}

/** `tidy(fit)`: one row a term. */
export interface TidyRow {
  readonly term: string
  readonly estimate: number
  readonly stdError: number
  readonly statistic: number
  readonly pValue: number
  readonly conf: readonly [number, number]
}
