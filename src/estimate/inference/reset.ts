/**
 * Ramsey's RESET: powers of the fitted index x'β̂ (absorbed effects and offset included) added to the regressors and tested jointly under
 * the fit's covariance. With the square alone it is the test of Santos Silva and Tenreyro (2006). Checked against R lmtest and their tables.
 *
 * Ramsey, J. B. (1969). Tests for specification errors in classical linear least-squares regression analysis. JRSS B 31.
 */
import { makeVector, Table } from 'apache-arrow'
import { ReshoreError } from '../../errors.js'
import { formatName } from '../formula/format.js'
import type { ArrowTable, Fit, ModelSpec, Term, TestResult } from '../records.js'
import { waldTest } from './tests.js'

/** Estimates a spec on a table just as the tested fit was. */
export type Refit = (spec: ModelSpec, table: ArrowTable) => Fit | Promise<Fit>

/**
 * Returns the Wald test that the powers of the fitted index have no coefficients; F or χ² as the fit's covariance has it. Throws an
 * `UnsupportedError` for models without an index of every row, and a `HypothesisError` where the regressors span the powers.
 *
 * @param powers whole numbers from 2 up
 * @example
 * const test = await resetTest(fit, flows, (spec, table) => ppml(spec, table, { vcov: robust() }))
 */
export async function resetTest(fit: Fit, table: ArrowTable, refit: Refit, powers: readonly number[] = [2]): Promise<TestResult> {
  const { index, unit } = fit.scores ?? {}
  if (!index || !unit) throw new ReshoreError('UnsupportedError', `${fit.kind} has no RESET${fit.scores ? '' : ' without its scores'}`, 'It needs the fitted index of every row: ols, ppml, logit, probit, cloglog.', 2)
  const broken = powers.find((power) => !Number.isInteger(power) || power < 2)
  if (broken !== undefined || powers.length === 0) throw new ReshoreError('PowerError', `RESET with the power ${broken ?? 'of nothing'}`, 'Give whole numbers from 2 up, such as 2 or 2,3.', 2)
  const names = powers.map((power) => `index^${power}`)
  const added = Object.fromEntries(names.map((name, j) => [name, makeVector(powersByRow(index, unit, table.numRows, powers[j]!))]))
  const terms = names.map((name): Term => ({ kind: 'column', name }))
  const larger = await refit({ ...fit.spec, regressors: [...fit.spec.regressors, ...terms] }, table.assign(new Table(added)) as ArrowTable)
  const spanned = names.find((name) => !larger.terms.includes(formatName(name)))
  if (spanned !== undefined) throw new ReshoreError('HypothesisError', `the regressors span \`${spanned}\` of the fitted index`, 'A model of indicators alone fits every power of its index: there is nothing to test.')
  return waldTest(larger, names.map(formatName))
}

/** NaN in rows that the fit did not use, so that the larger fit leaves them out as well. */
function powersByRow(index: Float64Array, unit: Int32Array, rows: number, power: number): Float64Array {
  const values = new Float64Array(rows).fill(NaN)
  index.forEach((value, position) => (values[unit[position]!] = value ** power))
  return values
}
