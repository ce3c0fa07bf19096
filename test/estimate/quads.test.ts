/** Quad logit: conditional logit of quads with the covariance of shared pairs, against the double loop, a closed form, and known coefficients. */
import { Float64, Int32, Table, Utf8, vectorFromArray } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { cluster, feLogit, ols, quadDyads, robust } from '../../src/estimate/index.js'
import type { ArrowTable } from '../../src/estimate/records.js'
import { influence } from '../../src/estimate/vcov/sandwich.js'
import { randomStream } from '../../src/numerics/random.js'

const columns = { buyer: 'buyer', otherBuyer: 'other_buyer', supplier: 'supplier', otherSupplier: 'other_supplier' } as const

interface Market {
  readonly linked: readonly (readonly boolean[])[]
  readonly x: readonly (readonly number[])[]
}

/** Links between buyers and suppliers with effects on both sides that the covariate depends on. */
function market(seed: number, buyers: number, suppliers: number, slope: number): Market {
  const stream = randomStream(seed, 'market')
  const [own, other] = [Array.from({ length: buyers }, () => stream.normal()), Array.from({ length: suppliers }, () => stream.normal())]
  const x = own.map((a) => other.map((g) => 0.5 * (a + g) + stream.normal()))
  return { x, linked: own.map((a, i) => other.map((g, j) => -1.5 + a + g + slope * x[i]![j]! + stream.logistic() > 0)) }
}

/** All informative quads, by enumeration of two buyers and two suppliers; two rows each. */
function quadRows({ linked, x }: Market) {
  const rows: { quad: number; chosen: number; x: number; buyer: string; other_buyer: string; supplier: string; other_supplier: string }[] = []
  let quad = 0
  for (let i = 0; i < x.length; i++) for (let k = i + 1; k < x.length; k++) {
    for (let j = 0; j < x[0]!.length; j++) for (let l = 0; l < x[0]!.length; l++) {
      if (j === l || !linked[i]![j] || !linked[k]![l] || linked[i]![l] || linked[k]![j]) continue
      const firms = { buyer: `b${i}`, other_buyer: `b${k}`, supplier: `s${j}`, other_supplier: `s${l}` }
      rows.push({ quad, chosen: 1, x: x[i]![j]! + x[k]![l]!, ...firms }, { quad, chosen: 0, x: x[i]![l]! + x[k]![j]!, ...firms })
      quad++
    }
  }
  return rows
}

function tableOf(rows: ReturnType<typeof quadRows>): ArrowTable {
  const text = (name: 'buyer' | 'other_buyer' | 'supplier' | 'other_supplier') => vectorFromArray(rows.map((row) => row[name]), new Utf8())
  return new Table({
    quad: vectorFromArray(rows.map(({ quad }) => quad), new Int32()), chosen: vectorFromArray(rows.map(({ chosen }) => chosen), new Int32()),
    x: vectorFromArray(rows.map(({ x }) => x), new Float64()), buyer: text('buyer'), other_buyer: text('other_buyer'), supplier: text('supplier'), other_supplier: text('other_supplier'),
  }) as ArrowTable
}

describe('quad logit', () => {
  it('has the covariance of the double loop over quads that share a pair', () => {
    const rows = quadRows(market(4, 16, 14, 0.5))
    const fit = feLogit('chosen ~ x | quad', tableOf(rows), { vcov: quadDyads(columns) })
    const own = new Map<number, number>()
    influence(fit.scores!).forEach((value, r) => {
      const { quad } = rows[fit.scores!.unit[r]!]!
      own.set(quad, (own.get(quad) ?? 0) + value)
    })
    const pairs = new Map(rows.map(({ quad, buyer, other_buyer: other, supplier, other_supplier: second }) =>
      [quad, new Set([`${buyer} ${supplier}`, `${buyer} ${second}`, `${other} ${supplier}`, `${other} ${second}`])] as const))
    let sum = 0
    for (const [q, one] of own) for (const [p, two] of own) if ([...pairs.get(q)!].some((pair) => pairs.get(p)!.has(pair))) sum += one * two
    expect(own.size).toBeGreaterThan(200)
    expect(fit.vcov.matrix[0]).toBeCloseTo(sum, 10)
  })

  it('is the conditional logit of links given the totals of buyers and suppliers, where a market is two by two', () => {
    // Markets of two buyers and two suppliers: each informative one is a quad of its own, so that the covariance is the robust one.
    const stream = randomStream(5, 'small')
    const rows = Array.from({ length: 400 }, (_, quad) => {
      const [present, crossed] = [stream.normal(), stream.normal()]
      const swapped = stream.uniform() > 1 / (1 + Math.exp(-0.7 * (present - crossed)))
      const firms = { buyer: `b${quad}`, other_buyer: `c${quad}`, supplier: `s${quad}`, other_supplier: `t${quad}` }
      return [{ quad, chosen: 1, x: swapped ? crossed : present, ...firms }, { quad, chosen: 0, x: swapped ? present : crossed, ...firms }]
    }).flat()
    const table = tableOf(rows)
    const fit = feLogit('chosen ~ x | quad', table, { vcov: quadDyads(columns) })
    const plain = feLogit('chosen ~ x | quad', table, { vcov: cluster('quad', { smallSample: 'none' }) })
    expect(fit.vcov.matrix[0]).toBeCloseTo(plain.vcov.matrix[0]!, 12)
    // First-order condition of −ln(1 + e^(−Δx b)).
    let score = 0
    for (let r = 0; r < rows.length; r += 2) {
      const d = rows[r]!.x - rows[r + 1]!.x
      score += d / (1 + Math.exp(d * fit.coefficients[0]!))
    }
    expect(Math.abs(score)).toBeLessThan(1e-6)
    expect(Math.abs(fit.coefficients[0]! - 0.7)).toBeLessThan(0.25)
  })

  it('recovers the coefficient under effects of both sides, with honest errors, from all quads or a part of them', () => {
    const replications = 60
    const z = { all: [] as number[], part: [] as number[] }
    for (let seed = 0; seed < replications; seed++) {
      const rows = quadRows(market(100 + seed, 22, 22, 0.5))
      const part = rows.filter(({ quad }) => quad % 5 === 0)
      for (const [name, own] of [['all', rows], ['part', part]] as const) {
        const fit = feLogit('chosen ~ x | quad', tableOf(own), { vcov: quadDyads(columns) })
        z[name].push((fit.coefficients[0]! - 0.5) / Math.sqrt(fit.vcov.matrix[0]!))
      }
    }
    for (const values of Object.values(z)) {
      const mean = values.reduce((a, b) => a + b, 0) / replications
      const spread = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / (replications - 1))
      // 60 replications: the mean of z has a standard error of 0.13, its spread one of 0.09.
      expect(Math.abs(mean)).toBeLessThan(0.45)
      expect(spread).toBeGreaterThan(0.7)
      expect(spread).toBeLessThan(1.35)
    }
  })

  it('refuses models that are not conditional on quads', () => {
    const table = tableOf(quadRows(market(3, 9, 8, 0.5)))
    expect(() => ols('chosen ~ x', table, { vcov: quadDyads(columns) })).toThrow(/conditional on the quad/)
    expect(() => feLogit('chosen ~ x | buyer', table, { vcov: quadDyads(columns) })).toThrow(/several firms/)
    expect(feLogit('chosen ~ x | quad', table, { vcov: robust() }).vcov.matrix[0]).toBeGreaterThan(0)
  })
})
