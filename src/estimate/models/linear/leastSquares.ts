/**
 * Least squares on a working basis, min Σ w_i (v_i − x_i'γ)² by normal equations refined on their residuals, and the facts every linear
 * fit reports: parameters counted, R², sigma. For one outcome (`ols`) or several columns in turn (`iv`).
 */
import { ReshoreError } from '../../../errors.js'
import { crossWith, takeOutIndex, weightedCross } from '../../../numerics/crossProducts.js'
import { choleskySolve, cholesky, type CholeskyFactor } from '../../../numerics/linearAlgebra.js'
import { sum } from '../../../numerics/sum.js'
import { weightedDot } from '../../../numerics/weightedDot.js'
import { partialOut } from '../../design/absorb.js'
import { countEffects } from '../../design/absorption/degrees.js'
import { settleEffects, type EffectOptions } from '../../design/absorption/singletons.js'
import { withAbsorptionCrew } from '../../design/absorption/absorptionCrew.js'
import { bindSpec } from '../../design/bindSpec.js'
import type { ArrowTable, Design, LinearDetail, ModelSpec, WorkingBasis } from '../../records.js'

/** Working columns with the Cholesky factor of their (weighted) cross-products. */
export interface NormalEquations {
  readonly packed: WorkingBasis['packed']
  readonly factor: CholeskyFactor
  readonly weights?: Float64Array
  /** The first column is the constant. */
  readonly constant: boolean
}

/** A design that went through `dropCollinear`, or the parts of it that least squares reads. */
export type LinearDesign = Pick<Design, 'basis' | 'terms' | 'weights' | 'intercept'>

/** Normal equations of a design that went through `dropCollinear`. Throws a `SingularDesignError` where weights leave too little. */
export function normalEquations({ basis, terms, weights, intercept }: LinearDesign): NormalEquations {
  const { packed, gram } = basis!
  const factor = cholesky(weights ? weightedCross(packed, weights) : gram, terms.length)
  if (!factor) throw new ReshoreError('SingularDesignError', 'the weighted regressors are collinear', 'Look for weights that are zero but for rounding, or drop a regressor.')
  return { packed, factor, constant: intercept === 'estimated', ...(weights && { weights }) }
}

/** A correction below this share of the coefficients is the rounding of the sums it comes from … */
const roundingStep = 1e-15
/** … and one below this share the last: the next would be as much smaller again. */
const lastStep = 1e-9

/** Coefficients of the working columns and residuals of one column of numbers. */
export function project(equations: NormalEquations, outcome: Float64Array): { coefficients: Float64Array; residuals: Float64Array } {
  const { packed, factor, weights, constant } = equations
  // Started at the mean, so that an outcome of 1e9 ± 1 keeps its digits.
  const level = constant ? meanFromFirst(outcome) : 0
  const start = level === 0 ? outcome : shifted(outcome, level)
  let step = choleskySolve(factor, crossWith(packed, weights ? timesRows(start, weights) : start))
  const coefficients = step.slice()
  if (constant) coefficients[0]! += level
  const below = (share: number): boolean => step.every((value, j) => Math.abs(value) <= share * Math.abs(coefficients[j]!))
  const residuals = new Float64Array(outcome.length)
  let cross = takeOutIndex(packed, step, start, residuals, weights)
  // Iterative refinement: it brings the residuals' own rounding, no more.
  for (let refinement = 0; refinement < 2; refinement++) {
    step = choleskySolve(factor, cross)
    for (let j = 0; j < step.length; j++) coefficients[j]! += step[j]!
    if (below(roundingStep)) break
    cross = takeOutIndex(packed, step, residuals, residuals, weights)
    if (below(lastStep)) break
  }
  return { coefficients, residuals }
}

function shifted(values: Float64Array, level: number): Float64Array {
  const result = new Float64Array(values.length)
  for (let row = 0; row < result.length; row++) result[row] = values[row]! - level
  return result
}

/** Deviations are taken from the first value, so that a large level costs no digits. */
function meanFromFirst(values: Float64Array): number {
  const first = values[0]!
  let total = 0
  for (let row = 0; row < values.length; row++) total += values[row]! - first
  return first + total / values.length
}

/** Row by row products. */
export function timesRows(values: Float64Array, factors: Float64Array): Float64Array {
  const result = new Float64Array(values.length)
  for (let row = 0; row < result.length; row++) result[row] = values[row]! * factors[row]!
  return result
}

/** Seconds that absorbing two effects takes one thread by row and column. */
const absorbSeconds = 1.2e-7

/** A design as bound, and with absorbed effects taken out of it and of its outcome. */
export interface WithinDesign {
  readonly bound: Design
  readonly design: Design
  readonly outcome: Float64Array
}

/** The design of a spec without its absorbed effects. Throws as `bindSpec`, `settleEffects` and `partialOut` do, and an `OutcomeError` where nothing of the outcome is left. */
export function bindWithin(spec: ModelSpec, table: ArrowTable, require: readonly string[] | undefined, options: EffectOptions): WithinDesign {
  const columns = 1 + spec.regressors.length + spec.endogenous.length + spec.instruments.length
  return withAbsorptionCrew(spec, { rows: table.numRows, columns, seconds: absorbSeconds, threads: options.threads }, (crew) => {
    const bound = settleEffects(bindSpec(spec, table, { require, crew }), options, crew)
    const within = bound.absorbed.length === 0 ? { design: bound, outcome: bound.outcome! } : partialOut(bound, bound.absorbed, { shared: options.shared, crew })
    requireVariation(bound, within.outcome)
    return { bound, ...within }
  })
}

/** Below this share of the squares of an outcome, what its effects leave is rounding. */
const roundingShare = 1e-28

/** An outcome that a constant or the effects fit exactly has no variance to explain: R² is 0/0 and every t is. */
function requireVariation({ outcome: values, outcomeName, absorbed, intercept, weights }: Design, within: Float64Array): void {
  const level = intercept === 'none' ? 0 : values![0]!
  const constant = values!.every((value) => value === level)
  const spanned = absorbed.length > 0 && weightedDot(within, within, weights) <= roundingShare * weightedDot(values!, values!, weights)
  if (!constant && !spanned) return
  const effects = absorbed.map(({ name }) => `\`${name}\``).join(', ')
  throw new ReshoreError('OutcomeError', constant ? `the outcome \`${outcomeName}\` is ${level} in all ${values!.length} rows used` : `the outcome \`${outcomeName}\` does not vary within ${effects}`,
    constant ? 'Look at which rows were left out: an outcome that never changes identifies nothing.' : 'Absorb fewer effects, or take an outcome that varies within them.')
}

/** Parameters the absorbed effects take up, by the design's own rule. */
export function absorbedParameters({ absorbed, effectCount }: Design): number {
  return absorbed.length === 0 ? 0 : countEffects(absorbed, effectCount)
}

/** n − K; throws a `DegreesOfFreedomError` where nothing is left for a variance. */
export function residualFreedom(observations: number, parameters: number): number {
  if (observations > parameters) return observations - parameters
  throw new ReshoreError('DegreesOfFreedomError', `${observations} observations cannot identify ${parameters} parameters and a variance`,
    'Use fewer regressors or absorbed levels, or more rows.')
}

function squaresAround(values: Float64Array, centre: number, weights: Float64Array | undefined): number {
  let total = 0
  for (let from = 0; from < values.length; from += 4096) {
    let partial = 0
    for (let row = from, to = Math.min(from + 4096, values.length); row < to; row++) partial += (weights ? weights[row]! : 1) * (values[row]! - centre) ** 2
    total += partial
  }
  return total
}

/** Squared residuals below this share of the squared outcome are rounding, as R's `lm` has it. */
const exactFit = 1e-30

/** Fit statistics from the squared residuals; throws an `OutcomeError` where these are rounding; `within` is the outcome without the absorbed effects. */
export function linearDetail(bound: Design, within: Float64Array, squares: number, observations: number, degreesOfFreedom: number): LinearDetail {
  const { outcome, weights, absorbed } = bound
  const constant = bound.intercept !== 'none'
  const mean = !constant ? 0 : weights ? weightedDot(outcome!, weights) / sum(weights) : meanFromFirst(outcome!)
  const total = squaresAround(outcome!, mean, weights)
  if (squares <= exactFit * (total + mean * mean * (weights ? sum(weights) : bound.rows))) {
    throw new ReshoreError('OutcomeError', 'the regressors reproduce the outcome exactly: nothing is left for standard errors',
      'Take off the regressor or effect that the outcome is made of.')
  }
  const rSquared = 1 - squares / total
  return {
    rSquared,
    adjustedRSquared: 1 - ((1 - rSquared) * (observations - (constant ? 1 : 0))) / degreesOfFreedom,
    ...(absorbed.length > 0 && { withinRSquared: 1 - squares / weightedDot(within, within, weights) }),
    sigma: Math.sqrt(squares / degreesOfFreedom),
    degreesOfFreedom,
    ...(absorbed.length > 0 && { absorbedParameters: absorbedParameters(bound) }),
  }
}
