/**
 * Gauss–Hermite quadrature: ∫ e^{−z²} f(z) dz ≈ Σ w_q f(z_q), exact for polynomials up to degree 2n − 1.
 *
 * Nodes are the zeros of the orthonormal Hermite function, found by Newton's method from asymptotic first guesses; the weights use
 * the normalised recurrence, which neither overflows nor underflows up to the 100 nodes allowed. Checked against moments of the
 * normal distribution and published 5-node values in test/numerics/quadrature.test.ts.
 */

export interface Quadrature {
  /** z_q, ascending. */
  readonly nodes: Float64Array
  /** w_q. */
  readonly weights: Float64Array
}

const largest = 100

/**
 * Returns the n-point Gauss–Hermite rule. Throws `RangeError` unless 1 ≤ n ≤ 100.
 *
 * @example
 * const { nodes, weights } = gaussHermite(12)
 */
export function gaussHermite(n: number): Quadrature {
  if (!Number.isInteger(n) || n < 1 || n > largest) throw new RangeError(`Gauss–Hermite quadrature needs 1 to ${largest} nodes, not ${n}`)
  const nodes = new Float64Array(n)
  const weights = new Float64Array(n)
  for (let i = 0; i < Math.ceil(n / 2); i++) {
    // The i-th largest zero; the middle one of an odd rule is zero exactly.
    const z = 2 * i + 1 === n ? 0 : refine(firstGuess(i, n, nodes), n)
    const weight = 2 / derivative(z, n) ** 2
    nodes[i] = -z
    nodes[n - 1 - i] = z
    weights[i] = weight
    weights[n - 1 - i] = weight
  }
  return { nodes, weights }
}

/** First guesses of Stroud and Secrest (1966) for the i-th largest zero, given the ones above (stored negated, ascending). */
function firstGuess(i: number, n: number, nodes: Float64Array): number {
  const above = (k: number): number => -nodes[i - k]!
  if (i === 0) return Math.sqrt(2 * n + 1) - 1.85575 * (2 * n + 1) ** (-1 / 6)
  if (i === 1) return above(1) - (1.14 * n ** 0.426) / above(1)
  if (i === 2) return 1.86 * above(1) - 0.86 * above(2)
  if (i === 3) return 1.91 * above(1) - 0.91 * above(2)
  return 2 * above(1) - above(2)
}

function refine(start: number, n: number): number {
  let z = start
  for (let iteration = 0; iteration < 100; iteration++) {
    const [value, slope] = hermite(z, n)
    const step = value / slope
    z -= step
    if (Math.abs(step) < 1e-15 * Math.max(1, Math.abs(z))) break
  }
  return z
}

function derivative(z: number, n: number): number {
  return hermite(z, n)[1]
}

/** Orthonormal Hermite polynomial of degree n (weight e^{−z²}) and its derivative √(2n) H_{n−1}. */
function hermite(z: number, n: number): [number, number] {
  let previous = 0
  let current = Math.PI ** -0.25
  for (let k = 0; k < n; k++) {
    const next = z * Math.sqrt(2 / (k + 1)) * current - Math.sqrt(k / (k + 1)) * previous
    previous = current
    current = next
  }
  return [current, Math.sqrt(2 * n) * previous]
}
