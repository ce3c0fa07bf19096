/**
 * Log of the normal distribution function and the ratio φ/Φ (inverse Mills ratio), accurate in both tails.
 *
 * Φ(x) = ½ erfc(−x/√2) from a complementary error function that keeps its relative accuracy; below −37 the continued fraction of Laplace
 * takes over, where Φ itself would underflow. Checked against 40-digit values in test/numerics/normalTail.test.ts.
 */
import erfc from '@stdlib/math-base-special-erfc'

const rootHalf = Math.SQRT1_2
const logRootTwoPi = 0.9189385332046727
const deepTail = -37

/** ln Φ(x). */
export function logNormalCdf(x: number): number {
  if (x < deepTail) return -0.5 * x * x - logRootTwoPi - Math.log(laplaceFraction(-x))
  if (x > 0) return Math.log1p(-0.5 * erfc(x * rootHalf))
  return Math.log(0.5 * erfc(-x * rootHalf))
}

/** φ(x)/Φ(x). */
export function millsRatio(x: number): number {
  if (x < deepTail) return laplaceFraction(-x)
  return Math.exp(-0.5 * x * x - logRootTwoPi) / (0.5 * erfc(-x * rootHalf))
}

/** φ(t)/(1 − Φ(t)) for large t: t + 1/(t + 2/(t + 3/(t + …))). */
function laplaceFraction(t: number): number {
  let fraction = t
  for (let k = 30; k >= 1; k--) fraction = t + k / fraction
  return fraction
}
