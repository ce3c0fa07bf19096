/**
 * Ordinary and weighted least squares, with effects absorbed after `|`: min Σ w_i (y_i − x_i'β)².
 * Normal equations on well-conditioned columns, refined on their residuals. Checked against R lm and pyfixest.
 */
import { choleskyInverse } from '../../numerics/linearAlgebra.js'
import { sum } from '../../numerics/sum.js'
import { weightedDot } from '../../numerics/weightedDot.js'
import type { EffectOptions } from '../design/absorption/singletons.js'
import { dropCollinear } from '../design/dropCollinear.js'
import type { ArrowTable, Design, Fit, ScoreData, SpecInput } from '../records.js'
import { iid } from '../vcov/heteroskedastic.js'
import { applyVcov } from '../vcov/withVcov.js'
import { absorbedParameters, bindWithin, linearDetail, normalEquations, project, residualFreedom, timesRows } from './linear/leastSquares.js'
import { modelSpec, rowFrequencies, type ModelOptions } from './options.js'
import { reportedFit } from './reportedFit.js'
import { rowMajor, scoreData, withLazy } from './scoreData.js'

/**
 * Fit by least squares. `sigma` and the covariance use n − K, where K counts coefficients and absorbed levels. Precision weights
 * are inverse to the variance of a row (as R's `lm`); frequencies count rows.
 *
 * @example
 * const fit = ols('lwage ~ exper + I(exper^2) + union | nr + year', wages, { vcov: cluster('nr') })
 */
export function ols(input: SpecInput, table: ArrowTable, options: ModelOptions & EffectOptions = {}): Fit<'ols'> {
  const started = performance.now()
  const vcov = options.vcov ?? iid()
  const spec = modelSpec(input, options, { model: 'ols', absorb: true, weights: true })
  const { bound, design: within, outcome } = bindWithin(spec, table, vcov.columns, options)
  const design = dropCollinear(within)
  const ready = performance.now()

  const equations = normalEquations(design)
  const { coefficients, residuals } = project(equations, outcome)
  const frequencies = rowFrequencies(design, spec, options)
  const rows = frequencies ? sum(frequencies) : design.rows
  const degreesOfFreedom = residualFreedom(rows, design.terms.length + absorbedParameters(design))
  const { weights } = design
  const squares = weightedDot(residuals, residuals, weights)
  const scores = scoreData({
    design,
    derivative: weights && !frequencies ? timesRows(residuals, weights) : residuals,
    inverseInformation: choleskyInverse(equations.factor),
    dispersion: squares / degreesOfFreedom,
    family: 'linear',
    ...(frequencies && { frequencies }),
    linear: linearParts(design, residuals),
    index: () => bound.outcome!.map((value, row) => value - residuals[row]!),
  })
  const covariance = applyVcov(vcov, table, scores)
  return {
    kind: 'ols',
    spec,
    ...reportedFit(design, coefficients, covariance, scores, options),
    logLikelihood: gaussianLogLikelihood(squares, rows, frequencies ? undefined : weights),
    convergence: { converged: true, iterations: 1, reason: 'closed form' },
    detail: linearDetail(bound, outcome, squares, rows, degreesOfFreedom),
    seconds: { design: (ready - started) / 1000, fit: (performance.now() - ready) / 1000 },
  }
}

function linearParts(design: Design, residuals: Float64Array): ScoreData['linear'] {
  return withLazy({ residuals, terms: design.terms, ...(design.weights && { weights: design.weights }) }, 'regressors', () => rowMajor(design.columns, design.rows))
}

/** At the maximum-likelihood variance; with precision weights w the variance of row i is σ²/w_i, as in R. */
function gaussianLogLikelihood(squares: number, rows: number, weights: Float64Array | undefined): number {
  const logWeights = weights ? weights.reduce((total, weight) => total + Math.log(weight), 0) : 0
  return 0.5 * (logWeights - rows * (Math.log(2 * Math.PI * (squares / rows)) + 1))
}
