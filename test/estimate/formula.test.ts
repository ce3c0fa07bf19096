import { describe, expect, it } from 'vitest'
import { formatFormula, formatTerm, parseFormula } from '../../src/estimate/index.js'
import { failure } from '../failure.js'

const refusal = (text: string) => failure(() => parseFormula(text))
const terms = (text: string): string[] => parseFormula(text).regressors.map(formatTerm)

describe('formula text', () => {
  it('reads every part in fixest order', () => {
    const spec = parseFormula('y ~ x1 + log(x2) + i(year, ref = 2005) + x1:x2 | firm + region^year | endo ~ z1 + z2')
    expect(spec.outcome).toEqual({ kind: 'column', name: 'y' })
    expect(spec.regressors.map(formatTerm)).toEqual(['(Intercept)', 'x1', 'log(x2)', 'i(year, ref = 2005)', 'x1:x2'])
    expect(spec.absorb).toEqual([{ columns: ['firm'] }, { columns: ['region', 'year'] }])
    expect(spec.endogenous.map(formatTerm)).toEqual(['endo'])
    expect(spec.instruments.map(formatTerm)).toEqual(['z1', 'z2'])
  })

  it('reads instruments without absorbed effects', () => {
    const spec = parseFormula('y ~ 1 | x ~ z')
    expect(spec.absorb).toEqual([])
    expect(spec.endogenous.map(formatTerm)).toEqual(['x'])
    expect(parseFormula('y ~ w | 0 | x ~ z')).toEqual({ ...parseFormula('y ~ w | x ~ z') })
  })

  it('reads survival outcomes with and without entry time', () => {
    expect(parseFormula('surv(start, stop, event) ~ x + strata(industry)').outcome)
      .toEqual({ kind: 'survival', start: 'start', stop: 'stop', event: 'event', strata: ['industry'] })
    expect(parseFormula('Surv(time, status) ~ x').outcome).toEqual({ kind: 'survival', stop: 'time', event: 'status', strata: [] })
  })

  it.each([
    ['y ~ a * b', ['(Intercept)', 'a', 'b', 'a:b']],
    ['y ~ a:b + c', ['(Intercept)', 'c', 'a:b']],
    ['y ~ (a + b + c)^2', ['(Intercept)', 'a', 'b', 'c', 'a:b', 'a:c', 'b:c']],
    ['y ~ (a + b) * c', ['(Intercept)', 'a', 'b', 'c', 'a:c', 'b:c']],
    ['y ~ a * b - a:b', ['(Intercept)', 'a', 'b']],
    ['y ~ b + a + a', ['(Intercept)', 'b', 'a']],
    ['y ~ a:b + b:a', ['(Intercept)', 'a:b']],
    ['y ~ x - 1', ['x']],
    ['y ~ 0 + x', ['x']],
    ['y ~ 1', ['(Intercept)']],
    ['y ~ x^2', ['(Intercept)', 'I(x^2)']],
    ['y ~ I( x ^2 ) + log(x+1) + I((a+b)/2) + I(-x)', ['(Intercept)', 'I(x^2)', 'log(x + 1)', 'I((a + b)/2)', 'I(-x)']],
    ['y ~ I(a - (b - c)) + I(a/(b*c)) + I(a^-1)', ['(Intercept)', 'I(a - (b - c))', 'I(a/(b * c))', 'I(a^(-1))']],
    ['y ~ sales.2005 + `odd name` + _x + 売上', ['(Intercept)', 'sales.2005', '`odd name`', '_x', '売上']],
    ['y ~ i(rel, ref = -1) + i(area, treat, ref = "north")', ['(Intercept)', 'i(rel, ref = -1)', 'i(area, ref = \'north\'):treat']],
    ['y ~ factor(year)', ['(Intercept)', 'i(year)']],
    ['y ~ as.factor(year) + C(area)', ['(Intercept)', 'i(year)', 'i(area)']],
    ['y ~ i(year, log(x), ref = c(2005, -1))', ['(Intercept)', 'i(year, ref = c(2005, -1)):log(x)']],
    ['y ~ i(year, I(home!=away), ref=c("a","b"))', ['(Intercept)', "i(year, ref = c('a', 'b')):I(home != away)"]],
    ["y ~ I(x>5 & !(z == 'a' | z=='b')) + I(year %in% c(1990, 1995))", ['(Intercept)', "I(x > 5 & !(z == 'a' | z == 'b'))", 'I(year == 1990 | year == 1995)']],
    ['y ~ I(log(d) * (home != away)) + log((x > 1) + 1)', ['(Intercept)', 'I(log(d) * (home != away))', 'log((x > 1) + 1)']],
  ])('%s', (text, expected) => expect(terms(text)).toEqual(expected))

  it('keeps offset and slopes', () => {
    const spec = parseFormula('y ~ x + offset(log(n)) | firm[t] + area[[a, b]]')
    expect(spec.offset).toBe('log(n)')
    expect(spec.absorb).toEqual([{ columns: ['firm'], slopes: ['t'], slopesOnly: false }, { columns: ['area'], slopes: ['a', 'b'], slopesOnly: true }])
  })

  it.each([
    'y ~ x1 + log(x2) + i(year, ref = 2005) + x1:x2 | firm + region^year | endo ~ z1 + z2',
    'surv(start, stop, event) ~ x + strata(industry, area)',
    'surv(time, 1 - censored) ~ x',
    'surv(time, status == 2) ~ x',
    "I(union == 'yes') ~ x",
    'surv(time, !censored) ~ x',
    'y ~ I(treated & year > 2005)',
    'trade > 0 ~ x',
    'y ~ I(a > 1 & (b > 2 | c < 3)) + i(year, ref = c(1, 2)):I((a > 1) == (b > 1))',
    'y ~ 1 | firm | I(a == 1 | b == 1) ~ z',
    'log(y) ~ x - 1',
    'y ~ 1 | firm',
    'y ~ I((a + b)^2/c) + offset(log(n))',
    'y ~ 0',
    'y ~ x | firm[t] + area[[a, b]]',
  ])('is its own canonical text: %s', (text) => {
    expect(formatFormula(parseFormula(text))).toBe(text)
    expect(parseFormula(formatFormula(parseFormula(text)))).toEqual(parseFormula(text))
  })
})

describe('formula errors', () => {
  it('points at the place', () => {
    const error = refusal('y ~ x + )')
    expect(error.name).toBe('FormulaError')
    expect(error.exitCode).toBe(2)
    expect(error.message).toBe('a regressor expected, found `)` in the formula, column 9\n  y ~ x + )\n          ^')
  })

  it.each([
    ['', 'nothing to read'],
    ['y', '`~` expected'],
    ['y ~ ', 'a regressor expected'],
    ['y ~ x +', 'a regressor expected'],
    ['y ~ (a + b', '`)` expected'],
    ['y ~ poly(x, 2)', 'unknown function `poly`'],
    ['y ~ log(x, 2)', 'takes one argument'],
    ['y ~ x / 100', '`/` between regressors'],
    ['y ~ 2', 'the number 2'],
    ['y ~ x | a | b', 'second part of absorbed'],
    ['y ~ x | e ~ z | f', 'a part after the instruments'],
    ['y ~ x | a:b', 'between absorbed effects'],
    ['y ~ x | log(a)', 'function among the absorbed'],
    ['y ~ x ? z', 'cannot read `?`'],
    ['y ~ x + cluster(id)', 'cluster() among the regressors'],
    ['y ~ x + strata(g)', 'strata() without a survival outcome'],
    ['surv(a) ~ x', 'surv() with 1 column'],
    ['surv(log(a), b) ~ x', '`log(a)` as a time'],
    ['y ~ i(x, ref = )', 'a level expected'],
    ['y ~ x y', 'unexpected `y`'],
    ['y ~ x + y', 'the outcome `y` is also a regressor'],
    ['y ~ x | y ~ z', 'the outcome `y` is also endogenous'],
    ['log(y) ~ x | a + log( y ) ~ z + w', 'the outcome `log(y)` is also endogenous'],
    ['y ~ x | f | a ~ z + y', 'the outcome `y` is also an instrument'],
    ['y ~ (a + 1):b', 'only columns and functions'],
    ['y ~ x | e ~ 1', 'needs instrument terms'],
    ['y ~ x**2', '`**` between regressors'],
    ['y ~ .', '`.` among the regressors'],
    ['y ~ [x ~ z]', '`[` among the regressors'],
  ])('%s', (text, message) => {
    const error = refusal(text)
    expect(error.message).toContain(message)
    expect(error.remedy.length).toBeGreaterThan(10)
    expect(error.exitCode).toBe(2)
  })

  it.each([
    ['y ~ poly(x, 2)', 'x + x^2'], ['y ~ ln(x)', 'natural'], ['y ~ cut(g, 3)', 'I(v > 3)'], ['y ~ ifelse(x > 5, 1, 0)', 'inside I()'], ['y ~ x > 5', 'I(x > 3)'], ['y ~ I(is.na(x))', 'leave by themselves'], ['surv(t, e) ~ x + frailty(g)', 'cox-frailty'], ['y ~ csw0(a, b)', 'one model'], ['c(y, z) ~ x', 'one model'],
    ['y ~ l(x, 1)', 'before estimation'], ['y ~ c.x#c.z', 'a:b'], ['y ~ i(g, keep = 1)', '--where'], ['y ~ x**2', 'x^2'], ['y ~ [x ~ z]', 'endogenous ~ instruments'],
  ])('answers other packages\' spelling with ours: %s', (text, remedy) => {
    expect(refusal(text).remedy).toContain(remedy)
  })
})
