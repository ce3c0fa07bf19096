/**
 * Cox proportional hazards (Cox 1972) for start–stop rows (start, stop], strata, late entry, case weights, offsets and tied events
 * (Efron by default, or Breslow). Objective and derivatives: `cox/partialLikelihood.ts`. `iid` is the inverse information; `robust` and
 * `cluster` sum the score residuals (Lin and Wei 1989) without a small-sample factor, as `survival::coxph`.
 *
 * Checked against R survival on Rossi (weekly and time-varying), lung, heart, bladder, veteran, pbc, cgd and recidivism data and on
 * heavily tied yearly spells (fixtures/reference/survival), and against double loops over risk sets.
 */
import { ReshoreError } from '../../errors.js'
import { chiSquareUpperTail } from '../../numerics/distributions.js'
import { bindSpec } from '../design/bindSpec.js'
import { baselineHazard } from './cox/baselineHazard.js'
import type { ArrowTable, ChiSquaredTest, CollinearTerm, CoxDetail, Design, Fit, ModelSpec, Note, ScoreData, SpecInput, SurvivalColumns } from '../records.js'
import { iid } from '../vcov/heteroskedastic.js'
import { applyVcov } from '../vcov/withVcov.js'
import type { Ties } from './cox/coxData.js'
import { modelSpec, type ModelOptions } from './options.js'
import type { RiskSets } from './cox/riskSets.js'
import { scoreResiduals } from './cox/scoreResiduals.js'
import { solveCox, type CoxSolution } from './cox/solveCox.js'

export interface CoxOptions extends ModelOptions {
  /** How tied events share their time; default `efron`. */
  readonly ties?: Ties
  /** Newton steps before giving up; default 50. */
  readonly maxIterations?: number
}

/**
 * Cox model of a survival formula.
 *
 * Errors: `MissingColumnError`, `EmptySampleError`, `OutcomeError` (events that are not 0/1), `IntervalError` (stop not after start),
 * `NoEventsError`, `MonotoneLikelihoodError` (an infinite coefficient), `ConvergenceError`, `UnsupportedError` (effects to absorb, instruments,
 * frequency weights).
 *
 * @example
 * const fit = cox('surv(start, stop, returned) ~ exportShare + log(employees) + strata(industry)', spells, { vcov: cluster('firm') })
 */
export function cox(spec: SpecInput, table: ArrowTable, options: CoxOptions = {}): Fit<'cox'> {
  const began = performance.now()
  const vcov = options.vcov ?? iid()
  const parsed = coxSpec(spec, options)
  const { design, survival } = coxDesign(parsed, table, vcov.columns)
  const bound = performance.now()
  const solution = solveCox({ ...design, survival, ties: checkTies(options.ties), maxIterations: options.maxIterations })
  const scores = coxScores(design, solution)
  const covariance = applyVcov(vcov, table, scores)
  const { collinear, notes } = withoutInformation(design, solution)
  return {
    kind: 'cox', spec: parsed,
    terms: solution.kept.map((j) => design.terms[j]!),
    coefficients: solution.coefficients,
    vcov: covariance,
    ...(options.scores === 'drop' ? {} : { scores: { ...scores } }),
    sample: design.sample,
    logLikelihood: solution.logLikelihood,
    convergence: solution.convergence,
    collinear, notes: [...notes, ...conventions(design, survival, solution)],
    detail: coxDetail(solution, survival),
    levels: design.levels,
    seconds: { design: (bound - began) / 1000, fit: (performance.now() - bound) / 1000 },
  }
}

function coxSpec(input: SpecInput, options: CoxOptions): ModelSpec {
  if (options.weighting === 'frequency') {
    throw new ReshoreError('UnsupportedError', 'cox does not take frequency weights', 'Repeat the rows, or use weights as coxph does: a weight multiplies a row in every risk set.', 2)
  }
  return modelSpec(input, options, { model: 'cox', survival: true, offset: true, weights: true })
}

/** Design of a survival spec. Collinear columns are found by the information matrix, which sees more: what never varies within risk sets. */
export function coxDesign(spec: ModelSpec, table: ArrowTable, require: readonly string[]): { design: Design; survival: SurvivalColumns } {
  const design = bindSpec(spec, table, { intercept: 'implied', require })
  return { design, survival: design.survival! }
}

/** The treatment of ties, checked. */
export function checkTies(ties: Ties = 'efron'): Ties {
  if (ties === 'efron' || ties === 'breslow') return ties
  throw new ReshoreError('OptionError', `unknown treatment of ties \`${String(ties)}\``, 'Choose efron or breslow.', 2)
}

/** Score residuals are made when a covariance first asks for them: `iid` never does. */
function coxScores(design: Design, solution: CoxSolution): ScoreData {
  let scores: Float64Array | undefined
  return {
    get scores() {
      return scores ??= scoreResiduals(solution.data, solution.kernel, solution.tieWeights)
    },
    bread: solution.variance,
    modelBased: solution.variance,
    rows: design.rows,
    parameters: solution.kept.length,
    unit: design.unit,
    absorbed: [],
    family: 'survival',
  }
}

/** Terms that vary in the sample but not within risk sets, beside those the design had dropped. */
export function withoutInformation(design: Design, { unidentified }: CoxSolution): { collinear: CollinearTerm[]; notes: Note[] } {
  const found = unidentified.map(({ index, with: others }) => ({ term: design.terms[index]!, with: others.map((other) => design.terms[other.index]!) }))
  const notes = found.map(({ term, with: others }): Note => ({
    kind: 'collinear',
    text: others.length === 0 ? `\`${term}\` does not vary within any risk set and is left out.`
      : `\`${term}\` is collinear with ${others.map((other) => `\`${other}\``).join(', ')} within risk sets and is left out.`,
  }))
  return { collinear: [...design.collinear, ...found], notes: [...design.notes, ...notes] }
}

function conventions(design: Design, survival: SurvivalColumns, { data }: CoxSolution): Note[] {
  const notes: Note[] = []
  const tied = tiedEvents(data.risk)
  if (tied > 0) {
    notes.push({ kind: 'convention', text: `${tied} of ${data.risk.eventRows.length} events share their time with another: ${data.ties === 'efron' ? 'Efron' : 'Breslow'} approximation.` })
  }
  const idle = countIdle(data.risk.last)
  if (idle > 0) notes.push({ kind: 'sample', text: `${idle} of ${design.rows} rows are never at risk when an event happens; they do not move the estimates.` })
  const silent = survival.strataLevels.filter((_, s) => data.risk.offsets[s] === data.risk.offsets[s + 1])
  if (silent.length > 0) notes.push({ kind: 'sample', text: `${silent.length} of ${survival.strataLevels.length} strata have no event: ${silent.slice(0, 5).join('; ')}${silent.length > 5 ? '; …' : ''}.` })
  if (design.offset !== undefined) notes.push({ kind: 'convention', text: 'The baseline hazard is at covariates and offset zero.' })
  return notes
}

function countIdle(last: Int32Array): number {
  let idle = 0
  for (let i = 0; i < last.length; i++) if (last[i]! < 0) idle++
  return idle
}

function coxDetail(solution: CoxSolution, survival: SurvivalColumns): CoxDetail {
  const parameters = solution.kept.length
  const test = (statistic: number): ChiSquaredTest => ({ statistic, degreesOfFreedom: parameters, pValue: parameters === 0 ? 1 : chiSquareUpperTail(statistic, parameters) })
  return {
    ties: solution.data.ties,
    events: solution.data.risk.eventRows.length,
    tiedEvents: tiedEvents(solution.data.risk),
    strata: survival.strataLevels.length,
    nullLogLikelihood: solution.nullLogLikelihood,
    likelihoodRatioTest: test(2 * (solution.logLikelihood - solution.nullLogLikelihood)),
    scoreTest: test(solution.scoreTest),
    waldTest: test(waldStatistic(solution)),
    baseline: baselineHazard(solution, survival.strataLevels),
  }
}

function tiedEvents({ deaths }: RiskSets): number {
  return deaths.reduce((sum, count) => sum + (count > 1 ? count : 0), 0)
}

/** β̂'I(β̂)β̂. */
function waldStatistic({ coefficients, information }: CoxSolution): number {
  const p = coefficients.length
  let sum = 0
  for (let a = 0; a < p; a++) for (let b = 0; b < p; b++) sum += coefficients[a]! * information[a * p + b]! * coefficients[b]!
  return sum
}
