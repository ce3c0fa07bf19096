/**
 * Rows of zero outcomes that have no finite mean at the maximum: a combination of regressors and effects is negative there and zero in
 * every other row, so that their means go to zero (Santos Silva and Tenreyro 2010). Levels of effects with nothing but zeros are the
 * simple case; the others are found by the iterative rectifier of Correia, Guimarães and Zylkin (2019), started where Newton's steps
 * have not come to rest.
 */
import { crossWith, linearIndex, packRows, weightedCross } from '../../../numerics/crossProducts.js'
import { cholesky, choleskySolve } from '../../../numerics/linearAlgebra.js'
import type { AbsorbedEffect } from '../../records.js'
import type { PoissonProblem, PoissonState } from './reweighting.js'

/** 1 for rows in a level of an absorbed effect whose outcomes are all zero; undefined where there are none. */
export function zeroLevels(outcome: Float64Array, effects: readonly AbsorbedEffect[]): Uint8Array | undefined {
  let zero: Uint8Array | undefined
  for (const { codes, levels, slopesOnly } of effects) {
    if (slopesOnly) continue
    const positive = new Uint8Array(levels)
    for (let row = 0; row < codes.length; row++) if (outcome[row]! > 0) positive[codes[row]!] = 1
    if (!positive.includes(0)) continue
    zero ??= new Uint8Array(codes.length)
    for (let row = 0; row < codes.length; row++) if (positive[codes[row]!] === 0) zero[row] = 1
  }
  return zero
}

/** A step that still moves the index of a zero outcome by this much has not come to rest. */
const restless = 0.1
/** Movements of positive outcomes, relative to that, at which it is worth looking for separation before the search has ended. */
const early = 0.02

/** Whether only rows of zero outcomes still move, downwards: the mark of separation, looked for on the way, or at rest. */
export function looksSeparated(outcome: Float64Array, { movement }: PoissonState, atRest: boolean): boolean {
  let [falling, other] = [0, 0]
  for (let row = 0; row < outcome.length; row++) {
    const move = movement[row]!
    if (outcome[row]! === 0 && move < 0) falling = Math.max(falling, -move)
    else other = Math.max(other, Math.abs(move))
  }
  return falling > restless && (atRest || other < early * falling)
}

/** Weight of positive outcomes in the rectifier, which must be fitted by zero. */
const heavy = 1e7
/** Largest change of the certificate at which it stands, and what counts as positive in it. */
const certain = 1e-3
const maximumRounds = 200

/**
 * Rows that are separated, or undefined where none are: the u ≥ 0, zero where outcomes are positive, that regressors and effects fit
 * exactly. From u the fit û with large weights on positive outcomes, u ← max(û, 0) on zero outcomes, until nothing changes.
 */
export function separatedRows(problem: PoissonProblem, movement: Float64Array): Uint8Array | undefined {
  const { outcome, columns, absorber } = problem
  const rows = outcome.length
  const weights = outcome.map((value) => (value > 0 ? heavy : 1))
  absorber?.weigh(weights)
  const within = absorber ? absorber.demean(columns) : columns
  const packed = packRows(within, rows)
  const factor = cholesky(weightedCross(packed, weights), packed.columns, 1e-18)
  let top = 0
  for (let row = 0; row < rows; row++) if (outcome[row] === 0) top = Math.max(top, -movement[row]!)
  const certificate = movement.map((value, row) => (outcome[row] === 0 ? Math.max(0, -value / top) : 0))
  for (let round = 0; round < maximumRounds; round++) {
    const rest = absorber ? absorber.demean([certificate])[0]! : certificate.slice()
    if (factor) {
      const fitted = linearIndex(packed, choleskySolve(factor, crossWith(packed, rest.map((value, row) => value * weights[row]!))))
      for (let row = 0; row < rows; row++) rest[row]! -= fitted[row]!
    }
    let change = 0
    let size = 0
    for (let row = 0; row < rows; row++) {
      const next = outcome[row] === 0 ? Math.max(0, certificate[row]! - rest[row]!) : 0
      change = Math.max(change, Math.abs(rest[row]!))
      size = Math.max(size, next)
      certificate[row] = next
    }
    if (size < certain) return undefined
    if (change < certain * size) return Uint8Array.from(certificate, (value) => (value > 10 * certain * size ? 1 : 0))
  }
  return undefined
}
