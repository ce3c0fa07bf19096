/**
 * Weighted power means of two prices: the unit-cost functions with constant elasticity σ, of exponent 1 − σ. Exponent 0 is
 * Cobb–Douglas, exponent 1 Leontief.
 */

/** (share of a, a, b) -> mean; a, b ≥ 0, share in [0, 1]. */
export type TwoPriceMean = (share: number, a: number, b: number) => number

/**
 * The mean [s·a^r + (1−s)·b^r]^(1/r) of exponent r; a^s b^(1−s) at r = 0. Accurate for r near 0 and for large |r|; zero when a
 * price with a positive share is zero and r ≤ 0.
 *
 * @example powerMean(1 - 2)(0.5, 1, 3) // CES with σ = 2: 1.5
 */
export function powerMean(exponent: number): TwoPriceMean {
  const interior = exponent === 0 ? geometric : exponent === 1 ? arithmetic : ofExponent(exponent)
  return (share, a, b) => (share === 0 ? b : share === 1 ? a : interior(share, a, b))
}

const geometric: TwoPriceMean = (share, a, b) => a ** share * b ** (1 - share)
const arithmetic: TwoPriceMean = (share, a, b) => share * a + (1 - share) * b

/** In logs relative to a, and relative to the larger power, so that nothing overflows or cancels. */
function ofExponent(exponent: number): TwoPriceMean {
  return (share, a, b) => {
    if (a === 0 || b === 0) return exponent < 0 ? 0 : (share * a ** exponent + (1 - share) * b ** exponent) ** (1 / exponent)
    const relative = exponent * Math.log(b / a)
    const larger = Math.max(relative, 0)
    return a * Math.exp((larger + Math.log1p(share * Math.expm1(-larger) + (1 - share) * Math.expm1(relative - larger))) / exponent)
  }
}
