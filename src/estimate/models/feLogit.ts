/**
 * Fixed-effects (conditional) logit of Chamberlain (1980): the effects of the groups are conditioned out, groups whose outcome never
 * changes are dropped and counted. Exact likelihood. Checked against R survival::clogit and brute force.
 */
import { ReshoreError } from '../../errors.js'
import { blockRows, crossWith, linearIndex } from '../../numerics/crossProducts.js'
import { invertPositive, mirrorLower } from '../../numerics/linearAlgebra.js'
import { maximise, type Objective, type Optimum } from '../../numerics/newton.js'
import { partialOut } from '../design/absorb.js'
import { bindSpec } from '../design/bindSpec.js'
import { dropCollinear } from '../design/dropCollinear.js'
import { keepRows } from '../design/keepRows.js'
import type { ArrowTable, Design, Fit, ModelSpec, Note, SpecInput } from '../records.js'
import { iid } from '../vcov/heteroskedastic.js'
import { applyVcov } from '../vcov/withVcov.js'
import { conditionalProbabilities, groupRows, logChoices, momentAdder, type GroupedRows } from './conditionalLikelihood.js'
import { binaryOutcome, modelSpec, requireConvergence, type ModelOptions } from './options.js'
import { reportedFit } from './reportedFit.js'
import { scoreData } from './scoreData.js'
import { groupMovements, isSeparating, separatingTerms, separationError, describeSeparation } from './separation.js'

export interface FeLogitOptions extends ModelOptions {
  /** Column of the groups, where the formula does not absorb them: `y ~ x | firm`. */
  readonly group?: string
  /** 'error' (default), or 'drop' the rows whose outcome a regressor determines within their group. */
  readonly separation?: 'error' | 'drop'
}

/**
 * Fit of a conditional logit. `robust` and clusters treat a group as one draw. Throws as `logit` does, and `GroupError` where no group is
 * named or none varies.
 *
 * @example
 * const fit = feLogit('union ~ married + exper | nr', wages)
 */
export function feLogit(input: SpecInput, table: ArrowTable, options: FeLogitOptions = {}): Fit<'fe-logit'> {
  const started = performance.now()
  const vcov = options.vcov ?? iid()
  const spec = groupedSpec(modelSpec(input, options, { model: 'fe-logit', absorb: true, offset: true }), options.group)
  const bound = bindSpec(spec, table, { intercept: 'implied', require: vcov.columns, outcome: 'binary' })
  binaryOutcome(bound, spec)
  const sample = changingGroups(bound)
  const designed = performance.now()

  const { design, rows, optimum } = solveWithoutSeparation(spec, sample, options)
  const k = design.terms.length
  const index = withOffset(linearIndex(design.basis!.packed, optimum.parameters), design.offset)
  const group = design.absorbed[0]!
  const scores = {
    ...scoreData({ design, derivative: residuals(design, rows, index), inverseInformation: invertPositive(optimum.evaluation.information, k)!, family: 'conditional' }),
    absorbed: [],
    groups: group,
  }
  const covariance = applyVcov(vcov, table, scores)
  return {
    kind: 'fe-logit',
    spec,
    ...reportedFit(design, optimum.parameters, covariance, scores, options),
    sample: { ...design.sample, groups: group.levels },
    logLikelihood: optimum.evaluation.value,
    convergence: optimum.convergence,
    detail: { groups: group.levels, nullLogLikelihood: nullValue(design, rows) },
    seconds: { design: (designed - started) / 1000, fit: (performance.now() - designed) / 1000 },
  }
}

/** The spec with its groups as the one absorbed effect. */
function groupedSpec(spec: ModelSpec, option: string | undefined): ModelSpec {
  const named = option ?? spec.group
  const absorb = named === undefined ? spec.absorb : [{ columns: [named] }, ...spec.absorb]
  if (absorb.length === 1 && absorb[0]!.slopes === undefined) return { ...spec, absorb }
  throw new ReshoreError('GroupError', absorb.length === 0 ? 'fe-logit needs its groups' : 'fe-logit conditions on one grouping without slopes',
    'Write y ~ x | firm, or name the column with --group firm; effects of a few levels are regressors, i(year).', 2)
}

/** The design on the groups whose outcome changes. */
function changingGroups(bound: Design): Design {
  const { codes, levels, name } = bound.absorbed[0]!
  const ones = new Int32Array(levels)
  const sizes = new Int32Array(levels)
  codes.forEach((code, row) => {
    sizes[code]!++
    ones[code]! += bound.outcome![row]!
  })
  const changes = (code: number): boolean => ones[code]! > 0 && ones[code]! < sizes[code]!
  const unchanged = sizes.reduce((count, _, code) => count + (changes(code) ? 0 : 1), 0)
  if (unchanged === levels) {
    throw new ReshoreError('GroupError', `the outcome changes in none of the ${levels} groups of \`${name}\``, 'A conditional logit needs groups with both outcomes: use logit, or coarser groups.')
  }
  if (unchanged === 0) return bound
  const kept = keepRows(bound, Uint8Array.from(codes, (code) => (changes(code) ? 1 : 0)), `in groups of \`${name}\` whose outcome never changes`)
  const note: Note = { kind: 'sample', text: `${unchanged} of ${levels} groups of \`${name}\` left out (${bound.rows - kept.rows} rows): their outcome never changes.` }
  return { ...kept, notes: [...kept.notes, note] }
}

interface Solution {
  readonly design: Design
  readonly rows: GroupedRows
  readonly optimum: Optimum
}

function solveWithoutSeparation(spec: ModelSpec, sample: Design, options: FeLogitOptions): Solution {
  for (let current = sample; ;) {
    const group = current.absorbed[0]!
    // A shift of a regressor within a group changes no conditional probability, so regressors enter as deviations from their group.
    const design = dropCollinear(partialOut(current, [group]).design)
    const rows = groupRows(group.codes, group.levels)
    const movements = (moved: Float64Array) => groupMovements(moved, design.outcome!, rows)
    const optimum = maximise(conditionalObjective(design, rows), new Float64Array(design.terms.length), {
      inspect: (state) => (isSeparating(state, design, movements) ? 'separation' : undefined),
    })
    if (optimum.convergence.reason !== 'separation') {
      requireConvergence('fe-logit', optimum.convergence)
      return { design, rows, optimum }
    }
    const separation = describeSeparation(design, optimum.step, movements)
    if (options.separation !== 'drop' || separation.count === design.rows) throw separationError(separation, design, spec)
    const thinned = keepRows(current, separation.rows.map((flag) => 1 - flag), `determined within their group by ${separatingTerms(separation)}`)
    current = changingGroups(thinned)
  }
}

function withOffset(index: Float64Array, offset: Float64Array | undefined): Float64Array {
  return offset ? index.map((value, row) => value + offset[row]!) : index
}

/** Value, gradient and information over groups, in the working columns. */
function conditionalObjective(design: Design, grouped: GroupedRows): Objective {
  const { packed } = design.basis!
  const k = packed.columns
  const { start, order } = grouped
  const regressors = sortedRegressors(design, order)
  const successes = groupSuccesses(design.outcome!, grouped)
  const observed = crossWith(packed, design.outcome!)
  const addMoments = momentAdder(k, start.reduce((largest, from, g) => Math.max(largest, (start[g + 1] ?? from) - from), 0))
  const sorted = new Float64Array(order.length)
  return (parameters) => {
    const index = withOffset(linearIndex(packed, parameters), design.offset)
    const mean = new Float64Array(k)
    const information = new Float64Array(k * k)
    let value = 0
    for (let position = 0; position < sorted.length; position++) {
      sorted[position] = index[order[position]!]!
      if (design.outcome![order[position]!] === 1) value += sorted[position]!
    }
    for (let g = 0; g < successes.length; g++) value -= addMoments(sorted, regressors, start[g]!, start[g + 1]!, successes[g]!, mean, information)
    return { value, gradient: observed.map((sum, j) => sum - mean[j]!), information: mirrorLower(information, k) }
  }
}

function groupSuccesses(outcome: Float64Array, { start, order }: GroupedRows): Int32Array {
  const successes = new Int32Array(start.length - 1)
  for (let g = 0; g < successes.length; g++) for (let position = start[g]!; position < start[g + 1]!; position++) successes[g]! += outcome[order[position]!]!
  return successes
}

/** Working columns row-major, rows sorted by group. */
function sortedRegressors(design: Design, order: Int32Array): Float64Array {
  const { packed } = design.basis!
  const k = packed.columns
  const sorted = new Float64Array(order.length * k)
  for (let position = 0; position < order.length; position++) {
    const row = order[position]!
    const base = Math.floor(row / blockRows) * k * blockRows + (row % blockRows)
    for (let j = 0; j < k; j++) sorted[position * k + j] = packed.data[base + j * blockRows]!
  }
  return sorted
}

/** y − P(y = 1 | the group's successes), row by row: their products with the regressors sum to the group's score. */
function residuals(design: Design, { start, order }: GroupedRows, index: Float64Array): Float64Array {
  const result = new Float64Array(design.rows)
  for (let g = 0; g + 1 < start.length; g++) {
    const rows = order.subarray(start[g]!, start[g + 1]!)
    const successes = rows.reduce((count, row) => count + design.outcome![row]!, 0)
    const probabilities = conditionalProbabilities(Float64Array.from(rows, (row) => index[row]!), successes)
    rows.forEach((row, t) => (result[row] = design.outcome![row]! - probabilities[t]!))
  }
  return result
}

/** Log-likelihood at β = 0; with an offset, of the offset alone. */
function nullValue(design: Design, grouped: GroupedRows): number {
  const { start, order } = grouped
  const successes = groupSuccesses(design.outcome!, grouped)
  if (!design.offset) return -successes.reduce((sum, chosen, g) => sum + logChoices(start[g + 1]! - start[g]!, chosen), 0)
  const offset = Float64Array.from(order, (row) => design.offset![row]!)
  const addMoments = momentAdder(0, order.length)
  const none = new Float64Array(0)
  const observed = order.reduce((sum, row) => sum + design.outcome![row]! * design.offset![row]!, 0)
  return successes.reduce((value, chosen, g) => value - addMoments(offset, none, start[g]!, start[g + 1]!, chosen, none, none), observed)
}
