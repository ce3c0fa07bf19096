/** Stacked influence functions: the single fits on the diagonal, and a cluster bootstrap that re-estimates both equations. */
import { Float64, Table, vectorFromArray } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { parameterDraws, summariseDraws } from '../../src/calibrate/index.js'
import { cluster, cox, influenceBlock, jointCovariance, logit, reLogit } from '../../src/estimate/index.js'
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
