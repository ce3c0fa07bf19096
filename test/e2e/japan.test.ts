/** The links pipeline on the shipped files: rows that add up, planted parameters, verdicts that follow from estimates, masking, the same bytes. */
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { assumptions, type AssumedName } from '../../pipelines/japan/assumptions.js'
import { experimentOf, type SourcingRange } from '../../pipelines/japan/sourcing.js'
import { sampledBuyers } from '../../pipelines/japan/supplierSample.js'
import { supplierChanges, supplierOutcomes, type SupplierChanges } from '../../src/counterfactual/index.js'
import { openDuckDb, type Relation } from '../../src/engine/index.js'
import type { JointEstimate } from '../../src/estimate/index.js'
import type { RunRecord } from '../../src/pipeline/index.js'
import { latestManifest, loadOutputs, readStore } from '../../src/pipeline/store.js'
import type { JapanTruth } from '../../src/simulate/index.js'
import { fileHashes, reshore, root, temporaryFolder } from './cli.js'

const pipeline = join(root, 'pipelines/japan.ts')
const truth = JSON.parse(readFileSync(join(root, 'fixtures/data/japan/truth.json'), 'utf8')) as JapanTruth
/** A run takes about fifteen seconds on an idle machine. */
const patience = 300_000

const folder = join(temporaryFolder(), 'japan')
let record: RunRecord
let finished: Record<string, string>

beforeAll(async () => {
  const { code, stdout, stderr } = await reshore(['run', pipeline, '--out', folder, '--threads', '2'])
  expect([code, stderr]).toEqual([0, expect.stringContaining('page (11/11): done')])
  expect(stdout).toContain(join(folder, 'report.html'))
  record = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as RunRecord
  finished = fileHashes(folder)
}, patience)

interface Outcome {
  readonly base: number
  readonly scenario: number
  readonly change: { readonly median: number; readonly interval: readonly [number, number] }
}

interface Scenarios {
  readonly draws: { readonly asked: number; readonly kept: number }
  readonly supply: readonly Outcome[] | null
  readonly distance: readonly Outcome[]
}

const output = (step: string, name: string): unknown => {
  const { folder: below } = record.steps.find((one) => one.step === step)!
  return JSON.parse(readFileSync(join(folder, below, `${name}.json`), 'utf8'))
}

/** Rows of a table as records by heading; repeated headings keep the first. */
function table(name: string, of = folder): Record<string, string>[] {
  const [heads, ...rows] = readFileSync(join(of, `tables/${name}.csv`), 'utf8').trim().split('\n')
    .map((line) => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((cell) => cell.replace(/^"|"$/g, '')))
  return rows.map((cells) => Object.fromEntries(heads!.map((head, index) => [head, cells[index]!] as const).reverse()))
}

describe('rows', () => {
  it('add up from the raw files to the fits', () => {
    const stops = new Map(record.flow.map((stop) => [stop.id, stop]))
    for (const { id, kind, from, rows, dropped, remark } of record.flow) {
      expect([id, from.filter((source) => !stops.has(source))]).toEqual([id, []])
      if (kind === 'file' || remark !== undefined) continue
      const before = from.reduce((sum, source) => sum + stops.get(source)!.rows!, 0)
      expect([id, rows! + dropped.reduce((sum, drop) => sum + drop.rows!, 0)]).toEqual([id, before])
    }
  })

  it('of links are those that were drawn, but for dirt and what neither side reports', () => {
    const links = table('links-by-year')
    for (const { year, links: drawn, lost } of truth.reports) {
      expect(Number(links.find((row) => row.Year === String(year))!.Links)).toBe(drawn - lost)
    }
  })
})

describe('the decomposition of the change of means', () => {
  it('holds for every buyer and on average', () => {
    const { checks } = output('buyers', 'decomposition') as { checks: { decomposed: number; largest: number }[] }
    expect(checks).toHaveLength(4)
    for (const { decomposed, largest } of checks) {
      expect(decomposed).toBeGreaterThan(1000)
      expect(largest).toBeLessThan(1e-9)
    }
    for (const row of table('moves')) {
      const parts = ['By adding', 'By dropping', 'By what changed in continuing links'].map((name) => Number(row[name]))
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(Number(row.Change), 9)
    }
  })
})

describe('estimates', () => {
  it('find the planted elasticities of distance and scale', () => {
    const rows = table('elasticities')
    expect(rows.map((row) => row['Input industry']).sort()).toEqual(truth.industries.map(({ industry }) => industry).sort())
    // Ten 95 % intervals: four or more misses would have probability 0.001 if all were right.
    expect(rows.filter((row) => row['In the 95 % interval'] === 'no').length).toBeLessThan(4)
    for (const { industry, exponent } of truth.industries) {
      const { OLS } = table('exponents').find((row) => row['Input industry'] === industry)!
      expect(Math.abs(Number(OLS) - exponent)).toBeLessThan(0.35)
    }
  })

  it('tell the elasticity of potential from that of fixed costs where links have values', async () => {
    const [data, run] = [join(temporaryFolder(), 'data'), join(temporaryFolder(), 'values')]
    await reshore(['simulate', 'japan', '--links', '10000', '--values', '--seed', '3', '--out', data])
    const { code } = await reshore(['run', pipeline, '--data', data, '--out', run, '--set', 'rows=20000', '--set', 'draws=10', '--set', 'solved=10'])
    expect(code).toBe(0)
    for (const { industry, potentialElasticity } of truth.industries) {
      const row = table('elasticities', run).find((one) => one['Input industry'] === industry)
      if (row !== undefined) expect(Math.abs(Number(row['η, from values']) - potentialElasticity)).toBeLessThan(0.2)
    }
    expect(table('elasticities', run).length).toBeGreaterThan(4)
  }, patience)

  it('give the verdicts, whatever they are', () => {
    const { claims } = output('page', 'claims') as { claims: { name: string; sign: number; estimate: number; low: number; high: number; verdict: string }[] }
    expect(new Set(claims.map(({ name }) => name))).toEqual(new Set(['H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'H7', 'H8', 'H9', 'Paper']))
    for (const { sign, estimate, low, high, verdict } of claims) {
      const [right, sure] = [estimate * sign > 0, low > 0 || high < 0]
      expect(verdict).toBe(right ? (sure ? 'holds' : 'right sign') : sure ? 'contradicted' : 'wrong sign')
    }
    // What the data were made by: links are rarer at distance and more so for differentiated inputs, and large buyers have more.
    expect(claims.filter((one) => one.name === 'H3').map(({ verdict }) => verdict)).not.toContain('contradicted')
    for (const name of ['H1', 'H2', 'H4']) expect(claims.filter((one) => one.name === name).map(({ verdict }) => verdict)).not.toContain('contradicted')
    expect(claims.find(({ name }) => name === 'H1')!.verdict).toBe('holds')
  })

  it('come with first stages, Anderson–Rubin sets and shift-share errors', () => {
    for (const row of table('starts')) {
      expect(row['95 % Anderson–Rubin set']).not.toBe('')
      expect(Number(row['Effective F'])).toBeGreaterThan(0)
      expect(Number(row['2SLS s.e., by shock'])).toBeGreaterThan(0)
    }
    expect(table('first-stages').length).toBeGreaterThan(30)
    const balance = table('balance')
    expect(balance.map(({ Of }) => Of!.split(':')[0])).toEqual([...Array<string>(7).fill('buyers'), 'shocks'])
    // The simulation draws shocks apart from firms: eight tests of a true null at one in a thousand each.
    for (const row of balance) expect([row['In the first year'], Number(row.p) > 0.001]).toEqual([row['In the first year'], true])
  })
})

describe('the scenarios', () => {
  const read = () => output('scenarios', 'scenarios') as Scenarios

  it('start from the links and sales there are', () => {
    const { supply, distance } = read()
    const links = table('links-by-year').find((row) => row.Year === '2010')!
    // Firms without a place have links without a distance.
    const measured = distance.reduce((sum, { base }) => sum + base, 0)
    expect(measured).toBeLessThanOrEqual(Number(links.Links))
    expect(measured).toBeGreaterThan(0.98 * Number(links.Links))
    expect(supply!.every(({ base }) => base > 0)).toBe(true)
    // The links that are re-solved, weighted to all surveyed buyers.
    const { observed } = output('sourcing', 'resolved') as { observed: number }
    expect(Math.abs((supply![0]!.base + supply![1]!.base) / observed - 1)).toBeLessThan(0.02)
  })

  it('move the way they must', () => {
    const { draws, supply, distance } = read()
    expect(draws).toEqual({ asked: 200, kept: expect.any(Number) })
    expect(draws.kept).toBeGreaterThan(150)
    const gains = distance.map(({ base, scenario }) => scenario / base)
    for (const [bin, gain] of gains.entries()) expect(gain).toBeGreaterThan(bin === 0 ? 1 : gains[bin - 1]!)
    for (const { base, scenario, change } of [...supply!, ...distance]) {
      expect(change.interval[0]).toBeLessThanOrEqual(change.median)
      expect(change.median).toBeLessThanOrEqual(change.interval[1])
      expect(Math.abs(change.median - (scenario - base))).toBeLessThan(0.2 * Math.abs(scenario - base))
    }
    // Export supply grew: without it buyers sell less and complements of what they bought abroad lose links.
    expect(supply![2]!.change.interval[1]).toBeLessThan(0)
    expect(supply![1]!.change.interval[1]).toBeLessThan(0)
  })
})

describe('suppliers re-solved', () => {
  it('start from the observed links, and stand beside the closed form', () => {
    const resolved = output('sourcing', 'resolved') as { observed: number; changes: SupplierChanges[]; industries: string[]; ranges: { effects: SourcingRange[] } }
    const [still, nearer] = resolved.changes as [SupplierChanges, SupplierChanges]
    expect(Math.abs(still.base.links.median / resolved.observed - 1)).toBeLessThan(0.02)
    for (const { solved, closed, draws, modal, beyond, base } of [still, nearer]) {
      expect([draws.asked, draws.kept > 150, modal > 0.3, beyond < 0.01]).toEqual([200, true, true, true])
      expect(solved.links.median).toBeCloseTo(solved.added.median - solved.dropped.median, -2)
      // Suppliers are small: they move as in the closed form, but for foreign sources that no longer pay and what suppliers add.
      expect(Math.abs(Math.log((base.links.median + solved.links.median) / (base.links.median + closed.links.median)))).toBeLessThan(0.3)
    }
    expect(still.solved.revenue.interval[1]).toBeLessThan(0)
    expect(still.solved.imported.interval[1]).toBeLessThan(0)
    expect(nearer.solved.links.interval[0]).toBeGreaterThan(0)
    expect(nearer.closed.revenue.median).toBeCloseTo(0, 3)
    expect(new Set(resolved.ranges.effects.map(({ assumption }) => assumption))).toEqual(new Set(['listed', 'potentialShare', 'foreignDispersion', 'distanceCut']))
    expect(table('sourcing-changes')).toHaveLength(16)
    expect(table('sourcing-through')).toHaveLength(2 * resolved.industries.length)
  })

  it('of a sample of buyers have intervals that hold the answer of all, and shrink with the sample', async () => {
    const engine = await openDuckDb({ threads: 1 })
    const store = readStore(folder)
    const of = <T>(step: string): T => loadOutputs(store, latestManifest(store, step)!, engine) as T
    const [{ inputs }, { table: links }] = [of<{ inputs: Relation }>('buyers'), of<{ table: Relation }>('links')]
    const { joint } = of<{ joint: JointEstimate }>('scenarios')
    // Without the spread of the coefficients, which all samples share: what is left is which buyers are there.
    const certain = { ...joint, covariance: new Float64Array(joint.covariance.length) }
    const values = Object.fromEntries(Object.entries(assumptions).map(([name, { value }]) => [name, value])) as Record<AssumedName, number>
    const solve = async (wanted: number, start: number, draws: number): Promise<SupplierChanges[]> => {
      const sampled = await sampledBuyers(engine, { inputs, links }, { to: 2010 }, wanted, start)
      const experiment = experimentOf({ sampled, joint: certain, listed: new Map(), exponents: new Map(), seed: 1 }, values)
      return supplierChanges(supplierOutcomes(experiment, 0, draws), experiment.scenarios, experiment.sample.weight)
    }
    const whole = await solve(1e6, 0, 2)
    for (const { solved: { links: { interval } } } of whole) expect(interval[0]).toBe(interval[1])
    const repeated = async (wanted: number, samples: number): Promise<{ holds: number; width: number }> => {
      let [holds, width] = [0, 0]
      for (let start = 0; start < samples; start++) {
        for (const [s, { solved }] of (await solve(wanted, start, 40)).entries()) {
          const [low, high] = solved.links.interval
          holds += low <= whole[s]!.solved.links.median && whole[s]!.solved.links.median <= high ? 1 : 0
          width += (high - low) / samples
        }
      }
      return { holds, width }
    }
    const [large, small] = [await repeated(140, 4), await repeated(46, 10)]
    // Of 28 intervals of 90 %, from few buyers of very different sizes: 20 or fewer would have a probability below 0.01 if they were exact.
    expect(large.holds + small.holds).toBeGreaterThan(20)
    // √(140/46) = 1.7, and somewhat more as few are left out of the larger.
    expect(small.width / large.width).toBeGreaterThan(1.4)
    await engine.close()
  }, patience)

  it('are drawn from one covariance, whose logits have the errors of their own dyadic ones', () => {
    const rows = table('sourcing-coefficients')
    for (const row of table('elasticities')) {
      const [kappa, error] = [Number(row['κ']), Number(row['s.e.'])]
      const size = rows.find(({ Coefficient }) => Coefficient === `link ${row['Input industry']}:log_scale`)!
      // s.e. of κ = s.e. of 1/κ × κ²; the dyadic covariance has the factor G/(G − 1).
      expect(Math.abs((Number(size['s.e. over firms']) * kappa ** 2) / error - 1)).toBeLessThan(0.01)
    }
    expect(rows.some(({ Correlation }) => Math.abs(Number(Correlation)) > 0.05)).toBe(true)
  })
})

describe('little data', () => {
  const narrowed = (name: string, change: (file: string, lines: string[]) => string[]): string => {
    const data = join(temporaryFolder(), name)
    cpSync(join(root, 'fixtures/data/japan'), data, { recursive: true })
    for (const file of readdirSync(data).filter((one) => /^(survey|purchases|trade)_/.test(one))) {
      const lines = readFileSync(join(data, file), 'latin1').split('\n')
      writeFileSync(join(data, file), change(file, lines).join('\n'), 'latin1')
    }
    return data
  }
  const firms = (file: string): string[] => readFileSync(join(root, 'fixtures/data/japan', file), 'latin1').split('\n').slice(1).map((line) => line.split(',')[0]!)
  const lasting = new Set(firms('survey_2010.csv'))
  const few = new Set(firms('survey_2005.csv').filter((firm) => lasting.has(firm)).slice(0, 40))

  it.each([
    ['forty surveyed firms', () => narrowed('few', (_, [head, ...rows]) => [head!, ...rows.filter((line) => few.has(line.split(',')[0]!))]), /draws were discarded: an e not above zero.*more buyers in the survey/],
    ['no sales in the survey', () => narrowed('nosales', (file, lines) => (file.startsWith('survey') ? lines.map((line, at) => (at === 0 ? line : line.replace(/^([^,]*,[^,]*),[^,]*/, '$1,'))) : lines)), /No surveyed buyer has sales of both years.*Fill/],
  ])('of %s has its page, which says why scenarios have no answer', async (_, data, reason) => {
    const run = join(temporaryFolder(), 'little')
    const { code } = await reshore(['run', pipeline, '--data', data(), '--out', run, '--set', 'rows=10000', '--set', 'draws=40'])
    expect(code).toBe(0)
    const page = readFileSync(join(run, 'report.html'), 'utf8')
    expect(page.slice(page.indexOf('Read this first'))).toMatch(/The scenarios are not re-solved/)
    expect(page.replaceAll('\n', ' ')).toMatch(reason)
    expect(table('claims', run).length).toBeGreaterThan(5)
  }, patience)
})

describe('the page', () => {
  it('has every table and figure on its own, and nothing remote', () => {
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).not.toMatch(/\b(?:src|href)="(?:https?:)?\/\//)
    expect(readdirSync(join(folder, 'tables'))).toEqual(expect.arrayContaining(['claims.tex', 'gravity.md', 'starts.csv', 'drops.txt', 'adds.csv', 'scale.csv', 'elasticities.csv']))
    expect(readdirSync(join(folder, 'figures'))).toEqual(
      expect.arrayContaining(['links-distance.svg', 'changes-by-distance.svg', 'changes-by-differentiation.svg', 'suppliers.svg']),
    )
  })

  it('hides small counts on request, without a step run again', async () => {
    const before = table('links-by-status')
    const { code, stdout } = await reshore(['run', pipeline, '--out', folder, '--min-cell', '400', '--json'])
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ made: [] })])
    const places = readFileSync(join(folder, 'figures/suppliers.csv'), 'utf8')
    expect(places).toContain('[c]')
    expect(table('links-by-status').map((row) => row.All)).toEqual(before.map((row) => row.All))
  }, patience)

  it('is the same from one thread', async () => {
    const other = join(temporaryFolder(), 'japan')
    await reshore(['run', pipeline, '--out', other, '--threads', '1'])
    expect(fileHashes(other)).toEqual(finished)
  }, patience)
})
