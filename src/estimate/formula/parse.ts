/**
 * Formula text -> typed spec. Recursive descent over the tokens; nothing is evaluated. The reading order is fixest's:
 *
 *     outcome ~ regressors | absorbed effects | endogenous ~ instruments
 *
 * A part that holds `~` is the instrument part. Between `+`, `-`, `*`, `:`, `^` and parentheses regressors follow R's
 * algebra of terms (`expand.ts`); inside a function they are arithmetic. `x^2` outside a function is read as `I(x^2)`, as
 * fixest does: R would read it as `x`.
 */
import type { FactorLevel, FixedEffect, ModelSpec, SpecInput, Term } from '../records.js'
import { describe, makeCursor, parseName, parseNames, type Cursor } from './cursor.js'
import { expandRegressors, type RegressorNode } from './expand.js'
import { parseMathCall, parseValue } from './expression.js'
import { formatTerm } from './format.js'
import { formulaError, type Token } from './tokenize.js'

/**
 * The typed spec of a formula. Text in a `ModelSpec` passes through unchanged, so every estimator takes either. Throws a
 * `FormulaError` (exit code 2) with a caret under the place.
 *
 * @example
 * const spec = parseFormula('y ~ x1 + log(x2) + i(year, ref = 2005) + x1:x2 | firm + region^year')
 */
export function parseFormula(input: SpecInput): ModelSpec {
  if (typeof input !== 'string') return input
  const cursor = makeCursor(input)
  if (cursor.peek().kind === 'end') cursor.fail(cursor.peek(), 'nothing to read', 'Write outcome ~ regressors, for example y ~ x1 + log(x2).')
  const outcome = parseOutcome(cursor)
  if (cursor.peek().kind === 'name') cursor.fail(cursor.peek(), `\`~\` expected after the outcome, found ${describe(cursor.peek())}`, 'Write outcome ~ regressors; a name that holds spaces stands between backticks.')
  cursor.expect('~', 'after the outcome')
  const right = expandRegressors(input, parseSum(cursor))
  const { absorb, endogenous, instruments } = parseParts(cursor)
  if (cursor.peek().kind !== 'end') cursor.fail(cursor.peek(), `unexpected \`${cursor.peek().text}\``, 'Regressors are joined by + - * : and parts by |; comparisons stand inside I(): I(x > 3).')
  if (right.strata.length > 0 && outcome.kind !== 'survival') {
    throw formulaError(input, input.indexOf('strata'), 'strata() without a survival outcome', 'Write surv(time, event) ~ … + strata(x), or absorb the effect after |.')
  }
  const place = [['a regressor', right.terms], ['endogenous', endogenous], ['an instrument', instruments]] as const
  const twice = place.find(([, terms]) => outcome.kind !== 'survival' && terms.some((term) => formatTerm(term) === formatTerm(outcome)))
  if (twice && outcome.kind !== 'survival') {
    throw formulaError(input, input.indexOf('~') + 1, `the outcome \`${formatTerm(outcome)}\` is also ${twice[0]}`, 'Take it off one side.')
  }
  const intercept: readonly Term[] = right.intercept ? [{ kind: 'intercept' }] : []
  return {
    outcome: outcome.kind === 'survival' ? { ...outcome, strata: right.strata } : outcome,
    regressors: [...intercept, ...right.terms],
    absorb,
    endogenous,
    instruments,
    ...(right.offset === undefined ? {} : { offset: formatTerm(right.offset) }),
  }
}

/** A numeric expression on its own, such as the text of an offset: `log(population)`. */
export function parseExpression(text: string): Term {
  const cursor = makeCursor(text)
  const term = parseValue(cursor)
  if (cursor.peek().kind !== 'end') cursor.fail(cursor.peek(), `unexpected \`${cursor.peek().text}\``, 'Write one numeric expression.')
  return term
}

function parseOutcome(cursor: Cursor): ModelSpec['outcome'] {
  const first = cursor.peek()
  const survival = first.kind === 'name' && /^surv$/i.test(first.text) && cursor.peek(1).text === '('
  if (!survival) return parseValue(cursor)
  cursor.next()
  cursor.next()
  const terms = [parseValue(cursor)]
  while (cursor.take(',')) terms.push(parseValue(cursor))
  const close = cursor.expect(')', `inside ${first.text}()`)
  const event = terms.pop()!
  const times = terms.map((term) => (term.kind === 'column' ? term.name : cursor.fail(close, `\`${formatTerm(term)}\` as a time`, 'Times are columns; only the event may be an expression: surv(time, 1 - censored).')))
  const named = event.kind === 'column' ? { event: event.name } : { event: formatTerm(event), eventTerm: event }
  if (times.length === 1) return { kind: 'survival', stop: times[0]!, ...named, strata: [] }
  if (times.length === 2) return { kind: 'survival', start: times[0]!, stop: times[1]!, ...named, strata: [] }
  return cursor.fail(first, `surv() with ${times.length + 1} column${times.length === 0 ? '' : 's'}`, 'Write surv(time, event) or surv(start, stop, event); the event is 1 where every spell ends in one: surv(time, 1).')
}

function parseParts(cursor: Cursor): Pick<ModelSpec, 'absorb' | 'endogenous' | 'instruments'> {
  let absorb: FixedEffect[] | undefined
  let instrumented: Pick<ModelSpec, 'endogenous' | 'instruments'> | undefined
  while (cursor.at('|')) {
    const bar = cursor.next()
    if (instrumented) cursor.fail(bar, 'a part after the instruments', 'The order is outcome ~ regressors | absorbed effects | endogenous ~ instruments.')
    if (partHoldsTilde(cursor)) {
      const endogenous = expandPlain(cursor, 'endogenous')
      cursor.expect('~', 'before the instruments')
      instrumented = { endogenous, instruments: expandPlain(cursor, 'instrument') }
    } else {
      if (absorb) cursor.fail(bar, 'a second part of absorbed effects', 'Join absorbed effects with + in one part; instruments are written endogenous ~ z1 + z2.')
      absorb = parseAbsorbed(cursor)
    }
  }
  return { absorb: absorb ?? [], endogenous: instrumented?.endogenous ?? [], instruments: instrumented?.instruments ?? [] }
}

function partHoldsTilde(cursor: Cursor): boolean {
  for (let ahead = 0, depth = 0; ; ahead++) {
    const { kind, text } = cursor.peek(ahead)
    if (kind === 'end') return false
    if (kind !== 'symbol') continue
    if (text === '~') return true
    if (text === '(' || text === ')') depth += text === '(' ? 1 : -1
    else if (text === '|' && depth === 0) return false
  }
}

function expandPlain(cursor: Cursor, what: string): readonly Term[] {
  const first = cursor.peek()
  const { terms, strata, offset } = expandRegressors(cursor.text, parseSum(cursor))
  if (strata.length > 0 || offset !== undefined || terms.length === 0) {
    cursor.fail(first, `the ${what} part needs ${what} terms`, 'Write endogenous ~ z1 + z2; offset() and strata() belong to the regressors.')
  }
  return terms
}

function parseAbsorbed(cursor: Cursor): FixedEffect[] {
  if (cursor.peek().kind === 'number' && /^[01]$/.test(cursor.peek().text)) {
    cursor.next()
    return []
  }
  const effects = [parseFixedEffect(cursor)]
  while (cursor.take('+')) effects.push(parseFixedEffect(cursor))
  if (cursor.at(':') || cursor.at('*')) cursor.fail(cursor.peek(), `\`${cursor.peek().text}\` between absorbed effects`, 'Cross absorbed effects with ^: region^year.')
  return effects
}

function parseFixedEffect(cursor: Cursor): FixedEffect {
  const columns = [parseName(cursor, 'among the absorbed effects')]
  while (cursor.take('^')) columns.push(parseName(cursor, 'after ^'))
  if (cursor.at('(')) cursor.fail(cursor.peek(), 'a function among the absorbed effects', 'Absorbed effects are columns, crossed with ^: firm + region^year.')
  if (!cursor.take('[')) return { columns }
  const slopesOnly = cursor.take('[')
  const slopes = parseNames(cursor, ']', 'after the slopes')
  if (slopesOnly) cursor.expect(']', 'after the slopes')
  return { columns, slopes, slopesOnly }
}

function parseSum(cursor: Cursor): RegressorNode {
  const lead = cursor.peek()
  let node: RegressorNode | undefined
  if (cursor.take('-')) node = { kind: 'binary', operator: '-', left: { kind: 'empty' }, right: parseStar(cursor), at: lead.at }
  else {
    cursor.take('+')
    node = parseStar(cursor)
  }
  while (cursor.at('+') || cursor.at('-')) {
    const sign = cursor.next()
    node = { kind: 'binary', operator: sign.text as '+' | '-', left: node, right: parseStar(cursor), at: sign.at }
  }
  return node
}

function parseStar(cursor: Cursor): RegressorNode {
  let node = parseColon(cursor)
  while (cursor.at('*') || cursor.at('/')) {
    const sign = cursor.next()
    if (cursor.at('*')) cursor.fail(cursor.peek(), '`**` between regressors', 'Powers are written x^2.')
    if (sign.text === '/') cursor.fail(sign, '`/` between regressors', 'Divide inside I(): I(x / 100). Nest with a + a:b.')
    node = { kind: 'binary', operator: '*', left: node, right: parseColon(cursor), at: sign.at }
  }
  return node
}

function parseColon(cursor: Cursor): RegressorNode {
  let node = parsePower(cursor)
  while (cursor.at(':')) {
    const sign = cursor.next()
    node = { kind: 'binary', operator: ':', left: node, right: parsePower(cursor), at: sign.at }
  }
  return node
}

function parsePower(cursor: Cursor): RegressorNode {
  const base = parsePrimary(cursor)
  if (!cursor.at('^')) return base
  const sign = cursor.next()
  const exponent = cursor.peek()
  if (exponent.kind !== 'number') cursor.fail(exponent, 'a number expected after ^', 'Write x^2, or (a + b)^2 for all interactions of two.')
  cursor.next()
  const value = Number(exponent.text)
  if (base.kind === 'term') return { kind: 'term', term: { kind: 'call', name: 'I', arguments: [{ kind: 'arithmetic', operator: '^', left: base.term, right: { kind: 'number', value } }] } }
  if (!Number.isInteger(value) || value < 1) cursor.fail(exponent, 'a crossing to a power that is not a whole number', 'Write (a + b)^2 for all interactions of two.')
  return { kind: 'power', base, exponent: value, at: sign.at }
}

function parsePrimary(cursor: Cursor): RegressorNode {
  const token = cursor.next()
  if (token.kind === 'symbol' && token.text === '(') {
    const inside = parseSum(cursor)
    cursor.expect(')', 'to close the parenthesis')
    return { kind: 'group', inside }
  }
  if (token.kind === 'number') {
    if (token.text !== '0' && token.text !== '1') cursor.fail(token, `the number ${token.text} among the regressors`, 'Only 1 and 0 stand alone (with and without intercept); scale a column inside I().')
    return { kind: 'constant', value: Number(token.text) as 0 | 1 }
  }
  if (token.text === '[') cursor.fail(token, '`[` among the regressors', 'Instruments are a part of their own: y ~ exogenous | effects | endogenous ~ instruments.')
  if (token.kind !== 'name') return cursor.fail(token, `a regressor expected, found ${describe(token)}`, 'Write a column, a function of columns, or 1.')
  if (token.text === '.') cursor.fail(token, '`.` among the regressors', 'Write the columns out, joined by +.')
  return cursor.at('(') ? parseCall(cursor, token) : { kind: 'term', term: { kind: 'column', name: token.text } }
}

function parseCall(cursor: Cursor, token: Token): RegressorNode {
  switch (token.text) {
    case 'i':
    case 'factor':
    case 'as.factor':
    case 'C':
      return parseFactor(cursor)
    case 'strata':
      cursor.next()
      return { kind: 'strata', columns: parseNames(cursor, ')', 'inside strata()') }
    case 'offset': {
      cursor.next()
      const term = parseValue(cursor)
      cursor.expect(')', 'to close offset()')
      return { kind: 'offset', term }
    }
    case 'cluster':
      return cursor.fail(token, 'cluster() among the regressors', "A covariance is chosen outside the formula: --cluster firm, or vcov: cluster('firm').")
    default:
      return { kind: 'term', term: parseMathCall(cursor, token) }
  }
}

/** `i(v)`, `i(v, ref = level)`, `i(v, x)` and `i(v, x, ref = level)`: levels of v, as they are or times x, which may be an expression. */
function parseFactor(cursor: Cursor): RegressorNode {
  cursor.expect('(', 'after i')
  const name = parseName(cursor, 'inside i()')
  let by: Term | undefined
  let reference: FactorLevel | readonly FactorLevel[] | undefined
  while (cursor.take(',')) {
    const word = cursor.peek()
    if (word.kind === 'name' && cursor.peek(1).text === '=') {
      if (word.text !== 'ref') cursor.fail(word, `\`${word.text} =\` inside i()`, 'Write i(v, ref = level) or i(v, ref = c(first, second)) for the levels left out; choose rows with --where.')
      cursor.next()
      cursor.next()
      reference = parseLevels(cursor)
    } else if (by === undefined && word.kind === 'name') {
      by = parseValue(cursor)
    } else {
      cursor.fail(word, `unexpected ${describe(word)} inside i()`, 'Write i(v), i(v, ref = level) or i(v, x, ref = level).')
    }
  }
  cursor.expect(')', 'to close i()')
  const factor: Term = reference === undefined ? { kind: 'factor', name } : { kind: 'factor', name, reference }
  return { kind: 'term', term: by === undefined ? factor : { kind: 'interaction', of: [factor, by] } }
}

/** One level, or several in `c(…)`. */
function parseLevels(cursor: Cursor): FactorLevel | readonly FactorLevel[] {
  if (cursor.peek().text !== 'c' || cursor.peek(1).text !== '(') return parseLevel(cursor)
  cursor.next()
  cursor.next()
  const levels = [parseLevel(cursor)]
  while (cursor.take(',')) levels.push(parseLevel(cursor))
  cursor.expect(')', 'to close the levels')
  return levels
}

function parseLevel(cursor: Cursor): FactorLevel {
  const negative = cursor.take('-')
  const token = cursor.next()
  if (token.kind === 'number') return (negative ? -1 : 1) * Number(token.text)
  if (negative || (token.kind !== 'string' && token.kind !== 'name')) cursor.fail(token, 'a level expected after ref =', "Write ref = 2005 or ref = 'north'.")
  return token.text
}
