/** The main pipeline on the shipped survey: what comes out, the same bytes however it is run, and failures that leave it alone. */
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RangeEffect } from '../../pipelines/offshoring/ranges.js'
import type { ScenarioRange } from '../../pipelines/offshoring/scenarioRanges.js'
import type { ParticipationChanges } from '../../src/counterfactual/index.js'
import type { RunRecord } from '../../src/pipeline/index.js'
import type { ItalyTruth } from '../../src/simulate/index.js'
import { fileHashes, reshore, root, start, temporaryFolder } from './cli.js'

interface StoredCurve {
  readonly probability: { readonly values: readonly number[] }
}

const pipeline = join(root, 'pipelines/italy.ts')
const data = join(root, 'fixtures/data/italy')
const truth = JSON.parse(readFileSync(join(data, 'truth.json'), 'utf8')) as ItalyTruth
/** A run of all steps takes about ten seconds on an idle machine. */
const patience = 300_000

const folder = join(temporaryFolder(), 'italy')
let record: RunRecord
let finished: Record<string, string>

beforeAll(async () => {
  const { code, stdout, stderr } = await reshore(['run', pipeline, '--out', folder, '--threads', '2'])
  expect([code, stderr]).toEqual([0, expect.stringContaining('page (14/14): done')])
  expect(stdout).toContain(join(folder, 'report.html'))
  record = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as RunRecord
  finished = fileHashes(folder)
}, patience)

const output = (step: string, name: string): unknown => {
  const { folder: below } = record.steps.find((one) => one.step === step)!
  return JSON.parse(readFileSync(join(folder, below, `${name}.json`), 'utf8'))
}

describe('the Italian survey', () => {
  it('sets aside exactly the planted dirt, each with its line', () => {
    const quarantine = output('ingest', 'quarantine') as { file: string; line: number }[]
    const place = ({ file, line }: { file: string; line: number }): string => `${file}:${line}`
    expect(quarantine.map(place).sort()).toEqual(truth.dirt.map(place).sort())
  })

  it('counts every row from the raw files to the models', () => {
    const stops = new Map(record.flow.map((stop) => [stop.id, stop]))
    for (const { id, kind, from, rows, dropped, remark } of record.flow) {
      expect([id, from.filter((source) => !stops.has(source))]).toEqual([id, []])
      if (kind === 'file' || remark !== undefined) continue
      const before = from.reduce((sum, source) => sum + stops.get(source)!.rows!, 0)
      expect([id, rows! + dropped.reduce((sum, drop) => sum + drop.rows!, 0)]).toEqual([id, before])
    }
    expect(stops.get('survey')!.rows).toBe(
      Object.entries(truth.rows).reduce((sum, [file, rows]) => sum + (file.startsWith('survey') ? rows : 0), 0),
    )
  })

  it('finds the planted parameters', () => {
    const table = readFileSync(join(folder, 'tables/planted-entry.csv'), 'utf8').trim().split('\n').slice(1)
    expect(table).toHaveLength(12)
    // Twelve 95 % intervals on one data set: three or more misses would have probability 0.02 if all were right.
    expect(table.filter((line) => line.endsWith('no')).length).toBeLessThan(3)
    expect(table.find((line) => line.startsWith('"active, t−1"'))).toMatch(/yes$/)
  })

  it('puts the published tables beside ours, probit and logit both', () => {
    const cells = (name: string): string[][] =>
      readFileSync(join(folder, `tables/${name}.csv`), 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/))
    expect(cells('table-1').map(([label]) => label)).toEqual(
      expect.arrayContaining(['"Clothing, outsourcing"', '"Footwear, FDI, published"']),
    )
    const [, published, , probit, , logit] = cells('table-2').find(([label]) => label === '"active, t−1"')!
    expect(published).toBe('2.531')
    // The two links differ in scale by about 1.8 where state dependence is strong.
    expect(Number(logit) / Number(probit)).toBeGreaterThan(1.6)
    expect(Number(logit) / Number(probit)).toBeLessThan(2)
    const lag = cells('average-effects').find(([label]) => label === '"active, t−1"')!
    expect(Math.abs(Number(lag[2]) - Number(lag[4]))).toBeLessThan(0.05)
    expect(cells('table-3')).toHaveLength(9)
    expect(cells('table-3').every(([, , , cox, low, high]) => Number(low) < Number(cox) && Number(cox) < Number(high))).toBe(true)
  })

  it('re-solves entry and exit over 200 joint draws: the base follows the data, scenarios move the way they must', () => {
    const changes = output('participation', 'changes') as ParticipationChanges[]
    const observed = output('participation', 'observed') as { year: number[]; share: number[] }
    expect(observed.year).toEqual([2006, 2007, 2008, 2009, 2010, 2011, 2012])
    const [subsidy, alone, dearer] = changes
    for (const { draws, base, areas } of changes) {
      expect(draws.asked).toBe(200)
      expect(draws.kept + draws.discarded.reduce((sum, { draws: n }) => sum + n, 0)).toBe(200)
      // Three percentage points: covariates are held at their means and nobody leaves.
      base.forEach(({ median }, t) => expect(Math.abs(median - observed.share[t]!)).toBeLessThan(0.03))
      areas.forEach(({ falls, stays, rises }) => expect(falls + stays + rises).toBeCloseTo(1, 12))
    }
    expect(subsidy!.change.at(-1)!.interval[0]).toBeGreaterThan(0)
    expect(alone!.change.at(-1)!.interval[1]).toBeLessThan(0)
    expect(dearer!.change.at(-1)!.interval[1]).toBeLessThan(0)
    expect(dearer!.duration.scenario.median).toBeLessThan(dearer!.duration.base.median)
  })

  it('repeats the scenarios over the ranges of what is assumed, on fewer draws', () => {
    const { draws, effects } = output('participation', 'ranges') as { draws: number; effects: RangeEffect[] }
    expect(draws).toBe(50)
    expect(effects.map(({ scenario }) => scenario)).toEqual(['entry-cost subsidy', 'entry-cost subsidy', 'no local spillover', ...Array<string>(4).fill('dearer trade')])
    const of = (scenario: string, assumption: string): RangeEffect => effects.find((one) => one.scenario === scenario && one.assumption === assumption)!
    const subsidy = of('entry-cost subsidy', 'entry-cost subsidy')
    expect([subsidy.low.median, subsidy.central.median, subsidy.high.median]).toEqual([subsidy.low.median, subsidy.central.median, subsidy.high.median].sort((a, b) => a - b))
    // A dearer delivered cost takes rise ÷ (saving × shock) of κ: more at a low saving or a calm year.
    for (const [name, sign] of [['rise of trade costs', -1], ['saving on what is subcontracted abroad', 1], ['standard deviation of the yearly shock', 1]] as const) {
      const { low, central, high } = of('dearer trade', name)
      expect(sign * (high.median - central.median)).toBeGreaterThan(0)
      expect(sign * (central.median - low.median)).toBeGreaterThan(0)
    }
  })

  it('repeats the sourcing scenario over what is assumed: a low saving makes it dearer', () => {
    const ranges = output('scenario', 'ranges') as ScenarioRange[]
    expect(ranges).toHaveLength(6)
    const saving = ranges.find(({ assumption }) => assumption.startsWith('saving'))!
    expect([saving.low.value, saving.high.value]).toEqual([0.1, 0.3])
    expect(saving.low.relativeChange).toBeGreaterThan(saving.high.relativeChange)
    const page = readFileSync(join(folder, 'tables/scenario-ranges.csv'), 'utf8').trim().split('\n')
    expect(page).toHaveLength(13)
  })

  it('splits the returns by destination: incidences and survival add up to one, exits to all of them', () => {
    const { survival, causes } = output('destinations', 'curves') as { survival: StoredCurve; causes: StoredCurve[] }
    survival.probability.values.forEach((value, k) => expect(causes.reduce((sum, { probability }) => sum + probability.values[k]!, value)).toBeCloseTo(1, 12))
    const exits = output('destinations', 'exits') as { destination: string; upTo: number[] }[]
    expect(exits.map(({ destination }) => destination)).toEqual(['East Asia', 'Europe', 'elsewhere'])
    const { detail } = output('exit', 'cox') as { detail: { events: number } }
    expect(exits.reduce((sum, { upTo }) => sum + upTo.at(-1)!, 0)).toBe(detail.events)
  })

  it('records hashes of inputs, code, options and versions', () => {
    expect(record.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['survey_2005.csv', 'accounts.csv', 'italy.schema.json', 'italy.json']),
    )
    expect(JSON.stringify(record)).not.toContain(root)
    for (const { fingerprint } of record.steps)
      expect(Object.values(fingerprint.code)).toEqual(Array(3).fill(expect.stringMatching(/^[0-9a-f]{64}$/)))
  })

  it('writes one page without remote assets, and every table and figure on its own', () => {
    const page = readFileSync(join(folder, 'report.html'), 'utf8')
    expect(page).not.toMatch(/\b(?:src|href)="(?:https?:)?\/\//)
    expect(readdirSync(join(folder, 'tables'))).toEqual(
      expect.arrayContaining(['entry.tex', 'exit.md', 'planted-entry.txt', 'by-year.csv']),
    )
    expect(readdirSync(join(folder, 'figures'))).toEqual(
      expect.arrayContaining(['survival.svg', 'tau-path.svg', 'envelope.svg', 'areas.svg', 'destinations.svg']),
    )
  })
})

describe('the same bytes', () => {
  it(
    'come from one thread, in a run that was killed in two places and resumed',
    async () => {
      const other = join(temporaryFolder(), 'italy')
      for (const place of ['features (3/14)', 'participation (12/14)']) {
        const running = start(['run', pipeline, '--out', other, '--threads', '1'])
        await running.saw(place)
        running.process.kill('SIGKILL')
        await running.outcome
      }
      expect(existsSync(join(other, 'run.json'))).toBe(false)
      const { code } = await reshore(['run', pipeline, '--out', other, '--threads', '1'])
      expect(code).toBe(0)
      expect(fileHashes(other)).toEqual(finished)
    },
    patience,
  )
})

describe('bad input leaves the finished run alone', () => {
  const broken = (change: (folder: string) => void): string => {
    const copy = join(temporaryFolder(), 'data')
    cpSync(data, copy, { recursive: true })
    change(copy)
    return copy
  }
  const edited = (file: string, edit: (text: string) => string): string =>
    broken((copy) => writeFileSync(join(copy, file), Buffer.from(edit(readFileSync(join(copy, file), 'latin1')), 'latin1')))
  const scenario = (document: object): string => {
    const path = join(temporaryFolder(), 'scenario.json')
    writeFileSync(path, JSON.stringify(document))
    return path
  }
  const change = (one: object): string => scenario({ name: 'test', changes: [one] })

  it.each([
    [
      'a scenario that names an unknown cost',
      () => ['--set', `scenario=${change({ cost: 'labour', factor: 2 })}`],
      2,
      /ScenarioError: .*changes\[0\]\.cost: unknown cost/,
    ],
    [
      'a scenario that names an unknown place',
      () => ['--set', `scenario=${change({ cost: 'trade', from: 'Atlantis', factor: 2 })}`],
      2,
      /ScenarioError: .*unknown location 'Atlantis'/,
    ],
    [
      'a scenario that makes a cost negative',
      () => ['--set', `scenario=${change({ cost: 'wage', location: 'Europe', add: -5 })}`],
      2,
      /ScenarioError: .*negative/,
    ],
    ['a scenario that is not there', () => ['--set', 'scenario=/nowhere.json'], 1, /MissingInputError: .*nowhere\.json/],
    [
      'files in another encoding',
      () => [
        '--data',
        broken((copy) =>
          writeFileSync(join(copy, 'survey_2007.csv'), readFileSync(join(data, 'survey_2007.csv'), 'latin1'), 'utf16le'),
        ),
      ],
      1,
      /(EncodingError|MissingColumnError|CsvError): .*survey_2007\.csv/,
    ],
    ['no survey of the first year', () => ['--data', broken((copy) => rmSync(join(copy, 'survey_2005.csv')))], 1, /MissingYearError: .*`survey` has no row of 2005; its years are 2006, /],
    [
      'accounts with a header and no rows',
      () => ['--data', edited('accounts.csv', (text) => text.slice(0, text.indexOf('\n') + 1))],
      1,
      /EmptyTableError: .*`accounts` \(accounts\.csv\) has no rows/,
    ],
    [
      'a missing column',
      () => ['--data', edited('survey_2008.csv', (text) => text.replace('addetti', 'dipendenti'))],
      1,
      /MissingColumnError: .*addetti/,
    ],
    [
      'too many bad rows',
      () => ['--data', edited('survey_2008.csv', (text) => text.replace(/;2008;/g, ';duemilaotto;'))],
      1,
      /TooManyBadRowsError: .*survey/,
    ],
    [
      'nobody who is active',
      () => [
        '--data',
        broken((copy) => {
          for (const file of readdirSync(copy).filter((name) => name.startsWith('survey'))) {
            writeFileSync(
              join(copy, file),
              readFileSync(join(copy, file), 'latin1').replace(/(;[\d.]+;)[\d.]+;[\d.]+;[\d.]+;[\d.]+$/gm, '$10;0;0;0'),
              'latin1',
            )
          }
        }),
      ],
      1,
      /(EmptySampleError|OutcomeError): /,
    ],
    [
      'a raw file that is not there',
      () => ['--data', broken((copy) => writeFileSync(join(copy, 'accounts.csv'), ''))],
      1,
      /accounts\.csv/,
    ],
  ])(
    '%s',
    async (_, words, code, message) => {
      const failed = await reshore(['run', pipeline, '--out', folder, ...words(), '--json'])
      expect(failed.code).toBe(code)
      expect(failed.stderr).toMatch(message)
      expect(failed.stderr).not.toMatch(/^\s+at /m)
      const { error } = JSON.parse(failed.stdout) as { error: { name: string; remedy: string } }
      expect(error.name).not.toBe('Defect')
      expect(error.remedy).not.toBe('')
      const now = fileHashes(folder)
      for (const [file, hash] of Object.entries(finished)) expect([file, now[file]]).toEqual([file, hash])
    },
    patience,
  )

  it(
    'and the next run goes on as if nothing had happened',
    async () => {
      const { code, stdout } = await reshore(['run', pipeline, '--out', folder, '--json'])
      expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ made: [] })])
      expect(fileHashes(folder)).toEqual(finished)
    },
    patience,
  )

  it('a folder that cannot be written', async () => {
    const file = join(temporaryFolder(), 'file')
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, '')
    const { code, stderr } = await reshore(['run', pipeline, '--out', join(file, 'run')])
    expect([code, stderr]).toEqual([1, expect.stringContaining('NotWritableError')])
  })
})
