/** Supplier lists from raw files to the page: the invented ones against their truth, the public ones against counts of their files. */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../../src/pipeline/index.js'
import { sharedData } from '../sharedData.js'
import { fileHashes, reshore, root, temporaryFolder } from './cli.js'

const fixture = join(root, 'fixtures/data/supplier-lists')
const patience = 300_000
const dates = ['2021-02', '2023-08', '2025-06', '2025-12']

const run = (folder: string, ...words: string[]) => reshore(['run', 'pipelines/supplier-lists.ts', '--out', folder, ...words])

/** Rows of a table of the run, split at commas. */
function table(folder: string, name: string): string[][] {
  return readFileSync(join(folder, `tables/${name}.csv`), 'utf8').trim().split('\n').map((line) => line.split(','))
}

/** Path of the review file of the step. */
function reviewFile(folder: string): string {
  const steps = join(folder, 'steps/matching')
  return join(steps, readdirSync(steps)[0]!, 'review.csv')
}

describe('pipelines/supplier-lists.ts', () => {
  const folder = temporaryFolder()

  it('follows the planted factories, gives the same bytes on two threads, and says what it compares', async () => {
    const { code, stderr } = await run(folder, '--threads', '1')
    expect([code, stderr]).toEqual([0, expect.stringContaining('page (6/6): done')])
    expect(stderr).toContain('The list of 2021-02 has rows of ALDER only, other lists have rows of other brands')
    const { factories } = JSON.parse(readFileSync(join(fixture, 'truth.json'), 'utf8')) as { factories: number[][] }
    const listed = factories.map((rows, wave) => {
      const lines = readFileSync(join(fixture, `alder_${dates[wave]!}.csv`), 'utf8').trim().split('\n').slice(1)
      return new Set(rows.filter((_, row) => /,alder,/i.test(lines[row]!)))
    })
    table(folder, 'statuses').slice(1).forEach(([, , before, kept, dropped, , added, back], wave) => {
      const [now, next] = [listed[wave]!, listed[wave + 1]!]
      const earlier = new Set(listed.slice(0, wave + 1).flatMap((list) => [...list]))
      const truth = { kept: [...now].filter((one) => next.has(one)).length, back: [...next].filter((one) => !now.has(one) && earlier.has(one)).length }
      expect(Number(before)).toBe(now.size)
      expect(Number(kept) + Number(dropped)).toBe(now.size)
      expect(Number(kept) + Number(added)).toBe(next.size)
      expect(Math.abs(Number(kept) - truth.kept)).toBeLessThanOrEqual(2)
      expect(Math.abs(Number(back) - truth.back)).toBeLessThanOrEqual(1)
    })
    const twin = temporaryFolder()
    expect((await run(twin, '--threads', '2', '--quiet')).code).toBe(0)
    expect(fileHashes(twin)).toEqual(fileHashes(folder))
  }, patience)

  it('takes the review back with decisions', async () => {
    const [header, ...rows] = readFileSync(reviewFile(folder), 'utf8').trim().split('\n')
    expect(rows.length).toBeGreaterThan(4)
    const numbered = rows.findIndex((row) => row.includes('other number'))
    const decisions = rows.map((_, index) => (index === numbered ? 'same' : ''))
    const reviewed = join(temporaryFolder(), 'reviewed.csv')
    writeFileSync(reviewed, [`${header!},decision`, ...rows.map((row, index) => `${row},${decisions[index]!}`), '2021-02,2023-08,x,x,1,1,Nobody,Nobody,,,different'].join('\n'))
    const after = temporaryFolder()
    const { code, stderr } = await run(after, '--set', `reviewed=${reviewed}`)
    expect([code, stderr]).toEqual([0, expect.stringContaining('about no two rows of the lists change nothing: 1.')])
    const column = table(after, 'passes')[0]!.indexOf('Reviewed')
    expect(table(after, 'passes').slice(1).reduce((sum, row) => sum + Number(row[column]), 0)).toBe(1)
    expect(readFileSync(reviewFile(after), 'utf8').trim().split('\n').length).toBe(rows.length)
  }, patience)

  it('leaves names out of the page under --min-cell', async () => {
    const masked = temporaryFolder()
    expect((await run(masked, '--min-cell', '5', '--quiet')).code).toBe(0)
    expect(existsSync(join(masked, 'tables/review.csv'))).toBe(false)
    expect(readFileSync(join(masked, 'report.html'), 'utf8')).not.toContain('EMBROID')
  }, patience)

  it.each([
    ['UnknownBuyerError', ['--set', 'buyer=Larch'], undefined],
    ['UnknownCountryError', ['--set', 'home=XXX'], undefined],
    ['UnknownCountryError', [], [',Vietnam,', ',Atlantis,']],
    ['ListOrderError', [], ['3,2025-06', '7,2025-06']],
  ] as const)('answers with %s and a remedy', async (name, words, change) => {
    const data = temporaryFolder()
    cpSync(fixture, data, { recursive: true })
    const path = join(data, 'alder_2025-06.csv')
    if (change !== undefined) writeFileSync(path, readFileSync(path, 'utf8').replaceAll(change[0], change[1]))
    const { code, stderr } = await run(temporaryFolder(), '--data', data, ...words)
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${name}: `)])
  }, patience)
})

it.each([
  ['supplier-lists', 'latitude=200', 'SettingError: step links: no place on earth has latitude 200'],
  ['supplier-lists', 'maxBad=-1', 'OptionError: step ingest: the largest share of bad rows is -1'],
  ['increasing-returns', 'instances=0', 'SettingError: setting instances is 0'],
  ['increasing-returns', 'quantities=1.5', 'SettingError: setting quantities is 1.5'],
  ['selection', 'points=-1', 'SettingError: setting points is -1'],
])('%s refuses --set %s', async (pipeline, setting, message) => {
  const { code, stderr } = await reshore(['run', `pipelines/${pipeline}.ts`, '--out', temporaryFolder(), '--set', setting])
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
}, patience)

describe('lists that repeat themselves', () => {
  const lists = (): string => {
    const data = temporaryFolder()
    cpSync(fixture, data, { recursive: true })
    return data
  }

  it.each([['a copy', 'alder_2021-02 (1).csv'], ['a list of the same number', 'fern_2021-02.csv']])('%s is a RepeatedListError', async (_, copy) => {
    const data = lists()
    cpSync(join(data, 'alder_2021-02.csv'), join(data, copy))
    const { code, stderr } = await run(temporaryFolder(), '--data', data)
    expect([code, stderr]).toEqual([1, expect.stringContaining('RepeatedListError: step entries: list 1 is in two files, ')])
    expect(stderr).toContain(copy)
  }, patience)

  it('takes a row that is there twice once, counts it, and says so', async () => {
    const [data, folder, once] = [lists(), temporaryFolder(), temporaryFolder()]
    const path = join(data, 'alder_2023-08.csv')
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, `${text}${text.trim().split('\n').at(-1)!}\n`)
    const { code, stderr } = await run(folder, '--data', data)
    expect([code, stderr]).toEqual([0, expect.stringContaining('equal to another row of the same list in all that is read: 1.')])
    const { flow } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as RunRecord
    expect(flow.find(({ id }) => id === 'entries')).toMatchObject({ rows: 468, dropped: [{ rows: 1 }] })
    await run(once, '--quiet')
    expect(table(folder, 'statuses')).toEqual(table(once, 'statuses'))
  }, patience)

  it('says which list has a header only', async () => {
    const data = lists()
    const path = join(data, 'alder_2025-12.csv')
    writeFileSync(path, `${readFileSync(path, 'utf8').split('\n')[0]!}\n`)
    const { code, stderr } = await run(temporaryFolder(), '--data', data)
    expect([code, stderr]).toEqual([0, expect.stringContaining('alder_2025-12.csv: it has no rows.')])
  }, patience)
})

const nike = sharedData('nike_suppliers')

describe.skipIf(nike === undefined)('public supplier lists', () => {
  it('go through all steps, with more pairs than equal names give', async () => {
    const folder = temporaryFolder()
    const { code, stderr } = await run(folder, '--data', nike!)
    expect([code, stderr]).toEqual([0, expect.stringContaining('The list of 2021-02 has rows of NIKE only')])
    const record = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as RunRecord
    const rows = Object.fromEntries(record.flow.map(({ id, rows: kept, dropped }) => [id, [kept, dropped.reduce((sum, drop) => sum + drop.rows!, 0)]]))
    // 498 + 643 + 666 + 687 rows; 36 + 34 + 36 of Converse alone.
    expect(rows).toMatchObject({ lists: [2494, 0], links: [2388, 106] })
    // Rows of Nike whose name in capitals, letters and digits is on the next list; counted with pandas 2.
    const [exact, , , all] = table(folder, 'matching-rules').slice(1)
    const before = [498, 607, 632]
    expect(exact!.slice(1).map((share, wave) => Math.round(before[wave]! * (1 - Number(share))))).toEqual([315, 517, 612])
    const statuses = table(folder, 'statuses').slice(1)
    statuses.forEach(([, , size, kept], wave) => {
      expect(Number(size)).toBe(before[wave])
      expect(Number(kept)).toBe(Math.round(before[wave]! * (1 - Number(all![wave + 1]))))
      expect(Number(kept)).toBeGreaterThan([315, 517, 612][wave]!)
    })
    for (const figure of ['map', 'cohorts', 'leaving-coefficients']) expect(existsSync(join(folder, `figures/${figure}.svg`)), figure).toBe(true)
  }, patience)
})
