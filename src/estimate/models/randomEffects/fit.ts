/**
 * Random-effects binary models, P(y_it = 1) = F(x_it'β + u_i), u_i ~ N(0, σ_u²): the five steps re-logit, re-probit and re-cloglog share. Newton's method
 * on (β, ln σ_u) in well-conditioned columns, from the pooled estimate.
 */
import { ReshoreError } from '../../../errors.js'
import { chiSquareUpperTail } from '../../../numerics/distributions.js'
import { choleskySolve, cholesky, invertPositive, multiply, sandwichProduct } from '../../../numerics/linearAlgebra.js'
import { maximise, type Evaluation, type Optimum } from '../../../numerics/newton.js'
import { gaussHermite } from '../../../numerics/quadrature.js'
import { bindSpec } from '../../design/bindSpec.js'
import { dropCollinear } from '../../design/dropCollinear.js'
import { dynamicPanel, type DynamicOptions } from '../../design/dynamicPanel.js'
import type { ArrowTable, Design, Fit, ModelSpec, Note, RandomEffectsDetail, ScoreData, SpecInput } from '../../records.js'
import { iid } from '../../vcov/heteroskedastic.js'
import { applyVcov } from '../../vcov/withVcov.js'
import { maximisePooled } from '../binaryModel.js'
import { cloglogLink } from '../cloglogLink.js'
import { logitLink, probitLink, type BinaryLink } from '../links.js'
import { binaryOutcome, modelSpec, requireConvergence, type ModelOptions } from '../options.js'
import { reportedFit } from '../reportedFit.js'
import type { LikelihoodSums, Posterior, RowScores } from './likelihood.js'
import type { Link } from './link.js'
import { panelObjective, type PanelObjective } from './objective.js'
import { groupRows, type GroupedRows } from './panelRows.js'

export interface RandomEffectsOptions extends ModelOptions {
  /** Column that names the panel unit; overrides `group` of the spec. */
  readonly group?: string
  /** Quadrature nodes, 1 to 100; default 12. One node is the Laplace approximation. */
  readonly nodes?: number
  /** 'on' (default): the coefficients are checked with twice the nodes. */
  readonly nodeCheck?: 'on' | 'off'
  /** Adds the lagged outcome, the initial condition and the means of time-varying regressors. */
  readonly dynamic?: DynamicOptions
  /** Threads that share the work, the caller among them; the numbers do not depend on it. Default: as many as the size is worth, up to the processors. */
  readonly threads?: number
}

/** σ_u below this is a model without random effects. */
const smallestSigma = 1e-3
/** Newton steps with the nodes held before the exact Hessian takes over; six are usual. */
const heldIterations = 15
/** Relative change of a coefficient under twice the nodes that is worth a note. */
const nodeTolerance = 1e-4
/** Change of ln σ_u under twice the nodes above which the quadrature has failed. */
const sigmaTolerance = 0.1
/** Variance of the idiosyncratic error. */
const errorVariance: Readonly<Record<Link, number>> = { logit: Math.PI ** 2 / 3, probit: 1, cloglog: Math.PI ** 2 / 6 }
const pooledLinks: Readonly<Record<Link, BinaryLink>> = { logit: logitLink, probit: probitLink, cloglog: cloglogLink }

/** The fit of a random-effects model with the given link. */
export function fitRandomEffects<K extends 're-logit' | 're-probit' | 're-cloglog'>(kind: K, link: Link, input: SpecInput, table: ArrowTable, options: RandomEffectsOptions): Fit<K> {
  const started = performance.now()
  const nodes = quadratureNodes(options)
  const vcov = options.vcov ?? iid()
  const plain = panelSpec(kind, input, options)
  const { spec, table: data, notes: added } = options.dynamic ? dynamicPanel(plain, table, options.dynamic) : { spec: plain, table, notes: [] }
  const design = dropCollinear(bindSpec(spec, data, { require: vcov.columns, outcome: 'binary' }))
  const grouped = groupRows(design)
  const designed = performance.now()

  const { pooled, optimum, final, rows, posterior, check } = estimate(kind, link, design, grouped, spec, options)
  const scores = scoreData(design, grouped, final, rows)
  const covariance = applyVcov(vcov, table, scores)
  const finished = performance.now()
  return {
    kind,
    spec,
    ...reportedFit(design, optimum.parameters.subarray(0, design.terms.length), covariance, scores, options),
    sample: { ...design.sample, groups: design.group!.levels },
    logLikelihood: optimum.evaluation.value,
    convergence: optimum.convergence,
    notes: [...added, ...design.notes, ...covariance.notes, ...(check?.notes ?? [])],
    // The three kinds share one detail record.
    detail: describe({ design, grouped, link, nodes, optimum, pooledLogLikelihood: pooled.evaluation.value, joint: covariance.joint!, posterior, nodeCheck: check?.record }) as Fit<K>['detail'],
    seconds: { design: (designed - started) / 1000, fit: (finished - designed) / 1000 },
  }
}

/** The maximum and what is read from the likelihood there; its threads live as long as this call. */
function estimate(kind: string, link: Link, design: Design, grouped: GroupedRows, spec: ModelSpec, options: RandomEffectsOptions) {
  const { nodes = 12, nodeCheck = 'on', threads } = options
  const outcome = binaryOutcome(design, spec)
  checkGroups(design, grouped, spec)
  // The second rule is the node check's. Threads start here and are there when the pooled estimate is made.
  const objective = panelObjective(grouped.panel, link, [gaussHermite(nodes), gaussHermite(Math.min(100, 2 * nodes))], { threads })
  try {
    const pooled = maximisePooled(kind, pooledLinks[link], design, outcome, spec)
    const optimum = solve(kind, link, objective, pooled.parameters)
    const final = evaluation(objective.evaluate(optimum.parameters, 'moving'))
    const [rows, posterior] = [objective.rows(), objective.posterior()]
    return { pooled, optimum, final, rows, posterior, check: nodeCheck === 'off' ? undefined : checkNodes(design, link, nodes, objective, optimum) }
  } finally {
    objective.close()
  }
}

/** One hundred at most; the check doubles them. */
function quadratureNodes({ nodes = 12 }: RandomEffectsOptions): number {
  if (Number.isInteger(nodes) && nodes >= 1 && nodes <= 100) return nodes
  throw new ReshoreError('OptionError', `${nodes} quadrature nodes`, 'Give a whole number from 1 to 100; 12 to 30 are usual.', 2)
}

function panelSpec(kind: string, input: SpecInput, options: RandomEffectsOptions): ModelSpec {
  const spec = modelSpec(input, options, { model: kind, offset: true })
  const group = options.group ?? spec.group
  if (group !== undefined) return { ...spec, group }
  throw new ReshoreError('MissingGroupError', `${kind} needs the column that names the panel unit`, 'Give --group COLUMN (or group in the spec).', 2)
}

/** σ_u is identified by groups of two rows or more. */
function checkGroups(design: Design, { panel }: GroupedRows, spec: ModelSpec): void {
  const sizes = panel.start.subarray(1).map((end, g) => end - panel.start[g]!)
  if (sizes.every((size) => size === 1)) {
    throw new ReshoreError('GroupError', `every group of \`${spec.group}\` has one row, so that a random effect cannot be told from the error`,
      'Check the group column, or use the pooled model.')
  }
  if (design.group!.levels < 2) {
    throw new ReshoreError('GroupError', `\`${spec.group}\` has one group only`, 'Check the group column: a random effect needs many groups.')
  }
  const changes = (g: number): boolean => {
    const outcomes = panel.outcome.subarray(panel.start[g]!, panel.start[g + 1]!)
    return outcomes.some((y) => y !== outcomes[0])
  }
  if (!Array.from({ length: design.group!.levels }, (_, g) => g).some(changes)) {
    throw new ReshoreError('GroupError', `the outcome never changes within a group of \`${spec.group}\`, so that \`sigma_u\` would be infinite`,
      'Estimate a model of the groups themselves: one row a group, pooled.')
  }
}

/** From the pooled estimate, scaled up for σ_u = 1. */
function solve(kind: string, link: Link, objective: PanelObjective, pooled: Float64Array): Optimum {
  const k = pooled.length
  const start = new Float64Array(k + 1)
  const blowUp = Math.sqrt(1 + 1 / errorVariance[link])
  pooled.forEach((value, j) => (start[j] = value * blowUp))
  // Steps with the nodes held cost a tenth; where the quadrature error is large they do not end at its maximum, and the exact Hessian takes over.
  const search = (hessian: 'held' | 'moving', from: Float64Array): Optimum =>
    maximise((parameters) => evaluation(objective.evaluate(parameters, hessian)), from, {
      maximumIterations: hessian === 'held' ? heldIterations : 100,
      inspect: ({ parameters }) => (parameters[k]! < Math.log(smallestSigma) ? 'boundary' : undefined),
    })
  const quick = search('held', start)
  const settled = quick.convergence.converged || quick.convergence.reason === 'boundary'
  const optimum = settled ? quick : search('moving', start)
  if (optimum.convergence.reason === 'boundary') {
    throw new ReshoreError('BoundaryError', 'the standard deviation of the random effect goes to zero: the data show no more likeness within groups than the regressors explain',
      `Use the pooled model (${kind.replace('re-', '')}) with standard errors clustered by group.`)
  }
  requireConvergence(kind, optimum.convergence)
  return optimum
}

function evaluation(sums: LikelihoodSums): Evaluation {
  const p = sums.gradient.length
  const information = new Float64Array(p * p)
  for (let j = 0; j < p; j++) for (let l = 0; l <= j; l++) information[j * p + l] = information[l * p + j] = -sums.hessian[j * p + l]!
  return { value: sums.value, gradient: sums.gradient, information }
}

/** Scores by row in the working columns, that of ln σ_u on the first row of its group; ln σ_u is the ancillary parameter. */
function scoreData(design: Design, { panel, order }: GroupedRows, evaluation: Evaluation, rows: RowScores): ScoreData {
  const { transform } = design.basis!
  const k = design.terms.length
  const p = k + 1
  const scores = new Float64Array(design.rows * p)
  for (let at = 0; at < order.length; at++) {
    const row = order[at]! * p
    for (let j = 0; j < k; j++) scores[row + j] = rows.index[at]! * panel.x[at * k + j]!
  }
  rows.logSigma.forEach((score, g) => (scores[order[panel.start[g]!]! * p + k] = score))
  const bread = invertPositive(evaluation.information, p)!
  const whole = new Float64Array(p * p)
  for (let j = 0; j < k; j++) whole.set(transform.subarray(j * k, (j + 1) * k), j * p)
  whole[p * p - 1] = 1
  return {
    scores,
    bread,
    transform: whole,
    rows: design.rows,
    parameters: p,
    ancillary: 1,
    unit: design.unit,
    absorbed: [],
    groups: design.group!,
    modelBased: sandwichProduct(whole, bread, p, p),
    family: 'random-effects',
  }
}

/** One Newton step with twice the nodes says how far the coefficients would move. */
function checkNodes(design: Design, link: Link, nodes: number, objective: PanelObjective, optimum: Optimum): { notes: Note[]; record: RandomEffectsDetail['nodeCheck'] } {
  const doubled = Math.min(100, 2 * nodes)
  const { gradient, information } = evaluation(objective.evaluate(optimum.parameters, 'held', 1))
  const factor = cholesky(information, gradient.length)
  const k = design.terms.length
  const step = factor ? choleskySolve(factor, gradient) : gradient.fill(Infinity)
  const toTerms = (parameters: Float64Array) => multiply(design.basis!.transform, parameters.subarray(0, k), k, k, 1)
  const change = toTerms(step)
  const coefficients = toTerms(optimum.parameters)
  const relative = Array.from(change, (value, j) => Math.abs(value) / Math.max(Math.abs(coefficients[j]!), 1e-12))
  const worst = relative.reduce((best, value, j) => (value > relative[best]! ? j : best), 0)
  const record = { nodes: doubled, worst: design.terms[worst]!, relativeChange: relative[worst]! }
  const text = `With ${doubled} instead of ${nodes} nodes \`${record.worst}\` would change by ${(100 * record.relativeChange).toPrecision(2)} % of itself, more than any other coefficient`
  if (Math.abs(step[k]!) > sigmaTolerance) {
    throw new ReshoreError('ConvergenceError', `re-${link} did not converge: with ${doubled} instead of ${nodes} nodes \`sigma_u\` would change by ${(100 * Math.abs(step[k]!)).toPrecision(2)} %, so that these are no estimates`,
      'Use more nodes; where that does not help, look for outcomes that hardly vary within groups.')
  }
  const notes: Note[] = record.relativeChange > nodeTolerance ? [{ kind: 'convergence', text: `${text}: use more nodes.` }] : []
  return { notes, record }
}

/** What the detail of a fit is made of. */
interface Solved {
  readonly design: Design
  readonly grouped: GroupedRows
  readonly link: Link
  readonly nodes: number
  readonly optimum: Optimum
  readonly pooledLogLikelihood: number
  /** Covariance of the coefficients and ln σ_u, (k + 1) × (k + 1). */
  readonly joint: Float64Array
  readonly posterior: Posterior
  readonly nodeCheck: RandomEffectsDetail['nodeCheck']
}

function describe({ design, grouped, link, nodes, optimum, pooledLogLikelihood, joint, posterior, nodeCheck }: Solved): RandomEffectsDetail {
  const { panel, order } = grouped
  const k = design.terms.length
  const sigma = Math.exp(optimum.parameters[k]!)
  const rho = sigma ** 2 / (sigma ** 2 + errorVariance[link])
  const logSigmaError = Math.sqrt(joint[(k + 1) ** 2 - 1]!)
  const statistic = Math.max(0, 2 * (optimum.evaluation.value - pooledLogLikelihood))
  const sizes = Array.from(panel.start.subarray(1), (end, g) => end - panel.start[g]!)
  return {
    link,
    nodes,
    sigma_u: sigma,
    sigma_u_stdError: sigma * logSigmaError,
    rho,
    // dρ/d ln σ = 2 ρ (1 − ρ)
    rho_stdError: 2 * rho * (1 - rho) * logSigmaError,
    boundaryTest: { statistic, pValue: statistic > 0 ? 0.5 * chiSquareUpperTail(statistic, 1) : 1, pooledLogLikelihood },
    ...(nodeCheck && { nodeCheck }),
    groupSize: { smallest: sizes.reduce((least, size) => Math.min(least, size), Infinity), mean: design.rows / sizes.length, largest: sizes.reduce((most, size) => Math.max(most, size), 0) },
    posterior: { row: Int32Array.from(sizes, (_, g) => design.unit[order[panel.start[g]!]!]!), mode: posterior.mode, scale: posterior.scale },
  }
}
