/**
 * Poisson pseudo-maximum likelihood, E[y_i] = exp(x_i'β + Σ_e α_e(i) + offset_i), for outcomes from zero up, with any number of absorbed
 * effects: the gravity estimator of Santos Silva and Tenreyro (2006). Reweighted least squares on demeaned columns; rows whose mean is
 * zero at the maximum (separation) leave and are counted. Checked against pyfixest, R glm with dummies, and published gravity results.
 */
import { choleskyInverse } from '../../numerics/linearAlgebra.js'
import { unpackRows } from '../../numerics/crossProducts.js'
import { sum } from '../../numerics/sum.js'
import { ReshoreError } from '../../errors.js'
import { withinDesign } from '../design/absorb.js'
import { prepareAbsorption, type Absorber } from '../design/absorption/absorber.js'
import { settleEffects, type EffectOptions } from '../design/absorption/singletons.js'
import { withAbsorptionCrew } from '../design/absorption/absorptionCrew.js'
import type { AbsorptionCrew } from '../design/absorption/absorptionWork.js'
import { bindSpec } from '../design/bindSpec.js'
import { dropCollinear } from '../design/dropCollinear.js'
import { keepRows } from '../design/keepRows.js'
import { formatOutcome } from '../formula/format.js'
import type { ArrowTable, Design, Fit, ModelSpec, PoissonDetail, SpecInput } from '../records.js'
import { iid } from '../vcov/heteroskedastic.js'
import { applyVcov } from '../vcov/withVcov.js'
import { absorbedParameters } from './linear/leastSquares.js'
import { modelSpec, requireConvergence, rowFrequencies, type ModelOptions } from './options.js'
import { deviance, nullMean, saturatedLogLikelihood } from './poisson/likelihood.js'
import { meanOf, reweight, startingIndex, workingWeights, type PoissonProblem, type PoissonSolution } from './poisson/reweighting.js'
import { looksSeparated, separatedRows, zeroLevels } from './poisson/separation.js'
import { reportedFit } from './reportedFit.js'
import { scoreData } from './scoreData.js'

export interface PpmlOptions extends ModelOptions, EffectOptions {
  /** Rows without a finite mean: 'drop' (default) leaves them out and counts them, 'error' names them. */
  readonly separation?: 'error' | 'drop'
}

/** Seconds that absorbing effects takes one thread by row and column in a whole fit. */
const absorbSeconds = 1e-6

/**
 * Fit by Poisson pseudo-maximum likelihood: `y ~ x | exporter^year + importer^year`, or without effects. Outcomes need not be whole numbers.
 * Throws an `OutcomeError` for negative ones.
 *
 * @example
 * const fit = ppml('trade ~ log(distance) + border | exporter^year + importer^year', flows, { vcov: cluster('exporter', 'importer') })
 */
export function ppml(input: SpecInput, table: ArrowTable, options: PpmlOptions = {}): Fit<'ppml'> {
  const started = performance.now()
  const vcov = options.vcov ?? iid()
  const spec = modelSpec(input, options, { model: 'ppml', absorb: true, offset: true, weights: true })
  const size = { rows: table.numRows, columns: 1 + spec.regressors.length, seconds: absorbSeconds, threads: options.threads }
  const { ready, design, solution } = withAbsorptionCrew(spec, size, (crew) => {
    const bound = bindSpec(spec, table, { require: vcov.columns, crew })
    checkOutcome(bound, spec)
    return { ready: performance.now(), ...solveWithoutSeparation(bound, spec, options, crew) }
  })
  const { state, coefficients, factor, within } = solution
  const frequencies = rowFrequencies(design, spec, options)
  const { weights } = design
  const scores = scoreData({
    design: { ...design, basis: { ...design.basis!, packed: within, benign: false } },
    derivative: design.outcome!.map((value, row) => (value - state.mean[row]!) * (weights && !frequencies ? weights[row]! : 1)),
    inverseInformation: choleskyInverse(factor!),
    family: 'glm',
    index: () => state.index,
    ...(frequencies && { frequencies }),
  })
  const covariance = applyVcov(vcov, table, scores)
  const saturated = saturatedLogLikelihood(design.outcome!, weights)
  return {
    kind: 'ppml',
    spec,
    ...reportedFit(design, coefficients, covariance, scores, options),
    logLikelihood: saturated - state.deviance / 2,
    convergence: solution.convergence,
    detail: poissonDetail(design, state.mean, state.deviance, saturated),
    seconds: { design: (ready - started) / 1000, fit: (performance.now() - ready) / 1000 },
  }
}

function checkOutcome({ outcome, unit, rows }: Design, spec: ModelSpec): void {
  const negative = outcome!.findIndex((value) => value < 0)
  const name = formatOutcome(spec.outcome)
  if (negative >= 0) {
    throw new ReshoreError('OutcomeError', `the outcome \`${name}\` is ${outcome![negative]} in row ${unit[negative]! + 1} where ppml needs zero or more`,
      'Leave such rows out, or model the outcome as it is with ols.')
  }
  if (!outcome!.some((value) => value > 0)) {
    throw new ReshoreError('OutcomeError', `the outcome \`${name}\` is zero in all ${rows} rows used`, 'Look at which rows were left out: without a positive outcome nothing is identified.')
  }
}

/** Without levels whose outcomes are all zero, and without singletons where these are to leave, until neither is left. */
function usableRows(bound: Design, options: PpmlOptions): Design {
  let design = bound
  for (;;) {
    const zero = zeroLevels(design.outcome!, design.absorbed)
    if (zero) {
      const names = design.absorbed.map(({ name }) => `\`${name}\``).join(', ')
      if (options.separation === 'error') throw separationError(`${count(zero)} rows lie in levels of ${names} whose outcomes are all zero`)
      design = leaveOut(design, zero, `in a level of ${names} with zero outcomes only`)
    }
    const settled = settleEffects(design, options)
    if (settled.rows === design.rows) return settled
    design = settled
  }
}

const count = (flags: Uint8Array): number => flags.reduce((total, flag) => total + flag, 0)

function leaveOut(design: Design, rows: Uint8Array, reason: string): Design {
  const note = { kind: 'separation' as const, text: `${count(rows)} rows ${reason} are left out: their means have no finite logarithm.` }
  return keepRows({ ...design, notes: [...design.notes, note] }, rows.map((flag) => 1 - flag), reason)
}

function separationError(what: string): ReshoreError {
  return new ReshoreError('SeparationError', `${what}: no finite coefficients fit them`, "Set separation: 'drop' (--separation drop, the default) to leave those rows out, or drop what predicts their zeros.")
}

interface Solved {
  readonly design: Design
  readonly solution: PoissonSolution
}

/** Solves; rows found to be separated on the way leave, and the search goes on from where it was. */
function solveWithoutSeparation(bound: Design, spec: ModelSpec, options: PpmlOptions, crew: AbsorptionCrew): Solved {
  let raw = bound
  let reached: { unit: Int32Array; index: Float64Array } | undefined
  for (;;) {
    const given = usableRows(raw, options)
    const start = reached ? indexAt(given.unit, reached) : startingIndex(given.outcome!, averageOutcome(given))
    const { design, problem } = workingProblem(given, start, crew)
    const { solution, separated } = search(problem, start)
    if (!separated) {
      if (solution.convergence.reason === 'collinear') throw collinearError(spec)
      requireConvergence('ppml', solution.convergence)
      return { design, solution }
    }
    const rows = count(separated)
    if (options.separation === 'error') throw separationError(`regressors and effects predict the zero of \`${formatOutcome(spec.outcome)}\` in ${rows} row${rows === 1 ? '' : 's'}`)
    reached = { unit: given.unit, index: solution.state.index }
    // Singletons are counted again among the rows that are left.
    const notes = given.notes.filter((note) => note.kind === 'separation' || bound.notes.includes(note))
    raw = leaveOut({ ...given, notes }, separated, 'with a zero outcome that regressors and effects predict')
  }
}

/** Reweights from `start`; stops where rows are found to be separated. */
function search(problem: PoissonProblem, start: Float64Array): { solution: PoissonSolution; separated?: Uint8Array } {
  let searched = false
  let separated: Uint8Array | undefined
  const solution = reweight(problem, start, (state, size) => {
    const last = size <= restSize
    if ((searched && !last) || !looksSeparated(problem.outcome, state, last)) return undefined
    searched = true
    separated = separatedRows(problem, state.movement)
    return separated && 'separation'
  })
  return { solution, ...(separated && { separated }) }
}

/** Movement of the means below which the search is about to end. */
const restSize = 1e-4

function averageOutcome({ outcome, weights }: Design): number {
  return nullMean(outcome!, undefined, weights)[0]!
}

/** Values of the rows that are left; both numberings of the table's rows ascend. */
function indexAt(kept: Int32Array, { unit, index }: { unit: Int32Array; index: Float64Array }): Float64Array {
  const result = new Float64Array(kept.length)
  for (let row = 0, at = 0; row < kept.length; row++) {
    while (unit[at] !== kept[row]) at++
    result[row] = index[at]!
  }
  return result
}

/** Well-conditioned columns without what effects or other columns span, judged under the weights of the start. */
function workingProblem(given: Design, index: Float64Array, crew: AbsorptionCrew): { design: Design; problem: PoissonProblem } {
  const { absorbed, offset, weights } = given
  let absorber: Absorber | undefined
  let within = given
  if (absorbed.length > 0) {
    const prepared = prepareAbsorption(absorbed, { weights: workingWeights(meanOf(index), weights), crew, columns: 1 + within.columns.length })
    absorber = { ...prepared, demean: (columns, more) => prepared.demean(columns, { ...more, crew }) }
    within = withinDesign(given, absorber.demean(given.columns), absorbed)
  }
  const design = dropCollinear(within)
  const problem = { outcome: given.outcome!, columns: unpackRows(design.basis!.packed), ...(offset && { offset }), ...(weights && { weights }), ...(absorber && { absorber }) }
  return { design, problem }
}

function collinearError(spec: ModelSpec): ReshoreError {
  return new ReshoreError('SingularDesignError', `the regressors of \`${formatOutcome(spec.outcome)}\` become collinear where its mean is not close to zero`,
    'A regressor varies only in rows whose mean goes to zero: drop it, or merge its levels.')
}

function poissonDetail(design: Design, mean: Float64Array, fittedDeviance: number, saturated: number): PoissonDetail {
  const { outcome, offset, weights } = design
  const nullLogLikelihood = saturated - deviance(outcome!, nullMean(outcome!, offset, weights), weights) / 2
  const logLikelihood = saturated - fittedDeviance / 2
  const effects = absorbedParameters(design)
  const constant = design.absorbed.length > 0 || design.intercept === 'estimated' ? 1 : 0
  return {
    deviance: fittedDeviance,
    nullLogLikelihood,
    pseudoRSquared: 1 - logLikelihood / nullLogLikelihood,
    adjustedPseudoRSquared: 1 - (logLikelihood - (design.terms.length + effects - constant)) / nullLogLikelihood,
    squaredCorrelation: squaredCorrelation(outcome!, mean),
    zeros: outcome!.reduce((count, value) => count + (value === 0 ? 1 : 0), 0),
    ...(effects > 0 && { absorbedParameters: effects }),
  }
}

/** Zero where either does not vary: a constant explains nothing. */
function squaredCorrelation(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [sum(a) / a.length, sum(b) / b.length]
  let [aa, bb, ab] = [0, 0, 0]
  for (let row = 0; row < a.length; row++) {
    aa += (a[row]! - meanA) ** 2
    bb += (b[row]! - meanB) ** 2
    ab += (a[row]! - meanA) * (b[row]! - meanB)
  }
  return aa > 0 && bb > 0 ? (ab * ab) / (aa * bb) : 0
}
