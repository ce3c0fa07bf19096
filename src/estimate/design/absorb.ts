/**
 * Within-transformation: columns as residuals from absorbed effects, by alternating projections on the group means of each effect
 * until nothing moves (von Neumann; Guimarães and Portugal 2010). With one effect a single pass is exact.
 */
import { ReshoreError } from '../../errors.js'
import type { AbsorbedEffect, Design } from '../records.js'

/** Largest change of a sweep, relative to the column's spread, at which projections stop. */
const tolerance = 1e-14
/** Changes below this share that do not shrink any more are rounding. */
const roundingShare = 1e-11
const maximumSweeps = 100_000

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

/** The columns without the (weighted) means of every effect, as new arrays. */
export function demean(columns: readonly Float64Array[], effects: readonly AbsorbedEffect[], weights?: Float64Array): Float64Array[] {
  const totals = effects.map((effect) => groupSums(effect, weights))
  return columns.map((column) => demeanColumn(column.slice(), effects, totals, weights))
}

function groupSums({ codes, levels }: AbsorbedEffect, weights: Float64Array | undefined): Float64Array {
  const total = new Float64Array(levels)
  for (let row = 0; row < codes.length; row++) total[codes[row]!]! += weights ? weights[row]! : 1
  return total
}

function demeanColumn(values: Float64Array, effects: readonly AbsorbedEffect[], totals: readonly Float64Array[], weights: Float64Array | undefined): Float64Array {
  const sweep = (): number => effects.reduce((top, effect, e) => Math.max(top, takeMeans(values, effect, totals[e]!, weights)), 0)
  // The first sweep takes out the level of the column; what is left then is its size.
  sweep()
  const spread = largest(values)
  for (let sweeps = 1, last = Infinity; ; sweeps++) {
    const moved = sweep()
    // What no longer shrinks so close to nothing is the rounding of long sums.
    const rounding = moved >= last && moved <= roundingShare * spread
    if (moved <= tolerance * spread || rounding || effects.length === 1) return values
    last = moved
    if (sweeps === maximumSweeps) {
      throw new ReshoreError('ConvergenceError', `absorbing ${effects.map(({ name }) => `\`${name}\``).join(', ')} did not settle in ${maximumSweeps} sweeps`,
        'The effects hardly overlap: absorb one of them, or keep the largest connected set of units.')
    }
  }
}

/** Takes the group means out and returns the largest of them in absolute value. */
function takeMeans(values: Float64Array, { codes, levels }: AbsorbedEffect, totals: Float64Array, weights: Float64Array | undefined): number {
  const means = new Float64Array(levels)
  for (let row = 0; row < values.length; row++) means[codes[row]!]! += weights ? weights[row]! * values[row]! : values[row]!
  let top = 0
  for (let level = 0; level < levels; level++) {
    means[level]! /= totals[level]!
    top = Math.max(top, Math.abs(means[level]!))
  }
  for (let row = 0; row < values.length; row++) values[row]! -= means[codes[row]!]!
  return top
}
