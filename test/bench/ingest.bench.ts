/**
 * CSV to tables: a plain file of a million rows by `readTable` on one and two threads, beside pandas and pyarrow in the same run, where
 * python3 has them; then the same file through schema, checks and quarantine, and a Shift_JIS link file, against what fast-csv
 * needs for the same bytes alone.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseFile } from 'fast-csv'
import iconv from 'iconv-lite'
import { openDuckDb } from '../../src/engine/index.js'
import { defineSchema, ingest, readTable, type Schema } from '../../src/ingest/index.js'
import { randomStream } from '../../src/numerics/random.js'
import { median, printTable } from './table.js'

const rows = 1_000_000
const runs = 7
/** Of what takes seconds. */
const longRuns = 3
const industries = ['製造業', '卸売業', '小売業', '建設業', '情報通信業']

const panelSchema = defineSchema({
  tables: {
    panel: {
      files: 'panel.csv', key: ['firm', 'year'],
      columns: {
        firm: { from: 'firm', type: 'string' }, year: { from: 'year', type: 'int', range: [1900, 2100] },
        ...Object.fromEntries(['x1', 'x2', 'x3', 'x4', 'y'].map((name) => [name, { from: name, type: 'float' as const }])),
        region: { from: 'region', type: 'string' }, flag: { from: 'flag', type: 'int' }, active: { from: 'active', type: 'bool' },
      },
    },
  },
})

const linksSchema = defineSchema({
  encoding: 'shift_jis',
  tables: {
    links: {
      files: 'links.csv', key: ['buyer', 'supplier', 'rank'],
      columns: {
        buyer: { from: '発注企業コード', type: 'string' }, supplier: { from: '受注企業コード', type: 'string' },
        rank: { from: '順位', type: 'int', range: [1, 24] }, industry: { from: '業種', type: 'category', values: industries },
      },
    },
  },
})

export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'reshore-bench-'))
  const [panel, links] = [join(folder, 'panel.csv'), join(folder, 'links.csv')]
  writeFileSync(panel, panelText())
  writeFileSync(links, iconv.encode(linksText(), 'shift_jis'))
  await besidePeers(panel, join(folder, 'times.json'))
  const engine = await openDuckDb({ threads: 2 })
  const checked = (schema: Schema, file: string): Promise<Timing> => timed(longRuns, async () => {
    const { tables } = await ingest(engine, schema, [file], { folder })
    for (const table of Object.values(tables)) await engine.release(table)
  })
  const rowsOf = async (name: string, file: string, ours: Timing): Promise<string[]> => [`${name}, ${megabytes(file)}`, shown(ours), ours.processor.toFixed(2), (await fastCsv(file)).toFixed(2)]
  printTable(`${rows} rows through a schema, two threads, seconds (median of ${longRuns})`, ['', 'reshore', 'processor', 'fast-csv alone'], [
    await rowsOf('UTF-8, 10 columns, key, ranges', panel, await checked(panelSchema, panel)),
    await rowsOf('Shift_JIS, 4 columns, key', links, await checked(linksSchema, links)),
  ])
  await engine.close()
  rmSync(folder, { recursive: true })
}

async function besidePeers(panel: string, json: string): Promise<void> {
  const [one, two] = [await timed(runs, () => readTable(panel, { threads: 1 })), await timed(runs, () => readTable(panel, { threads: 2 }))]
  const theirs = peers(panel, json)
  const names = Object.keys(theirs?.seconds ?? {})
  const versions = theirs === undefined ? '' : `, ${Object.entries(theirs.versions).map((pair) => pair.join(' ')).join(', ')}`
  printTable(`UTF-8 CSV to a typed table, 10 columns, ${megabytes(panel)}, seconds (median of ${runs}; theirs on two threads${versions})`,
    ['', 'reshore, 1 thread', 'reshore, 2 threads', ...names], [
      ['elapsed', shown(one), shown(two), ...names.map((name) => theirs!.seconds[name]!.toFixed(2))],
      ['processor', one.processor.toFixed(2), two.processor.toFixed(2), ...names.map((name) => theirs!.processor[name]!.toFixed(2))],
    ])
}

const shown = ({ elapsed }: Timing): string => elapsed.toFixed(2)

interface Peers {
  readonly seconds: Readonly<Record<string, number>>
  readonly processor: Readonly<Record<string, number>>
  readonly versions: Readonly<Record<string, string>>
}

function peers(csv: string, json: string): Peers | undefined {
  try {
    execFileSync('python3', [fileURLToPath(new URL('ingest.bench.py', import.meta.url)), csv, json, String(runs)], { stdio: ['ignore', 'inherit', 'inherit'] })
    return JSON.parse(readFileSync(json, 'utf8')) as Peers
  } catch (error) {
    console.log(`pandas and pyarrow were not run: ${error instanceof Error ? error.message.split('\n')[0] : error}`)
    return undefined
  }
}

function panelText(): string {
  const stream = randomStream(1, 'panel')
  const line = (i: number): string => {
    const numbers = Array.from({ length: 5 }, () => stream.normal()).join(',')
    return `${i % 50_000},${2000 + Math.floor(i / 50_000)},${numbers},R${i % 110},${i % 2},${i % 3 === 0 ? 'TRUE' : 'FALSE'}`
  }
  return `firm,year,x1,x2,x3,x4,y,region,flag,active\n${Array.from({ length: rows }, (_, i) => line(i)).join('\n')}\n`
}

function linksText(): string {
  const stream = randomStream(1, 'links')
  const line = (i: number): string => `${100_000_000 + stream.integer(200_000)},${100_000_000 + (i % 200_000)},${Math.floor(i / 200_000) + 1},${industries[i % 5]}`
  return `発注企業コード,受注企業コード,順位,業種\r\n${Array.from({ length: rows }, (_, i) => line(i)).join('\r\n')}\r\n`
}

const megabytes = (path: string): string => `${Math.round(statSync(path).size / 1e6)} MB`

/** Seconds. */
interface Timing {
  readonly elapsed: number
  readonly processor: number
}

/** After one run to warm up. */
async function timed(count: number, work: () => Promise<unknown>): Promise<Timing> {
  const times: Timing[] = []
  for (let run = 0; run <= count; run++) {
    const [start, before] = [performance.now(), process.cpuUsage()]
    await work()
    const { user, system } = process.cpuUsage(before)
    if (run > 0) times.push({ elapsed: (performance.now() - start) / 1000, processor: (user + system) / 1e6 })
  }
  return { elapsed: median(times.map(({ elapsed }) => elapsed)), processor: median(times.map(({ processor }) => processor)) }
}

/** Rows of text, once: no types, no checks, no encoding. */
function fastCsv(path: string): Promise<number> {
  const start = performance.now()
  return new Promise((resolve, reject) => {
    parseFile(path).on('data', () => undefined).on('error', reject).on('end', () => resolve((performance.now() - start) / 1000))
  })
}
