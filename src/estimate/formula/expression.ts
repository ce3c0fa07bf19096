/**
 * Arithmetic of columns and numbers, as it stands inside functions and on the left of `~`, and conditions: comparisons of arithmetic or of
 * texts, joined by `&` (`and`), `|` (`or`) and `!` (`not`), `&` before `|`. A condition inside arithmetic is 1 where it holds and 0 where it
 * does not: `I(year >= 1990)`, `I(log(dist) * (home != away))`. Nothing is evaluated as code.
 */
import type { Comparison, Condition, FunctionName, Operand, Term } from '../records.js'
import { describe, makeCursor, type Cursor } from './cursor.js'
import type { Token } from './tokenize.js'

const mathFunctions: readonly FunctionName[] = ['log', 'log1p', 'log2', 'log10', 'exp', 'sqrt', 'abs', 'I']
const comparisons: Readonly<Record<string, Comparison>> = { '==': '==', '=': '==', '!=': '!=', '<>': '!=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' }

/** Functions of other packages' formulas, and what is written here in their place. */
const elsewhere: readonly (readonly [names: RegExp, remedy: string])[] = [
  [/^ln$|^np\.log$/, 'log() is the natural logarithm.'],
  [/^(poly|bs|ns|spline|pspline)$/, 'Write powers: x + x^2 + x^3.'],
  [/^(dummies|cut)$/, 'Write i(v) or factor(v) for the levels of a column, I(v > 3) for those above a value; absorb many levels after |.'],
  [/^(is\.na|missing|complete\.cases)$/, 'Rows with a missing value in what the model reads leave by themselves; --where "x == x" keeps those that have x.'],
  [/^(ifelse|as\.numeric|as\.integer)$/, 'A condition inside I() is 1 where it holds and 0 elsewhere: I(year >= 1990 & home != away).'],
  [/^(sw|sw0|csw|csw0|mvsw|c)$/, 'One formula is one model: write one for each, or use estimateAll from code.'],
  [/^(l|f|d|L|F|D|lag|lead|diff|shift)$/, 'Make lags, leads and differences before estimation; --dynamic adds the lagged outcome to random-effects models.'],
  [/^frailty$/, 'A shared frailty is the model cox-frailty with --group.'],
  [/^(tt|tvc)$/, 'Split the spells into start–stop rows on which the covariate is constant.'],
]

/** Arithmetic, or a condition, which is 1 where it holds and 0 elsewhere. */
export function parseValue(cursor: Cursor): Term {
  return comparisonAhead(cursor) ? { kind: 'condition', condition: parseAny(cursor) } : parseArithmetic(cursor)
}

/** The condition of a text. Throws a `FormulaError` (exit code 2) with a caret under the place. */
export function parseCondition(text: string): Condition {
  const cursor = makeCursor(text, 'condition')
  const condition = parseAny(cursor)
  if (cursor.peek().kind !== 'end') cursor.fail(cursor.peek(), `unexpected ${describe(cursor.peek())}`, 'Join conditions with & and |.')
  return condition
}

/** Sums and differences of products; unary minus binds tighter than `*` and looser than `^`, as in R. */
function parseArithmetic(cursor: Cursor): Term {
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
  const base = parsePlain(cursor)
  return cursor.take('^') ? { kind: 'arithmetic', operator: '^', left: base, right: parseSigned(cursor) } : base
}

function parsePlain(cursor: Cursor): Term {
  const token = cursor.next()
  if (token.kind === 'number') return { kind: 'number', value: Number(token.text) }
  if (token.kind === 'symbol' && token.text === '(') {
    const inside = parseValue(cursor)
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
  const argument = parseValue(cursor)
  if (cursor.at(',')) cursor.fail(cursor.peek(), `${name}() takes one argument`, name === 'log' ? 'log() is natural; log2() and log10() exist.' : 'Remove the second argument.')
  cursor.expect(')', `to close ${name}()`)
  return { kind: 'call', name: name!, arguments: [argument] }
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
  if (cursor.at('(') && comparisonAhead(cursor, 1) && !isOperand(cursor)) {
    cursor.next()
    const inside = parseAny(cursor)
    cursor.expect(')', 'to close the parenthesis')
    return inside
  }
  const left = parseOperand(cursor)
  if (takeWord(cursor, /^not$/i)) return { kind: 'not', inside: parseMembers(cursor, left) }
  if (left.kind !== 'text' && endsCondition(cursor)) return { kind: 'flag', value: left }
  if (cursor.peek().kind === 'name') return parseMembers(cursor, left)
  const token = cursor.next()
  const operator = token.kind === 'symbol' ? comparisons[token.text] : undefined
  if (operator === undefined) cursor.fail(token, `a comparison expected, found ${describe(token)}`, 'Compare with ==, !=, <, <=, >, >= or in: year == 1995, sector in (1, 2).')
  return { kind: 'compare', operator: operator!, left, right: parseOperand(cursor) }
}

/** Whether nothing is compared with what was just read: a flag stands on its own. */
function endsCondition(cursor: Cursor): boolean {
  const { kind, text } = cursor.peek()
  return kind === 'end' || (kind === 'name' ? /^(and|or)$/i.test(text) : kind === 'symbol' && /^([,)~]|[&|]+)$/.test(text))
}

/** `in (a, b)`, R's `%in% c(a, b)`: equal to any of them. */
function parseMembers(cursor: Cursor, left: Operand): Condition {
  if (!takeWord(cursor, /^in$/i)) cursor.fail(cursor.peek(), `a comparison expected, found ${describe(cursor.peek())}`, 'Compare with ==, !=, <, <=, >, >= or in; texts stand between quotes.')
  takeWord(cursor, /^c$/)
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

/** Whether what stands `from` tokens ahead, up to the next comma, tilde or parenthesis that was open before, compares anything. */
function comparisonAhead(cursor: Cursor, from = 0): boolean {
  for (let ahead = from, depth = 0; ; ahead++) {
    const { kind, text } = cursor.peek(ahead)
    if (kind === 'end') return false
    if (kind === 'symbol' && text === '(') depth++
    else if (kind === 'symbol' && text === ')' && --depth < 0) return false
    else if (depth === 0 && kind === 'symbol' && (text === ',' || text === '~')) return false
    else if (depth === 0 && compares(cursor, ahead)) return true
  }
}

/** Whether the parenthesis ahead is a number to reckon or compare with: `(x > 1) + (y > 1) == 2`. */
function isOperand(cursor: Cursor): boolean {
  let ahead = 1
  for (let depth = 1; depth > 0 && cursor.peek(ahead).kind !== 'end'; ahead++) {
    if (cursor.peek(ahead).kind === 'symbol') depth += { '(': 1, ')': -1 }[cursor.peek(ahead).text] ?? 0
  }
  return /^([-+*/^]|[<>=!]+)$/.test(cursor.peek(ahead).text)
}

function compares(cursor: Cursor, ahead: number): boolean {
  const { kind, text } = cursor.peek(ahead)
  if (kind === 'symbol') return Object.hasOwn(comparisons, text) || /^[!&|]/.test(text)
  return kind === 'name' && ahead > 0 && /^in$/i.test(text) && /^(\(|c)$/.test(cursor.peek(ahead + 1).text)
}
