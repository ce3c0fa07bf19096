/** Predictions of a fit on a table, with delta-method standard errors. */
import { ReshoreError } from '../../errors.js'
import { bindNewData } from '../design/newData.js'
import { logitLink, probitLink } from '../models/links.js'
import type { ArrowTable, DroppedRows, Fit } from '../records.js'

export interface PredictOptions {
  /** 'response' (default): the expected outcome, a probability in binary models; 'link': the index x'β, offset included. */
  readonly type?: 'response' | 'link'
  /** Whether to compute standard errors (delta method); default false. */
  readonly stdErrors?: boolean
}

export interface Prediction {
  /** Rows of the table predicted; rows with missing regressors are not among them. */
  readonly rows: Int32Array
  readonly values: Float64Array
  readonly stdErrors?: Float64Array
  readonly dropped: readonly DroppedRows[]
}

interface InverseLink {
  readonly value: (index: number) => number
  readonly slope: (index: number) => number
}

const identity: InverseLink = { value: (index) => index, slope: () => 1 }

/** Expected outcome at index η, by kind of fit; kinds that are not here have no response without their effects. */
const inverseLinks: Partial<Record<Fit['kind'], InverseLink>> = {
  ols: identity,
  iv: identity,
  ppml: { value: Math.exp, slope: Math.exp },
  logit: { value: logitLink.probability, slope: logitLink.density },
  probit: { value: probitLink.probability, slope: probitLink.density },
  cloglog: { value: (index) => -Math.expm1(-Math.exp(index)), slope: (index) => Math.exp(index - Math.exp(index)) },
}

/**
 * Predictions for the rows of `table` on which every regressor is known; the table may be new. Levels the estimation has not seen are an
 * `UnseenLevelError`, and models whose effects were absorbed or conditioned out predict the index only.
 *
 * @example
 * const { rows, values } = predict(fit, newFirms, { type: 'response' })
 */
export function predict(fit: Fit, table: ArrowTable, options: PredictOptions = {}): Prediction {
  const { type = 'response' } = options
  const link = type === 'link' ? identity : responseOf(fit)
  const { columns, offset, rows, dropped } = bindNewData(fit, table)
  const index = offset ? offset.slice() : new Float64Array(rows.length)
  columns.forEach((column, j) => {
    for (let row = 0; row < index.length; row++) index[row]! += fit.coefficients[j]! * column[row]!
  })
  return {
    rows,
    values: index.map(link.value),
    ...(options.stdErrors && { stdErrors: deltaErrors(fit, columns, index, link) }),
    dropped,
  }
}

function responseOf(fit: Fit): InverseLink {
  const link = fit.spec.absorb.length > 0 ? undefined : inverseLinks[fit.kind]
  if (link) return link
  throw new ReshoreError('UnsupportedError', `a ${fit.kind} fit${fit.spec.absorb.length > 0 ? ' with absorbed effects' : ''} does not know the level of the outcome`,
    "Its effects are not estimated: predict with type: 'link' for differences of the index.", 2)
}

function deltaErrors(fit: Fit, columns: readonly Float64Array[], index: Float64Array, link: InverseLink): Float64Array {
  const k = fit.terms.length
  const { matrix } = fit.vcov
  return index.map((eta, row) => {
    let variance = 0
    for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) variance += columns[i]![row]! * matrix[i * k + j]! * columns[j]![row]!
    return Math.abs(link.slope(eta)) * Math.sqrt(Math.max(0, variance))
  })
}
