/**
 * Score test of proportional hazards, as `survival::cox.zph` since version 3: the coefficient of x·g(t) is tested at zero with
 * the exact information of the extended model, not the older approximation by a constant variance.
 *
 * With I_t the information of event time t and u_t = Σ_deaths w (x − x̄): U = Σ g u_t, V = Σ g²I_t − (Σ gI_t)(Σ I_t)⁻¹(Σ gI_t), and the
 * statistic of a set of columns is U'V⁻¹U on those columns. g is centred at its mean over events.
 */
import { ReshoreError } from '../../../errors.js'
import { chiSquareUpperTail } from '../../../numerics/distributions.js'
import { derivatives, type TieWeights } from '../../models/cox/partialLikelihood.js'
import { positiveInverse, submatrix } from '../../models/cox/information.js'
import { riskMeans } from '../../models/cox/scoreResiduals.js'
import type { CoxState } from '../../models/cox/solveCox.js'
import type { ArrowTable, ChiSquaredTest, Fit } from '../../records.js'
import { coxState } from './coxState.js'
import { timeTransform, type TimeTransform } from './timeTransform.js'

const timeTransforms = ['km', 'rank', 'identity', 'log'] as const

/** U'V⁻¹U with its degrees of freedom, for the columns of one term, or of all terms. */
export interface ScoreStatistic {
  readonly statistic: number
  readonly degreesOfFreedom: number
}

/** Test of one term (all columns of a factor together), or of all (`GLOBAL`), as `cox.zph` names it. */
export interface ProportionalityTest extends ChiSquaredTest {
  readonly term: string
}

export interface ProportionalityOptions {
  /** Function of time the coefficients may follow; default `km`. */
  readonly transform?: TimeTransform
  /** One test per term of the formula (default), or per column of the design. */
  readonly by?: 'term' | 'column'
}

/**
 * Score tests of proportional hazards for every term of a fit and for all together (last).
 *
 * @param table the table the fit was estimated on.
 * @example const tests = proportionalHazards(fit, spells, { transform: 'rank' })
 */
export function proportionalHazards(fit: Fit<'cox'>, table: ArrowTable, { transform = 'km', by = 'term' }: ProportionalityOptions = {}): ProportionalityTest[] {
  if (!timeTransforms.includes(transform)) {
    throw new ReshoreError('OptionError', `unknown function of time \`${transform}\``, `Choose ${timeTransforms.join(', ')}.`, 2)
  }
  if (fit.terms.length === 0) return []
  const state = coxState(fit, table)
  const sets = new Map<string, number[]>()
  fit.terms.forEach((term, j) => {
    const name = by === 'term' ? formulaTerm(term) : term
    sets.set(name, [...(sets.get(name) ?? []), j])
  })
  const g = timeTransform(transform, state.survival, state.data.risk)
  const names = [...sets.keys(), 'GLOBAL']
  return proportionalityTests(state, g, [...sets.values()]).map(({ statistic, degreesOfFreedom }, position) => ({
    term: names[position]!, statistic, degreesOfFreedom, pValue: chiSquareUpperTail(statistic, degreesOfFreedom),
  }))
}

/** `celltype::large` belongs to `celltype`, `year::2006:x` to `year:x`. */
function formulaTerm(column: string): string {
  return column.replace(/::[^:]+/g, '')
}

/**
 * Tests of each set of columns, and of all columns together (the last element).
 *
 * @param transformed g at each event time of the state's risk sets.
 */
function proportionalityTests(state: CoxState, transformed: Float64Array, sets: readonly (readonly number[])[]): ScoreStatistic[] {
  const { data, kernel, tieWeights } = state
  const p = data.parameters
  const g = centredOverEvents(transformed, data.risk.deaths)
  const weighted = (power: number) => derivatives(data, kernel, scaledTies(tieWeights, g.map((value) => value ** power))).information
  const [plain, first, second] = [weighted(0), weighted(1), weighted(2)]
  const projection = positiveInverse(plain, p)
  const variance = second.map((value, e) => {
    const [a, b] = [Math.min(Math.floor(e / p), e % p), Math.max(Math.floor(e / p), e % p)]
    let explained = 0
    for (let c = 0; c < p; c++) for (let d = 0; d < p; d++) explained += first[a * p + c]! * projection[c * p + d]! * first[b * p + d]!
    return value - explained
  })
  const score = weightedScore(state, g)
  return [...sets, Array.from({ length: p }, (_, j) => j)].map((set) => {
    const u = Float64Array.from(set, (j) => score[j]!)
    const precision = positiveInverse(submatrix(variance, p, set), set.length)
    return { statistic: quadraticForm(precision, u), degreesOfFreedom: set.length }
  })
}

function quadraticForm(matrix: Float64Array, u: Float64Array): number {
  const k = u.length
  let sum = 0
  for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) sum += u[a]! * matrix[a * k + b]! * u[b]!
  return sum
}

/** Σ_t g(t) Σ_deaths w (x − x̄(t)). */
function weightedScore({ data, kernel, tieWeights }: CoxState, g: Float64Array): Float64Array {
  const { parameters: p, stride, packed, risk, weights } = data
  const means = riskMeans(data, kernel.riskSums, tieWeights).death
  const score = new Float64Array(p)
  for (const i of risk.eventRows) {
    const k = risk.last[i]!
    for (let j = 0; j < p; j++) score[j]! += g[k]! * (weights?.[i] ?? 1) * (packed[i * stride + j]! - means[k * p + j]!)
  }
  return score
}

function scaledTies(ties: TieWeights, factor: Float64Array): TieWeights {
  const scaled = (values: Float64Array) => values.map((value, k) => value * factor[k]!)
  return {
    hazard: scaled(ties.hazard), deathHazard: scaled(ties.deathHazard),
    second: scaled(ties.second), secondCross: scaled(ties.secondCross), secondDeaths: scaled(ties.secondDeaths),
  }
}

function centredOverEvents(values: Float64Array, deaths: Int32Array): Float64Array {
  let [total, events] = [0, 0]
  values.forEach((value, k) => {
    total += value * deaths[k]!
    events += deaths[k]!
  })
  return values.map((value) => value - total / events)
}
