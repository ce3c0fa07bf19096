import { Bool, Dictionary, Float64, Int32, Table, Utf8, vectorFromArray } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { shareColumns } from '../../../src/estimate/design/absorption/sharedColumns.js'
import { bindSpec, cluster, estimateAll, iv, logit, ols, parseFormula, robust, withVcov, type Fit } from '../../../src/estimate/index.js'
import type { ArrowTable } from '../../../src/estimate/records.js'
import { makeColumns, rows } from './iv/sample.js'

const columns = makeColumns()
const sectors = Array.from({ length: rows }, (_, i) => (i % 10 === 9 ? null : i % 3 === 0 ? 'b' : 'a'))
const full = (keep: (row: number) => boolean): ArrowTable => {
  const kept = Array.from({ length: rows }, (_, row) => row).filter(keep)
  const numbers = Object.entries(columns).map(([name, values]) => [name, vectorFromArray(kept.map((row) => (name === 'z2' && row % 17 === 0 ? null : values[row]!)), new Float64())])
  return new Table({
    ...Object.fromEntries(numbers),
    sector: vectorFromArray(kept.map((row) => sectors[row]!), new Dictionary(new Utf8(), new Int32())),
    flag: vectorFromArray(kept.map((row) => columns.y![row]! > 1), new Bool()),
    size: vectorFromArray(kept.map((row) => ['small', 'large', 'middle'][row % 3]!), new Dictionary(new Utf8(), new Int32())),
  }) as ArrowTable
}
const table = full(() => true)

const specs = [
  { model: 'ols', formula: 'y ~ w + x1 | firm + year' },
  { model: 'iv', formula: 'y ~ w | firm + year | x1 ~ z1 + z2' },
  { model: 'iv', formula: 'x2 ~ w | firm + year | x1 ~ z1', settings: { method: 'liml' as const, weights: 'weight' } },
  { model: 'logit', formula: 'flag ~ w + size', name: 'sign' },
]
const separately = (of: ArrowTable): Fit[] => [
  ols(specs[0]!.formula, of, { vcov: robust() }), iv(specs[1]!.formula, of, { vcov: robust() }), iv(specs[2]!.formula, of, { vcov: robust(), method: 'liml', weights: 'weight' }), logit(specs[3]!.formula, of, { vcov: robust() }),
]

describe('estimateAll', () => {
  it('gives what one model after the other gives, without scores', async () => {
    const { estimates, dropped } = await estimateAll(specs, table, { settings: { vcov: robust() } })
    const wanted = separately(table)
    expect(dropped).toEqual([])
    expect(estimates.map(({ name }) => name)).toEqual([...specs.slice(0, 3).map(({ formula }) => formula), 'sign'])
    estimates.forEach(({ fit }, i) => {
      expect(fit!.coefficients).toEqual(wanted[i]!.coefficients)
      expect(fit!.vcov.matrix).toEqual(wanted[i]!.vcov.matrix)
      expect(fit!.sample).toEqual(wanted[i]!.sample)
      expect(fit!.scores).toBeUndefined()
    })
  })

  it('estimates on every part, the whole table first', async () => {
    const { estimates, dropped } = await estimateAll(specs, table, { split: 'sector', whole: true, settings: { vcov: robust() }, scores: 'keep' })
    expect(dropped).toEqual([{ reason: 'missing `sector`', rows: 15 }])
    expect(estimates.map(({ sample }) => sample)).toEqual([undefined, 'a', 'b'].flatMap((value) => Array(4).fill(value)))
    for (const sector of ['a', 'b']) {
      const wanted = separately(full((row) => sectors[row] === sector))
      estimates.filter(({ sample }) => sample === sector).forEach(({ fit, table: part }, i) => {
        expect(fit!.terms).toEqual(wanted[i]!.terms)
        expect(fit!.coefficients).toEqual(wanted[i]!.coefficients)
        expect(fit!.sample).toEqual(wanted[i]!.sample)
        expect(withVcov(fit!, cluster('firm'), full((row) => sectors[row] === sector)).vcov.matrix).toHaveLength(fit!.terms.length ** 2)
        expect(part!.numRows).toBe(fit!.sample.read)
      })
    }
  })

  it('keeps an error beside the fits, and throws for what no sample can mend', async () => {
    const { estimates } = await estimateAll([{ model: 'iv', formula: 'y ~ w | firm | x1 ~ copy' }, specs[0]!, { model: 'ols', formula: 'y ~ absent' }], full(() => true).assign(new Table({ copy: table.getChild('firm')! })) as ArrowTable)
    expect(estimates[0]!.error).toMatchObject({ name: 'InstrumentError', remedy: expect.stringContaining('instrument') })
    expect(estimates[1]!.fit!.kind).toBe('ols')
    expect(estimates[2]!.error!.name).toBe('MissingColumnError')
    await expect(estimateAll([{ model: 'gls', formula: 'y ~ w' }], table)).rejects.toMatchObject({ name: 'UnsupportedError' })
    await expect(estimateAll([{ model: 'ols', formula: 'y ~' }], table)).rejects.toMatchObject({ name: 'FormulaError' })
    await expect(estimateAll(specs, table, { split: 'sektor' })).rejects.toMatchObject({ name: 'MissingColumnError' })
  })

  it('demeans a column once for the same rows, effects and weights', () => {
    const shared = shareColumns()
    const demean = (formula: string, weights?: string): Float64Array => {
      const design = bindSpec({ ...parseFormula(formula), ...(weights && { weights }) }, table)
      return shared.demean(design, [{ name: 'w', values: design.columns[design.terms.indexOf('w')]! }])[0]!
    }
    const first = demean('y ~ w | firm + year')
    expect(demean('x1 ~ z1 + w | firm + year')).toBe(first)
    expect(demean('y ~ w | firm')).not.toBe(first)
    expect(demean('y ~ w + z2 | firm + year').length).toBeLessThan(rows)
    expect(demean('y ~ w | firm + year', 'weight')).not.toBe(first)
    expect(demean('y ~ w | firm + year')).toBe(first)
  })
})
