/** Competing exits against R survival (fixtures/reference/survival/incidence.R). */
import { describe, expect, it } from 'vitest'
import { cumulativeIncidence, predictIncidence, type ProbabilityCurve } from '../../src/estimate/inference/cumulativeIncidence.js'
import { causeSpecificCox } from '../../src/estimate/models/causeSpecific.js'
import { caseTable, expectClose, fixture, readColumns, readReference, toTable, type Columns } from './survivalTables.js'

/** Sums in another order. */
const relative = 1e-9
/** Probabilities from two converged models. */
const predicted = 1e-8

interface Curves {
  readonly time: number[]
  readonly probability: number[][]
  readonly stdError: number[][]
  readonly lower: (number | null)[][]
  readonly upper: (number | null)[][]
}

interface Predicted {
  readonly at: Record<string, number>[]
  readonly time: number[]
  readonly probability: number[][][]
}

interface Reference {
  readonly exits: Curves[]
  readonly all: Curves[]
  readonly pbc: Curves[]
  readonly pbcCoefficients: number[]
  readonly pbcPredicted: Predicted
  readonly exitsCoefficients: number[]
  readonly exitsPredicted: Predicted
}

const wanted = readReference<Reference>('incidence.json')
const exits = toTable(readColumns(fixture('exits.csv')))
const pbc = caseTable('pbc-causes')

function expectCurves(found: ReturnType<typeof cumulativeIncidence>[number], reference: Curves): void {
  expectClose(found.time, reference.time, relative)
  ;[found.survival, ...found.causes].forEach((curve: ProbabilityCurve, state) => {
    expectClose(curve.probability, reference.probability[state]!, relative)
    expectClose(curve.stdError, reference.stdError[state]!, relative)
    const known = (values: ArrayLike<number>) => Array.from(values).filter((_, k) => reference.lower[state]![k] !== null)
    expectClose(known(curve.lower), reference.lower[state]!.filter((value) => value !== null), relative)
    expectClose(known(curve.upper), reference.upper[state]!.filter((value) => value !== null), relative)
  })
}

/** The rows of exits, each as two: up to half a year before its end, and the rest. */
function cutInTwo() {
  const columns = readColumns(fixture('exits.csv'))
  const twice = (values: Columns[string]) => [...values, ...values]
  const [start, stop, event] = [columns.start, columns.stop, columns.event] as [number[], number[], number[]]
  const cut = stop.map((end) => end - 0.5)
  return toTable({ row: twice(columns.row!), destination: twice(columns.destination!), start: [...start, ...cut], stop: [...cut, ...stop], event: [...event.map(() => 0), ...event] })
}

describe('cumulative incidence', () => {
  it('is that of survfit by stratum, with late entry and ties', () => {
    const found = cumulativeIncidence('surv(start, stop, event) ~ x + strata(sector)', exits, { cause: 'destination' })
    expect(found.map(({ stratum }) => stratum)).toEqual(['clothing', 'footwear'])
    expect(found[0]!.causes.map(({ cause }) => cause)).toEqual(['asia', 'europe', 'home'])
    found.forEach((curves, s) => expectCurves(curves, wanted.exits[s]!))
  })

  it('sums the jackknife within units', () => {
    expectCurves(cumulativeIncidence('surv(start, stop, event) ~ 1', exits, { cause: 'destination' })[0]!, wanted.all[0]!)
    expectCurves(cumulativeIncidence('surv(start, stop, event) ~ 1', cutInTwo(), { cause: 'destination', id: 'row' })[0]!, wanted.all[0]!)
  })

  it.skipIf(pbc === undefined)('is that of survfit on pbc', () => {
    expectCurves(cumulativeIncidence('surv(time, happened) ~ 1', pbc!, { cause: 'cause' })[0]!, wanted.pbc[0]!)
  })

  it('adds up to one', () => {
    for (const { survival, causes } of cumulativeIncidence('surv(start, stop, event) ~ strata(sector)', exits, { cause: 'destination' })) {
      survival.probability.forEach((stay, k) => expect(stay + causes.reduce((sum, { probability }) => sum + probability[k]!, 0)).toBeCloseTo(1, 13))
    }
  })

  it('names an event without a cause', () => {
    const table = toTable({ time: [1, 2, 3], event: [1, 0, 1], why: ['a', null, null] })
    expect(() => cumulativeIncidence('surv(time, event) ~ 1', table, { cause: 'why' })).toThrow(expect.objectContaining({ name: 'CauseError', message: expect.stringContaining('row 3') }))
    expect(() => causeSpecificCox('surv(time, event) ~ 1', table, { cause: 'who' })).toThrow(expect.objectContaining({ name: 'MissingColumnError' }))
  })
})

describe('cause-specific models', () => {
  const check = (models: ReturnType<typeof causeSpecificCox>, coefficients: number[], reference: Predicted) => {
    expectClose(models.flatMap(({ fit }) => [...fit.coefficients]), coefficients, relative)
    const at = toTable(Object.fromEntries(Object.keys(reference.at[0]!).map((name) => [name, reference.at.map((row) => row[name]!)])))
    predictIncidence(models, at).forEach(({ row, time, survival, causes }) => {
      expectClose(time, reference.time, relative)
      ;[survival, ...causes.map(({ incidence }) => incidence)].forEach((curve, state) => expectClose(curve, reference.probability[row]![state]!, predicted))
    })
  }

  it('have the coefficients and the predicted incidence of a multi-state coxph', () => {
    check(causeSpecificCox('surv(start, stop, event) ~ x + d', exits, { cause: 'destination' }), wanted.exitsCoefficients, wanted.exitsPredicted)
  })

  it.skipIf(pbc === undefined)('on pbc as well', () => {
    check(causeSpecificCox('surv(time, happened) ~ age + bili', pbc!, { cause: 'cause' }), wanted.pbcCoefficients, wanted.pbcPredicted)
  })

  it('leave out the same rows whatever the cause', () => {
    const models = causeSpecificCox('surv(start, stop, event) ~ x', exits, { cause: 'destination' })
    expect(models.reduce((sum, { fit }) => sum + fit.detail.events, 0)).toBe((exits.getChild('event')!.toArray() as Float64Array).reduce((sum, flag) => sum + flag, 0))
    expect(new Set(models.map(({ fit }) => fit.sample.used))).toEqual(new Set([exits.numRows]))
  })
})
