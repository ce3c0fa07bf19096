/** Survival of a spell after a Cox fit, at the means of its covariates. */
import { bindSpec, type ArrowTable, type Fit } from 'reshore'

export interface SurvivalCurve {
  readonly name: string
  readonly time: readonly number[]
  readonly survival: readonly number[]
}

/** One curve a stratum: S(t) = exp(−H₀(t) e^{x̄'β}), from 1 at the start. */
export function survivalAtMeans(fit: Fit<'cox'>, spells: ArrowTable, name: string): readonly SurvivalCurve[] {
  const { terms, columns, rows } = bindSpec(fit.spec, spells, { intercept: 'implied' })
  const index = fit.terms.reduce((sum, term, j) => {
    const column = columns[terms.indexOf(term)]!
    return sum + fit.coefficients[j]! * column.reduce((total, value) => total + value, 0) / rows
  }, 0)
  return fit.detail.baseline.map(({ stratum, time, hazard }) => ({
    name: fit.detail.baseline.length > 1 ? stratum : name,
    time: Array.from(time),
    survival: Array.from(hazard, (cumulative) => Math.exp(-cumulative * Math.exp(index))),
  }))
}
