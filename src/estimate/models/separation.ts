/**
 * Separation in binary models: a combination of regressors that predicts the outcome perfectly in some rows, so that no finite
 * coefficient is best (Albert and Anderson 1984). Newton's method then walks off along that combination at a steady pace; its step d
 * is the certificate: d'x_i has the sign of the outcome in the separated rows and is zero in all others.
 */
import { ReshoreError } from '../../errors.js'
import { linearIndex } from '../../numerics/crossProducts.js'
import { multiply } from '../../numerics/linearAlgebra.js'
import type { NewtonState } from '../../numerics/newton.js'
import { formatOutcome } from '../formula/format.js'
import type { Design, ModelSpec } from '../records.js'

/** Iterations a well-behaved problem needs at most before its step is looked at. */
const patience = 8
/** A step that still moves some index by this much is not about to stop. */
const movement = 1e-3
/** Allowed movement against the outcome, relative to the largest; what is left of it falls by e with every iteration. */
const contrary = 1e-8
/** A row is separated where its index moves by this share of the largest movement. */
const shareOfRow = 1e-4

export interface Separation {
  /** Regressors of the separating combination, the strongest first. */
  readonly terms: readonly string[]
  /** 1 for the rows it predicts perfectly. */
  readonly rows: Uint8Array
  readonly count: number
}

/** How far a step moves the index of every row along its outcome. */
export interface Movements {
  /** Largest movement that favours the outcomes as they are. */
  readonly strongest: number
  /** Largest movement against them. */
  readonly against: number
  /** 1 for the rows whose outcome the movement decides. */
  readonly decided: Uint8Array
}

/** Movements given Xd. */
export type MovementRule = (moved: Float64Array) => Movements

/** Pooled models: the index of a row moves up where its outcome is 1 and down where it is 0. */
export function rowMovements(moved: Float64Array, outcome: Float64Array): Movements {
  let strongest = 0
  let against = 0
  for (let row = 0; row < moved.length; row++) {
    const along = outcome[row] === 1 ? moved[row]! : -moved[row]!
    if (along > strongest) strongest = along
    if (-along > against) against = -along
  }
  return { strongest, against, decided: Uint8Array.from(moved, (value) => (Math.abs(value) > shareOfRow * strongest ? 1 : 0)) }
}

/** Conditional models: within its group no success may move less than a failure. Rows above or below the others' tie are decided. */
export function groupMovements(moved: Float64Array, outcome: Float64Array, { start, order }: { readonly start: Int32Array; readonly order: Int32Array }): Movements {
  const bounds = Array.from({ length: start.length - 1 }, (_, g) => {
    let leastSuccess = Infinity
    let mostFailure = -Infinity
    let low = Infinity
    let high = -Infinity
    for (const row of order.subarray(start[g]!, start[g + 1]!)) {
      const value = moved[row]!
      low = Math.min(low, value)
      high = Math.max(high, value)
      if (outcome[row] === 1) leastSuccess = Math.min(leastSuccess, value)
      else mostFailure = Math.max(mostFailure, value)
    }
    return { leastSuccess, mostFailure, range: high - low }
  })
  const strongest = bounds.reduce((top, { range }) => Math.max(top, range), 0)
  const against = bounds.reduce((top, { leastSuccess, mostFailure }) => Math.max(top, mostFailure - leastSuccess), 0)
  const decided = new Uint8Array(moved.length)
  bounds.forEach(({ leastSuccess, mostFailure }, g) => {
    const tie = leastSuccess - mostFailure > shareOfRow * strongest ? NaN : leastSuccess
    for (const row of order.subarray(start[g]!, start[g + 1]!)) decided[row] = Math.abs(moved[row]! - tie) <= shareOfRow * strongest ? 0 : 1
  })
  return { strongest, against, decided }
}

/** True once the Newton step is a separating direction. */
export function isSeparating(state: NewtonState, design: Design, rule: MovementRule): boolean {
  if (state.iteration < patience) return false
  const { strongest, against } = rule(linearIndex(design.basis!.packed, state.step))
  // Steps that move indices while the likelihood has stopped rising run along a flat ridge, whatever their rounding.
  return strongest > movement && (against <= contrary * strongest || (state.criterion < 1e-6 && against <= 1e-3 * strongest))
}

/** Which rows and regressors a separating step belongs to. */
export function describeSeparation(design: Design, step: Float64Array, rule: MovementRule): Separation {
  const { decided } = rule(linearIndex(design.basis!.packed, step))
  const k = design.terms.length
  const direction = multiply(design.basis!.transform, step, k, k, 1)
  const strength = design.columns.map((column, j) => Math.abs(direction[j]!) * spread(column))
  const largest = Math.max(...strength)
  const order = [...strength.keys()].filter((j) => design.terms[j] !== '(Intercept)' && strength[j]! > 1e-4 * largest).sort((a, b) => strength[b]! - strength[a]!)
  return { terms: order.map((j) => design.terms[j]!), rows: decided, count: decided.reduce((sum, flag) => sum + flag, 0) }
}

function spread(column: Float64Array): number {
  let low = Infinity
  let high = -Infinity
  for (const value of column) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return high - low
}

/** "`a`" or "`a`, `b` together", for messages. */
export function separatingTerms({ terms }: Separation): string {
  const named = terms.slice(0, 3).map((term) => `\`${term}\``).join(', ') + (terms.length > 3 ? ` and ${terms.length - 3} more` : '')
  return terms.length > 1 ? `${named} together` : named
}

/** The `SeparationError` of a separation the user has not asked to drop. */
export function separationError(separation: Separation, design: Design, spec: ModelSpec): ReshoreError {
  const verb = separation.terms.length > 1 ? 'predict' : 'predicts'
  const where = separation.count === design.rows ? `in all ${design.rows} rows` : `in ${separation.count} row${separation.count === 1 ? '' : 's'}`
  return new ReshoreError('SeparationError', `${separatingTerms(separation)} ${verb} \`${formatOutcome(spec.outcome)}\` perfectly ${where}.`,
    separation.count === design.rows
      ? 'Drop it: no finite coefficient fits, and leaving the rows out would leave none.'
      : "Drop it, merge its levels, or set separation: 'drop' (--separation drop) to leave those rows out.")
}
