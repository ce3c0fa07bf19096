/** Stacked influence functions: the single fits on the diagonal, and a cluster bootstrap that re-estimates both equations. */
import { Float64, Table, Utf8, vectorFromArray } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { parameterDraws, summariseDraws } from '../../src/calibrate/index.js'
import { cluster, cox, dyadic, influenceBlock, jointCovariance, jointOverUnits, logit, ols, reLogit, unitInfluence, type UnitInfluence } from '../../src/estimate/index.js'
import { randomStream } from '../../src/numerics/random.js'
import type { ArrowTable } from '../../src/estimate/records.js'

const random = randomStream(31)
interface Row { firm: number; x: number; y: number; stop: number; event: number }
const firms: Row[][] = Array.from({ length: 220 }, (_, firm) => {
  const frailty = 0.8 * random.normal()
  return Array.from({ length: 5 }, () => {
    const x = random.normal()
    return {
      firm, x,
      y: -0.3 + 0.7 * x + frailty + random.logistic() > 0 ? 1 : 0,
      stop: random.exponential() / Math.exp(0.5 * x + 0.6 * frailty),
      event: random.uniform() < 0.8 ? 1 : 0,
    }
  })
})
const names = ['firm', 'x', 'y', 'stop', 'event'] as const
const tableOf = (rows: readonly Row[]): ArrowTable =>
  new Table(Object.fromEntries(names.map((name) => [name, vectorFromArray(rows.map((row) => row[name]), new Float64())]))) as ArrowTable
const panel = tableOf(firms.flat())
// The spells lie in another table, in another order.
const spells = tableOf(firms.flat().reverse())

describe('jointCovariance', () => {
  const entry = logit('y ~ x', panel)
  const exit = cox('surv(stop, event) ~ x', spells)
  const joint = jointCovariance([influenceBlock('entry', entry, panel), influenceBlock('exit', exit, spells)], 'firm')

  it('has the clustered covariance of every fit on its diagonal', () => {
    const plain = { smallSample: 'none' } as const
    const single = [logit('y ~ x', panel, { vcov: cluster('firm', plain) }).vcov.matrix, cox('surv(stop, event) ~ x', spells, { vcov: cluster('firm', plain) }).vcov.matrix]
    expect(joint.parameters).toEqual(['entry:(Intercept)', 'entry:x', 'exit:x'])
    for (const [i, j] of [[0, 0], [0, 1], [1, 1]] as const) expect(joint.covariance[i * 3 + j]).toBeCloseTo(single[0]![i * 2 + j]!, 12)
    expect(joint.covariance[8]).toBeCloseTo(single[1]![0]!, 12)
  })

  it('agrees with a cluster bootstrap that re-estimates both equations', () => {
    const replicates = Array.from({ length: 300 }, (_, r) => {
      const stream = randomStream(5, 'bootstrap', r)
      const drawn = firms.flatMap((_, g) => firms[stream.integer(firms.length)]!.map((row) => ({ ...row, firm: g })))
      const table = tableOf(drawn)
      return [...logit('y ~ x', table, { scores: 'drop' }).coefficients, ...cox('surv(stop, event) ~ x', table, { scores: 'drop' }).coefficients]
    })
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length
    const means = [0, 1, 2].map((j) => mean(replicates.map((b) => b[j]!)))
    const covariance = (i: number, j: number) => mean(replicates.map((b) => (b[i]! - means[i]!) * (b[j]! - means[j]!)))
    const scale = (i: number) => Math.sqrt(joint.covariance[i * 3 + i]!)
    // 300 replicates: a correlation has a Monte Carlo error of about 0.058, a standard deviation of 4 %.
    for (let i = 0; i < 3; i++) {
      expect(Math.abs(Math.sqrt(covariance(i, i)) / scale(i) - 1)).toBeLessThan(0.16)
      for (let j = 0; j < i; j++) expect(Math.abs(covariance(i, j) - joint.covariance[i * 3 + j]!) / (scale(i) * scale(j))).toBeLessThan(0.18)
    }
    // The equations share the frailty of a firm, so their intercept and slope are correlated: the off-diagonal block is not zero by construction.
    expect(Math.abs(joint.covariance[6]! / (scale(2) * scale(0)))).toBeGreaterThan(1e-6)
  })

  it('carries ancillary parameters and refuses what it cannot align', () => {
    const random = reLogit('y ~ x', panel, { group: 'firm' })
    expect(jointCovariance([influenceBlock('entry', random, panel)], 'firm').parameters.at(-1)).toBe('entry:ln(sigma_u)')
    expect(() => jointCovariance([influenceBlock('a', entry, panel), influenceBlock('a', exit, spells)], 'firm')).toThrow(/two equations/)
    expect(() => jointCovariance([influenceBlock('a', entry, panel)], 'region')).toThrow(/region/)
    expect(() => influenceBlock('a', logit('y ~ x', panel, { scores: 'drop' }), panel)).toThrow(/carries no scores/)
  })

  it('draws with the covariance it has, the same draw whoever makes it', () => {
    const draw = parameterDraws(joint, 3)
    const draws = Array.from({ length: 4000 }, (_, r) => draw(r))
    expect([...parameterDraws(joint, 3)(17)]).toEqual([...draws[17]!])
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j <= i; j++) {
        const moment = draws.reduce((sum, b) => sum + (b[i]! - joint.values[i]!) * (b[j]! - joint.values[j]!), 0) / draws.length
        const scale = Math.sqrt(joint.covariance[i * 4]! * joint.covariance[j * 4]!)
        expect(Math.abs(moment - joint.covariance[i * 3 + j]!) / scale).toBeLessThan(0.07)
      }
    }
    expect(summariseDraws([3, 1, 2]).median).toBe(2)
  })
})

describe('jointOverUnits', () => {
  const stream = randomStream(8)
  const count = 60
  // Links in both directions, some of a firm with itself; a firm's own effect stands in either role and in the equation of firms.
  const effect = Array.from({ length: count }, () => stream.normal())
  const links = Array.from({ length: 900 }, () => {
    const [buyer, supplier] = [stream.integer(count), stream.integer(count)]
    const x = stream.normal() + 0.4 * effect[buyer]!
    return { buyer: `f${buyer}`, supplier: `f${supplier}`, x, y: 1 + 0.5 * x + effect[buyer]! + effect[supplier]! + stream.normal() }
  })
  const owners = effect.map((own, firm) => ({ firm: `f${firm}`, w: stream.normal(), growth: own + stream.normal() }))
  const columns = (rows: readonly Record<string, string | number>[]): ArrowTable => new Table(Object.fromEntries(Object.keys(rows[0]!).map((name) =>
    [name, typeof rows[0]![name] === 'string' ? vectorFromArray(rows.map((row) => row[name] as string), new Utf8()) : vectorFromArray(rows.map((row) => row[name] as number), new Float64())]))) as ArrowTable
  const [pairs, firmRows] = [columns(links), columns(owners)]
  const [link, firm] = [ols('y ~ x', pairs), ols('growth ~ w', firmRows)]
  const linked = unitInfluence(influenceBlock('link', link, pairs), ['buyer', 'supplier'])
  const owned = unitInfluence(influenceBlock('firm', firm, firmRows), 'firm')

  it('has dyadic and clustered covariances on its diagonal, and the double loop over rows off it', () => {
    const joint = jointOverUnits([linked, owned], 'firm')
    const plain = { smallSample: 'none' } as const
    const dyads = ols('y ~ x', pairs, { vcov: dyadic('buyer', 'supplier', plain) }).vcov.matrix
    const clusters = ols('growth ~ w', firmRows, { vcov: cluster('firm', plain) }).vcov.matrix
    for (let i = 0; i < 2; i++) {
      for (let j = 0; j < 2; j++) {
        expect(joint.covariance[i * 4 + j]).toBeCloseTo(dyads[i * 2 + j]!, 12)
        expect(joint.covariance[(i + 2) * 4 + j + 2]).toBeCloseTo(clusters[i * 2 + j]!, 12)
        let sum = 0
        links.forEach((row, r) => owned.units[0]!.forEach((unit, o) => {
          const other = owned.levels[unit]
          if (row.buyer === other || row.supplier === other) sum += linked.influence[r * 2 + i]! * owned.influence[o * 2 + j]!
        }))
        expect(joint.covariance[i * 4 + j + 2]).toBeCloseTo(sum, 12)
      }
    }
    expect(joint).toMatchObject({ clusters: count, repaired: false, offset: { link: 0, firm: 2 } })
  })

  it('takes off once what two equations of links share in a pair', () => {
    const half = (from: number, name: string): UnitInfluence => {
      const table = columns(links.slice(from, from + 450))
      return unitInfluence(influenceBlock(name, ols('y ~ x', table), table), ['buyer', 'supplier'], ['x'])
    }
    const [one, other] = [half(0, 'one'), half(450, 'other')]
    let sum = 0
    links.slice(0, 450).forEach((a, r) => links.slice(450).forEach((b, q) => {
      const shares = [a.buyer, a.supplier].some((v) => v === b.buyer || v === b.supplier)
      if (shares) sum += one.influence[r]! * other.influence[q]!
    }))
    expect(jointOverUnits([one, other], 'firm').covariance[1]).toBeCloseTo(sum, 12)
  })

  it('is block-diagonal between equations on firms of their own', () => {
    const apart = columns(owners.map((row) => ({ ...row, firm: `other ${row.firm}` })))
    const joint = jointOverUnits([linked, unitInfluence(influenceBlock('firm', firm, apart), 'firm')], 'firm')
    for (const cell of [2, 3, 6, 7, 8, 9, 12, 13]) expect(joint.covariance[cell]).toBe(0)
  })

  it('finds the correlation that equations are known to have', () => {
    // Means of two outcomes whose errors share a firm's effect: correlation of the means is that of firm totals, 0.8.
    const found = Array.from({ length: 40 }, (_, replicate) => {
      const draws = randomStream(9, 'known', replicate)
      const rows = Array.from({ length: 400 }, (__, g) => {
        const own = draws.normal()
        return { firm: `f${g}`, a: 2 * own + draws.normal(), b: 2 * own + draws.normal() }
      })
      const [first, second] = [columns(rows), columns([...rows].reverse())]
      const { covariance } = jointCovariance([influenceBlock('a', ols('a ~ 1', first), first), influenceBlock('b', ols('b ~ 1', second), second)], 'firm')
      return covariance[1]! / Math.sqrt(covariance[0]! * covariance[3]!)
    })
    // 40 × 400 firms: the mean correlation has a standard error of (1 − 0.64)/√16000 = 0.003.
    expect(Math.abs(found.reduce((a, b) => a + b, 0) / found.length - 0.8)).toBeLessThan(0.01)
  })

  it('sets negative eigenvalues to zero and says so, and refuses unknown terms', () => {
    // Three links along four firms: the middle one is opposed to both, which share no firm.
    const chain: UnitInfluence = {
      name: 'link', parameters: ['a', 'b'], values: Float64Array.of(0, 0), influence: Float64Array.of(1, 0.2, -1, 0.3, 1, 0.1), units: [Int32Array.of(0, 1, 2), Int32Array.of(1, 2, 3)],
      levels: ['u', 'v', 'w', 'x'], columns: ['buyer', 'supplier'],
    }
    const joint = jointOverUnits([chain], 'firm')
    expect(joint.repaired).toBe(true)
    const [a, b, , d] = joint.covariance as unknown as [number, number, number, number]
    expect(Math.min(a, d)).toBeGreaterThanOrEqual(-1e-12)
    expect(a * d - b * b).toBeGreaterThan(-1e-12)
    expect(() => unitInfluence(influenceBlock('link', link, pairs), ['buyer', 'supplier'], ['z'])).toThrow(/no parameter `z`/)
  })
})
