/**
 * Ordinary and weighted least squares, with effects absorbed after `|`: min Σ w_i (y_i − x_i'β)².
 * Normal equations on well-conditioned columns, refined on their residuals. Checked against R lm and pyfixest.
 */
import { ReshoreError } from '../../errors.js'
import { crossWith, linearIndex, weightedCross } from '../../numerics/crossProducts.js'
import { choleskyInverse, choleskySolve, cholesky, multiply } from '../../numerics/linearAlgebra.js'
import { partialOut } from '../design/absorb.js'
import { bindSpec } from '../design/bindSpec.js'
import { dropCollinear } from '../design/dropCollinear.js'
import type { ArrowTable, Design, Fit, LinearDetail, ScoreData, SpecInput } from '../records.js'
import { iid } from '../vcov/heteroskedastic.js'
import { applyVcov } from '../vcov/withVcov.js'
import { modelSpec, rowFrequencies, type ModelOptions } from './options.js'
import { rowMajor, scoreData } from './scoreData.js'

/**
 * Fit by least squares. `sigma` and the covariance use n − K, where K counts coefficients and absorbed levels. Precision weights
 * are inverse to the variance of a row (as R's `lm`); frequencies count rows.
 *
 * @example
 * const fit = ols('lwage ~ exper + I(exper^2) + union | nr + year', wages, { vcov: cluster('nr') })
 */
export function ols(input: SpecInput, table: ArrowTable, options: ModelOptions = {}): Fit<'ols'> {
  const started = performance.now()
  const vcov = options.vcov ?? iid()
  const spec = modelSpec(input, options, { model: 'ols', absorb: true, weights: true })
  const bound = bindSpec(spec, table, { require: vcov.columns })
  refuseSlopes(bound)
  const { design, outcome } = withinDesign(bound)
  const ready = performance.now()

  const { coefficients, residuals, inverse } = leastSquares(design, outcome)
  const frequencies = rowFrequencies(design, spec, options)
  const rows = frequencies ? sum(frequencies) : design.rows
  const degreesOfFreedom = rows - countParameters(design)
  if (!(degreesOfFreedom > 0)) {
    throw new ReshoreError('DegreesOfFreedomError', `${rows} observations cannot identify ${countParameters(design)} parameters and a variance`,
      'Use fewer regressors or absorbed levels, or more rows.')
  }
  const { weights } = design
  const squares = weightedSquares(residuals, weights)
  const scores = scoreData({
    design,
    derivative: weights && !frequencies ? residuals.map((value, row) => value * weights[row]!) : residuals,
    inverseInformation: inverse,
    dispersion: squares / degreesOfFreedom,
    family: 'linear',
    ...(frequencies && { frequencies }),
    linear: linearParts(design, residuals),
  })
  const covariance = applyVcov(vcov, table, scores)
  const k = design.terms.length
  return {
    kind: 'ols',
    spec,
    terms: design.terms,
    coefficients: multiply(design.basis!.transform, coefficients, k, k, 1),
    vcov: covariance,
    ...(options.scores === 'drop' ? {} : { scores }),
    sample: design.sample,
    logLikelihood: gaussianLogLikelihood(squares, rows, frequencies ? undefined : weights),
    convergence: { converged: true, iterations: 1, reason: 'closed form' },
    collinear: design.collinear,
    notes: [...design.notes, ...covariance.notes],
    detail: linearDetail(bound, outcome, squares, rows, degreesOfFreedom),
    levels: design.levels,
    seconds: { design: (ready - started) / 1000, fit: (performance.now() - ready) / 1000 },
  }
}

function refuseSlopes(design: Design): void {
  const effect = design.absorbed.find(({ slopes }) => slopes !== undefined)
  if (effect) throw new ReshoreError('UnsupportedError', `ols does not absorb slopes of \`${effect.name}\``, `Interact among the regressors: i(${effect.name}, x).`, 2)
}

/** The design with absorbed effects taken out of outcome and regressors, and without collinear columns. */
function withinDesign(bound: Design): { design: Design; outcome: Float64Array } {
  if (bound.absorbed.length === 0) return { design: dropCollinear(bound), outcome: bound.outcome! }
  const { design, outcome } = partialOut(bound, bound.absorbed)
  return { design: dropCollinear(design), outcome }
}

/** Coefficients of the working columns, residuals, and (X'WX)⁻¹. */
function leastSquares(design: Design, outcome: Float64Array): { coefficients: Float64Array; residuals: Float64Array; inverse: Float64Array } {
  const { basis, weights } = design
  const k = design.terms.length
  const factor = cholesky(weights ? weightedCross(basis!.packed, weights) : basis!.gram, k)
  if (!factor) throw new ReshoreError('SingularDesignError', 'the weighted regressors are collinear', 'Look for weights that are zero but for rounding, or drop a regressor.')
  const residualsAt = (at: Float64Array): Float64Array => {
    // The first column is the constant where there is one: taken off first, it cancels the level of the outcome exactly.
    const level = design.intercept === 'estimated' ? at[0]! : 0
    const slopes = at.slice()
    if (design.intercept === 'estimated') slopes[0] = 0
    const fitted = linearIndex(basis!.packed, slopes)
    return outcome.map((value, row) => value - level - fitted[row]!)
  }
  // Started at the mean, so that an outcome of 1e9 ± 1 keeps its digits.
  let coefficients: Float64Array = new Float64Array(k)
  if (design.intercept === 'estimated') coefficients[0] = outcome[0]! + sum(outcome.map((value) => value - outcome[0]!)) / outcome.length
  let residuals = residualsAt(coefficients)
  // The second and third pass are iterative refinement: they bring the residuals' own rounding, no more.
  for (let pass = 0; pass < 3; pass++) {
    const right = crossWith(basis!.packed, weights ? residuals.map((value, row) => value * weights[row]!) : residuals)
    const step = choleskySolve(factor, right)
    coefficients = coefficients.map((value, j) => value + step[j]!)
    residuals = residualsAt(coefficients)
  }
  return { coefficients, residuals, inverse: choleskyInverse(factor) }
}

/** Coefficients, plus the levels of the absorbed effects less one for each but the first. */
function countParameters(design: Design): number {
  return design.terms.length + (design.absorbed.length === 0 ? 0 : design.absorbed.reduce((total, { levels }) => total + levels, 0) - (design.absorbed.length - 1))
}

function linearParts(design: Design, residuals: Float64Array): ScoreData['linear'] {
  return { residuals, regressors: rowMajor(design.columns, design.rows), ...(design.weights && { weights: design.weights }) }
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)

function weightedSquares(values: Float64Array, weights: Float64Array | undefined): number {
  return values.reduce((total, value, row) => total + (weights ? weights[row]! : 1) * value * value, 0)
}

/** At the maximum-likelihood variance; with precision weights w the variance of row i is σ²/w_i, as in R. */
function gaussianLogLikelihood(squares: number, rows: number, weights: Float64Array | undefined): number {
  const logWeights = weights ? weights.reduce((total, weight) => total + Math.log(weight), 0) : 0
  return 0.5 * (logWeights - rows * (Math.log(2 * Math.PI * (squares / rows)) + 1))
}

function linearDetail(bound: Design, demeaned: Float64Array, squares: number, rows: number, degreesOfFreedom: number): LinearDetail {
  const { outcome, weights, absorbed } = bound
  const constant = bound.intercept !== 'none'
  const mean = constant ? outcome!.reduce((total, value, row) => total + (weights ? weights[row]! : 1) * value, 0) / (weights ? sum(weights) : bound.rows) : 0
  const total = weightedSquares(outcome!.map((value) => value - mean), weights)
  const rSquared = 1 - squares / total
  return {
    rSquared,
    adjustedRSquared: 1 - ((1 - rSquared) * (rows - (constant ? 1 : 0))) / degreesOfFreedom,
    ...(absorbed.length > 0 && { withinRSquared: 1 - squares / weightedSquares(demeaned, weights) }),
    sigma: Math.sqrt(squares / degreesOfFreedom),
    degreesOfFreedom,
  }
}
