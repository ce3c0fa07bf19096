/**
 * Residuals of columns from a weighted least-squares projection on other columns, by Gram–Schmidt done twice over: a column of size 1e9 beside
 * its square loses no more digits than it must. For few columns of any length.
 */
import { weightedDot } from './weightedDot.js'

/** `targets` less their projection on `columns` under weights; new arrays. Columns the earlier ones span add nothing. */
export function orthogonalResiduals(targets: readonly Float64Array[], columns: readonly Float64Array[], weights?: Float64Array): Float64Array[] {
  const basis: Float64Array[] = []
  for (const column of columns) {
    const direction = column.slice()
    const size = norm(column, weights)
    takeOut(direction, basis, weights)
    const left = norm(direction, weights)
    if (!(left > 1e-12 * size)) continue
    for (let row = 0; row < direction.length; row++) direction[row]! /= left
    basis.push(direction)
  }
  return targets.map((target) => takeOut(target.slice(), basis, weights))
}

/** Takes an orthonormal basis out of `values`, twice: the second pass removes what rounding left. */
function takeOut(values: Float64Array, basis: readonly Float64Array[], weights: Float64Array | undefined): Float64Array {
  for (let pass = 0; pass < 2; pass++) {
    for (const direction of basis) {
      const share = weightedDot(values, direction, weights)
      for (let row = 0; row < values.length; row++) values[row]! -= share * direction[row]!
    }
  }
  return values
}

const norm = (values: Float64Array, weights: Float64Array | undefined): number => Math.sqrt(weightedDot(values, values, weights))
