/** Within-transformation: outcome and regressors as residuals from the absorbed effects, and what these leave nothing of. */
import { ReshoreError } from '../../errors.js'
import { cholesky, mirrorLower } from '../../numerics/linearAlgebra.js'
import { weightedDot } from '../../numerics/weightedDot.js'
import type { AbsorbedEffect, Design } from '../records.js'
import { prepareAbsorption } from './absorption/absorber.js'
import type { SharedColumns } from './absorption/sharedColumns.js'
import type { AbsorptionCrew } from './absorption/absorptionWork.js'

/** A column of which the effects leave no more than this share is collinear with them. */
const collinearShare = 1e-9
/** From here on columns are demeaned to `largePrecision` first: there errors of rows average out, and every digit costs time. */
const manyRows = 100_000
const largePrecision = 1e-6
/** What arithmetic leaves of a column's level. */
const rounding = 1e-14

/** What taking effects out may draw on. */
export interface AbsorbOptions {
  /** Columns that another model has demeaned already come from here. */
  readonly shared?: SharedColumns
  readonly crew?: AbsorptionCrew
}

/**
 * The design with the effects taken out of its regressors, endogenous regressors and instruments; regressors that have nothing left
 * leave, named with the effects, and endogenous regressors and instruments that have nothing left are zero. `outcome` is the outcome
 * without the effects. Throws `SingularDesignError` where regressors were asked for and none is left.
 */
export function partialOut(bound: Design, effects: readonly AbsorbedEffect[], { shared, crew }: AbsorbOptions = {}): { design: Design; outcome: Float64Array } {
  const named = [...bound.endogenous, ...bound.instruments]
  const values = named.map((column) => column.values)
  const given = [bound.outcome!, ...bound.columns, ...values]
  const [outcome, ...within] = shared
    ? shared.demean(bound, [bound.outcomeName!, ...bound.terms, ...named.map(({ name }) => name)].map((name, j) => ({ name, values: given[j]! })), crew)
    : demean(given, effects, bound.weights, crew)
  const others = named.map(({ name }, j) => {
    const column = within[bound.columns.length + j]!
    return { name, values: isSpanned(column, values[j]!) ? new Float64Array(bound.rows) : column }
  })
  const design = {
    ...withinDesign(bound, within.slice(0, bound.columns.length), effects),
    endogenous: others.slice(0, bound.endogenous.length),
    instruments: others.slice(bound.endogenous.length),
  }
  return { design, outcome: outcome! }
}

/** The design with `within`, its regressors without the effects, in their place; throws as `partialOut` does. */
export function withinDesign(bound: Design, within: readonly Float64Array[], effects: readonly AbsorbedEffect[]): Design {
  const spanned = within.map((column, j) => isSpanned(column, bound.columns[j]!))
  const kept = [...within.keys()].filter((j) => !spanned[j])
  const names = effects.map(({ name }) => name)
  const collinear = bound.terms.filter((_, j) => spanned[j]).map((term) => ({ term, with: names }))
  if (kept.length === 0 && collinear.length > 0 && bound.endogenous.length === 0) {
    throw new ReshoreError('SingularDesignError', `no regressor varies within ${names.map((name) => `\`${name}\``).join(', ')}: ${collinear.map(({ term }) => `\`${term}\``).join(', ')}`,
      'Absorb coarser groups, or estimate without them: what does not vary within a group cannot be told from its effect.')
  }
  const notes = collinear.map(({ term }) => ({ kind: 'collinear' as const, text: `\`${term}\` does not vary within ${names.map((name) => `\`${name}\``).join(', ')} and is left out.` }))
  return {
    ...bound,
    // Nothing may shift the columns any more: their weighted means are zero, and no constant is left to take a shift up.
    intercept: 'none',
    terms: kept.map((j) => bound.terms[j]!),
    columns: kept.map((j) => within[j]!),
    collinear: [...bound.collinear, ...collinear],
    notes: [...bound.notes, ...notes],
  }
}

/** Whether the effects leave nothing of a column. */
function isSpanned(within: Float64Array, given: Float64Array): boolean {
  // No value is larger than the root of the sum of squares: a few rows tell of most columns that something is left.
  const most = Math.sqrt(weightedDot(given, given))
  const stride = Math.max(1, Math.floor(within.length / 64))
  for (let row = 0; row < within.length; row += stride) if (Math.abs(within[row]!) > (2 * collinearShare + rounding) * most) return false
  const { top, bottom } = range(given)
  const left = range(within)
  return Math.max(left.top, -left.bottom) <= collinearShare * (top - bottom) + rounding * Math.max(top, -bottom)
}

function range(values: Float64Array): { top: number; bottom: number } {
  let [top, bottom] = [-Infinity, Infinity]
  for (let row = 0; row < values.length; row++) {
    if (values[row]! > top) top = values[row]!
    if (values[row]! < bottom) bottom = values[row]!
  }
  return { top, bottom }
}

/** The columns without the (weighted) means and slopes of every effect, as new arrays. */
export function demean(columns: readonly Float64Array[], effects: readonly AbsorbedEffect[], weights?: Float64Array, crew?: AbsorptionCrew): Float64Array[] {
  const absorber = prepareAbsorption(effects, { weights, crew, columns: columns.length })
  if (columns[0]!.length < manyRows) return absorber.demean(columns, { crew })
  const within = absorber.demean(columns, { precision: largePrecision, crew })
  // What is left to find out about columns that nearly coincide is in the digits that are still missing.
  return nearlyCollinear(within.slice(1)) ? absorber.demean(within, { into: within, crew }) : within
}

/** Rows looked at for near collinearity: columns that coincide do so on any of them. */
const lookedAt = 8192
/** Pivot of scaled columns (a squared share) below which they nearly coincide. */
const nearPivot = 1e-4

/** Whether columns nearly coincide on a sample of rows; the outcome, the first of what is demeaned, is not among them. */
function nearlyCollinear(columns: readonly Float64Array[]): boolean {
  const k = columns.length
  if (k < 2) return false
  const rows = columns[0]!.length
  const stride = Math.max(1, Math.floor(rows / lookedAt))
  const gram = new Float64Array(k * k)
  for (let row = 0; row < rows; row += stride) {
    for (let i = 0; i < k; i++) for (let j = 0; j <= i; j++) gram[i * k + j]! += columns[i]![row]! * columns[j]![row]!
  }
  const factor = cholesky(mirrorLower(gram, k), k)
  return !factor || factor.smallestPivot < nearPivot
}
