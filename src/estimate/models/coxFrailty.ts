/**
 * Cox model with a gamma frailty shared by the rows of a group, hazard z_g λ₀(t) e^{x'β}, E z = 1, Var z = θ. `cox/gammaFrailty.ts` has the
 * penalised likelihood, the marginal likelihood that chooses θ, and what both are checked against.
 */
import { ReshoreError } from '../../errors.js'
import { chiSquareUpperTail } from '../../numerics/distributions.js'
import type { ArrowTable, CoxFrailtyDetail, Design, Fit, ModelSpec, SpecInput, Vcov } from '../records.js'
import { checkTies, coxDesign, withoutInformation, type CoxOptions } from './cox.js'
import { frailtyProblem, maximiseFrailty, type FrailtyMaximum } from './cox/gammaFrailty.js'
import type { CoxSolution } from './cox/solveCox.js'
import { modelSpec } from './options.js'

export interface CoxFrailtyOptions extends CoxOptions {
  /** Column of the groups that share a frailty; overrides `group` of the spec. */
  readonly group?: string
}

/**
 * Fit of a shared gamma frailty model; `detail.theta` is the variance of the frailty, `logLikelihood` the marginal one. Standard errors
 * hold θ at its estimate, as R. Throws as `cox` does, `MissingGroupError`, `GroupError`, and `BoundaryError` where θ goes to zero.
 *
 * @example
 * const fit = coxFrailty('surv(start, stop, returned) ~ exportShare', spells, { group: 'firm' })
 */
export function coxFrailty(input: SpecInput, table: ArrowTable, options: CoxFrailtyOptions = {}): Fit<'cox-frailty'> {
  const began = performance.now()
  const spec = frailtySpec(input, options)
  const { design, survival } = coxDesign(spec, table, [])
  const group = checkGroups(design, spec)
  const bound = performance.now()
  const { problem, cox } = frailtyProblem({ ...design, survival, ties: checkTies(options.ties), maxIterations: options.maxIterations, groups: group })
  const maximum = maximiseFrailty(problem, cox)
  if (maximum === undefined) {
    throw new ReshoreError('BoundaryError', `the variance of the frailty of \`${spec.group}\` goes to zero: the data show no more likeness within groups than the regressors explain`,
      `Use cox with --cluster ${spec.group}.`)
  }
  const { fit } = maximum
  return {
    kind: 'cox-frailty', spec,
    terms: cox.kept.map((j) => design.terms[j]!),
    coefficients: fit.coefficients,
    vcov: conditionalVcov(fit.variance),
    sample: { ...design.sample, groups: group.levels },
    logLikelihood: fit.marginalLogLikelihood,
    convergence: { converged: true, iterations: fit.iterations, reason: 'step' },
    ...withoutInformation(design, cox),
    detail: frailtyDetail(design, group.codes, cox, maximum),
    levels: design.levels,
    seconds: { design: (bound - began) / 1000, fit: (performance.now() - bound) / 1000 },
  }
}

function frailtySpec(input: SpecInput, options: CoxFrailtyOptions): ModelSpec {
  const refuse = (message: string, remedy: string): never => {
    throw new ReshoreError('UnsupportedError', message, remedy, 2)
  }
  if (options.vcov !== undefined && options.vcov.label !== 'iid') refuse(`cox-frailty has no ${options.vcov.label} covariance`, 'The frailty is the dependence within groups: leave the option out, or use cox with --cluster.')
  const spec = modelSpec(input, options, { model: 'cox-frailty', survival: true, offset: true })
  const group = options.group ?? spec.group
  if (group !== undefined) return { ...spec, group }
  throw new ReshoreError('MissingGroupError', 'cox-frailty needs the column of the groups that share a frailty', 'Give --group COLUMN (or group in the spec).', 2)
}

function checkGroups({ group, rows }: Design, spec: ModelSpec): { codes: Int32Array; levels: number } {
  const { codes, levels } = group!
  if (levels < 2) throw new ReshoreError('GroupError', `\`${spec.group}\` has one group only`, 'Check the group column: a frailty needs many groups.')
  if (levels === rows) {
    throw new ReshoreError('GroupError', `every group of \`${spec.group}\` has one row, so that nothing is shared`, 'Check the group column, or use cox.')
  }
  return { codes, levels }
}

function conditionalVcov(matrix: Float64Array): Vcov {
  return {
    matrix, label: 'iid', degreesOfFreedom: Number.POSITIVE_INFINITY,
    notes: [{ kind: 'convention', text: 'Standard errors hold the frailty variance at its estimate and leave out second derivatives between groups, as R survival.' }],
  }
}

function frailtyDetail(design: Design, codes: Int32Array, cox: CoxSolution, { fit, boundaryStatistic, thetaStdError }: FrailtyMaximum): CoxFrailtyDetail {
  const row = new Int32Array(fit.frailties.length)
  for (let i = codes.length - 1; i >= 0; i--) row[codes[i]!] = design.unit[i]!
  return {
    ties: cox.data.ties,
    events: cox.data.risk.eventRows.length,
    theta: fit.theta,
    ...(thetaStdError === undefined ? {} : { theta_stdError: thetaStdError }),
    partialLogLikelihood: fit.partialLogLikelihood,
    boundaryTest: { statistic: boundaryStatistic, pValue: 0.5 * chiSquareUpperTail(boundaryStatistic, 1), coxLogLikelihood: cox.logLikelihood },
    frailties: { row, value: fit.frailties.map(Math.exp) },
  }
}
