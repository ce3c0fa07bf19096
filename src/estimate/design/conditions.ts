/** Conditions by row: a comparison with a missing value is neither true nor false. */
import { ReshoreError } from '../../errors.js'
import { formatTerm } from '../formula/format.js'
import type { Comparison, Condition, Operand, Term } from '../records.js'
import { almostNumbers } from './columns.js'
import { columnsOf, evaluateTerm, type ColumnReader } from './expressions.js'

/** By row: 1 where it holds, 0 where it does not, −1 where a missing value leaves it open. */
export type Truth = Int8Array

/** Names of the columns a condition reads, in the order it reads them. */
export function conditionColumns(condition: Condition): string[] {
  const operand = (one: Operand): string[] => (one.kind === 'text' ? [] : columnsOf(one))
  if (condition.kind === 'flag') return columnsOf(condition.value)
  if (condition.kind === 'compare') return [...operand(condition.left), ...operand(condition.right)]
  return condition.kind === 'not' ? conditionColumns(condition.inside) : condition.of.flatMap(conditionColumns)
}

/** By row whether a condition holds. */
export function conditionHolds(condition: Condition, columns: ColumnReader): Truth {
  switch (condition.kind) {
    case 'compare':
      return compare(condition, columns)
    case 'flag':
      return flags(condition.value, columns)
    case 'not':
      return conditionHolds(condition.inside, columns).map((value) => (value < 0 ? value : 1 - value))
    case 'all':
    case 'any': {
      // What settles the matter: one that fails, or one that holds.
      const decisive = condition.kind === 'all' ? 0 : 1
      const parts = condition.of.map((one) => conditionHolds(one, columns))
      return parts[0]!.map((_, row) => (parts.some((part) => part[row] === decisive) ? decisive : parts.some((part) => part[row]! < 0) ? -1 : 1 - decisive))
    }
  }
}

function flags(value: Term, columns: ColumnReader): Truth {
  if (isText(value, columns)) throw new ReshoreError('ColumnTypeError', `${shown(value)} is a text where true or false is needed`, `Compare it: ${formatTerm(value)} == 'yes'.`, 2)
  const values = evaluateTerm(value, columns)
  const other = values.find((x) => x !== 0 && x !== 1 && !Number.isNaN(x))
  if (other !== undefined) throw new ReshoreError('ColumnTypeError', `\`${formatTerm(value)}\` is ${other} where 0 or 1 is needed`, `Compare it: ${formatTerm(value)} == ${other}.`, 2)
  return Int8Array.from(values, (x) => (Number.isNaN(x) ? -1 : x))
}

const isText = (operand: Operand, columns: ColumnReader): boolean =>
  operand.kind === 'text' || (operand.kind === 'column' && columns.isText(operand.name))

function compare({ operator, left, right }: Condition & { kind: 'compare' }, columns: ColumnReader): Truth {
  const texts = [left, right].map((side) => isText(side, columns))
  const ordered = operator !== '==' && operator !== '!='
  const dated = [left, right].some((side) => side.kind === 'column' && columns.isDate(side.name))
  if (texts[0] && texts[1] ? ordered : dated && texts[0] !== texts[1]) {
    const [a, b] = [left, right].map((side) => daysOf(side, operator, columns))
    return compareNumbers(operator, a!, b!)
  }
  if (texts[0] !== texts[1]) {
    const [text, number] = texts[0] ? [left, right] : [right, left]
    const because = text.kind === 'column' ? columns.textReason(text.name) : undefined
    if (because !== undefined) throw almostNumbers(shown(text), because)
    throw new ReshoreError('ColumnTypeError', `${shown(text)} is a text and ${shown(number)} is a number`, "Put quotes around texts and none around numbers: sector == '01', year == 1995.", 2)
  }
  return texts[0] ? compareTexts(operator, left, right, columns) : compareNumbers(operator, evaluateTerm(left as Term, columns), evaluateTerm(right as Term, columns))
}

const shown = (operand: Operand): string => (operand.kind === 'text' ? `'${operand.value}'` : operand.kind === 'column' ? `\`${operand.name}\`` : 'the other side')

/** Dates as days since 1970; `2020-03` and `2020` are their first days. */
function daysOf(side: Operand, operator: Comparison, columns: ColumnReader): Float64Array {
  const dayOf = (text: string): number => {
    const day = /^\d{4}(-\d{2}){0,2}$/.test(text) ? Date.parse(text) / 86_400_000 : NaN
    if (!Number.isNaN(day)) return day
    throw new ReshoreError('FormulaError', `texts compared with \`${operator}\`, of which '${text}' is no date`, 'Texts are equal (==), different (!=) or in a list; ordered are dates such as 2020-03-01.', 2)
  }
  if (side.kind === 'text') return new Float64Array(columns.rows).fill(dayOf(side.value))
  if (side.kind !== 'column' || !columns.isText(side.name)) return evaluateTerm(side, columns)
  const { codes, levels } = columns.codes(side.name)
  const days = levels.map(dayOf)
  return Float64Array.from(codes, (code) => (code < 0 ? NaN : days[code]!))
}

function compareNumbers(operator: Comparison, a: Float64Array, b: Float64Array): Truth {
  const test: Readonly<Record<Comparison, (x: number, y: number) => boolean>> = {
    '==': (x, y) => x === y, '!=': (x, y) => x !== y, '<': (x, y) => x < y, '<=': (x, y) => x <= y, '>': (x, y) => x > y, '>=': (x, y) => x >= y,
  }
  return Int8Array.from(a, (x, row) => (Number.isNaN(x) || Number.isNaN(b[row]!) ? -1 : Number(test[operator](x, b[row]!))))
}

/** `==` and `!=`. */
function compareTexts(operator: Comparison, left: Operand, right: Operand, columns: ColumnReader): Truth {
  const places = new Map<string, number>()
  const place = (text: string): number => places.get(text) ?? (places.set(text, places.size), places.size - 1)
  const read = (operand: Operand): ((row: number) => number) => {
    if (operand.kind === 'text') {
      const at = place(operand.value)
      return () => at
    }
    const name = (operand as Term & { kind: 'column' }).name
    const { codes, levels } = columns.codes(name)
    const at = levels.map(place)
    return (row) => (codes[row]! < 0 ? -1 : at[codes[row]!]!)
  }
  const [a, b] = [read(left), read(right)]
  return Int8Array.from({ length: columns.rows }, (_, row) => (a(row) < 0 || b(row) < 0 ? -1 : Number((a(row) === b(row)) === (operator === '=='))))
}
