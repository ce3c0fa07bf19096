/** Records of instrumental variables: what a fit says about its instruments. Types only. */
import type { LinearDetail, TestResult } from '../../records.js'

/** Members of the k-class, and two-step GMM. */
export type IvMethod = '2sls' | 'liml' | 'fuller' | 'gmm'

export interface IvDetail extends LinearDetail, InstrumentDiagnostics {
  readonly method: IvMethod
  /** κ of the k-class: 1 is two-stage least squares (the first step of GMM), 0 ordinary least squares. */
  readonly kappa: number
  /** Fuller's constant, where that is the method. */
  readonly fuller?: number
  readonly endogenous: readonly string[]
  /** Excluded instruments, without those left out as collinear. */
  readonly instruments: readonly string[]
}

/** Strength and validity of the instruments. What depends on a covariance is under the one named by `covariance`. */
export interface InstrumentDiagnostics {
  readonly covariance: string
  readonly firstStages: readonly FirstStage[]
  /** The outcome on the instruments and the exogenous regressors. */
  readonly reducedForm: readonly InstrumentRow[]
  /** Smallest eigenvalue of the first-stage F matrix, over L: compare with Stock and Yogo's critical values. */
  readonly craggDonald: { readonly statistic: number }
  /** Underidentification under iid errors: n times the smallest squared canonical correlation. */
  readonly andersonLm: TestResult
  /** Rank test under `covariance`: LM of underidentification, and the Wald statistic over L. */
  readonly kleibergenPaap?: { readonly lm: TestResult; readonly waldF: number }
  /** With one endogenous regressor. */
  readonly effectiveF?: EffectiveF
  /** With one endogenous regressor and one instrument, unless Fuller's estimate is asked for. */
  readonly tF?: TFInference
  /** That all endogenous regressors have coefficient 0, whatever the strength of the instruments. */
  readonly andersonRubin?: AndersonRubin
  /** With one endogenous regressor and more instruments. */
  readonly conditional?: ConditionalTests
  /** Exogeneity of the endogenous regressors: first-stage residuals added to least squares. */
  readonly wuHausman?: TestResult
  /** Overidentification, with more instruments than endogenous regressors: under iid errors, */
  readonly sargan?: TestResult
  /** and under `covariance`, by two-step GMM. */
  readonly hansenJ?: TestResult
}

export interface FirstStage {
  readonly endogenous: string
  /** The whole regression: exogenous regressors (the constant among them), then instruments. */
  readonly terms: readonly InstrumentRow[]
  readonly instruments: readonly InstrumentRow[]
  /** Joint test of the instruments under iid errors (fixest `ivf1`, AER's weak-instruments test). */
  readonly f: TestResult
  /** The same under the fit's covariance (fixest `ivwald1`). */
  readonly waldF?: TestResult
  readonly partialRSquared: number
  /** Shea's: takes account of what the instruments explain of the other endogenous regressors. */
  readonly sheaPartialRSquared: number
  /** Conditional F of Sanderson and Windmeijer under the fit's covariance; the first-stage F with one endogenous regressor. */
  readonly sandersonWindmeijer?: TestResult
}

/** Coefficient of one regressor or instrument, under the fit's covariance. */
export interface InstrumentRow {
  readonly term: string
  readonly estimate: number
  readonly stdError: number
}

export interface EffectiveF {
  readonly statistic: number
  /** Worst relative bias of 2SLS that instruments of no strength could have, at most 1. */
  readonly biasBound: number
  /**
   * Above `value` the bias exceeds `tolerance` of the worst case with probability below 5 % only; `simplified` takes the bound as 1
   * and is never smaller.
   */
  readonly criticalValues: readonly { readonly tolerance: number; readonly value: number; readonly simplified: number }[]
}

/** A 5 % t test that knows how strong its instrument is, under `covariance` (Lee, McCrary, Moreira and Porter 2022). Null is infinite, where `f` ≤ 3.84. */
export interface TFInference {
  /** First-stage F. */
  readonly f: number
  /** In place of 1.96. */
  readonly criticalValue: number | null
  /** The standard error times `criticalValue` over 1.96: with it the usual 5 % test and interval are valid. */
  readonly stdError: number | null
  readonly confidenceInterval: readonly [number | null, number | null]
}

export interface AndersonRubin {
  /** L times `f`: χ² with L degrees of freedom. */
  readonly chiSquared: TestResult
  readonly f: TestResult
  /** With one endogenous regressor: coefficients that the χ² test does not reject at 5 %. */
  readonly confidenceSet?: AndersonRubinSet
  /** The same by the F test. */
  readonly confidenceSetF?: AndersonRubinSet
  /**
   * With several: coefficients of each that the test of all does not reject for some values of the others; at least 95 %. Under iid errors,
   * otherwise with two of them and at most 10 instruments.
   */
  readonly projections?: readonly { readonly endogenous: string; readonly confidenceSet: AndersonRubinSet; readonly confidenceSetF: AndersonRubinSet }[]
}

/**
 * That the coefficient of the one endogenous regressor is 0, by tests valid for weak instruments and with power for many, under
 * `covariance`; 95 % sets are computed when first read.
 */
export interface ConditionalTests {
  /** Conditional likelihood ratio (Moreira 2003); `rank` is the statistic it is conditional on. */
  readonly clr: { readonly statistic: number; readonly rank: number; readonly pValue: number; readonly confidenceSet: AndersonRubinSet }
  /** Kleibergen's K, χ² with one degree of freedom; its set may also hold coefficients at which the fit of the instruments is worst. */
  readonly k: TestResult & { readonly confidenceSet: AndersonRubinSet }
}

/** `bounded` may be several intervals; `rays` is the line without one or more gaps. Ends at infinity are null. */
export interface AndersonRubinSet {
  readonly shape: 'bounded' | 'rays' | 'line' | 'empty'
  readonly intervals: readonly (readonly [number | null, number | null])[]
}
