/** Within-transformation: outcome and regressors as residuals from the absorbed effects, and what these leave nothing of. */
import { ReshoreError } from '../../errors.js'
import type { AbsorbedEffect, Design } from '../records.js'
import { prepareAbsorption } from './absorption/absorber.js'

/** A column of which the effects leave no more than this share is collinear with them. */
const collinearShare = 1e-9

/**
 * The design with the effects taken out of its regressors, endogenous regressors and instruments; regressors that have nothing left
 * leave, named with the effects, and endogenous regressors and instruments that have nothing left are zero. `outcome` is the outcome
 * without the effects. Throws `SingularDesignError` where regressors were asked for and none is left.
 */
export function partialOut(bound: Design, effects: readonly AbsorbedEffect[]): { design: Design; outcome: Float64Array } {
  const named = [...bound.endogenous, ...bound.instruments]
  const given = [...bound.columns, ...named.map(({ values }) => values)]
  const [outcome, ...within] = demean([bound.outcome!, ...given], effects, bound.weights)
  const isSpanned = within.map((column, j) => largest(column) <= collinearShare * largest(centred(given[j]!)))
  const columns = within.slice(0, bound.columns.length)
  const spanned = isSpanned.slice(0, columns.length)
  const others = named.map(({ name }, j) => {
    const at = columns.length + j
    return { name, values: isSpanned[at] ? new Float64Array(bound.rows) : within[at]! }
  })
  const kept = [...columns.keys()].filter((j) => !spanned[j])
  const names = effects.map(({ name }) => name)
  const collinear = bound.terms.filter((_, j) => spanned[j]).map((term) => ({ term, with: names }))
  if (kept.length === 0 && collinear.length > 0 && bound.endogenous.length === 0) {
    throw new ReshoreError('SingularDesignError', `no regressor varies within ${names.map((name) => `\`${name}\``).join(', ')}: ${collinear.map(({ term }) => `\`${term}\``).join(', ')}`,
      'Absorb coarser groups, or estimate without them: what does not vary within a group cannot be told from its effect.')
  }
  const notes = collinear.map(({ term }) => ({ kind: 'collinear' as const, text: `\`${term}\` does not vary within ${names.map((name) => `\`${name}\``).join(', ')} and is left out.` }))
  const design: Design = {
    ...bound,
    // Nothing may shift the columns any more: their weighted means are zero, and no constant is left to take a shift up.
    intercept: 'none',
    terms: kept.map((j) => bound.terms[j]!),
    columns: kept.map((j) => columns[j]!),
    endogenous: others.slice(0, bound.endogenous.length),
    instruments: others.slice(bound.endogenous.length),
    collinear: [...bound.collinear, ...collinear],
    notes: [...bound.notes, ...notes],
  }
  return { design, outcome: outcome! }
}

const largest = (values: Float64Array): number => values.reduce((top, value) => Math.max(top, Math.abs(value)), 0)

function centred(values: Float64Array): Float64Array {
  const mean = values.reduce((total, value) => total + value, 0) / values.length
  return values.map((value) => value - mean)
}

/** The columns without the (weighted) means and slopes of every effect, as new arrays. */
export function demean(columns: readonly Float64Array[], effects: readonly AbsorbedEffect[], weights?: Float64Array): Float64Array[] {
  const absorber = prepareAbsorption(effects, weights ? { weights } : {})
  return columns.map((column) => absorber.demean(column))
}
