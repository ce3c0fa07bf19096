import { tableFromArrays } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { cluster, cox, dyadic, feLogit, iv, logit, ols, withVcov } from '../../../src/estimate/index.js'
import type { ArrowTable, Fit } from '../../../src/estimate/records.js'
import { randomStream } from '../../../src/numerics/random.js'
import { doubleLoop, gap } from './doubleLoop.js'

/** Sums in another order, and differences of them. */
const rounding = 1e-10
const rows = 240
const firms = 40
const random = randomStream(7, 'dyads')

/** Links with repeats, reversals and self-links; firm 0 is in every tenth of them. */
const ends = Array.from({ length: rows }, (_, i) => [i % 10 === 0 ? 0 : random.integer(firms), i % 17 === 0 ? 3 : random.integer(firms)] as const)
ends.forEach(([buyer, supplier], i) => {
  if (i % 8 === 1 && i > 8) ends[i] = [ends[i - 8]![1], ends[i - 8]![0]]
  else if (i % 8 === 2 && i > 8) ends[i] = ends[i - 8]!
  else if (i % 20 === 3) ends[i] = [buyer, buyer]
  else ends[i] = [buyer, supplier]
})
const effect = Float64Array.from({ length: firms }, () => random.normal())
const x = Float64Array.from(ends, ([a, b]) => effect[a]! + effect[b]! + random.normal())
const columns = {
  x,
  z: Float64Array.from({ length: rows }, () => random.normal()),
  y: Float64Array.from(ends, ([a, b], i) => x[i]! + effect[a]! - 2 * effect[b]! + random.normal()),
  v: x.map((value) => value + random.normal()),
  b: Float64Array.from(ends, ([a], i) => (x[i]! + effect[a]! + random.logistic() > 0 ? 1 : 0)),
  time: Float64Array.from({ length: rows }, () => 1 + random.integer(9)),
  copies: Int32Array.from({ length: rows }, () => 1 + random.integer(3)),
  buyer: ends.map(([a]) => `firm ${a}`),
  supplier: ends.map(([, b]) => `firm ${b}`),
}
const table = tableFromArrays(columns) as ArrowTable

/** 1 where two links share a firm in any role, by rows of a fit. */
const sharing = ({ scores }: Fit) => {
  const { unit } = scores!
  return (i: number, j: number): number => (ends[unit[i]!]!.some((firm) => ends[unit[j]!]!.includes(firm)) ? 1 : 0)
}

const fits: [string, () => Fit][] = [
  ['ols', () => ols('y ~ x + z', table)],
  ['ols with absorbed buyers', () => ols('y ~ x + z | buyer', table)],
  ['iv', () => iv('y ~ z | x ~ v', table, { vcov: dyadic('buyer', 'supplier') })],
  ['logit', () => logit('b ~ x + z', table)],
  ['cox', () => cox('surv(time, b) ~ x + z', table)],
  ['fe-logit by buyer', () => feLogit('b ~ x + z | buyer', table)],
]

describe('dyadic', () => {
  it('has repeats, reversals and self-links to sum over', () => {
    const seen = ends.map(([a, b]) => `${a} ${b}`)
    expect(new Set(seen).size).toBeLessThan(rows)
    expect(ends.some(([a, b]) => a === b)).toBe(true)
    expect(ends.some(([a, b]) => a !== b && seen.includes(`${b} ${a}`))).toBe(true)
  })

  it.each(fits)('is the double loop over links that share a firm: %s', (_, estimate) => {
    const fit = estimate()
    const { vcov } = withVcov(fit, dyadic('buyer', 'supplier', { smallSample: 'none' }), table)
    expect(vcov.notes).toHaveLength(1)
    expect(gap(vcov.matrix, doubleLoop(fit, sharing(fit)))).toBeLessThan(rounding)
  })

  it('counts a link of frequency 3 three times', () => {
    const fit = ols('y ~ x', table, { weights: 'copies', weighting: 'frequency' })
    const { vcov } = withVcov(fit, dyadic('buyer', 'supplier', { smallSample: 'none' }), table)
    expect(gap(vcov.matrix, doubleLoop(fit, (i, j) => columns.copies[i]! * columns.copies[j]! * sharing(fit)(i, j)))).toBeLessThan(rounding)
  })

  it('is two-way clustering where no firm has both roles', () => {
    const apart = table.assign(tableFromArrays({ seller: ends.map(([, b]) => `seller ${b}`) }) as ArrowTable)
    const fit = ols('y ~ x + z', apart)
    const twoWay = withVcov(fit, cluster('buyer', 'seller', { smallSample: 'none' }), apart).vcov.matrix
    expect(gap(withVcov(fit, dyadic('buyer', 'seller', { smallSample: 'none' }), apart).vcov.matrix, twoWay)).toBeLessThan(rounding)
  })

  it('does not depend on which id column comes first, nor on the direction of a link', () => {
    const fit = ols('y ~ x + z', table)
    const turned = table.assign(tableFromArrays({
      one: ends.map(([a, b], i) => `firm ${i % 2 ? a : b}`),
      other: ends.map(([a, b], i) => `firm ${i % 2 ? b : a}`),
    }) as ArrowTable)
    const matrix = withVcov(fit, dyadic('buyer', 'supplier'), table).vcov.matrix
    expect(gap(withVcov(fit, dyadic('supplier', 'buyer'), table).vcov.matrix, matrix)).toBeLessThan(rounding)
    expect(gap(withVcov(fit, dyadic('one', 'other'), turned).vcov.matrix, matrix)).toBeLessThan(rounding)
  })

  it('takes G/(G − 1), and the factors of clusters on request', () => {
    const fit = ols('y ~ x + z', table)
    const matrix = (smallSample?: 'fixest' | 'stata' | 'none') => withVcov(fit, dyadic('buyer', 'supplier', smallSample && { smallSample }), table).vcov.matrix
    const times = (factor: number) => matrix('none').map((value) => value * factor)
    expect(gap(matrix(), times(firms / (firms - 1)))).toBeLessThan(rounding)
    expect(gap(matrix('fixest'), times((firms / (firms - 1)) * ((rows - 1) / (rows - 3))))).toBeLessThan(rounding)
    expect(withVcov(fit, dyadic('buyer', 'supplier'), table).vcov).toMatchObject({ degreesOfFreedom: firms - 1, notes: [{ text: 'Dyadic covariance over 40 firms with the small-sample factor G/(G−1).' }] })
  })

  /** Twenty links between five firms. */
  function fewFirms(seed: number): Fit {
    const draw = randomStream(seed, 'few')
    const links = Array.from({ length: 20 }, () => [draw.integer(5), draw.integer(5)] as const)
    const normals = (): Float64Array => Float64Array.from(links, () => draw.normal())
    const few = tableFromArrays({ y: normals(), x: normals(), a: links.map(([a]) => `f${a}`), b: links.map(([, b]) => `f${b}`) }) as ArrowTable
    return ols('y ~ x', few, { vcov: dyadic('a', 'b') })
  }

  it('repairs a negative variance, and says where the matrix is only indefinite', () => {
    const repaired = fewFirms(5)
    expect(repaired.notes.map(({ text }) => text).join(' ')).toContain('The dyadic covariance had a negative variance')
    expect(Math.min(repaired.vcov.matrix[0]!, repaired.vcov.matrix[3]!)).toBeGreaterThan(1e-4)
    const [a, b, , d] = fewFirms(8).vcov.matrix
    expect(a! * d! - b! * b!).toBeLessThan(-1e-6)
    expect(fewFirms(8).notes.map(({ text }) => text).join(' ')).toContain('The dyadic covariance is not positive semi-definite (few firms)')
  })
})

describe('dyads that cannot be used', () => {
  it('are an error where any two links share a firm, which would give standard errors of zero', () => {
    const estimate = (a: string[], b: string[]) => () => ols('y ~ x', tableFromArrays({ y: [1, -1, 2, -2, 0.5], x: [0.1, 1, -1, 0.3, 2], a, b }) as ArrowTable, { vcov: dyadic('a', 'b') })
    expect(estimate(['p', 'q', 'p', 'p', 'r'], ['q', 'p', 'r', 's', 'p'])).toThrow('all 5 rows used are links of one firm')
    expect(estimate(['p', 'q', 'r', 'p', 'q'], ['q', 'r', 'p', 'r', 'p'])).toThrow('all 5 rows used lie between three firms')
    // A self-link of one firm and the link of the two others are apart.
    expect(estimate(['p', 'q', 'r', 'p', 'p'], ['q', 'r', 'p', 'r', 'p'])().vcov.label).toBe('dyadic(a, b)')
  })

  it('leave before estimation where a firm is missing, and are counted', () => {
    const gappy = table.assign(tableFromArrays({ supplier: columns.supplier.map((id, i) => (i % 16 === 0 ? null : id)) }) as ArrowTable)
    expect(ols('y ~ x', gappy, { vcov: dyadic('buyer', 'supplier') }).sample.dropped).toEqual([{ reason: 'missing `supplier`', rows: 15 }])
    expect(() => withVcov(ols('y ~ x', gappy), dyadic('buyer', 'supplier'), gappy)).toThrow('the firm `supplier` is missing in row 1, which the fit uses')
  })

  it('are an error by name: one dyad, one column twice, ids of two kinds, groups across firms', () => {
    const one = tableFromArrays({ y: [1, 2, 4], x: [0, 1, 0], a: ['p', 'q', 'p'], b: ['q', 'p', 'q'] }) as ArrowTable
    expect(() => ols('y ~ x', one, { vcov: dyadic('a', 'b') })).toThrow('all 3 rows used are one dyad in `a` and `b`')
    expect(() => dyadic('a', 'a')).toThrow('`a` is named for both firms of a link')
    const kinds = table.assign(tableFromArrays({ supplier: Int32Array.from(ends, ([, b]) => b) }) as ArrowTable)
    expect(() => ols('y ~ x', kinds, { vcov: dyadic('buyer', 'supplier') })).toThrow('`buyer` (a firm of the dyads) holds text ids and `supplier` (a firm of the dyads) number ids')
    const cross = table.assign(tableFromArrays({ wave: Int32Array.from(ends, (_, i) => i % 4) }) as ArrowTable)
    expect(() => feLogit('b ~ x | wave', cross, { vcov: dyadic('buyer', 'supplier') })).toThrow('groups of `wave`')
  })
})
