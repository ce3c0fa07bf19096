/**
 * Kinds of the columns of a plain CSV file, by the same rule for every cell (docs/conventions.md): a column is numeric when every cell that is
 * not missing is a number, boolean when every one is true or false, and text otherwise. Rows of a sample propose; text is final, because one
 * cell decides it; numbers and booleans are verified while the whole file is read.
 *
 * Cells are judged without the spaces around them. Integers that a double would round are ids, hence text: as doubles,
 * different ones would become the same.
 */

export type CellKind = 'number' | 'decimal-comma' | 'bool' | 'text'

export interface CellRules {
  /** Texts that mean missing in every column. */
  readonly missing: readonly string[]
  /** Texts that mean missing in columns that are otherwise numbers or booleans; NaN always does. */
  readonly missingInNumbers: readonly string[]
  /** `0,981` is a number in a column without a point. */
  readonly decimalComma: boolean
}

export const trueTexts = ['true', 'TRUE', 'True']
export const falseTexts = ['false', 'FALSE', 'False']
const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(inf|infinity)$/i
const nanPattern = /^[+-]?nan$/i
export const exactInteger = 9007199254740992

/** The kind that fits all texts, or nothing where every one is missing. */
export function kindOf(texts: Iterable<string>, rules: CellRules): CellKind | undefined {
  const missing = new Set(['', ...rules.missing, ...rules.missingInNumbers])
  let kinds: readonly CellKind[] = rules.decimalComma ? ['number', 'decimal-comma', 'bool'] : ['number', 'bool']
  let informative = false
  for (const text of texts) {
    const cell = text.trim()
    if (missing.has(cell) || nanPattern.test(cell)) continue
    informative = true
    kinds = kinds.filter((kind) => fits(cell, kind))
    if (kinds.length === 0) return 'text'
  }
  return informative ? kinds[0] : undefined
}

/** Whether a cell, without spaces around it, is of the kind. */
export function fits(cell: string, kind: CellKind): boolean {
  if (kind === 'bool') return trueTexts.includes(cell) || falseTexts.includes(cell)
  if (kind === 'decimal-comma') return !cell.includes('.') && fits(cell.replace(',', '.'), 'number')
  if (!numberPattern.test(cell)) return false
  return Math.abs(Number(cell)) < exactInteger || !/^[+-]?\d+$/.test(cell) || keepsInteger(cell.replace('+', ''))
}

/** The double is that integer, or is written so: software prints large doubles in their shortest digits. */
function keepsInteger(digits: string): boolean {
  const number = Number(digits)
  return BigInt(number) === BigInt(digits) || String(number) === digits
}

/**
 * The double that a cell of a numeric kind stands for, without spaces around it. Nothing where it is no number, and where the engine has the
 * last word: beyond the range of doubles, below their smallest, integers of more than 21 digits.
 */
export function numberIn(cell: string, kind: 'number' | 'decimal-comma'): number | undefined {
  if (!fits(cell, kind)) return undefined
  const number = Number(kind === 'number' ? cell : cell.replace(',', '.'))
  const vanished = number === 0 && /[1-9]/.test(cell.split(/e/i, 1)[0]!)
  return vanished || !Number.isFinite(number) || (Math.abs(number) >= 1e21 && /^[+-]?\d+$/.test(cell)) ? undefined : number
}
