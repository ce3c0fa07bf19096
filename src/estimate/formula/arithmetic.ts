/** Arithmetic of columns and numbers, as it stands inside functions and on the left of `~`. */
import type { FunctionName, Term } from '../records.js'
import { describe, type Cursor } from './cursor.js'
import type { Token } from './tokenize.js'

const mathFunctions: readonly FunctionName[] = ['log', 'log1p', 'log2', 'log10', 'exp', 'sqrt', 'abs', 'I']

/** Functions of other packages' formulas, and what is written here in their place. */
const elsewhere: readonly (readonly [names: RegExp, remedy: string])[] = [
  [/^ln$|^np\.log$/, 'log() is the natural logarithm.'],
  [/^(poly|bs|ns|spline)$/, 'Write powers: x + x^2 + x^3.'],
  [/^(C|as\.factor|dummies)$/, 'Write i(v) or factor(v) for the levels of a column; absorb many of them after |.'],
  [/^(sw|sw0|csw|csw0|mvsw|c)$/, 'One formula is one model: write one for each, or use estimateAll from code.'],
  [/^(l|f|d|L|F|D|lag|lead|diff|shift)$/, 'Make lags, leads and differences before estimation; --dynamic adds the lagged outcome to random-effects models.'],
]

/** Sums and differences of products; unary minus binds tighter than `*` and looser than `^`, as in R. */
export function parseArithmetic(cursor: Cursor): Term {
  let left = parseProduct(cursor)
  while (cursor.at('+') || cursor.at('-')) {
    const operator = cursor.next().text as '+' | '-'
    left = { kind: 'arithmetic', operator, left, right: parseProduct(cursor) }
  }
  return left
}

function parseProduct(cursor: Cursor): Term {
  let left = parseSigned(cursor)
  while (cursor.at('*') || cursor.at('/')) {
    const operator = cursor.next().text as '*' | '/'
    left = { kind: 'arithmetic', operator, left, right: parseSigned(cursor) }
  }
  return left
}

function parseSigned(cursor: Cursor): Term {
  if (cursor.take('+')) return parseSigned(cursor)
  if (cursor.take('-')) {
    const operand = parseSigned(cursor)
    return operand.kind === 'number' ? { kind: 'number', value: -operand.value } : { kind: 'arithmetic', operator: '-', left: { kind: 'number', value: 0 }, right: operand }
  }
  const base = parseOperand(cursor)
  return cursor.take('^') ? { kind: 'arithmetic', operator: '^', left: base, right: parseSigned(cursor) } : base
}

function parseOperand(cursor: Cursor): Term {
  const token = cursor.next()
  if (token.kind === 'number') return { kind: 'number', value: Number(token.text) }
  if (token.kind === 'symbol' && token.text === '(') {
    const inside = parseArithmetic(cursor)
    cursor.expect(')', 'to close the parenthesis')
    return inside
  }
  if (token.kind !== 'name') return cursor.fail(token, `a column or a number expected, found ${describe(token)}`, 'Write arithmetic of columns and numbers.')
  return cursor.at('(') ? parseMathCall(cursor, token) : { kind: 'column', name: token.text }
}

/** `log(…)` and its like; `token` is the name, the cursor stands at the parenthesis. */
export function parseMathCall(cursor: Cursor, token: Token): Term {
  const name = mathFunctions.find((known) => known === token.text)
  if (name === undefined) cursor.fail(token, `unknown function \`${token.text}\``, `${elsewhere.find(([names]) => names.test(token.text))?.[1] ?? ''} Known: i(), offset(), strata(), ${mathFunctions.map((known) => `${known}()`).join(', ')}. Make other columns before estimation.`.trim())
  cursor.expect('(', `after ${name}`)
  const argument = parseArithmetic(cursor)
  if (cursor.at(',')) cursor.fail(cursor.peek(), `${name}() takes one argument`, name === 'log' ? 'log() is natural; log2() and log10() exist.' : 'Remove the second argument.')
  cursor.expect(')', `to close ${name}()`)
  return { kind: 'call', name: name!, arguments: [argument] }
}
