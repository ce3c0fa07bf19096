/**
 * Cause-specific Cox models for competing exits: the hazard of leaving for one destination, with exits to the others as censoring
 * (Prentice et al. 1978). One model a cause, on the same rows; `cumulativeIncidence` and `predictIncidence` turn them into probabilities.
 */
import { makeVector, Table } from 'apache-arrow'
import { ReshoreError } from '../../errors.js'
import { columnKind, findColumn, readCodes } from '../design/columns.js'
import { evaluateTerm, readColumns } from '../design/expressions.js'
import { isSurvival } from '../formula/format.js'
import { parseFormula } from '../formula/parse.js'
import type { ArrowTable, Fit, ModelSpec, SpecInput, SurvivalOutcome } from '../records.js'
import { cox, type CoxOptions } from './cox.js'

export interface CauseOptions {
  /** Column that names the cause of each event; read on event rows only. */
  readonly cause: string
}

/** Model of one cause. `table` is the one it was estimated on: the rows of all causes with this cause's event column. */
export interface CauseFit {
  readonly cause: string
  readonly fit: Fit<'cox'>
  readonly table: ArrowTable
}

/**
 * One Cox model per cause that occurs, in sorted order. Throws as `cox` does, and `CauseError` where an event has no cause.
 *
 * @example
 * const exits = causeSpecificCox('surv(start, stop, left) ~ exportShare', spells, { cause: 'destination', vcov: cluster('firm') })
 */
export function causeSpecificCox(input: SpecInput, table: ArrowTable, options: CauseOptions & CoxOptions): CauseFit[] {
  const spec = parseFormula(input)
  const { outcome, codes, causes } = readCauses(spec, table, options.cause)
  return causes.map((cause, c) => {
    const event = `${outcome.event}: ${cause}`
    const flags = Float64Array.from(codes, (code) => (Number.isNaN(code) ? Number.NaN : code === c ? 1 : 0))
    const own = new Table({ ...columnsOf(table), [event]: makeVector(flags) })
    return { cause, fit: cox({ ...spec, outcome: { ...outcome, event } }, own, options), table: own }
  })
}

/** Cause of every row: 0 … causes − 1 for events, −1 for rows without one, NaN where the event itself is missing. */
export interface RowCauses {
  readonly outcome: SurvivalOutcome
  readonly codes: Float64Array
  readonly causes: readonly string[]
}

/** Causes of the events of a survival outcome. */
export function readCauses(spec: ModelSpec, table: ArrowTable, column: string): RowCauses {
  if (!isSurvival(spec.outcome)) throw new ReshoreError('UnsupportedError', 'competing causes need a survival outcome', 'Write surv(time, event) or surv(start, stop, event).', 2)
  const { eventTerm, ...outcome } = spec.outcome
  const flags = evaluateTerm(eventTerm ?? { kind: 'column', name: outcome.event }, readColumns(table, 'the event'))
  const named = findColumn(table, column, 'the cause of the event')
  const { codes, levels } = readCodes(named, column)
  const happened = Uint8Array.from(flags, (flag) => (flag === 1 ? 1 : 0))
  const missing = codes.findIndex((code, row) => happened[row] === 1 && code < 0)
  if (missing >= 0) {
    throw new ReshoreError('CauseError', `the event in row ${missing + 1} has no \`${column}\``, `Give every event ${columnKind(named) === 'text' ? 'a text' : 'a value'} in \`${column}\`, or drop the row.`)
  }
  const present = [...new Set(codes.filter((_, row) => happened[row] === 1))].sort((a, b) => a - b)
  const place = new Map(present.map((code, c) => [code, c]))
  return {
    outcome,
    codes: flags.map((flag, row) => (Number.isNaN(flag) ? Number.NaN : happened[row] === 1 ? place.get(codes[row]!)! : -1)),
    causes: present.map((code) => levels[code]!),
  }
}

function columnsOf(table: ArrowTable) {
  return Object.fromEntries(table.schema.fields.map(({ name }, j) => [name, table.getChildAt(j)!]))
}
