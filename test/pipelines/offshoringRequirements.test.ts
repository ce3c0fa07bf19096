/** The offshoring studies on data that cannot carry them. */
import { Table, vectorFromArray } from 'apache-arrow'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireSamples, requireYears } from '../../pipelines/offshoring/requirements.js'
import type { AnyStudy } from '../../pipelines/offshoring/study.js'
import { openDuckDb, type Engine, type Relation } from '../../src/engine/index.js'
import type { FlowStep } from '../../src/report/records.js'

let engine: Engine
beforeAll(async () => {
  engine = await openDuckDb({ threads: 1 })
})
afterAll(() => engine.close())

const words = { unit: 'plant', units: 'plants', activity: 'importing', area: 'sector', currency: 'pesos' }
const study = { firstYear: 2005, lastYear: 2009, rowsOf: 'survey', words } as unknown as AnyStudy
const firms = (...years: number[]): Relation => engine.register(new Table({ year: vectorFromArray(Int32Array.from(years)) }), { key: [], name: 'firms' })

describe('years of an offshoring study', () => {
  it('that are all there give no sentence', async () => {
    expect(await requireYears(engine, firms(2005, 2006, 2007, 2008, 2009, 2009), study)).toEqual([])
  })

  it('that are lacking in between or at the end are named', async () => {
    expect(await requireYears(engine, firms(2005, 2006, 2008), study)).toEqual([expect.stringContaining('`survey` has no row of 2007, 2009: ')])
  })

  it('without the first are an error', async () => {
    await expect(requireYears(engine, firms(2008, 2006), study)).rejects.toMatchObject({ name: 'MissingYearError', message: expect.stringContaining('no row of 2005; its years are 2006, 2008') as string })
  })
})

describe('samples of an offshoring study', () => {
  const stops = (decisions: number, atRisk: number): FlowStep[] => [
    { id: 'entry-sample', label: 'decisions', kind: 'sample', from: [], rows: decisions, dropped: [{ reason: 'activity unknown', rows: 7 }] },
    { id: 'spell-periods', label: 'years at risk', kind: 'sample', from: [], rows: atRisk, dropped: [] },
  ]
  it('that have rows pass', () => expect(() => requireSamples(stops(3, 2), study)).not.toThrow())

  it.each([
    ['decisions', stops(0, 2), 'no decision of plants about importing is left: 7 activity unknown'],
    ['years at risk', stops(3, 0), 'no spell of importing has an observed start'],
  ])('without %s are an error that says why', (_, given, message) => {
    expect(() => requireSamples(given, study)).toThrow(expect.objectContaining({ name: 'EmptySampleError', message: expect.stringContaining(message) as string }) as Error)
  })
})
