/**
 * Models by the name the command line knows them by. One line a model: what it takes beyond formula, covariance and weights, and the
 * estimator, loaded when it is asked for.
 */
import type { DynamicOptions } from '../design/dynamicPanel.js'
import type { SharedColumns } from '../design/absorption/sharedColumns.js'
import type { ArrowTable, Fit, SpecInput, VcovEstimator } from '../records.js'

/** Settings of a model beside its formula; each model takes some of them. */
export interface ModelSettings {
  readonly vcov?: VcovEstimator
  readonly weights?: string
  readonly weighting?: 'precision' | 'frequency'
  /** Column of the panel units. */
  readonly group?: string
  readonly separation?: 'error' | 'drop'
  /** Absorbed effects: rows alone in a level, and how parameters are counted. */
  readonly singletons?: 'keep' | 'drop'
  readonly effectCount?: 'levels' | 'exact'
  /** Linear models: columns demeaned for other models on the same table. */
  readonly shared?: SharedColumns
  /** Cox: how tied event times enter. */
  readonly ties?: 'efron' | 'breslow'
  /** Random effects: quadrature nodes. */
  readonly nodes?: number
  /** Random effects: what a dynamic model adds to the formula. */
  readonly dynamic?: DynamicOptions
  /** Random effects: threads that share the likelihood. Absorbed effects: threads that take them out. */
  readonly threads?: number
  /** Instrumental variables: the member of the k-class, or two-step GMM. */
  readonly method?: '2sls' | 'liml' | 'fuller' | 'gmm'
  /** Instrumental variables: Fuller's constant. */
  readonly fuller?: number
}

export type Setting = Exclude<keyof ModelSettings, 'vcov' | 'weighting' | 'shared'>

export interface ModelEntry {
  readonly summary: string
  readonly takes: readonly Setting[]
  readonly estimate: (formula: SpecInput, table: ArrowTable, settings: ModelSettings) => Promise<Fit>
}

export const models: Readonly<Record<string, ModelEntry>> = {
  ols: { summary: 'least squares, effects absorbed after |', takes: ['weights', 'singletons', 'effectCount', 'threads'], estimate: async (...to) => (await import('./ols.js')).ols(...to) },
  iv: { summary: 'instrumental variables, endogenous ~ instruments after |', takes: ['weights', 'singletons', 'effectCount', 'method', 'fuller', 'threads'], estimate: async (...to) => (await import('./iv.js')).iv(...to) },
  ppml: { summary: 'Poisson pseudo-maximum likelihood, effects absorbed after |', takes: ['weights', 'singletons', 'effectCount', 'separation', 'threads'], estimate: async (...to) => (await import('./ppml.js')).ppml(...to) },
  logit: { summary: 'pooled logit', takes: ['weights', 'separation'], estimate: async (...to) => (await import('./logit.js')).logit(...to) },
  probit: { summary: 'pooled probit', takes: ['weights', 'separation'], estimate: async (...to) => (await import('./probit.js')).probit(...to) },
  'fe-logit': { summary: 'conditional logit, group effects conditioned out', takes: ['group', 'separation'], estimate: async (...to) => (await import('./feLogit.js')).feLogit(...to) },
  cox: { summary: 'proportional hazards, surv(start, stop, event)', takes: ['weights', 'ties'], estimate: async (formula, table, settings) => (await import('../inference/cox/coxWithTests.js')).coxWithTests(formula, table, { ...settings, scores: 'drop' }) },
  'cox-frailty': { summary: 'proportional hazards with a shared gamma frailty', takes: ['group', 'ties'], estimate: async (...to) => (await import('./coxFrailty.js')).coxFrailty(...to) },
  cloglog: { summary: 'grouped-time proportional hazards', takes: ['weights', 'separation'], estimate: async (...to) => (await import('./cloglog.js')).cloglog(...to) },
  're-logit': { summary: 'random-effects logit', takes: ['group', 'nodes', 'dynamic', 'threads'], estimate: async (...to) => (await import('./reLogit.js')).reLogit(...to) },
  're-probit': { summary: 'random-effects probit', takes: ['group', 'nodes', 'dynamic', 'threads'], estimate: async (...to) => (await import('./reProbit.js')).reProbit(...to) },
  're-cloglog': { summary: 'discrete-time hazard with Gaussian frailty', takes: ['group', 'nodes', 'dynamic', 'threads'], estimate: async (...to) => (await import('./reCloglog.js')).reCloglog(...to) },
}
