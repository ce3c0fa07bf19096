/** `reshore ingest` as a user types it: table, quarantine, summary, exit codes; a failure leaves what was there. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../src/cli/arguments.js'
import { reportFailure } from '../../src/cli/failure.js'
import { command } from '../../src/cli/ingest.js'
import { createIo } from '../../src/cli/io.js'
import type { Command } from '../../src/cli/command.js'
import { readTable } from '../../src/ingest/index.js'

const fixture = resolve(dirname(fileURLToPath(import.meta.url)), '../../fixtures/data/ingest')
const survey = join(fixture, 'survey_2006.csv')
const schema = join(fixture, 'schema.json')
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reshore-cli-ingest-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function run(...words: string[]): Promise<{ exit: number; out: string; error: string }> {
  let [out, error] = ['', '']
  const [stdout, stderr] = [{ write: (text: string) => (out += text) }, { write: (text: string) => (error += text) }]
  try {
    const { command: parsed, json, quiet } = parseCommandLine(words, command as Command)
    await (command as Command).run(parsed, createIo({ json, quiet, stdout, stderr }))
    return { exit: 0, out, error }
  } catch (thrown) {
    return { exit: reportFailure(thrown, words.includes('--json'), stdout, stderr), out, error }
  }
}

describe('reshore ingest', () => {
  it('writes the table and its quarantine, and prints one document', async () => {
    const path = join(folder, 'survey.parquet')
    const { exit, out, error } = await run(survey, '--schema', schema, '--out', path, '--max-bad', '70%', '--json', '--quiet')
    expect([exit, error]).toEqual([0, ''])
    expect(JSON.parse(out)).toMatchObject({ table: 'survey', read: 22, kept: 7, quarantined: 15, out: path, quarantine: join(folder, 'survey.quarantine.csv') })
    expect((await readTable(path)).getChild('firm')!.toArray()).toHaveLength(7)
    expect(readFileSync(join(folder, 'survey.quarantine.csv'), 'utf8')).toBe(readFileSync(join(fixture, 'expected.quarantine.csv'), 'utf8'))
    expect(readdirSync(folder).sort()).toEqual(['areas.quarantine.csv', 'survey.parquet', 'survey.quarantine.csv'])
  })

  it('takes a folder', async () => {
    const path = join(folder, 'all')
    const { exit, out } = await run(fixture, '--schema', schema, '--out', path, '--max-bad', '0.7')
    expect(exit).toBe(0)
    expect(out).toContain('survey: 22 rows read, 7 kept, 15 quarantined\n  undecodable byte: 2')
    expect(readdirSync(path).sort()).toEqual(['areas.parquet', 'areas.quarantine.csv', 'survey.parquet', 'survey.quarantine.csv'])
  })

  it('fails above the share of bad rows and leaves the table that was there', async () => {
    const path = join(folder, 'kept.parquet')
    writeFileSync(path, 'precious')
    const { exit, error } = await run(survey, '--schema', schema, '--out', path, '--quiet')
    expect(exit).toBe(1)
    expect(error).toContain('TooManyBadRowsError: table `survey`: 15 of 22 rows are bad')
    expect(error).toContain(join(folder, 'kept.quarantine.csv'))
    expect(readFileSync(path, 'utf8')).toBe('precious')
    expect(readdirSync(folder).filter((name) => name.startsWith('.') || name.endsWith('.partial'))).toEqual([])
  })

  it('removes what a killed run left behind, and nothing of a running one', async () => {
    const out = join(folder, 'after-kill')
    const dead = spawnSync(process.execPath, ['-e', '']).pid
    for (const pid of [dead, process.ppid]) mkdirSync(join(out, `.ingest-${pid}-abc`), { recursive: true })
    expect((await run(fixture, '--schema', schema, '--out', out, '--max-bad', '0.7', '--quiet')).exit).toBe(0)
    expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([`.ingest-${process.ppid}-abc`])
  })

  it.each([
    [[survey, '--schema', schema], 2, '--out'],
    [[survey, '--schema', schema, '--out', 'OUT', '--max-bad', 'many'], 2, '--max-bad'],
    [[survey, '--schema', survey, '--out', 'OUT'], 2, 'SchemaError'],
    [[join(fixture, 'absent.csv'), '--schema', schema, '--out', 'OUT'], 1, 'absent.csv'],
    [[join(fixture, 'schema.json'), '--schema', schema, '--out', 'OUT'], 2, 'no table of the schema takes schema.json'],
    [[survey, '--schema', schema, '--out', join(schema, 'x.parquet')], 1, 'NotWritableError'],
    [[survey, '--schema', schema, '--encoding', 'klingon', '--out', 'OUT'], 2, 'klingon'],
  ])('names what is wrong: %#', async (words, code, message) => {
    const { exit, error } = await run(...words.map((word) => (word === 'OUT' ? join(folder, 'out', 'table.parquet') : word)))
    expect(exit).toBe(code)
    expect(error).toContain(message)
  })
})
