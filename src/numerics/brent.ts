/**
 * Maximum of a function of one variable on an interval, by Brent's (1973) mixture of parabolic interpolation and golden sections.
 */

export interface ScalarMaximum {
  readonly at: number
  readonly value: number
  readonly evaluations: number
}

const golden = (3 - Math.sqrt(5)) / 2

/**
 * The maximum of `f` on [low, high] to within `tolerance`; a local one where `f` has several. A maximum at an end is approached to
 * within the tolerance.
 *
 * @example
 * const { at } = brentMaximum((x) => -((x - 2) ** 2), 0, 5)
 */
export function brentMaximum(f: (x: number) => number, low: number, high: number, tolerance = 1e-8): ScalarMaximum {
  let [a, b] = [low, high]
  let best = a + golden * (b - a)
  let [second, third] = [best, best]
  let bestValue = f(best)
  let [secondValue, thirdValue] = [bestValue, bestValue]
  let [step, before] = [0, 0]
  let evaluations = 1
  while (Math.abs(best - (a + b) / 2) > 2 * tolerance - (b - a) / 2 && evaluations < 200) {
    const parabolic = parabolicStep([best, bestValue], [second, secondValue], [third, thirdValue])
    const useful = parabolic !== undefined && Math.abs(parabolic) < Math.abs(before) / 2 && best + parabolic > a && best + parabolic < b
    before = useful ? step : (best < (a + b) / 2 ? b : a) - best
    step = useful ? parabolic : golden * before
    const at = best + (Math.abs(step) >= tolerance ? step : step > 0 ? tolerance : -tolerance)
    const value = f(at)
    evaluations++
    if (value >= bestValue) {
      if (at >= best) a = best
      else b = best
      ;[third, thirdValue, second, secondValue, best, bestValue] = [second, secondValue, best, bestValue, at, value]
    } else {
      if (at < best) a = at
      else b = at
      if (value >= secondValue || second === best) [third, thirdValue, second, secondValue] = [second, secondValue, at, value]
      else if (value >= thirdValue || third === best || third === second) [third, thirdValue] = [at, value]
    }
  }
  return { at: best, value: bestValue, evaluations }
}

/**
 * An interval within [low, high] that holds a local maximum of `f`, found by climbing from `start` in growing steps; its ends are at
 * `low` or `high` where the climb ends there.
 */
export function bracketMaximum(f: (x: number) => number, start: number, step: number, low: number, high: number): { readonly low: number; readonly high: number } {
  const held = (x: number): number => Math.min(high, Math.max(low, x))
  let [left, middle, right] = [held(start - step), start, held(start + step)]
  let [leftValue, middleValue, rightValue] = [f(left), f(middle), f(right)]
  for (let reach = 2 * step; rightValue > middleValue && right < high; reach *= 2) {
    ;[left, leftValue, middle, middleValue] = [middle, middleValue, right, rightValue]
    right = held(right + reach)
    rightValue = f(right)
  }
  for (let reach = 2 * step; leftValue > middleValue && left > low; reach *= 2) {
    ;[right, rightValue, middle, middleValue] = [middle, middleValue, left, leftValue]
    left = held(left - reach)
    leftValue = f(left)
  }
  return { low: left, high: right }
}

type Point = readonly [x: number, value: number]

/** Step from the best point to the vertex of the parabola through three points; undefined where they lie on a line. */
function parabolicStep([x, fx]: Point, [w, fw]: Point, [v, fv]: Point): number | undefined {
  const left = (x - w) * (fx - fv)
  const right = (x - v) * (fx - fw)
  const numerator = (x - v) * right - (x - w) * left
  const denominator = 2 * (right - left)
  return denominator === 0 ? undefined : -numerator / denominator
}
