/** Formulas of the decision and of its end, from the columns a study names. */
import { lagged } from './features.js'
import type { AnyStudy } from './study.js'

/** Initial condition, lag, last year's covariates, the others, categories, and firm means (correlated effects). */
export function entryFormula(study: AnyStudy): string {
  const { others, factors } = study.entry
  const means = lagged(study).map((name) => `${name}_mean`)
  const categories = factors.map((name) => `i(${name})`)
  return `active ~ ${['active_initial', 'active_lag1', ...lagged(study), ...others, ...categories, ...means].join(' + ')}`
}

/** Terms of the hazard, without the baseline. */
export function exitTerms({ exit: { varying, before, factors } }: Pick<AnyStudy, 'exit'>): string[] {
  const plain = varying.filter((name) => !factors.includes(name))
  return [...plain, ...before.map((name) => `${name}_before`), ...factors.map((name) => `i(${name})`)]
}
