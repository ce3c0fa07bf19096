/**
 * Pooled binary models, P(y_i = 1) = F(x_i'β), by maximum likelihood: the five steps logit, probit and cloglog share.
 * Newton's method on well-conditioned columns with the observed information; the covariance uses the expected information where
 * the link has its own (probit, as R).
 */
import { crossWith, indexLikelihood, linearIndex, weightedCross, type RowTerms } from '../../numerics/crossProducts.js'
import { cholesky, choleskySolve, invertPositive } from '../../numerics/linearAlgebra.js'
import { maximise, type Evaluation, type Objective, type Optimum } from '../../numerics/newton.js'
import { findRoot } from '../../numerics/root.js'
import { sum } from '../../numerics/sum.js'
import { bindSpec } from '../design/bindSpec.js'
import { dropCollinear } from '../design/dropCollinear.js'
import { keepRows } from '../design/keepRows.js'
import type { ArrowTable, BinaryDetail, Design, Fit, ModelSpec, Note, SpecInput } from '../records.js'
import { iid } from '../vcov/heteroskedastic.js'
import { applyVcov } from '../vcov/withVcov.js'
import type { BinaryLink } from './links.js'
import { binaryOutcome, modelSpec, requireConvergence, rowFrequencies, type ModelOptions } from './options.js'
import { reportedFit } from './reportedFit.js'
import { scoreData } from './scoreData.js'
import { describeSeparation, isSeparating, rowMovements, separatingTerms, separationError, type Separation } from './separation.js'

export interface BinaryOptions extends ModelOptions {
  /** 'error' (default): a regressor that predicts the outcome perfectly is an error; 'drop': the rows it predicts leave. */
  readonly separation?: 'error' | 'drop'
}

/** The fit of a binary model with the given link. */
export function fitBinary<K extends 'logit' | 'probit' | 'cloglog'>(kind: K, link: BinaryLink, input: SpecInput, table: ArrowTable, options: BinaryOptions): Fit<K> {
  const started = performance.now()
  const vcov = options.vcov ?? iid()
  const spec = modelSpec(input, options, { model: kind, offset: true, weights: true })
  const bound = bindSpec(spec, table, { require: vcov.columns, outcome: 'binary' })
  const { design, optimum, seconds } = solveWithoutSeparation(kind, link, spec, bound, options, started)
  const finished = performance.now()

  const frequencies = rowFrequencies(design, spec, options)
  const index = withOffset(linearIndex(design.basis!.packed, optimum.parameters), design.offset)
  const scores = scoreData({
    design,
    derivative: derivatives(link, design, index, frequencies ? undefined : design.weights),
    inverseInformation: invertPositive(modelInformation(link, design, optimum, index), design.terms.length)!,
    family: 'glm',
    index: () => index,
    ...(frequencies && { frequencies }),
  })
  const covariance = applyVcov(vcov, table, scores)
  return {
    kind,
    spec,
    ...reportedFit(design, optimum.parameters, covariance, scores, options),
    logLikelihood: optimum.evaluation.value,
    convergence: optimum.convergence,
    // The three binary kinds share one detail record.
    detail: binaryDetail(link, design, optimum.evaluation.value) as Fit<K>['detail'],
    seconds: { design: seconds, fit: (finished - started) / 1000 - seconds + (performance.now() - finished) / 1000 },
  }
}

interface Solution {
  readonly design: Design
  readonly optimum: Optimum
  /** Spent on the design. */
  readonly seconds: number
}

/** Solves; where regressors separate the outcome, fails or leaves the rows out and solves again. */
function solveWithoutSeparation(kind: string, link: BinaryLink, spec: ModelSpec, bound: Design, options: BinaryOptions, started: number): Solution {
  const notes: Note[] = []
  let design = bound
  let seconds = 0
  for (let first = true; ; first = false) {
    const outcome = binaryOutcome(design, spec)
    design = dropCollinear(design)
    if (first) seconds = (performance.now() - started) / 1000
    const optimum = solve(link, design, outcome)
    if (optimum.convergence.reason !== 'separation') {
      requireConvergence(kind, optimum.convergence)
      return { design: { ...design, notes: [...design.notes, ...notes] }, optimum, seconds }
    }
    const separation = describeSeparation(design, optimum.step, (moved) => rowMovements(moved, outcome))
    if (options.separation !== 'drop' || separation.count === design.rows) throw separationError(separation, design, spec)
    notes.push(separationNote(separation))
    design = keepRows(design, separation.rows.map((flag) => 1 - flag), `perfectly predicted by ${separatingTerms(separation)}`)
  }
}

/** The pooled maximum in the working columns of a design, where a panel model starts; separation is an error. */
export function maximisePooled(kind: string, link: BinaryLink, design: Design, outcome: Float64Array, spec: ModelSpec): Optimum {
  const optimum = solve(link, design, outcome)
  if (optimum.convergence.reason === 'separation') throw separationError(describeSeparation(design, optimum.step, (moved) => rowMovements(moved, outcome)), design, spec)
  requireConvergence(kind, optimum.convergence)
  return optimum
}

function separationNote(separation: Separation): Note {
  return { kind: 'separation', text: `${separation.count} rows that ${separatingTerms(separation)} predicts perfectly are left out.` }
}

function solve(link: BinaryLink, design: Design, outcome: Float64Array): Optimum {
  const { packed } = design.basis!
  const terms = rowTerms(link, outcome, design.offset, design.weights)
  const objective: Objective = (parameters) => indexLikelihood(packed, parameters, terms)
  const start = firstStep(link, design, outcome, objective)
  return maximise(objective, start.parameters, {
    evaluation: start.evaluation,
    inspect: (state) => (isSeparating(state, design, (moved) => rowMovements(moved, outcome)) ? 'separation' : undefined),
  })
}

/**
 * One Newton step from the model with the intercept only. There all rows have the same curvature, so that the information is a multiple
 * of the cross-products the design knows already.
 */
function firstStep(link: BinaryLink, design: Design, outcome: Float64Array, objective: Objective): { parameters: Float64Array; evaluation?: Evaluation } {
  const { packed, gram } = design.basis!
  const parameters = new Float64Array(packed.columns)
  if (design.intercept !== 'estimated') return { parameters }
  const { intercept, value } = nullModel(link, design)
  parameters[0] = intercept
  if (design.offset || design.weights) return { parameters }
  const index = new Float64Array(packed.rows).fill(intercept)
  const [derivative, curvature] = [new Float64Array(packed.rows), new Float64Array(packed.rows)]
  link.rows(index, outcome, undefined, 0, packed.rows, derivative, curvature)
  const mean = sum(curvature) / packed.rows
  const factor = cholesky(gram.map((cell) => cell * mean), packed.columns)
  if (!factor) return { parameters }
  const step = choleskySolve(factor, crossWith(packed, derivative))
  const moved = parameters.map((parameter, j) => parameter + step[j]!)
  const evaluation = objective(moved)
  return evaluation.value > value ? { parameters: moved, evaluation } : { parameters }
}

function rowTerms(link: BinaryLink, outcome: Float64Array, offset: Float64Array | undefined, weights: Float64Array | undefined): RowTerms {
  return (index, from, size, derivative, curvature) => {
    if (offset) for (let i = 0; i < size; i++) index[i]! += offset[from + i]!
    return link.rows(index, outcome, weights, from, size, derivative, curvature)
  }
}

function withOffset(index: Float64Array, offset: Float64Array | undefined): Float64Array {
  return offset ? index.map((value, row) => value + offset[row]!) : index
}

function derivatives(link: BinaryLink, design: Design, index: Float64Array, weights: Float64Array | undefined): Float64Array {
  const derivative = new Float64Array(design.rows)
  link.rows(index, design.outcome!, weights, 0, design.rows, derivative, new Float64Array(design.rows))
  return derivative
}

/** Information in the working columns: that of the last Newton step, or the expected one. */
function modelInformation(link: BinaryLink, design: Design, optimum: Optimum, index: Float64Array): Float64Array {
  const expected = link.expectedCurvature
  if (!expected) return optimum.evaluation.information
  const { weights } = design
  return weightedCross(design.basis!.packed, index.map((value, row) => expected(value) * (weights ? weights[row]! : 1)))
}

function binaryDetail(link: BinaryLink, design: Design, logLikelihood: number): BinaryDetail {
  const nullLogLikelihood = nullModel(link, design).value
  return { link: link.name, nullLogLikelihood, pseudoRSquared: 1 - logLikelihood / nullLogLikelihood, positives: countedOutcomes(design).counts[1]! }
}

/**
 * The model with the intercept only, or at zero where there is none: its log-likelihood, and where the search starts. Without an offset
 * two rows with the counts of both outcomes stand for all of them.
 */
function nullModel(link: BinaryLink, design: Design): { intercept: number; value: number } {
  const { offset, weights } = design
  const { outcome, counts } = offset ? { outcome: design.outcome!, counts: weights } : countedOutcomes(design)
  const rows = outcome.length
  const [derivative, curvature] = [new Float64Array(rows), new Float64Array(rows)]
  const evaluate = (intercept: number) => {
    const index = offset ? offset.map((value) => value + intercept) : new Float64Array(rows).fill(intercept)
    const value = link.rows(index, outcome, counts, 0, rows, derivative, curvature)
    return { value, slope: sum(derivative) }
  }
  if (design.intercept !== 'estimated') return { intercept: 0, value: evaluate(0).value }
  // A root of the slope, which falls throughout, and not Newton's method: far from it the curvature of large offsets is nothing.
  const slope = (intercept: number): number => evaluate(intercept).slope
  const centre = offset ? -sum(offset) / rows : 0
  let reach = 1
  while (reach < farthest && !(slope(centre - reach) > 0 && slope(centre + reach) < 0)) reach *= 2
  const intercept = reach < farthest ? findRoot(slope, centre - reach, centre + reach) : centre
  return { intercept, value: evaluate(intercept).value }
}

/** Intercepts beyond it, from the mean offset, are not searched. */
const farthest = 1e6

function countedOutcomes({ outcome, weights, rows }: Design): { outcome: Float64Array; counts: Float64Array } {
  const counts = new Float64Array(2)
  for (let row = 0; row < rows; row++) counts[outcome![row]!]! += weights ? weights[row]! : 1
  return { outcome: Float64Array.of(0, 1), counts }
}
