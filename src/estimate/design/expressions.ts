/** Numeric terms -> values: columns, arithmetic and functions of them, element by element. */
import { ReshoreError } from '../../errors.js'
import { formatTerm } from '../formula/format.js'
import type { FunctionName, Term } from '../records.js'

const functions: Readonly<Record<Exclude<FunctionName, 'I'>, (x: number) => number>> = {
  log: Math.log, log1p: Math.log1p, log2: Math.log2, log10: Math.log10, exp: Math.exp, sqrt: Math.sqrt, abs: Math.abs,
}

/** Values of a numeric term; `read` gives a column. What is undefined (`log(0)`, `x / 0`) is NaN or infinite, for the caller to count. */
export function evaluateTerm(term: Term, rows: number, read: (name: string) => Float64Array): Float64Array {
  switch (term.kind) {
    case 'column':
      return read(term.name)
    case 'number':
      return new Float64Array(rows).fill(term.value)
    case 'intercept':
      return new Float64Array(rows).fill(1)
    case 'call': {
      const argument = evaluateTerm(term.arguments[0]!, rows, read)
      return term.name === 'I' ? argument : argument.map(functions[term.name])
    }
    case 'arithmetic':
      return evaluateArithmetic(term, rows, read)
    case 'factor':
    case 'interaction':
      throw new ReshoreError('FormulaError', `\`${formatTerm(term)}\` is not a numeric expression`, 'Use i() and interactions among the regressors only.', 2)
  }
}

function evaluateArithmetic(term: Term & { kind: 'arithmetic' }, rows: number, read: (name: string) => Float64Array): Float64Array {
  const left = evaluateTerm(term.left, rows, read)
  const right = evaluateTerm(term.right, rows, read)
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
    default:
      return []
  }
}
