/**
 * Average partial effects on the probability of binary models: derivatives for variables that vary by degrees, differences for 0/1
 * variables and for the levels of factors, averaged over rows (and over the random effect, where there is one).
 *
 * Two standard errors: `stdError` by the delta method with the covariates as they are (Stata's `margins`), and `stdErrorSampling`, which adds the
 * sampling of the covariates (Wooldridge 2010, 15.6), summed by the model's groups where it has them.
 *
 * Checked against closed forms, numerical derivatives and a published table in test/estimate/averageEffects.test.ts.
 */
import { makeVector, Table, vectorFromArray } from 'apache-arrow'
import { ReshoreError } from '../../errors.js'
import { columnKind, findColumn, readCodes, readNumbers } from '../design/columns.js'
import { columnsOf } from '../design/expressions.js'
import { bindNewData } from '../design/newData.js'
import type { ArrowTable, Fit, Term } from '../records.js'
import { responseOf, type Response, type ResponseAt } from './response.js'

export interface AverageEffect {
  readonly variable: string
  /** 'dP/dx', '1 - 0', or 'level - reference' of a factor. */
  readonly contrast: string
  readonly estimate: number
  /** Delta method, covariates fixed. */
  readonly stdError: number
  /** Delta method plus the sampling of covariates. */
  readonly stdErrorSampling: number
  readonly rows: number
}

/**
 * Returns the average partial effect of every variable of a fit on the rows of `table`. Throws `UnsupportedError` where the fit identifies
 * no probability (conditional logit, Cox, linear models).
 *
 * @param variables columns of the table; default: all that the formula reads but those in comparisons, which have no derivative
 * @example
 * const effects = averagePartialEffects(logit('inlf ~ educ + kidslt6', mroz), mroz)
 */
export function averagePartialEffects(fit: Fit, table: ArrowTable, variables?: readonly string[]): AverageEffect[] {
  const response = responseOf(fit)
  const known = [...new Set(fit.spec.regressors.flatMap(columnsOf))]
  const stranger = variables?.find((name) => !known.includes(name))
  if (stranger !== undefined) {
    throw new ReshoreError('MissingColumnError', `the fit does not read \`${stranger}\``, `Its variables are ${known.join(', ')}.`, 2)
  }
  const compared = new Set(fit.spec.regressors.flatMap(comparedColumns))
  const step = variables?.find((name) => compared.has(name))
  if (step !== undefined) throw new ReshoreError('UnsupportedError', `\`${step}\` enters through a comparison, which has no derivative`, 'Make the comparison a 0/1 column of its own.', 2)
  return (variables ?? known.filter((name) => !compared.has(name))).flatMap((name) => effectsOf(fit, response, table, name))
}

function comparedColumns(term: Term): string[] {
  if (term.kind === 'condition') return columnsOf(term)
  if (term.kind === 'arithmetic') return [...comparedColumns(term.left), ...comparedColumns(term.right)]
  return term.kind === 'call' || term.kind === 'interaction' ? (term.kind === 'call' ? term.arguments : term.of).flatMap(comparedColumns) : []
}

function effectsOf(fit: Fit, response: Response, table: ArrowTable, name: string): AverageEffect[] {
  const column = findColumn(table, name, 'a variable of the fit')
  const levels = fit.levels[name]
  if (levels) {
    const value = (level: string) => withLevel(table, name, level, columnKind(column))
    const { levels: present } = readCodes(column, name)
    return levels.slice(1).filter((level) => present.includes(level))
      .map((level) => contrast(fit, response, value(level), value(levels[0]!), { variable: name, contrast: `${level} - ${levels[0]}` }, 1))
  }
  const values = readNumbers(column, name)
  const filled = (change: (x: number) => number): ArrowTable => withNumbers(table, name, values.map(change))
  if (values.every((x) => x === 0 || x === 1 || Number.isNaN(x))) {
    const set = (to: number) => (x: number) => (Number.isNaN(x) ? x : to)
    return [contrast(fit, response, filled(set(1)), filled(set(0)), { variable: name, contrast: '1 - 0' }, 1)]
  }
  const step = 1e-4 * standardDeviation(values)
  return [contrast(fit, response, filled((x) => x + step), filled((x) => x - step), { variable: name, contrast: 'dP/dx' }, 2 * step)]
}

/** Mean of P(after) − P(before) over rows, divided by `width`, with both standard errors. */
function contrast(fit: Fit, response: Response, after: ArrowTable, before: ArrowTable, label: Pick<AverageEffect, 'variable' | 'contrast'>, width: number): AverageEffect {
  const [upper, lower] = [averageResponse(fit, response, after), averageResponse(fit, response, before)]
  const each = upper.each.map((value, i) => (value - lower.each[i]!) / width)
  const gradient = upper.gradient.map((value, j) => (value - lower.gradient[j]!) / width)
  const rows = each.length
  const estimate = each.reduce((sum, value) => sum + value, 0) / rows
  const fixed = quadraticForm(fit.vcov.joint ?? fit.vcov.matrix, gradient)
  const sampled = samplingVariance(fit, upper.rows, each, estimate)
  return { ...label, estimate, stdError: Math.sqrt(fixed), stdErrorSampling: Math.sqrt(fixed + sampled), rows }
}

export interface AverageResponse {
  /** P by row, and the rows of the table they belong to. */
  readonly each: Float64Array
  readonly rows: Int32Array
  /** ∂ mean P / ∂(β, ancillary). */
  readonly gradient: Float64Array
}

/** Returns P(y = 1) on every row of a table where nothing is missing, and the gradient of its mean. */
export function averageResponse(fit: Fit, response: Response, table: ArrowTable): AverageResponse {
  const { columns, offset, rows } = bindNewData(fit, table)
  const k = columns.length
  const gradient = new Float64Array(k + (fit.vcov.joint ? 1 : 0))
  const each = new Float64Array(rows.length)
  const at: ResponseAt = { probability: 0, slope: 0, curvature: 0, bySigma: 0, slopeBySigma: 0 }
  for (let i = 0; i < rows.length; i++) {
    let index = offset ? offset[i]! : 0
    for (let j = 0; j < k; j++) index += columns[j]![i]! * fit.coefficients[j]!
    response(index, at)
    each[i] = at.probability
    for (let j = 0; j < k; j++) gradient[j]! += (at.slope * columns[j]![i]!) / rows.length
    if (k < gradient.length) gradient[k]! += at.bySigma / rows.length
  }
  return { each, rows, gradient }
}

/** Variance of a mean over sampled rows, by the groups of the model where it has them. */
function samplingVariance(fit: Fit, rows: Int32Array, each: Float64Array, mean: number): number {
  const sums = new Map<number, number>()
  const groups = fit.scores?.groups
  const position = groups && new Map(Array.from(fit.scores!.unit, (row, i) => [row, groups.codes[i]!]))
  each.forEach((value, i) => {
    const key = position?.get(rows[i]!) ?? -1 - i
    sums.set(key, (sums.get(key) ?? 0) + value - mean)
  })
  return [...sums.values()].reduce((sum, value) => sum + value * value, 0) / each.length ** 2
}

/** g' V g. */
export function quadraticForm(matrix: Float64Array, gradient: Float64Array): number {
  const p = gradient.length
  let sum = 0
  for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) sum += gradient[i]! * matrix[i * p + j]! * gradient[j]!
  return Math.max(0, sum)
}

/** The table with one numeric column replaced. */
export function withNumbers(table: ArrowTable, name: string, values: Float64Array): ArrowTable {
  return table.assign(new Table({ [name]: makeVector(values) })) as ArrowTable
}

/** The table with one column set to a level throughout. */
function withLevel(table: ArrowTable, name: string, level: string, kind: 'number' | 'boolean' | 'text'): ArrowTable {
  if (kind === 'number') return withNumbers(table, name, new Float64Array(table.numRows).fill(Number(level)))
  const cells = new Array<string | boolean>(table.numRows).fill(kind === 'boolean' ? level === 'true' : level)
  return table.assign(new Table({ [name]: vectorFromArray(cells) })) as ArrowTable
}

function standardDeviation(values: Float64Array): number {
  const known = values.filter((x) => !Number.isNaN(x))
  const mean = known.reduce((sum, x) => sum + x, 0) / known.length
  return Math.sqrt(known.reduce((sum, x) => sum + (x - mean) ** 2, 0) / known.length)
}
