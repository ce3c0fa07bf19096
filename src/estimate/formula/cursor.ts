/** A position in the tokens of one formula, with the few moves the parsers make. */
import { formulaError, tokenize, type Token } from './tokenize.js'

export interface Cursor {
  readonly text: string
  peek(ahead?: number): Token
  next(): Token
  at(symbol: string): boolean
  take(symbol: string): boolean
  expect(symbol: string, where: string): Token
  fail(token: Token, what: string, remedy: string): never
}

/** A cursor at the first token of `text`. */
export function makeCursor(text: string, language: 'formula' | 'condition' = 'formula'): Cursor {
  const tokens = tokenize(text, language)
  let position = 0
  const peek = (ahead = 0): Token => tokens[Math.min(position + ahead, tokens.length - 1)]!
  const at = (symbol: string): boolean => peek().kind === 'symbol' && peek().text === symbol
  const fail = (token: Token, what: string, remedy: string): never => {
    throw formulaError(text, token.at, what, remedy, language)
  }
  const next = (): Token => tokens[Math.min(position++, tokens.length - 1)]!
  return {
    text, peek, next, at, fail,
    take: (symbol) => at(symbol) && next() !== undefined,
    expect(symbol, where) {
      if (!at(symbol)) fail(peek(), `\`${symbol}\` expected ${where}, found ${describe(peek())}`, `Write \`${symbol}\` here.`)
      return next()
    },
  }
}

/** A token as an error message names it. */
export const describe = (token: Token): string => (token.kind === 'end' ? 'the end' : `\`${token.text}\``)

/** Names separated by commas up to and including `close`. */
export function parseNames(cursor: Cursor, close: string, where: string): string[] {
  const names = [parseName(cursor, where)]
  while (cursor.take(',')) names.push(parseName(cursor, where))
  cursor.expect(close, where)
  return names
}

/** One column name. */
export function parseName(cursor: Cursor, where: string): string {
  const token = cursor.peek()
  if (token.kind !== 'name') cursor.fail(token, `a column name expected ${where}, found ${describe(token)}`, 'Write the name of a column, between backticks where it is not a plain word.')
  return cursor.next().text
}
