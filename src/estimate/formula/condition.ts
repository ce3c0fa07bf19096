/**
 * Conditions on rows, such as `year in (1995, 2000) & trade > 0 & exporter != importer`: comparisons of arithmetic or of texts, joined by
 * `&` (`and`), `|` (`or`) and `!` (`not`), `&` before `|`. Nothing is evaluated as code.
 */
import type { Term } from '../records.js'
import { parseArithmetic } from './arithmetic.js'
import { describe, makeCursor, type Cursor } from './cursor.js'

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>='

/** One side of a comparison: a text between quotes, or arithmetic of columns and numbers (a text column on its own). */
export type Operand = Term | { readonly kind: 'text'; readonly value: string }

export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly inside: Condition }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Operand; readonly right: Operand }

const comparisons: Readonly<Record<string, Comparison>> = { '==': '==', '=': '==', '!=': '!=', '<>': '!=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' }

/** The condition of a text. Throws a `FormulaError` (exit code 2) with a caret under the place. */
export function parseCondition(text: string): Condition {
  const cursor = makeCursor(text, 'condition')
  const condition = parseAny(cursor)
  if (cursor.peek().kind !== 'end') cursor.fail(cursor.peek(), `unexpected ${describe(cursor.peek())}`, 'Join conditions with & and |.')
  return condition
}

const takeWord = (cursor: Cursor, word: RegExp): boolean => {
  const { kind, text } = cursor.peek()
  return kind === 'name' && word.test(text) && cursor.next() !== undefined
}

function parseAny(cursor: Cursor): Condition {
  const of = [parseAll(cursor)]
  while (cursor.take('|') || cursor.take('||') || takeWord(cursor, /^or$/i)) of.push(parseAll(cursor))
  return of.length === 1 ? of[0]! : { kind: 'any', of }
}

function parseAll(cursor: Cursor): Condition {
  const of = [parseOne(cursor)]
  while (cursor.take('&') || cursor.take('&&') || takeWord(cursor, /^and$/i)) of.push(parseOne(cursor))
  return of.length === 1 ? of[0]! : { kind: 'all', of }
}

function parseOne(cursor: Cursor): Condition {
  if (cursor.take('!') || takeWord(cursor, /^not$/i)) return { kind: 'not', inside: parseOne(cursor) }
  if (cursor.at('(') && holdsComparison(cursor)) {
    cursor.next()
    const inside = parseAny(cursor)
    cursor.expect(')', 'to close the parenthesis')
    return inside
  }
  const left = parseOperand(cursor)
  if (takeWord(cursor, /^not$/i)) return { kind: 'not', inside: parseMembers(cursor, left) }
  if (cursor.peek().kind === 'name') return parseMembers(cursor, left)
  const token = cursor.next()
  const operator = token.kind === 'symbol' ? comparisons[token.text] : undefined
  if (operator === undefined) cursor.fail(token, `a comparison expected, found ${describe(token)}`, 'Compare with ==, !=, <, <=, >, >= or in: year == 1995, sector in (1, 2).')
  return { kind: 'compare', operator: operator!, left, right: parseOperand(cursor) }
}

/** `in (a, b)`: equal to any of them. */
function parseMembers(cursor: Cursor, left: Operand): Condition {
  if (!takeWord(cursor, /^in$/i)) cursor.fail(cursor.peek(), `a comparison expected, found ${describe(cursor.peek())}`, 'Compare with ==, !=, <, <=, >, >= or in; texts stand between quotes.')
  cursor.expect('(', 'after in')
  const of: Condition[] = []
  do of.push({ kind: 'compare', operator: '==', left, right: parseOperand(cursor) })
  while (cursor.take(','))
  cursor.expect(')', 'to close the list')
  return { kind: 'any', of }
}

function parseOperand(cursor: Cursor): Operand {
  const token = cursor.peek()
  if (token.kind === 'string') return { kind: 'text', value: cursor.next().text }
  const truth = token.kind === 'name' && /^(true|false)$/i.test(token.text) && cursor.peek(1).text !== '('
  if (truth) return { kind: 'number', value: cursor.next().text.toLowerCase() === 'true' ? 1 : 0 }
  return parseArithmetic(cursor)
}

/** Whether the parenthesis ahead groups conditions rather than arithmetic. */
function holdsComparison(cursor: Cursor): boolean {
  for (let ahead = 0, depth = 0; ; ahead++) {
    const { kind, text } = cursor.peek(ahead)
    if (kind === 'end') return false
    if (kind === 'symbol' && text === '(') depth++
    else if (kind === 'symbol' && text === ')' && --depth === 0) return false
    else if ((kind === 'symbol' && (Object.hasOwn(comparisons, text) || /^[!&|]/.test(text))) || (kind === 'name' && /^(in|and|or|not)$/i.test(text))) return true
  }
}
