/**
 * The partial likelihood of a frailty model at (β, ω), with what Newton's method on the penalised likelihood needs. With more than a few groups
 * second derivatives between groups are left out (`frailtyBlock.ts`), as `survival::coxph` does; with a few, which share most risk sets, they
 * are all there: ω then enters as coefficients of group indicators.
 */
import { groupRows, type GroupedRows } from '../conditionalLikelihood.js'
import { frailtyBlock, type FrailtyBlock } from './frailtyBlock.js'
import { solve } from './information.js'
import { evaluate, type CoxKernel } from './partialLikelihood.js'
import type { CoxData } from './coxData.js'
import type { RiskSets } from './riskSets.js'
import { prepareCox, type CoxInput } from './solveCox.js'

/** Up to this many groups the information is taken in full, as R's `sparse` default. */
const fewGroups = 5

export interface FrailtyStep {
  readonly beta: Float64Array
  readonly omega: Float64Array
  /** Information of β with ω eliminated, parameters × parameters. */
  readonly information: Float64Array
  /** Length of the step in standard errors. */
  readonly criterion: number
}

export interface FrailtyPoint {
  /** ℓ(β, ω). */
  readonly value: number
  /** ∂ℓ/∂ω: events less expected events of each group. */
  readonly score: Float64Array
  /** Newton step on ℓ + ν Σ (ω − e^ω). */
  step(omega: Float64Array, nu: number): FrailtyStep
}

/** The partial likelihood at any (β, ω). */
export type FrailtyLikelihood = (beta: Float64Array, omega: Float64Array) => FrailtyPoint

/** Likelihood of the rows of a Cox model whose groups are given by codes. */
export function frailtyLikelihood(input: CoxInput, risk: RiskSets, codes: Int32Array, groups: number): FrailtyLikelihood {
  if (groups > fewGroups) {
    const offset = input.offset ?? new Float64Array(risk.rows)
    const { data, kernel } = prepareCox({ ...input, offset }, risk)
    return sparseLikelihood(data, kernel, codes, groupRows(codes, groups))
  }
  const indicators = Array.from({ length: groups }, (_, g) => Float64Array.from(codes, (code) => (code === g ? 1 : 0)))
  const { data, kernel } = prepareCox({ ...input, columns: [...input.columns, ...indicators] }, risk)
  return (beta, omega) => densePoint(data, kernel, beta, omega)
}

function sparseLikelihood(data: CoxData, kernel: CoxKernel, codes: Int32Array, groups: GroupedRows): FrailtyLikelihood {
  const base = data.offset!.slice()
  const offset = kernel.offset!
  return (beta, omega) => {
    for (let i = 0; i < offset.length; i++) offset[i] = base[i]! + omega[codes[i]!]!
    const { value, gradient, information, tieWeights } = evaluate(data, kernel, beta)
    const block = frailtyBlock(data, kernel.riskSums, tieWeights, groups)
    return { value, score: block.score, step: (at, nu) => eliminated(gradient, information, block, at, nu) }
  }
}

/** Newton step where the information of ω is diagonal: ω is eliminated group by group. */
function eliminated(gradient: Float64Array, whole: Float64Array, block: FrailtyBlock, omega: Float64Array, nu: number): FrailtyStep {
  const { score, cross } = block
  const p = gradient.length
  const information = whole.slice()
  const right = gradient.slice()
  const slope = penalisedSlope(score, omega, nu)
  const diagonal = block.information.map((value, g) => value + nu * Math.exp(omega[g]!))
  for (let g = 0; g < omega.length; g++) {
    for (let a = 0; a < p; a++) {
      const ratio = cross[g * p + a]! / diagonal[g]!
      right[a]! -= ratio * slope[g]!
      for (let b = 0; b < p; b++) information[a * p + b]! -= ratio * cross[g * p + b]!
    }
  }
  const beta = solve(information, right) ?? right
  const step = slope.map((value, g) => {
    let left = value
    for (let j = 0; j < p; j++) left -= cross[g * p + j]! * beta[j]!
    return left / diagonal[g]!
  })
  return { beta, omega: step, information, criterion: length(beta, gradient, step, slope) }
}

function densePoint(data: CoxData, kernel: CoxKernel, beta: Float64Array, omega: Float64Array): FrailtyPoint {
  const k = data.parameters
  const p = k - omega.length
  const { value, gradient, information } = evaluate(data, kernel, Float64Array.from([...beta, ...omega]))
  const score = gradient.slice(p)
  return {
    value, score,
    step(at, nu) {
      const penalised = information.slice()
      at.forEach((value, g) => (penalised[(p + g) * (k + 1)]! += nu * Math.exp(value)))
      const slope = penalisedSlope(score, at, nu)
      const whole = solve(penalised, Float64Array.from([...gradient.subarray(0, p), ...slope])) ?? gradient
      const [betaStep, omegaStep] = [whole.slice(0, p), whole.slice(p)]
      return { beta: betaStep, omega: omegaStep, information: schurComplement(penalised, k, p), criterion: length(betaStep, gradient, omegaStep, slope) }
    },
  }
}

/** Information of the first p of k parameters with the others eliminated. */
function schurComplement(matrix: Float64Array, k: number, p: number): Float64Array {
  const q = k - p
  const rest = Float64Array.from({ length: q * q }, (_, e) => matrix[(p + Math.floor(e / q)) * k + p + (e % q)]!)
  const row = (a: number) => Float64Array.from({ length: q }, (_, g) => matrix[a * k + p + g]!)
  const projected = Array.from({ length: p }, (_, a) => solve(rest, row(a))!)
  return Float64Array.from({ length: p * p }, (_, e) => {
    const [a, b] = [Math.floor(e / p), e % p]
    return matrix[a * k + b]! - row(Math.min(a, b)).reduce((sum, value, g) => sum + value * projected[Math.max(a, b)]![g]!, 0)
  })
}

const penalisedSlope = (score: Float64Array, omega: Float64Array, nu: number): Float64Array => score.map((value, g) => value - nu * Math.expm1(omega[g]!))

function length(beta: Float64Array, gradient: Float64Array, omega: Float64Array, slope: Float64Array): number {
  const squared = beta.reduce((sum, value, j) => sum + value * gradient[j]!, 0) + omega.reduce((sum, value, g) => sum + value * slope[g]!, 0)
  return Math.sqrt(Math.max(0, squared))
}
