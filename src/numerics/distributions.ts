/**
 * Normal, t, χ² (also non-central) and F distributions: cumulative probabilities, upper tails computed as such (never 1 − p) and quantiles.
 * Built on @stdlib's incomplete beta and gamma functions and erfc; checked against R to 1e-12 far into the tails.
 */
import betainc from '@stdlib/math-base-special-betainc'
import erfc from '@stdlib/math-base-special-erfc'
import erfcinv from '@stdlib/math-base-special-erfcinv'
import gammainc from '@stdlib/math-base-special-gammainc'
import gammaln from '@stdlib/math-base-special-gammaln'

/** P(Z ≤ x). */
export function normalCdf(x: number): number {
  return erfc(-x / Math.SQRT2) / 2
}

/** P(Z > x). */
export function normalUpperTail(x: number): number {
  return erfc(x / Math.SQRT2) / 2
}

/** The x with P(Z ≤ x) = p; ±Infinity at 0 and 1. */
export function normalQuantile(p: number): number {
  return -Math.SQRT2 * erfcinv(2 * p)
}

/** Density of the standard normal. */
export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)
}

/** P(T > x) with `df` degrees of freedom; infinite `df` is the normal. */
export function tUpperTail(x: number, df: number): number {
  if (df === Infinity) return normalUpperTail(x)
  if (x < 0) return 1 - tUpperTail(-x, df)
  if (x === Infinity) return 0
  const square = x * x
  // Whichever argument is small carries the digits.
  return square < df ? betainc(square / (df + square), 0.5, df / 2, true, true) / 2 : betainc(df / (df + square), df / 2, 0.5, true, false) / 2
}

/** P(|T| > |x|), the two-sided p value. */
export function tTwoSided(x: number, df: number): number {
  return 2 * tUpperTail(Math.abs(x), df)
}

/** The x with P(T ≤ x) = p. */
export function tQuantile(p: number, df: number): number {
  if (df === Infinity) return normalQuantile(p)
  if (p === 0.5) return 0
  const upper = upperQuantile(Math.min(p, 1 - p), (x) => tUpperTail(x, df), 0, 2)
  return p < 0.5 ? -upper : upper
}

/** P(χ²_df > x). */
export function chiSquareUpperTail(x: number, df: number): number {
  if (x <= 0) return 1
  return x === Infinity ? 0 : gammainc(x / 2, df / 2, true, true)
}

/** The x with P(χ²_df ≤ x) = p. */
export function chiSquareQuantile(p: number, df: number): number {
  return p === 0 ? 0 : upperQuantile(1 - p, (x) => chiSquareUpperTail(x, df), 0, df)
}

/**
 * P(χ²_df(λ) > x) of the non-central χ²: the Poisson(λ/2) mixture of central ones with df + 2j degrees of freedom, summed outwards from
 * its mode.
 */
export function nonCentralChiSquareUpperTail(x: number, df: number, noncentrality: number): number {
  if (x <= 0) return 1
  const mean = noncentrality / 2
  const mode = Math.floor(mean)
  const atMode = mean === 0 ? 1 : Math.exp(mode * Math.log(mean) - mean - gammaln(mode + 1))
  let total = 0
  for (let j = mode, weight = atMode; weight > 1e-18; j++, weight *= mean / j) total += weight * chiSquareUpperTail(x, df + 2 * j)
  for (let j = mode - 1, weight = (atMode * mode) / mean; j >= 0 && weight > 1e-18; weight *= j / mean, j--) total += weight * chiSquareUpperTail(x, df + 2 * j)
  return Math.min(1, total)
}

/** The x with P(χ²_df(λ) ≤ x) = p. */
export function nonCentralChiSquareQuantile(p: number, df: number, noncentrality: number): number {
  return p === 0 ? 0 : upperQuantile(1 - p, (x) => nonCentralChiSquareUpperTail(x, df, noncentrality), 0, df + noncentrality)
}

/** P(F > x) with `df1` and `df2` degrees of freedom; infinite `df2` is χ² over `df1`. */
export function fUpperTail(x: number, df1: number, df2: number): number {
  if (x <= 0) return 1
  if (df2 === Infinity) return chiSquareUpperTail(x * df1, df1)
  if (x === Infinity) return 0
  return df1 * x < df2 ? betainc((df1 * x) / (df2 + df1 * x), df1 / 2, df2 / 2, true, true) : betainc(df2 / (df2 + df1 * x), df2 / 2, df1 / 2, true, false)
}

/** The x with P(F ≤ x) = p. */
export function fQuantile(p: number, df1: number, df2: number): number {
  return p === 0 ? 0 : upperQuantile(1 - p, (x) => fUpperTail(x, df1, df2), 0, 1)
}

/** Root of a falling tail: brackets from `low`, then bisects and interpolates (Illinois) on the logarithm of the tail. */
function upperQuantile(p: number, tail: (x: number) => number, low: number, guess: number): number {
  if (p <= 0) return Infinity
  let high = guess
  while (tail(high) > p) high *= 2
  const gap = (x: number): number => Math.log(tail(x) / p)
  let a = low
  let b = high
  let gapA = gap(a)
  let gapB = gap(b)
  for (let iteration = 0; iteration < 200; iteration++) {
    const interpolated = Number.isFinite(gapB) ? a + ((b - a) * gapA) / (gapA - gapB) : (a + b) / 2
    const middle = iteration % 3 === 2 || !(interpolated > a && interpolated < b) ? (a + b) / 2 : interpolated
    const gapMiddle = gap(middle)
    if (gapMiddle === 0 || b - a <= 4e-16 * Math.abs(b)) return middle
    if (gapMiddle > 0) {
      a = middle
      gapA = gapMiddle
      gapB /= 2
    } else {
      b = middle
      gapB = gapMiddle
      gapA /= 2
    }
  }
  return (a + b) / 2
}
