/**
 * Linear combinations of coefficients, as texts over the terms of a fit: `rta + rta_lag4`, `2*x1 - x2 = 1`. Stata's `lincom` and `test`,
 * R's `linearHypothesis`. Checked against the covariance by hand and a published total effect.
 */
import { ReshoreError } from '../../errors.js'
import { tQuantile, tTwoSided } from '../../numerics/distributions.js'
import type { Fit, TestResult, TidyRow } from '../records.js'
import { quadraticForm } from './averageEffects.js'
import { waldTest, type LinearHypothesis } from './tests.js'

export interface Combinations {
  /** One row a text, which is its `term`: Σ weight × coefficient less what stands after `=`. */
  readonly rows: readonly TidyRow[]
  /** All of them zero, where there are several. */
  readonly joint?: TestResult
}

/**
 * Returns combinations of coefficients with their standard errors and intervals under the fit's covariance, and the Wald test that all of them
 * are zero. Throws a `HypothesisError` that names what is no term of the fit.
 *
 * @param level coverage of the intervals, in (0, 1)
 * @example
 * const { rows } = linearCombinations(fit, ['rta + rta_lag4 + rta_lag8'])
 */
export function linearCombinations(fit: Fit, texts: readonly string[], level = 0.95): Combinations {
  const hypotheses = texts.map((text) => readHypothesis(text, fit.terms))
  const rows = hypotheses.map((hypothesis, row) => combine(fit, texts[row]!, hypothesis, level))
  return { rows, ...(texts.length > 1 && { joint: waldTest(fit, hypotheses) }) }
}

function combine(fit: Fit, text: string, { weights, value = 0 }: LinearHypothesis, level: number): TidyRow {
  const gradient = Float64Array.from(fit.terms, (term) => weights[term] ?? 0)
  const estimate = gradient.reduce((sum, weight, j) => sum + weight * fit.coefficients[j]!, -value)
  const stdError = Math.sqrt(quadraticForm(fit.vcov.matrix, gradient))
  if (stdError === 0) throw new ReshoreError('HypothesisError', `\`${text}\` has no variance under the covariance ${fit.vcov.label}`, 'Its terms cancel: there is nothing to test.', 2)
  const df = fit.vcov.degreesOfFreedom
  const reach = tQuantile(0.5 + level / 2, df) * stdError
  return { term: text, estimate, stdError, statistic: estimate / stdError, pValue: tTwoSided(estimate / stdError, df), conf: [estimate - reach, estimate + reach] }
}

/** `2*x1 - x2 = 1` as weights and a value; what stands right of `=` goes to the left. */
export function readHypothesis(text: string, terms: readonly string[]): LinearHypothesis {
  const longestFirst = [...terms].sort((a, b) => b.length - a.length)
  const weights: Record<string, number> = {}
  let value = 0
  let [at, side] = [0, 1]
  const skip = (pattern: RegExp): string => {
    const found = pattern.exec(text.slice(at))?.[0] ?? ''
    at += found.length
    return found
  }
  const fail = (what: string): never => {
    throw new ReshoreError('HypothesisError', `${what} in \`${text}\`, column ${at + 1}`, `Write numbers and terms joined by + and -, such as x1 + 2*x2 = 0. The terms are ${terms.slice(0, 12).join(', ')}${terms.length > 12 ? ', …' : ''}.`, 2)
  }
  for (let first = true; first || at < text.length; first = false) {
    const joint = skip(/^\s*[-+=]?\s*/).trim()
    if (joint === '=' && side < 0) fail('a second `=`')
    if (joint === '' && !first) fail('`+`, `-` or `=` expected')
    if (joint === '=') side = -1
    const sign = (joint === '-' || (joint === '=' && skip(/^-\s*/) !== '') ? -1 : 1) * side
    const factor = skip(/^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*/)
    if (!Number.isFinite(Number(factor))) fail(`${factor.trim()} is beyond double precision`)
    const starred = factor !== '' && skip(/^\*\s*/) !== ''
    const term = factor === '' || starred ? longestFirst.find((name) => text.startsWith(name, at) && /^\s*($|[-+=])/.test(text.slice(at + name.length))) : undefined
    if (term === undefined && (factor === '' || starred)) fail('no term of the fit')
    if (term === undefined) value -= sign * Number(factor)
    else {
      weights[term] = (weights[term] ?? 0) + sign * (factor === '' ? 1 : Number(factor))
      at += term.length
    }
    skip(/^\s*/)
  }
  if (Object.keys(weights).length === 0) fail('no term of the fit')
  return { weights, value }
}
