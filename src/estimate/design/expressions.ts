/** Numeric terms -> values: columns, arithmetic, functions and comparisons of them, element by element. */
import { DataType } from 'apache-arrow'
import { ReshoreError } from '../../errors.js'
import { formatTerm } from '../formula/format.js'
import type { ArrowTable, FunctionName, Term } from '../records.js'
import { columnKind, findColumn, readCodes, readNumbers, textReason, type Codes } from './columns.js'
import { conditionColumns, conditionHolds } from './conditions.js'

/** Columns of one table, by name. */
export interface ColumnReader {
  readonly rows: number
  numbers(name: string): Float64Array
  codes(name: string): Codes
  isText(name: string): boolean
  isDate(name: string): boolean
  /** Why it is text where it should be numbers. */
  textReason(name: string): string | undefined
}

/** The columns of a table; `role` is what an error calls one that is not there. */
export function readColumns(table: ArrowTable, role: string): ColumnReader {
  return {
    rows: table.numRows,
    numbers: (name) => readNumbers(findColumn(table, name, role), name, textReason(table, name)),
    codes: (name) => readCodes(findColumn(table, name, role), name),
    isText: (name) => columnKind(findColumn(table, name, role)) === 'text',
    isDate: (name) => DataType.isDate(findColumn(table, name, role).type),
    textReason: (name) => textReason(table, name),
  }
}

const functions: Readonly<Record<Exclude<FunctionName, 'I'>, (x: number) => number>> = {
  log: Math.log, log1p: Math.log1p, log2: Math.log2, log10: Math.log10, exp: Math.exp, sqrt: Math.sqrt, abs: Math.abs,
}

/** Values of a numeric term. What is undefined (`log(0)`, `x / 0`, a comparison with what is missing) is NaN or infinite, for the caller to count. */
export function evaluateTerm(term: Term, columns: ColumnReader): Float64Array {
  switch (term.kind) {
    case 'column':
      return columns.numbers(term.name)
    case 'number':
      return new Float64Array(columns.rows).fill(term.value)
    case 'intercept':
      return new Float64Array(columns.rows).fill(1)
    case 'call': {
      const argument = evaluateTerm(term.arguments[0]!, columns)
      return term.name === 'I' ? argument : argument.map(functions[term.name])
    }
    case 'arithmetic':
      return evaluateArithmetic(term, columns)
    case 'condition':
      return Float64Array.from(conditionHolds(term.condition, columns), (holds) => (holds < 0 ? NaN : holds))
    case 'factor':
    case 'interaction':
      throw new ReshoreError('FormulaError', `\`${formatTerm(term)}\` is not a numeric expression`, 'Use i() and interactions among the regressors only.', 2)
  }
}

function evaluateArithmetic(term: Term & { kind: 'arithmetic' }, columns: ColumnReader): Float64Array {
  const left = evaluateTerm(term.left, columns)
  const right = evaluateTerm(term.right, columns)
  const { rows } = columns
  const result = new Float64Array(rows)
  switch (term.operator) {
    case '+':
      for (let i = 0; i < rows; i++) result[i] = left[i]! + right[i]!
      break
    case '-':
      for (let i = 0; i < rows; i++) result[i] = left[i]! - right[i]!
      break
    case '*':
      for (let i = 0; i < rows; i++) result[i] = left[i]! * right[i]!
      break
    case '/':
      for (let i = 0; i < rows; i++) result[i] = left[i]! / right[i]!
      break
    case '^':
      raise(left, right, term.right, result)
      break
  }
  return result
}

/** Squares and cubes as products: the same bits on every machine, and fast. */
function raise(left: Float64Array, right: Float64Array, exponent: Term, result: Float64Array): void {
  const power = exponent.kind === 'number' ? exponent.value : undefined
  if (power === 2) for (let i = 0; i < result.length; i++) result[i] = left[i]! * left[i]!
  else if (power === 3) for (let i = 0; i < result.length; i++) result[i] = left[i]! * left[i]! * left[i]!
  else for (let i = 0; i < result.length; i++) result[i] = left[i]! ** right[i]!
}

/** Names of the columns a term reads, in the order it reads them. */
export function columnsOf(term: Term): string[] {
  switch (term.kind) {
    case 'column':
    case 'factor':
      return [term.name]
    case 'call':
      return term.arguments.flatMap(columnsOf)
    case 'arithmetic':
      return [...columnsOf(term.left), ...columnsOf(term.right)]
    case 'interaction':
      return term.of.flatMap(columnsOf)
    case 'condition':
      return conditionColumns(term.condition)
    default:
      return []
  }
}
