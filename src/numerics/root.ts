/** Roots of continuous functions of one variable between two points of opposite sign. */
import { ReshoreError } from '../errors.js'

/**
 * A root of f in [low, high], to the last bit or two: the Illinois variant of regula falsi, with a bisection whenever three steps have
 * not halved the bracket. f may be infinite at the ends.
 *
 * @throws NoRootError when f has one sign at both ends, or is not a number
 * @example findRoot((x) => x * x - 2, 0, 2) // 1.4142135623730951
 */
export function findRoot(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high]
  let [atA, atB] = [f(a), f(b)]
  if (atA === 0) return a
  if (atB === 0) return b
  if (!(atA * atB < 0)) {
    throw new ReshoreError('NoRootError', `no change of sign between ${low} (${atA}) and ${high} (${atB}).`,
      'Widen the range in which a solution is sought.')
  }
  // An end that stays twice counts half, so that the secant falls on its side.
  let weightA = 1
  let weightB = 1
  let moved = ''
  for (let step = 0, before = b - a; ; step++) {
    const secant = b - (weightB * atB * (b - a)) / (weightB * atB - weightA * atA)
    const stalls = step % 3 === 2 && b - a > before / 2
    const middle = !stalls && secant > a && secant < b ? secant : a + (b - a) / 2
    if (step % 3 === 2) before = b - a
    if (middle <= a || middle >= b) return Math.abs(atA) < Math.abs(atB) ? a : b
    const value = f(middle)
    if (value === 0) return middle
    if (value > 0 === atB > 0) {
      if (moved === 'b') weightA /= 2
      ;[b, atB, weightB, moved] = [middle, value, 1, 'b']
    } else {
      if (moved === 'a') weightB /= 2
      ;[a, atA, weightA, moved] = [middle, value, 1, 'a']
    }
  }
}
