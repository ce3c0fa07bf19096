/**
 * What a dynamic random-effects model adds to a formula, in one step: the lagged outcome, the initial condition and the means of the
 * time-varying regressors (Wooldridge 2005), as new columns of the table and new terms of the spec.
 *
 * - 'wooldridge': y_i0 and x̄_i over all periods, the initial one included. Its coefficients are biased in short panels.
 * - 'rabe-hesketh-skrondal': y_i0, x_i0 and x̄_i over the periods after the initial one (Rabe-Hesketh and Skrondal 2013).
 *
 * The initial period of a unit is its first one with a known outcome. The lag looks one period back and is missing across a gap, so rows without a
 * predecessor leave and are counted. Factors and interactions are not averaged. New columns: `lag_y`, `initial_y`, `mean_x`, `initial_x`.
 */
import { Table, makeVector } from 'apache-arrow'
import { ReshoreError } from '../../errors.js'
import { formatOutcome, formatTerm, isSurvival } from '../formula/format.js'
import type { ArrowTable, ModelSpec, Note, Term } from '../records.js'
import { columnKind, findColumn, readCodes, readNumbers } from './columns.js'
import { columnsOf, evaluateTerm, readColumns, type ColumnReader } from './expressions.js'

export interface DynamicOptions {
  /** How the initial condition enters. */
  readonly initial: 'wooldridge' | 'rabe-hesketh-skrondal'
  /** Column of the period: whole numbers, one apart from period to period. */
  readonly time: string
}

export interface DynamicPanel {
  readonly spec: ModelSpec
  readonly table: ArrowTable
  readonly notes: readonly Note[]
}

/**
 * The spec with its added terms and the table with their columns. Throws `TimeError` for periods that are not whole numbers or rows
 * that share unit and period.
 *
 * @param spec with `group` set and one outcome column
 */
export function dynamicPanel(spec: ModelSpec, table: ArrowTable, { initial, time }: DynamicOptions): DynamicPanel {
  if (isSurvival(spec.outcome)) throw new ReshoreError('UnsupportedError', 'a survival outcome has no lag', 'Write the outcome as one column.', 2)
  const columns = readColumns(table, 'named by the model')
  const outcome = evaluateTerm(spec.outcome, columns)
  const units = panelUnits(table, spec.group!, time, outcome)
  const name = formatOutcome(spec.outcome)
  const added: Record<string, Float64Array> = {
    [`lag_${name}`]: lagged(outcome, units),
    [`initial_${name}`]: initialValue(outcome, units),
  }
  const varying = timeVarying(spec, table, units, columns)
  for (const { text, values } of varying) {
    added[`mean_${text}`] = groupMeans(values, units, initial === 'wooldridge')
    if (initial === 'rabe-hesketh-skrondal') added[`initial_${text}`] = initialValue(values, units)
  }
  const terms = Object.keys(added)
  return {
    spec: { ...spec, regressors: [...spec.regressors, ...terms.map((column): Term => ({ kind: 'column', name: column }))] },
    table: table.assign(new Table(Object.fromEntries(terms.map((column) => [column, makeVector(added[column]!)])))) as ArrowTable,
    notes: [{
      kind: 'convention',
      text: `Dynamic model (${initial === 'wooldridge' ? 'Wooldridge 2005, means over all periods' : 'Rabe-Hesketh and Skrondal 2013, means over the periods after the initial one'}): added ${terms.map((term) => `\`${term}\``).join(', ')}.`,
    }],
  }
}

/** Rows of the table by unit, in time order from the first known outcome on. */
interface PanelUnits {
  readonly rows: readonly Int32Array[]
  readonly period: Float64Array
}

function panelUnits(table: ArrowTable, group: string, time: string, outcome: Float64Array): PanelUnits {
  const { codes, levels } = readCodes(findColumn(table, group, 'the group'), group)
  const period = readNumbers(findColumn(table, time, 'the period'), time)
  const members = levels.map((): number[] => [])
  codes.forEach((code, row) => {
    if (code < 0 || Number.isNaN(period[row]!)) return
    if (!Number.isInteger(period[row])) {
      throw new ReshoreError('TimeError', `the period \`${time}\` is ${period[row]} in row ${row + 1}`, 'Periods must be whole numbers, one apart, such as years.')
    }
    members[code]!.push(row)
  })
  const rows = members.map((unit, code) => {
    unit.sort((a, b) => period[a]! - period[b]!)
    const twice = unit.findIndex((row, i) => i > 0 && period[row] === period[unit[i - 1]!])
    if (twice > 0) {
      throw new ReshoreError('TimeError', `\`${levels[code]}\` has two rows for \`${time}\` ${period[unit[twice]!]} (rows ${unit[twice - 1]! + 1} and ${unit[twice]! + 1})`,
        'A panel has one row for each unit and period: remove the duplicate.')
    }
    const first = unit.findIndex((row) => !Number.isNaN(outcome[row]!))
    return Int32Array.from(first < 0 ? [] : unit.slice(first))
  })
  return { rows, period }
}

/** The value one period earlier; missing across gaps. */
function lagged(values: Float64Array, { rows, period }: PanelUnits): Float64Array {
  const lag = new Float64Array(values.length).fill(NaN)
  for (const unit of rows) {
    for (let i = 1; i < unit.length; i++) if (period[unit[i]!] === period[unit[i - 1]!]! + 1) lag[unit[i]!] = values[unit[i - 1]!]!
  }
  return lag
}

function initialValue(values: Float64Array, { rows }: PanelUnits): Float64Array {
  const initial = new Float64Array(values.length).fill(NaN)
  for (const unit of rows) for (const row of unit) initial[row] = values[unit[0]!]!
  return initial
}

/** Mean over the known values of a unit, with or without its initial period. */
function groupMeans(values: Float64Array, { rows }: PanelUnits, withInitial: boolean): Float64Array {
  const means = new Float64Array(values.length).fill(NaN)
  for (const unit of rows) {
    const known = Array.from(withInitial ? unit : unit.subarray(1), (row) => values[row]!).filter((value) => !Number.isNaN(value))
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length
    for (const row of unit) means[row] = mean
  }
  return means
}

/** Numeric terms that change within some unit. */
function timeVarying(spec: ModelSpec, table: ArrowTable, { rows }: PanelUnits, columns: ColumnReader): { text: string; values: Float64Array }[] {
  return spec.regressors.flatMap((term) => {
    if (term.kind === 'intercept' || term.kind === 'factor' || term.kind === 'interaction') return []
    if (columnsOf(term).some((name) => columnKind(findColumn(table, name, 'named by the model')) !== 'number')) return []
    const values = evaluateTerm(term, columns)
    const varies = rows.some((unit) => unit.some((row) => Math.abs(values[row]! - values[unit[0]!]!) > 1e-12 * Math.abs(values[unit[0]!]!)))
    return varies ? [{ text: formatTerm(term), values }] : []
  })
}
