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
  if (texts[0] !== texts[1]) {
    const [text, number] = texts[0] ? [left, right] : [right, left]
    const because = text.kind === 'column' ? columns.textReason(text.name) : undefined
    if (because !== undefined) throw almostNumbers(shown(text), because)
    throw new ReshoreError('ColumnTypeError', `${shown(text)} is a text and ${shown(number)} is a number`, "Put quotes around texts and none around numbers: sector == '01', year == 1995.", 2)
  }
  return texts[0] ? compareTexts(operator, left, right, columns) : compareNumbers(operator, left as Term, right as Term, columns)
}

const shown = (operand: Operand): string => (operand.kind === 'text' ? `'${operand.value}'` : operand.kind === 'column' ? `\`${operand.name}\`` : 'the other side')

function compareNumbers(operator: Comparison, left: Term, right: Term, columns: ColumnReader): Truth {
  const [a, b] = [evaluateTerm(left, columns), evaluateTerm(right, columns)]
  const test: Readonly<Record<Comparison, (x: number, y: number) => boolean>> = {
    '==': (x, y) => x === y, '!=': (x, y) => x !== y, '<': (x, y) => x < y, '<=': (x, y) => x <= y, '>': (x, y) => x > y, '>=': (x, y) => x >= y,
  }
  return Int8Array.from(a, (x, row) => (Number.isNaN(x) || Number.isNaN(b[row]!) ? -1 : Number(test[operator](x, b[row]!))))
}

function compareTexts(operator: Comparison, left: Operand, right: Operand, columns: ColumnReader): Truth {
  if (operator !== '==' && operator !== '!=') throw new ReshoreError('FormulaError', `texts compared with \`${operator}\``, 'Texts are equal (==), different (!=) or in a list.', 2)
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
