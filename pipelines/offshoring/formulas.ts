/** Formulas of the decision and of its end, from the columns a study names. */
import type { AnyStudy } from './study.js'

/** Initial condition, lag, last year's covariates, the others, factors, and firm means (correlated effects). */
export function entryFormula({ entry: { lagged, others, factors } }: AnyStudy): string {
  const names = lagged.map((name) => `${name}_lag1`)
  return `active ~ ${['active_initial', 'active_lag1', ...names, ...others, ...factors.map((name) => `i(${name})`), ...names.map((name) => `${name}_mean`)].join(' + ')}`
}

/** Terms of the hazard, without the baseline. */
export function exitTerms({ exit: { varying, before, factors } }: AnyStudy): string[] {
  return [...varying.filter((name) => !factors.includes(name)), ...before.map((name) => `${name}_before`), ...factors.map((name) => `i(${name})`)]
}
