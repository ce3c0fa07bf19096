/**
 * Formula text -> tokens. Names may hold letters of any script, digits, dots and underscores; anything else is written between
 * backticks. Every token remembers its column, so that an error can point at it.
 */
import { ReshoreError } from '../../errors.js'

export type TokenKind = 'name' | 'number' | 'string' | 'symbol' | 'end'

export interface Token {
  readonly kind: TokenKind
  /** Names and strings without their quotes; symbols and numbers as written. */
  readonly text: string
  /** 0-based offset in the formula. */
  readonly at: number
}

const space = /[\s\u3000]+/y
const name = /[\p{L}_.][\p{L}\p{M}\p{N}_.]*/uy
const number = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y
const quoted = /`([^`]*)`|"([^"]*)"|'([^']*)'/y
/** The longer ones first. */
const symbol = /==|!=|<>|<=|>=|&&|\|\||[~|+\-*/^:()[\],<>=!&]/y
/** R's word for membership. */
const member = /%in%/y

const interactions = 'Interactions are a:b, and a*b with the main effects; i(v) stands for the levels of v, i(v, x) for x by level.'

/** Tokens of `text`, closed by one of kind `end`. Throws a `FormulaError` (exit code 2) that points at the first unreadable character. */
export function tokenize(text: string, language: 'formula' | 'condition' = 'formula'): Token[] {
  const tokens: Token[] = []
  let at = 0
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    return pattern.exec(text)
  }
  while (at < text.length) {
    const blank = match(space)
    if (blank) {
      at += blank[0].length
      continue
    }
    const token = readToken(match, at)
    if (!token) {
      const character = String.fromCodePoint(text.codePointAt(at)!)
      throw formulaError(text, at, `cannot read \`${character}\``, character === '#' ? interactions : 'Write a column whose name holds other characters between backticks: `name here`.', language)
    }
    tokens.push(token.token)
    at += token.length
  }
  tokens.push({ kind: 'end', text: '', at: text.length })
  return tokens
}

function readToken(match: (pattern: RegExp) => RegExpExecArray | null, at: number): { token: Token; length: number } | undefined {
  const digits = match(number)
  if (digits) return { token: { kind: 'number', text: digits[0], at }, length: digits[0].length }
  const word = match(name)
  if (word) return { token: { kind: 'name', text: word[0], at }, length: word[0].length }
  const between = match(quoted)
  if (between) {
    const kind = between[1] !== undefined ? 'name' : 'string'
    return { token: { kind, text: between[1] ?? between[2] ?? between[3]!, at }, length: between[0].length }
  }
  const among = match(member)
  if (among) return { token: { kind: 'name', text: 'in', at }, length: among[0].length }
  const sign = match(symbol)
  return sign ? { token: { kind: 'symbol', text: sign[0], at }, length: sign[0].length } : undefined
}

/** A `FormulaError` that shows the formula, or condition, with a caret under column `at`. */
export function formulaError(text: string, at: number, what: string, remedy: string, language: 'formula' | 'condition' = 'formula'): ReshoreError {
  const line = text.replace(/\s/g, ' ')
  return new ReshoreError('FormulaError', `${what} in the ${language}, column ${at + 1}\n  ${line}\n  ${' '.repeat(at)}^`, remedy, 2)
}
