/** Every feature as Parquet: one and two threads, twice each, the same bytes. */
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openDuckDb, type Relation } from '../../src/engine/index.js'
import { randomStream } from '../../src/numerics/random.js'
import {
  activeNeighbours, areaCounts, byDestination, initialValues, joinFeatures, lags, leads, spellPeriods, spells, unitMeans, type Panel,
} from '../../src/features/index.js'
import { registerRows, type Row } from './randomPanel.js'

const folder = mkdtempSync(join(tmpdir(), 'reshore-bytes-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** 20,000 firms, so that the engine cuts the work: several vectors and row groups. */
const rows = Array.from({ length: 20_000 }, (_, index): Row[] => {
  const stream = randomStream(11, 'firm', index)
  const sector = stream.uniform() < 0.6 ? 'clothing' : 'footwear'
  return [2001, 2002, 2003, 2004, 2005, 2006, 2007].flatMap((year) => (stream.uniform() < 0.1 ? [] : [{
    firm: `f${index}`, year, sector, since: 1990 + stream.integer(12), area: `area ${stream.integer(90)}`,
    x: stream.uniform() < 0.05 ? null : stream.normal() * 10 ** stream.integer(9), active: stream.uniform() < 0.3 ? 1 : 0,
  }]))
}).flat()

const features: Readonly<Record<string, (firms: Panel) => Relation>> = {
  lags: (firms) => lags(firms, ['x', 'area'], { by: 2 }),
  leads: (firms) => leads(firms, ['active']),
  'initial values': (firms) => initialValues(firms, ['x']),
  'means over all rows': (firms) => unitMeans(firms, ['x', 'active']),
  'means after the initial row': (firms) => unitMeans(firms, ['x'], { variant: 'after-initial' }),
  history: (firms) => unitMeans(firms, ['x'], { variant: 'history', periods: [2002, 2003] }),
  neighbours: (firms) => activeNeighbours(firms, { area: ['area', 'sector'], active: 'active' }),
  'area counts': (firms) => areaCounts(firms, firms.rows, { area: ['area'], active: 'active', name: 'n' }),
  spells: (firms) => spells(firms, { active: 'active', unknownStarts: 'keep', origin: 'since', bridge: 1 }),
  'spells by destination': (firms) => spells(byDestination(firms, { first: 'x', second: 'active' }), { active: 'active' }),
  'rows at risk': (firms) => spellPeriods(firms, { active: 'active', varying: ['x'], before: ['area'] }),
  joined: (firms) => joinFeatures(firms, lags(firms, ['x']), unitMeans(firms, ['x']), activeNeighbours(firms, { area: ['area'], active: 'active' })),
}

describe('a materialised feature', () => {
  it('has the same bytes for one and two threads, twice each', async () => {
    const hashes = new Map<string, Set<string>>(Object.keys(features).map((name) => [name, new Set()]))
    for (const threads of [1, 2, 1, 2]) {
      const engine = await openDuckDb({ threads })
      const firms = registerRows(engine, rows)
      for (const [name, make] of Object.entries(features)) {
        const path = join(folder, 'feature.parquet')
        expect((await engine.materialise(make(firms), path)).rows, name).toBeGreaterThan(10_000)
        hashes.get(name)!.add(createHash('sha256').update(readFileSync(path)).digest('hex'))
      }
      await engine.close()
    }
    expect([...hashes].filter(([, found]) => found.size > 1).map(([name]) => name)).toEqual([])
  }, 180_000)
})
