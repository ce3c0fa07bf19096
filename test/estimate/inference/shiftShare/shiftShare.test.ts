import { tableFromArrays } from 'apache-arrow'
import { Matrix, pseudoInverse, solve } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { iv, logit, ols, robust, shiftShare, shiftShareBalance, shiftShareInference, shockLevelRegression, stdErrors, weakInstruments, withVcov, type ModelOptions, type ShiftShareDesign } from '../../../../src/estimate/index.js'
import type { ArrowTable, Fit } from '../../../../src/estimate/records.js'
import { randomStream } from '../../../../src/numerics/random.js'


const units = 90
const shocks = 31
const used = shocks - 1
const rows = 180
const random = randomStream(23, 'exposures')

/** Incomplete shares; unit 3 is exposed to nothing, the last shock reaches no unit. */
const w = Array.from({ length: units }, (_, u) => {
  const raw = Array.from({ length: shocks }, (_, s) => (s < used && random.uniform() < 0.4 ? random.exponential() : 0))
  const total = raw.reduce((sum, value) => sum + value, 0) / (0.5 + 0.4 * random.uniform())
  return raw.map((value) => (u === 3 || total === 0 ? 0 : value / total))
})
const g = Array.from({ length: shocks }, () => random.normal())
const clusterOf = Array.from({ length: shocks }, (_, s) => `group ${s % 10}`)
const unitOf = Array.from({ length: rows }, (_, i) => (i < units ? i : random.integer(units)))
const z = unitOf.map((u) => w[u]!.reduce((sum, share, s) => sum + share * g[s]!, 0))
const latent = Array.from({ length: shocks }, () => random.normal())
const noise = unitOf.map((u) => w[u]!.reduce((sum, share, s) => sum + share * latent[s]!, 0) + 0.3 * random.normal())
const columns = {
  z: Float64Array.from(z),
  control: Float64Array.from({ length: rows }, () => random.normal()),
  sum: Float64Array.from(unitOf, (u) => w[u]!.reduce((sum, share) => sum + share, 0)),
  y: Float64Array.from(z, (value, i) => 0.5 * value + noise[i]!),
  x: Float64Array.from(z, (value, i) => 0.8 * value + 0.5 * noise[i]! + 0.2 * random.normal()),
  b: Float64Array.from(z, (value, i) => (value + noise[i]! > 0 ? 1 : 0)),
  mass: Float64Array.from({ length: rows }, () => 0.5 + random.uniform()),
  copies: Int32Array.from({ length: rows }, () => 1 + random.integer(3)),
  year: Int32Array.from({ length: rows }, (_, i) => (i < units ? 2005 : 2010)),
  firm: unitOf.map((u) => `firm ${u}`),
}
const table = tableFromArrays(columns) as ArrowTable
const cells = w.flatMap((shares, u) => shares.flatMap((share, s) => (share > 0 || (u === 3 && s === 0) ? [{ u, s, share }] : [])))
const shareTable = (list: readonly { u: number; s: number; share: number }[]): ShiftShareDesign['shares'] => ({
  table: tableFromArrays({ id: list.map(({ u }) => `firm ${u}`), product: list.map(({ s }) => `product ${s}`), share: Float64Array.from(list, ({ share }) => share) }) as ArrowTable,
  unit: 'id', shock: 'product', share: 'share',
})
const shockTable = tableFromArrays({ product: g.map((_, s) => `product ${s}`), growth: Float64Array.from(g), group: clusterOf, age: Float64Array.from(g, (_, s) => Math.cos(s)) }) as ArrowTable
const design: ShiftShareDesign = { variable: 'z', unit: 'firm', shares: shareTable(cells), shocks: { table: shockTable, shock: 'product', value: 'growth' } }
const clustered: ShiftShareDesign = { ...design, shocks: { ...design.shocks!, cluster: 'group' } }

const weightsOf = { none: () => 1, precision: (i: number) => columns.mass[i]!, frequency: (i: number) => columns.copies[i]! }

/** The definitions by loops over rows and shocks, on a full matrix of shares and controls. */
function definition(fit: Fit, controls: readonly (readonly number[])[], weight: (i: number) => number) {
  const omega = Matrix.diag(unitOf.map((_, i) => weight(i)))
  const C = new Matrix(unitOf.map((_, i) => controls.map((column) => column[i]!)))
  const without = (values: readonly number[]): number[] => {
    const v = Matrix.columnVector([...values])
    return Matrix.sub(v, C.mmul(solve(C.transpose().mmul(omega).mmul(C), C.transpose().mmul(omega).mmul(v)))).to1DArray()
  }
  const regressor = fit.kind === 'iv' ? 'x' : 'z'
  const beta = fit.coefficients[fit.terms.indexOf(regressor)]!
  const Z = without([...columns.z])
  const D = without([...columns[regressor]])
  const Y = without([...columns.y])
  const W = new Matrix(unitOf.map((u) => w[u]!.slice(0, used)))
  const X = pseudoInverse(W.transpose().mmul(omega).mmul(W)).mmul(W.transpose().mmul(omega).mmul(Matrix.columnVector(Z))).to1DArray()
  const moment = Z.reduce((sum, value, i) => sum + weight(i) * value * D[i]!, 0)
  const score = (null_: number): number[] => X.map((implied, s) => {
    let sum = 0
    for (let i = 0; i < rows; i++) sum += weight(i) * w[unitOf[i]!]![s]! * (Y[i]! - null_ * D[i]!)
    return implied * sum
  })
  const se = (null_: number, groupOf: (s: number) => string): number => {
    const sums = new Map<string, number>()
    score(null_).forEach((value, s) => sums.set(groupOf(s), (sums.get(groupOf(s)) ?? 0) + value))
    return Math.sqrt([...sums.values()].reduce((sum, value) => sum + value * value, 0)) / Math.abs(moment)
  }
  return { j: fit.terms.indexOf(regressor), beta, Y, D, se }
}

const ones = columns.z.reduce<number[]>((list) => [...list, 1], [])
const year = [2005, 2010].map((value) => Array.from(columns.year, (own) => (own === value ? 1 : 0)))
const cases: [string, Fit, readonly (readonly number[])[], (i: number) => number][] = [
  ['ols', ols('y ~ z + control', table), [ones, [...columns.control]], weightsOf.none],
  ['precision weights', ols('y ~ control + z', table, { weights: 'mass' }), [ones, [...columns.control]], weightsOf.precision],
  ['frequencies', ols('y ~ z + control', table, { weights: 'copies', weighting: 'frequency' }), [ones, [...columns.control]], weightsOf.frequency],
  ['iv', iv('y ~ control | x ~ z', table), [ones, [...columns.control]], weightsOf.none],
  ['iv with weights', iv('y ~ control | x ~ z', table, { weights: 'mass' }), [ones, [...columns.control]], weightsOf.precision],
  ['iv with absorbed years', iv('y ~ control | year | x ~ z', table), [...year, [...columns.control]], weightsOf.none],
  ['absorbed years', ols('y ~ z + control | year', table), [...year, [...columns.control]], weightsOf.none],
]

describe.each(cases)('shift-share, %s', (_, fit, controls, weight) => {
  const { j, beta, Y, D, se } = definition(fit, controls, weight)
  const own = (s: number): string => String(s)

  it('is the definition by a double loop, with and without clusters of shocks', () => {
    for (const [layout, groupOf] of [[design, own], [clustered, (s: number) => clusterOf[s]!]] as const) {
      const found = shiftShareInference(fit, table, layout, { level: 0.8 })
      expect(found.akm.stdError / se(beta, groupOf)).toBeCloseTo(1, 9)
      expect(found).toMatchObject({ shocks: used, clusters: layout === design ? used : 10 })
      // The ends of the AKM0 set are where the test with the null imposed just rejects.
      for (const end of [found.akm0.set.low, found.akm0.set.high]) expect(Math.abs(end - beta) / se(end, groupOf)).toBeCloseTo(1.2815515655446004, 7)
      expect(stdErrors(withVcov(fit, shiftShare({ ...layout, method: 'akm0', level: 0.8 }), table))[j]).toBeCloseTo(found.akm0.stdError!, 12)
      const akm = withVcov(fit, shiftShare(layout), table)
      expect(stdErrors(akm)[j]! / se(beta, groupOf)).toBeCloseTo(1, 9)
      stdErrors(withVcov(fit, robust(), table)).forEach((value, other) => other !== j && expect(stdErrors(akm)[other]).toBe(value))
    }
  })

  it('equals its shock-level regression', () => {
    const found = shockLevelRegression(fit, table, design)
    expect(Math.abs(found.estimate / beta - 1)).toBeLessThan(1e-10)
    const mass = Array.from({ length: used }, (_unused, s) => unitOf.reduce((sum, u, i) => sum + weight(i) * w[u]![s]!, 0))
    const mean = (values: readonly number[], s: number): number => unitOf.reduce((sum, u, i) => sum + weight(i) * w[u]![s]! * values[i]!, 0) / mass[s]!
    const total = mass.reduce((sum, value) => sum + value, 0)
    found.shocks.forEach((name, position) => {
      const s = Number(name.slice(8))
      expect(found.outcome[position]).toBeCloseTo(mean(Y, s), 10)
      expect(found.regressor[position]).toBeCloseTo(mean(D, s), 10)
      expect(found.weight[position]).toBeCloseTo(mass[s]! / total, 12)
      expect(found.justIdentified[position]).toBeCloseTo(mean(Y, s) / mean(D, s), 6)
    })
    expect(found.effectiveShocks).toBeCloseTo(total ** 2 / mass.reduce((sum, value) => sum + value * value, 0), 10)
    expect(found.rotemberg.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12)
    expect(found.rotemberg.reduce((sum, value, s) => sum + value * found.justIdentified[s]!, 0)).toBeCloseTo(beta, 10)
  })
})

describe.each([
  ['own shocks', design, {}], ['clusters', clustered, {}], ['precision weights', clustered, { weights: 'mass' }],
  ['frequencies', design, { weights: 'copies', weighting: 'frequency' }], ['known shocks', { ...clustered, implied: 'shocks' }, { weights: 'mass' }],
] as [string, ShiftShareDesign, ModelOptions][])('shiftShare inside iv, %s', (_, layout, weights) => {
  const options = { ...weights, vcov: shiftShare(layout) }

  it.each([['y ~ control | x ~ z', 'control'], ['y ~ control | year | x ~ z', 'control | year'], ['y ~ 1 | year | x ~ z', '1 | year']])('%s: first stage and reduced form are those of ols', (formula, controls) => {
    const fit = iv(formula, table, options)
    const least = (outcome: string): Fit => ols(`${outcome} ~ ${controls.replace('1 ', 'z ').replace('control', 'control + z')}`, table, options)
    const at = (one: Fit): number => one.terms.indexOf('z')
    const [first, reduced] = [least('x'), least('y')]
    const { firstStages: [stage], reducedForm: [row], kleibergenPaap, effectiveF, tF, covariance } = fit.detail
    expect(covariance).toBe('shiftShare(z, akm)')
    expect(stage!.instruments[0]!.stdError / stdErrors(first)[at(first)]!).toBeCloseTo(1, 9)
    expect(stage!.terms.at(-1)).toEqual(stage!.instruments[0])
    expect(row!.stdError / stdErrors(reduced)[at(reduced)]!).toBeCloseTo(1, 9)
    const f = (first.coefficients[at(first)]! / stdErrors(first)[at(first)]!) ** 2
    for (const strength of [stage!.waldF!.statistic, kleibergenPaap!.waldF, effectiveF!.statistic, tF!.f]) expect(strength / f).toBeCloseTo(1, 8)
    expect(stage!.waldF).toMatchObject({ distribution: 'chi-square', degrees: [1] })
    // The structural standard error is that of the combination of both: as tF scales it.
    expect(tF!.stdError! / stdErrors(fit).at(-1)!).toBeCloseTo(tF!.criticalValue! / 1.959963984540054, 8)
    expect(kleibergenPaap!.lm.pValue).toBeCloseTo(shiftShareInference(first, table, layout).akm0.pValue, 8)
  })

  it('Anderson–Rubin is AKM0', () => {
    const fit = iv('y ~ control | x ~ z', table, options)
    const { akm0 } = shiftShareInference(fit, table, layout)
    const { chiSquared, confidenceSet } = fit.detail.andersonRubin!
    expect(chiSquared.pValue).toBeCloseTo(akm0.pValue, 9)
    expect(confidenceSet!.shape).toBe({ interval: 'bounded', rays: 'rays', line: 'line' }[akm0.set.shape])
    const ends = confidenceSet!.intervals.flat().filter((end) => end !== null).sort((a, b) => a - b)
    expect(ends[0]! / akm0.set.low).toBeCloseTo(1, 7)
    expect(ends.at(-1)! / akm0.set.high).toBeCloseTo(1, 7)
  })

  it('leaves what is not the instrument\'s robust by row, and says so', () => {
    const fit = iv('y ~ control | x ~ z', table, options)
    const rowwise = iv('y ~ control | x ~ z', table, { ...weights, vcov: robust() }).detail
    expect(fit.detail.wuHausman).toEqual(rowwise.wuHausman)
    expect(fit.detail.firstStages[0]!.terms.slice(0, 2)).toEqual(rowwise.firstStages[0]!.terms.slice(0, 2))
    expect(fit.notes.map(({ text }) => text).join(' ')).toContain('Wu–Hausman and the other coefficients of the first stage are robust by row')
    const again = weakInstruments(iv('y ~ control | x ~ z', table, weights), table, shiftShare(layout))
    expect(again.firstStages[0]!.waldF!.statistic / fit.detail.firstStages[0]!.waldF!.statistic).toBeCloseTo(1, 8)
    expect(() => weakInstruments(iv('y ~ z | x ~ control', table, weights), table, shiftShare(layout))).toThrow('`z` is no instrument of the fit')
  })
})

describe('shockLevelRegression', () => {
  const fit = ols('y ~ z + control + sum', table)

  it('with the sum of shares among the controls does not move with the constant', () => {
    const found = shockLevelRegression(fit, table, design)
    expect(found.notes).toEqual([])
    expect(found.conditional.estimate / found.estimate).toBeCloseTo(1, 9)
    expect(shiftShareInference(fit, table, design).notes.map(({ kind }) => kind)).toEqual(['convention'])
  })

  it('conditions on controls of the shocks as weighted least squares does', () => {
    const { conditional, shocks: names, value, outcome, regressor, weight } = shockLevelRegression(fit, table, { ...clustered, shocks: { ...clustered.shocks!, controls: ['age'] } })
    const numberOf = (position: number): number => Number(names[position]!.slice(8))
    const q = new Matrix(names.map((_, s) => [1, Math.cos(numberOf(s))]))
    const omega = Matrix.diag([...weight])
    const left = (values: Float64Array): number[] => {
      const v = Matrix.columnVector([...values])
      return Matrix.sub(v, q.mmul(solve(q.transpose().mmul(omega).mmul(q), q.transpose().mmul(omega).mmul(v)))).to1DArray()
    }
    const [G, Y, X] = [left(value), left(outcome), left(regressor)]
    const moment = G.reduce((sum, shock, s) => sum + weight[s]! * shock * X[s]!, 0)
    const estimate = G.reduce((sum, shock, s) => sum + weight[s]! * shock * Y[s]!, 0) / moment
    const sums = Array.from({ length: 10 }, (_, c) => G.reduce((sum, shock, s) => sum + (numberOf(s) % 10 === c ? weight[s]! * shock * (Y[s]! - estimate * X[s]!) : 0), 0))
    expect(conditional.estimate).toBeCloseTo(estimate, 10)
    expect(conditional.stdError).toBeCloseTo(Math.sqrt(sums.reduce((sum, v) => sum + v * v, 0)) / Math.abs(moment), 10)
  })

  it("has the standard error of AKM with the shocks' own residuals, which collinear shares allow", () => {
    const { conditional } = shockLevelRegression(fit, table, clustered)
    expect(shiftShareInference(fit, table, { ...clustered, implied: 'shocks' }).akm.stdError / conditional.stdError).toBeCloseTo(1, 10)
    const twins = cells.flatMap((cell) => (cell.s === 1 ? [{ ...cell, share: cell.share / 2 }, { ...cell, s: used, share: cell.share / 2 }] : [cell]))
    const split: ShiftShareDesign = { ...design, shares: shareTable(twins), implied: 'shocks' }
    expect(shiftShareInference(fit, table, split).shocks).toBe(shocks)
    expect(() => shiftShareInference(fit, table, { variable: 'z', unit: 'firm', shares: design.shares, implied: 'shocks' })).toThrow('the shocks themselves are needed')
  })

  it('takes keys of several columns', () => {
    const list = cells.map(({ u, s, share }) => ({ u, s, share }))
    const keyed: ShiftShareDesign = {
      variable: 'z', unit: ['firm', 'country'],
      shares: {
        table: tableFromArrays({ firm: list.map(({ u }) => `firm ${u}`), home: list.map(() => 'JPN'), origin: list.map(({ s }) => `c${s % 4}`), product: Int32Array.from(list, ({ s }) => Math.floor(s / 4)), share: Float64Array.from(list, ({ share }) => share) }) as ArrowTable,
        unit: ['firm', 'home'], shock: ['origin', 'product'], share: 'share',
      },
      shocks: { table: tableFromArrays({ country: g.map((_, s) => `c${s % 4}`), product: Int32Array.from(g, (_, s) => Math.floor(s / 4)), growth: Float64Array.from(g) }) as ArrowTable, shock: ['country', 'product'], value: 'growth' },
    }
    const at = table.assign(tableFromArrays({ country: columns.firm.map(() => 'JPN') }) as ArrowTable)
    const [one, several] = [shockLevelRegression(fit, table, design), shockLevelRegression(fit, at, keyed)]
    expect(several.effectiveShocks).toBeCloseTo(one.effectiveShocks, 10)
    expect(several.conditional.stdError).toBeCloseTo(one.conditional.stdError, 12)
    expect(several.shocks).toContain('c3 2')
    expect(shiftShareInference(fit, at, keyed).akm.stdError).toBeCloseTo(shiftShareInference(fit, table, design).akm.stdError, 10)
    expect(() => shiftShareInference(fit, at, { ...keyed, unit: 'firm' })).toThrow('the unit of the shares has 2 columns and the unit 1')
  })

  it('takes effects as indicators of their levels', () => {
    const indicators = tableFromArrays(Object.fromEntries([['product', g.map((_, s) => `product ${s}`)], ['growth', Float64Array.from(g)], ['two', g.map((_, s) => (s % 2 ? 'odd' : 'even'))], ['odd', Float64Array.from(g, (_, s) => s % 2)]])) as ArrowTable
    const shocks_ = { table: indicators, shock: 'product', value: 'growth' }
    const byEffects = shockLevelRegression(fit, table, { ...design, shocks: { ...shocks_, effects: 'two' } })
    const byColumn = shockLevelRegression(fit, table, { ...design, shocks: { ...shocks_, controls: ['odd'] } })
    expect(byEffects.conditional.estimate).toBeCloseTo(byColumn.conditional.estimate, 12)
    expect(byEffects.conditional.stdError).toBeCloseTo(byColumn.conditional.stdError, 12)
  })

  it('says where the variable is not the sum of shares times shocks', () => {
    const other = tableFromArrays({ product: g.map((_, s) => `product ${s}`), growth: Float64Array.from(g, (value) => value ** 2) }) as ArrowTable
    const { notes } = shockLevelRegression(fit, table, { ...design, shocks: { table: other, shock: 'product', value: 'growth' } })
    expect(notes.map(({ text }) => text).join(' ')).toContain('`z` is not the sum of these shares times these shocks')
  })
})

describe('shiftShareBalance', () => {
  it('regresses characteristics of units on the variable and of shocks on the shocks', () => {
    const fit = iv('y ~ control | year | x ~ z', table, { weights: 'mass' })
    const [unit, shock] = shiftShareBalance(fit, table, clustered, { units: ['b'], shocks: ['age'] })
    const reduced = ols('b ~ control + z | year', table, { weights: 'mass' })
    const wanted = shiftShareInference(reduced, table, clustered)
    expect(unit).toMatchObject({ characteristic: 'b', level: 'unit', estimate: wanted.estimate, stdError: wanted.akm.stdError })
    expect(unit!.pValue).toBeCloseTo(wanted.akm.pValue, 12)

    // Shock level: weighted least squares of the characteristic on a constant and the shock.
    const { shocks: names, weight, value } = shockLevelRegression(fit, table, clustered)
    const age = names.map((name) => Math.cos(Number(name.slice(8))))
    const total = weight.reduce((sum, s) => sum + s, 0)
    const mean = (values: ArrayLike<number>): number => weight.reduce((sum, s, i) => sum + s * values[i]!, 0) / total
    const [g0, a0] = [mean(value), mean(age)]
    const moment = weight.reduce((sum, s, i) => sum + s * (value[i]! - g0) ** 2, 0)
    const slope = weight.reduce((sum, s, i) => sum + s * (value[i]! - g0) * (age[i]! - a0), 0) / moment
    const sums = new Map<number, number>()
    names.forEach((name, i) => {
      const c = Number(name.slice(8)) % 10
      sums.set(c, (sums.get(c) ?? 0) + weight[i]! * (value[i]! - g0) * (age[i]! - a0 - slope * (value[i]! - g0)))
    })
    expect(shock!.estimate).toBeCloseTo(slope, 10)
    expect(shock!.stdError).toBeCloseTo(Math.sqrt([...sums.values()].reduce((sum, v) => sum + v * v, 0)) / moment, 10)
  })

  it('refuses what is controlled for', () => {
    const fit = ols('y ~ z + control', table)
    expect(() => shiftShareBalance(fit, table, design, { units: ['control'] })).toThrow('`control` is a term of the fit')
    expect(() => shiftShareBalance(fit, table, { ...design, shocks: { ...design.shocks!, controls: ['age'] } }, { shocks: ['age'] })).toThrow('`age` does not vary once the controls are taken out')
  })
})

describe('shift-share designs that cannot be used', () => {
  const fit = ols('y ~ z + control', table)
  const infer = (changed: Partial<ShiftShareDesign>) => () => shiftShareInference(fit, table, { ...design, ...changed })
  const changeFirst = (change: Partial<{ u: number; s: number; share: number }>) => infer({ shares: shareTable(cells.map((cell, i) => (i === 0 ? { ...cell, ...change } : cell))) })

  it('are an error by name: shares', () => {
    expect(infer({ shares: shareTable(cells.map((cell) => ({ ...cell, share: 100 * cell.share }))) })).toThrow(/the shares `share` of unit firm \d+ sum to \d+/)
    expect(changeFirst({ share: -0.1 })).toThrow('the share is -0.1 in row 1 of the share table')
    expect(changeFirst({ share: NaN })).toThrow('the share is missing in row 1 of the share table')
    expect(infer({ shares: shareTable([cells[0]!, ...cells]) })).toThrow(/unit firm 0 has two shares of shock product \d+/)
    expect(infer({ shares: shareTable(cells.filter(({ u }) => u !== 3)) })).toThrow('1 unit has no shares, the first is firm 3 in row 4')
    expect(infer({ shares: { ...shareTable(cells.filter(({ u }) => u !== 3)), absent: 'zero' } })().akm).toEqual(infer({})().akm)
    expect(infer({ shares: shareTable(cells.map((cell) => ({ ...cell, share: cell.s === 0 ? cell.share : 0 }))) })).toThrow('the units used are exposed to 1 shock')
    const twins = cells.flatMap((cell) => (cell.s === 1 ? [{ ...cell, share: cell.share / 2 }, { ...cell, s: used, share: cell.share / 2 }] : [cell]))
    expect(infer({ shares: shareTable(twins) })).toThrow('the shares of the 31 shocks are collinear')
  })

  it('are an error by name: shocks', () => {
    const without = (product: string, column: string) => tableFromArrays({ product: g.map((_, s) => `product ${s}`), growth: g.map((value, s) => (column === 'growth' && `product ${s}` === product ? null : value)), group: clusterOf.map((group, s) => (column === 'group' && `product ${s}` === product ? null : group)) }) as ArrowTable
    const level = (shocksOf: ArrowTable) => () => shockLevelRegression(fit, table, { ...design, shocks: { table: shocksOf, shock: 'product', value: 'growth' } })
    expect(level(without('product 2', 'growth'))).toThrow('shock product 2 has a share and no value')
    expect(infer({ shocks: { table: without('product 2', 'group'), shock: 'product', cluster: 'group' } })).toThrow('shock product 2 has no cluster')
    expect(infer({ shocks: { table: without('product 30', 'group'), shock: 'product', cluster: 'group' } })).not.toThrow()
    const rows = (products: readonly number[]) => ({ table: tableFromArrays({ product: products.map((s) => `product ${s}`), growth: products.map((s) => g[s]!) }) as ArrowTable, shock: 'product' })
    const known = g.map((_, s) => s).filter((s) => s !== 2 && s !== 5)
    const lost = /^2 of \d+ shocks with a share are not in the shock table; the first is product 2$/
    for (const value of [{}, { value: 'growth' }]) expect(infer({ shocks: { ...rows(known), ...value } })).toThrow(lost)
    expect(() => ols('y ~ z', table, { vcov: shiftShare({ ...design, shocks: rows(known) }) })).toThrow(lost)
    expect(infer({ shocks: rows(known.concat(2, 5)) })().akm).toEqual(infer({})().akm)
    const double = tableFromArrays({ product: ['product 1', 'product 1'], growth: [1, 2] }) as ArrowTable
    expect(level(double)).toThrow('shock product 1 has two rows in the shock table')
    expect(() => shockLevelRegression(fit, table, { variable: 'z', unit: 'firm', shares: design.shares })).toThrow('the shocks themselves are needed')
  })

  it('are an error by name: models', () => {
    expect(infer({ variable: 'x' })).toThrow('`x` is no regressor of the fit')
    const two = iv('y ~ 1 | x ~ z + control', table)
    expect(() => shiftShareInference(two, table, design)).toThrow('the model has 2 instruments')
    expect(() => shiftShareInference(iv('y ~ 1 | x ~ control', table), table, design)).toThrow('`z` is no instrument of the fit')
    expect(() => logit('b ~ z', table, { vcov: shiftShare(design) })).toThrow('only linear models have a shift-share covariance')
    const gappy = table.assign(tableFromArrays({ firm: columns.firm.map((id, i) => (i < 5 ? null : id)) }) as ArrowTable)
    expect(ols('y ~ z', gappy, { vcov: shiftShare(design) }).sample.dropped).toEqual([{ reason: 'missing `firm`', rows: 5 }])
    expect(() => shiftShareInference({ ...fit, scores: undefined }, table, design)).toThrow('carries no scores')
  })
})
