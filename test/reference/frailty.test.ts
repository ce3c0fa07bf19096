/** Shared gamma frailty against R survival (fixtures/reference/survival/frailty.R) and against the marginal likelihood written out. */
import { describe, expect, it } from 'vitest'
import { parseFormula } from '../../src/estimate/formula/parse.js'
import { coxDesign } from '../../src/estimate/models/cox.js'
import { frailtyAt, frailtyProblem } from '../../src/estimate/models/cox/gammaFrailty.js'
import { coxFrailty } from '../../src/estimate/models/coxFrailty.js'
import { cluster } from '../../src/estimate/vcov/cluster.js'
import { caseTable, expectClose, fixture, readColumns, readReference, toTable } from './survivalTables.js'

/** R's inner iterations stop at about 1e-8 of a standard error. */
const relative = 1e-6
/** θ is where a likelihood is flat: both searches end within 1e-6 of it, relative to 1. */
const atMaximum = 1e-5
/** R's search ends here where the marginal likelihood falls from θ = 0 on. */
const onBoundary = 1e-3
/** The identity of two expressions at one point. */
const identity = 8

interface Case {
  readonly name: string
  readonly formula: string
  readonly group: string
  readonly ties: 'efron' | 'breslow'
  readonly coxLogLikelihood: number
  readonly theta: number
  readonly marginal: number
  readonly at: { readonly theta: number; readonly coefficients: number[]; readonly variance: number[][]; readonly partialLogLikelihood: number; readonly marginalLogLikelihood: number; readonly frailties: number[] }[]
}

function tableOf(name: string) {
  if (!name.startsWith('yearly')) return caseTable(name.split('-')[0]!)
  const columns = readColumns(fixture('yearly.csv'))
  return toTable({ ...columns, group: (columns.firm as number[]).map((firm) => (firm * 7) % (name === 'yearly-few' ? 4 : 23)) })
}

describe.each(readReference<{ cases: Case[] }>('frailty.json').cases)('frailty, $name', ({ name, formula, group, ties, coxLogLikelihood, theta, marginal, at }) => {
  const table = tableOf(name)
  const test = it.skipIf(table === undefined)
  const problemOf = () => {
    const { design, survival } = coxDesign({ ...parseFormula(formula), group }, table!, [])
    return frailtyProblem({ ...design, survival, ties, groups: design.group! })
  }

  test('has the penalised fit of coxph at given variances', () => {
    const { problem, cox } = problemOf()
    for (const wanted of at) {
      const fit = frailtyAt(problem, wanted.theta, { coefficients: cox.coefficients, frailties: new Float64Array(problem.events.length) })
      expectClose(fit.coefficients, wanted.coefficients, relative)
      expectClose(fit.variance, wanted.variance.flat(), relative)
      expectClose([fit.partialLogLikelihood, fit.marginalLogLikelihood], [wanted.partialLogLikelihood, wanted.marginalLogLikelihood], relative)
      fit.frailties.forEach((value, g) => expect(Math.abs(value - wanted.frailties[g]!)).toBeLessThan(relative))
    }
  })

  test('has the variance at which the marginal likelihood is highest', () => {
    if (theta < onBoundary) {
      expect(() => coxFrailty(formula, table!, { group, ties })).toThrow(expect.objectContaining({ name: 'BoundaryError' }))
      return
    }
    const fit = coxFrailty(formula, table!, { group, ties })
    expect(Math.abs(fit.detail.theta - theta)).toBeLessThan(atMaximum)
    expectClose([fit.logLikelihood!, fit.detail.boundaryTest.coxLogLikelihood], [marginal, coxLogLikelihood], 1e-9)
    expect(fit.detail.boundaryTest.statistic).toBeCloseTo(2 * (marginal - coxLogLikelihood), 6)
    const { value } = fit.detail.frailties
    expect(value.reduce((sum, frailty) => sum + frailty, 0) / value.length).toBeCloseTo(1, 10)
  })
})

describe('the marginal likelihood', () => {
  const rows = [[1, 1, 0.2, 0], [2.5, 1, -1, 0], [3.1, 0, 0.4, 0], [4, 1, 1.3, 1], [5.2, 1, 0.1, 1], [6.7, 1, -0.6, 2], [7, 0, 0.9, 2], [8.3, 1, -0.2, 2], [9, 1, 0.5, 3], [9.9, 0, -1.1, 3]] as const
  const table = toTable({ time: rows.map(([time]) => time), event: rows.map(([, event]) => event), x: rows.map(([, , x]) => x), g: rows.map(([, , , g]) => g) })

  it('is the integral over the frailties, with the baseline hazard in steps', () => {
    const { design, survival } = coxDesign({ ...parseFormula('surv(time, event) ~ x'), group: 'g' }, table, [])
    const { problem, cox } = frailtyProblem({ ...design, survival, ties: 'breslow', groups: design.group! })
    const theta = 0.7
    const nu = 1 / theta
    const fit = frailtyAt(problem, theta, { coefficients: cox.coefficients, frailties: new Float64Array(4) })
    const [beta, omega] = [fit.coefficients[0]!, fit.frailties]
    const risk = rows.map(([, , x, g]) => Math.exp(beta * x + omega[g]!))
    const jump = rows.map(([time, event]) => (event === 1 ? 1 / rows.reduce((sum, [other], j) => (other >= time ? sum + risk[j]! : sum), 0) : 0))
    // ln ∫ Π (z λ₀ e^{xβ})^δ e^{−z H} dGamma(z; ν, ν) = Σ ln(λ₀ e^{xβ}) + ln Γ(ν + d) − ln Γ(ν) + ν ln ν − (ν + d) ln(ν + H)
    let full = 0
    for (let g = 0; g < 4; g++) {
      let [events, hazard] = [0, 0]
      rows.forEach(([time, event, x, of]) => {
        if (of !== g) return
        if (event === 1) full += Math.log(jump[rows.findIndex(([t]) => t === time)]!) + beta * x
        events += event
        hazard += Math.exp(beta * x) * rows.reduce((sum, [t], j) => (t <= time ? sum + jump[j]! : sum), 0)
      })
      for (let k = 0; k < events; k++) full += Math.log(nu + k)
      full += nu * Math.log(nu) - (nu + events) * Math.log(nu + hazard)
    }
    expect(fit.marginalLogLikelihood).toBeCloseTo(full + rows.filter(([, event]) => event === 1).length, identity)
  })

  it.each([
    [{ group: undefined }, 'MissingGroupError'],
    [{ group: 'one' }, 'GroupError'],
    [{ group: 'time' }, 'GroupError'],
    [{ group: 'g', vcov: cluster('g') }, 'UnsupportedError'],
    [{ group: 'g', weights: 'time' }, 'UnsupportedError'],
    [{ group: 'g' }, 'BoundaryError'],
  ])('is refused for %j', (options, name) => {
    const named = toTable({ time: rows.map(([time]) => time), event: rows.map(([, event]) => event), x: rows.map(([, , x]) => x), g: rows.map((_, i) => i % 4), one: rows.map(() => 1) })
    expect(() => coxFrailty('surv(time, event) ~ x', named, options)).toThrow(expect.objectContaining({ name }))
  })
})
