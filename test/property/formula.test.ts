/** Formatting and parsing are inverse: any spec comes back from its own text. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatFormula, formatTerm, parseExpression, parseFormula } from '../../src/estimate/index.js'
import type { FixedEffect, FunctionName, ModelSpec, Term } from '../../src/estimate/records.js'

const runs = 500
const name = fc.oneof(fc.constantFrom('x', 'log_sales', 'a.b', '_z', 'ref', 'surv', '売上', 'été'), fc.constantFrom('odd name', '1st', 'a-b', 'x^2'))
const column = name.map((text): Term => ({ kind: 'column', name: text }))
const number = fc.oneof(fc.integer({ min: -20, max: 2000 }), fc.constantFrom(0.5, 1e-6, 1e9, 0.1)).map((value): Term => ({ kind: 'number', value }))
const functionName = fc.constantFrom<FunctionName[]>('log', 'log1p', 'log2', 'log10', 'exp', 'sqrt', 'abs', 'I')

const arithmetic = fc.letrec<{ any: Term; call: Term }>((tie) => ({
  call: fc.tuple(functionName, tie('any')).map(([called, argument]): Term => ({ kind: 'call', name: called, arguments: [argument] })),
  any: fc.oneof({ maxDepth: 4 }, column, number, tie('call'), fc.tuple(fc.constantFrom('+', '-', '*', '/', '^'), tie('any'), tie('any'))
    .map(([operator, left, right]): Term => ({ kind: 'arithmetic', operator, left, right }))),
}))

const factor = fc.tuple(name, fc.option(fc.oneof(fc.integer(), fc.constantFrom('north', "it's", '')), { nil: undefined }))
  .map(([text, reference]): Term => (reference === undefined ? { kind: 'factor', name: text } : { kind: 'factor', name: text, reference }))
const atom = fc.oneof(column, arithmetic.call, factor)
const terms = fc.uniqueArray(atom, { selector: formatTerm, maxLength: 4 })
const effect = fc.record<FixedEffect>({ columns: fc.array(name, { minLength: 1, maxLength: 3 }) })

describe('formula text', () => {
  it('brings any numeric expression back', () => {
    fc.assert(fc.property(arithmetic.any, (term) => {
      const text = formatTerm(term)
      expect(formatTerm(parseExpression(text))).toBe(text)
      expect(sameValue(evaluate(parseExpression(text)), evaluate(term)), text).toBe(true)
    }), { numRuns: runs })
  })

  it('keeps a sign before a product apart from one before its first factor', () => {
    expect(formatTerm(parseExpression('-(a/b)'))).toBe('-(a/b)')
    expect(formatTerm(parseExpression('-a/b'))).toBe('(-a)/b')
    expect(formatTerm(parseExpression('-a^2'))).toBe('-a^2')
  })

  it('brings any spec back', () => {
    fc.assert(fc.property(terms, fc.boolean(), fc.array(effect, { maxLength: 2 }), fc.tuple(terms, terms), (regressors, intercept, absorb, [endogenous, instruments]) => {
      const instrumented = endogenous.length > 0 && instruments.length > 0
      const spec: ModelSpec = {
        outcome: { kind: 'column', name: 'y' },
        regressors: [...(intercept || absorb.length > 0 ? [{ kind: 'intercept' } as const] : []), ...regressors],
        absorb, endogenous: instrumented ? endogenous : [], instruments: instrumented ? instruments : [],
      }
      expect(parseFormula(formatFormula(spec))).toEqual(spec)
    }), { numRuns: runs })
  })
})

/** Value of an expression with every column 1.7: tells apart texts that look alike but group differently. */
function evaluate(term: Term): number {
  switch (term.kind) {
    case 'number': return term.value
    case 'column': return 1.7
    case 'call': return Math.atan(evaluate(term.arguments[0]!)) + term.name.length
    case 'arithmetic': {
      const [left, right] = [evaluate(term.left), evaluate(term.right)]
      return { '+': left + right, '-': left - right, '*': left * right, '/': left / right, '^': left ** right }[term.operator]
    }
    default: return NaN
  }
}

const sameValue = (actual: number, wanted: number): boolean => Object.is(actual, wanted) || actual === wanted || Math.abs(actual - wanted) <= 1e-9 * Math.abs(wanted)
