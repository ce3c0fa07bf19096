/**
 * Typed spec -> canonical text. Term names in results are these texts: spaces around `+`, `-`, `*` inside functions and none
 * around `/`, `^`, `:`, as R writes them, so `I(x^2)`, `log(x + 1)`, `a:b`. Formatting and parsing are inverse to each other.
 */
import type { Condition, FactorLevel, FixedEffect, ModelSpec, Operand, SurvivalOutcome, Term } from '../records.js'

const plainName = /^[\p{L}_.][\p{L}\p{M}\p{N}_.]*$/u
const precedence = { '+': 1, '-': 1, '*': 2, '/': 2, '^': 3 } as const

/** Column name as a formula spells it: between backticks where it is not a plain name. */
export function formatName(name: string): string {
  return plainName.test(name) ? name : `\`${name}\``
}

/** Canonical text of one term. */
export function formatTerm(term: Term): string {
  switch (term.kind) {
    case 'intercept':
      return '(Intercept)'
    case 'column':
      return formatName(term.name)
    case 'number':
      return String(term.value)
    case 'call':
      return `${term.name}(${term.arguments.map(formatTerm).join(', ')})`
    case 'arithmetic':
      return formatArithmetic(term)
    case 'factor':
      return `i(${formatName(term.name)}${term.reference === undefined ? '' : `, ref = ${formatReference(term.reference)}`})`
    case 'interaction':
      return term.of.map(formatTerm).join(':')
    case 'condition':
      return formatCondition(term.condition)
  }
}

/** Canonical text of a spec: `outcome ~ regressors | absorbed | endogenous ~ instruments`. */
export function formatFormula(spec: ModelSpec): string {
  const regressors = spec.regressors.filter((term) => term.kind !== 'intercept').map(formatTerm)
  const strata = isSurvival(spec.outcome) && spec.outcome.strata.length > 0
    ? [`strata(${spec.outcome.strata.map(formatName).join(', ')})`] : []
  const offset = spec.offset === undefined ? [] : [`offset(${spec.offset})`]
  const right = [...regressors, ...strata, ...offset]
  const intercept = spec.regressors.some((term) => term.kind === 'intercept')
  const implied = spec.absorb.length > 0 || isSurvival(spec.outcome)
  const sum = right.length === 0 ? (intercept || implied ? '1' : '0') : right.join(' + ') + (intercept || implied ? '' : ' - 1')
  const parts = [`${formatOutcome(spec.outcome)} ~ ${sum}`]
  if (spec.absorb.length > 0) parts.push(spec.absorb.map(formatFixedEffect).join(' + '))
  if (spec.endogenous.length > 0) parts.push(`${spec.endogenous.map(formatTerm).join(' + ')} ~ ${spec.instruments.map(formatTerm).join(' + ')}`)
  return parts.join(' | ')
}

/** `surv(start, stop, event)`, or the outcome term. */
export function formatOutcome(outcome: ModelSpec['outcome']): string {
  if (!isSurvival(outcome)) return formatTerm(outcome)
  const times = outcome.start === undefined ? [outcome.stop] : [outcome.start, outcome.stop]
  const event = outcome.eventTerm === undefined ? formatName(outcome.event) : formatTerm(outcome.eventTerm)
  return `surv(${[...times.map(formatName), event].join(', ')})`
}

/** `region^year`, `firm[x]` (intercepts and slopes), `firm[[x]]` (slopes only). */
export function formatFixedEffect(effect: FixedEffect): string {
  const base = effect.columns.map(formatName).join('^')
  if (!effect.slopes || effect.slopes.length === 0) return base
  const slopes = effect.slopes.map(formatName).join(', ')
  return effect.slopesOnly ? `${base}[[${slopes}]]` : `${base}[${slopes}]`
}

/** True where the outcome is `surv(…)`. */
export function isSurvival(outcome: ModelSpec['outcome']): outcome is SurvivalOutcome {
  return outcome.kind === 'survival'
}

function formatArithmetic(term: Term & { kind: 'arithmetic' }): string {
  const own = precedence[term.operator]
  // A sign binds tighter than a product: −(a/b) is not (−a)/b.
  if (term.operator === '-' && term.left.kind === 'number' && term.left.value === 0) return `-${wrap(term.right, precedence['^'], false)}`
  const right = wrap(term.right, own, term.operator !== '^')
  const left = wrap(term.left, own, term.operator === '^')
  const tight = term.operator === '^' || term.operator === '/'
  return tight ? `${left}${term.operator}${right}` : `${left} ${term.operator} ${right}`
}

/** Parentheses where the operand binds looser than its operator, or as loosely on the side the operator does not lean to. */
function wrap(operand: Term, outer: number, strict: boolean): string {
  const text = formatTerm(operand)
  const inner = operand.kind === 'arithmetic' ? (text.startsWith('-') ? 1 : precedence[operand.operator]) : operand.kind === 'number' && operand.value < 0 ? 1 : operand.kind === 'condition' ? 0 : 4
  return inner < outer || (strict && inner === outer) ? `(${text})` : text
}

function formatCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'compare':
      return `${formatOperand(condition.left)} ${condition.operator} ${formatOperand(condition.right)}`
    case 'flag':
      return formatTerm(condition.value)
    case 'not':
      return condition.inside.kind === 'flag' && condition.inside.value.kind === 'column' ? `!${formatTerm(condition.inside.value)}` : `!(${formatCondition(condition.inside)})`
    case 'all':
      return condition.of.map((one) => (one.kind === 'any' ? `(${formatCondition(one)})` : formatCondition(one))).join(' & ')
    case 'any':
      return condition.of.map(formatCondition).join(' | ')
  }
}

const formatOperand = (operand: Operand): string =>
  operand.kind === 'text' ? formatLevel(operand.value) : operand.kind === 'condition' ? `(${formatTerm(operand)})` : formatTerm(operand)

function formatReference(reference: FactorLevel | readonly FactorLevel[]): string {
  return typeof reference === 'object' ? `c(${reference.map(formatLevel).join(', ')})` : formatLevel(reference)
}

function formatLevel(level: FactorLevel): string {
  return typeof level === 'number' ? String(level) : level.includes('\'') ? `"${level}"` : `'${level}'`
}
