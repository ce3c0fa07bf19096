/** The rows of a table for which a condition holds. A comparison with a missing value is neither true nor false: such rows leave. */
import { ReshoreError } from '../../errors.js'
import { parseCondition, type Comparison, type Condition, type Operand } from '../formula/condition.js'
import type { ArrowTable, Term } from '../records.js'
import { columnKind, findColumn, readCodes, readNumbers } from './columns.js'
import { columnsOf, evaluateTerm } from './expressions.js'
import { usedRows } from './sample.js'
import { takeRows } from './takeRows.js'

/** By row: 1 where it holds, 0 where it does not, −1 where a missing value leaves it open. */
type Truth = Int8Array

/** Names of the columns a condition reads. */
export function conditionColumns(text: string): string[] {
  const operand = (one: Operand): string[] => (one.kind === 'text' ? [] : columnsOf(one))
  const names = (condition: Condition): string[] => {
    if (condition.kind === 'compare') return [...operand(condition.left), ...operand(condition.right)]
    return condition.kind === 'not' ? names(condition.inside) : condition.of.flatMap(names)
  }
  return [...new Set(names(parseCondition(text)))]
}

/**
 * The table without the rows for which `text` does not hold, its numbers as doubles. Throws an `EmptySampleError` where none is left.
 *
 * @example
 * const manufacturing = whereRows(trade, "category == 'MANUF' & trade > 0")
 */
export function whereRows(table: ArrowTable, text: string): ArrowTable {
  const truth = holds(parseCondition(text), table)
  const rows = usedRows(Uint8Array.from(truth, (value) => (value === 1 ? 1 : 0)))
  if (rows.length === 0) {
    throw new ReshoreError('EmptySampleError', `none of ${table.numRows} rows satisfies \`${text}\``, 'Look at the values of its columns: texts are compared as written, missing values satisfy nothing.')
  }
  return rows.length === table.numRows ? table : takeRows(table, rows, table.schema.fields.map(({ name }) => name))
}

function holds(condition: Condition, table: ArrowTable): Truth {
  switch (condition.kind) {
    case 'compare':
      return compare(condition, table)
    case 'not':
      return holds(condition.inside, table).map((value) => (value < 0 ? value : 1 - value))
    case 'all':
    case 'any': {
      // What settles the matter: one that fails, or one that holds.
      const decisive = condition.kind === 'all' ? 0 : 1
      const parts = condition.of.map((one) => holds(one, table))
      return parts[0]!.map((_, row) => (parts.some((part) => part[row] === decisive) ? decisive : parts.some((part) => part[row]! < 0) ? -1 : 1 - decisive))
    }
  }
}

const isText = (operand: Operand, table: ArrowTable): boolean =>
  operand.kind === 'text' || (operand.kind === 'column' && columnKind(findColumn(table, operand.name, 'named by the condition')) === 'text')

function compare({ operator, left, right }: Condition & { kind: 'compare' }, table: ArrowTable): Truth {
  const texts = [left, right].map((side) => isText(side, table))
  if (texts[0] !== texts[1]) {
    const [text, number] = texts[0] ? [left, right] : [right, left]
    throw new ReshoreError('ColumnTypeError', `${shown(text)} is a text and ${shown(number)} is a number`, "Put quotes around texts and none around numbers: sector == '01', year == 1995.", 2)
  }
  return texts[0] ? compareTexts(operator, left, right, table) : compareNumbers(operator, left as Term, right as Term, table)
}

const shown = (operand: Operand): string => (operand.kind === 'text' ? `'${operand.value}'` : operand.kind === 'column' ? `\`${operand.name}\`` : 'the other side')

function compareNumbers(operator: Comparison, left: Term, right: Term, table: ArrowTable): Truth {
  const read = (name: string): Float64Array => readNumbers(findColumn(table, name, 'named by the condition'), name)
  const [a, b] = [evaluateTerm(left, table.numRows, read), evaluateTerm(right, table.numRows, read)]
  const test: Readonly<Record<Comparison, (x: number, y: number) => boolean>> = {
    '==': (x, y) => x === y, '!=': (x, y) => x !== y, '<': (x, y) => x < y, '<=': (x, y) => x <= y, '>': (x, y) => x > y, '>=': (x, y) => x >= y,
  }
  return Int8Array.from(a, (x, row) => (Number.isNaN(x) || Number.isNaN(b[row]!) ? -1 : Number(test[operator](x, b[row]!))))
}

function compareTexts(operator: Comparison, left: Operand, right: Operand, table: ArrowTable): Truth {
  if (operator !== '==' && operator !== '!=') throw new ReshoreError('FormulaError', `texts compared with \`${operator}\``, 'Texts are equal (==), different (!=) or in a list.', 2)
  const places = new Map<string, number>()
  const place = (text: string): number => places.get(text) ?? (places.set(text, places.size), places.size - 1)
  const read = (operand: Operand): ((row: number) => number) => {
    if (operand.kind === 'text') {
      const at = place(operand.value)
      return () => at
    }
    const name = (operand as Term & { kind: 'column' }).name
    const { codes, levels } = readCodes(findColumn(table, name, 'named by the condition'), name)
    const at = levels.map(place)
    return (row) => (codes[row]! < 0 ? -1 : at[codes[row]!]!)
  }
  const [a, b] = [read(left), read(right)]
  return Int8Array.from({ length: table.numRows }, (_, row) => (a(row) < 0 || b(row) < 0 ? -1 : Number((a(row) === b(row)) === (operator === '=='))))
}
