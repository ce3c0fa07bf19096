/**
 * Tests of one endogenous regressor's coefficient that hold however weak the instruments and, unlike Anderson and Rubin's, lose no power to
 * many of them. With δ = p_y − Pβ₀, Σ its covariance, C = cov(P, δ) and D = P − CΣ⁻¹δ, which is independent of δ:
 * K = (δ'Σ⁻¹D)² / D'Σ⁻¹D, χ²₁ (Kleibergen 2002, 2005); r = D' var(D)⁻¹ D;
 * CLR = ½[AR − r + √((AR − r)² + 4 r K)] (Moreira 2003; under any covariance Kleibergen 2005, Andrews, Moreira and Stock 2004).
 * AR + r is the joint test that p_y and P are zero, whatever β₀. Given r, AR of direction s (K = AR s²) exceeds (q + r)/(1 + r s²/q) where
 * CLR exceeds q, so that with s = sin u (Andrews, Moreira and Stock 2007) p = 2c ∫₀^{π/2} P(χ²_L > (q + r)/(1 + r sin²u/q)) cos^{L−2}u du.
 * Checked against Moreira's S and T, loops over pairs of rows, simulation of the distribution, and grids of tests.
 */
import { chiSquareQuantile, chiSquareUpperTail } from '../../../numerics/distributions.js'
import { cholesky, choleskySolve } from '../../../numerics/linearAlgebra.js'
import { weightedDot } from '../../../numerics/weightedDot.js'
import type { Vcov } from '../../records.js'
import { planeOfLine, type ReducedLine } from './andersonRubin.js'
import type { AndersonRubinSet, ConditionalTests } from './records.js'
import { addColumns, type ReducedForm } from './reducedForm.js'
import { onReading, scannedSet, type Whereabouts } from './scannedSet.js'
import { combinedCovariance } from './stacked.js'
import { chiSquaredTest, quadraticForm } from './testResults.js'

/** Tests at zero and 95 % sets, which are found when first read. Undefined where the covariance of the reduced form is singular. */
export function conditionalTests({ instruments: L, explained }: ReducedForm, { matrix }: Vcov): ConditionalTests | undefined {
  const line = planeOfLine({ matrix, outcome: explained[0]!, regressor: explained[1]! })
  const direct = statisticsAlong(line)
  if (!direct) return undefined
  // Both sets look at much the same coefficients.
  const known = new Map<number, ConditionalStatistics | undefined>()
  const statistics = (at: number): ConditionalStatistics | undefined => {
    if (!known.has(at)) known.set(at, direct(at))
    return known.get(at)
  }
  const zero = statistics(0)
  if (!zero) return undefined
  const k = chiSquaredTest(zero.k, 1)
  const confidenceSet = (excessOf: (at: ConditionalStatistics) => number): AndersonRubinSet => scannedSet(whereabouts(line), (coefficient) => {
    const found = statistics(coefficient)
    return found ? excessOf(found) : Infinity
  })
  return {
    clr: onReading({ statistic: zero.clr, rank: zero.rank, pValue: conditionalUpperTail(zero.clr, zero.rank, L) }, 'confidenceSet', () => confidenceSet(clrExcess(L))),
    k: onReading(k, 'confidenceSet', () => confidenceSet(({ k: statistic }) => statistic - chiSquareQuantile(0.95, 1))),
  }
}

export interface ConditionalStatistics {
  readonly ar: number
  readonly k: number
  readonly clr: number
  /** r: what is left in the first stage to identify the coefficient. */
  readonly rank: number
}

/** Statistics at β₀; undefined where the joint covariance is singular. Infinite β₀ is the test that P has no part in p_y. */
export function statisticsAlong({ matrix, outcome, regressor }: ReducedLine): ((coefficient: number) => ConditionalStatistics | undefined) | undefined {
  const L = outcome.length
  const joint = quadraticForm(Float64Array.from([...outcome, ...regressor]), matrix)
  if (joint === undefined) return undefined
  return (coefficient) => {
    // Scaled so that neither weight is large: all statistics are of degree zero.
    const scale = Math.hypot(1, coefficient)
    const weights = coefficient === Infinity ? [0, -1] : [1 / scale, -coefficient / scale]
    const gap = addColumns(new Float64Array(L), [outcome, regressor], weights)
    const factor = cholesky(combinedCovariance(matrix, L, weights, 0), L, 1e-12)
    if (!factor) return undefined
    const solved = choleskySolve(factor, gap)
    const ar = weightedDot(gap, solved)
    // The other equation, any that is not a multiple of δ: p_y where β₀ is so large that δ is nearly P.
    const other = Math.abs(weights[0]!) < Math.abs(weights[1]!) ? 0 : 1
    const rest = (other === 0 ? outcome : regressor).slice()
    for (let i = 0; i < L; i++) {
      let sum = 0
      for (let e = 0; e < 2; e++) {
        const row = (other * L + i) * 2 * L + e * L
        for (let j = 0; j < L; j++) sum += weights[e]! * matrix[row + j]! * solved[j]!
      }
      rest[i]! -= sum
    }
    const inverseRest = choleskySolve(factor, rest)
    const length = weightedDot(rest, inverseRest)
    const k = length > 0 ? Math.min(ar, weightedDot(gap, inverseRest) ** 2 / length) : 0
    const rank = Math.max(0, joint - ar)
    return { ar, k, rank, clr: conditionalRatio(ar, k, rank) }
  }
}

/** ½[AR − r + √((AR − r)² + 4rK)], without cancellation where r is large. */
function conditionalRatio(ar: number, k: number, rank: number): number {
  const root = Math.sqrt((ar - rank) ** 2 + 4 * rank * k)
  return ar >= rank ? (ar - rank + root) / 2 : (2 * rank * k) / (rank - ar + root)
}

/** Positive where CLR rejects: its critical value lies between those of χ²₁, for r without bound, and of χ²_L, for r = 0. */
function clrExcess(L: number): (at: ConditionalStatistics) => number {
  const [least, most] = [chiSquareQuantile(0.95, 1), chiSquareQuantile(0.95, L)]
  return ({ clr, rank }) => (clr <= least ? clr - least : clr >= most ? clr - most : level - conditionalUpperTail(clr, rank, L))
}

const level = 0.05
/** Nodes and weights of Gauss and Legendre on (−1, 1), twelve points. */
const nodes = [0.1252334085114689, 0.3678314989981802, 0.5873179542866175, 0.7699026741943047, 0.9041172563704749, 0.9815606342467193]
const nodeWeights = [0.2491470458134028, 0.2334925365383548, 0.2031674267230659, 0.1600783285433462, 0.1069393259953184, 0.0471753363865118]

/** P(CLR > q) given r, for L instruments. */
export function conditionalUpperTail(q: number, rank: number, L: number): number {
  if (L === 1) return chiSquareUpperTail(q, 1)
  if (!(q > 0)) return 1
  const panels = panelsFor(q, rank, L)
  let [tail, whole] = [0, 0]
  for (let panel = 1; panel < panels.length; panel++) {
    const half = (panels[panel]! - panels[panel - 1]!) / 2
    const middle = (panels[panel]! + panels[panel - 1]!) / 2
    nodes.forEach((node, n) => {
      for (const u of [middle - half * node, middle + half * node]) {
        const density = half * nodeWeights[n]! * Math.cos(u) ** (L - 2)
        whole += density
        tail += density * chiSquareUpperTail((q + rank) / (1 + (rank * Math.sin(u) ** 2) / q), L)
      }
    })
  }
  return tail / whole
}

/** Cuts of (0, π/2): towards 0, where many instruments have their mass, and about the angle at which the argument of χ²_L passes L. */
function panelsFor(q: number, rank: number, L: number): number[] {
  const cuts = [0, Math.PI / 2]
  for (let width = Math.PI / 4; width > 0.25 / Math.sqrt(L); width /= 2) cuts.push(width)
  const passing = q * ((q + rank) / L - 1)
  if (passing > 0 && passing < rank) {
    const at = Math.asin(Math.sqrt(passing / rank))
    for (let step = -8; step <= 8; step++) cuts.push(at * (1 + step / (2 * Math.sqrt(L))))
  }
  return cuts.filter((cut) => cut >= 0 && cut <= Math.PI / 2).sort((a, b) => a - b)
}

/** Two-stage least squares, its standard error, and the coefficient at which both equations weigh the same. */
function whereabouts({ matrix, outcome, regressor }: ReducedLine): Whereabouts {
  const L = outcome.length
  const moved = weightedDot(regressor, regressor)
  const centre = weightedDot(regressor, outcome) / moved
  const variance = combinedCovariance(matrix, L, [1, -centre], 0)
  let total = 0
  for (let i = 0; i < L; i++) for (let j = 0; j < L; j++) total += regressor[i]! * regressor[j]! * variance[i * L + j]!
  let [first, second] = [0, 0]
  for (let i = 0; i < L; i++) {
    first += matrix[i * (2 * L + 1)]!
    second += matrix[(L + i) * (2 * L + 1)]!
  }
  return { centre, spread: Math.sqrt(total) / moved, unit: Math.sqrt(first / second) }
}
