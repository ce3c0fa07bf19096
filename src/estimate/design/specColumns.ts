/** Names of the columns a spec reads. */
import { isSurvival } from '../formula/format.js'
import { parseExpression } from '../formula/parse.js'
import type { ModelSpec } from '../records.js'
import { columnsOf } from './expressions.js'

/** Every column a spec reads, each once, outcome first. */
export function specColumns(spec: ModelSpec): string[] {
  const { outcome } = spec
  const survival = isSurvival(outcome) ? [...(outcome.start === undefined ? [] : [outcome.start]), outcome.stop, ...(outcome.eventTerm ? columnsOf(outcome.eventTerm) : [outcome.event]), ...outcome.strata] : []
  const terms = [...(isSurvival(outcome) ? [] : [outcome]), ...spec.regressors, ...spec.endogenous, ...spec.instruments]
  const offset = spec.offset === undefined ? [] : columnsOf(parseExpression(spec.offset))
  const effects = spec.absorb.flatMap(({ columns, slopes = [] }) => [...columns, ...slopes])
  const named = [spec.weights, spec.group].filter((name) => name !== undefined)
  return [...new Set([...survival, ...terms.flatMap(columnsOf), ...effects, ...offset, ...named])]
}
