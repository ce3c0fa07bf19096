import { Bool, Dictionary, Float64, Int32, tableFromArrays, Utf8, vectorFromArray, Table } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { bindSpec, dropCollinear, parseFormula, type BindOptions } from '../../src/estimate/index.js'
import type { ArrowTable, Design } from '../../src/estimate/records.js'
import { failure } from '../failure.js'

const text = (values: readonly (string | null)[]) => vectorFromArray(values, new Dictionary(new Utf8(), new Int32()))
const numbers = (values: readonly (number | null)[]) => vectorFromArray(values, new Float64())

const table = new Table({
  y: vectorFromArray(Float64Array.from([1, 2, 3, 4, 5, 6, 7, 8])),
  x: vectorFromArray(Float64Array.from([0, 1, 4, 9, 16, 25, 36, 49])),
  gap: numbers([1.5, null, 2.5, 3.5, null, 4.5, 5.5, 6.5]),
  area: text(['south', 'north', 'east', 'east', 'north', 'south', 'east', 'north']),
  hole: text(['a', 'b', '', 'a', null, 'b', 'a', 'b']),
  flag: vectorFromArray([true, false, true, false, true, false, true, false], new Bool()),
  year: vectorFromArray([10, 9, 10, 9, 11, 11, 9, 10], new Int32()),
  only: text(['k', 'k', 'k', 'k', 'k', 'k', 'k', 'k']),
})

const bind = (formula: string, options?: BindOptions): Design => bindSpec(parseFormula(formula), table, options)
const column = (design: Design, term: string): number[] => Array.from(design.columns[design.terms.indexOf(term)]!)

describe('bindSpec', () => {
  it('is a view of the table where nothing changes', () => {
    const design = bind('y ~ x')
    expect(design.columns[1]!.buffer).toBe((table.getChild('x')!.data[0]!.values as Float64Array).buffer)
  })

  it('drops the first level: texts sorted, numbers by size, booleans false', () => {
    const design = bind('y ~ area + i(year) + flag')
    expect(design.terms).toEqual(['(Intercept)', 'area::north', 'area::south', 'year::10', 'year::11', 'flag::true'])
    expect(column(design, 'area::south')).toEqual([1, 0, 0, 0, 0, 1, 0, 0])
    expect(column(design, 'year::11')).toEqual([0, 0, 0, 0, 1, 1, 0, 0])
    expect(column(design, 'flag::true')).toEqual([1, 0, 1, 0, 1, 0, 1, 0])
    expect(design.levels).toEqual({ area: ['east', 'north', 'south'], year: ['9', '10', '11'], flag: ['false', 'true'] })
  })

  it.each([
    ['y ~ i(year, ref = 10)', ['(Intercept)', 'year::9', 'year::11']],
    ['y ~ area - 1', ['area::east', 'area::north', 'area::south']],
    ['y ~ flag + area - 1', ['flag::false', 'flag::true', 'area::north', 'area::south']],
    ['y ~ area:x', ['(Intercept)', 'area::east:x', 'area::north:x', 'area::south:x']],
    ['y ~ area*x', ['(Intercept)', 'area::north', 'area::south', 'x', 'area::north:x', 'area::south:x']],
    ['y ~ i(year, x, ref = 9)', ['(Intercept)', 'year::10:x', 'year::11:x']],
    ['y ~ flag*area', ['(Intercept)', 'flag::true', 'area::north', 'area::south', 'flag::true:area::north', 'flag::true:area::south']],
    ['y ~ x:I(x^2)', ['(Intercept)', 'x:I(x^2)']],
    ['y ~ x + i(year) | area', ['x', 'year::10', 'year::11']],
    ['y ~ i(year, log(y), ref = c(9, 11))', ['(Intercept)', 'year::10:log(y)']],
    ["y ~ I(x > 4 & area != 'south')", ['(Intercept)', "I(x > 4 & area != 'south')"]],
  ])('names the columns of %s', (formula, terms) => expect(bind(formula).terms).toEqual(terms))

  it('a condition is 1 where it holds and 0 elsewhere; rows where a column of it is missing leave', () => {
    expect(column(bind("y ~ I(x > 4 & area != 'south')"), "I(x > 4 & area != 'south')")).toEqual([0, 0, 0, 1, 1, 0, 1, 1])
    expect(column(bind('y ~ I((x > 4) * year + (flag == true))'), 'I((x > 4) * year + (flag == 1))')).toEqual([1, 0, 1, 9, 12, 11, 10, 10])
    expect(Array.from(bind('I(gap >= 3.5) ~ x').outcome!)).toEqual([0, 0, 1, 1, 1, 1])
    const holed = bind("y ~ I(hole == 'a')")
    expect(holed.sample.dropped).toEqual([{ reason: 'missing `hole`', rows: 2 }])
    expect(column(holed, "I(hole == 'a')")).toEqual([1, 0, 1, 0, 1, 0])
  })

  it('multiplies the parts of an interaction', () => {
    expect(column(bind('y ~ area*x'), 'area::north:x')).toEqual([0, 1, 0, 0, 16, 0, 0, 49])
    expect(column(bind('y ~ x:I(x^2)'), 'x:I(x^2)')).toEqual([0, 1, 64, 729, 4096, 15625, 46656, 117649])
  })

  it('counts every row that leaves, once, by the first reason', () => {
    const design = bind('y ~ log(x) + gap + hole', { require: ['area'] })
    expect(design.sample).toEqual({ read: 8, used: 4, dropped: [
      { reason: 'missing `gap`', rows: 2 }, { reason: 'missing `hole`', rows: 1 }, { reason: '`log(x)` not a finite number', rows: 1 },
    ] })
  })

  it('takes levels from the rows used', () => {
    const design = bind('gap ~ area:flag')
    expect(Array.from(design.unit)).toEqual([0, 2, 3, 5, 6, 7])
    expect(design.rows).toBe(6)
  })

  it('leaves out a factor with one level, with a note', () => {
    const design = bind('y ~ x + only')
    expect(design.terms).toEqual(['(Intercept)', 'x'])
    expect(design.notes.map(({ text: sentence }) => sentence)).toEqual(['`only` has one level only (k) in the sample and is left out.'])
  })

  it('codes absorbed effects and crossed ones', () => {
    const design = bind('y ~ x | area^year + flag[x]')
    expect(design.absorbed.map(({ name, levels }) => [name, levels])).toEqual([['area^year', 7], ['flag', 2]])
    expect(design.absorbed[1]!.slopes!.map(({ name }) => name)).toEqual(['x'])
  })

  it.each([
    [() => bind('y ~ xx'), 'MissingColumnError', 'no column `xx`', 'Did you mean `x`?'],
    [() => bind('y ~ aera'), 'MissingColumnError', 'no column `aera`', 'Did you mean `area`?'],
    [() => bind('area ~ x'), 'ColumnTypeError', 'the outcome `area` holds text (\'east\', \'north\', \'south\')', '1 for the event'],
    [() => bind('y ~ log(area)'), 'ColumnTypeError', 'column `area` holds text', 'factors'],
    [() => bind('y ~ log(I(0 * x))'), 'EmptySampleError', 'none of 8 rows is left', 'missing'],
    [() => bind('y ~ i(year, ref = 2005)'), 'ReferenceLevelError', 'no level 2005', '9, 10, 11'],
    [() => bindSpec({ ...parseFormula('y ~ x'), weights: 'negative' }, table.assign(tableFromArrays({ negative: Float64Array.from([1, 1, -1, 1, 1, 1, 1, 1]) }) as ArrowTable)), 'WeightError', 'negative (-1) in row 3', 'zero or positive'],
  ])('fails by name: %#', (run, name, message, remedy) => {
    const error = failure(run)
    expect(error.name).toBe(name)
    expect(error.message).toContain(message)
    expect(error.remedy).toContain(remedy)
  })
})

describe('dropCollinear', () => {
  const rows = 40
  const wave = (k: number): Float64Array => Float64Array.from({ length: rows }, (_, i) => Math.sin(k * i + k * k))
  const columns = { y: wave(9), a: wave(1), b: wave(2), c: wave(3) }
  const drop = (extra: Record<string, Float64Array>, formula: string): Design =>
    dropCollinear(bindSpec(parseFormula(formula), tableFromArrays({ ...columns, ...extra }) as ArrowTable))

  it('names what a term is collinear with', () => {
    const design = drop({ sum: columns.a.map((a, i) => 3 + 2 * a - columns.c[i]!) }, 'y ~ a + b + c + sum')
    expect(design.terms).toEqual(['(Intercept)', 'a', 'b', 'c'])
    expect(design.collinear).toEqual([{ term: 'sum', with: ['(Intercept)', 'a', 'c'] }])
    expect(design.notes[0]!.text).toBe('`sum` is collinear with `(Intercept)`, `a`, `c` and is left out.')
  })

  it('names constants and zeros', () => {
    const design = drop({ five: new Float64Array(rows).fill(5), zero: new Float64Array(rows) }, 'y ~ a + five + zero')
    expect(design.terms).toEqual(['(Intercept)', 'a'])
    expect(design.collinear).toEqual([{ term: 'five', with: ['(Intercept)'] }, { term: 'zero', with: [] }])
  })

  it('keeps what differs by a millionth, at any scale', () => {
    const near = columns.a.map((a, i) => a + 1e-6 * columns.b[i]!)
    expect(drop({ near }, 'y ~ a + near').terms).toEqual(['(Intercept)', 'a', 'near'])
    const far = columns.a.map((a) => 1e9 + a)
    expect(drop({ far, tiny: columns.b.map((b) => 1e-6 * b) }, 'y ~ far + tiny').terms).toEqual(['(Intercept)', 'far', 'tiny'])
  })

  it('gives a basis that spans the columns: columns × transform = basis', () => {
    const near = columns.a.map((a, i) => 7 + a + 1e-5 * columns.b[i]!)
    const design = drop({ near }, 'y ~ a + near + c')
    const { packed, transform } = design.basis!
    const k = design.terms.length
    for (let row = 0; row < rows; row++) {
      for (let j = 0; j < k; j++) {
        let value = 0
        for (let i = 0; i < k; i++) value += design.columns[i]![row]! * transform[i * k + j]!
        expect(Math.abs(value - packed.data[j * 256 + row]!)).toBeLessThan(1e-8)
      }
    }
  })

  it('fails where nothing varies', () => {
    const error = failure(() => drop({ zero: new Float64Array(rows) }, 'y ~ zero - 1'))
    expect(error.name).toBe('SingularDesignError')
  })
})
