/** What `reshore estimate` works out after the fit where it is asked for: combinations of coefficients, average partial effects and RESET. */
import { averagePartialEffects, dynamicPanel, linearCombinations, resetTest, type AverageEffect, type Combinations } from '../estimate/index.js'
import { takeRows } from '../estimate/design/takeRows.js'
import type { ModelEntry, ModelSettings } from '../estimate/models/registry.js'
import type { ArrowTable, Fit, ModelSpec, TestResult } from '../estimate/records.js'
import { usageError } from './arguments.js'

export interface FurtherResults {
  readonly lincom?: Combinations
  /** Average partial effects over the rows the model uses. */
  readonly margins?: readonly AverageEffect[]
  readonly reset?: TestResult
}

/** What was asked for: combinations of coefficients with the coverage of their intervals, average effects, and the powers of a RESET. */
export interface FurtherRequests {
  readonly lincom: readonly string[]
  readonly level: number
  readonly margins: boolean
  readonly reset: readonly number[] | undefined
}

/** The results asked for, of the fit of `spec` on `table`. */
export async function furtherResults(fit: Fit, spec: ModelSpec, table: ArrowTable, model: ModelEntry, settings: ModelSettings, { lincom, level, margins, reset }: FurtherRequests): Promise<FurtherResults> {
  return {
    ...(lincom.length > 0 && { lincom: linearCombinations(fit, lincom, level) }),
    ...(margins && { margins: marginsOf(fit, spec, table, settings) }),
    ...(reset && { reset: await resetTest(fit, table, (larger, data) => model.estimate(larger, data, settings), reset) }),
  }
}

function marginsOf(fit: Fit, spec: ModelSpec, table: ArrowTable, { weights, group, dynamic }: ModelSettings): AverageEffect[] {
  if (weights !== undefined) throw usageError('--margins with weights', 'Average effects are means over rows: leave the weights out.')
  const given = dynamic === undefined ? table : dynamicPanel({ ...spec, ...(group !== undefined && { group }) }, table, dynamic).table
  if (!fit.scores) return averagePartialEffects(fit, given)
  const used = takeRows(given, fit.scores.unit, given.schema.fields.map(({ name }) => name))
  return averagePartialEffects({ ...fit, scores: { ...fit.scores, unit: fit.scores.unit.map((_, row) => row) } }, used)
}
